//! Samples of the pages of cases.

use askama::Template;
use keniki_app::case::channel::Channel;
use keniki_app::case::clients::Counts;

use super::Now;
use super::asked::Narrowed;
use super::done::{DoneForm, DonePage};
use super::list::{ListPage, Row};
use super::mend::MendPage;
use super::open::{Choice, OpenPage};
use super::print::CasePrint;
use super::seat::SeatAsked;
use super::show::around::{Around, Line};
use super::show::{CasePage, DueLine, Entry, Mended, Seat};
use super::team::{Here, TeamPage, Typed};
use super::tell::{Asked, TellPage};
use super::ward::WardPage;
use super::{clients, upload};
use crate::form::list::Line as FormLine;
use crate::page::check::{assert_sound, sound};
use crate::page::chips::Chips;
use crate::page::pages::Pages;
use crate::page::{Frame, Link};
use crate::patient::office::Office;
use crate::print::font;
use crate::sent::Sent;
use crate::service::words::telephone;

const HOSTILE: &str = "<script>alert(1)</script>";

fn now() -> Now {
    Now {
        day: "令和8年11月24日".to_owned(),
        time: "10:00".to_owned(),
    }
}

fn form() -> DoneForm {
    DoneForm {
        action: "/cases/1/done".to_owned(),
        step: "admission_notice".to_owned(),
        name: "入院の連絡".to_owned(),
        cause: "7".to_owned(),
        key: "k-1".to_owned(),
        channels: Channel::ALL
            .map(|it| (it.code(), it.words(), it == Channel::Fax))
            .to_vec(),
        now: now(),
        whom: HOSTILE.to_owned(),
        note: HOSTILE.to_owned(),
        may_be_attached: "PDF。1つ20MBまで。".to_owned(),
    }
}

fn due(is_own: bool, is_missed: bool) -> DueLine {
    DueLine {
        step: "admission_notice".to_owned(),
        cause: 7,
        name: "入院の連絡".to_owned(),
        who: "病院（入退院支援部門） → ケアマネジャー".to_owned(),
        due: Some("明日 23:59".to_owned()),
        remaining: Some("あと1日".to_owned()),
        standing: if is_missed { "未実施" } else { "期限前" },
        is_missed,
        is_own,
        may_record: true,
        tells: if is_missed {
            vec![Link::new("/cases/1/tell?kind=screened", HOSTILE)]
        } else {
            Vec::new()
        },
        outcome: Some("今日 9:00　電話、山田".to_owned()),
        fees: vec!["入院時情報連携加算（Ⅰ）（250単位）の期限 今日 23:59：今日まで".to_owned()],
        note: Some(HOSTILE.to_owned()),
        form: is_own.then(|| {
            Link::new(
                "/patients/1/forms/admission_info/new?case=1",
                "入院時情報提供書",
            )
        }),
        handover: is_own.then(|| "/cases/1/handovers/new?step=admission_information".to_owned()),
        nobody: (!is_own).then(|| "ケアマネジャー".to_owned()),
        written: is_own.then(|| Link::new("/forms/1", "書いた入院時情報提供書を開く（今日 9:00）")),
        stay: None,
        done: form(),
    }
}

fn case() -> CasePage {
    let mut second = due(false, true);
    second.cause = 8;
    second.step = "screening".to_owned();
    CasePage {
        frame: Frame::sample_of_staff(),
        id: 1,
        patient: Link::new("/patients/1", "見本 花子"),
        kana: "ミホン ハナコ".to_owned(),
        born: "昭和15年3月4日生まれ・86歳・女".to_owned(),
        program: Link::new("/programs/discharge_support/2026-04-01", "入退院支援"),
        stage: "入院".to_owned(),
        branch: Some("A 担当のケアマネジャーがいる".to_owned()),
        stay: "入院中（汐見病院 令和8年11月24日から）".to_owned(),
        planned: Some("令和8年12月10日".to_owned()),
        alerts: vec!["外泊の記録がないまま、帰院が記録されています。".to_owned()],
        facts: vec![("担当のケアマネジャー".to_owned(), "いる".to_owned())],
        due: vec![due(true, false), second],
        over: vec![due(true, false)],
        timeline: vec![
            Entry {
                id: 7,
                at: "今日 9:00".to_owned(),
                title: "入院".to_owned(),
                lines: vec![HOSTILE.to_owned()],
                who: "汐見病院・見本".to_owned(),
                mended: Some(Mended::Corrected),
                form: Some(Link::new("/forms/1", "書いた様式を見る")),
                file: Some(Link::new("/cases/1/events/7/file", HOSTILE)),
                mend: Some("/cases/1/events/7".to_owned()),
            },
            Entry {
                id: 6,
                at: "今日 8:00".to_owned(),
                title: "入院".to_owned(),
                lines: Vec::new(),
                who: String::new(),
                mended: Some(Mended::Annulled),
                form: None,
                file: None,
                mend: None,
            },
        ],
        team: vec![Seat {
            role: "ケアマネジャー".to_owned(),
            organization: "見本居宅".to_owned(),
            phone: telephone(Some("0859-00-0002")),
            staff: HOSTILE.to_owned(),
            days: "令和8年11月24日から".to_owned(),
        }],
        events: vec![(
            "discharge_planned".to_owned(),
            "退院日の見込み・決定".to_owned(),
        )],
        may_tell: true,
        closings: vec![("no_need".to_owned(), "支援は要らないと確かめた".to_owned())],
        closed: None,
        may_reopen: false,
        n_unread: Some(2),
        around: around(),
        key: "k".to_owned(),
    }
}

