//! Runs statements of definitions (read only, one at a time, within a limit of time), and reads what is loaded.

use std::future::Future;

use chrono::{DateTime, NaiveDate, Utc};

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult,
    TransactionTrait,
};

use super::TIMEOUT;
use super::installation::Loaded;
use crate::database::{is_sqlite, statement};

/// Has the engine read a statement without running it.
pub(super) async fn explain(db: &DatabaseConnection, sql: &str) -> Result<(), DbErr> {
    db.query_all_raw(statement(db, format!("explain {sql}"), []))
        .await
        .map(drop)
}

/// The number that a counting statement returns; `None` where it takes too long.
pub(super) async fn count(db: &DatabaseConnection, sql: &str) -> Result<Option<u64>, DbErr> {
    let tx = begin_read(db).await?;
    let row = within_limit(tx.query_one_raw(statement(&tx, sql, []))).await?;
    let Some(row) = row else { return Ok(None) };
    tx.commit().await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("a count returns one row".to_owned()))?;
    let count: i64 = row.try_get_by_index(0)?;
    Ok(Some(u64::try_from(count).unwrap_or(0)))
}

/// The first `n_rows` rows of a listing statement as texts; `None` where it takes too long.
pub(super) async fn rows(
    db: &DatabaseConnection,
    sql: &str,
    n_columns: usize,
    n_rows: u64,
) -> Result<Option<Vec<Vec<Option<String>>>>, DbErr> {
    let tx = begin_read(db).await?;
    let limited = statement(&tx, format!("{sql}\nlimit {n_rows}"), []);
    let Some(found) = within_limit(tx.query_all_raw(limited)).await? else {
        return Ok(None);
    };
    tx.commit().await?;
    let texts = |row: &QueryResult| (0..n_columns).map(|column| text(row, column)).collect();
    found.iter().map(texts).collect::<Result<_, _>>().map(Some)
}

/// A transaction that reads. PostgreSQL is told so and ends what takes too long itself; SQLite has no such
/// transaction: there the wall of `definition::check::sql` and the dropped future have to do.
async fn begin_read(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    if is_sqlite(db) {
        return db.begin().await;
    }
    let tx = db
        .begin_with_config(None, Some(AccessMode::ReadOnly))
        .await?;
    let limit = format!("set local statement_timeout = {}", TIMEOUT.as_millis());
    tx.execute_unprepared(&limit).await?;
    Ok(tx)
}

async fn within_limit<T>(
    query: impl Future<Output = Result<T, DbErr>>,
) -> Result<Option<T>, DbErr> {
    match tokio::time::timeout(TIMEOUT, query).await {
        Ok(Err(error)) if error.to_string().contains("statement timeout") => Ok(None),
        Ok(result) => result.map(Some),
        Err(_) => Ok(None),
    }
}

/// A cell of any type as text; what is unknown stays `None`.
fn text(row: &QueryResult, column: usize) -> Result<Option<String>, DbErr> {
    if let Ok(text) = row.try_get_by_index::<Option<String>>(column) {
        return Ok(text);
    }
    if let Ok(number) = row.try_get_by_index::<Option<i64>>(column) {
        return Ok(number.map(|number| number.to_string()));
    }
    if let Ok(number) = row.try_get_by_index::<Option<f64>>(column) {
        return Ok(number.map(|number| number.to_string()));
    }
    row.try_get_by_index::<Option<bool>>(column)
        .map(|is| is.map(|is| is.to_string()))
}

/// The code of the area of `/`.
pub(super) async fn home_code(db: &DatabaseConnection) -> Result<Option<String>, DbErr> {
    let sql = "select value from setting where name = 'home_area'";
    let row = db.query_one_raw(statement(db, sql, [])).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

/// The name of a loaded area.
pub(super) async fn area_name(
    db: &DatabaseConnection,
    code: &str,
) -> Result<Option<String>, DbErr> {
    let sql = "select name from area where code = $1 order by area_set limit 1";
    let row = db.query_one_raw(statement(db, sql, [code.into()])).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

/// How many sites and services there are.
pub(super) async fn sizes(db: &DatabaseConnection) -> Result<(u64, u64), DbErr> {
    let sql = "select (select count(*) from site), (select count(*) from service)";
    let row = db.query_one_raw(statement(db, sql, [])).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("counts return one row".to_owned()))?;
    let (n_sites, n_services): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok((n_sites.unsigned_abs(), n_services.unsigned_abs()))
}

/// The newest edition of every list that was brought in and not taken back.
pub(super) async fn newest_lists(db: &DatabaseConnection) -> Result<Vec<Loaded>, DbErr> {
    loaded(
        db,
        "select format, file_name, as_of, imported_at from import_batch b
         where undone_at is null
           and not exists (
             select 1 from import_batch n where n.scope = b.scope and n.id > b.id and n.undone_at is null
           )
         order by format, scope",
    )
    .await
}

/// The files of areas and numbers.
pub(super) async fn area_files(db: &DatabaseConnection) -> Result<Vec<Loaded>, DbErr> {
    loaded(
        db,
        "select title, file_name, as_of, loaded_at from source_file order by kind, id",
    )
    .await
}

async fn loaded(db: &DatabaseConnection, sql: &str) -> Result<Vec<Loaded>, DbErr> {
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    let read = |row: &QueryResult| {
        let as_of: Option<String> = row.try_get_by_index(2)?;
        let at: String = row.try_get_by_index(3)?;
        Ok(Loaded {
            what: row.try_get_by_index(0)?,
            file_name: row.try_get_by_index(1)?,
            as_of: as_of.map(|day| parsed::<NaiveDate>(&day)).transpose()?,
            at: parsed::<DateTime<Utc>>(&at)?,
        })
    };
    rows.iter().map(read).collect()
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, DbErr>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error| DbErr::Type(format!("{text}: {error}")))
}
