//! The pages of proposals, in every state they can have.

use keniki_app::directory::proposal::FIELDS;

use super::form::FormPage;
use super::*;
use crate::draft::Draft;
use crate::page::check::{SCRIPT, sound};

#[test]
fn the_form_keeps_what_was_typed_and_names_the_field_that_is_wrong() {
    let page = FormPage {
        frame: Frame::sample_of_staff(),
        service: Link::new("/services/1", SCRIPT),
        action: "/services/1/propose".to_owned(),
        fields: FIELDS
            .iter()
            .map(|field| (*field, field_name(field).to_owned(), SCRIPT.to_owned()))
            .collect(),
        problem: Some("直すところがあります。".to_owned()),
        wrong: ["phone", "url"]
            .map(|code| (code.to_owned(), "読み取れません。".to_owned()))
            .to_vec(),
        note: SCRIPT.to_owned(),
        draft: Some(Draft {
            url: "/services/1/propose/draft".to_owned(),
            saved: Some("昨日 16:40".to_owned()),
        }),
    };
    let html = sound(&page);
    assert!(html.contains(r##"href="#url""##) && html.contains("id=\"phone-wrong\""));
    assert!(html.contains(r##"href="#phone""##) && html.contains("昨日 16:40の書きかけ"));
}

#[test]
fn a_proposal_is_decided_by_who_may_and_taken_back_by_who_made_it() {
    let mut page = ShowPage {
        frame: Frame::sample_of_staff(),
        id: 7,
        service: Link::new("/services/1", "みなと内科医院"),
        who: SCRIPT.to_owned(),
        at: "今日 9:00".to_owned(),
        note: Some(SCRIPT.to_owned()),
        state: Stand::Open,
        differences: vec![("電話番号".to_owned(), String::new(), SCRIPT.to_owned())],
        decision: None,
        seen: Some("0f".to_owned()),
        is_own: false,
        is_vouched: true,
        undone: Some("昨日 9:00".to_owned()),
        undo_href: Some("/batches/3/undo".to_owned()),
        problem: None,
    };
    assert!(sound(&page).contains("承認して公開する"));
    page.seen = None;
    page.is_own = true;
    let own = sound(&page);
    assert!(own.contains("取り下げる") && !own.contains("承認して公開する"));
    page.is_own = false;
    page.state = Stand::Approved;
    page.decision = Some(("見本 千歳".to_owned(), "今日 10:00".to_owned(), None));
    assert!(sound(&page).contains("承認済み"));
    let mut list = ListPage {
        frame: Frame::sample_of_staff(),
        lines: vec![Line {
            link: Link::new("/proposals/7", SCRIPT),
            fields: "電話番号".to_owned(),
            who: "汐見病院".to_owned(),
            at: "今日 9:00".to_owned(),
            state: Stand::Rejected,
        }],
        is_open: false,
        n_open: 1_200,
        older: Some("/proposals?state=over&before=7".to_owned()),
        may_propose: true,
        problem: Some(SCRIPT.to_owned()),
        taken: Some(Taken {
            proposed: vec![(7.into(), SCRIPT.to_owned())],
            n_unchanged: 3,
            refused: vec![(4, SCRIPT.to_owned(), SCRIPT.to_owned())],
        }),
    };
    assert!(sound(&list).contains("見送り"));
    list.taken = Some(Taken::default());
    assert!(sound(&list).contains("受け付けなかった行はありません"));
    list.lines.clear();
    assert!(sound(&list).contains("申し出はありません"));
}
