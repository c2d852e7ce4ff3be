//! Reads what was typed into answers: all that is wrong at once, each with its field and what to do.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::evaluate::{computed, holds, shown};
use super::one;
use super::raw::Raw;
use super::value::{Value, Values};
use crate::definition::form::{Choice, Column, Computed, Form, Item, Kind, Part, Prefill};

/// Whether a field was left empty or filled wrongly: what is only begun may be kept with gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 必須, and empty.
    Missing,
    /// Filled, and wrong.
    Wrong,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The name of the field.
    pub field: String,
    /// The code of its item.
    pub item: String,
    /// Empty or wrong.
    pub trouble: Trouble,
    /// A Japanese sentence that names it and says what to do.
    pub sentence: String,
}

/// Answers, and what is wrong. What is wrong is no answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What could be read; answers of items that are not asked are not among them.
    pub values: Values,
    /// In the order of the form.
    pub faults: Vec<FieldFault>,
}

/// Reads what was typed on the day `today`.
#[must_use]
pub fn read(form: &Form, raw: &Raw, today: NaiveDate) -> Reading {
    let mut reading = Reading::default();
    for item in form.items() {
        reading.take(form, item, raw, today);
    }
    for item in form.items() {
        reading.days_in_order(form, item);
    }
    for item in form.items() {
        let is_due = item.required_when.as_ref();
        let is_due = is_due.is_some_and(|condition| holds(condition, &reading.values));
        reading.ask_for(item, item.required || is_due);
    }
    reading.in_order_of(form);
    reading
}

/// The choice of many that says that nothing of them is so.
const NONE: &str = "none";

/// What begins with today, or with the day of an admission that was, is no day to come.
fn not_to_come(
    item: &Item,
    value: Option<Value>,
    today: NaiveDate,
) -> Result<Option<Value>, String> {
    let day = match &value {
        Some(Value::Date(day)) => *day,
        Some(Value::DateTime(at)) => at.date(),
        _ => return Ok(value),
    };
    match item.prefill {
        Some(Prefill::Today | Prefill::AdmittedOn) if day > today => {
            Err("今日より後の日にできません。日付を確かめてください".to_owned())
        }
        _ => Ok(value),
    }
}

