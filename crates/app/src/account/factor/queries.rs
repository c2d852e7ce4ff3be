//! The SQL of passkeys and recovery codes.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::one::{counted, inserted};
use crate::database::{insert_rows, statement};

/// A passkey or security key of somebody.
#[derive(Clone, FromQueryResult)]
pub struct Key {
    /// Which.
    pub id: i64,
    /// As its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: String,
    /// When it last proved its owner.
    pub used_at: Option<String>,
    pub(super) credential_id: String,
    pub(super) credential: String,
}

pub(super) async fn keys(db: &impl ConnectionTrait, account: i64) -> Result<Vec<Key>, DbErr> {
    let sql = "select id, name, created_at, used_at, credential_id, credential from passkey
        where account_id = $1 order by id";
    Key::find_by_statement(statement(db, sql, [account.into()]))
        .all(db)
        .await
}

pub(super) async fn insert_key(
    tx: &impl ConnectionTrait,
    account: i64,
    key: (&str, &str),
    name: &str,
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into passkey (account_id, credential_id, credential, name, created_at)
        values ($1, $2, $3, $4, $5) returning id";
    let values: [Value; 5] = [
        account.into(),
        key.0.into(),
        key.1.into(),
        name.into(),
        now.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn put_used(
    tx: &impl ConnectionTrait,
    id: i64,
    credential: &str,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "update passkey set credential = $1, used_at = $2 where id = $3";
    tx.execute_raw(statement(
        tx,
        sql,
        [credential.into(), now.into(), id.into()],
    ))
    .await?;
    Ok(())
}

pub(super) async fn delete_key(
    tx: &impl ConnectionTrait,
    account: i64,
    id: i64,
) -> Result<bool, DbErr> {
    let sql = "delete from passkey where id = $1 and account_id = $2";
    let done = tx
        .execute_raw(statement(tx, sql, [id.into(), account.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn delete_all(tx: &impl ConnectionTrait, account: i64) -> Result<(), DbErr> {
    for sql in [
        "delete from passkey where account_id = $1",
        "delete from recovery_code where account_id = $1",
        "update account set totp_secret = null, totp_last_step = null where id = $1",
    ] {
        tx.execute_raw(statement(tx, sql, [account.into()])).await?;
    }
    Ok(())
}

pub(super) async fn put_codes(
    tx: &impl ConnectionTrait,
    account: i64,
    hashes: &[String],
) -> Result<(), DbErr> {
    let sql = "delete from recovery_code where account_id = $1";
    tx.execute_raw(statement(tx, sql, [account.into()])).await?;
    let head = "insert into recovery_code (account_id, code_hash) values";
    let values = hashes
        .iter()
        .flat_map(|hash| [account.into(), hash.as_str().into()]);
    insert_rows(tx, head, 2, values.collect(), "").await
}

/// Uses a code up; false where it is none of the account's, or was used.
pub(super) async fn use_code(
    tx: &impl ConnectionTrait,
    account: i64,
    hash: &str,
    now: &str,
) -> Result<bool, DbErr> {
    let sql = "update recovery_code set used_at = $1
        where account_id = $2 and code_hash = $3 and used_at is null";
    let values = [now.into(), account.into(), hash.into()];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn n_codes_left(db: &impl ConnectionTrait, account: i64) -> Result<u64, DbErr> {
    let sql = "select count(*) from recovery_code where account_id = $1 and used_at is null";
    counted(db, sql, [account.into()]).await
}
