//! The SQL of the import: records of the lists, candidates for matching, batches.

use std::collections::{BTreeSet, HashMap, HashSet};

use keniki_base::code::PlaceCode;
use keniki_base::geo::Point;
use keniki_base::text::{AddressKey, NameKey, address_key, name_key, phone_key};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::fold::SaidBy;
use super::matching::Identity;
use crate::database::{insert_rows, places, statement};
use crate::directory::source::{Format, Record, Said};

/// `($1,$2,…)` for a list of values.
fn within(n: usize) -> String {
    places(1, n)
}

/// A record of an earlier edition.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct KnownRecord {
    pub id: i64,
    pub scope: String,
    pub record_key: String,
    pub content_hash: String,
    pub content: String,
    pub site_id: i64,
    pub seen_batch_id: i64,
}

const RECORD_COLUMNS: &str = "id, scope, record_key, content_hash, content, site_id, seen_batch_id";

/// The earlier editions of `records`, by scope and key.
pub(super) async fn known_records<C: ConnectionTrait>(
    tx: &C,
    records: &[Record],
) -> Result<HashMap<(String, String), KnownRecord>, DbErr> {
    let mut by_scope: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for record in records {
        by_scope
            .entry(&record.scope)
            .or_default()
            .insert(&record.key);
    }
    let mut out = HashMap::new();
    for (scope, keys) in by_scope {
        let rest: Vec<String> = (0..keys.len()).map(|n| format!("${}", n + 2)).collect();
        let sql = format!(
            "select {RECORD_COLUMNS} from source_record where scope = $1 and record_key in ({})",
            rest.join(",")
        );
        let values = std::iter::once(scope).chain(keys).map(Value::from);
        let rows = KnownRecord::find_by_statement(statement(tx, sql, values))
            .all(tx)
            .await?;
        out.extend(
            rows.into_iter()
                .map(|row| ((row.scope.clone(), row.record_key.clone()), row)),
        );
    }
    Ok(out)
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
        within(ids.len())
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
    insert_change(tx, batch, change_id, known.id, (&known.content, json)).await?;
    tx.execute_raw(statement(
        tx,
        "update source_record set content = $1, content_hash = $2, source_rows = $3, batch_id = $4,
                seen_batch_id = $4, gone_batch_id = null where id = $5",
        [
            json.into(),
            Said::hash_of(json).into(),
            (record.rows.len() as i64).into(),
            batch.into(),
            known.id.into(),
        ],
    ))
    .await?;
    Ok(())
}

pub(super) async fn insert_change<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    change_id: i64,
    record_id: i64,
    (before, after): (&str, &str),
) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "insert into batch_change (id, batch_id, entity, entity_id, before_fields, after_fields)
         values ($1, $2, 'source_record', $3, $4, $5)",
        [
            change_id.into(),
            batch.into(),
            record_id.into(),
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

pub(super) async fn insert_records<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    rows: &[NewRecord<'_>],
) -> Result<(), DbErr> {
    let mut values = Vec::with_capacity(rows.len() * 11);
    for row in rows {
        values.extend([
            row.id.into(),
            row.record.scope.as_str().into(),
            row.record.key.as_str().into(),
            Said::hash_of(row.json).into(),
            row.json.into(),
            (row.record.rows.len() as i64).into(),
            row.site_id.into(),
            row.service_id.into(),
            batch.into(),
            batch.into(),
            batch.into(),
        ]);
    }
    insert_rows(
        tx,
        "insert into source_record (id, scope, record_key, content_hash, content, source_rows,
            site_id, service_id, created_batch_id, batch_id, seen_batch_id) values",
        11,
        values,
        "",
    )
    .await
}

/// The codes that a list gives a site.
pub(super) async fn add_codes<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    codes: &[(i64, &Said)],
) -> Result<(), DbErr> {
    let mut values = Vec::new();
    for (site_id, said) in codes {
        let place = said.place_code.map(|code| ("place", code.to_string()));
        let net = said.medical_net_id.clone().map(|id| ("medical_net", id));
        for (system, code) in place.into_iter().chain(net) {
            values.extend([system.into(), code.into(), (*site_id).into(), batch.into()]);
        }
    }
    insert_rows(
        tx,
        "insert into site_code (system, code, site_id, batch_id) values",
        4,
        values,
        "on conflict do nothing",
    )
    .await
}

/// The keys under which sites are looked for.
pub(super) struct Keys {
    codes: BTreeSet<String>,
    net_ids: BTreeSet<String>,
    phones: BTreeSet<String>,
    names: BTreeSet<String>,
    addresses: BTreeSet<String>,
    municipalities: BTreeSet<String>,
    /// Municipalities of records that have no code to be found by.
    without_code: BTreeSet<String>,
}

