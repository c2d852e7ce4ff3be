//! The SQL of what the lists say: records of earlier editions, the services they made, reviews.

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::fold::{SaidBy, Teller};
use crate::database::{Writer, statement, within};
use crate::directory::source::{Record, Said};

/// A record of an earlier edition.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct KnownRecord {
    pub id: i64,
    pub scope: String,
    pub record_key: String,
    pub content: String,
    pub site_id: i64,
    pub seen_batch_id: i64,
}

const RECORD_COLUMNS: &str = "id, scope, record_key, content, site_id, seen_batch_id";

/// The earlier editions of the records of these keys, by scope and key.
pub(super) async fn known_records<C: ConnectionTrait>(
    tx: &C,
    keys: HashSet<&str>,
) -> Result<HashMap<(String, String), KnownRecord>, DbErr> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "select {RECORD_COLUMNS} from source_record where record_key in {}",
        within(tx, keys.len())
    );
    let values = keys.into_iter().map(Value::from);
    let rows = KnownRecord::find_by_statement(statement(tx, sql, values))
        .all(tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.scope.clone(), row.record_key.clone()), row))
        .collect())
}

/// The batch has met these records.
pub(super) async fn mark_seen<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    ids: &[i64],
) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "update source_record set seen_batch_id = {batch}, gone_batch_id = null where id in {}",
        within(tx, ids.len())
    );
    tx.execute_raw(statement(tx, sql, ids.iter().map(|id| Value::from(*id))))
        .await?;
    Ok(())
}

/// Keeps the new text of a record, and the old one for undo.
pub(super) async fn change_record<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    change_id: i64,
    known: &KnownRecord,
    record: &Record,
    json: &str,
) -> Result<(), DbErr> {
    let texts = (known.content.as_str(), json);
    insert_change(tx, batch, change_id, ("source_record", known.id), texts).await?;
    tx.execute_raw(statement(
        tx,
        "update source_record set content = $1, source_rows = $2, batch_id = $3,
                seen_batch_id = $3, gone_batch_id = null where id = $4",
        [
            json.into(),
            (record.rows.len() as i64).into(),
            batch.into(),
            known.id.into(),
        ],
    ))
    .await?;
    Ok(())
}

/// Records that `before` was the last batch to meet until this one did.
pub(super) async fn insert_sighting<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    change_id: i64,
    before: i64,
    record_ids: &[i64],
) -> Result<(), DbErr> {
    let ids = serde_json::to_string(record_ids).expect("numbers always become JSON");
    insert_change(tx, batch, change_id, ("sighting", before), ("", &ids)).await
}

async fn insert_change<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    change_id: i64,
    (entity, entity_id): (&str, i64),
    (before, after): (&str, &str),
) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "insert into batch_change (id, batch_id, entity, entity_id, before_fields, after_fields)
         values ($1, $2, $3, $4, $5, $6)",
        [
            change_id.into(),
            batch.into(),
            entity.into(),
            entity_id.into(),
            before.into(),
            after.into(),
        ],
    ))
    .await?;
    Ok(())
}

/// A record to be kept for the first time.
pub(super) struct NewRecord<'a> {
    pub id: i64,
    pub record: &'a Record,
    pub json: &'a str,
    pub site_id: i64,
    pub service_id: i64,
}

pub(super) async fn insert_records(writer: &mut Writer, batch: i64, rows: &[NewRecord<'_>]) {
    let mut values = Vec::with_capacity(rows.len() * 10);
    for row in rows {
        values.extend([
            row.id.into(),
            row.record.scope.as_str().into(),
            row.record.key.as_str().into(),
            row.json.into(),
            (row.record.rows.len() as i64).into(),
            row.site_id.into(),
            row.service_id.into(),
            batch.into(),
            batch.into(),
            batch.into(),
        ]);
    }
    writer
        .insert_rows(
            "insert into source_record (id, scope, record_key, content, source_rows,
            site_id, service_id, created_batch_id, batch_id, seen_batch_id) values",
            10,
            values,
            "",
        )
        .await;
}

/// The codes that a list gives a site.
pub(super) async fn add_codes(writer: &mut Writer, batch: i64, codes: &[(i64, &Said)]) {
    let mut values = Vec::new();
    for (site_id, said) in codes {
        let place = said.place_code.map(|code| ("place", code.to_string()));
        let net = said.medical_net_id.clone().map(|id| ("medical_net", id));
        for (system, code) in place.into_iter().chain(net) {
            values.extend([system.into(), code.into(), (*site_id).into(), batch.into()]);
        }
    }
    writer
        .insert_rows(
            "insert into site_code (system, code, site_id, batch_id) values",
            4,
            values,
            "on conflict do nothing",
        )
        .await;
}