fn around() -> Around {
    let line = |href: &str, state| Line {
        link: Link::new(href, HOSTILE),
        who: "汐見病院 → 見本居宅".to_owned(),
        at: "今日 9:00".to_owned(),
        state,
    };
    Around {
        hand_over: Some("/cases/1/handovers/new".to_owned()),
        inquire: Some("/cases/1/inquiries/new".to_owned()),
        handovers: Some(vec![line("/handovers/1", "未読")]),
        inquiries: Some(vec![line("/inquiries/1", "照会中")]),
        forms: Some(vec![FormLine {
            link: Link::new("/forms/1", "入院時情報提供書"),
            who: "見本居宅 見本".to_owned(),
            at: "今日 9:00".to_owned(),
            is_annulled: true,
            is_of_case: false,
        }]),
        written: Vec::new(),
        forms_href: "/patients/1/forms?case=1".to_owned(),
        readers: vec![("見本居宅".to_owned(), "ケースが続くあいだ".to_owned())],
        may_join: true,
        is_closed: true,
        readers_href: Some("/patients/1/readers".to_owned()),
    }
}

#[test]
fn a_case_has_its_handovers_inquiries_and_forms_and_says_who_may_see_it() {
    let page = case();
    let html = page.render().unwrap();
    for href in [
        "/handovers/1",
        "/inquiries/1",
        "/forms/1",
        "/cases/1/handovers/new",
        "/cases/1/inquiries/new",
        "/patients/1/readers",
        "/cases/1/print.pdf",
        "/cases/1/team",
        "tel:0859000002",
    ] {
        assert!(html.contains(&format!("\"{href}\"")), "{href}");
    }
    let none = CasePage {
        around: Around::default(),
        ..page.clone()
    };
    let html = none.render().unwrap();
    assert_sound(&html);
    assert!(!html.contains("/handovers/new") || html.contains("step="));
    assert!(!html.contains("/inquiries/new") && !html.contains("id=\"handovers\""));
    let empty = CasePage {
        around: Around {
            handovers: Some(Vec::new()),
            inquiries: Some(Vec::new()),
            forms: Some(Vec::new()),
            ..around()
        },
        ..page
    };
    let html = empty.render().unwrap();
    assert_sound(&html);
    assert!(html.contains("このケースの引継ぎは、まだありません"));
}

#[test]
fn a_case_prints_with_all_that_is_typed_as_it_is_and_its_name_in_no_title() {
    let (press, _) = font::open(None).expect("npm or a Japanese font is there");
    let mut page = case();
    page.patient.text = "\"]#panic(\"開\") $ \\ @a <b> #read(\"/etc/passwd\")".to_owned();
    page.team[0].staff.clone_from(&page.patient.text);
    page.timeline[0].lines.push(page.patient.text.clone());
    let sheet = CasePrint::of(&page).unwrap();
    assert!(!sheet.title.contains("panic") && !sheet.head.contains("panic"));
    assert_eq!(press.png(&sheet, 0.5).unwrap().len(), 2);
    let bare = CasePage {
        due: Vec::new(),
        over: Vec::new(),
        timeline: Vec::new(),
        team: Vec::new(),
        facts: Vec::new(),
        around: Around::default(),
        closed: Some("令和8年11月24日 9:00に終わりました（死亡）".to_owned()),
        ..case()
    };
    let sheet = CasePrint::of(&bare).unwrap();
    assert_eq!(press.png(&sheet, 0.5).unwrap().len(), 1);
}

