//! The case engine: what is known, what happened and what time it is make the state of a case. Pure; the same at every call.
//!
//! Events are taken in the order in which they happened, not in which they were learned: what arrives late or out of order
//! rebuilds the stay. A correction stands for what it corrects, what was annulled never was.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::id::CaseEventId;
use serde::{Deserialize, Serialize};

use crate::definition::fee::Fees;
use crate::definition::program::{Kind, Program};

mod chain;
mod due;
mod obligation;
mod stay;

pub use due::{Office, due_at};
pub use obligation::{FeeStanding, Obligation, Standing, Why};
pub use stay::{Problem, Stay, is_told};

/// Codes of events that every program has.
pub mod code {
    /// A step was done.
    pub const DONE: &str = "done";
    /// A step is not asked for, and why.
    pub const WAIVED: &str = "waived";
    /// Another event was so, not as it was told.
    pub const CORRECTED: &str = "corrected";
    /// Another event never was.
    pub const ANNULLED: &str = "annulled";
    /// The case ended.
    pub const CLOSED: &str = "closed";
    /// It goes on.
    pub const REOPENED: &str = "reopened";
    /// It began.
    pub const OPENED: &str = "opened";
}

/// Something that happened in a case, as somebody told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// In the order in which they were learned.
    pub id: CaseEventId,
    /// A code of the program's events, or one of [`code`].
    pub kind: String,
    /// Which step was done or waived.
    pub step: Option<String>,
    /// Which event it corrects or annuls; for a step, with which event it began.
    pub about: Option<CaseEventId>,
    /// When it was so.
    pub happened_at: DateTime<Utc>,
    /// What it tells.
    pub content: Content,
}

/// What an event tells beside its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Content {
    /// The day that it tells: 退院予定日.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Facts, by code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
    /// Criteria that were found.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub criteria: BTreeSet<String>,
    /// Why: of a waived step, a closing, an annulment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Ward, destination, what else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Which organization: where somebody was admitted, or goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<i64>,
    /// The form by which it was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_record: Option<i64>,
    /// Which organization has the role of which the event says that somebody has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seated: Option<i64>,
}

/// What is known of a case beside its events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Facts when it began.
    pub facts: BTreeMap<String, String>,
    /// Hours of the offices, by role; the others have the program's.
    pub offices: BTreeMap<String, Office>,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Code of the stage.
    pub stage: String,
    /// Code of the course that it takes.
    pub branch: Option<String>,
    /// What is known now.
    pub facts: BTreeMap<String, String>,
    /// Stays in hospital, the first first.
    pub stays: Vec<Stay>,
    /// The day that the last event tells of this stay which may be told anew: 退院予定日.
    pub planned_on: Option<NaiveDate>,
    /// When the patient died.
    pub died_at: Option<DateTime<Utc>>,
    /// What was and is due, in the order in which it began.
    pub obligations: Vec<Obligation>,
    /// Since when it is over, and why.
    pub closed: Option<Closed>,
    /// When it ends by itself, where nothing happens before.
    pub closes_at: Option<DateTime<Utc>>,
    /// What does not fit together.
    pub problems: Vec<Problem>,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub at: DateTime<Utc>,
    /// Code of the closing.
    pub reason: String,
    /// The event, where somebody said so.
    pub event: Option<CaseEventId>,
}

/// The state of a case under `program` at `now`.
#[must_use]
pub fn state(
    program: &Program,
    fees: &Fees,
    known: &Known,
    events: &[Event],
    now: DateTime<Utc>,
) -> State {
    let (events, mut problems) = chain::effective(program, events);
    let happened: Vec<_> = events
        .into_iter()
        .filter(|it| it.happened_at <= now)
        .collect();
    let (stays, of_stays) = stay::stays(program, &happened);
    problems.extend(of_stays);
    let facts = chain::facts(program, known, &happened);
    let ends = stay::ends(program, &happened);
    let closes_at = ends.as_ref().map(|it| it.at).filter(|at| *at > now);
    let closed = ends.filter(|it| it.at <= now);
    let obligations = obligation::all(
        &obligation::Frame {
            program,
            fees,
            known,
            events: &happened,
            facts: &facts,
            stays: &stays,
            closed: closed.as_ref(),
        },
        now,
    );
    let last = facts
        .last()
        .cloned()
        .unwrap_or_else(|| chain::first_facts(program, known));
    State {
        stage: chain::stage(program, &happened),
        branch: chain::branch(program, &last),
        facts: last,
        planned_on: stay::planned_on(program, &happened, stays.last()),
        died_at: stay::died_at(program, &happened),
        stays,
        obligations,
        closed,
        closes_at,
        problems,
    }
}

/// What the last admission tells that counts: the ward, and what else there is to say.
#[must_use]
pub fn admission(program: &Program, events: &[Event]) -> Option<Content> {
    let (events, _) = chain::effective(program, events);
    let is_admission = |event: &Event| {
        let rule = program.event(&event.kind);
        rule.is_some_and(|it| it.kind == Kind::Admitted)
    };
    let last = events.into_iter().rev().find(is_admission)?;
    Some(last.content)
}

#[cfg(test)]
mod tests;
