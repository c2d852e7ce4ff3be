//! The SQL of sessions.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::one::{inserted, value};
use crate::database::statement;

/// A session with whose it is.
#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    pub account_id: i64,
    pub login: String,
    pub name: String,
    pub membership_id: Option<i64>,
    pub provider_id: Option<i64>,
    pub stage: String,
    pub created_at: String,
    pub seen_at: String,
    pub confirmed_at: String,
    pub origin: String,
    pub agent: Option<String>,
}

const ROW: &str =
    "select s.id, s.account_id, a.login, a.name, s.membership_id, s.provider_id, s.stage, s.created_at,
        s.seen_at, s.confirmed_at, s.origin, s.agent
    from session s join account a on a.id = s.account_id
    where s.ended_at is null and a.status = 'active'";

pub(super) async fn by_token(
    db: &impl ConnectionTrait,
    token_hash: &str,
) -> Result<Option<Row>, DbErr> {
    let sql = format!("{ROW} and s.token_hash = $1");
    Row::find_by_statement(statement(db, sql, [token_hash.into()]))
        .one(db)
        .await
}

pub(super) async fn of_account(db: &impl ConnectionTrait, account: i64) -> Result<Vec<Row>, DbErr> {
    let sql = format!(
        "{ROW} and s.stage = 'full' and s.account_id = $1 order by s.seen_at desc, s.id desc"
    );
    Row::find_by_statement(statement(db, sql, [account.into()]))
        .all(db)
        .await
}

/// A session that begins.
pub(super) struct New<'a> {
    pub token_hash: &'a str,
    pub account: i64,
    pub membership: Option<i64>,
    pub provider: Option<i64>,
    pub stage: &'a str,
    pub begun_at: &'a str,
    pub now: &'a str,
    pub origin: &'a str,
    pub agent: Option<&'a str>,
}

pub(super) async fn insert(tx: &impl ConnectionTrait, new: &New<'_>) -> Result<i64, DbErr> {
    let sql = "insert into session (token_hash, account_id, membership_id, provider_id, stage, created_at, seen_at, confirmed_at,
            origin, agent)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id";
    let values: [Value; 10] = [
        new.token_hash.into(),
        new.account.into(),
        new.membership.into(),
        new.provider.into(),
        new.stage.into(),
        new.begun_at.into(),
        new.now.into(),
        new.now.into(),
        new.origin.into(),
        new.agent.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn touch(db: &impl ConnectionTrait, id: i64, now: &str) -> Result<(), DbErr> {
    let sql = "update session set seen_at = $1 where id = $2";
    db.execute_raw(statement(db, sql, [now.into(), id.into()]))
        .await?;
    Ok(())
}

/// Ends one; false where it had ended.
pub(super) async fn end(tx: &impl ConnectionTrait, id: i64, now: &str) -> Result<bool, DbErr> {
    let sql =
        "update session set ended_at = $1, challenge = null, new_totp_secret = null, filters = null
        where id = $2 and ended_at is null";
    let done = tx
        .execute_raw(statement(tx, sql, [now.into(), id.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends those of an account that began by a provider, but one.
pub(super) async fn end_of_provider(
    tx: &impl ConnectionTrait,
    (account, provider): (i64, i64),
    but: i64,
    now: &str,
) -> Result<(), DbErr> {
    let sql =
        "update session set ended_at = $1, challenge = null, new_totp_secret = null, filters = null
        where account_id = $2 and provider_id = $3 and id <> $4 and ended_at is null";
    let values = [now.into(), account.into(), provider.into(), but.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// Ends all of an account but one.
pub(super) async fn end_others(
    tx: &impl ConnectionTrait,
    account: i64,
    but: i64,
    now: &str,
) -> Result<u64, DbErr> {
    let sql =
        "update session set ended_at = $1, challenge = null, new_totp_secret = null, filters = null
        where account_id = $2 and id <> $3 and ended_at is null";
    let values = [now.into(), account.into(), but.into()];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected())
}

pub(super) async fn put_membership(
    tx: &impl ConnectionTrait,
    id: i64,
    membership: i64,
) -> Result<(), DbErr> {
    let sql = "update session set membership_id = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [membership.into(), id.into()]))
        .await?;
    Ok(())
}

/// Takes down by which provider a session began.
pub(super) async fn put_provider(
    tx: &impl ConnectionTrait,
    token_hash: &str,
    provider: i64,
) -> Result<(), DbErr> {
    let sql = "update session set provider_id = $1 where token_hash = $2";
    tx.execute_raw(statement(tx, sql, [provider.into(), token_hash.into()]))
        .await?;
    Ok(())
}

/// What the account's last session was used for.
pub(super) async fn last_membership(
    db: &impl ConnectionTrait,
    account: i64,
) -> Result<Option<i64>, DbErr> {
    let sql = "select membership_id from session
        where account_id = $1 and membership_id is not null order by id desc limit 1";
    Ok(value(db, sql, [account.into()]).await?.flatten())
}

/// What a browser was asked, while it is asked.
#[derive(Debug, FromQueryResult)]
pub struct Asked {
    /// Of a passkey.
    pub challenge: Option<String>,
    /// Of an authenticator app that is being set up.
    pub new_totp_secret: Option<String>,
}

pub(super) async fn asked(db: &impl ConnectionTrait, id: i64) -> Result<Option<Asked>, DbErr> {
    let sql = "select challenge, new_totp_secret from session where id = $1";
    Asked::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn put_challenge(
    tx: &impl ConnectionTrait,
    id: i64,
    challenge: Option<&str>,
) -> Result<(), DbErr> {
    let sql = "update session set challenge = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [challenge.into(), id.into()]))
        .await?;
    Ok(())
}

pub(super) async fn put_new_totp_secret(
    tx: &impl ConnectionTrait,
    id: i64,
    secret: Option<&str>,
) -> Result<(), DbErr> {
    let sql = "update session set new_totp_secret = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [secret.into(), id.into()]))
        .await?;
    Ok(())
}

pub(super) async fn filters(db: &impl ConnectionTrait, id: i64) -> Result<Option<String>, DbErr> {
    let sql = "select filters from session where id = $1 and filters is not null";
    value(db, sql, [id.into()]).await
}

pub(super) async fn put_filters(
    tx: &impl ConnectionTrait,
    id: i64,
    filters: &str,
) -> Result<(), DbErr> {
    let sql = "update session set filters = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [filters.into(), id.into()]))
        .await?;
    Ok(())
}
