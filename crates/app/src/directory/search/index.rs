//! Keeps the full text of the directory: one document per service that is not closed, made of its rows alone.
//!
//! What a category or capability is called stands in the definitions and is looked up when somebody searches, so a new
//! word there needs no new index.

use std::collections::{BTreeSet, HashMap};

use keniki_base::code::PrefectureCode;
use keniki_base::geo::{self, Point};
use keniki_base::text;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

use super::expression::EVERY;
use super::opening::{self, Span};
use crate::database;

mod queries;

/// Services read and written at a time.
const CHUNK: usize = 1_000;

/// One service as the index keeps it.
struct Document {
    pub service_id: i64,
    /// Bigrams of what it is called.
    pub name: String,
    /// Bigrams of who runs it and where it is, then the filter tokens.
    pub other: String,
    pub point: Option<Point>,
    pub spans: Vec<Span>,
}

/// Writes the documents of these services anew from their rows; a closed or missing one loses its document.
/// Call it in the transaction that changed the service, its site, capabilities or hours.
pub async fn put(tx: &impl ConnectionTrait, service_ids: &[i64]) -> Result<(), DbErr> {
    if service_ids.is_empty() {
        return Ok(());
    }
    remove(tx, service_ids).await?;
    Indexer::load(tx).await?.add(tx, service_ids).await
}

/// Writes the documents of services that have none yet, many times over in one transaction.
pub struct Indexer {
    municipalities: HashMap<String, String>,
}

impl Indexer {
    /// Learns what municipalities are called.
    pub async fn load(tx: &impl ConnectionTrait) -> Result<Self, DbErr> {
        Ok(Self {
            municipalities: queries::municipality_names(tx).await?,
        })
    }

    /// Writes the documents of these services, none of which has one.
    pub async fn add(&self, tx: &impl ConnectionTrait, service_ids: &[i64]) -> Result<(), DbErr> {
        for ids in service_ids.chunks(CHUNK) {
            let documents = documents(tx, &self.municipalities, ids).await?;
            queries::insert_documents(tx, &documents).await?;
        }
        Ok(())
    }
}

/// Writes the documents of every service of these sites anew.
pub async fn put_sites(tx: &impl ConnectionTrait, site_ids: &[i64]) -> Result<(), DbErr> {
    let mut service_ids = Vec::new();
    for ids in site_ids.chunks(CHUNK) {
        service_ids.extend(queries::services_of_sites(tx, ids).await?);
    }
    put(tx, &service_ids).await
}

/// Takes these services out of the index.
pub async fn remove(tx: &impl ConnectionTrait, service_ids: &[i64]) -> Result<(), DbErr> {
    for ids in service_ids.chunks(CHUNK) {
        queries::delete_documents(tx, ids).await?;
    }
    Ok(())
}

/// Builds the whole index anew and answers how many services it holds.
pub async fn rebuild(db: &DatabaseConnection) -> Result<u64, DbErr> {
    let tx = database::begin_write(db).await?;
    queries::clear_documents(&tx).await?;
    let municipalities = queries::municipality_names(&tx).await?;
    let (mut last, mut count) = (0, 0);
    loop {
        let ids = queries::service_ids_after(&tx, last, CHUNK as u64).await?;
        let Some(&end) = ids.last() else { break };
        let documents = documents(&tx, &municipalities, &ids).await?;
        queries::insert_documents(&tx, &documents).await?;
        count += documents.len() as u64;
        last = end;
    }
    tx.commit().await?;
    Ok(count)
}

async fn documents<C: ConnectionTrait>(
    db: &C,
    municipalities: &HashMap<String, String>,
    ids: &[i64],
) -> Result<Vec<Document>, DbErr> {
    let mut capabilities: HashMap<i64, Vec<String>> = HashMap::new();
    for (id, capability) in queries::capabilities_of(db, ids).await? {
        capabilities.entry(id).or_default().push(capability);
    }
    let mut hours: HashMap<i64, Vec<queries::HoursRow>> = HashMap::new();
    for row in queries::hours_of(db, ids).await? {
        hours.entry(row.service_id).or_default().push(row);
    }
    let rows = queries::service_rows(db, ids).await?;
    Ok(rows
        .iter()
        .map(|row| {
            document(
                row,
                municipalities,
                capabilities.get(&row.id).map_or(&[], Vec::as_slice),
                hours.get(&row.id).map_or(&[], Vec::as_slice),
            )
        })
        .collect())
}