impl Keys {
    pub fn of(said: &[&Said]) -> Self {
        let text = |code: PlaceCode| code.to_string();
        Self {
            codes: said
                .iter()
                .flat_map(|said| said.place_code.into_iter().chain(said.joined_code))
                .map(text)
                .collect(),
            net_ids: said
                .iter()
                .filter_map(|said| said.medical_net_id.clone())
                .collect(),
            phones: said
                .iter()
                .filter_map(|said| phone_key(said.phone.as_deref()?))
                .collect(),
            names: said.iter().map(|said| name_key(&said.name)).collect(),
            addresses: said
                .iter()
                .filter_map(|said| Some(address_key(said.address.as_deref()?).key()))
                .collect(),
            municipalities: said
                .iter()
                .filter_map(|said| said.municipality)
                .map(|code| code.to_string())
                .collect(),
            without_code: said
                .iter()
                .filter(|said| said.place_code.is_none())
                .filter_map(|said| said.municipality)
                .map(|code| code.to_string())
                .collect(),
        }
    }
}

#[derive(Debug, FromQueryResult)]
struct SiteRow {
    id: i64,
    name: String,
    municipality_code: Option<String>,
    address: Option<String>,
    phone_key: Option<String>,
    lat: Option<f64>,
    lng: Option<f64>,
    location_precision: String,
}

const SITE_COLUMNS: &str =
    "id, name, municipality_code, address, phone_key, lat, lng, location_precision";

