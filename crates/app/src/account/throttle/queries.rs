//! The SQL of failed attempts.

use sea_orm::{ConnectionTrait, DbErr};

use crate::database::one::counted;
use crate::database::statement;

async fn count(db: &impl ConnectionTrait, sql: &str, of: &str, since: &str) -> Result<u64, DbErr> {
    counted(db, sql, [of.into(), since.into()]).await
}

pub(super) async fn count_of(
    db: &impl ConnectionTrait,
    who: &str,
    since: &str,
) -> Result<u64, DbErr> {
    let sql = "select count(*) from sign_in_failure where who_hash = $1 and at > $2";
    count(db, sql, who, since).await
}

pub(super) async fn count_from(
    db: &impl ConnectionTrait,
    origin: &str,
    since: &str,
) -> Result<u64, DbErr> {
    let sql = "select count(*) from sign_in_failure where origin = $1 and at > $2";
    count(db, sql, origin, since).await
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    who: &str,
    origin: &str,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "insert into sign_in_failure (at, who_hash, origin) values ($1, $2, $3)";
    tx.execute_raw(statement(tx, sql, [now.into(), who.into(), origin.into()]))
        .await?;
    Ok(())
}

pub(super) async fn delete_of(tx: &impl ConnectionTrait, who: &str) -> Result<(), DbErr> {
    let sql = "delete from sign_in_failure where who_hash = $1";
    tx.execute_raw(statement(tx, sql, [who.into()])).await?;
    Ok(())
}

pub(super) async fn delete_before(tx: &impl ConnectionTrait, since: &str) -> Result<(), DbErr> {
    let sql = "delete from sign_in_failure where at <= $1";
    tx.execute_raw(statement(tx, sql, [since.into()])).await?;
    Ok(())
}
