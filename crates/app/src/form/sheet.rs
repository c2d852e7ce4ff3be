//! A form as a workbook: it goes out with what is known, and comes back filled in; what is wrong stands beside each field.

use std::collections::HashMap;
use std::path::Path;

use super::raw::Raw;
use super::read::FieldFault;
use super::words;
use crate::definition::form::{Choice, Column, Form, Item, Kind, Part};
use crate::sheet::form::{FormError, ID, rows};
use crate::sheet::write::{Book, Cell, Table, WriteError};

/// What is asked.
const LABEL: &str = "項目";
/// Where the answer goes.
const ANSWER: &str = "記入欄";
/// How to answer.
const HOW: &str = "書き方";
/// What was wrong with it.
const FAULT: &str = "直すところ";
/// The mark of a choice that is taken, of those of which any may be.
const TAKEN: &str = "○";

/// A line of the book: one field, or one choice of a field of many.
struct Line {
    field: String,
    /// The choice that its mark stands for.
    choice: Option<String>,
    label: String,
    how: String,
    offered: Vec<String>,
}

impl Line {
    fn new(field: impl Into<String>, label: impl Into<String>, kind: &Kind) -> Self {
        let (how, offered) = match kind {
            Kind::Number(measure) => (measure.unit.clone().unwrap_or_default(), Vec::new()),
            Kind::Date => ("例：R8.4.1、20260401".to_owned(), Vec::new()),
            Kind::DateTime => ("例：R8.4.1 14:30".to_owned(), Vec::new()),
            Kind::Choice(choices) => {
                let words: Vec<String> = choices.iter().map(|it| it.word.clone()).collect();
                (words.join("・"), words)
            }
            Kind::Attachment => ("画面で添付します".to_owned(), Vec::new()),
            Kind::Text { .. } | Kind::Many(_) | Kind::Table { .. } | Kind::Scale(_) => {
                (String::new(), Vec::new())
            }
        };
        Self {
            field: field.into(),
            choice: None,
            label: label.into(),
            how,
            offered,
        }
    }

    /// What stands in the hidden column.
    fn id(&self) -> String {
        match &self.choice {
            Some(choice) => format!("{}={choice}", self.field),
            None => self.field.clone(),
        }
    }

    fn answer(&self, raw: &Raw, item: &Item) -> String {
        match &self.choice {
            Some(choice) if raw.all(&self.field).contains(choice) => TAKEN.to_owned(),
            Some(_) => String::new(),
            None => {
                let text = raw.text(&self.field);
                let choices = choices_of(item, &self.field);
                let found = choices.iter().find(|choice| choice.code == text);
                found.map_or(text, |choice| &choice.word).to_owned()
            }
        }
    }
}

fn choices_of<'a>(item: &'a Item, field: &str) -> &'a [Choice] {
    match &item.kind {
        Kind::Table { columns, .. } => {
            let code = field.rsplit('.').next().unwrap_or_default();
            let column = columns.iter().find(|column| column.code == code);
            column.map_or(&[], |column| column.kind.choices())
        }
        kind => kind.choices(),
    }
}