/// Places in an `in (…)` at a time.
pub(super) const IDS_AT_A_TIME: usize = 10_000;

pub(super) async fn rows_of<R: FromQueryResult>(
    tx: &impl ConnectionTrait,
    before: &str,
    ids: &[i64],
    after: &str,
) -> Result<Vec<R>, DbErr> {
    let mut out = Vec::new();
    for some in ids.chunks(IDS_AT_A_TIME) {
        let sql = format!("{before} {} {after}", within(tx, some.len()));
        let values = some.iter().map(|id| Value::from(*id));
        out.extend(
            R::find_by_statement(statement(tx, sql, values))
                .all(tx)
                .await?,
        );
    }
    Ok(out)
}

#[derive(FromQueryResult)]
struct ServiceRow {
    id: i64,
    site_id: i64,
    category: String,
}

/// Services and their categories, by site.
pub(super) async fn services_of_sites<C: ConnectionTrait>(
    tx: &C,
    site_ids: &[i64],
) -> Result<HashMap<i64, Vec<(i64, String)>>, DbErr> {
    let rows: Vec<ServiceRow> = rows_of(
        tx,
        "select id, site_id, category from service where site_id in",
        site_ids,
        "order by id",
    )
    .await?;
    let mut out: HashMap<i64, Vec<(i64, String)>> = HashMap::new();
    for row in rows {
        out.entry(row.site_id)
            .or_default()
            .push((row.id, row.category));
    }
    Ok(out)
}

#[derive(FromQueryResult)]
struct ScopeRow {
    service_id: i64,
    scope: String,
}

/// Which lists already speak of which service of these sites.
pub(super) async fn scopes_of_services<C: ConnectionTrait>(
    tx: &C,
    site_ids: &[i64],
) -> Result<HashSet<(i64, String)>, DbErr> {
    let rows: Vec<ScopeRow> = rows_of(
        tx,
        "select service_id, scope from source_record where service_id is not null and site_id in",
        site_ids,
        "",
    )
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.service_id, row.scope))
        .collect())
}

#[derive(FromQueryResult)]
struct ListRow {
    site_id: i64,
    scope: String,
    seen_batch_id: i64,
}

/// Which lists already speak of these sites, and whether `batch` has met a record of theirs there.
pub(super) async fn lists_of_sites<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    site_ids: &[i64],
) -> Result<HashMap<(i64, String), bool>, DbErr> {
    let rows: Vec<ListRow> = rows_of(
        tx,
        "select site_id, scope, seen_batch_id from source_record where site_id in",
        site_ids,
        "",
    )
    .await?;
    let mut out = HashMap::new();
    for row in rows {
        *out.entry((row.site_id, row.scope)).or_default() |= row.seen_batch_id == batch;
    }
    Ok(out)
}

#[derive(FromQueryResult)]
struct ContentRow {
    scope: String,
    content: String,
    site_id: i64,
    service_id: Option<i64>,
    batch_id: i64,
}

/// All that the lists say of these sites.
pub(super) async fn said_of_sites<C: ConnectionTrait>(
    tx: &C,
    site_ids: &[i64],
) -> Result<Vec<(i64, SaidBy)>, DbErr> {
    let rows: Vec<ContentRow> = rows_of(
        tx,
        "select scope, content, site_id, service_id, batch_id from source_record where site_id in",
        site_ids,
        "order by id",
    )
    .await?;
    rows.into_iter()
        .map(|row| {
            let by = Teller::of_scope(&row.scope)
                .ok_or_else(|| DbErr::Custom(format!("unknown scope {}", row.scope)))?;
            let said = serde_json::from_str(&row.content)
                .map_err(|error| DbErr::Custom(format!("record of {}: {error}", row.scope)))?;
            let said = SaidBy {
                by,
                batch: row.batch_id,
                service_id: row.service_id,
                said,
            };
            Ok((row.site_id, said))
        })
        .collect()
}

pub(super) async fn insert_review<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    id: i64,
    (site_id, candidate_id): (i64, i64),
    confidence: f64,
    reasons: &str,
) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "insert into match_review (id, site_id, candidate_site_id, confidence, reasons, batch_id, status)
         values ($1, $2, $3, $4, $5, $6, 'open')",
        [
            id.into(),
            site_id.into(),
            candidate_id.into(),
            confidence.into(),
            reasons.into(),
            batch.into(),
        ],
    ))
    .await?;
    Ok(())
}

/// The greatest number given out in `table`.
pub(crate) async fn last_id<C: ConnectionTrait>(tx: &C, table: &'static str) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Last {
        last: i64,
    }
    let sql = format!("select cast(coalesce(max(id), 0) as bigint) as last from {table}");
    let row = Last::find_by_statement(statement(tx, sql, []))
        .one(tx)
        .await?;
    Ok(row.map_or(0, |row| row.last))
}
