//! The SQL behind an area's pages.

use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult, Value};

use super::{Loaded, MOST_TOWNS, Named};
use crate::area::indicator;
use crate::database::{places, statement};

pub(super) async fn setting(
    db: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<String>, DbErr> {
    let sql = "select value from setting where name = $1";
    let row = db.query_one_raw(statement(db, sql, [name.into()])).await?;
    row.map(|row| row.try_get("", "value")).transpose()
}

#[derive(Debug, FromQueryResult)]
pub(super) struct AreaRow {
    pub area_set: String,
    pub code: String,
    pub kind: String,
    pub name: String,
    pub prefecture_code: Option<String>,
}

const AREA: &str = "select a.area_set, a.code, a.kind, a.name, a.prefecture_code from area a";

pub(super) async fn area(
    db: &impl ConnectionTrait,
    set: &str,
    code: &str,
) -> Result<Option<AreaRow>, DbErr> {
    let sql = format!("{AREA} where a.area_set = $1 and a.code = $2");
    AreaRow::find_by_statement(statement(db, sql, [set.into(), code.into()]))
        .one(db)
        .await
}

pub(super) async fn areas_of_set(
    db: &impl ConnectionTrait,
    set: &str,
) -> Result<Vec<AreaRow>, DbErr> {
    let sql = format!("{AREA} where a.area_set = $1 order by a.code");
    AreaRow::find_by_statement(statement(db, sql, [set.into()]))
        .all(db)
        .await
}

/// The medical area of this code in any set, of one that still holds first.
pub(super) async fn medical_area_of_any_set(
    db: &impl ConnectionTrait,
    code: &str,
) -> Result<Option<AreaRow>, DbErr> {
    let sql = format!(
        "{AREA} join area_set s on s.code = a.area_set
         where s.kind = 'medical_area' and a.code = $1
         order by case when s.valid_to is null then 0 else 1 end, s.code"
    );
    AreaRow::find_by_statement(statement(db, sql, [code.into()]))
        .one(db)
        .await
}

pub(super) async fn areas(db: &impl ConnectionTrait, set: &str) -> Result<Vec<AreaRow>, DbErr> {
    let sql = format!(
        "{AREA} where a.area_set = $1 and exists (
            select 1 from area_member m join observation o
              on o.indicator = $2 and o.area_set = 'municipality' and o.area_code = m.municipality_code
            where m.area_set = a.area_set and m.area_code = a.code)
         order by a.code"
    );
    AreaRow::find_by_statement(statement(
        db,
        sql,
        [set.into(), indicator::POPULATION.into()],
    ))
    .all(db)
    .await
}

pub(super) async fn neighbors(
    db: &impl ConnectionTrait,
    set: &str,
    code: &str,
) -> Result<Vec<AreaRow>, DbErr> {
    let sql = format!(
        "{AREA} join area_neighbor n on n.area_set = a.area_set and n.neighbor_code = a.code
         where n.area_set = $1 and n.area_code = $2 order by a.code"
    );
    AreaRow::find_by_statement(statement(db, sql, [set.into(), code.into()]))
        .all(db)
        .await
}

pub(super) async fn areas_of(
    db: &impl ConnectionTrait,
    set: &str,
    municipality: &str,
) -> Result<Vec<AreaRow>, DbErr> {
    let sql = format!(
        "{AREA} join area_member m on m.area_set = a.area_set and m.area_code = a.code
         where a.area_set = $1 and m.municipality_code = $2 order by a.code"
    );
    AreaRow::find_by_statement(statement(db, sql, [set.into(), municipality.into()]))
        .all(db)
        .await
}

/// Areas of every set with this member, in the order of sets and codes.
pub(super) async fn holding(
    db: &impl ConnectionTrait,
    municipality: &str,
) -> Result<Vec<AreaRow>, DbErr> {
    let sql = format!(
        "{AREA} join area_member m on m.area_set = a.area_set and m.area_code = a.code
         where m.municipality_code = $1 order by a.area_set, a.code"
    );
    AreaRow::find_by_statement(statement(db, sql, [municipality.into()]))
        .all(db)
        .await
}

#[derive(Debug, FromQueryResult)]
pub(super) struct MemberRow {
    pub area_code: String,
    pub code: String,
    pub name: String,
}

