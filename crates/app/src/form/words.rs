//! Answers and conditions as people read them: on paper, in columns, in differences.

use std::collections::BTreeMap;

use keniki_base::date::wareki;

use super::value::Value;
use crate::definition::form::{Choice, Condition, Form, Item, Kind, Measure};

/// The answer of an item in words; empty where there is none.
#[must_use]
pub fn words(item: &Item, value: Option<&Value>) -> String {
    value.map_or_else(String::new, |value| of_kind(&item.kind, value))
}

/// The same of an answer alone, such as a cell of a table.
#[must_use]
pub fn of_kind(kind: &Kind, value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Attachment(text) => text.clone(),
        Value::Number(number) => match kind {
            Kind::Number(measure) => number_with_unit(*number, measure),
            _ => number.to_string(),
        },
        Value::Date(day) => wareki(*day),
        Value::DateTime(at) => format!("{} {}", wareki(at.date()), at.format("%H:%M")),
        Value::Choice(code) => word(kind.choices(), code),
        Value::Many(codes) => {
            let words: Vec<String> = codes
                .iter()
                .map(|code| word(kind.choices(), code))
                .collect();
            words.join("、")
        }
        Value::Rows(rows) => {
            let rows: Vec<String> = rows.iter().map(|row| of_row(kind, row)).collect();
            rows.join("／")
        }
        Value::Scores(scores) => of_scores(kind, scores),
    }
}

/// A number with its places and its unit.
fn number_with_unit(number: f64, measure: &Measure) -> String {
    let unit = measure.unit.as_deref().unwrap_or_default();
    format!("{number:.*}{unit}", usize::from(measure.decimals))
}

/// The word of a choice; a code that is no choice any more stands for itself.
fn word(choices: &[Choice], code: &str) -> String {
    let found = choices.iter().find(|choice| choice.code == code);
    found.map_or(code, |choice| &choice.word).to_owned()
}

fn of_row(kind: &Kind, row: &BTreeMap<String, Value>) -> String {
    let Kind::Table { columns, .. } = kind else {
        return String::new();
    };
    let cells = columns.iter().filter_map(|column| {
        let value = row.get(&column.code)?;
        Some(format!("{} {}", column.label, of_kind(&column.kind, value)))
    });
    cells.collect::<Vec<_>>().join("、")
}

fn of_scores(kind: &Kind, scores: &BTreeMap<String, i64>) -> String {
    let Kind::Scale(parts) = kind else {
        return String::new();
    };
    let each: Vec<String> = parts
        .iter()
        .filter_map(|part| Some(format!("{}：{}", part.code, scores.get(&part.code)?)))
        .collect();
    let total: i64 = scores.values().sum();
    match each.len() == parts.len() {
        true => format!("合計{total}点（{}）", each.join("、")),
        false => format!(
            "{}項目のうち{}項目（{}）",
            parts.len(),
            each.len(),
            each.join("、")
        ),
    }
}

/// A condition as a part of a sentence: 「喫煙」が「あり」のとき.
#[must_use]
pub fn condition(form: &Form, condition: &Condition) -> String {
    format!("{}とき", clause(form, condition))
}

fn clause(form: &Form, condition: &Condition) -> String {
    let label = |code: &str| form.item(code).map_or(code, |item| &item.label).to_owned();
    match condition {
        Condition::Is { item, codes } => {
            let choices = form.item(item).map_or(&[][..], |item| item.kind.choices());
            let words: Vec<String> = codes.iter().map(|code| word(choices, code)).collect();
            format!("「{}」が「{}」の", label(item), words.join("」か「"))
        }
        Condition::Filled { item, is: true } => format!("「{}」を書いた", label(item)),
        Condition::Filled { item, is: false } => format!("「{}」を書かない", label(item)),
        Condition::Any(parts) => joined(form, parts, "とき、または"),
        Condition::All(parts) => joined(form, parts, "ときで、しかも"),
    }
}

fn joined(form: &Form, parts: &[Condition], between: &str) -> String {
    let parts: Vec<String> = parts.iter().map(|part| clause(form, part)).collect();
    parts.join(between)
}
