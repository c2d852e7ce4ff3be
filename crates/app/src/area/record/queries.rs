//! The SQL that writes areas and their numbers, many rows to a statement.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use keniki_base::code::MunicipalityCode;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{Area, AreaSet, Drawn, Observation, Source, Town};
use crate::area::town::town_key;
use crate::database::{insert_counted, statement};

/// Rows whose values are held at a time.
const ROWS: usize = 4096;

/// Runs `before (…),(…) after` over all rows and counts what changed.
async fn in_chunks<C: ConnectionTrait, T>(
    tx: &C,
    rows: &[T],
    (before, after): (&str, &str),
    values: impl Fn(&T) -> Vec<Value>,
) -> Result<u64, DbErr> {
    let mut changed = 0;
    for chunk in rows.chunks(ROWS) {
        let values: Vec<Value> = chunk.iter().flat_map(&values).collect();
        let n_columns = values.len() / chunk.len();
        changed += insert_counted(tx, before, n_columns, values, after).await?;
    }
    Ok(changed)
}

fn day(day: Option<NaiveDate>) -> Value {
    day.map(|day| day.to_string()).into()
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

pub(super) async fn source_id<C: ConnectionTrait>(
    tx: &C,
    kind: &str,
    sha256: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "select id from source_file where kind = $1 and sha256 = $2";
    let row = IdRow::find_by_statement(statement(tx, sql, [kind.into(), sha256.into()]))
        .one(tx)
        .await?;
    Ok(row.map(|row| row.id))
}

pub(super) async fn insert_source<C: ConnectionTrait>(
    tx: &C,
    source: &Source,
    now: &str,
) -> Result<i64, DbErr> {
    let next = "select coalesce(max(id), 0) + 1 as id from source_file";
    let id = IdRow::find_by_statement(statement(tx, next, []))
        .one(tx)
        .await?
        .map_or(1, |row| row.id);
    let sql =
        "insert into source_file (id, kind, title, publisher, file_name, sha256, as_of, loaded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values: [Value; 8] = [
        id.into(),
        source.kind.clone().into(),
        source.title.clone().into(),
        source.publisher.clone().into(),
        source.file_name.clone().into(),
        source.sha256.clone().into(),
        day(source.as_of),
        now.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(id)
}

pub(super) async fn upsert_sets<C: ConnectionTrait>(
    tx: &C,
    sets: &[AreaSet],
) -> Result<u64, DbErr> {
    let sql = (
        "insert into area_set (code, kind, name, valid_from, valid_to) values",
        "on conflict (code) do update set name = excluded.name, valid_from = excluded.valid_from, valid_to = excluded.valid_to
         where area_set.name <> excluded.name or area_set.valid_from is distinct from excluded.valid_from
            or area_set.valid_to is distinct from excluded.valid_to",
    );
    in_chunks(tx, sets, sql, |set| {
        vec![
            set.code.clone().into(),
            set.kind.clone().into(),
            set.name.clone().into(),
            day(set.valid_from),
            day(set.valid_to),
        ]
    })
    .await
}

const INSERT_AREA: &str =
    "insert into area (area_set, code, kind, name, prefecture_code, valid_from, valid_to) values";

fn area_values(area: &Area) -> Vec<Value> {
    vec![
        area.set.clone().into(),
        area.code.clone().into(),
        area.kind.clone().into(),
        area.name.clone().into(),
        area.prefecture.map(|code| code.to_string()).into(),
        day(area.valid_from),
        day(area.valid_to),
    ]
}

pub(super) async fn upsert_areas<C: ConnectionTrait>(tx: &C, areas: &[Area]) -> Result<u64, DbErr> {
    let sql = (
        INSERT_AREA,
        "on conflict (area_set, code) do update set kind = excluded.kind, name = excluded.name,
            prefecture_code = excluded.prefecture_code, valid_from = excluded.valid_from, valid_to = excluded.valid_to
         where area.kind <> excluded.kind or area.name <> excluded.name
            or area.prefecture_code is distinct from excluded.prefecture_code
            or area.valid_from is distinct from excluded.valid_from or area.valid_to is distinct from excluded.valid_to",
    );
    in_chunks(tx, areas, sql, area_values).await
}

pub(super) async fn insert_new_areas<C: ConnectionTrait>(
    tx: &C,
    areas: &[Area],
) -> Result<u64, DbErr> {
    in_chunks(
        tx,
        areas,
        (INSERT_AREA, "on conflict (area_set, code) do nothing"),
        area_values,
    )
    .await
}

#[derive(FromQueryResult)]
struct MemberRow {
    area_code: String,
    municipality_code: String,
}

/// Members by the area's code, of a whole set.
pub(super) async fn members<C: ConnectionTrait>(
    tx: &C,
    set: &str,
) -> Result<BTreeMap<String, BTreeSet<MunicipalityCode>>, DbErr> {
    let sql = "select area_code, municipality_code from area_member where area_set = $1";
    let mut members: BTreeMap<String, BTreeSet<MunicipalityCode>> = BTreeMap::new();
    for row in MemberRow::find_by_statement(statement(tx, sql, [set.into()]))
        .all(tx)
        .await?
    {
        let code = MunicipalityCode::parse(&row.municipality_code)
            .map_err(|e| DbErr::Custom(e.to_string()))?;
        members.entry(row.area_code).or_default().insert(code);
    }
    Ok(members)
}

pub(super) async fn replace_members<C: ConnectionTrait>(
    tx: &C,
    set: &str,
    areas: &[&Area],
) -> Result<u64, DbErr> {
    let sql = "delete from area_member where area_set = $1 and area_code = $2";
    for area in areas {
        tx.execute_raw(statement(tx, sql, [set.into(), area.code.clone().into()]))
            .await?;
    }
    let rows: Vec<(&str, MunicipalityCode)> = areas
        .iter()
        .flat_map(|area| {
            area.members
                .iter()
                .map(|member| (area.code.as_str(), *member))
        })
        .collect();
    let sql = (
        "insert into area_member (area_set, area_code, municipality_code) values",
        "",
    );
    in_chunks(tx, &rows, sql, |(code, member)| {
        vec![set.into(), (*code).into(), member.to_string().into()]
    })
    .await
}

pub(super) async fn update_outlines<C: ConnectionTrait>(
    tx: &C,
    source_id: i64,
    drawn: &[Drawn],
) -> Result<u64, DbErr> {
    let sql = "update area set outline = $3, label_lat = $4, label_lng = $5, outline_source_id = $6
         where area_set = $1 and code = $2
           and (outline is distinct from $3 or outline_source_id is distinct from $6)";
    let mut changed = 0;
    for area in drawn {
        let outline = serde_json::to_string(&area.outline)
            .map_err(|e| DbErr::Custom(format!("outline of {}: {e}", area.code)))?;
        let values: [Value; 6] = [
            area.set.clone().into(),
            area.code.clone().into(),
            outline.into(),
            area.label.lat.into(),
            area.label.lng.into(),
            source_id.into(),
        ];
        changed += tx
            .execute_raw(statement(tx, sql, values))
            .await?
            .rows_affected();
    }
    Ok(changed)
}

pub(super) async fn insert_neighbors<C: ConnectionTrait>(
    tx: &C,
    set: &str,
    pairs: &[(&str, &str)],
) -> Result<u64, DbErr> {
    let sql = (
        "insert into area_neighbor (area_set, area_code, neighbor_code) values",
        "on conflict (area_set, area_code, neighbor_code) do nothing",
    );
    in_chunks(tx, pairs, sql, |(a, b)| {
        vec![set.into(), (*a).into(), (*b).into()]
    })
    .await
}

pub(super) async fn upsert_successions<C: ConnectionTrait>(
    tx: &C,
    successions: &[(MunicipalityCode, MunicipalityCode, NaiveDate)],
) -> Result<u64, DbErr> {
    let sql = (
        "insert into municipality_succession (old_code, new_code, valid_from) values",
        "on conflict (old_code, new_code) do update set valid_from = excluded.valid_from
         where municipality_succession.valid_from <> excluded.valid_from",
    );
    in_chunks(tx, successions, sql, |(old, new, from)| {
        vec![
            old.to_string().into(),
            new.to_string().into(),
            from.to_string().into(),
        ]
    })
    .await
}

pub(super) async fn upsert_towns<C: ConnectionTrait>(
    tx: &C,
    source_id: i64,
    towns: &[Town],
) -> Result<u64, DbErr> {
    let sql = (
        "insert into town (municipality_code, name, small_name, town_key, lat, lng, source_id) values",
        "on conflict (municipality_code, name, small_name) do update set
            town_key = excluded.town_key, lat = excluded.lat, lng = excluded.lng, source_id = excluded.source_id
         where town.lat <> excluded.lat or town.lng <> excluded.lng or town.town_key <> excluded.town_key
            or town.source_id is distinct from excluded.source_id",
    );
    in_chunks(tx, towns, sql, |town| {
        vec![
            town.municipality.to_string().into(),
            town.name.clone().into(),
            town.small_name.clone().into(),
            town_key(&format!("{}{}", town.name, town.small_name)).into(),
            town.point.lat.into(),
            town.point.lng.into(),
            source_id.into(),
        ]
    })
    .await
}

pub(super) async fn upsert_observations<C: ConnectionTrait>(
    tx: &C,
    source_id: i64,
    observations: &[Observation],
) -> Result<u64, DbErr> {
    let sql = (
        "insert into observation
            (indicator, area_set, area_code, period, sex, age_from, age_to, value, unknown_reason, source_id) values",
        "on conflict (indicator, area_set, area_code, period, sex, age_from, age_to) do update set
            value = excluded.value, unknown_reason = excluded.unknown_reason, source_id = excluded.source_id
         where observation.value is distinct from excluded.value
            or observation.unknown_reason is distinct from excluded.unknown_reason
            or observation.source_id <> excluded.source_id",
    );
    in_chunks(tx, observations, sql, |seen| {
        vec![
            seen.indicator.into(),
            seen.set.clone().into(),
            seen.code.clone().into(),
            seen.period.clone().into(),
            seen.sex.as_str().into(),
            i64::from(seen.age_from).into(),
            i64::from(seen.age_to).into(),
            seen.value.ok().into(),
            seen.value.err().map(str::to_owned).into(),
            source_id.into(),
        ]
    })
    .await
}

pub(super) async fn put_setting<C: ConnectionTrait>(
    tx: &C,
    name: &str,
    value: &str,
) -> Result<u64, DbErr> {
    let sql = "insert into setting (name, value) values ($1, $2)
         on conflict (name) do update set value = excluded.value where setting.value <> excluded.value";
    let result = tx
        .execute_raw(statement(tx, sql, [name.into(), value.into()]))
        .await?;
    Ok(result.rows_affected())
}
