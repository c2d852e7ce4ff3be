//! The page of the audit log, for who may sign it off and who may not.

use super::*;
use crate::page::check::{SCRIPT, sound};
use crate::wording::Moment;

#[test]
fn the_log_is_shown_in_words_and_signed_off_by_who_may() {
    let row = |id, is_refused: bool, mark: Option<&str>| Row {
        id,
        at: Moment::parse("2026-11-24T01:00:00Z"),
        who: SCRIPT.to_owned(),
        who_href: Some("/audit?account=7".to_owned()),
        place: "汐見病院・病院（病棟）".to_owned(),
        deed: "名簿を取り込む".to_owned(),
        object: "取込み 3".to_owned(),
        object_href: (!is_refused).then(|| "/imports".to_owned()),
        outcome: "拒否".to_owned(),
        is_refused,
        rest: "192.0.2.1".to_owned(),
        mark: mark.map(str::to_owned),
    };
    let day = |text: &str| text.parse().unwrap();
    let mut page = AuditPage {
        frame: Frame::sample_of_staff(),
        asked: Asked::default(),
        from: "R8.10.24".to_owned(),
        to: SCRIPT.to_owned(),
        wrong: None,
        counts: Counts {
            n_entries: 250,
            n_refused: 1,
            n_marked: 1,
        },
        rows: vec![row(1, true, None), row(2, false, Some(SCRIPT))],
        page: 2,
        signed: vec![SignOff {
            from_day: "2026-10-01".to_owned(),
            to_day: "2026-10-31".to_owned(),
            n_entries: 12,
            n_refused: 0,
            n_marked: 0,
            finding: "異常なし".to_owned(),
            account_name: Some("見本 監一".to_owned()),
            created_at: "2026-11-01T00:00:00Z".to_owned(),
        }],
        may_sign: true,
        signing: Some(Signing {
            from: day("2026-10-24"),
            to: day("2026-11-23"),
            n_entries: 240,
            leaves_out: true,
        }),
        finding: SCRIPT.to_owned(),
        done: None,
        problem: None,
    };
    let html = sound(&page);
    assert!(html.contains("/audit?page=3") && html.contains("確認したことを記録する"));
    assert!(
        html.contains("（31 日間）") && html.contains("今日の記録はまだ増えるので、含みません")
    );
    assert!(html.contains(r#"action="/audit/marks?page=2""#));
    page.signing = None;
    assert!(sound(&page).contains("終わった日はありません"));
    page.wrong = Some(WrongDay {
        field: "to",
        reason: SCRIPT.to_owned(),
    });
    let html = sound(&page);
    assert!(html.contains(r#"aria-describedby="wrong-to""#) && !html.contains("/audit/reviews"));
    page.wrong = None;
    page.may_sign = false;
    page.rows.clear();
    page.signed.clear();
    let html = sound(&page);
    assert!(!html.contains("確認したことを記録する"));
}

#[test]
fn an_address_keeps_its_filter_from_page_to_page() {
    let asked = Asked {
        deed: "directory.import".to_owned(),
        outcome: "refused".to_owned(),
        ..Asked::default()
    };
    assert_eq!(
        asked.address("/audit", 1),
        "/audit?deed=directory.import&outcome=refused"
    );
    assert_eq!(
        asked.address("/audit.csv", 2),
        "/audit.csv?deed=directory.import&outcome=refused&page=2"
    );
    let today = "2026-11-24".parse().unwrap();
    let filter = asked.filter(today).unwrap();
    assert_eq!(
        (filter.from.to_string().as_str(), filter.to),
        ("2026-10-25", today)
    );
    let wrong = Asked {
        from: "きのう".to_owned(),
        ..Asked::default()
    };
    assert_eq!(wrong.filter(today).unwrap_err().field, "from");
    let reversed = Asked {
        from: "R8.11.20".to_owned(),
        to: "R8.11.1".to_owned(),
        ..Asked::default()
    };
    assert_eq!(reversed.filter(today).unwrap_err().field, "to");
}
