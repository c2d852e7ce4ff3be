//! The SQL behind the loaded lists.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::LoadedList;
use crate::database::statement;

#[derive(Debug, FromQueryResult)]
struct Row {
    format: String,
    as_of: Option<String>,
    imported_at: String,
}

pub(super) async fn lists(db: &impl ConnectionTrait) -> Result<Vec<LoadedList>, DbErr> {
    let sql = "select format, max(as_of) as as_of, max(imported_at) as imported_at
               from import_batch where undone_at is null group by format order by format";
    let rows = Row::find_by_statement(statement(db, sql, []))
        .all(db)
        .await?;
    let list = |row: Row| LoadedList {
        format: row.format,
        as_of: row.as_of,
        imported_at: row.imported_at,
    };
    Ok(rows.into_iter().map(list).collect())
}
