//! The SQL of records opened in an emergency.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::super::queries::IS_CLOSED;
use super::Page;
use crate::database::one::{counted, inserted};
use crate::database::statement;

/// An opening.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Of which record.
    pub patient_id: i64,
    /// Who opened it.
    pub account_id: i64,
    /// Their name.
    pub account_name: String,
    /// For which organization.
    pub organization_id: i64,
    /// Its name.
    pub organization_name: String,
    /// Why.
    pub reason: String,
    /// From when on.
    pub begun_at: String,
    /// Until when.
    pub ends_at: String,
    /// When somebody looked at it.
    pub reviewed_at: Option<String>,
    /// Who.
    pub reviewer_name: Option<String>,
    /// What they found.
    pub outcome: Option<String>,
}

const ROW: &str = "select e.id, e.patient_id, e.account_id, a.name as account_name, e.organization_id,
        o.name as organization_name, e.reason, e.begun_at, e.ends_at, e.reviewed_at, r.name as reviewer_name, e.outcome
    from emergency_access e join account a on a.id = e.account_id join organization o on o.id = e.organization_id
    left join account r on r.id = e.reviewed_by";

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let sql = format!("{ROW} where e.id = $1");
    Row::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

/// Those of a condition over `e`, what waits for a review before the rest, the oldest of it first.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    within: &str,
    page: Page,
) -> Result<(u64, Vec<Row>), DbErr> {
    let sql = format!("select count(*) from emergency_access e where {within}");
    let n = counted(db, &sql, []).await?;
    let sql = format!(
        "{ROW} where {within} order by case when e.reviewed_at is null then 0 else 1 end, e.begun_at, e.id
         limit {} offset {}",
        page.most, page.first
    );
    let rows = Row::find_by_statement(statement(db, sql, []))
        .all(db)
        .await?;
    Ok((n, rows))
}

pub(super) async fn is_closed(db: &impl ConnectionTrait, patient: i64) -> Result<bool, DbErr> {
    let sql = format!("select count(*) from patient p where p.id = $1 and {IS_CLOSED}");
    Ok(counted(db, &sql, [patient.into()]).await? > 0)
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    (patient, reason): (i64, &str),
    (account, organization): (i64, i64),
    (from, to): (&str, &str),
) -> Result<i64, DbErr> {
    let sql = "insert into emergency_access (patient_id, account_id, organization_id, reason, begun_at, ends_at)
        values ($1, $2, $3, $4, $5, $6) returning id";
    let values: [Value; 6] = [
        patient.into(),
        account.into(),
        organization.into(),
        reason.into(),
        from.into(),
        to.into(),
    ];
    inserted(tx, sql, values).await
}

/// False where another came first.
pub(super) async fn put_review(
    tx: &impl ConnectionTrait,
    id: i64,
    (account, outcome): (Option<i64>, &str),
    now: &str,
) -> Result<bool, DbErr> {
    let sql = "update emergency_access set reviewed_by = $1, reviewed_at = $2, outcome = $3
        where id = $4 and reviewed_at is null";
    let values = [account.into(), now.into(), outcome.into(), id.into()];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}
