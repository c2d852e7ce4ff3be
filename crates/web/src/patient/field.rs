//! The fields of a patient's forms: what is asked, what was typed, what is wrong with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A form as it was sent: names of fields and what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(pub BTreeMap<String, String>);

impl Typed {
    /// What was typed there; empty where nothing was.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The same with this.
    #[must_use]
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), text.into());
        self
    }

    /// How many rows of `fields` (`name0_family`, `name1_family`, …) have something, and one more for another.
    #[must_use]
    pub fn n_rows(&self, row: &str, fields: &[&str]) -> usize {
        let has = |number: &usize| {
            let mut fields = fields.iter();
            fields.any(|field| !self.get(&format!("{row}{number}{field}")).trim().is_empty())
        };
        let last = (0..MOST_ROWS).filter(has).max();
        last.map_or(1, |last| last + 2).min(MOST_ROWS)
    }
}

/// So many rows a form has at most.
const MOST_ROWS: usize = 20;

/// What is wrong with a field: its name, and a sentence.
pub type Wrong = (String, String);

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// A line.
    Line,
    /// A short line.
    Short,
    /// Several lines.
    Area,
    /// One of a list: codes and words.
    List(Vec<(String, String)>),
    /// One of a few.
    Radio(Vec<(String, String)>),
    /// Yes or not.
    Check,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name and id.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// How.
    pub help: &'static str,
    /// Whether it must be filled in.
    pub must: bool,
    /// How it is filled in.
    pub control: Control,
    /// What was typed.
    pub text: String,
    /// What is wrong with it.
    pub wrong: Option<String>,
}

impl Field {
    /// It must be filled in.
    #[must_use]
    pub fn must(self) -> Self {
        Self { must: true, ..self }
    }

    /// How it is filled in.
    #[must_use]
    pub fn help(self, help: &'static str) -> Self {
        Self { help, ..self }
    }

    /// Ids of what says more of it.
    pub(super) fn described_by(&self) -> String {
        let help = (!self.help.is_empty()).then(|| format!("{}-help", self.name));
        let wrong = self.wrong.as_ref().map(|_| format!("{}-wrong", self.name));
        let ids: Vec<String> = help.into_iter().chain(wrong).collect();
        ids.join(" ")
    }
}

/// Fields that belong together, under a heading where there are several such rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What they are; empty for none.
    pub legend: String,
    /// The fields.
    pub fields: Vec<Field>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its id.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What to know.
    pub help: &'static str,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// Makes fields of what was typed.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    /// What was typed.
    pub typed: &'a Typed,
    /// What is wrong with it.
    pub wrong: &'a [Wrong],
}

impl Fields<'_> {
    /// A field.
    #[must_use]
    pub fn of(&self, name: &str, label: &str, control: Control) -> Field {
        let wrong = self.wrong.iter().find(|(field, _)| field == name);
        Field {
            name: name.to_owned(),
            label: label.to_owned(),
            help: "",
            must: false,
            control,
            text: self.typed.get(name).to_owned(),
            wrong: wrong.map(|(_, sentence)| sentence.clone()),
        }
    }

    /// A line.
    #[must_use]
    pub fn line(&self, name: &str, label: &str) -> Field {
        self.of(name, label, Control::Line)
    }

    /// A short line.
    #[must_use]
    pub fn short(&self, name: &str, label: &str) -> Field {
        self.of(name, label, Control::Short)
    }
}

/// Codes and words to choose from.
pub fn choices<T>(
    all: impl IntoIterator<Item = T>,
    of: impl Fn(T) -> (String, String),
) -> Vec<(String, String)> {
    all.into_iter().map(of).collect()
}
