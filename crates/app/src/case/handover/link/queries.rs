//! The SQL of links.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::database::one::inserted;
use crate::database::statement;

/// A link as it is kept.
#[derive(Debug, FromQueryResult)]
pub(super) struct Link {
    pub id: i64,
    pub handover_id: i64,
    pub code_hash: String,
    pub expires_at: String,
    pub failures: i64,
    pub used_at: Option<String>,
}

pub(super) async fn link(
    db: &impl ConnectionTrait,
    token_hash: &str,
) -> Result<Option<Link>, DbErr> {
    let sql = "select id, handover_id, code_hash, expires_at, failures, used_at from handover_link where token_hash = $1";
    Link::find_by_statement(statement(db, sql, [token_hash.into()]))
        .one(db)
        .await
}

/// Links of a handover that were not used are good no longer; then a new one.
pub(super) async fn insert_link(
    tx: &DatabaseTransaction,
    handover: i64,
    (token_hash, code_hash): (&str, &str),
    (account, expires_at, now): (Option<i64>, &str, &str),
) -> Result<i64, DbErr> {
    let sql = "update handover_link set expires_at = $1 where handover_id = $2 and used_at is null and expires_at > $3";
    let values = [now.into(), handover.into(), now.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    let sql = "insert into handover_link (handover_id, token_hash, code_hash, made_by, made_at, expires_at)
        values ($1, $2, $3, $4, $5, $6) returning id";
    let values: [Value; 6] = [
        handover.into(),
        token_hash.into(),
        code_hash.into(),
        account.into(),
        now.into(),
        expires_at.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn put_failure(tx: &DatabaseTransaction, link: i64) -> Result<(), DbErr> {
    let sql = "update handover_link set failures = failures + 1 where id = $1";
    tx.execute_raw(statement(tx, sql, [link.into()])).await?;
    Ok(())
}

pub(super) async fn put_used(tx: &DatabaseTransaction, link: i64, now: &str) -> Result<(), DbErr> {
    let sql = "update handover_link set used_at = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [now.into(), link.into()]))
        .await?;
    Ok(())
}

/// When the last link of a handover was made, until when it is good, and when it was opened.
pub(in crate::case::handover) async fn last_link(
    db: &impl ConnectionTrait,
    handover: i64,
) -> Result<Option<(String, String, Option<String>)>, DbErr> {
    let sql = "select made_at, expires_at, used_at from handover_link where handover_id = $1 order by id desc limit 1";
    let row = db
        .query_one_raw(statement(db, sql, [handover.into()]))
        .await?;
    row.map(|row| {
        Ok((
            row.try_get_by_index(0)?,
            row.try_get_by_index(1)?,
            row.try_get_by_index(2)?,
        ))
    })
    .transpose()
}