/// Leaves of these areas that exist today, in the order of their codes.
pub(super) async fn members(
    db: &impl ConnectionTrait,
    set: &str,
    codes: &[&str],
) -> Result<Vec<MemberRow>, DbErr> {
    let sql = format!(
        "select m.area_code, m.municipality_code as code, a.name from area_member m
         join area a on a.area_set = 'municipality' and a.code = m.municipality_code
         where m.area_code in {} and m.area_set = ${} and a.valid_to is null
         order by m.area_code, m.municipality_code",
        places(1, codes.len()),
        codes.len() + 1
    );
    let values = codes
        .iter()
        .map(|code| Value::from(*code))
        .chain([set.into()]);
    MemberRow::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

#[derive(Debug, FromQueryResult)]
pub(super) struct OutlineRow {
    pub code: String,
    pub name: String,
    pub outline: String,
}

pub(super) async fn outlines(
    db: &impl ConnectionTrait,
    codes: &[String],
) -> Result<Vec<OutlineRow>, DbErr> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select code, name, outline from area where area_set = 'municipality' and outline is not null and code in {} order by code",
        places(1, codes.len())
    );
    OutlineRow::find_by_statement(statement(db, sql, codes.iter().map(Value::from)))
        .all(db)
        .await
}

/// Publisher and title of the newest file that these outlines are from.
pub(super) async fn outline_source(
    db: &impl ConnectionTrait,
    codes: &[String],
) -> Result<Option<String>, DbErr> {
    if codes.is_empty() {
        return Ok(None);
    }
    let sql = format!(
        "select s.publisher, s.title from source_file s where s.id = (
            select max(outline_source_id) from area where area_set = 'municipality' and code in {})",
        places(1, codes.len())
    );
    let row = db
        .query_one_raw(statement(db, sql, codes.iter().map(Value::from)))
        .await?;
    row.map(|row| published(&row)).transpose()
}

/// `総務省「住民基本台帳…」`.
pub(super) fn published(row: &QueryResult) -> Result<String, DbErr> {
    let (publisher, title): (String, String) =
        (row.try_get("", "publisher")?, row.try_get("", "title")?);
    Ok(format!("{publisher}「{title}」"))
}

#[derive(Debug, FromQueryResult)]
pub(super) struct NameRow {
    pub code: String,
    pub name: String,
}

/// Municipalities with towns whose name the text begins with.
pub(super) async fn municipalities_that_begin(
    db: &impl ConnectionTrait,
    text: &str,
) -> Result<Vec<NameRow>, DbErr> {
    let sql = "select a.code, a.name from area a
               where a.area_set = 'municipality' and a.valid_to is null and substr($1, 1, length(a.name)) = a.name
               and exists (select 1 from town t where t.municipality_code = a.code)
               order by a.code";
    NameRow::find_by_statement(statement(db, sql, [text.trim().into()]))
        .all(db)
        .await
}

#[derive(Debug, FromQueryResult)]
pub(super) struct TownRow {
    municipality: String,
    name: String,
    small_name: String,
    lat: f64,
    lng: f64,
    pub is_exact: bool,
}

impl TownRow {
    pub fn named(&self) -> Named {
        Named {
            name: format!("{}{}{}", self.municipality, self.name, self.small_name),
            point: Point {
                lat: self.lat,
                lng: self.lng,
            },
        }
    }
}

/// Towns whose key begins with `key`, in one municipality or anywhere.
pub(super) async fn towns(
    db: &impl ConnectionTrait,
    municipality: Option<&str>,
    key: &str,
) -> Result<Vec<TownRow>, DbErr> {
    let sql = format!(
        "select a.name as municipality, t.name, t.small_name, t.lat, t.lng, t.town_key = $2 as is_exact
         from town t join area a on a.area_set = 'municipality' and a.code = t.municipality_code
         where ($1 = '' or t.municipality_code = $1) and substr(t.town_key, 1, length($2)) = $2
         order by t.municipality_code, t.town_key limit {MOST_TOWNS}"
    );
    let values = [municipality.unwrap_or_default().into(), key.into()];
    TownRow::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

#[derive(Debug, FromQueryResult)]
struct LoadedRow {
    title: String,
    publisher: String,
    as_of: Option<String>,
    loaded_at: String,
}

pub(super) async fn sources(db: &impl ConnectionTrait) -> Result<Vec<Loaded>, DbErr> {
    let sql = "select title, publisher, max(as_of) as as_of, max(loaded_at) as loaded_at
               from source_file group by title, publisher order by publisher, title";
    let rows = LoadedRow::find_by_statement(statement(db, sql, []))
        .all(db)
        .await?;
    let loaded = |row: LoadedRow| Loaded {
        title: row.title,
        publisher: row.publisher,
        as_of: row.as_of,
        loaded_at: row.loaded_at,
    };
    Ok(rows.into_iter().map(loaded).collect())
}