fn document(
    row: &queries::ServiceRow,
    municipalities: &HashMap<String, String>,
    capabilities: &[String],
    hours: &[queries::HoursRow],
) -> Document {
    let municipality = row.municipality_code.as_deref();
    let prefecture = municipality.and_then(|code| code.get(..2));
    let prefecture_name = prefecture
        .and_then(|code| PrefectureCode::parse(code).ok())
        .and_then(PrefectureCode::name);
    let municipality_name = municipality.and_then(|code| municipalities.get(code));
    let address = row.address.as_deref();
    // The place once: most sources write its prefecture or municipality into the address, some do not.
    let missing = |name: &&str| !address.is_some_and(|address| address.contains(name));
    let name = [
        Some(row.site_name.as_str()),
        row.name.as_deref(),
        row.kana.as_deref(),
    ];
    let other = [
        row.organization.as_deref(),
        prefecture_name.filter(missing),
        municipality_name.map(String::as_str).filter(missing),
        address,
        row.building.as_deref(),
    ];
    let point = row.lat.zip(row.lng).map(|(lat, lng)| Point { lat, lng });
    let known = known_weekdays(hours);
    // A day of which one slot says no times is unknown as a whole.
    let spans = hours.iter().filter(|row| known.contains(&row.weekday));
    let spans: Vec<Span> = spans.filter_map(queries::HoursRow::span).collect();

    let mut tokens = vec![
        EVERY.to_owned(),
        category_token(&row.category),
        status_token(&row.status),
    ];
    tokens.extend(prefecture.map(prefecture_token));
    tokens.extend(municipality.map(municipality_token));
    tokens.push(point.map_or_else(
        || UNPLACED.to_owned(),
        |point| mesh_token(geo::mesh2(point)),
    ));
    tokens.extend(
        capabilities
            .iter()
            .map(|capability| capability_token(capability)),
    );
    tokens.extend(spans.iter().map(Span::token));
    tokens.extend(known.into_iter().map(opening::known_token));
    Document {
        service_id: row.id,
        name: index_tokens(&name),
        other: format!("{} {}", index_tokens(&other), tokens.join(" ")),
        point,
        spans,
    }
}

/// The weekdays of which every stated slot says when, or that the place is closed.
fn known_weekdays(hours: &[queries::HoursRow]) -> BTreeSet<i64> {
    let vague: BTreeSet<i64> = hours
        .iter()
        .filter(|row| row.is_vague())
        .map(|row| row.weekday)
        .collect();
    hours
        .iter()
        .map(|row| row.weekday)
        .filter(|weekday| !vague.contains(weekday))
        .collect()
}

/// Each distinct text as a field of its own, so that no phrase crosses from one into the next.
fn index_tokens(fields: &[Option<&str>]) -> String {
    let mut distinct: Vec<&str> = Vec::with_capacity(fields.len());
    for field in fields.iter().flatten() {
        if !distinct.contains(field) {
            distinct.push(field);
        }
    }
    text::index_tokens(&distinct.join("\n"))
}

/// Stands in the document of a service whose place is not known.
pub(super) const UNPLACED: &str = "unplaced";

// Filter tokens have three characters or more, bigrams at most two: they never meet.

pub(super) fn category_token(code: &str) -> String {
    format!("k{}", letters_and_digits(code))
}

pub(super) fn capability_token(code: &str) -> String {
    format!("c{}", letters_and_digits(code))
}

pub(super) fn status_token(status: &str) -> String {
    format!("s{}", letters_and_digits(status))
}

pub(super) fn prefecture_token(code: &str) -> String {
    format!("p{}", letters_and_digits(code))
}

pub(super) fn municipality_token(code: &str) -> String {
    format!("m{}", letters_and_digits(code))
}

pub(super) fn mesh_token(mesh2: u32) -> String {
    format!("g{mesh2}")
}

fn letters_and_digits(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
