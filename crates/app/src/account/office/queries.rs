//! The SQL of organizations that no list names.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

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

/// Where a service is, and who runs it as far as that is known.
#[derive(Debug, FromQueryResult)]
pub(super) struct Site {
    pub id: i64,
    pub name: String,
    pub organization_id: Option<i64>,
}

pub(super) async fn site_of(
    db: &impl ConnectionTrait,
    service: i64,
) -> Result<Option<Site>, DbErr> {
    let sql = "select t.id, t.name, t.organization_id from site t join service s on s.site_id = t.id where s.id = $1";
    Site::find_by_statement(statement(db, sql, [service.into()]))
        .one(db)
        .await
}

pub(super) async fn put_organization(
    tx: &impl ConnectionTrait,
    site: i64,
    organization: i64,
) -> Result<(), DbErr> {
    let sql = "update site set organization_id = $1 where id = $2";
    let values = [organization.into(), site.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}
