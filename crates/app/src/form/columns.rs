//! Many fillings of one form as a table: a row each, a column for each item.

use super::evaluate::total;
use super::value::{Value, Values};
use super::words::words;
use crate::definition::form::{Form, Kind};
use crate::sheet::write::Cell;

/// The heads: labels, those that stand twice with their section; the points of a scale have one each, and their total.
#[must_use]
pub fn heads(form: &Form) -> Vec<String> {
    let mut heads = Vec::new();
    for section in &form.sections {
        for item in &section.items {
            let is_twice = form.items().filter(|it| it.label == item.label).count() > 1;
            let label = match is_twice {
                true => format!("{}：{}（{}）", section.title, item.label, item.code),
                false => item.label.clone(),
            };
            if let Kind::Scale(parts) = &item.kind {
                heads.extend(parts.iter().map(|part| format!("{label} {}", part.code)));
                heads.push(format!("{label} 合計"));
            } else {
                heads.push(label);
            }
        }
    }
    heads
}

/// One filling in these columns. Numbers are numbers, days ISO, all else in words.
#[must_use]
pub fn cells(form: &Form, values: &Values) -> Vec<Cell> {
    let mut cells = Vec::new();
    for item in form.items() {
        let value = values.get(&item.code);
        match (&item.kind, value) {
            (Kind::Scale(parts), scores) => {
                let scores = match scores {
                    Some(Value::Scores(scores)) => Some(scores),
                    _ => None,
                };
                let score = |code: &String| scores?.get(code).copied();
                cells.extend(parts.iter().map(|part| Cell::from(score(&part.code))));
                cells.push(total(form, &item.code, values).into());
            }
            (_, Some(Value::Number(number))) => cells.push((*number).into()),
            (_, Some(Value::Date(day))) => cells.push(day.to_string().into()),
            (_, Some(Value::DateTime(at))) => {
                cells.push(at.format("%Y-%m-%d %H:%M").to_string().into());
            }
            (_, Some(_)) => cells.push(words(item, value).into()),
            (_, None) => cells.push(Cell::Empty),
        }
    }
    cells
}
