//! The fields of every shipped form: empty, filled in, wrong, and with what was said before.

use chrono::NaiveDate;
use keniki_app::definition::Definitions;
use keniki_app::definition::form::Kind;
use keniki_app::form::difference::differences;
use keniki_app::form::read::read;

use super::edit::EditPage;
use super::list::{Line, ListPage, Offered};
use super::show::{Answer, ShowPage, ToDo, Used};
use super::*;
use crate::page::Frame;
use crate::page::check::{SCRIPT, sound};
use keniki_app::form::begin::Dropped;

#[derive(Template)]
#[template(
    source = "<!doctype html>\n<html lang=\"ja\"><body><h1>様式</h1><form>{{ fields }}</form></body></html>",
    ext = "html"
)]
struct Sample {
    fields: Fields,
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day")
}

fn forms() -> Vec<Form> {
    let definitions = Definitions::load(None).expect("sound");
    definitions.forms().to_vec()
}

fn html(fields: Fields) -> String {
    sound(&Sample { fields })
}

/// Every field with this text.
fn everywhere(form: &Form, text: &str) -> Raw {
    let mut raw = Raw::default();
    for item in form.items() {
        match &item.kind {
            Kind::Table { columns, .. } => {
                for column in columns {
                    raw.add(&format!("{}.1.{}", item.code, column.code), text.to_owned());
                }
            }
            Kind::Scale(parts) => {
                for part in parts {
                    raw.add(&format!("{}.{}", item.code, part.code), text.to_owned());
                }
            }
            kind => {
                let code = kind.choices().first().map_or(text, |choice| &choice.code);
                raw.add(&item.code, code.to_owned());
            }
        }
    }
    raw
}

#[test]
fn an_empty_form_is_sound_and_says_what_is_required_and_when() {
    for form in forms() {
        let fields = Fields::of(&form, &Raw::default(), &Values::default(), &[]);
        let html = html(fields);
        assert!(html.contains("必須") && !html.contains("aria-invalid"));
        for section in &form.sections {
            assert!(html.contains(&format!("href=\"#s-{}\"", section.code)));
        }
        if form.items().any(|item| item.shown_when.is_some()) {
            assert!(html.contains("に書きます。") && html.contains("data-shown-when"));
        }
    }
}

#[test]
fn a_form_with_faults_links_each_to_its_field_and_keeps_what_was_typed() {
    for form in forms() {
        let raw = everywhere(&form, SCRIPT);
        let reading = read(&form, &raw, today());
        assert!(!reading.faults.is_empty(), "{}", form.code);
        let html = html(Fields::of(&form, &raw, &reading.values, &reading.faults));
        for fault in &reading.faults {
            let id = field::id(&fault.field);
            assert!(html.contains(&format!("href=\"#{id}\"")), "{id}");
            assert!(
                html.contains(&format!("id=\"{id}\"")),
                "{id} of {}",
                form.code
            );
        }
        assert!(html.contains("alert(1)"), "what was typed stays");
    }
}

#[test]
fn a_form_begun_from_the_last_one_shows_what_is_said_otherwise() {
    for form in forms() {
        let old = read(&form, &everywhere(&form, "見本"), today()).values;
        let typed = everywhere(&form, "R8.11.1");
        let new = read(&form, &typed, today()).values;
        let fields = Fields::of(&form, &typed, &new, &[]);
        let changed = differences(&form, &old, &new);
        let html = html(fields.with_changes(&changed).saved_at("14:30".to_owned()));
        assert!(html.contains("前回：見本") && html.contains("最後に保存：14:30"));
    }
}

#[test]
fn a_button_without_script_adds_one_row_up_to_the_most() {
    let form = forms()
        .into_iter()
        .find(|form| form.code == "discharge_record");
    let form = form.expect("shipped");
    let n_rows = |pairs: &[(&str, &str)]| {
        let pairs = pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let fields = Fields::of(&form, &Raw::of_pairs(pairs), &Values::default(), &[]);
        html(fields).matches("name=\"hearings.").count()
    };
    // Four cells a row, and the button while there is room.
    assert_eq!(n_rows(&[]), 4 + 1);
    assert_eq!(n_rows(&[("hearings.add", "1")]), 8 + 1);
    let two = [("hearings.1.name", "見本"), ("hearings.add", "1")];
    assert_eq!(n_rows(&two), 12, "three are the most");
    let blank = [("hearings.1.name", ""), ("hearings.add", "1")];
    assert_eq!(n_rows(&blank), 12, "a blank row that was added stays");
    assert_eq!(n_rows(&[("hearings.9999.name", "x")]), 12);
}

fn whom() -> Whom {
    Whom {
        link: Link::new("/patients/7", SCRIPT),
        kana: SCRIPT.to_owned(),
        born: "昭和15年3月3日生".to_owned(),
    }
}

