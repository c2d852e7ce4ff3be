//! The SQL of what offices say of themselves.

use sea_orm::{ConnectionTrait, DbErr};

use crate::database::statement;
use crate::import::fold::OFFICE;

pub(super) async fn insert_batch(
    tx: &impl ConnectionTrait,
    id: i64,
    title: &str,
    by: &str,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "insert into import_batch (id, format, scope, file_name, sha256, imported_at, imported_by, source_rows, report)
        values ($1, $2, $3, $4, '', $5, $6, 1, '{}')";
    let values = [
        id.into(),
        OFFICE.into(),
        OFFICE.into(),
        title.into(),
        now.into(),
        by.into(),
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

/// The office stood for its record on that day.
pub(super) async fn put_assured(
    tx: &impl ConnectionTrait,
    service: i64,
    day: &str,
) -> Result<(), DbErr> {
    let sql =
        "update service set last_assured_on = $1, last_assured_by = '事業所の申し出' where id = $2";
    tx.execute_raw(statement(tx, sql, [day.into(), service.into()]))
        .await?;
    Ok(())
}
