//! The SQL that asks the full text: with `index/queries.rs` and `database.rs` the one place where the engines differ.

use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use super::expression::Expression;
use super::opening::Span;
use crate::database::{is_sqlite, statement};

/// How many services fulfil the condition.
pub(super) async fn count(db: &impl ConnectionTrait, wanted: &Expression) -> Result<u64, DbErr> {
    let sql = format!(
        "select count(*) from service_text f where {}",
        condition(db)
    );
    one_count(db, sql, vec![written(db, wanted)]).await
}

/// A page of the services that fulfil the condition, by id.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    wanted: &Expression,
    limit: u64,
    offset: u64,
) -> Result<Vec<i64>, DbErr> {
    let key = key(db);
    let sql = format!(
        "select f.{key} from service_text f where {} order by f.{key} limit $2 offset $3",
        condition(db)
    );
    let values = [
        written(db, wanted),
        (limit as i64).into(),
        (offset as i64).into(),
    ];
    ids(db, sql, values).await
}

/// How many services fulfil the condition and lie within `km` of `near`.
pub(super) async fn count_within(
    db: &impl ConnectionTrait,
    wanted: &Expression,
    near: Point,
    km: f64,
) -> Result<u64, DbErr> {
    let sql = format!(
        "select count(*) from service_text f join service_place p on p.service_id = f.{} where {} and {CHORD} <= $5",
        key(db),
        condition(db)
    );
    let mut values = vec![written(db, wanted)];
    values.extend(unit_vector(near).map(Value::from));
    values.push(squared_chord(km).into());
    one_count(db, sql, values).await
}

/// A page of the services that fulfil the condition and lie within `km` of `near` (with `None`: anywhere known),
/// the nearest first.
pub(super) async fn page_within(
    db: &impl ConnectionTrait,
    wanted: &Expression,
    near: Point,
    km: Option<f64>,
    limit: u64,
    offset: u64,
) -> Result<Vec<i64>, DbErr> {
    let bound = km.map_or(LONGEST_SQUARED_CHORD, squared_chord);
    let order = format!("{CHORD}, p.service_id");
    page_by(db, wanted, near, bound, &order, limit, offset).await
}

/// The same by id.
pub(super) async fn page_within_by_id(
    db: &impl ConnectionTrait,
    wanted: &Expression,
    near: Point,
    km: f64,
    limit: u64,
    offset: u64,
) -> Result<Vec<i64>, DbErr> {
    page_by(
        db,
        wanted,
        near,
        squared_chord(km),
        "p.service_id",
        limit,
        offset,
    )
    .await
}

async fn page_by(
    db: &impl ConnectionTrait,
    wanted: &Expression,
    near: Point,
    bound: f64,
    order: &str,
    limit: u64,
    offset: u64,
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "select p.service_id from service_text f join service_place p on p.service_id = f.{}
         where {} and {CHORD} <= $5 order by {order} limit $6 offset $7",
        key(db),
        condition(db)
    );
    let mut values = vec![written(db, wanted)];
    values.extend(unit_vector(near).map(Value::from));
    values.push(bound.into());
    values.extend([Value::from(limit as i64), Value::from(offset as i64)]);
    ids(db, sql, values).await
}

/// Services with this telephone number (its digits, and as it is written), or on a site with it.
pub(super) async fn services_of_phone(
    db: &impl ConnectionTrait,
    key: &str,
    written: &str,
) -> Result<Vec<i64>, DbErr> {
    let sql = "select s.id from service s join site t on t.id = s.site_id where t.phone_key = $1
               union select id from service where phone = $2 order by 1";
    ids(db, sql, [key.into(), written.into()]).await
}

/// Those of these services that fulfil the condition, by id.
pub(super) async fn among(
    db: &impl ConnectionTrait,
    services: &[i64],
    wanted: &Expression,
) -> Result<Vec<i64>, DbErr> {
    if services.is_empty() {
        return Ok(Vec::new());
    }
    let key = key(db);
    let listed: Vec<String> = services.iter().map(i64::to_string).collect();
    let sql = format!(
        "select f.{key} from service_text f where {} and f.{key} in ({}) order by f.{key}",
        condition(db),
        listed.join(", ")
    );
    ids(db, sql, [written(db, wanted)]).await
}

/// The spans of opening hours that occur on these weekdays.
pub(super) async fn spans_on(
    db: &impl ConnectionTrait,
    weekdays: [i64; 2],
) -> Result<Vec<Span>, DbErr> {
    let sql = "select weekday, opens, closes from opening_span where weekday in ($1, $2)
               order by weekday, opens, closes";
    rows(db, sql, weekdays.map(Value::from), |row| {
        Ok(Span {
            weekday: row.try_get_by_index(0)?,
            opens: row.try_get_by_index(1)?,
            closes: row.try_get_by_index(2)?,
        })
    })
    .await
}

/// The squared chord from `p` to the point in `$2, $3, $4`: grows with the great-circle distance, and keeps its
/// precision where the arc cosine of a scalar product loses it.
const CHORD: &str = "((p.x - $2) * (p.x - $2) + (p.y - $3) * (p.y - $3) + (p.z - $4) * (p.z - $4))";

/// From a point to the one opposite (2²), and a little more.
const LONGEST_SQUARED_CHORD: f64 = 4.1;

fn squared_chord(km: f64) -> f64 {
    let chord = 2.0 * (km / keniki_base::geo::EARTH_RADIUS_KM / 2.0).sin();
    chord * chord
}

pub(super) fn unit_vector(point: Point) -> [f64; 3] {
    let (lat, lng) = (point.lat.to_radians(), point.lng.to_radians());
    [lat.cos() * lng.cos(), lat.cos() * lng.sin(), lat.sin()]
}

fn key(db: &impl ConnectionTrait) -> &'static str {
    if is_sqlite(db) { "rowid" } else { "service_id" }
}

fn condition(db: &impl ConnectionTrait) -> &'static str {
    if is_sqlite(db) {
        "service_text match $1"
    } else {
        "f.tokens @@ $1::text::tsquery"
    }
}

fn written(db: &impl ConnectionTrait, wanted: &Expression) -> Value {
    if is_sqlite(db) {
        wanted.to_fts5().into()
    } else {
        wanted.to_tsquery().into()
    }
}

pub(super) async fn rows<T>(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
    read: impl Fn(&QueryResult) -> Result<T, DbErr>,
) -> Result<Vec<T>, DbErr> {
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn ids(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<i64>, DbErr> {
    rows(db, sql, values, |row| row.try_get_by_index(0)).await
}

async fn one_count(
    db: &impl ConnectionTrait,
    sql: String,
    values: Vec<Value>,
) -> Result<u64, DbErr> {
    let counts = ids(db, sql, values).await?;
    Ok(counts.first().copied().unwrap_or_default().unsigned_abs())
}

pub(super) fn integers(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|&id| id.into()).collect()
}
