//! A program of the area as a file: who takes part, what happens, and what is then due from whom until when.
//!
//! The text of a version is kept with the first case that begins under it ([`Program::parse`] reads it again): a case goes
//! on under the rule that it began with.

use chrono::{NaiveDate, NaiveTime, Weekday};
use serde::Deserialize;

mod event;
mod fact;
mod parse;
mod seat;
mod step;
mod whole;
pub mod words;

pub use event::{EventForm, EventRule, Kind, Trigger};
pub use fact::{Branch, Choice, Condition, Criterion, Fact, KnownFrom};
pub use seat::Seated;
pub use step::{AfterHours, ClosedDay, Due, IfEnded, StepRule, Unit};

pub(super) use whole::Beside;

/// What the area agreed on, in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Stable over its versions.
    pub code: String,
    /// 入退院支援.
    pub name: String,
    /// Which version; its day, as a rule.
    pub version: String,
    /// First day on which a case begins under it.
    pub valid_from: NaiveDate,
    /// Last day, where it is known.
    pub valid_to: Option<NaiveDate>,
    /// Who agreed, when, in which document.
    pub source: String,
    /// What stands before the rule when it is printed.
    pub preamble: String,
    /// Who may see its cases.
    pub access: Access,
    /// A rule of another area, to be read and compared: no case begins under it.
    pub is_example: bool,
    /// When offices work whose own hours are not known.
    pub office: OfficeRule,
    /// Who takes part.
    pub roles: Vec<RoleRule>,
    /// What is known of a case, and decides what follows.
    pub facts: Vec<Fact>,
    /// What a need of support is known by.
    pub criteria: Vec<Criterion>,
    /// Courses that a case may take.
    pub branches: Vec<Branch>,
    /// What may happen.
    pub events: Vec<EventRule>,
    /// How far a case has come.
    pub stages: Vec<StageRule>,
    /// What is due from whom until when.
    pub steps: Vec<StepRule>,
    /// Why a case ends.
    pub closings: Vec<Closing>,
    /// What is counted.
    pub measures: Vec<Measure>,
    /// What may be asked of many, without a name.
    pub inquiries: Vec<InquiryRule>,
}

/// Who may see the cases of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// The care team; in an emergency whoever gives a reason.
    Open,
    /// The same, and every emergency access is reviewed.
    Protected,
    /// The care team alone; nobody else learns that there is a case.
    Closed,
}

impl Access {
    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Protected => "protected",
            Self::Closed => "closed",
        }
    }
}

/// The hours of an office that has not told its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeRule {
    /// On which days of the week.
    pub weekdays: Vec<Weekday>,
    /// From.
    pub opens: Clock,
    /// Until.
    pub closes: Clock,
    /// Whether it is closed on public holidays and from December 29 to January 3.
    pub closed_on_holidays: bool,
}

/// A time of day, `08:30` in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Clock(pub NaiveTime);

impl TryFrom<String> for Clock {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        NaiveTime::parse_from_str(&text, "%H:%M")
            .map(Self)
            .map_err(|_| format!("時刻は \"08:30\" のように書いてください: 「{text}」"))
    }
}

/// A part that organizations take in a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// Stable.
    pub code: String,
    /// 病院（入退院支援部門）.
    pub name: String,
    /// Which part of a care team it is, with its mailbox and how long it sees a case after its end: of `patients.toml`.
    pub team_role: String,
    /// Whether it may open a case.
    #[serde(default)]
    pub opens: bool,
    /// Whether several organizations may have it in one case.
    #[serde(default)]
    pub several: bool,
    /// Whoever has this role for the patient always, has it in every case.
    #[serde(default)]
    pub standing: bool,
}

/// How far a case has come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRule {
    /// Stable.
    pub code: String,
    /// 入院中.
    pub name: String,
    /// With what it begins; the first stage begins with the case.
    #[serde(default)]
    pub after: Vec<Trigger>,
}

/// Why a case ends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Stable.
    pub code: String,
    /// For people.
    pub name: String,
    /// With what it ends by itself; nothing: somebody says so.
    #[serde(default)]
    pub after: Vec<Trigger>,
    /// So many days after it, where no stay began meanwhile.
    #[serde(default)]
    pub days: u32,
}

/// A share of obligations that is counted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Stable.
    pub code: String,
    /// For people.
    pub name: String,
    /// Of which step.
    pub step: String,
    /// How many of them stand so.
    pub counts: Vec<Outcome>,
}

/// How an obligation ended, as far as it is counted; those that were waived are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// In time.
    Met,
    /// After its deadline.
    Late,
    /// Not at all.
    Missed,
}

/// What may be asked of many, without a name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InquiryRule {
    /// Stable.
    pub code: String,
    /// 転院・入所の受入れ照会.
    pub name: String,
    /// Roles that may ask.
    pub from: Vec<String>,
    /// Categories of the directory that are asked; nothing: all.
    #[serde(default)]
    pub categories: Vec<String>,
    /// The mailbox that finds whom to ask, where the area has one; the inquiry goes there alone.
    #[serde(default)]
    pub through: Option<String>,
    /// The role that the chosen one has in the case from then on.
    pub role: String,
    /// Whether the user's own choice is to be recorded.
    #[serde(default)]
    pub users_choice: bool,
    /// What to keep in mind.
    #[serde(default)]
    pub note: Option<String>,
}

impl Program {
    /// The event of this code.
    #[must_use]
    pub fn event(&self, code: &str) -> Option<&EventRule> {
        self.events.iter().find(|it| it.code == code)
    }

    /// The step of this code.
    #[must_use]
    pub fn step(&self, code: &str) -> Option<&StepRule> {
        self.steps.iter().find(|it| it.code == code)
    }

    /// The role of this code.
    #[must_use]
    pub fn role(&self, code: &str) -> Option<&RoleRule> {
        self.roles.iter().find(|it| it.code == code)
    }

    /// The stage of this code.
    #[must_use]
    pub fn stage(&self, code: &str) -> Option<&StageRule> {
        self.stages.iter().find(|it| it.code == code)
    }

    /// The fact of this code.
    #[must_use]
    pub fn fact(&self, code: &str) -> Option<&Fact> {
        self.facts.iter().find(|it| it.code == code)
    }

    /// Whether a case may begin under it on `day`.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        !self.is_example && self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}

#[cfg(test)]
mod tests;
