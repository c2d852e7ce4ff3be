//! The SQL of a batch: its head, its end, and what it no longer met.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::{insert_rows, statement, within};
use crate::directory::source::{Format, Said};
use crate::import::queries::IDS_AT_A_TIME;

/// The head of a batch, before its rows.
pub(super) struct NewBatch<'a> {
    pub id: i64,
    pub format: Format,
    pub file_name: &'a str,
    pub sha256: &'a str,
    pub imported_at: &'a str,
    pub imported_by: &'a str,
    pub job: Option<i64>,
}

pub(super) async fn insert_batch<C: ConnectionTrait>(
    tx: &C,
    batch: &NewBatch<'_>,
) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "insert into import_batch (id, format, scope, file_name, sha256, imported_at, imported_by, job_id, source_rows, report)
         values ($1, $2, '', $3, $4, $5, $6, $7, 0, '')",
        [
            batch.id.into(),
            batch.format.code().into(),
            batch.file_name.into(),
            batch.sha256.into(),
            batch.imported_at.into(),
            batch.imported_by.into(),
            batch.job.into(),
        ],
    ))
    .await?;
    Ok(())
}

/// What is known of a batch at its end.
pub(super) async fn finish_batch<C: ConnectionTrait>(
    tx: &C,
    id: i64,
    scopes: &BTreeMap<String, u64>,
    as_of: Option<&str>,
    rows: u64,
    report: &str,
) -> Result<(), DbErr> {
    let names: Vec<&str> = scopes.keys().map(String::as_str).collect();
    tx.execute_raw(statement(
        tx,
        "update import_batch set scope = $1, as_of = $2, source_rows = $3, report = $4 where id = $5",
        [
            names.join("\n").into(),
            as_of.into(),
            (rows as i64).into(),
            report.into(),
            id.into(),
        ],
    ))
    .await?;
    let mut values = Vec::new();
    for (scope, rows) in scopes {
        values.extend([id.into(), scope.as_str().into(), (*rows as i64).into()]);
    }
    insert_rows(
        tx,
        "insert into import_batch_scope (batch_id, scope, source_rows) values",
        3,
        values,
        "",
    )
    .await
}

#[derive(FromQueryResult)]
struct GoneRow {
    id: i64,
    content: String,
}

/// The lists of the last file that had any of these, which are not among them.
pub(super) async fn lists_left_out<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    scopes: &BTreeMap<String, u64>,
) -> Result<Vec<String>, DbErr> {
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select s.scope from import_batch_scope s where s.batch_id = (
            select max(l.batch_id) from import_batch_scope l join import_batch b on b.id = l.batch_id
            where l.scope in {} and l.batch_id <> {batch} and b.undone_at is null) order by s.scope",
        within(tx, scopes.len())
    );
    let of_scopes = scopes.keys().map(|scope| scope.as_str().into());
    let rows = tx.query_all_raw(statement(tx, sql, of_scopes)).await?;
    let before: Result<Vec<String>, DbErr> =
        rows.iter().map(|row| row.try_get_by_index(0)).collect();
    let mut left_out = before?;
    left_out.retain(|scope| !scopes.contains_key(scope));
    Ok(left_out)
}

/// Marks the records of `scope` that the batch did not meet; answers their names.
pub(super) async fn mark_gone<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    scope: &str,
) -> Result<Vec<String>, DbErr> {
    let rows = GoneRow::find_by_statement(statement(
        tx,
        "select id, content from source_record
         where scope = $1 and seen_batch_id <> $2 and gone_batch_id is null order by record_key",
        [scope.into(), batch.into()],
    ))
    .all(tx)
    .await?;
    for some in rows.chunks(IDS_AT_A_TIME) {
        let sql = format!(
            "update source_record set gone_batch_id = {batch} where id in {}",
            within(tx, some.len())
        );
        tx.execute_raw(statement(
            tx,
            sql,
            some.iter().map(|row| Value::from(row.id)),
        ))
        .await?;
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            serde_json::from_str::<Said>(&row.content)
                .map_or_else(|_| row.id.to_string(), |said| said.name)
        })
        .collect())
}