/// The lines of an item that somebody types.
fn lines(form: &Form, item: &Item) -> Vec<Line> {
    if item.computed.is_some() {
        return Vec::new();
    }
    let mut lines: Vec<Line> = match &item.kind {
        Kind::Many(choices) => {
            let line = |choice: &Choice| Line {
                choice: Some(choice.code.clone()),
                offered: vec![TAKEN.to_owned()],
                ..Line::new(
                    &item.code,
                    format!("{}：{}", item.label, choice.word),
                    &item.kind,
                )
            };
            choices.iter().map(line).collect()
        }
        Kind::Table { columns, most } => {
            let each = (0..*most).flat_map(|row| columns.iter().map(move |column| (row, column)));
            let line = |(row, column): (usize, &Column)| {
                let field = format!("{}.{row}.{}", item.code, column.code);
                let label = format!("{} {}行目 {}", item.label, row + 1, column.label);
                Line::new(field, label, &column.kind)
            };
            each.map(line).collect()
        }
        Kind::Scale(parts) => {
            let line = |part: &Part| Line {
                offered: part.scores.iter().map(ToString::to_string).collect(),
                ..Line::new(
                    format!("{}.{}", item.code, part.code),
                    format!("{} {}", item.label, part.code),
                    &item.kind,
                )
            };
            parts.iter().map(line).collect()
        }
        kind => vec![Line::new(&item.code, &item.label, kind)],
    };
    if let Some(first) = lines.first_mut() {
        let condition = item.shown_when.as_ref();
        let condition = condition.map(|it| format!("{}に書きます", words::condition(form, it)));
        let must = item.required.then(|| "必須".to_owned());
        let told = [
            must,
            Some(std::mem::take(&mut first.how)),
            item.help.clone(),
            condition,
        ];
        let told = told.into_iter().flatten().filter(|text| !text.is_empty());
        first.how = told.collect::<Vec<_>>().join("。");
    }
    lines
}

/// The book: empty, with what is known, or as it came back with `faults` beside its fields.
///
/// # Errors
/// The book's own.
pub fn book(form: &Form, raw: &Raw, faults: &[FieldFault]) -> Result<Vec<u8>, WriteError> {
    let mut book = Book::new();
    let sheet = book.add("様式", &[LABEL, ANSWER, HOW, FAULT, ID])?;
    book.as_typed(sheet, &[(0, 40), (1, 50), (2, 50), (3, 50)])?;
    book.hide(sheet, &[4])?;
    let mut of_field: HashMap<&str, Vec<&str>> = HashMap::new();
    for fault in faults {
        of_field
            .entry(&fault.field)
            .or_default()
            .push(&fault.sentence);
    }
    let mut table = book.sheet(sheet)?;
    table.row(&[format!("{}（{}版）", form.name, form.version).into()])?;
    for section in &form.sections {
        table.row(&[format!("【{}】", section.title).into()])?;
        for item in &section.items {
            for line in lines(form, item) {
                let offered: Vec<&str> = line.offered.iter().map(String::as_str).collect();
                table.offer(1, &offered)?;
                // Told once, though a field of many has a line for each choice.
                let told = of_field.remove(line.field.as_str()).unwrap_or_default();
                let answer = line.answer(raw, item);
                let id = line.id();
                let cells = [line.label, answer, line.how, told.join("\n"), id];
                table.row(&cells.map(Cell::from))?;
            }
        }
    }
    book.into_bytes()
}

/// What stands in a book that came back. A line whose hidden number is lost is known by what it asks. Blocks.
///
/// # Errors
/// No table, or another one.
pub fn read(form: &Form, path: &Path) -> Result<Raw, FormError> {
    let filled = match rows(path, &[LABEL, ANSWER, ID]) {
        Err(FormError::NoHead(ID)) => rows(path, &[LABEL, ANSWER]),
        read => read,
    }?;
    let lines: Vec<Line> = form.items().flat_map(|item| lines(form, item)).collect();
    let by_id: HashMap<String, &Line> = lines.iter().map(|line| (line.id(), line)).collect();
    let mut by_label: HashMap<&str, Vec<&Line>> = HashMap::new();
    // A label that stands twice is met in the order of the form.
    for line in lines.iter().rev() {
        by_label.entry(&line.label).or_default().push(line);
    }
    let mut raw = Raw::default();
    for row in filled {
        let named = by_label.get_mut(row.cell(LABEL)).and_then(Vec::pop);
        let Some(line) = by_id.get(row.cell(ID)).copied().or(named) else {
            continue;
        };
        match (&line.choice, row.cell(ANSWER)) {
            (_, "") => {}
            (Some(choice), _) => raw.add(&line.field, choice.clone()),
            (None, text) => raw.add(&line.field, text.to_owned()),
        }
    }
    Ok(raw)
}
