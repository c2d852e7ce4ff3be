//! The SQL that writes many cases at once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Value};

use super::{Story, Told};
use crate::case::engine::{Obligation, State};
use crate::case::queries::keep_program_text;
use crate::case::save::{NewObligation, Saved};
use crate::database::queries::insert_numbered;
use crate::database::{insert_rows, instant};
use crate::definition::ProgramFile;

const CASE: [&str; 19] = [
    "patient_id",
    "program",
    "program_version",
    "access",
    "stage",
    "branch",
    "stay",
    "hospital_id",
    "admitted_on",
    "discharge_planned_on",
    "discharged_on",
    "next_due_at",
    "closes_at",
    "n_overdue",
    "opened_at",
    "closed_at",
    "closing_reason",
    "organization_id",
    "changed_at",
];

pub(super) async fn insert_cases(
    tx: &DatabaseTransaction,
    stories: &[Story<'_>],
    states: &[State],
    now: DateTime<Utc>,
) -> Result<Vec<CaseId>, DbErr> {
    let id = |file: &'_ ProgramFile| (file.program.code.clone(), file.program.version.clone());
    let files: BTreeMap<_, _> = stories.iter().map(|it| (id(it.file), it.file)).collect();
    for ((code, version), file) in &files {
        keep_program_text(tx, (code, version), &file.text, &instant(now)).await?;
    }
    let mut values: Vec<Value> = Vec::with_capacity(stories.len() * CASE.len());
    for (story, state) in stories.iter().zip(states) {
        let program = &story.file.program;
        let saved = Saved::of(state, story.organization_of("hospital"));
        let changed_at = story.told.iter().map(|it| it.recorded_at).max();
        values.extend([
            story.patient.get().into(),
            program.code.as_str().into(),
            program.version.as_str().into(),
            program.access.code().into(),
            saved.stage.into(),
            saved.branch.into(),
            saved.stay.into(),
            saved.hospital.into(),
            saved.admitted_on.into(),
            saved.discharge_planned_on.into(),
            saved.discharged_on.into(),
            saved.next_due_at.into(),
            saved.closes_at.into(),
            saved.n_overdue.into(),
            instant(story.opened_at).into(),
            saved.closed_at.into(),
            saved.closing_reason.into(),
            story.opened_by.get().into(),
            instant(changed_at.unwrap_or(story.opened_at)).into(),
        ]);
    }
    let ids = insert_numbered(tx, "care_case", &CASE, values).await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

const EVENT: [&str; 10] = [
    "case_id",
    "kind",
    "step",
    "about_id",
    "happened_at",
    "recorded_at",
    "channel",
    "whom",
    "content",
    "organization_id",
];

/// Writes what was told, each with the number of its story's case and of the event of which it tells.
pub(super) async fn insert_events(
    tx: &DatabaseTransaction,
    cases: &[CaseId],
    told: &[(usize, &Told, Option<i64>)],
) -> Result<Vec<i64>, DbErr> {
    let mut values: Vec<Value> = Vec::with_capacity(told.len() * EVENT.len());
    for (at, it, about) in told {
        let content = serde_json::to_string(&it.event.content)
            .map_err(|error| DbErr::Custom(error.to_string()))?;
        values.extend([
            cases[*at].get().into(),
            it.event.kind.as_str().into(),
            it.event.step.as_deref().into(),
            (*about).into(),
            instant(it.event.happened_at).into(),
            instant(it.recorded_at).into(),
            it.channel.code().into(),
            it.whom.as_deref().into(),
            content.into(),
            it.organization.get().into(),
        ]);
    }
    insert_numbered(tx, "case_event", &EVENT, values).await
}

/// What is owed in a case, with the numbers of its events, by whom.
pub(super) type Owed<'a> = (
    i64,
    &'a BTreeMap<i64, i64>,
    &'a Obligation,
    Option<OrganizationId>,
);

pub(super) async fn insert_obligations(
    tx: &impl ConnectionTrait,
    owed: &[Owed<'_>],
) -> Result<(), DbErr> {
    let mut values: Vec<Value> = Vec::with_capacity(owed.len() * 11);
    for (case, numbers, it, organization) in owed {
        let new = NewObligation::of(it, *organization);
        let number = |event: i64| numbers.get(&event).copied();
        values.extend([
            (*case).into(),
            new.step.into(),
            number(new.event).into(),
            new.roles.0.into(),
            new.roles.1.into(),
            new.organization.into(),
            new.begins_at.into(),
            new.due_at.into(),
            new.state.into(),
            new.met_at.into(),
            new.met_event.and_then(number).into(),
        ]);
    }
    let head = "insert into obligation (case_id, step, event_id, from_role, to_role, organization_id, begins_at, due_at,
            state, met_at, met_event_id) values";
    insert_rows(tx, head, 11, values, "").await
}
