//! The pages of filings, in every state they can have.

use super::*;
use crate::page::check::{SCRIPT, sound};

fn line(state: Stand, is_overdue: bool) -> Line {
    Line {
        id: 7,
        service: Link::new("/services/1/filings", SCRIPT),
        kind: "廃止の届出".to_owned(),
        law: "医療法第9条".to_owned(),
        day: "2026-11-20".to_owned(),
        number: Some(SCRIPT.to_owned()),
        effects: vec!["廃止（2026-12-01から）".to_owned()],
        finding: Some(SCRIPT.to_owned()),
        follow_up: Some((SCRIPT.to_owned(), "2026-12-01".to_owned())),
        is_overdue,
        state,
        who: "記録：見本 薬子".to_owned(),
    }
}

#[test]
fn the_list_shows_what_is_overdue() {
    let mut page = ListPage {
        frame: Frame::sample_of_staff(),
        lines: vec![line(Stand::Waiting, true), line(Stand::Followed, false)],
        is_waiting: false,
        n_waiting: 1,
        older: Some("/filings?state=all&before=7".to_owned()),
    };
    let html = sound(&page);
    assert!(html.contains("期限を過ぎています") && html.contains("対応済み"));
    page.lines.clear();
    assert!(sound(&page).contains("記録はありません"));
}

#[test]
fn a_service_s_filings_are_ended_and_added_by_who_may() {
    let mut page = ServicePage {
        frame: Frame::sample_of_staff(),
        service: Link::new("/services/1", SCRIPT),
        action: Some("/services/1/filings".to_owned()),
        recorders: "保健所（医事・薬事）".to_owned(),
        lines: vec![line(Stand::Waiting, false), line(Stand::Recorded, false)],
        kinds: [
            (
                "届出",
                vec![("closing".to_owned(), "廃止の届出".to_owned())],
            ),
            ("検査・指導", Vec::new()),
        ],
        capabilities: vec![("home_care_24h".to_owned(), SCRIPT.to_owned())],
        today: "2026-11-24".to_owned(),
        typed: Sent {
            kind: "closing".to_owned(),
            finding: SCRIPT.to_owned(),
            ..Sent::default()
        },
        problem: Some("種類を選んでください。".to_owned()),
        draft: Draft {
            url: "/services/1/filings/draft".to_owned(),
            saved: Some("今日 9:00".to_owned()),
        },
    };
    page.lines[1].id = 8;
    let html = sound(&page);
    assert!(html.contains("今日 9:00の書きかけ"));
    assert!(html.contains("対応が済んだ") && html.contains("<option value=\"closing\" selected>"));
    page.action = None;
    page.lines = vec![line(Stand::TakenBack, false)];
    assert!(!sound(&page).contains("<form class=\"form\""));
    page.lines.clear();
    assert!(sound(&page).contains("記録はまだありません"));
}

#[test]
fn days_are_read_in_either_calendar_and_named_where_they_cannot_be() {
    let today = "2026-11-24".parse().unwrap();
    let mut sent = Sent {
        day: "令和８年１１月２４日".to_owned(),
        follow_up_due: "R8.12.1".to_owned(),
        ..Sent::default()
    };
    let typed = sent.typed(today).unwrap();
    assert_eq!(typed.day, today);
    assert_eq!(typed.follow_up_due, "2026-12-01".parse().ok());
    sent.follow_up_due = "あした".to_owned();
    let wrong = sent.typed(today).unwrap_err();
    assert!(wrong.starts_with("「いつまでに」："), "{wrong}");
    sent.day = "2026-02-30".to_owned();
    let wrong = sent.typed(today).unwrap_err();
    assert!(wrong.starts_with("「届出・検査の日」："), "{wrong}");
}
