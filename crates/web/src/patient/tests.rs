//! The pages of patients, in every state they can have, with a script in every text.

use chrono::NaiveDate;
use keniki_app::patient::birth::{Birth, Born};
use keniki_app::patient::identifier::Identifier;
use keniki_app::patient::level::{Certified, Level};
use keniki_app::patient::name::{Name, Use};
use keniki_app::patient::record::{Home, Record, Sex};
use keniki_base::id::OrganizationId;

use super::field::{Control, Fields, Row, Typed};
use super::list::Asked;
use super::office::Office;
use super::register::{Elsewhere, Own};
use super::show::{Agreed, Opened, Part};
use super::*;
use crate::draft::Draft;
use crate::page::Link;
use crate::page::check::{SCRIPT, sound};
use crate::page::pages::Pages;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn s() -> String {
    SCRIPT.to_owned()
}

/// Somebody with all that a record can have.
pub(super) fn record() -> Record {
    let name = |used_as, family: &str, kana: &str| {
        Name::parse(used_as, (family, "花子"), (kana, "ハナコ")).unwrap()
    };
    Record {
        names: vec![
            name(Use::Official, "架空", "カクウ"),
            name(Use::Old, "仮空", "カリソラ"),
            name(Use::Variant, "架空󠄀", ""),
        ],
        sex: Sex::Female,
        birth: Birth {
            born: Born::Day(day("1940-03-03")),
            is_about: true,
        },
        died_on: Some(day("2026-11-01")),
        home: Home {
            postal_code: Some("683-0000".to_owned()),
            municipality_code: Some("99001".to_owned()),
            address: Some(s()),
            phone: Some("0859-00-0000".to_owned()),
        },
        identifiers: vec![
            Identifier::care_insurance("313023", "0000012345").unwrap(),
            Identifier::medical_record(OrganizationId::new(1), "00123").unwrap(),
            Identifier::medical_record(OrganizationId::new(2), "9").unwrap(),
        ],
        levels: vec![
            Certified {
                level: Level::Support2,
                valid_from: day("2024-04-01"),
                valid_to: Some(day("2026-03-31")),
            },
            Certified {
                level: Level::Care2,
                valid_from: day("2026-04-01"),
                valid_to: None,
            },
        ],
    }
}

#[test]
fn a_record_comes_back_from_its_form_as_it_was() {
    let own = Some(OrganizationId::new(1));
    let mut is = record();
    let typed = form::typed(&is, own);
    assert_eq!(typed.get("medical"), "00123");
    let mut read = form::read(&typed, (Some(&is), own), day("2026-11-24")).unwrap();
    for it in [&mut is, &mut read] {
        it.names.sort();
        it.identifiers.sort();
    }
    assert_eq!(read, is);
}

#[test]
fn every_field_that_is_wrong_is_told_at_once_beside_it() {
    let typed = [
        ("family", "架空"),
        ("family_kana", "<b>"),
        ("birth", "R99"),
        ("died_on", "いつか"),
        ("phone", &"1".repeat(31)),
        ("insured0_number", "12"),
        ("level0_from", "R8.4.1"),
        ("level1", "care_1"),
        ("level1_from", "R8.4.1"),
        ("level1_to", "R7.4.1"),
        ("medical", "漢字"),
        ("name0_given", SCRIPT),
    ];
    let typed = typed
        .into_iter()
        .fold(Typed::default(), |all, (name, text)| all.with(name, text));
    let own = Some(OrganizationId::new(1));
    let wrong = form::read(&typed, (None, own), day("2026-11-24")).unwrap_err();
    let fields: Vec<&str> = wrong.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "family_kana",
            "name0_family",
            "birth",
            "sex",
            "died_on",
            "insured0_insurer",
            "insured0_number",
            "medical",
            "level0",
            "level1_to",
            "phone",
        ]
    );
    let page = form_page(&typed, wrong.clone());
    let html = sound(&page);
    for field in fields {
        assert!(html.contains(&format!("href=\"#{field}\"")), "{field}");
        assert!(html.contains(&format!("id=\"{field}-wrong\"")), "{field}");
        assert!(html.contains(&format!("id=\"{field}\"")), "{field}");
    }
}

fn form_page(typed: &Typed, wrong: Vec<field::Wrong>) -> register::FormPage {
    let towns = [("99001".to_owned(), s())];
    register::FormPage {
        frame: Frame {
            alert: Some(s()),
            ..Frame::sample_of_staff()
        },
        record: Some(Link::new("/patients/1", SCRIPT)),
        action: "/patients/1/edit".to_owned(),
        version: Some(s()),
        sections: form::sections(
            Fields {
                typed,
                wrong: &wrong,
            },
            &towns,
            false,
        ),
        problem: Some(s()),
        wrong,
        draft: Some(Draft {
            url: "/patients/1/edit/draft".to_owned(),
            saved: Some("今日 9:00".to_owned()),
        }),
    }
}