#[test]
fn a_case_says_what_is_due_and_what_happened() {
    let mut two = case();
    two.due[0].stay = Some("いまの入院（入院日 令和8年11月24日）".to_owned());
    two.due[1].stay = Some("前の入院（入院日 令和8年9月1日）".to_owned());
    two.over[0].stay = Some("前の入院（入院日 令和8年9月1日）".to_owned());
    let html = two.render().unwrap();
    assert_sound(&html);
    assert_eq!(html.matches("<ul class=\"plain dues\">").count(), 2);
    let page = case();
    let html = page.render().unwrap();
    assert_sound(&html);
    assert!(html.contains("次にすること") && html.contains("取消し済み"));
    assert!(html.contains("訂正済み") && html.contains("<del><strong>入院</strong></del>"));
    assert!(html.contains("連絡（未読 2 件）") && html.contains("/cases/1/events/7/file"));
    let over = CasePage {
        due: Vec::new(),
        may_tell: false,
        closings: Vec::new(),
        events: Vec::new(),
        closed: Some("今日 9:00に終わりました（死亡）".to_owned()),
        n_unread: None,
        may_reopen: true,
        ..page
    };
    let html = over.render().unwrap();
    assert_sound(&html);
    assert!(html.contains("いま期限を待っている対応事項はありません"));
}

fn row() -> Row {
    Row {
        case: Link::new("/cases/1", "見本 花子"),
        kana: "ミホン ハナコ".to_owned(),
        program: "入退院支援".to_owned(),
        stage: "入院".to_owned(),
        place: "汐見病院に入院中（令和8年11月24日から）".to_owned(),
        planned: String::new(),
        care_manager: String::new(),
        due: "明日 23:59（あと1日）".to_owned(),
        n_overdue: 2,
        told: "まだ知らせていません".to_owned(),
        no_office: "いる（事業所は未確認）",
        n_unread: 3,
        stage_code: ("discharge_support".to_owned(), "admitted".to_owned()),
    }
}

#[test]
fn cases_are_a_table_a_board_or_nothing() {
    let table = ListPage {
        frame: Frame::sample_of_staff(),
        views: vec![(Link::new("/cases", "開いているもの（1）"), true)],
        n: 1,
        rows: vec![row()],
        board: None,
        other: Link::new("/cases?form=board", "段階ごとに並べる"),
        pages: Pages::default(),
        may_open_emergency: true,
        may_open: true,
        files: Some(("/cases.xlsx".to_owned(), "/cases.csv".to_owned())),
        narrowed: Narrowed {
            text: HOSTILE.to_owned(),
            stage: "discharge_support".to_owned(),
        },
        chips: Chips {
            action: "/cases",
            kept: vec![("view", HOSTILE.to_owned())],
            each: vec![("text", HOSTILE.to_owned())],
        },
        stages: vec![super::asked::Choice {
            name: "入退院支援".to_owned(),
            options: vec![(
                "discharge_support".to_owned(),
                "入退院支援（すべて）".to_owned(),
                true,
            )],
        }],
        view: HOSTILE.to_owned(),
        form: String::new(),
    };
    let html = sound(&table);
    assert!(html.contains("name=\"drop\" value=\"text\""));
    let board = ListPage {
        board: Some(vec![("入退院支援：入院".to_owned(), 3, vec![row()])]),
        ..table.clone()
    };
    let html = board.render().unwrap();
    assert_sound(&html);
    assert!(html.contains("ほか 2 件は表で"));
    let none = ListPage {
        n: 0,
        rows: Vec::new(),
        ..table
    };
    assert!(none.render().unwrap().contains("緊急時閲覧"));
}

#[test]
fn the_ward_says_who_was_told() {
    let mut page = WardPage {
        frame: Frame::sample_of_staff(),
        n: 1,
        rows: vec![row()],
        pages: Pages::default(),
        may_upload: true,
    };
    let html = page.render().unwrap();
    assert_sound(&html);
    assert!(html.contains("まだ知らせていません") && html.contains("いる（事業所は未確認）"));
    page.rows.clear();
    assert_sound(&page.render().unwrap());
}

