//! The SQL of letters.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::Draft;
use crate::database::statement;

/// A letter on its way.
#[derive(Clone, FromQueryResult)]
pub struct Letter {
    /// Which.
    pub id: i64,
    /// Mail address.
    pub recipient: String,
    /// What it is about.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// How often it was tried.
    pub attempts: i64,
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    draft: Draft<'_>,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "insert into mail (recipient, subject, body, created_at, next_at) values ($1, $2, $3, $4, $5)";
    let values: [Value; 5] = [
        draft.recipient.into(),
        draft.subject.into(),
        draft.body.into(),
        now.into(),
        now.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

pub(super) async fn due(
    db: &impl ConnectionTrait,
    now: &str,
    tries: i64,
) -> Result<Vec<Letter>, DbErr> {
    let sql = "select id, recipient, subject, body, attempts from mail
        where sent_at is null and body is not null and next_at <= $1 and attempts < $2 order by id limit 100";
    Letter::find_by_statement(statement(db, sql, [now.into(), tries.into()]))
        .all(db)
        .await
}

pub(super) async fn take(
    tx: &impl ConnectionTrait,
    id: i64,
    attempts: i64,
    again: &str,
) -> Result<bool, DbErr> {
    let sql = "update mail set attempts = attempts + 1, next_at = $1
        where id = $2 and attempts = $3 and sent_at is null";
    let values = [again.into(), id.into(), attempts.into()];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn put_sent(tx: &impl ConnectionTrait, id: i64, now: &str) -> Result<(), DbErr> {
    let sql = "update mail set sent_at = $1, body = null, reason = null where id = $2";
    tx.execute_raw(statement(tx, sql, [now.into(), id.into()]))
        .await?;
    Ok(())
}

pub(super) async fn put_reason(
    tx: &impl ConnectionTrait,
    id: i64,
    reason: &str,
) -> Result<(), DbErr> {
    let sql = "update mail set reason = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [reason.into(), id.into()]))
        .await?;
    Ok(())
}
