//! What is due: obligations begun by events, met by receipts, ended by what makes them needless.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::CaseEventId;

use super::chain::{Facts, begins, hold};
use super::due::{Office, due_at};
use super::{Closed, Event, Known, Stay, code};
use crate::definition::fee::{FeeTier, Fees};
use crate::definition::program::{Due, IfEnded, Kind, Program, StepRule, Trigger};

/// Something due from a role until a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// Code of the step.
    pub step: String,
    /// The event with which it began: with the step, what it is known by.
    pub cause: CaseEventId,
    /// Which role owes it.
    pub from: String,
    /// To which.
    pub to: Option<String>,
    /// Since when.
    pub begins_at: DateTime<Utc>,
    /// The last instant in time; none: whenever.
    pub due_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub standing: Standing,
    /// The receipt: which event, when it was so.
    pub met: Option<(CaseEventId, DateTime<Utc>)>,
    /// How the fees stand that go with it.
    pub fees: Vec<FeeStanding>,
}

/// How an obligation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// There is time.
    Waiting,
    /// Done in time.
    Met,
    /// Done after its deadline.
    Late,
    /// 未実施: its time is over, and nothing was done.
    Missed,
    /// It is not asked for.
    Waived(Why),
}

/// Why something is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// Somebody said so, with a reason.
    Said(CaseEventId),
    /// Something happened that makes it needless.
    Ended(CaseEventId),
    /// The case was closed.
    Closed,
}

impl Standing {
    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Met => "met",
            Self::Late => "late",
            Self::Missed => "missed",
            Self::Waived(_) => "waived",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Waiting => "期限前",
            Self::Met => "期限内に実施",
            Self::Late => "期限後に実施",
            Self::Missed => "未実施",
            Self::Waived(_) => "不要",
        }
    }
}

/// How the tier of a fee stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeStanding {
    /// 入院時情報連携加算（Ⅰ）.
    pub name: String,
    /// So many 単位.
    pub points: u32,
    /// 単位 or 点.
    pub unit: String,
    /// The last instant in time.
    pub due_at: DateTime<Utc>,
    /// Whether it was done in time; none: it was not done yet.
    pub is_met: Option<bool>,
}

/// What obligations are made from.
pub(super) struct Frame<'a> {
    pub program: &'a Program,
    pub fees: &'a Fees,
    pub known: &'a Known,
    /// Those that count, in the order in which they happened.
    pub events: &'a [Event],
    /// What was known after each of them.
    pub facts: &'a [Facts],
    pub stays: &'a [Stay],
    pub closed: Option<&'a Closed>,
}

/// Every obligation, in the order in which they began.
pub(super) fn all(frame: &Frame<'_>, now: DateTime<Utc>) -> Vec<Obligation> {
    let mut all: Vec<Obligation> = Vec::new();
    for step in &frame.program.steps {
        let mut begun = begun(frame, step);
        meet(frame, step, &mut begun);
        all.extend(begun.into_iter().map(|it| settle(frame, step, it, now)));
    }
    all.sort_by_key(|it| (it.begins_at, it.cause));
    all
}

/// An obligation while it is made.
struct Begun<'a> {
    at: usize,
    cause: &'a Event,
    /// What the event told, or one that took its place.
    day: Option<NaiveDate>,
    met: Option<(CaseEventId, DateTime<Utc>)>,
    waived: Option<CaseEventId>,
}

/// One for each stay in which the step begins; outside of stays, one between two.
fn begun<'a>(frame: &Frame<'a>, step: &StepRule) -> Vec<Begun<'a>> {
    let mut begun: Vec<Begun<'a>> = Vec::new();
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    let is_of_stay = begins_with_stay(frame.program, step);
    for (at, event) in frame.events.iter().enumerate() {
        if !begins(&step.after, event) {
            continue;
        }
        let stay = n_stay(frame, event);
        if !seen.insert(stay) {
            let replaces = frame
                .program
                .event(&event.kind)
                .is_some_and(|it| it.replaces);
            let before = begun
                .iter_mut()
                .rev()
                .find(|it| n_stay(frame, it.cause) == stay);
            if let (true, Some(before)) = (replaces, before) {
                before.day = event.content.day;
            }
            continue;
        }
        if !hold(&step.when, &frame.facts[at]) || (is_of_stay && !is_in_stay(frame, event)) {
            seen.remove(&stay);
            continue;
        }
        begun.push(Begun {
            at,
            cause: event,
            day: event.content.day,
            met: None,
            waived: None,
        });
    }
    begun
}

/// Whether the step can begin with an admission: whatever else begins it does so during a stay alone. That a care manager was
/// found before asks nothing of the hospital yet.
fn begins_with_stay(program: &Program, step: &StepRule) -> bool {
    step.after.iter().any(|trigger| match trigger {
        Trigger::Event(code) => program
            .event(code)
            .is_some_and(|it| it.kind == Kind::Admitted),
        Trigger::Done(_) => false,
    })
}

fn is_in_stay(frame: &Frame<'_>, event: &Event) -> bool {
    let ended = stay_of(frame, event).map(|stay| stay.ended);
    ended.is_some_and(|it| it.is_none_or(|(_, at, _)| event.happened_at < at))
}

/// The number of the stay to which an event belongs: what follows a discharge belongs to the stay before it.
fn n_stay(frame: &Frame<'_>, event: &Event) -> usize {
    let from = |stay: &&Stay| stay.from <= event.happened_at;
    frame.stays.iter().filter(from).count()
}

