//! What a program's file says is known of a case and decides what follows.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Something known of a case: one of some choices, the weakest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Stable.
    pub code: String,
    /// 支援の必要.
    pub name: String,
    /// What it can be.
    pub choices: Vec<Choice>,
    /// What it is until somebody says so.
    #[serde(default)]
    pub otherwise: Option<String>,
    /// From where the program knows it when a case begins.
    #[serde(default)]
    pub known_from: Option<KnownFrom>,
}

/// One of the things that a fact can be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Stable.
    pub code: String,
    /// For people.
    pub name: String,
    /// The role of which it says that somebody has it: an event that makes the fact so asks who, and they take their part.
    #[serde(default)]
    pub seats: Option<String>,
}

/// What the program knows of a patient or a hospital by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownFrom {
    /// `yes` | `no`: whether the patient has a care manager, or a support center that answers for them.
    CareManager,
    /// `none` | `applied` | `support` | `care`: 要支援 and 要介護 by the level on the day.
    Certification,
    /// `child` (under 18) | `under_40` | `from_40` | `from_65`, by the age on the day.
    AgeGroup,
    /// `none` | `unknown` | `support_1` | `support_2` | `support_3`: which 入退院支援加算 the hospital files.
    DischargeFiling,
}

/// What a need of support is known by, and what it sets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Stable.
    pub code: String,
    /// For people.
    pub name: String,
    /// What it makes of which fact; of several the strongest counts.
    pub sets: BTreeMap<String, String>,
}

/// A course that a case may take.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// Stable.
    pub code: String,
    /// For people.
    pub name: String,
    /// When.
    #[serde(default)]
    pub when: Vec<Condition>,
}

/// A fact is one of these.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Which.
    pub fact: String,
    /// One of which of its choices.
    pub is: Vec<String>,
}
