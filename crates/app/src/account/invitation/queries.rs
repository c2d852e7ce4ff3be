//! The SQL of links that were sent.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::one::inserted;
use crate::database::statement;

/// A link as it stands.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    pub purpose: String,
    pub account_id: Option<i64>,
    pub login: String,
    pub name: String,
    pub organization_id: Option<i64>,
    pub organization_name: Option<String>,
    pub role: Option<String>,
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
    pub mailboxes: Option<String>,
    pub expires_at: String,
}

const OPEN: &str = "select i.id, i.purpose, i.account_id, i.login, i.name, i.organization_id, o.name as organization_name,
        i.role, i.valid_from, i.valid_to, i.mailboxes, i.expires_at
    from invitation i left join organization o on o.id = i.organization_id
    where i.used_at is null and i.revoked_at is null";

pub(super) async fn open(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: &str,
) -> Result<Option<Row>, DbErr> {
    let sql = format!("{OPEN} and i.token_hash = $1 and i.expires_at > $2");
    Row::find_by_statement(statement(db, sql, [token_hash.into(), now.into()]))
        .one(db)
        .await
}

pub(super) async fn open_by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let sql = format!("{OPEN} and i.id = $1");
    Row::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn open_of(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Vec<Row>, DbErr> {
    let sql = format!("{OPEN} and i.purpose = 'invite' and i.organization_id = $1 order by i.id");
    Row::find_by_statement(statement(db, sql, [organization.into()]))
        .all(db)
        .await
}

/// A link that is sent.
pub(super) struct New<'a> {
    pub token_hash: &'a str,
    pub purpose: &'a str,
    pub account: Option<i64>,
    pub login: &'a str,
    pub name: &'a str,
    pub organization: Option<i64>,
    pub role: Option<&'a str>,
    pub valid_from: Option<&'a str>,
    pub valid_to: Option<&'a str>,
    pub created_at: &'a str,
    pub created_by: Option<i64>,
    pub expires_at: &'a str,
}

pub(super) async fn insert(tx: &impl ConnectionTrait, new: &New<'_>) -> Result<i64, DbErr> {
    let sql = "insert into invitation (token_hash, purpose, account_id, login, name, organization_id, role, valid_from,
            valid_to, created_at, created_by, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id";
    let values: [Value; 12] = [
        new.token_hash.into(),
        new.purpose.into(),
        new.account.into(),
        new.login.into(),
        new.name.into(),
        new.organization.into(),
        new.role.into(),
        new.valid_from.into(),
        new.valid_to.into(),
        new.created_at.into(),
        new.created_by.into(),
        new.expires_at.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn put_mailboxes(
    tx: &impl ConnectionTrait,
    id: i64,
    mailboxes: &str,
) -> Result<(), DbErr> {
    let sql = "update invitation set mailboxes = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [mailboxes.into(), id.into()]))
        .await?;
    Ok(())
}

/// Uses a link up; false where it was used, taken back or grew old meanwhile.
pub(super) async fn take(tx: &impl ConnectionTrait, id: i64, now: &str) -> Result<bool, DbErr> {
    let sql = "update invitation set used_at = $1
        where id = $2 and used_at is null and revoked_at is null and expires_at > $3";
    let values = [now.into(), id.into(), now.into()];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn revoke(tx: &impl ConnectionTrait, id: i64, now: &str) -> Result<bool, DbErr> {
    let sql = "update invitation set revoked_at = $1 where id = $2 and used_at is null and revoked_at is null";
    let done = tx
        .execute_raw(statement(tx, sql, [now.into(), id.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes back what was sent to an account before: the last link counts.
pub(super) async fn revoke_of_account(
    tx: &impl ConnectionTrait,
    account: i64,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "update invitation set revoked_at = $1
        where account_id = $2 and purpose <> 'invite' and used_at is null and revoked_at is null";
    tx.execute_raw(statement(tx, sql, [now.into(), account.into()]))
        .await?;
    Ok(())
}

/// Takes back the same invitation that was sent before.
pub(super) async fn revoke_same(
    tx: &impl ConnectionTrait,
    login: &str,
    organization: i64,
    role: &str,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "update invitation set revoked_at = $1
        where login = $2 and organization_id = $3 and role = $4 and purpose = 'invite'
            and used_at is null and revoked_at is null";
    let values = [now.into(), login.into(), organization.into(), role.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}
