//! The SQL of merging records and of undoing it.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::one::{counted, inserted};
use crate::database::{statement, within};

/// What hangs on a patient.
pub(in crate::patient) const TABLES: [&str; 8] = [
    "patient_name",
    "patient_identifier",
    "care_level",
    "consent",
    "care_case",
    "care_team",
    "emergency_access",
    "form_record",
];

/// Two records made one.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// The record that goes on.
    pub kept_id: i64,
    /// The one that leads there.
    pub gone_id: i64,
    /// Why.
    pub reason: String,
    pub(in crate::patient) moved: String,
    /// Who did it.
    pub account_name: Option<String>,
    /// When.
    pub created_at: String,
}

const ROW: &str =
    "select m.id, m.kept_id, m.gone_id, m.reason, m.moved, a.name as account_name, m.created_at
    from patient_merge m left join account a on a.id = m.account_id where m.undone_at is null";

pub(in crate::patient) async fn by_id(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<Row>, DbErr> {
    let sql = format!("{ROW} and m.id = $1");
    Row::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

/// What was merged into a record and not undone, the newest first.
pub(in crate::patient) async fn into(
    db: &impl ConnectionTrait,
    kept: i64,
) -> Result<Vec<Row>, DbErr> {
    let sql = format!("{ROW} and m.kept_id = $1 order by m.id desc");
    Row::find_by_statement(statement(db, sql, [kept.into()]))
        .all(db)
        .await
}

async fn ids(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<i64>, DbErr> {
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    let ids: Result<Vec<i64>, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
    let mut ids = ids?;
    ids.sort_unstable();
    Ok(ids)
}

/// Names of the register become other ways to write it; answers which.
pub(super) async fn put_off_register(
    tx: &impl ConnectionTrait,
    patient: i64,
) -> Result<Vec<i64>, DbErr> {
    let sql = "update patient_name set use = 'variant' where patient_id = $1 and use = 'official' returning id";
    ids(tx, sql, [patient.into()]).await
}

pub(in crate::patient) async fn put_on_register(
    tx: &impl ConnectionTrait,
    names: &[i64],
) -> Result<(), DbErr> {
    for name in names {
        let sql = "update patient_name set use = 'official' where id = $1";
        tx.execute_raw(statement(tx, sql, [(*name).into()])).await?;
    }
    Ok(())
}

/// Moves all rows of a table from one record to another; answers which.
pub(super) async fn move_all(
    tx: &impl ConnectionTrait,
    table: &str,
    (from, to): (i64, i64),
) -> Result<Vec<i64>, DbErr> {
    let sql = format!("update {table} set patient_id = $1 where patient_id = $2 returning id");
    ids(tx, &sql, [to.into(), from.into()]).await
}

pub(in crate::patient) async fn move_some(
    tx: &impl ConnectionTrait,
    table: &str,
    rows: &[i64],
    to: i64,
) -> Result<(), DbErr> {
    for row in rows {
        let sql = format!("update {table} set patient_id = $1 where id = $2");
        tx.execute_raw(statement(tx, sql, [to.into(), (*row).into()]))
            .await?;
    }
    Ok(())
}

/// How many of these rows hang on a record.
pub(in crate::patient) async fn n_of(
    db: &impl ConnectionTrait,
    table: &str,
    rows: &[i64],
    patient: i64,
) -> Result<u64, DbErr> {
    if rows.is_empty() {
        return Ok(0);
    }
    let places = within(db, rows.len());
    // Both come from the database; a number among places would number them all.
    let sql =
        format!("select count(*) from {table} where id in {places} and patient_id = {patient}");
    counted(db, &sql, rows.iter().map(|id| (*id).into())).await
}

pub(in crate::patient) async fn put_merged_into(
    tx: &impl ConnectionTrait,
    gone: i64,
    kept: Option<i64>,
) -> Result<(), DbErr> {
    let sql = "update patient set merged_into = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [kept.into(), gone.into()]))
        .await?;
    Ok(())
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    (kept, gone): (i64, i64),
    (reason, moved): (&str, &str),
    (account, organization): (Option<i64>, Option<i64>),
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into patient_merge (kept_id, gone_id, reason, moved, account_id, organization_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7) returning id";
    let values: [Value; 7] = [
        kept.into(),
        gone.into(),
        reason.into(),
        moved.into(),
        account.into(),
        organization.into(),
        now.into(),
    ];
    inserted(tx, sql, values).await
}

/// False where another undid it first.
pub(in crate::patient) async fn put_undone(
    tx: &impl ConnectionTrait,
    id: i64,
    account: Option<i64>,
    now: &str,
) -> Result<bool, DbErr> {
    let sql = "update patient_merge set undone_by = $1, undone_at = $2 where id = $3 and undone_at is null";
    let values = [account.into(), now.into(), id.into()];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}
