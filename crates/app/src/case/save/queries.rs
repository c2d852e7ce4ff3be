//! The SQL of what lists and letters need of a case's state.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{NewObligation, Saved};
use crate::database::one::inserted;
use crate::database::statement;

/// An obligation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct ObligationRow {
    pub id: i64,
    pub step: String,
    pub event_id: i64,
    pub organization_id: Option<i64>,
    pub begins_at: String,
    pub due_at: Option<String>,
    pub state: String,
    pub met_at: Option<String>,
    pub met_event_id: Option<i64>,
}

pub(super) async fn obligations(
    db: &impl ConnectionTrait,
    case: i64,
) -> Result<Vec<ObligationRow>, DbErr> {
    let sql =
        "select id, step, event_id, organization_id, begins_at, due_at, state, met_at, met_event_id
        from obligation where case_id = $1 order by id";
    ObligationRow::find_by_statement(statement(db, sql, [case.into()]))
        .all(db)
        .await
}

pub(super) async fn put_obligation(
    tx: &impl ConnectionTrait,
    case: i64,
    it: &NewObligation<'_>,
) -> Result<i64, DbErr> {
    let sql = "insert into obligation (case_id, step, event_id, from_role, to_role, organization_id, begins_at, due_at,
            state, met_at, met_event_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (case_id, step, event_id) do update set organization_id = excluded.organization_id,
            begins_at = excluded.begins_at, due_at = excluded.due_at, state = excluded.state,
            met_at = excluded.met_at, met_event_id = excluded.met_event_id
        returning id";
    let values: [Value; 11] = [
        case.into(),
        it.step.into(),
        it.event.into(),
        it.roles.0.into(),
        it.roles.1.into(),
        it.organization.into(),
        it.begins_at.as_str().into(),
        it.due_at.clone().into(),
        it.state.into(),
        it.met_at.clone().into(),
        it.met_event.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn put_gone(tx: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    let sql =
        "update obligation set state = 'gone', met_at = null, met_event_id = null where id = $1";
    tx.execute_raw(statement(tx, sql, [id.into()])).await?;
    Ok(())
}

pub(super) async fn put_case(
    tx: &impl ConnectionTrait,
    case: i64,
    it: &Saved<'_>,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "update care_case set stage = $1, branch = $2, stay = $3, hospital_id = $4, admitted_on = $5,
            discharge_planned_on = $6, discharged_on = $7, next_due_at = $8, closes_at = $9, n_overdue = $10,
            closed_at = $11, closing_reason = $12, changed_at = $13 where id = $14";
    let values: [Value; 14] = [
        it.stage.into(),
        it.branch.into(),
        it.stay.into(),
        it.hospital.into(),
        it.admitted_on.clone().into(),
        it.discharge_planned_on.clone().into(),
        it.discharged_on.clone().into(),
        it.next_due_at.clone().into(),
        it.closes_at.clone().into(),
        it.n_overdue.into(),
        it.closed_at.clone().into(),
        it.closing_reason.into(),
        now.into(),
        case.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}
