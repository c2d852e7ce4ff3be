//! Samples of the page of messages.

use super::*;
use crate::page::check::{SCRIPT, sound};

fn line(id: i64) -> Line {
    Line {
        id: MessageId::new(id),
        topic: SCRIPT.to_owned(),
        text: SCRIPT.to_owned(),
        who: SCRIPT.to_owned(),
        phone: telephone(Some("0990-11-0001")),
        at: "今日 10:00".to_owned(),
        is_new: true,
        former: None,
        corrected_by: None,
        correct: Some(format!("/cases/1/messages?correct={id}#write")),
        files: vec![Link::new("/cases/1/messages/files/3", SCRIPT)],
    }
}

fn page() -> ThreadPage {
    ThreadPage {
        frame: Frame::sample_of_staff(),
        case: Link::new("/cases/1", "見本 花子"),
        notice: "緊急の連絡には使わないでください。".to_owned(),
        lines: vec![
            Line {
                corrected_by: Some(MessageId::new(2)),
                is_new: false,
                correct: None,
                ..line(1)
            },
            Line {
                former: Some(MessageId::new(1)),
                phone: None,
                files: Vec::new(),
                ..line(2)
            },
        ],
        may_write: true,
        topics: vec![("other".to_owned(), "その他".to_owned(), true)],
        longest: 2000,
        typed: Typed {
            text: SCRIPT.to_owned(),
            phone: SCRIPT.to_owned(),
            former: Some(MessageId::new(2)),
            key: SCRIPT.to_owned(),
            topic: "other".to_owned(),
        },
        may_be_attached: "PDF。1つ20MBまで。".to_owned(),
        problem: Some(SCRIPT.to_owned()),
    }
}

#[test]
fn a_thread_is_signed_says_what_holds_and_keeps_what_was_typed() {
    let mut page = page();
    let html = sound(&page);
    for part in [
        "緊急の連絡には",
        "訂正されました",
        "元の連絡へ",
        "新着",
        "tel:0990110001",
    ] {
        assert!(html.contains(part), "{part}");
    }
    page.typed = Typed::default();
    page.problem = None;
    page.lines.clear();
    assert!(sound(&page).contains("まだありません"));
    page.may_write = false;
    assert!(!sound(&page).contains("<form class=\"form\""));
}