fn line(is_annulled: bool) -> Line {
    Line {
        link: Link::new("/forms/3", "入院時情報提供書"),
        who: SCRIPT.to_owned(),
        at: "今日 9:00".to_owned(),
        is_annulled,
        is_of_case: is_annulled,
    }
}

#[test]
fn the_page_of_a_form_says_what_it_began_from_and_what_was_lost() {
    for form in forms() {
        let raw = everywhere(&form, SCRIPT);
        let reading = read(&form, &raw, today());
        let mut page = EditPage {
            frame: Frame::sample_of_staff(),
            whom: whom(),
            name: form.name.clone(),
            parties: SCRIPT.to_owned(),
            action: format!("/patients/7/forms/{}/new", form.code),
            case: Some(5.into()),
            former: Some(line(false)),
            former_id: Some(3.into()),
            version: form.version.clone(),
            key: SCRIPT.to_owned(),
            fields: Fields::of(&form, &raw, &reading.values, &reading.faults),
            dropped: vec![Dropped {
                label: SCRIPT.to_owned(),
                words: SCRIPT.to_owned(),
            }],
            saved: Some("昨日 16:40".to_owned()),
            note: Some(SCRIPT.to_owned()),
        };
        let full = sound(&page);
        assert!(full.contains("昨日 16:40の書きかけ") && full.contains("前回の入院時情報提供書"));
        assert!(full.contains("直すところを書き込んだExcel"));
        (page.former, page.former_id, page.case) = (None, None, None);
        (page.dropped, page.saved, page.note) = (Vec::new(), None, None);
        page.fields = Fields::of(&form, &Raw::default(), &Values::default(), &[]);
        assert!(sound(&page).contains("保存する"));
    }
}

fn to_do(is_handover: bool) -> ToDo {
    ToDo {
        name: SCRIPT.to_owned(),
        due: is_handover.then(|| "明日 23:59".to_owned()),
        nobody: (!is_handover).then(|| SCRIPT.to_owned()),
        hand_over: is_handover.then(|| "/cases/1/handovers/new?step=a&form_record=3".to_owned()),
        done: "/cases/1/done?step=a&cause=7".to_owned(),
    }
}

#[test]
fn a_record_is_shown_with_its_tables_and_what_was_said_before() {
    let answer = |table, before: Option<&str>| Answer {
        label: SCRIPT.to_owned(),
        words: SCRIPT.to_owned(),
        table,
        file: before.map(|_| "/forms/3/files/9".to_owned()),
        before: before.map(str::to_owned),
    };
    let table = (vec![SCRIPT.to_owned()], vec![vec![SCRIPT.to_owned()]]);
    let mut page = ShowPage {
        frame: Frame::sample_of_staff(),
        whom: whom(),
        id: 3,
        name: "入院時情報提供書".to_owned(),
        version: "2024-04".to_owned(),
        is_old: true,
        who: SCRIPT.to_owned(),
        at: "令和8年11月23日 9:00".to_owned(),
        sections: vec![
            (
                SCRIPT.to_owned(),
                vec![answer(Some(table), None), answer(None, Some(SCRIPT))],
                SCRIPT.to_owned(),
            ),
            ("空".to_owned(), Vec::new(), SCRIPT.to_owned()),
            ("何もない".to_owned(), Vec::new(), String::new()),
        ],
        former: Some((line(true), 2)),
        following: vec![line(false)],
        annulled: Some((SCRIPT.to_owned(), SCRIPT.to_owned())),
        again: Some("/patients/7/forms/admission_info/new?former=3".to_owned()),
        used: Some(Used {
            case: 1,
            may_join: true,
            told: vec![SCRIPT.to_owned()],
            open: vec![to_do(true), to_do(false)],
        }),
        may_annul: true,
        problem: Some(SCRIPT.to_owned()),
    };
    let html = sound(&page);
    assert!(html.contains("2か所が変わりました") && html.contains("/forms/3/files/9"));
    assert!(html.contains("送る（引継ぎ）") && html.contains("電話・FAXなどで送った"));
    page.may_annul = false;
    page.again = None;
    page.former = Some((line(false), 0));
    assert!(sound(&page).contains("変わったところはありません"));
    let mut list = ListPage {
        frame: Frame::sample_of_staff(),
        whom: whom(),
        forms: vec![Offered {
            link: Link::new("/patients/7/forms/admission_info/new", SCRIPT),
            parties: SCRIPT.to_owned(),
            n: 2,
            last: Some(SCRIPT.to_owned()),
        }],
        lines: vec![line(true), line(false)],
        n: 1,
        may_write: true,
    };
    assert!(sound(&list).contains("取消し"));
    list.lines.clear();
    list.forms[0].last = None;
    assert!(sound(&list).contains("まだ書かれていません"));
}
