//! The SQL of organizations without sites.

use sea_orm::{ConnectionTrait, DbErr};

use crate::database::one::value;
use crate::database::statement;

pub(super) async fn by_name(
    db: &impl ConnectionTrait,
    name_key: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "select id from organization where name_key = $1 order by id limit 1";
    value(db, sql, [name_key.into()]).await
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    id: i64,
    name: &str,
    name_key: &str,
) -> Result<(), DbErr> {
    let sql = "insert into organization (id, name, name_key) values ($1, $2, $3)";
    let values = [id.into(), name.into(), name_key.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}
