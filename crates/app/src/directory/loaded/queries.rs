//! The SQL behind the loaded lists.

use std::collections::BTreeMap;

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

#[derive(Debug, FromQueryResult)]
struct CountRow {
    municipality_code: String,
    n: i64,
}

pub(super) async fn services_by_municipality(
    db: &impl ConnectionTrait,
) -> Result<BTreeMap<String, u64>, DbErr> {
    let sql =
        "select t.municipality_code, count(*) as n from service s join site t on t.id = s.site_id
               where s.status <> 'closed' and t.municipality_code is not null
               group by t.municipality_code order by t.municipality_code";
    let rows = CountRow::find_by_statement(statement(db, sql, []))
        .all(db)
        .await?;
    let count = |row: CountRow| (row.municipality_code, row.n.unsigned_abs());
    Ok(rows.into_iter().map(count).collect())
}
