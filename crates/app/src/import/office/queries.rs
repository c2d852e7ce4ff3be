//! The SQL of what offices say of themselves.

use sea_orm::{ConnectionTrait, DbErr};

use crate::database::statement;

pub(super) async fn insert_batch(
    tx: &impl ConnectionTrait,
    id: i64,
    (teller, title, by): (&str, &str, &str),
    n_services: usize,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "insert into import_batch (id, format, scope, file_name, sha256, imported_at, imported_by, source_rows, report)
        values ($1, $2, $3, $4, '', $5, $6, $7, '{}')";
    let values = [
        id.into(),
        teller.into(),
        teller.into(),
        title.into(),
        now.into(),
        by.into(),
        (n_services as i64).into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

pub(super) async fn site_of(tx: &impl ConnectionTrait, service: i64) -> Result<i64, DbErr> {
    let sql = "select site_id from service where id = $1";
    let row = tx
        .query_one_raw(statement(tx, sql, [service.into()]))
        .await?;
    row.map_or_else(
        || Err(DbErr::RecordNotFound(format!("service {service}"))),
        |row| row.try_get_by_index(0),
    )
}

/// Somebody stood for the record on that day.
pub(super) async fn put_assured(
    tx: &impl ConnectionTrait,
    service: i64,
    (day, by): (&str, &str),
) -> Result<(), DbErr> {
    let sql = "update service set last_assured_on = $1, last_assured_by = $2 where id = $3";
    tx.execute_raw(statement(tx, sql, [day.into(), by.into(), service.into()]))
        .await?;
    Ok(())
}
