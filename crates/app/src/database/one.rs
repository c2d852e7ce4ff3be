//! Statements that answer one value.

use sea_orm::{ConnectionTrait, DbErr, TryGetable, Value};

use super::statement;

/// The number that an `insert … returning id` answers.
pub async fn inserted(
    tx: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<i64, DbErr> {
    let id = value(tx, sql, values).await?;
    id.ok_or(DbErr::RecordNotInserted)
}

/// What a `select count(*)` answers.
pub async fn counted(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let n: Option<i64> = value(db, sql, values).await?;
    Ok(n.unwrap_or_default().unsigned_abs())
}

/// The first column of the first row; none where there is no row.
pub async fn value<T: TryGetable>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<T>, DbErr> {
    let row = db.query_one_raw(statement(db, sql, values)).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}
