//! The answers of a form, as they are kept: JSON by the codes of items.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// One answer. What is not answered has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Words.
    Text(String),
    /// A number in the unit of its item.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// A day and a time of day in Japan.
    DateTime(NaiveDateTime),
    /// The code of a choice.
    Choice(String),
    /// Codes of choices, in the order of the form.
    Many(Vec<String>),
    /// Rows: answers by the codes of columns.
    Rows(Vec<BTreeMap<String, Value>>),
    /// Points by the codes of a scale's parts.
    Scores(BTreeMap<String, i64>),
    /// What an attached file is called where it is kept.
    Attachment(String),
}

/// The answers of a form by the codes of its items.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(pub BTreeMap<String, Value>);

impl Values {
    /// The answer of this item.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Value> {
        self.0.get(code)
    }

    /// These answers, and over them `others`.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// As it is kept.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// From what was kept.
    ///
    /// # Errors
    /// A text that is none of these answers.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
