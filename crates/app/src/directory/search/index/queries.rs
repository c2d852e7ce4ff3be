//! The SQL that reads what a document is made of, and writes it: FTS5 on SQLite, `tsvector` on PostgreSQL.

use std::collections::HashMap;

use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};

use super::{Document, Entry};
use crate::database::{inserts, is_sqlite, statement, within};
use crate::directory::search::opening::Span;
use crate::directory::search::queries::{ids, integers, rows, unit_vector};
use crate::directory::source::said::Hours;

/// One service with its site and organization, as the index reads them.
#[derive(FromQueryResult)]
pub(super) struct ServiceRow {
    pub id: i64,
    pub category: String,
    pub name: Option<String>,
    pub status: String,
    pub site_name: String,
    pub kana: Option<String>,
    pub address: Option<String>,
    pub building: Option<String>,
    pub municipality_code: Option<String>,
    pub lat: Option<f64>,
    pub lng: Option<f64>,
    pub organization: Option<String>,
}

pub(super) async fn service_rows(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<Vec<ServiceRow>, DbErr> {
    let sql = format!(
        "select s.id, s.category, s.name, s.status, t.name as site_name, t.kana, t.address, t.building,
                t.municipality_code, t.lat, t.lng, o.name as organization
         from service s
         join site t on t.id = s.site_id
         left join organization o on o.id = t.organization_id
         where s.status <> 'closed' and t.status <> 'closed' and s.id in {}
         order by s.id",
        within(db, ids.len())
    );
    all(db, sql, integers(ids)).await
}

impl ServiceRow {
    pub(super) fn entry(self, capabilities: Vec<CapabilityRow>, hours: Vec<HoursRow>) -> Entry {
        Entry {
            service_id: self.id,
            category: self.category,
            status: self.status,
            name: self.name,
            site_name: self.site_name,
            kana: self.kana,
            organization: self.organization,
            address: self.address,
            building: self.building,
            municipality: self.municipality_code,
            point: self.lat.zip(self.lng).map(|(lat, lng)| Point { lat, lng }),
            capabilities: capabilities.into_iter().map(|row| row.capability).collect(),
            hours: hours.into_iter().map(HoursRow::hours).collect(),
        }
    }
}

/// One row of opening hours.
#[derive(FromQueryResult)]
pub(super) struct HoursRow {
    pub service_id: i64,
    weekday: i64,
    is_open: bool,
    opens: Option<String>,
    closes: Option<String>,
}

impl HoursRow {
    fn hours(self) -> Hours {
        Hours {
            weekday: u8::try_from(self.weekday).unwrap_or_default(),
            is_open: self.is_open,
            opens: self.opens,
            closes: self.closes,
        }
    }
}

pub(super) async fn hours_of(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<Vec<HoursRow>, DbErr> {
    let sql = format!(
        "select service_id, weekday, is_open, opens, closes from service_hours
         where service_id in {} order by service_id, weekday, slot",
        within(db, ids.len())
    );
    all(db, sql, integers(ids)).await
}

/// One capability of a service.
#[derive(FromQueryResult)]
pub(super) struct CapabilityRow {
    pub service_id: i64,
    capability: String,
}

pub(super) async fn capabilities_of(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<Vec<CapabilityRow>, DbErr> {
    let sql = format!(
        "select service_id, capability from service_capability
         where service_id in {} order by service_id, capability",
        within(db, ids.len())
    );
    all(db, sql, integers(ids)).await
}

/// Municipality names by 5-digit code.
pub(super) async fn municipality_names(
    db: &impl ConnectionTrait,
) -> Result<HashMap<String, String>, DbErr> {
    let sql = "select code, name from area where kind = 'municipality' order by code";
    let names = rows(db, sql, [], |row| {
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
    })
    .await?;
    Ok(names.into_iter().collect())
}

pub(super) async fn services_of_sites(
    db: &impl ConnectionTrait,
    site_ids: &[i64],
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "select id from service where site_id in {} order by id",
        within(db, site_ids.len())
    );
    ids(db, sql, integers(site_ids)).await
}

pub(super) async fn service_ids_after(
    db: &impl ConnectionTrait,
    last: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    let sql = "select id from service where id > $1 order by id limit $2";
    ids(db, sql, [last.into(), (limit as i64).into()]).await
}

// ── writing the index

/// Documents that are written at a time, by one statement.
pub(super) const DOCUMENTS_MOST: usize = 8_192;

pub(super) async fn is_stale(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let sql = "select 1 from setting where name = 'stale' and value = 'search'";
    let row = db.query_one_raw(statement(db, sql, [])).await?;
    Ok(row.is_some())
}

pub(super) async fn clear_documents(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let clear = match is_sqlite(db) {
        true => "insert into service_text (service_text) values ('delete-all')",
        false => "delete from service_text",
    };
    for sql in [
        clear,
        "delete from service_place",
        "delete from opening_span",
        "delete from setting where name = 'stale' and value = 'search'",
    ] {
        db.execute_unprepared(sql).await?;
    }
    Ok(())
}

pub(super) async fn delete_documents(db: &impl ConnectionTrait, ids: &[i64]) -> Result<(), DbErr> {
    let key = if is_sqlite(db) { "rowid" } else { "service_id" };
    for (table, key) in [("service_text", key), ("service_place", "service_id")] {
        let sql = format!(
            "delete from {table} where {key} in {}",
            within(db, ids.len())
        );
        db.execute_raw(statement(db, sql, integers(ids))).await?;
    }
    Ok(())
}

/// The statements that insert these documents.
pub(super) fn inserts_of(db: &impl ConnectionTrait, documents: Vec<Document>) -> Vec<Statement> {
    let mut out = Vec::new();
    out.extend(places(db, &documents));
    out.extend(spans(db, &documents));
    if !is_sqlite(db) {
        out.extend(as_tsvector(db, &documents));
        return out;
    }
    let head = "insert into service_text (rowid, name, other) values";
    let row = |document: Document| -> [Value; 3] {
        [
            document.service_id.into(),
            document.name.into(),
            document.other.into(),
        ]
    };
    let values = documents.into_iter().flat_map(row).collect();
    out.extend(inserts(db, head, 3, values, ""));
    out
}

/// A text becomes a `tsvector` by a cast, for which the places of [`inserts`] have no room.
fn as_tsvector(
    db: &impl ConnectionTrait,
    documents: &[Document],
) -> impl Iterator<Item = Statement> {
    documents.chunks(500).map(|documents| {
        let rows: Vec<String> = (0..documents.len())
            .map(|at| format!("(${}, ${}::text::tsvector)", at * 2 + 1, at * 2 + 2))
            .collect();
        let sql = format!(
            "insert into service_text (service_id, tokens) values {}",
            rows.join(",")
        );
        let values = documents.iter().flat_map(|document| -> [Value; 2] {
            [document.service_id.into(), tsvector(document).into()]
        });
        statement(db, sql, values)
    })
}

/// The tokens as the text of a `tsvector`: PostgreSQL's own parser would cut them otherwise than FTS5 does.
fn tsvector(document: &Document) -> String {
    let names = document
        .name
        .split(' ')
        .filter(|token| !token.is_empty())
        .map(|token| (token, "A"));
    let others = document
        .other
        .split(' ')
        .filter(|token| !token.is_empty())
        .map(|token| (token, ""));
    // A gap between the two keeps a phrase from crossing, as the columns do in FTS5.
    let gap = document.name.split(' ').count() + 2;
    let mut text = String::with_capacity((document.name.len() + document.other.len()) * 2);
    for (position, (token, weight)) in (1..).zip(names) {
        text.push_str(&format!("'{token}':{position}{weight} "));
    }
    for (position, (token, weight)) in (gap..).zip(others) {
        text.push_str(&format!("'{token}':{position}{weight} "));
    }
    text
}

fn places(db: &impl ConnectionTrait, documents: &[Document]) -> impl Iterator<Item = Statement> {
    let row = |document: &Document| -> Option<[Value; 4]> {
        let [x, y, z] = unit_vector(document.point?);
        Some([document.service_id.into(), x.into(), y.into(), z.into()])
    };
    let values = documents.iter().filter_map(row).flatten().collect();
    let head = "insert into service_place (service_id, x, y, z) values";
    inserts(db, head, 4, values, "")
}

fn spans(db: &impl ConnectionTrait, documents: &[Document]) -> impl Iterator<Item = Statement> {
    let mut spans: Vec<&Span> = documents
        .iter()
        .flat_map(|document| &document.spans)
        .collect();
    spans.sort_unstable();
    spans.dedup();
    let row = |span: &Span| -> [Value; 3] {
        [
            span.weekday.into(),
            span.opens.as_str().into(),
            span.closes.as_str().into(),
        ]
    };
    let values = spans.into_iter().flat_map(row).collect();
    let head = "insert into opening_span (weekday, opens, closes) values";
    inserts(db, head, 3, values, "on conflict do nothing")
}

async fn all<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, DbErr> {
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter()
        .map(|row| T::from_query_result(row, ""))
        .collect()
}
