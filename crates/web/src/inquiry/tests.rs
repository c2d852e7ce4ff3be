//! The pages of inquiries, in every state they can have.

use keniki_app::case::inquiry::{Agreement, Answer, TargetState};

use super::new::{Choosable, Fields, NewPage};
use super::received::{OverPage, ReceivedPage};
use super::sent::{Heard, Line, Part as Form, SentPage};
use super::*;
use crate::page::check::{SCRIPT, sound};

fn agreement(holds: bool) -> Agreement {
    Agreement {
        patient: 5,
        scope: SCRIPT.to_owned(),
        holds,
    }
}

fn told() -> Vec<(&'static str, String)> {
    vec![("年齢", "80代".to_owned()), ("補足", SCRIPT.to_owned())]
}

fn choosable(is_reached: bool) -> Choosable {
    Choosable {
        id: if is_reached { 3 } else { 4 },
        name: SCRIPT.to_owned(),
        category: "病院".to_owned(),
        known: "在宅酸素".to_owned(),
        unknown: "吸引".to_owned(),
        capacity: "不明".to_owned(),
        distance: "約2 km".to_owned(),
        is_reached,
        phone: "0990-11-0001".to_owned(),
        is_chosen: is_reached,
    }
}

#[test]
fn the_board_shows_nothing_of_what_was_lost() {
    let line = |href: Option<&str>| Received {
        href: href.map(str::to_owned),
        title: SCRIPT.to_owned(),
        person: href.map_or("", |_| "80代・要介護3").to_owned(),
        office: SCRIPT.to_owned(),
        service: "相談窓口として".to_owned(),
        at: "今日 9:00".to_owned(),
        state: "ほかに決まりました".to_owned(),
        is_waiting: href.is_some(),
    };
    let mut page = ListPage {
        frame: Frame::sample_of_staff(),
        received: vec![line(Some("/inquiries/received/1")), line(None)],
        sent: vec![Sent {
            link: Link::new("/inquiries/1", SCRIPT),
            at: "今日 9:00".to_owned(),
            state: "照会中".to_owned(),
            is_open: true,
            answers: vec![(SCRIPT.to_owned(), "受け入れられる".to_owned()); 2],
        }],
        may_send: true,
        part: Part::All,
    };
    let html = sound(&page);
    page.part = Part::Waiting;
    assert!(!sound(&page).contains("送った照会"));
    page.part = Part::Answered;
    assert!(!sound(&page).contains("届いた照会"));
    page.part = Part::All;
    assert_eq!(html.matches("/inquiries/received/").count(), 1);
    page.received.clear();
    page.sent.clear();
    assert!(sound(&page).contains("届いた照会はありません"));
}

#[test]
fn it_is_looked_at_before_it_is_sent() {
    let mut page = NewPage {
        frame: Frame::sample_of_staff(),
        case: 1,
        kinds: vec![("transfer".to_owned(), SCRIPT.to_owned(), false)],
        ..NewPage::default()
    };
    assert!(sound(&page).contains("value=\"transfer\""));
    page.kind = Some(("transfer".to_owned(), SCRIPT.to_owned()));
    page.note_of_kind = Some(SCRIPT.to_owned());
    page.needs = vec![(
        SCRIPT.to_owned(),
        vec![("suction".to_owned(), SCRIPT.to_owned(), true)],
    )];
    page.others = vec![choosable(true)];
    page.by_phone = vec![choosable(false)];
    page.categories = vec![
        ("hospital".to_owned(), SCRIPT.to_owned(), true),
        ("clinic".to_owned(), "診療所".to_owned(), false),
    ];
    page.agreement = agreement(false);
    page.n_more = 1_200;
    page.problem = Some(SCRIPT.to_owned());
    page.typed = Fields {
        note: SCRIPT.to_owned(),
        shows_sex: true,
        needs: vec!["suction".to_owned()],
        services: vec![3],
        ..Fields::default()
    };
    let form = sound(&page);
    assert!(form.contains("不明：吸引") && form.contains("電話 0990-11-0001"));
    assert!(form.contains("決めるときまでに") && form.contains("/patients/5/consents"));
    assert!(form.contains("種類でしぼる"));
    page.agreement = agreement(true);
    assert!(!sound(&page).contains("/patients/5/consents"));
    page.preview = Some(told());
    page.chosen = vec![Link::new("/services/3", SCRIPT)];
    let preview = sound(&page);
    assert!(preview.contains("この内容で照会を送る") && preview.contains("次のことだけ"));
    page.preview = None;
    page.others.clear();
    page.by_phone.clear();
    page.through = Some(SCRIPT.to_owned());
    assert!(sound(&page).contains("窓口が、匿名のまま"));
    page.through = None;
    assert!(sound(&page).contains("あてはまる所はありません"));
}

