//! Writes many cases at once with what the engine makes of them, for whoever has a database alone: the sample and the benches.
//!
//! The engine runs once for each case, its rows go in a few statements for all. Nobody is told and nothing is asked of the
//! policy: whoever calls this writes one line in the audit for the batch.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, OrganizationId, PatientId};
use sea_orm::{DatabaseTransaction, DbErr};

use super::channel::Channel;
use super::engine::{Event, Known, State, code, state};
use super::open::Seat;
use crate::definition::{Definitions, ProgramFile};
use crate::patient::bulk::{PastPart, write_team};
use crate::patient::team::Part;

mod queries;

/// A case as it went.
#[derive(Debug, Clone)]
pub struct Story<'a> {
    /// Of whom.
    pub patient: PatientId,
    /// Under which program.
    pub file: &'a ProgramFile,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Who began it.
    pub opened_by: OrganizationId,
    /// What was known then.
    pub facts: BTreeMap<String, String>,
    /// Who took part, and from which day on.
    pub seats: Vec<(Seat, NaiveDate)>,
    /// What was told, in the order in which it was learned.
    pub told: Vec<Told>,
}

/// Something that was told.
#[derive(Debug, Clone)]
pub struct Told {
    /// What. Its number is its place in the story; so is that of the event of which it tells.
    pub event: Event,
    /// When the program learned of it.
    pub recorded_at: DateTime<Utc>,
    /// By which way.
    pub channel: Channel,
    /// To whom, or from whom.
    pub whom: Option<String>,
    /// Who recorded it.
    pub organization: OrganizationId,
}

impl Story<'_> {
    /// What the engine makes of it.
    fn state(&self, definitions: &Definitions, now: DateTime<Utc>) -> State {
        let known = Known {
            facts: self.facts.clone(),
            ..Known::default()
        };
        let events: Vec<Event> = self.told.iter().map(|it| it.event.clone()).collect();
        state(&self.file.program, definitions.fees(), &known, &events, now)
    }

    /// Who has a role: who came last.
    fn organization_of(&self, role: &str) -> Option<OrganizationId> {
        let mut seats = self.seats.iter().rev();
        let (seat, _) = seats.find(|(seat, _)| seat.role == role)?;
        Some(seat.organization)
    }

    /// The care team of the case, gone from it where it has ended.
    fn team(&self, definitions: &Definitions, case: CaseId, state: &State) -> Vec<PastPart> {
        let closed_on = state.closed.as_ref().map(|it| jst_day(it.at));
        let rule = definitions.patients();
        let part = |(seat, from): &(Seat, NaiveDate)| {
            let team_role = &self.file.program.role(&seat.role)?.team_role;
            let ended = closed_on.map(|day| (day, rule.access_until(team_role, day)));
            let part = Part {
                patient: self.patient,
                case: Some(case),
                organization: seat.organization,
                role: team_role.clone(),
                case_role: Some(seat.role.clone()),
                staff: seat.staff.clone(),
                valid_from: *from,
            };
            Some(PastPart { part, ended })
        };
        self.seats.iter().filter_map(part).collect()
    }

    /// The event with which the case begins.
    fn opening(&self) -> Told {
        let content = super::engine::Content {
            facts: self.facts.clone(),
            ..Default::default()
        };
        let event = Event {
            id: 0.into(),
            kind: code::OPENED.to_owned(),
            step: None,
            about: None,
            happened_at: self.opened_at,
            content,
        };
        Told {
            event,
            recorded_at: self.opened_at,
            channel: Channel::Here,
            whom: None,
            organization: self.opened_by,
        }
    }
}

/// Writes the cases; answers their numbers, in their order.
///
/// # Errors
/// The engine's.
pub async fn write(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    stories: &[Story<'_>],
    now: DateTime<Utc>,
) -> Result<Vec<CaseId>, DbErr> {
    let states: Vec<State> = stories
        .iter()
        .map(|it| it.state(definitions, now))
        .collect();
    let cases = queries::insert_cases(tx, stories, &states, now).await?;
    let events = write_events(tx, stories, &cases).await?;
    let mut owed = Vec::new();
    for (at, (story, state)) in stories.iter().zip(&states).enumerate() {
        for it in &state.obligations {
            owed.push((
                cases[at].get(),
                &events[at],
                it,
                story.organization_of(&it.from),
            ));
        }
    }
    queries::insert_obligations(tx, &owed).await?;
    let each = stories.iter().zip(&cases).zip(&states);
    let team = each.flat_map(|((story, case), state)| story.team(definitions, *case, state));
    write_team(tx, &team.collect::<Vec<_>>()).await?;
    Ok(cases)
}

/// Writes what was told; answers for each story which number each of its events has. What tells of another event comes last.
async fn write_events(
    tx: &DatabaseTransaction,
    stories: &[Story<'_>],
    cases: &[CaseId],
) -> Result<Vec<BTreeMap<i64, i64>>, DbErr> {
    let mut numbers = vec![BTreeMap::new(); stories.len()];
    let openings: Vec<Told> = stories.iter().map(Story::opening).collect();
    let begun = openings.iter().enumerate().map(|(at, it)| (at, it, None));
    let all = || {
        let each = stories.iter().enumerate();
        each.flat_map(|(at, story)| story.told.iter().map(move |it| (at, it)))
    };
    let first = all().filter(|(_, it)| it.event.about.is_none());
    let first: Vec<_> = begun.chain(first.map(|(at, it)| (at, it, None))).collect();
    let ids = queries::insert_events(tx, cases, &first).await?;
    for (id, (at, it, _)) in ids.into_iter().zip(&first) {
        numbers[*at].insert(it.event.id.get(), id);
    }
    let later = all().filter_map(|(at, it)| {
        let about = numbers[at].get(&it.event.about?.get()).copied();
        Some((at, it, about))
    });
    let later: Vec<_> = later.collect();
    let ids = queries::insert_events(tx, cases, &later).await?;
    for (id, (at, it, _)) in ids.into_iter().zip(&later) {
        numbers[*at].insert(it.event.id.get(), id);
    }
    Ok(numbers)
}