#[test]
fn a_form_shows_the_record_and_one_row_more_of_each_kind() {
    let typed = form::typed(&record(), Some(OrganizationId::new(1)));
    let mut page = form_page(&typed, Vec::new());
    let html = sound(&page);
    assert!(html.contains("id=\"name2_family\"") && html.contains("id=\"level2_from\""));
    assert!(html.contains("value=\"仮空\"") && !html.contains("id=\"name3_family\""));
    page.record = None;
    page.draft = None;
    page.problem = None;
    page.sections = form::sections(
        Fields {
            typed: &Typed::default(),
            wrong: &[],
        },
        &[],
        true,
    );
    let html = sound(&page);
    assert!(!html.contains("亡くなった日"));
}

#[test]
fn candidates_are_told_with_reasons_and_of_others_nothing_but_who_answers() {
    let mut page = register::CandidatesPage {
        frame: Frame::sample_of_staff(),
        new: (s(), s(), s()),
        own: vec![Own {
            link: Link::new("/patients/1", SCRIPT),
            kana: s(),
            birth: s(),
            address: s(),
            likeness: "同じ人らしい",
            reasons: s(),
        }],
        elsewhere: Some(vec![Elsewhere {
            id: 2,
            why: "被保険者番号が同じ",
            answers: Some((s(), s())),
            phone: Some(s()),
        }]),
        typed: Typed::default().with("family", SCRIPT).with("seen", "1"),
    };
    let html = sound(&page);
    assert_eq!(html.matches("name=\"seen\"").count(), 1);
    assert!(html.contains("action=\"/patients/2/join\""));
    page.elsewhere = None;
    assert!(sound(&page).contains("調べていません"));
}

#[test]
fn the_list_says_who_is_there_or_what_to_do() {
    let row = list::Row {
        link: Link::new("/patients/1", SCRIPT),
        kana: s(),
        birth: s(),
        age: s(),
        town: s(),
        level: s(),
        level_to: s(),
        alerts: vec![s()],
        answers: s(),
        hospital: s(),
    };
    let asked = Asked {
        text: s(),
        level: "care_1".to_owned(),
        answered: "no".to_owned(),
        own: "1".to_owned(),
    };
    let mut page = list::ListPage {
        frame: Frame::sample_of_staff(),
        chips: asked.chips(),
        asked,
        total: 60,
        rows: vec![row],
        pages: Pages::at(1, 60, 50, |page| format!("/patients?page={page}")),
        may_write: true,
        may_look_up: true,
        may_open: true,
        may_export: true,
        may_merge: true,
        levels: vec![("care_1", "要介護1")],
    };
    let html = sound(&page);
    let title = html
        .split("<title>")
        .nth(1)
        .unwrap()
        .split("</title>")
        .next()
        .unwrap();
    assert!(!title.contains("script"), "a title names nobody");
    page.rows.clear();
    assert!(sound(&page).contains("この条件の人はいません"));
    page.asked = Asked::default();
    assert!(sound(&page).contains("まだいません"));
}

fn agreed() -> Agreed {
    Agreed {
        id: 1,
        scope: s(),
        purpose: s(),
        who: s(),
        days: s(),
        holds: true,
        may_end: true,
        writer: s(),
        scan: Some("/patients/1/consents/1/file".to_owned()),
    }
}

fn part() -> Part {
    Part {
        id: 1,
        organization: s(),
        phone: Some(Link::new("tel:0990000000", SCRIPT)),
        role: s(),
        staff: s(),
        whence: s(),
        days: s(),
        reason: Some(s()),
        may_end: true,
    }
}

fn opened() -> Opened {
    Opened {
        id: 1,
        record: Link::new("/patients/1", SCRIPT),
        who: s(),
        at: s(),
        reason: s(),
        outcome: None,
    }
}