#[test]
fn the_clients_say_who_is_in_hospital_and_what_is_owed() {
    let client = clients::Row {
        patient: Link::new("/patients/1", HOSTILE),
        kana: HOSTILE.to_owned(),
        hospital: Some(Link::new("/cases/1", "汐見病院（外泊中）")),
        ward: HOSTILE.to_owned(),
        since: "令和8年11月24日".to_owned(),
        planned: String::new(),
        next: Some(Link::new("/cases/1", "入院時情報提供")),
        due: "明日 23:59（あと1日）".to_owned(),
        n_more: 2,
        n_missed: 1,
    };
    let at_home = clients::Row {
        hospital: None,
        next: None,
        ..client.clone()
    };
    let mut page = clients::ClientsPage {
        frame: Frame::sample_of_staff(),
        counts: Counts {
            n: 1_200,
            n_in_hospital: 1,
        },
        rows: vec![client, at_home],
        pages: Pages::default(),
        may_export: true,
        text: HOSTILE.to_owned(),
    };
    let html = sound(&page);
    assert!(html.contains("入院していない") && html.contains("ほか 2 件"));
    page.rows.clear();
    assert!(sound(&page).contains("当てはまる利用者はいません"));
    page.text.clear();
    assert!(sound(&page).contains("まだいません"));
}

#[test]
fn a_table_of_admissions_says_row_by_row_what_it_would_do() {
    let said = |is_wrong| upload::Said {
        number: 2,
        name: HOSTILE.to_owned(),
        place: HOSTILE.to_owned(),
        outcome: HOSTILE.to_owned(),
        is_wrong,
        case: Some(Link::new("/cases/1", "ケースを見る")),
    };
    let mut page = upload::UploadPage {
        frame: Frame::sample_of_staff(),
        programs: vec![
            ("a".to_owned(), "入退院支援".to_owned(), true),
            ("b".to_owned(), HOSTILE.to_owned(), false),
        ],
        problem: Some(HOSTILE.to_owned()),
        shown: Some(upload::Shown {
            program_name: "入退院支援".to_owned(),
            lines: vec![said(false), said(true)],
            n_taken: 1,
            n_already: 1,
            n_wrong: 1,
            rows: HOSTILE.to_owned(),
            faults: HOSTILE.to_owned(),
            unread: vec![HOSTILE.to_owned()],
            ..upload::Shown::default()
        }),
    };
    let html = sound(&page);
    assert!(html.contains("まだ何も書き込んでいません") && html.contains("この 1 行を書き込む"));
    if let Some(shown) = &mut page.shown {
        shown.is_written = true;
    }
    assert!(!sound(&page).contains("この 1 行を書き込む"));
    page.shown = None;
    page.programs.truncate(1);
    sound(&page);
}

fn office() -> Office {
    Office {
        id: 3,
        name: HOSTILE.to_owned(),
        sites: HOSTILE.to_owned(),
        is_chosen: true,
    }
}

