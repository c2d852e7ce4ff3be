//! Prints: the first, then fifty different ones of a table that goes over pages, and fifty of each form filled in.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Instant;

use chrono::NaiveDate;
use keniki_app::definition::Definitions;
use keniki_app::definition::form::{Form, Kind};
use keniki_app::form::{Value, Values};
use keniki_paper::markup::text;
use keniki_paper::press::Press;
use keniki_paper::sheet::Sheet;
use keniki_web::form::print::{Around, sheet as form_sheet};
use keniki_web::print::font;

use super::Line;
use super::search::line;

const N_PRINTS: usize = 50;
const N_ROWS: usize = 120;

/// The press is made within the first.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the wall clock"
)]
pub fn measure() -> Vec<Line> {
    let begun = Instant::now();
    let (press, _) = font::open(None).expect("npm or a Japanese font is there");
    let bytes = press.pdf(&sheet(0)).expect("the form is well");
    let first = milliseconds(begun);
    let pages = press.png(&sheet(0), 0.1).map_or(0, |pages| pages.len());
    let what = format!(
        "print of {pages} pages, {N_ROWS} rows, {} KiB",
        bytes.len() / 1024
    );
    let mut lines = vec![
        line(&format!("the first {what}"), &[first], "–"),
        line(
            &format!("a further {what}, each of another person"),
            &prints(&press, sheet),
            "≤ 300 ms",
        ),
    ];
    let definitions = Definitions::load(None).expect("the built-in definitions are whole");
    lines.extend(definitions.forms().iter().map(|form| {
        let figures = prints(&press, |n| filled(form, n));
        let what = format!("{}, filled in, each of another person", form.name);
        line(&what, &figures, "≤ 300 ms")
    }));
    lines
}

/// How long each of fifty prints took.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the wall clock"
)]
fn prints(press: &Press, of: impl Fn(usize) -> Sheet) -> Vec<f64> {
    let print = |n| {
        let begun = Instant::now();
        press.pdf(&of(n)).expect("the form is well");
        milliseconds(begun)
    };
    (1..=N_PRINTS).map(print).collect()
}

/// The form with an answer to every item, of the nth person.
fn filled(form: &Form, n: usize) -> Sheet {
    let mut values = Values::default();
    for (at, item) in form.sections.iter().flat_map(|it| &it.items).enumerate() {
        if let Some(value) = answer(&item.kind, n + at) {
            values.0.insert(item.code.clone(), value);
        }
    }
    let around = Around {
        day: day(n),
        head: format!("汐見 {n}子　汐見病院"),
        foot: "汐見保健所".to_owned(),
        remark: None,
    };
    form_sheet(form, &values, around)
}

fn answer(kind: &Kind, n: usize) -> Option<Value> {
    let code = |at: usize| kind.choices().get(at % kind.choices().len().max(1));
    Some(match kind {
        Kind::Text { .. } => Value::Text(words(n)),
        Kind::Number(_) => Value::Number((n % 90) as f64),
        Kind::Date => Value::Date(day(n)),
        Kind::DateTime => Value::DateTime(day(n).and_hms_opt(9, 30, 0)?),
        Kind::Choice(_) => Value::Choice(code(n)?.code.clone()),
        Kind::Many(_) => {
            let chosen = [code(n)?, code(n + 1)?];
            Value::Many(chosen.map(|it| it.code.clone()).into())
        }
        Kind::Table { columns, most } => {
            let row = |row: usize| -> BTreeMap<String, Value> {
                let cells = columns.iter().filter_map(|column| {
                    Some((column.code.clone(), answer(&column.kind, n + row)?))
                });
                cells.collect()
            };
            Value::Rows((0..*most).map(row).collect())
        }
        Kind::Scale(parts) => {
            let scores = parts.iter().map(|part| (part.code.clone(), 1));
            Value::Scores(scores.collect())
        }
        Kind::Attachment => return None,
    })
}

fn words(n: usize) -> String {
    format!("{n}番目の内容。自宅での療養を続けられるよう、訪問看護と調整する。")
}

fn day(n: usize) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default();
    first + chrono::Days::new(n as u64 % 365)
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}

/// A form about the nth person: no line of it is like the one before.
fn sheet(n: usize) -> Sheet {
    let mut markup = format!(
        "#title()\n#fields([氏名], [{}])\n#rows((12mm, 1fr, 2fr, 24mm), ([番号], [項目], [内容], [記入日])",
        text(&format!("汐見 {n}子"))
    );
    for row in 0..N_ROWS {
        let words = format!("{n}人目の{}", words(row));
        let _ = write!(
            markup,
            ", [{row}], [{}], [{}], [{}]",
            text(&format!("項目{}", (n * 7 + row) % 90)),
            text(&words),
            text(&format!("令和8年11月{}日", 1 + (n + row) % 30)),
        );
    }
    markup.push(')');
    Sheet {
        title: "退院支援計画書".to_owned(),
        day: day(n),
        head: "汐見圏域".to_owned(),
        foot: "汐見保健所".to_owned(),
        markup,
        pictures: Vec::new(),
    }
}