#[test]
fn a_record_is_shown_whole_or_empty() {
    let mut page = show::ShowPage {
        frame: Frame {
            alert: Some(s()),
            ..Frame::sample_of_staff()
        },
        id: 1,
        name: s(),
        kana: s(),
        who: s(),
        level: Some(s()),
        alerts: vec![s()],
        answers: Some((s(), Some(s()))),
        hospital: Some(s()),
        facts: vec![("住所", vec![s()])],
        team: vec![part()],
        cases: vec![(Link::new("/cases/1", SCRIPT), s())],
        consents: vec![agreed()],
        merges: vec![(1, s(), s())],
        openings: vec![opened()],
        by: "緊急時閲覧で見ています。",
        may_write: true,
        may_open: true,
        may_agree: true,
        may_merge: true,
    };
    let html = sound(&page);
    assert!(html.contains("緊急時閲覧中") && html.contains("/patients/1/unmerge/1"));
    let title = html
        .split("<title>")
        .nth(1)
        .unwrap()
        .split("</title>")
        .next()
        .unwrap();
    assert!(!title.contains("script"), "a title names nobody");
    page.may_write = false;
    page.may_agree = false;
    page.may_merge = false;
    let html = sound(&page);
    assert!(!html.contains("/edit") && !html.contains("unmerge"));
    page = show::ShowPage {
        facts: Vec::new(),
        team: Vec::new(),
        cases: Vec::new(),
        consents: Vec::new(),
        merges: Vec::new(),
        openings: Vec::new(),
        alerts: Vec::new(),
        answers: None,
        ..page
    };
    assert!(sound(&page).contains("担当（ケアマネジャーなど）がいません"));
}

#[test]
fn the_pages_beside_a_record_are_sound() {
    let typed = Typed::default()
        .with("reason", SCRIPT)
        .with("purpose", SCRIPT);
    let wrong = vec![("reason".to_owned(), s())];
    let fields = Fields {
        typed: &typed,
        wrong: &wrong,
    };
    let rows = || {
        vec![Row {
            legend: s(),
            fields: vec![fields.of("purpose", SCRIPT, Control::Area).must()],
        }]
    };
    let frame = Frame::sample_of_staff;
    let record = || Link::new("/patients/1", SCRIPT);
    let mut consent = consent::ConsentPage {
        frame: frame(),
        record: record(),
        consents: vec![agreed()],
        rows: rows(),
        problem: Some(s()),
        wrong: vec![("purpose".to_owned(), s())],
        may_be_attached: s(),
        today: s(),
    };
    sound(&consent);
    consent.consents.clear();
    sound(&consent);
    let mut team = team::TeamPage {
        frame: frame(),
        record: record(),
        team: vec![part()],
        asked: s(),
        found: Some(vec![Office {
            id: 1,
            name: s(),
            sites: s(),
            is_chosen: false,
        }]),
        rows: rows(),
        today: s(),
    };
    sound(&team);
    team.found = Some(Vec::new());
    team.team.clear();
    sound(&team);
    sound(&emergencies::EmergencyPage {
        frame: frame(),
        id: 1,
        hours: 3,
        reason: fields.of("reason", "なぜ", Control::Area).must(),
        problem: Some(s()),
        wrong: wrong.clone(),
    });
    let mut openings = emergencies::ListPage {
        frame: frame(),
        to_review: Some((1, vec![opened()])),
        mine: Some((2, vec![(opened(), true), (opened(), false)])),
        own: Some((
            1,
            vec![Opened {
                outcome: Some(s()),
                ..opened()
            }],
        )),
        problem: Some(s()),
    };
    sound(&openings);
    openings.to_review = Some((0, Vec::new()));
    openings.mine = Some((0, Vec::new()));
    openings.own = Some((0, Vec::new()));
    sound(&openings);
    let mut look_up = look_up_page::LookUpPage {
        frame: frame(),
        rows: rows(),
        problem: Some(s()),
        wrong: vec![("purpose".to_owned(), s())],
        hits: Some(vec![Elsewhere {
            id: 2,
            why: "被保険者番号が同じ",
            answers: None,
            phone: Some(s()),
        }]),
        part: vec![register::part_fields(fields, vec![(s(), s())], "p2-")],
        an_hour: 20,
        may_join: true,
        may_open: true,
        hours: 3,
    };
    sound(&look_up);
    look_up.hits = Some(Vec::new());
    assert!(sound(&look_up).contains("見つかりません"));
}

#[test]
fn two_records_stand_beside_each_other_before_they_are_one() {
    let side = |id| duplicate::Side {
        id,
        link: Link::new(format!("/patients/{id}"), SCRIPT),
        kana: s(),
        birth: s(),
        home: s(),
        numbers: s(),
    };
    let mut pairs = duplicate::DuplicatesPage {
        frame: Frame::sample_of_staff(),
        total: 1,
        pairs: vec![(
            side(1),
            side(2),
            "同じ人らしい",
            s(),
            "/patients/1/merge/2".to_owned(),
        )],
        pages: Pages::default(),
    };
    assert!(sound(&pairs).contains("/patients/1/merge/2"));
    pairs.pairs.clear();
    sound(&pairs);
    let mut merge = duplicate::MergePage {
        frame: Frame::sample_of_staff(),
        kept: side(1),
        gone: side(2),
        moves: vec![("同意", 2)],
        reason: s(),
        problem: Some(s()),
    };
    assert!(sound(&merge).contains("同意：2 件"));
    merge.moves.clear();
    sound(&merge);
}
