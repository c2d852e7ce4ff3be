//! Rows of a table that gives its own numbers, many at once: for bulk writers, who need the numbers for what hangs on the rows.

use sea_orm::{ConnectionTrait, DbErr, Value};

use super::one::value;
use super::{insert_rows, statement};

/// Inserts the rows and answers their numbers, in their order. Whoever calls it is the only one who writes in `table`.
///
/// # Errors
/// The engine's; another who wrote in between.
pub async fn insert_numbered(
    tx: &impl ConnectionTrait,
    table: &str,
    columns: &[&str],
    values: Vec<Value>,
) -> Result<Vec<i64>, DbErr> {
    let n_rows = values.len() / columns.len();
    let sql = format!("select coalesce(max(id), 0) from {table}");
    let last: i64 = value(tx, &sql, []).await?.unwrap_or(0);
    let head = format!("insert into {table} ({}) values", columns.join(", "));
    insert_rows(tx, &head, columns.len(), values, "").await?;
    let sql = format!("select id from {table} where id > $1 order by id");
    let rows = tx.query_all_raw(statement(tx, &sql, [last.into()])).await?;
    let ids = rows.iter().map(|row| row.try_get_by_index(0));
    let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
    match ids.len() == n_rows {
        true => Ok(ids),
        false => Err(DbErr::Custom(format!(
            "somebody else wrote in {table} meanwhile"
        ))),
    }
}
