//! Whether something can have been so: it fits what was told before, not twice on a day, not before what it follows.

use chrono::{DateTime, Days, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::CaseEventId;

use super::engine::{Event, State, code, is_told};
use super::load::Loaded;
use super::tell::is_annulled;
use super::{CaseError, House};
use crate::definition::program::EventRule;

/// The state with the new event; refused where it does not fit the others.
pub(super) fn fits(
    house: House<'_>,
    loaded: &Loaded<'_>,
    id: CaseEventId,
    now: DateTime<Utc>,
) -> Result<State, CaseError> {
    let state = loaded.state(house.definitions, now);
    match state.problems.iter().find(|problem| problem.event() == id) {
        Some(problem) => Err(CaseError::Misfit(problem.words())),
        None => Ok(state),
    }
}

/// Refused where the same is known of that day, and where it is before what it follows: the first of those events, or else the
/// first admission.
pub(super) fn can_be(
    loaded: &Loaded<'_>,
    before: &State,
    kind: &str,
    at: DateTime<Utc>,
) -> Result<(), CaseError> {
    let Some(rule) = loaded.program.event(kind) else {
        return Ok(());
    };
    if is_told(&before.stays, rule.kind, at) {
        return Err(CaseError::TwiceADay(rule.name.clone()));
    }
    let first = followed(loaded, rule).or_else(|| {
        let stay = before.stays.first().filter(|_| !rule.follows.is_empty());
        stay.map(|stay| ("入院".to_owned(), stay.from))
    });
    match first {
        Some((after, first)) if jst_day(at) < jst_day(first) => Err(CaseError::TooEarly {
            event: rule.name.clone(),
            after,
        }),
        _ => Ok(()),
    }
}

/// The first of the events that it follows: what that is called, and when it was.
fn followed(loaded: &Loaded<'_>, rule: &EventRule) -> Option<(String, DateTime<Utc>)> {
    let events = loaded.events.iter();
    let followed = events.filter(|it| rule.follows.contains(&it.kind));
    let followed = followed.filter(|it| !is_annulled(loaded, it.id));
    let (at, event) = followed
        .map(|it| (last_told_at(loaded, it), it))
        .min_by_key(|(at, _)| *at)?;
    Some((loaded.program.event(&event.kind)?.name.clone(), at))
}

/// When an event was, as its last correction has it.
fn last_told_at(loaded: &Loaded<'_>, event: &Event) -> DateTime<Utc> {
    let corrects = |it: &&Event| it.kind == code::CORRECTED && it.about == Some(event.id);
    let last = loaded.events.iter().rev().find(corrects);
    last.unwrap_or(event).happened_at
}

/// The day that such an event tells: none before it was told, and none more than a year after.
pub(super) fn told_day(
    rule: &EventRule,
    day: Option<NaiveDate>,
    at: DateTime<Utc>,
) -> Result<Option<NaiveDate>, CaseError> {
    let Some(name) = &rule.day else {
        return Ok(None);
    };
    let told = jst_day(at);
    let is_near = |day: &NaiveDate| *day >= told && *day <= told + Days::new(366);
    let day = day.filter(is_near);
    day.map(Some)
        .ok_or_else(|| CaseError::WrongDay(name.clone()))
}
