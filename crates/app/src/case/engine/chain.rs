//! Which events count: what was corrected or annulled, in which order they happened, what was known at each.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use keniki_base::id::CaseEventId;

use super::stay::Problem;
use super::{Event, Known, code};
use crate::definition::program::{Condition, Program, Trigger};

/// What is known, by code of the fact.
pub(super) type Facts = BTreeMap<String, String>;

/// The events that count in the order in which they happened, and what is wrong with the others. People tell the minute, and
/// what is recorded here is known to the second: within one minute the order is that in which it was learned.
pub(super) fn effective(program: &Program, events: &[Event]) -> (Vec<Event>, Vec<Problem>) {
    let mut learned: Vec<&Event> = events.iter().collect();
    learned.sort_by_key(|it| it.id);
    let mut counting: BTreeMap<CaseEventId, Event> = BTreeMap::new();
    let mut annulled: BTreeMap<CaseEventId, Event> = BTreeMap::new();
    // Which event a correction stands for: corrections of corrections lead to the first.
    let mut stands_for: BTreeMap<CaseEventId, CaseEventId> = BTreeMap::new();
    let mut problems = Vec::new();
    for event in learned {
        let about = event
            .about
            .map(|id| stands_for.get(&id).copied().unwrap_or(id));
        match (event.kind.as_str(), about) {
            (code::CORRECTED, Some(about)) if counting.contains_key(&about) => {
                if let Some(first) = counting.get_mut(&about) {
                    first.happened_at = minute(event.happened_at);
                    first.content = event.content.clone();
                }
                stands_for.insert(event.id, about);
            }
            (code::ANNULLED, Some(about)) => {
                match (counting.remove(&about), annulled.remove(&about)) {
                    (Some(gone), _) => {
                        annulled.insert(event.id, gone);
                        stands_for.insert(event.id, event.id);
                    }
                    // To annul an annulment brings back what it took away.
                    (None, Some(back)) => {
                        counting.insert(back.id, back);
                    }
                    (None, None) => problems.push(Problem::AboutNothing(event.id)),
                }
            }
            (code::CORRECTED | code::ANNULLED, _) => problems.push(Problem::AboutNothing(event.id)),
            (kind, _) if !is_known(program, kind) => problems.push(Problem::UnknownKind(event.id)),
            _ => {
                let happened_at = minute(event.happened_at);
                let event = event.clone();
                counting.insert(
                    event.id,
                    Event {
                        happened_at,
                        ..event
                    },
                );
            }
        }
    }
    let mut counting: Vec<Event> = counting.into_values().collect();
    counting.sort_by_key(|it| (it.happened_at, it.id));
    (counting, problems)
}

fn minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at)
}

fn is_known(program: &Program, kind: &str) -> bool {
    let common = [
        code::DONE,
        code::WAIVED,
        code::CLOSED,
        code::REOPENED,
        code::OPENED,
    ];
    common.contains(&kind) || program.event(kind).is_some()
}

/// What is known after each of the events.
pub(super) fn facts(program: &Program, known: &Known, events: &[Event]) -> Vec<Facts> {
    let mut now = first_facts(program, known);
    let after = |event: &Event| {
        if let Some(rule) = program.event(&event.kind) {
            now.extend(rule.sets.clone());
        }
        now.extend(of_criteria(program, event));
        now.extend(event.content.facts.clone());
        now.clone()
    };
    events.iter().map(after).collect()
}

/// What is known before anything happens.
pub(super) fn first_facts(program: &Program, known: &Known) -> Facts {
    let otherwise = program.facts.iter();
    let otherwise = otherwise.filter_map(|fact| Some((fact.code.clone(), fact.otherwise.clone()?)));
    let mut facts: Facts = otherwise.collect();
    facts.extend(known.facts.clone());
    facts
}

/// What the criteria that were found set: of several the strongest.
fn of_criteria(program: &Program, event: &Event) -> Facts {
    let mut facts = Facts::new();
    let found = program.criteria.iter();
    for criterion in found.filter(|it| event.content.criteria.contains(&it.code)) {
        for (fact, choice) in &criterion.sets {
            let strength = |choice: &String| {
                let choices = program.fact(fact).map(|it| &it.choices);
                choices.and_then(|them| them.iter().position(|it| it.code == *choice))
            };
            let stronger = facts
                .get(fact)
                .is_none_or(|is| strength(is) < strength(choice));
            if stronger {
                facts.insert(fact.clone(), choice.clone());
            }
        }
    }
    facts
}

/// Whether all the conditions hold.
pub(super) fn hold(conditions: &[Condition], facts: &Facts) -> bool {
    let holds = |condition: &Condition| {
        let is = facts.get(&condition.fact);
        is.is_some_and(|is| condition.is.contains(is))
    };
    conditions.iter().all(holds)
}

/// The first course whose conditions hold.
pub(super) fn branch(program: &Program, facts: &Facts) -> Option<String> {
    let branch = program.branches.iter().find(|it| hold(&it.when, facts))?;
    Some(branch.code.clone())
}

/// Whether an event is what something begins with.
pub(super) fn begins(triggers: &[Trigger], event: &Event) -> bool {
    let is = |trigger: &Trigger| match trigger {
        Trigger::Event(kind) => event.kind == *kind,
        Trigger::Done(step) => event.kind == code::DONE && event.step.as_ref() == Some(step),
    };
    triggers.iter().any(is)
}

/// The stage with which the last event began that begins one.
pub(super) fn stage(program: &Program, events: &[Event]) -> String {
    let begun = |event: &Event| program.stages.iter().find(|it| begins(&it.after, event));
    let last = events.iter().rev().find_map(begun);
    last.or(program.stages.first())
        .map_or_else(String::new, |stage| stage.code.clone())
}
