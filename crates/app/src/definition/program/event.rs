//! What a program's file says may happen in a case.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What an event does to a stay, after MedCom's HospitalNotification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 入院.
    Admitted,
    /// 外泊.
    OnLeave,
    /// 帰院.
    Returned,
    /// 自宅への退院.
    DischargedHome,
    /// 転院・施設への退院.
    Moved,
    /// 死亡.
    Died,
    /// Something else.
    Other,
}

impl Kind {
    /// Whether it ends a stay.
    #[must_use]
    pub fn ends_stay(self) -> bool {
        matches!(self, Self::DischargedHome | Self::Moved | Self::Died)
    }
}

/// What may happen in a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRule {
    /// Stable.
    pub code: String,
    /// 退院日の決定.
    pub name: String,
    /// What it does to the stay.
    #[serde(default = "other")]
    pub kind: Kind,
    /// Roles that tell it.
    pub from: Vec<String>,
    /// What a day that it tells is called (退院予定日); none: it tells none.
    #[serde(default)]
    pub day: Option<String>,
    /// Facts that are asked for with it.
    #[serde(default)]
    pub asks: Vec<String>,
    /// Whether the criteria are asked for with it.
    #[serde(default)]
    pub asks_criteria: bool,
    /// What it makes of which fact.
    #[serde(default)]
    pub sets: BTreeMap<String, String>,
    /// Events before which it cannot be: 自宅への退院 before the services that begin after it.
    #[serde(default)]
    pub follows: Vec<String>,
    /// Within a stay, the next one takes the place of the one before.
    #[serde(default)]
    pub replaces: bool,
    /// The form by which it is told: as soon as whoever tells it keeps that in the case.
    #[serde(default)]
    pub form: Option<EventForm>,
    /// Why it may be told without consent: what the notice rests on, and that it holds no more than is needed.
    #[serde(default)]
    pub basis: Option<String>,
}

/// What an event takes from a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventForm {
    /// Which: a code of `forms/`.
    pub code: String,
    /// The item with the day on which it was so.
    pub day: String,
    /// The item whose choices are the program's criteria, all of them; beside them it has at most `none`.
    #[serde(default)]
    pub criteria: Option<String>,
    /// Facts, each with the item that answers it: its choices are the fact's.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
}

impl EventForm {
    /// The choice of the form that says that no criterion was found.
    pub const NONE: &str = "none";
}

fn other() -> Kind {
    Kind::Other
}

/// What an obligation or a stage begins with: an event of this code, or a step that was done (`done:conference`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "String")]
pub enum Trigger {
    /// Something happened.
    Event(String),
    /// A step was done.
    Done(String),
}

impl From<String> for Trigger {
    fn from(text: String) -> Self {
        match text.strip_prefix("done:") {
            Some(step) => Self::Done(step.to_owned()),
            None => Self::Event(text),
        }
    }
}
