//! What a program's file says is due from whom until when.

use serde::Deserialize;

use super::{Condition, Trigger};

/// What is due from whom until when.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRule {
    /// Stable.
    pub code: String,
    /// 入院時情報の提供.
    pub name: String,
    /// Which role owes it.
    pub from: String,
    /// To which role; none: it is its own work.
    #[serde(default)]
    pub to: Option<String>,
    /// With what it begins; once in a stay.
    pub after: Vec<Trigger>,
    /// Only where all of this holds when it begins.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Until when: the first whose conditions hold; none: whenever.
    #[serde(default)]
    pub due: Vec<Due>,
    /// It is done as soon as the role that owes it records here what it begins with, and the other side is in the care team:
    /// the program tells it.
    #[serde(default)]
    pub by_telling: bool,
    /// Events that meet it.
    #[serde(default)]
    pub met_by: Vec<String>,
    /// How many days before it begins it may have been done already.
    #[serde(default)]
    pub early_days: u32,
    /// Events with which it is no longer asked for.
    #[serde(default)]
    pub until: Vec<String>,
    /// What becomes of it where it ends before its deadline and was not done.
    #[serde(default)]
    pub if_ended: IfEnded,
    /// The form that goes with it: a code of `forms/`.
    #[serde(default)]
    pub form: Option<String>,
    /// The form is the deed: the step is done as soon as whoever owes it keeps that in the case, on the day that stands in this item.
    #[serde(default)]
    pub met_by_form: Option<String>,
    /// Whether it is handed over to the other side's mailbox, with a receipt.
    #[serde(default)]
    pub handover: bool,
    /// The fee that has a deadline of its own: a code of `fees.toml`.
    #[serde(default)]
    pub fee: Option<String>,
    /// What to keep in mind.
    #[serde(default)]
    pub note: Option<String>,
}

impl StepRule {
    /// Whether whoever has the role records that it was done, or that it is not asked for: who owes it or gets it says that it was
    /// done, only who owes it that it is not asked for.
    #[must_use]
    pub fn is_recorded_by(&self, role: &str, is_done: bool) -> bool {
        role == self.from || (is_done && self.to.as_deref() == Some(role))
    }
}

/// What becomes of a step that is not done when it is no longer asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfEnded {
    /// Nobody failed.
    #[default]
    Waived,
    /// It was left out.
    Missed,
}

/// A deadline: so long after something, or so long before a day that an event tells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// Only where all of this holds.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// So many after it.
    #[serde(default)]
    pub within: Option<u32>,
    /// So many before the day that the event tells; where it tells none, before its own.
    #[serde(default)]
    pub before: Option<u32>,
    /// Of what.
    pub unit: Unit,
    /// Whether the day itself is the first.
    #[serde(default)]
    pub count_first_day: bool,
    /// Counted from the day that the event tells, not from when it happened; where it tells none, from its own.
    #[serde(default)]
    pub of_day: bool,
    /// Counted from when the stay began.
    #[serde(default)]
    pub of_stay: bool,
    /// The role by whose hours and closing days it goes; none: by the program's.
    #[serde(default)]
    pub office: Option<String>,
    /// Where it begins after the office has closed, or on a day on which it is closed.
    #[serde(default)]
    pub after_hours: AfterHours,
    /// Where it ends on a day on which the office is closed.
    #[serde(default)]
    pub closed_day: ClosedDay,
}

/// In what a deadline is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Hours of the clock.
    Hours,
    /// Days of the calendar, to the end of the last one.
    Days,
    /// Days on which the office works, to the end of the last one.
    BusinessDays,
}

/// From which day a deadline counts that begins after the office has closed, or on a day on which it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterHours {
    /// From that day all the same.
    #[default]
    SameDay,
    /// From the next day of the calendar.
    NextDay,
    /// From the next day on which the office works.
    NextOpenDay,
}

/// What a deadline does on a day on which the office is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedDay {
    /// It stays there.
    #[default]
    Stays,
    /// It goes to the next day on which the office works.
    Next,
    /// It goes to the last day before on which the office works.
    Previous,
    /// It goes to the next day of the calendar, where it began after the office had closed.
    NextDayIfAfterHours,
}
