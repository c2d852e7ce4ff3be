//! The SQL that says which lists were loaded.

use sea_orm::{ConnectionTrait, DbErr};

use super::Edition;
use crate::database::statement;

/// The newest batch, and how many were taken back.
pub(super) async fn edition(db: &impl ConnectionTrait) -> Result<Edition, DbErr> {
    let sql = "select max(id), count(undone_at) from import_batch";
    let row = db.query_one_raw(statement(db, sql, [])).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("an aggregate has one row".to_owned()))?;
    Ok(Edition {
        newest_batch: row.try_get_by_index(0)?,
        n_undone: row.try_get_by_index(1)?,
    })
}

/// Scopes of every list that was imported and not taken back.
pub(super) async fn scopes(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let sql =
        "select distinct s.scope from import_batch_scope s join import_batch b on b.id = s.batch_id
               where b.undone_at is null order by s.scope";
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Prefecture and category of what was written without a public list: a sample, a survey, by hand.
pub(super) async fn categories_outside_lists(
    db: &impl ConnectionTrait,
) -> Result<Vec<(String, String)>, DbErr> {
    let sql = "select distinct substr(t.municipality_code, 1, 2), s.category
               from import_batch b
               join service s on s.created_batch_id = b.id
               join site t on t.id = s.site_id
               where b.undone_at is null and b.format in ('sample', 'survey') and t.municipality_code is not null
               order by 1, 2";
    pairs(db, sql).await
}

/// Prefecture and capability of the same.
pub(super) async fn capabilities_outside_lists(
    db: &impl ConnectionTrait,
) -> Result<Vec<(String, String)>, DbErr> {
    let sql = "select distinct substr(t.municipality_code, 1, 2), c.capability
               from import_batch b
               join service s on s.created_batch_id = b.id
               join service_capability c on c.service_id = s.id
               join site t on t.id = s.site_id
               where b.undone_at is null and b.format in ('sample', 'survey') and t.municipality_code is not null
               order by 1, 2";
    pairs(db, sql).await
}

async fn pairs(db: &impl ConnectionTrait, sql: &str) -> Result<Vec<(String, String)>, DbErr> {
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}