/// Sites that share a key with the records, with their identity and the categories of their services.
pub(super) async fn candidates<C: ConnectionTrait>(
    tx: &C,
    keys: &Keys,
) -> Result<Vec<(i64, Identity, Vec<String>)>, DbErr> {
    let mut sites: HashMap<i64, SiteRow> = HashMap::new();
    for (condition, sets) in [
        (
            "id in (select site_id from site_code where system = 'place' and code in @1)",
            vec![&keys.codes],
        ),
        (
            "id in (select site_id from site_code where system = 'medical_net' and code in @1)",
            vec![&keys.net_ids],
        ),
        ("phone_key in @1", vec![&keys.phones]),
        (
            "municipality_code in @1 and name_key in @2",
            vec![&keys.municipalities, &keys.names],
        ),
        (
            "municipality_code in @1 and address_key in @2",
            vec![&keys.municipalities, &keys.addresses],
        ),
        ("municipality_code in @1", vec![&keys.without_code]),
    ] {
        if sets.iter().any(|set| set.is_empty()) {
            continue;
        }
        let mut sql = format!("select {SITE_COLUMNS} from site where {condition}");
        let mut values: Vec<Value> = Vec::new();
        for (index, set) in sets.into_iter().enumerate() {
            let numbered: Vec<String> = (1..=set.len())
                .map(|n| format!("${}", values.len() + n))
                .collect();
            sql = sql.replace(
                &format!("@{}", index + 1),
                &format!("({})", numbered.join(",")),
            );
            values.extend(set.iter().map(|key| Value::from(key.as_str())));
        }
        let rows = SiteRow::find_by_statement(statement(tx, sql, values))
            .all(tx)
            .await?;
        sites.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    let ids: Vec<i64> = sites.keys().copied().collect();
    let mut codes = codes_of(tx, &ids).await?;
    let mut categories = services_of_sites(tx, &ids).await?;
    let mut out: Vec<_> = sites
        .into_values()
        .map(|row| {
            let id = row.id;
            let services = categories.remove(&id).unwrap_or_default();
            let categories = services.into_iter().map(|(_, category)| category).collect();
            (
                id,
                row.identity(codes.remove(&id).unwrap_or_default()),
                categories,
            )
        })
        .collect();
    out.sort_by_key(|(id, _, _)| *id);
    Ok(out)
}

impl SiteRow {
    fn identity(self, codes: Vec<(String, String)>) -> Identity {
        let of = |system: &str| -> Vec<String> {
            codes
                .iter()
                .filter(|(own, _)| own == system)
                .map(|(_, code)| code.clone())
                .collect()
        };
        let address: Option<AddressKey> = self.address.as_deref().map(address_key);
        Identity {
            name: NameKey::of(&self.name),
            municipality: self.municipality_code.and_then(|code| code.parse().ok()),
            address,
            phone: self.phone_key,
            point: (self.location_precision == "exact")
                .then(|| self.lat.zip(self.lng))
                .flatten()
                .and_then(|(lat, lng)| Point::japan(lat, lng).ok()),
            codes: of("place")
                .iter()
                .filter_map(|code| code.parse().ok())
                .collect(),
            joined: None,
            medical_net_ids: of("medical_net"),
        }
    }
}

/// Places in an `in (…)` at a time.
const IDS_AT_A_TIME: usize = 10_000;

async fn rows_of<R: FromQueryResult>(
    tx: &impl ConnectionTrait,
    before: &str,
    ids: &[i64],
    after: &str,
) -> Result<Vec<R>, DbErr> {
    let mut out = Vec::new();
    for some in ids.chunks(IDS_AT_A_TIME) {
        let sql = format!("{before} {} {after}", within(some.len()));
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
struct CodeRow {
    site_id: i64,
    system: String,
    code: String,
}

async fn codes_of<C: ConnectionTrait>(
    tx: &C,
    site_ids: &[i64],
) -> Result<HashMap<i64, Vec<(String, String)>>, DbErr> {
    let rows: Vec<CodeRow> = rows_of(
        tx,
        "select site_id, system, code from site_code where site_id in",
        site_ids,
        "order by system, code",
    )
    .await?;
    let mut out: HashMap<i64, Vec<(String, String)>> = HashMap::new();
    for row in rows {
        out.entry(row.site_id)
            .or_default()
            .push((row.system, row.code));
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
            let format = Format::of_scope(&row.scope)
                .ok_or_else(|| DbErr::Custom(format!("unknown scope {}", row.scope)))?;
            let said = serde_json::from_str(&row.content)
                .map_err(|error| DbErr::Custom(format!("record of {}: {error}", row.scope)))?;
            let said = SaidBy {
                format,
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

/// The head of a batch, before its rows.
pub(super) struct NewBatch<'a> {
    pub id: i64,
    pub format: Format,
    pub file_name: &'a str,
    pub sha256: &'a str,
    pub imported_at: &'a str,
    pub imported_by: &'a str,
}

pub(super) async fn insert_batch<C: ConnectionTrait>(
    tx: &C,
    batch: &NewBatch<'_>,
) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "insert into import_batch (id, format, scope, file_name, sha256, imported_at, imported_by, source_rows, report)
         values ($1, $2, '', $3, $4, $5, $6, 0, '')",
        [
            batch.id.into(),
            batch.format.code().into(),
            batch.file_name.into(),
            batch.sha256.into(),
            batch.imported_at.into(),
            batch.imported_by.into(),
        ],
    ))
    .await?;
    Ok(())
}

/// What is known of a batch at its end.
pub(super) async fn finish_batch<C: ConnectionTrait>(
    tx: &C,
    id: i64,
    scopes: &[(String, u64)],
    as_of: Option<&str>,
    rows: u64,
    report: &str,
) -> Result<(), DbErr> {
    let names: Vec<&str> = scopes.iter().map(|(scope, _)| scope.as_str()).collect();
    tx.execute_raw(statement(
        tx,
        "update import_batch set scope = $1, as_of = $2, source_rows = $3, report = $4 where id = $5",
        [
            names.join("\n").into(),
            as_of.into(),
            (rows as i64).into(),
            report.into(),
            id.into(),
        ],
    ))
    .await?;
    let mut values = Vec::new();
    for (scope, rows) in scopes {
        values.extend([id.into(), scope.as_str().into(), (*rows as i64).into()]);
    }
    insert_rows(
        tx,
        "insert into import_batch_scope (batch_id, scope, source_rows) values",
        3,
        values,
        "",
    )
    .await
}

#[derive(FromQueryResult)]
struct GoneRow {
    id: i64,
    content: String,
}

/// Marks the records of `scope` that the batch did not meet; answers their names.
pub(super) async fn mark_gone<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    scope: &str,
) -> Result<Vec<String>, DbErr> {
    let rows = GoneRow::find_by_statement(statement(
        tx,
        "select id, content from source_record
         where scope = $1 and seen_batch_id <> $2 and gone_batch_id is null order by record_key",
        [scope.into(), batch.into()],
    ))
    .all(tx)
    .await?;
    for some in rows.chunks(IDS_AT_A_TIME) {
        let sql = format!(
            "update source_record set gone_batch_id = {batch} where id in {}",
            within(some.len())
        );
        tx.execute_raw(statement(
            tx,
            sql,
            some.iter().map(|row| Value::from(row.id)),
        ))
        .await?;
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            serde_json::from_str::<Said>(&row.content)
                .map_or_else(|_| row.id.to_string(), |said| said.name)
        })
        .collect())
}

/// The greatest number given out in `table`.
pub(super) async fn last_id<C: ConnectionTrait>(tx: &C, table: &'static str) -> Result<i64, DbErr> {
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
