//! The SQL of consent.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::NewConsent;
use crate::database::one::inserted;
use crate::database::statement;

/// Consent as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Of whose record.
    pub patient_id: i64,
    /// `user` or `family`.
    pub given_by: String,
    /// Who signed.
    pub giver: Option<String>,
    /// Code of the scope.
    pub scope: String,
    /// What for.
    pub purpose: String,
    /// `consent`, `notice` or `law`.
    pub basis: String,
    /// First day.
    pub valid_from: String,
    /// Last day.
    pub valid_to: Option<String>,
    /// From this day on it no longer holds.
    pub withdrawn_on: Option<String>,
    /// The signed paper.
    pub attachment_id: Option<i64>,
    /// Who wrote it down.
    pub account_name: Option<String>,
    /// For which organization.
    pub organization_name: Option<String>,
    /// When.
    pub created_at: String,
}

const ROW: &str = "select c.id, c.patient_id, c.given_by, c.giver, c.scope, c.purpose, c.basis, c.valid_from, c.valid_to,
        c.withdrawn_on, c.attachment_id, a.name as account_name, o.name as organization_name, c.created_at
    from consent c left join account a on a.id = c.account_id left join organization o on o.id = c.organization_id";

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let sql = format!("{ROW} where c.id = $1");
    Row::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn of_patient(db: &impl ConnectionTrait, patient: i64) -> Result<Vec<Row>, DbErr> {
    let sql = format!("{ROW} where c.patient_id = $1 order by c.valid_from desc, c.id desc");
    Row::find_by_statement(statement(db, sql, [patient.into()]))
        .all(db)
        .await
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    new: &NewConsent,
    (giver, purpose, scan): (Option<String>, &str, Option<i64>),
    (account, organization): (Option<i64>, Option<i64>),
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into consent (patient_id, given_by, giver, scope, purpose, basis, valid_from, valid_to,
            attachment_id, account_id, organization_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id";
    let values: [Value; 12] = [
        new.patient.get().into(),
        new.given_by.code().into(),
        giver.into(),
        new.scope.as_str().into(),
        purpose.into(),
        new.basis.code().into(),
        new.valid_from.to_string().into(),
        new.valid_to.map(|day| day.to_string()).into(),
        scan.into(),
        account.into(),
        organization.into(),
        now.into(),
    ];
    inserted(tx, sql, values).await
}

/// False where it was withdrawn before.
pub(super) async fn withdraw(tx: &impl ConnectionTrait, id: i64, day: &str) -> Result<bool, DbErr> {
    let sql = "update consent set withdrawn_on = $1 where id = $2 and withdrawn_on is null";
    let done = tx
        .execute_raw(statement(tx, sql, [day.into(), id.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn bases_on(
    db: &impl ConnectionTrait,
    (patient, given_by, scope): (i64, &str, &str),
    day: &str,
) -> Result<Vec<String>, DbErr> {
    let sql = "select distinct basis from consent
        where patient_id = $1 and given_by = $2 and scope = $3 and valid_from <= $4
            and (valid_to is null or valid_to >= $5) and (withdrawn_on is null or withdrawn_on > $6)";
    let values: [Value; 6] = [
        patient.into(),
        given_by.into(),
        scope.into(),
        day.into(),
        day.into(),
        day.into(),
    ];
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
