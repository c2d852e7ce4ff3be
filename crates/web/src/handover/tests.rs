//! The pages of handovers, in every state they can have.

use chrono::DateTime;
use keniki_app::case::channel::Channel;
use keniki_app::case::handover::stage::{Mark, Stage, Step, Why};
use keniki_app::case::handover::who::Act;
use keniki_app::case::handover::{Attached, Handover, Shown};

use super::link::{Content, FormContent, LinkPage, What};
use super::send::{NewPage, Typed};
use super::show::ShowPage;
use super::*;
use crate::page::check::{SCRIPT, sound};
use crate::wording::Moment;

pub(super) fn shown(words: &str) -> Shown {
    let text = words.to_owned();
    Shown {
        handover: Handover {
            id: 7.into(),
            case: 1.into(),
            patient: 1.into(),
            purpose: "discharge_summary".to_owned(),
            cause: None,
            former: Some(6.into()),
            from: 1.into(),
            from_name: "汐見病院".to_owned(),
            from_role: "hospital".to_owned(),
            to: None,
            to_name: "みほん薬局".to_owned(),
            to_role: None,
            mailbox: None,
            fax: Some("0859-00-0000".to_owned()),
            subject: format!("件名{text}"),
            words: format!("本文{text}"),
            form_record: Some(3),
            receipt: None,
            sent_at: DateTime::UNIX_EPOCH,
            sender: Some(text.clone()),
            stage: Stage::Sent,
        },
        patient: "架空 花子".to_owned(),
        files: vec![Attached {
            id: 1.into(),
            name: text,
            media_type: "application/pdf".to_owned(),
            size: 1,
        }],
        later: Some(8.into()),
        link: Some((
            "2026-11-24T01:00:00Z".to_owned(),
            "2026-12-01T01:00:00Z".to_owned(),
            None,
        )),
        from_numbers: (Some("0859-00-0001".to_owned()), None),
        to_numbers: (None, Some("0859-00-0000".to_owned())),
    }
}

fn reply() -> super::answer::Typed {
    super::answer::Typed {
        reason: SCRIPT.to_owned(),
        said: "returned".to_owned(),
        channel: "fax".to_owned(),
        whom: "受付の田中".to_owned(),
        at: "2026-11-24T10:00".to_owned(),
    }
}

#[test]
fn a_handover_is_shown_at_every_stage_with_all_that_may_be_done() {
    let now = DateTime::UNIX_EPOCH;
    let mark = Mark {
        at: now,
        account: None,
        name: SCRIPT.to_owned(),
        role: "薬局".to_owned(),
        channel: Channel::Fax,
    };
    let sent = Stage::Sent;
    for step in [
        Step::Read(mark.clone()),
        Step::Accept(mark.clone()),
        Step::Return(mark, SCRIPT.to_owned()),
        Step::Withdraw(now, Some(SCRIPT.to_owned())),
        Step::Close(now, Why::Died),
    ] {
        let mut shown = shown(SCRIPT);
        shown.handover.stage = sent.clone().after(step).unwrap();
        let words = shown.handover.stage.at().words();
        let frame = Frame::sample_of_staff();
        let mut page = ShowPage::of(frame, shown, "要約".to_owned(), Act::ALL.to_vec());
        page.made = Some(("https://keniki.example/x".to_owned(), "12345678".to_owned()));
        page.problem = Some(SCRIPT.to_owned());
        page.typed = Some((Act::Reply, reply()));
        let html = sound(&page);
        assert!(html.contains("value=\"returned\" selected") && html.contains("受付の田中"));
        assert!(html.contains("tel:0859000001"));
        assert!(sound(&page).contains(words));
        page.acts = vec![Act::See];
        page.typed = Some((Act::Return, reply()));
        assert!(sound(&page).contains("書いた理由は、まだ送っていません"));
        assert!(!sound(&page).contains("取り下げる理由"));
    }
}

#[test]
fn the_list_says_who_and_where_it_stands() {
    let mut page = ListPage {
        frame: Frame::sample_of_staff(),
        is_out: true,
        part: Some("送って、まだ返事のない引継ぎ"),
        is_all: false,
        counts: [2, 1],
        lines: vec![Line {
            href: "/handovers/7".to_owned(),
            subject: SCRIPT.to_owned(),
            patient: SCRIPT.to_owned(),
            other: SCRIPT.to_owned(),
            is_outside: true,
            sent: "今日 10:00".to_owned(),
            state: "未読",
            waits: true,
        }],
        older: Some("/handovers?first=50".to_owned()),
        wrong_number: Some(SCRIPT.to_owned()),
    };
    assert!(sound(&page).contains("Kenikiに参加していない事業所"));
    page.lines.clear();
    assert!(sound(&page).contains("待っている引継ぎはありません"));
}

#[test]
fn the_form_says_what_is_wrong_and_which_one_to_follow() {
    let text = || SCRIPT.to_owned();
    let page = NewPage {
        frame: Frame::sample_of_staff(),
        case: 1,
        patient: text(),
        steps: vec![("s".to_owned(), text(), text())],
        others: vec![("2".to_owned(), text(), text())],
        forms: vec![("3".to_owned(), text())],
        typed: Typed::default(),
        returned: Some((text(), text())),
        problem: Some(text()),
        follow: Some("/handovers/7".to_owned()),
    };
    assert!(sound(&page).contains("送ってある引継ぎを見る"));
    assert!(sound(&page).contains("から返されました。理由："));
    assert!(
        !sound(&page).contains("value=\"3\" selected"),
        "no form unasked"
    );
}

#[test]
fn a_link_asks_shows_once_or_is_gone() {
    let text = || SCRIPT.to_owned();
    let content = Content {
        number: "000007-5".to_owned(),
        from: text(),
        sent: Moment(DateTime::UNIX_EPOCH),
        subject: text(),
        words: text(),
        files: vec![(1, text())],
        code: text(),
        patient: text(),
        phone: crate::service::words::telephone(Some("0859-00-0001")),
        form: Some(FormContent {
            name: text(),
            who: text(),
            annulled: Some(text()),
            sections: vec![("介護の状況".to_owned(), Vec::new(), text())],
        }),
    };
    let opened = LinkPage {
        frame: Frame::sample(None),
        token: "0f".to_owned(),
        what: What::Opened(Box::new(content.clone())),
        problem: None,
    };
    let html = sound(&opened);
    assert!(html.contains("介護の状況") && html.contains("tel:0859000001"));
    for (what, says) in [
        (What::Gone, "このリンクは使えません"),
        (What::Asks, "確認番号"),
        (What::Opened(Box::new(content)), "二度と開けません"),
    ] {
        let page = LinkPage {
            frame: Frame::sample(None),
            token: "0f".to_owned(),
            what,
            problem: Some(text()),
        };
        assert!(sound(&page).contains(says));
    }
}
