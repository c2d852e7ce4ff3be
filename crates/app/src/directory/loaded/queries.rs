//! The SQL behind the loaded lists.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::LoadedList;
use crate::database::{statement, within};

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

pub(super) async fn formats_of(
    db: &impl ConnectionTrait,
    category: &str,
    municipalities: &[String],
) -> Result<Vec<String>, DbErr> {
    if municipalities.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select distinct b.format, s.category from site t
         join service s on s.site_id = t.id
         join source_record r on r.service_id = s.id
         join import_batch b on b.id = r.seen_batch_id
         where t.municipality_code in {} order by b.format",
        within(db, municipalities.len())
    );
    let codes = municipalities.iter().map(|code| code.as_str().into());
    let rows = db.query_all_raw(statement(db, sql, codes)).await?;
    let mut formats = Vec::new();
    for row in rows {
        let (format, of): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        if of == category {
            formats.push(format);
        }
    }
    Ok(formats)
}
