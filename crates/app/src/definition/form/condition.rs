//! When an item is asked or must be answered, and what is reckoned from other items: small languages that always end.

use serde::Deserialize;

/// Something that holds of the answers of a form, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `{ item = "…", is = ["…"] }`: one of these choices was taken.
    Is {
        /// A choice or several of them.
        item: String,
        /// Codes of choices.
        codes: Vec<String>,
    },
    /// `{ item = "…", filled = true }`: there is an answer; or with `false`, none.
    Filled {
        /// Any item.
        item: String,
        /// Whether there is one.
        is: bool,
    },
    /// `{ any = […] }`: one of them holds.
    Any(Vec<Condition>),
    /// `{ all = […] }`: all of them hold.
    All(Vec<Condition>),
}

impl Condition {
    /// The codes of the items that it looks at.
    #[must_use]
    pub fn items(&self) -> Vec<&str> {
        match self {
            Self::Is { item, .. } | Self::Filled { item, .. } => vec![item],
            Self::Any(parts) | Self::All(parts) => parts.iter().flat_map(Self::items).collect(),
        }
    }

    /// What it asks of choices: item and code.
    pub(super) fn choices(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Is { item, codes } => codes
                .iter()
                .map(|code| (item.as_str(), code.as_str()))
                .collect(),
            Self::Filled { .. } => Vec::new(),
            Self::Any(parts) | Self::All(parts) => parts.iter().flat_map(Self::choices).collect(),
        }
    }
}

/// A number that nobody types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Computed {
    /// `{ sum = ["…"] }`: of numbers and of the points of scales.
    Sum(Vec<String>),
    /// `{ count = "…" }`: how many choices were taken.
    Count(String),
    /// `{ age_of = "…", on = "…" }`: full years from one day to the other.
    Age {
        /// A day.
        born: String,
        /// A day.
        on: String,
    },
    /// `{ days_from = "…", until = "…" }`: the first and the last day both count.
    Days {
        /// A day.
        from: String,
        /// A day.
        until: String,
    },
    /// `{ bmi_of = "…", height = "…" }`: kilograms by square metres.
    Bmi {
        /// Kilograms.
        weight: String,
        /// Centimetres.
        height: String,
    },
}

impl Computed {
    /// The codes of the items that it is reckoned from.
    #[must_use]
    pub fn items(&self) -> Vec<&str> {
        match self {
            Self::Sum(items) => items.iter().map(String::as_str).collect(),
            Self::Count(item) => vec![item],
            Self::Age { born: a, on: b }
            | Self::Days { from: a, until: b }
            | Self::Bmi {
                weight: a,
                height: b,
            } => vec![a, b],
        }
    }
}

/// A condition as a file writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCondition {
    item: Option<String>,
    is: Option<Vec<String>>,
    filled: Option<bool>,
    any: Option<Vec<RawCondition>>,
    all: Option<Vec<RawCondition>>,
}

impl RawCondition {
    /// The condition; nothing where it is none of the four.
    pub(super) fn read(self) -> Option<Condition> {
        let parts = |parts: Vec<Self>| -> Option<Vec<Condition>> {
            let read: Option<Vec<_>> = parts.into_iter().map(Self::read).collect();
            read.filter(|parts| !parts.is_empty())
        };
        match self {
            Self {
                item: Some(item),
                is: Some(codes),
                filled: None,
                any: None,
                all: None,
            } if !codes.is_empty() => Some(Condition::Is { item, codes }),
            Self {
                item: Some(item),
                is: None,
                filled: Some(is),
                any: None,
                all: None,
            } => Some(Condition::Filled { item, is }),
            Self {
                item: None,
                is: None,
                filled: None,
                any: Some(any),
                all: None,
            } => parts(any).map(Condition::Any),
            Self {
                item: None,
                is: None,
                filled: None,
                any: None,
                all: Some(all),
            } => parts(all).map(Condition::All),
            _ => None,
        }
    }
}

/// What is reckoned, as a file writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawComputed {
    sum: Option<Vec<String>>,
    count: Option<String>,
    age_of: Option<String>,
    on: Option<String>,
    days_from: Option<String>,
    until: Option<String>,
    bmi_of: Option<String>,
    height: Option<String>,
}

impl RawComputed {
    /// What is reckoned; nothing where it is none of the five.
    pub(super) fn read(self) -> Option<Computed> {
        let ages = self.age_of.zip(self.on);
        let days = self.days_from.zip(self.until);
        let bmi = self.bmi_of.zip(self.height);
        let found = [
            self.sum.map(Computed::Sum),
            self.count.map(Computed::Count),
            ages.map(|(born, on)| Computed::Age { born, on }),
            days.map(|(from, until)| Computed::Days { from, until }),
            bmi.map(|(weight, height)| Computed::Bmi { weight, height }),
        ];
        let mut found = found.into_iter().flatten();
        let one = found.next();
        one.filter(|_| found.next().is_none())
    }
}
