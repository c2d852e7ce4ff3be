//! The fields of a form as they were typed, bounded: whatever is sent, it stays small.

use std::collections::{BTreeMap, BTreeSet};

use super::one;
use super::value::{Value, Values};
use crate::definition::form::{Form, Kind};

/// No form has so many fields.
const MOST_FIELDS: usize = 5_000;
/// No field takes so many characters; what is longer is cut here and refused by its item.
const LONGEST: usize = 5_000;

/// What was typed, by the names of fields; a field of many choices has several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw(BTreeMap<String, Vec<String>>);

impl Raw {
    /// What was sent; fields beyond all measure are left out.
    pub fn of_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut raw = Self::default();
        for (name, text) in pairs.into_iter().take(MOST_FIELDS) {
            raw.add(&name, text);
        }
        raw
    }

    /// What would have to be typed for these answers.
    #[must_use]
    pub fn of(form: &Form, values: &Values) -> Self {
        let mut raw = Self::default();
        for item in form.items() {
            if let Some(value) = values.get(&item.code) {
                raw.add_value(&item.code, value);
            }
        }
        raw
    }

    /// Types one more text into a field.
    pub fn add(&mut self, name: &str, text: String) {
        let text = match text.char_indices().nth(LONGEST) {
            Some((end, _)) => text[..end].to_owned(),
            None => text,
        };
        self.0.entry(name.to_owned()).or_default().push(text);
    }

    /// Puts a text into a field, in the place of all that stands there; none empties it.
    pub fn put(&mut self, name: &str, text: Option<String>) {
        self.0.remove(name);
        if let Some(text) = text {
            self.add(name, text);
        }
    }

    /// The fields in order, each text with its name.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let each = |(name, texts)| std::iter::repeat(name).zip(texts);
        let pairs = self.0.iter().flat_map(each);
        pairs.map(|(name, text): (&String, &String)| (name.as_str(), text.as_str()))
    }

    /// What stands in a field; empty where nothing does.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        let texts = self.0.get(name).and_then(|texts| texts.first());
        texts.map_or("", String::as_str)
    }

    /// All that was chosen in a field.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The numbers of the rows of a table in which anything was typed, in order.
    #[must_use]
    pub fn rows(&self, code: &str) -> BTreeSet<u16> {
        let is_filled = |texts: &[String]| texts.iter().any(|text| !text.trim().is_empty());
        let cells = self.cells(code).filter(|(_, texts)| is_filled(texts));
        cells.map(|(number, _)| number).collect()
    }

    /// How many rows of a table were on the page, blank ones included.
    #[must_use]
    pub fn n_rows(&self, code: &str) -> usize {
        let last = self.cells(code).map(|(number, _)| number).max();
        last.map_or(0, |last| usize::from(last) + 1)
    }

    fn cells(&self, code: &str) -> impl Iterator<Item = (u16, &[String])> {
        let start = format!("{code}.");
        let of_it = self.0.range(start.clone()..);
        let of_it = of_it.map_while(move |(name, texts)| Some((name.strip_prefix(&start)?, texts)));
        of_it.filter_map(|(rest, texts)| {
            let number = rest.split('.').next()?.parse().ok()?;
            Some((number, texts.as_slice()))
        })
    }

    /// The table to which a row is to be added: the form was not sent, but its button pressed.
    #[must_use]
    pub fn adds_row<'a>(&self, form: &'a Form) -> Option<&'a str> {
        let is_table = |kind: &Kind| matches!(kind, Kind::Table { .. });
        let mut tables = form.items().filter(|item| is_table(&item.kind));
        let pressed = |code: &str| self.0.contains_key(&format!("{code}.add"));
        let table = tables.find(|item| pressed(&item.code))?;
        Some(&table.code)
    }

    pub(super) fn add_value(&mut self, name: &str, value: &Value) {
        match value {
            Value::Many(codes) => {
                for code in codes {
                    self.add(name, code.clone());
                }
            }
            Value::Rows(rows) => {
                for (number, row) in rows.iter().enumerate() {
                    for (column, cell) in row {
                        self.add_value(&format!("{name}.{number}.{column}"), cell);
                    }
                }
            }
            Value::Scores(scores) => {
                for (part, score) in scores {
                    self.add(&format!("{name}.{part}"), score.to_string());
                }
            }
            Value::Choice(code) => self.add(name, code.clone()),
            one => self.add(name, one::typed(one)),
        }
    }
}