fn stay_of<'a>(frame: &Frame<'a>, event: &Event) -> Option<&'a Stay> {
    frame.stays.get(n_stay(frame, event).checked_sub(1)?)
}

/// Gives each receipt to the first obligation that it can meet, and each waiver.
fn meet(frame: &Frame<'_>, step: &StepRule, begun: &mut [Begun<'_>]) {
    let early = Duration::days(step.early_days.into());
    for event in frame.events {
        let is_of_step = event.step.as_deref() == Some(step.code.as_str());
        let is_done = (event.kind == code::DONE && is_of_step) || step.met_by.contains(&event.kind);
        let is_waived = event.kind == code::WAIVED && is_of_step;
        if !is_done && !is_waived {
            continue;
        }
        let fits = |it: &&mut Begun<'_>| match event.about {
            Some(about) if is_of_step => it.cause.id == about,
            _ => {
                let stay = n_stay(frame, it.cause);
                let is_near =
                    n_stay(frame, event) == stay || event.happened_at < it.cause.happened_at;
                is_near && it.cause.happened_at - early <= event.happened_at
            }
        };
        let open = begun.iter_mut().filter(fits);
        let Some(it) = open
            .into_iter()
            .find(|it| it.met.is_none() && it.waived.is_none())
        else {
            continue;
        };
        match is_done {
            true => it.met = Some((event.id, event.happened_at)),
            false => it.waived = Some(event.id),
        }
    }
}

fn settle(frame: &Frame<'_>, step: &StepRule, begun: Begun<'_>, now: DateTime<Utc>) -> Obligation {
    let begins_at = begun.cause.happened_at;
    let facts = &frame.facts[begun.at];
    let office = |role: &Option<String>| {
        let own = role.as_ref().and_then(|role| frame.known.offices.get(role));
        own.cloned()
            .unwrap_or_else(|| Office::by(&frame.program.office))
    };
    let due = step.due.iter().find(|due| hold(&due.when, facts));
    let counts_from = |due: &Due| match due.of_stay {
        true => stay_of(frame, begun.cause).map_or(begins_at, |stay| stay.from),
        false => begins_at,
    };
    let due_at_of_step =
        due.map(|due| due_at(due, counts_from(due), begun.day, &office(&due.office)));
    let met_at = begun.met.map(|(_, at)| at);
    let tier = |tier: &FeeTier| {
        let due_at = due_at(&tier.due, begins_at, None, &office(&tier.due.office));
        FeeStanding {
            name: tier.name.clone(),
            points: tier.points,
            unit: tier.unit.clone(),
            due_at,
            is_met: met_at
                .map(|at| at <= due_at)
                .or((now > due_at).then_some(false)),
        }
    };
    let fees = step
        .fee
        .iter()
        .flat_map(|code| frame.fees.on(code, jst_day(begins_at)));
    Obligation {
        step: step.code.clone(),
        cause: begun.cause.id,
        from: step.from.clone(),
        to: step.to.clone(),
        begins_at,
        due_at: due_at_of_step,
        standing: standing(frame, step, &begun, due_at_of_step, now),
        met: begun.met,
        fees: fees.filter(|it| hold(&it.when, facts)).map(tier).collect(),
    }
}

fn standing(
    frame: &Frame<'_>,
    step: &StepRule,
    begun: &Begun<'_>,
    due_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Standing {
    if let Some((_, at)) = begun.met {
        return match due_at.is_none_or(|due| at <= due) {
            true => Standing::Met,
            false => Standing::Late,
        };
    }
    if let Some(waived) = begun.waived {
        return Standing::Waived(Why::Said(waived));
    }
    let ended = end(frame, step, begun);
    let until = ended.map_or(now, |(at, _)| at.min(now));
    match (due_at.is_some_and(|due| due < until), ended) {
        (true, _) => Standing::Missed,
        (false, Some((_, Why::Ended(event))))
            if step.if_ended == IfEnded::Missed && !is_death(frame, event) =>
        {
            Standing::Missed
        }
        (false, Some((_, why))) => Standing::Waived(why),
        (false, None) => Standing::Waiting,
    }
}

fn is_death(frame: &Frame<'_>, event: CaseEventId) -> bool {
    let event = frame.events.iter().find(|it| it.id == event);
    let kind = event
        .and_then(|it| frame.program.event(&it.kind))
        .map(|it| it.kind);
    kind == Some(Kind::Died)
}

/// When it is no longer asked for, and why: an event with which it ends, death, or the end of the case.
fn end(frame: &Frame<'_>, step: &StepRule, begun: &Begun<'_>) -> Option<(DateTime<Utc>, Why)> {
    let ends = |event: &&Event| {
        let kind = frame.program.event(&event.kind).map(|it| it.kind);
        event.id != begun.cause.id && (step.until.contains(&event.kind) || kind == Some(Kind::Died))
    };
    let later = frame.events[begun.at..].iter().find(ends);
    let by_event = later.map(|event| (event.happened_at, Why::Ended(event.id)));
    let by_closing = frame
        .closed
        .filter(|closed| closed.at >= begun.cause.happened_at)
        .map(|closed| (closed.at, Why::Closed));
    match (by_event, by_closing) {
        (Some(event), Some(closing)) => Some(if closing.0 < event.0 { closing } else { event }),
        (one, other) => one.or(other),
    }
}
