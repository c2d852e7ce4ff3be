//! What the loader needs to know of the areas that are there.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use keniki_base::code::MunicipalityCode;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::area::source::Known;
use crate::area::{queries as names, succession};
use crate::database::statement;

fn code(text: &str) -> Result<MunicipalityCode, DbErr> {
    MunicipalityCode::parse(text).map_err(|error| DbErr::Custom(error.to_string()))
}

fn day(text: Option<String>) -> Option<NaiveDate> {
    text?.parse().ok()
}

#[derive(FromQueryResult)]
struct SuccessionRow {
    old_code: String,
    new_code: String,
    valid_from: String,
}

#[derive(FromQueryResult)]
struct MemberRow {
    area_set: String,
    area_code: String,
    municipality_code: String,
}

#[derive(FromQueryResult)]
struct OutlineRow {
    area_set: String,
    code: String,
    as_of: Option<String>,
    source_id: i64,
}

/// Names, members, successions, and where outlines come from.
pub(super) async fn known<C: ConnectionTrait>(db: &C) -> Result<Known, DbErr> {
    let mut known = Known::default();
    for row in names::names(db, "municipality").await? {
        known.names.insert(code(&row.code)?, row.name);
    }
    for row in names::names(db, "prefecture").await? {
        known.prefectures.insert(row.code, row.name);
    }
    let sql = "select old_code, new_code, valid_from from municipality_succession order by old_code, new_code";
    let mut pairs = Vec::new();
    for row in SuccessionRow::find_by_statement(statement(db, sql, []))
        .all(db)
        .await?
    {
        let (old, new) = (code(&row.old_code)?, code(&row.new_code)?);
        pairs.push((old, new));
        known
            .begins
            .extend(day(Some(row.valid_from)).map(|begin| (new, begin)));
    }
    known.successions = succession::groups(&pairs);
    let sql = "select area_set, area_code, municipality_code from area_member";
    for row in MemberRow::find_by_statement(statement(db, sql, []))
        .all(db)
        .await?
    {
        let areas: &mut BTreeMap<_, _> = known.members.entry(row.area_set).or_default();
        areas
            .entry(row.area_code)
            .or_default()
            .insert(code(&row.municipality_code)?);
    }
    let sql = "select a.area_set, a.code, s.as_of, s.id as source_id
         from area a join source_file s on s.id = a.outline_source_id";
    for row in OutlineRow::find_by_statement(statement(db, sql, []))
        .all(db)
        .await?
    {
        known
            .outlines
            .insert((row.area_set, row.code), (day(row.as_of), row.source_id));
    }
    Ok(known)
}

#[derive(FromQueryResult)]
struct NeighborRow {
    neighbor_code: String,
}

/// The areas of the set that touch this one.
pub(super) async fn neighbors<C: ConnectionTrait>(
    db: &C,
    set: &str,
    area: &str,
) -> Result<Vec<String>, DbErr> {
    let sql = "select neighbor_code from area_neighbor where area_set = $1 and area_code = $2 order by neighbor_code";
    let rows = NeighborRow::find_by_statement(statement(db, sql, [set.into(), area.into()]))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.neighbor_code).collect())
}
