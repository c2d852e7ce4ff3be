//! The SQL that says which lists were loaded.

use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::{Edition, Scope};
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

/// Scopes of every list that was imported and not taken back, with the batch that brought it.
pub(super) async fn scopes(db: &impl ConnectionTrait) -> Result<Vec<Scope>, DbErr> {
    let sql = "select s.batch_id, s.scope from import_batch_scope s join import_batch b on b.id = s.batch_id
               where b.undone_at is null order by s.batch_id, s.scope";
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    let scope = |row: &QueryResult| {
        Ok(Scope {
            batch: row.try_get_by_index(0)?,
            name: row.try_get_by_index(1)?,
        })
    };
    rows.iter().map(scope).collect()
}

/// Code and name of every ward of a designated city, in the order of codes.
pub(super) async fn wards(db: &impl ConnectionTrait) -> Result<Vec<(String, String)>, DbErr> {
    let sql = "select code, name from area
               where kind = 'municipality' and area_set = 'municipality' and name like '%市%区' order by code";
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}
