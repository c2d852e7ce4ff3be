//! The SQL behind people of areas: cells of one indicator, by period, sex and age.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::area::indicator;
use crate::area::show::queries::published;
use crate::database::{places, statement};

/// A number of a municipality.
#[derive(Debug, FromQueryResult)]
pub(super) struct Cell {
    pub area_code: String,
    pub period: String,
    pub sex: String,
    pub age_from: i64,
    pub age_to: i64,
    pub value: Option<f64>,
}

const CELL: &str = "select area_code, period, sex, age_from, age_to, value from observation";

/// `area_set = … and area_code in (…) and indicator = …`, and the values of its places; `more` follow them.
fn of_areas(
    indicator: &str,
    set: &str,
    codes: &BTreeSet<String>,
    more: Option<&str>,
) -> (String, Vec<Value>) {
    let n = codes.len();
    let sql = format!(
        "area_code in {} and area_set = ${} and indicator = ${}",
        places(1, n),
        n + 1,
        n + 2
    );
    let values = codes
        .iter()
        .map(Value::from)
        .chain([set.into(), indicator.into()]);
    (sql, values.chain(more.map(Value::from)).collect())
}

/// The last period for which one of these areas has the indicator.
pub(super) async fn newest_period(
    db: &impl ConnectionTrait,
    indicator: &str,
    set: &str,
    codes: &BTreeSet<String>,
) -> Result<Option<String>, DbErr> {
    let (of_areas, values) = of_areas(indicator, set, codes, None);
    let sql = format!("select max(period) as period from observation where {of_areas}");
    let row = db.query_one_raw(statement(db, sql, values)).await?;
    row.map_or(Ok(None), |row| row.try_get("", "period"))
}

/// Every cell of an indicator in one period.
pub(super) async fn cells(
    db: &impl ConnectionTrait,
    indicator: &str,
    period: &str,
    set: &str,
    codes: &BTreeSet<String>,
) -> Result<Vec<Cell>, DbErr> {
    let (of_areas, values) = of_areas(indicator, set, codes, Some(period));
    let sql = format!(
        "{CELL} where {of_areas} and period = ${} order by area_code, sex, age_from, age_to",
        codes.len() + 3
    );
    Cell::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

/// An indicator over all periods.
pub(super) async fn series(
    db: &impl ConnectionTrait,
    indicator: &str,
    set: &str,
    codes: &BTreeSet<String>,
) -> Result<Vec<Cell>, DbErr> {
    let (of_areas, values) = of_areas(indicator, set, codes, None);
    let sql = format!("{CELL} where {of_areas} order by period, area_code, age_from, age_to");
    Cell::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

/// Publisher and title of what an indicator comes from: `総務省「住民基本台帳…」`.
pub(super) async fn source(
    db: &impl ConnectionTrait,
    indicator: &str,
    set: &str,
    codes: &BTreeSet<String>,
) -> Result<Option<String>, DbErr> {
    let (of_areas, values) = of_areas(indicator, set, codes, None);
    let sql = format!(
        "select s.publisher, s.title from source_file s
         where s.id = (select max(source_id) from observation where {of_areas})"
    );
    let row = db.query_one_raw(statement(db, sql, values)).await?;
    row.map(|row| published(&row)).transpose()
}

#[derive(Debug, FromQueryResult)]
pub(super) struct TotalRow {
    pub area_code: String,
    pub value: Option<f64>,
}

/// All people of every municipality on the day of the newest count.
pub(super) async fn totals(db: &impl ConnectionTrait) -> Result<Vec<TotalRow>, DbErr> {
    let sql = "select area_code, value from observation
               where indicator = $1 and area_set = 'municipality' and sex = 'all' and age_from = 0 and age_to = 999
                 and period = (select max(period) from observation where indicator = $1 and area_set = 'municipality')
               order by area_code";
    TotalRow::find_by_statement(statement(db, sql, [indicator::POPULATION.into()]))
        .all(db)
        .await
}