impl Reading {
    /// Whether all is as it should be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn take(&mut self, form: &Form, item: &Item, raw: &Raw, today: NaiveDate) {
        if !shown(item, &self.values) {
            return;
        }
        let value = match item.computed {
            Some(_) => computed(form, item, &self.values),
            None => self.answer(item, raw, today),
        };
        if let Some(value) = value {
            self.values.0.insert(item.code.clone(), value);
        }
    }

    fn answer(&mut self, item: &Item, raw: &Raw, today: NaiveDate) -> Option<Value> {
        match &item.kind {
            Kind::Many(choices) => self.many(item, choices, raw),
            Kind::Table { columns, most } => self.rows(item, (columns, *most), raw, today),
            Kind::Scale(parts) => self.scores(item, parts, raw),
            Kind::Text { .. }
            | Kind::Number(_)
            | Kind::Date
            | Kind::DateTime
            | Kind::Choice(_)
            | Kind::Attachment => {
                let read = one::read(&item.kind, raw.text(&item.code), today);
                match read.and_then(|value| not_to_come(item, value, today)) {
                    Ok(value) => value,
                    Err(how) => {
                        self.wrong(item, item.code.clone(), &item.label, &how);
                        None
                    }
                }
            }
        }
    }

    /// Of a stay the last day is not before the first one.
    fn days_in_order(&mut self, form: &Form, item: &Item) {
        let Some(Computed::Days { from, until }) = &item.computed else {
            return;
        };
        let day = |code: &str| match self.values.get(code) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let is_wrong = day(from)
            .zip(day(until))
            .is_some_and(|(from, until)| until < from);
        if let (true, Some(first), Some(last)) = (is_wrong, form.item(from), form.item(until)) {
            let how = format!(
                "「{}」より前の日にできません。どちらかの日付を直してください",
                first.label
            );
            self.wrong(last, last.code.clone(), &last.label, &how);
            self.values.0.remove(until);
        }
    }

    fn wrong(&mut self, item: &Item, field: String, label: &str, how: &str) {
        self.faults.push(FieldFault {
            field,
            item: item.code.clone(),
            trouble: Trouble::Wrong,
            sentence: format!("「{label}」は、{how}。"),
        });
    }

    fn many(&mut self, item: &Item, choices: &[Choice], raw: &Raw) -> Option<Value> {
        let mut chosen = Vec::new();
        for text in raw.all(&item.code).iter().take(choices.len() + 1) {
            let plain = keniki_base::text::squeeze(text);
            if plain.is_empty() {
                continue;
            }
            match one::choice(&plain, choices) {
                Ok(code) => chosen.push(code),
                Err(how) => self.wrong(item, item.code.clone(), &item.label, &how),
            }
        }
        let taken = choices.iter().filter(|it| chosen.contains(&it.code));
        let none = taken.clone().find(|it| it.code == NONE);
        if let (Some(none), 2..) = (none, taken.clone().count()) {
            let how = format!(
                "「{}」とほかのものを一緒に選べません。どちらかを外してください",
                none.word
            );
            self.wrong(item, item.code.clone(), &item.label, &how);
            return None;
        }
        let in_order: Vec<String> = taken.map(|it| it.code.clone()).collect();
        (!in_order.is_empty()).then_some(Value::Many(in_order))
    }

    fn rows(
        &mut self,
        item: &Item,
        (columns, most): (&[Column], usize),
        raw: &Raw,
        today: NaiveDate,
    ) -> Option<Value> {
        let numbers = raw.rows(&item.code);
        if numbers.len() > most {
            let how = format!("{most}行までで書いてください（いま{}行）", numbers.len());
            self.wrong(item, item.code.clone(), &item.label, &how);
        }
        let mut rows = Vec::new();
        for (at, number) in numbers.into_iter().take(most).enumerate() {
            let mut row = BTreeMap::new();
            let mut is_wrong = false;
            for column in columns {
                let field = format!("{}.{number}.{}", item.code, column.code);
                let label = format!("{} {}行目 {}", item.label, at + 1, column.label);
                match one::read(&column.kind, raw.text(&field), today) {
                    Ok(value) => row.extend(value.map(|value| (column.code.clone(), value))),
                    Err(how) => {
                        is_wrong = true;
                        self.wrong(item, field, &label, &how);
                    }
                }
            }
            if row.is_empty() && !is_wrong {
                continue;
            }
            self.gaps(item, columns, (number, at), &row);
            // A row in which all is wrong is no answer.
            if !row.is_empty() {
                rows.push(row);
            }
        }
        (!rows.is_empty()).then_some(Value::Rows(rows))
    }

    /// What every row that is begun must have.
    fn gaps(
        &mut self,
        item: &Item,
        columns: &[Column],
        (number, at): (u16, usize),
        row: &BTreeMap<String, Value>,
    ) {
        let missing = columns
            .iter()
            .filter(|it| it.required && !row.contains_key(&it.code));
        for column in missing {
            let field = format!("{}.{number}.{}", item.code, column.code);
            if !self.faults.iter().any(|fault| fault.field == field) {
                let label = format!("{} {}行目 {}", item.label, at + 1, column.label);
                self.missing(item, field, &label);
            }
        }
    }

    fn scores(&mut self, item: &Item, parts: &[Part], raw: &Raw) -> Option<Value> {
        let mut scores = BTreeMap::new();
        for part in parts {
            let field = format!("{}.{}", item.code, part.code);
            let plain = keniki_base::text::squeeze(raw.text(&field));
            let plain = plain.trim_end_matches('点');
            if plain.is_empty() {
                continue;
            }
            let score = plain
                .parse()
                .ok()
                .filter(|score| part.scores.contains(score));
            match score {
                Some(score) => {
                    scores.insert(part.code.clone(), score);
                }
                None => {
                    let points: Vec<_> = part.scores.iter().map(ToString::to_string).collect();
                    let how = format!("{}のどれかの点にしてください", points.join("・"));
                    let label = format!("{} {}", item.label, part.code);
                    self.wrong(item, field, &label, &how);
                }
            }
        }
        (!scores.is_empty()).then_some(Value::Scores(scores))
    }

    fn ask_for(&mut self, item: &Item, is_due: bool) {
        let is_answered = self.values.get(&item.code).is_some();
        let is_told = self.faults.iter().any(|fault| fault.item == item.code);
        if is_due && !is_answered && !is_told && shown(item, &self.values) {
            self.missing(item, item.code.clone(), &item.label);
        }
    }

    fn missing(&mut self, item: &Item, field: String, label: &str) {
        let how = match item.kind {
            Kind::Choice(_) | Kind::Many(_) => "選んでください",
            Kind::Attachment => "ファイルを選んでください",
            _ => "書いてください",
        };
        self.faults.push(FieldFault {
            field,
            item: item.code.clone(),
            trouble: Trouble::Missing,
            sentence: format!("「{label}」は必須です。{how}。"),
        });
    }

    pub(super) fn in_order_of(&mut self, form: &Form) {
        let order: BTreeMap<&str, usize> =
            form.items().map(|it| it.code.as_str()).zip(0..).collect();
        self.faults
            .sort_by_key(|fault| order.get(fault.item.as_str()).copied());
    }
}
