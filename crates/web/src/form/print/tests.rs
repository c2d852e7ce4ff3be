//! Every shipped form on paper: empty, filled in, and filled in by somebody who means harm.

use keniki_app::definition::Definitions;
use keniki_app::form::{Raw, read::read};
use keniki_paper::press::Press;

use super::*;
use crate::print::font;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day")
}

fn forms() -> Vec<Form> {
    let definitions = Definitions::load(None).expect("sound");
    definitions.forms().to_vec()
}

fn press() -> Press {
    font::open(None).expect("npm or a Japanese font is there").0
}

fn around() -> Around {
    Around {
        day: today(),
        head: "汐見 太郎 様（昭和15年3月3日生）　みなと居宅介護支援事業所".to_owned(),
        foot: "汐見病院　令和8年11月23日 10:00印刷".to_owned(),
        remark: None,
    }
}

/// Every field with something that its kind takes, and as much of it.
fn filled(form: &Form, words: &str) -> Values {
    let long = |length: usize| words.chars().cycle().take(length).collect::<String>();
    let typed = |kind: &Kind| match kind {
        Kind::Text { length, lines } if *lines > 1 => long((*length).min(600)),
        Kind::Text { length, .. } => long((*length).min(30)),
        Kind::Number(measure) => {
            let lowest = measure.min.unwrap_or(1.0);
            measure
                .max
                .map_or(lowest + 1.0, |most| most.min(lowest + 1.0))
                .to_string()
        }
        Kind::Date => "R8.11.20".to_owned(),
        Kind::DateTime => "R8.11.20 14:30".to_owned(),
        Kind::Choice(choices) | Kind::Many(choices) => choices
            .last()
            .map_or_else(String::new, |it| it.code.clone()),
        Kind::Table { .. } | Kind::Scale(_) | Kind::Attachment => String::new(),
    };
    let mut raw = Raw::default();
    for item in form.items() {
        match &item.kind {
            Kind::Table { columns, most } => {
                for row in 0..*most {
                    for column in columns {
                        let field = format!("{}.{row}.{}", item.code, column.code);
                        raw.add(&field, typed(&column.kind));
                    }
                }
            }
            Kind::Scale(parts) => {
                for part in parts {
                    let most = part
                        .scores
                        .last()
                        .map_or_else(String::new, ToString::to_string);
                    raw.add(&format!("{}.{}", item.code, part.code), most);
                }
            }
            kind => raw.add(&item.code, typed(kind)),
        }
    }
    read(form, &raw, today()).values
}

/// Pictures go where `KENIKI_PICTURES` says, to be looked at.
#[expect(
    clippy::disallowed_methods,
    reason = "a test is started by hand, as `cli` is"
)]
fn assert_prints(press: &Press, name: &str, sheet: &Sheet) -> usize {
    assert_eq!(press.missing(&sheet.markup), Vec::<char>::new(), "{name}");
    assert!(press.pdf(sheet).expect(name).starts_with(b"%PDF"));
    let folder = std::env::var_os("KENIKI_PICTURES");
    let sharp = if folder.is_some() { 1.2 } else { 0.2 };
    let pages = press.png(sheet, sharp).expect(name);
    for (at, page) in pages.iter().enumerate() {
        if let Some(folder) = &folder {
            let file = std::path::Path::new(folder).join(format!("{name}-{at}.png"));
            std::fs::write(file, page).expect("the folder is there");
        }
    }
    pages.len()
}

#[test]
fn every_form_prints_empty_and_filled_in_its_order() {
    let press = press();
    for form in forms() {
        let blank = sheet(&form, &Values::default(), around());
        let title = |it: &keniki_app::definition::form::Section| {
            let head = format!("strong[{}]", text(&it.title));
            blank.markup.find(&head)
        };
        let titles: Vec<_> = form.sections.iter().map(title).collect();
        assert!(titles.iter().all(Option::is_some));
        assert!(titles.is_sorted(), "{}", form.code);
        let n_blank = assert_prints(&press, &format!("{}-blank", form.code), &blank);
        let values = filled(&form, "自宅での療養を続けられるよう、訪問看護と調整する。");
        let full = sheet(&form, &values, around());
        let n_full = assert_prints(&press, &format!("{}-filled", form.code), &full);
        assert!(
            (1..=8).contains(&n_blank) && (1..=12).contains(&n_full),
            "{n_blank}, {n_full}"
        );
    }
}

#[test]
fn what_is_typed_stays_text_wherever_it_stands() {
    let press = press();
    let hostile = "\"]#panic(\"x\") \\\" $x$ `a` <b> #read(\"/etc/passwd\")\n= 二行目\n\n#import \"@preview/x:1.0.0\"";
    for form in forms() {
        let values = filled(&form, hostile);
        let hostile_around = Around {
            head: hostile.to_owned(),
            foot: hostile.to_owned(),
            remark: Some(hostile.to_owned()),
            ..around()
        };
        let sheet = sheet(&form, &values, hostile_around);
        assert!(sheet.markup.contains("panic"), "{} has it", form.code);
        press
            .pdf(&sheet)
            .unwrap_or_else(|error| panic!("{}: {error}", form.code));
    }
}

#[test]
fn choices_have_boxes_and_the_chosen_one_is_filled() {
    let forms = forms();
    let form = forms
        .iter()
        .find(|form| form.code == "admission_info")
        .expect("there");
    let raw = Raw::of_pairs([("paralysis".to_owned(), "light".to_owned())]);
    let printed = sheet(form, &read(form, &raw, today()).values, around()).markup;
    let at = printed.find("■ 軽度").expect("it is chosen");
    assert!(printed[..at].ends_with(&format!(
        "#box[{}]#h(1em, weak: true)#box[#\"",
        text("□ なし")
    )));
    assert!(printed.contains("　　　　年　　月　　日"), "a blank day");
}