#[test]
fn the_forms_show_what_was_typed_and_why_it_was_not_taken() {
    let tell = TellPage {
        frame: Frame::sample_of_staff(),
        case: Link::new("/cases/1", "見本 花子"),
        action: "/cases/1/tell".to_owned(),
        event: Asked {
            code: "screened".to_owned(),
            name: "退院困難な要因の確認".to_owned(),
            day: Some(("退院予定日".to_owned(), HOSTILE.to_owned())),
            facts: vec![(
                "need".to_owned(),
                "支援の必要".to_owned(),
                vec![("must".to_owned(), "必ず".to_owned(), true)],
            )],
            criteria: vec![("meals".to_owned(), "食事に介助が要る".to_owned(), true)],
            basis: Some("院内掲示に基づく".to_owned()),
            seat: Some(SeatAsked {
                role: "ケアマネジャー".to_owned(),
                when: Some("「担当のケアマネジャー」が「いる」のとき".to_owned()),
                known: None,
                looked_for: HOSTILE.to_owned(),
                found: Some(vec![office()]),
                chosen: String::new(),
                staff: HOSTILE.to_owned(),
            }),
            form: Some(Link::new(
                "/patients/1/forms/discharge_screening/new?case=1",
                HOSTILE,
            )),
            note: HOSTILE.to_owned(),
        },
        problem: Some(HOSTILE.to_owned()),
        now: now(),
        may_be_attached: "PDF。1つ20MBまで。".to_owned(),
        key: "k".to_owned(),
    };
    let html = tell.render().unwrap();
    assert_sound(&html);
    assert!(html.contains("事業所はまだわからない") && html.contains("value=\"3\" checked"));
    let known = TellPage {
        event: Asked {
            seat: tell.event.seat.clone().map(|seat| SeatAsked {
                known: Some(HOSTILE.to_owned()),
                found: Some(Vec::new()),
                chosen: "known".to_owned(),
                ..seat
            }),
            ..tell.event.clone()
        },
        ..tell
    };
    let html = known.render().unwrap();
    assert_sound(&html);
    assert!(!html.contains("事業所はまだわからない") && html.contains("value=\"known\" checked"));
    let team = TeamPage {
        frame: Frame::sample_of_staff(),
        case: Link::new("/cases/1", "入退院支援"),
        team: vec![Here {
            id: 3,
            organization: HOSTILE.to_owned(),
            role: "病院（入退院支援部門）".to_owned(),
            leave: Some("/patients/1/team/3/leave".to_owned()),
        }],
        today: "令和8年11月24日".to_owned(),
        roles: vec![("pharmacy".to_owned(), "薬局".to_owned())],
        typed: Typed {
            name: HOSTILE.to_owned(),
            role: "pharmacy".to_owned(),
            ..Typed::default()
        },
        found: Some(vec![office()]),
        problem: Some(HOSTILE.to_owned()),
    };
    assert_sound(&team.render().unwrap());
    let done = DonePage {
        frame: Frame::sample_of_staff(),
        case: Link::new("/cases/1", "見本 花子"),
        form: form(),
        problem: Some(HOSTILE.to_owned()),
    };
    let html = done.render().unwrap();
    assert_sound(&html);
    assert!(html.contains("value=\"fax\" checked") && html.contains("もう一度選んでください"));
    let mend = MendPage {
        frame: Frame::sample_of_staff(),
        case: Link::new("/cases/1", "見本 花子"),
        action: "/cases/1/events/7".to_owned(),
        name: "入院".to_owned(),
        day: Some(("退院予定日".to_owned(), String::new())),
        now: now(),
        note: HOSTILE.to_owned(),
        seats: true,
        problem: Some("訂正の理由を書いてください。".to_owned()),
        key: "k".to_owned(),
    };
    assert_sound(&mend.render().unwrap());
    let mut open = OpenPage {
        frame: Frame::sample_of_staff(),
        patient: Link::new("/patients/1", "見本 花子"),
        choices: vec![Choice {
            code: "discharge_support hospital".to_owned(),
            program: "入退院支援".to_owned(),
            role: "病院（入退院支援部門）".to_owned(),
            is_chosen: true,
        }],
        staff: HOSTILE.to_owned(),
        looked_for: HOSTILE.to_owned(),
        found: Some(Vec::new()),
        problem: Some("すでに開いています。".to_owned()),
        known: Some("/cases/1".to_owned()),
        key: "k".to_owned(),
    };
    assert_sound(&open.render().unwrap());
    open.choices.clear();
    assert!(
        open.render()
            .unwrap()
            .contains("いまの役割で始められる申し合わせはありません")
    );
}

#[test]
fn a_form_keeps_what_stands_in_several_fields_of_one_name() {
    let sent = Sent(vec![
        ("criterion".to_owned(), "meals".to_owned()),
        ("criterion".to_owned(), "alone".to_owned()),
        ("fact_need".to_owned(), "must".to_owned()),
        ("fact_ward".to_owned(), " ".to_owned()),
        ("day".to_owned(), "R8.11.24".to_owned()),
        ("time".to_owned(), "10:30".to_owned()),
    ]);
    assert_eq!(
        sent.all("criterion").collect::<Vec<_>>(),
        ["meals", "alone"]
    );
    assert_eq!(
        sent.beginning("fact_").collect::<Vec<_>>(),
        [("need", "must")]
    );
    let at = sent
        .moment("2026-11-24T03:00:00Z".parse().unwrap())
        .unwrap();
    assert_eq!(at.to_rfc3339(), "2026-11-24T01:30:00+00:00");
    let wrong = Sent(vec![
        ("day".to_owned(), "R8.11.24".to_owned()),
        ("time".to_owned(), "25:00".to_owned()),
    ]);
    assert!(
        wrong
            .moment("2026-11-24T03:00:00Z".parse().unwrap())
            .unwrap_err()
            .contains("14:30")
    );
}