#[test]
fn answers_stand_side_by_side_and_one_is_chosen() {
    let line = |id: i64, can_be_chosen: bool| Line {
        id,
        link: Link::new("/services/3", SCRIPT),
        phone: "0990-11-0001".to_owned(),
        is_by_phone: !can_be_chosen,
        answer: "受け入れられる".to_owned(),
        words: SCRIPT.to_owned(),
        when: "今日 9:00（電話）".to_owned(),
        is_chosen: false,
        can_be_chosen,
        version: 2,
        users_choice: SCRIPT.to_owned(),
        heard: Heard {
            words: SCRIPT.to_owned(),
            ..Heard::default()
        },
        wrong: None,
    };
    let mut page = SentPage {
        frame: Frame::sample_of_staff(),
        id: 1,
        title: SCRIPT.to_owned(),
        whose: Link::new("/cases/1", SCRIPT),
        told: told(),
        at: "今日 9:00".to_owned(),
        state: "照会中".to_owned(),
        may_change: true,
        users_choice: None,
        asks_choice: true,
        agreement: agreement(false),
        problem: None,
        targets: vec![line(1, true), line(2, false)],
        reasons: vec![("full".to_owned(), SCRIPT.to_owned())],
    };
    let open = sound(&page);
    assert!(open.contains("/inquiries/targets/1/choose"));
    assert!(!open.contains("/inquiries/targets/2/choose"));
    assert!(open.contains("同意を記録する") && !open.contains("<details open"));
    for field in ["answer", "reason", "free_from", "words", "phone", ""] {
        page.problem = Some(SCRIPT.to_owned());
        page.targets[1].wrong = Some((Form::Heard, (field, SCRIPT.to_owned())));
        let again = sound(&page);
        assert!(again.contains("<details open"));
        let n = usize::from(!field.is_empty());
        assert_eq!(again.matches("aria-invalid").count(), n, "{field}");
    }
    page.targets[0].wrong = Some((Form::Chosen, ("users_choice", SCRIPT.to_owned())));
    assert!(sound(&page).contains("choice-1-wrong"));
    page.may_change = false;
    page.users_choice = Some(SCRIPT.to_owned());
    page.targets[0].is_chosen = true;
    assert!(!sound(&page).contains("<form class=\"form\""));
}

#[test]
fn the_asked_see_the_notice_and_four_answers() {
    let mut page = ReceivedPage {
        frame: Frame::sample_of_staff(),
        id: 1,
        title: SCRIPT.to_owned(),
        service: SCRIPT.to_owned(),
        told: told(),
        at: "今日 9:00".to_owned(),
        state: TargetState::Read,
        case: None,
        answer: String::new(),
        wrong: None,
        answered: None,
        reason: String::new(),
        words: String::new(),
        free_from: String::new(),
        phone: String::new(),
        version: 1,
        may_answer: true,
        reasons: vec![("full".to_owned(), SCRIPT.to_owned())],
        others: None,
    };
    assert_eq!(sound(&page).matches("type=\"radio\"").count(), 4);
    page.answered = Some((Answer::Cannot, SCRIPT.to_owned()));
    page.reason = "full".to_owned();
    page.words = SCRIPT.to_owned();
    page.others = Some((SCRIPT.to_owned(), vec![choosable(true)]));
    assert!(sound(&page).contains("/inquiries/received/1/forward"));
    for field in ["answer", "reason", "free_from", "words", "phone"] {
        page.wrong = Some((field, SCRIPT.to_owned()));
        assert!(
            sound(&page).contains(&format!("id=\"{field}-wrong\"")),
            "{field}"
        );
    }
    page.others = None;
    page.may_answer = false;
    page.state = TargetState::Chosen;
    page.case = Some(7);
    assert!(sound(&page).contains("/cases/7"));
}

#[test]
fn what_came_too_late_is_told_with_what_was_typed() {
    let mut page = OverPage {
        frame: Frame::sample_of_staff(),
        title: SCRIPT.to_owned(),
        office: SCRIPT.to_owned(),
        why: "ほかに決まりました".to_owned(),
        typed: vec![("補足・知りたいこと", SCRIPT.to_owned())],
    };
    assert!(sound(&page).contains("書いた返事"));
    page.typed.clear();
    assert!(!sound(&page).contains("書いた返事"));
}
