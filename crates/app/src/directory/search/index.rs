//! Keeps the full text of the directory: one document per service that is not closed, made of its rows alone.
//!
//! What a category or capability is called stands in the definitions and is looked up when somebody searches, so a new
//! word there needs no new index.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use keniki_base::code::PrefectureCode;
use keniki_base::geo::{self, Point};
use keniki_base::text;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use tokio::task::JoinHandle;

use super::expression::EVERY;
use super::opening::{self, Span};
use crate::database;
use crate::directory::source::said::Hours;

mod queries;

/// Services read and written at a time.
const CHUNK: usize = 1_000;

/// One service as it is to be found: from its rows, or from what has just been written into them.
pub struct Entry {
    /// Its number.
    pub service_id: i64,
    /// Code of its category.
    pub category: String,
    /// `active`, `suspended`.
    pub status: String,
    /// The service's own name, where it differs from the site's.
    pub name: Option<String>,
    /// The site's.
    pub site_name: String,
    /// The site's, in kana.
    pub kana: Option<String>,
    /// Who runs it.
    pub organization: Option<String>,
    /// The site's.
    pub address: Option<String>,
    /// The site's.
    pub building: Option<String>,
    /// 5-digit code.
    pub municipality: Option<String>,
    /// Where it is.
    pub point: Option<Point>,
    /// Codes of its capabilities.
    pub capabilities: Vec<String>,
    /// Its opening hours.
    pub hours: Vec<Hours>,
}

/// The span, where the row gives one.
fn span(hours: &Hours) -> Option<Span> {
    let (opens, closes) = hours.opens.as_ref().zip(hours.closes.as_ref())?;
    hours.is_open.then(|| Span {
        weekday: i64::from(hours.weekday),
        opens: opens.clone(),
        closes: closes.clone(),
    })
}

/// Open that day, but nobody says when.
fn is_vague(hours: &Hours) -> bool {
    hours.is_open && (hours.opens.is_none() || hours.closes.is_none())
}

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
    let mut indexer = Indexer::load(tx).await?;
    indexer.put(tx, service_ids).await?;
    indexer.flush(tx).await
}

/// Documents that are to be written.
pub struct Documents(Vec<Document>);

impl Documents {
    /// The statements that write them.
    pub fn inserts(self, db: &impl ConnectionTrait) -> Vec<Statement> {
        queries::inserts_of(db, self.0)
    }
}

/// Writes documents many times over in one transaction. They are made on another thread and wait until there
/// are many: SQLite's full text writes a segment for each statement, and merges the small ones again and again.
pub struct Indexer {
    municipalities: Arc<HashMap<String, String>>,
    waiting: Vec<JoinHandle<Vec<Document>>>,
    n_waiting: usize,
}

impl Indexer {
    /// Learns what municipalities are called.
    pub async fn load(tx: &impl ConnectionTrait) -> Result<Self, DbErr> {
        Ok(Self {
            municipalities: Arc::new(queries::municipality_names(tx).await?),
            waiting: Vec::new(),
            n_waiting: 0,
        })
    }

    /// Takes services that are not closed and have no document.
    pub fn add(&mut self, entries: Vec<Entry>) {
        self.n_waiting += entries.len();
        let municipalities = Arc::clone(&self.municipalities);
        self.waiting.push(tokio::task::spawn_blocking(move || {
            let documents = entries.iter().map(|entry| document(entry, &municipalities));
            documents.collect()
        }));
    }

    /// Whether enough waits to be written.
    pub fn has_many(&self) -> bool {
        self.n_waiting >= queries::DOCUMENTS_MOST
    }

    /// Hands out what waits.
    pub async fn take(&mut self) -> Result<Documents, DbErr> {
        let mut documents = Vec::with_capacity(std::mem::take(&mut self.n_waiting));
        for made in self.waiting.drain(..) {
            let made = made.await;
            documents.extend(made.map_err(|error| DbErr::Custom(error.to_string()))?);
        }
        Ok(Documents(documents))
    }

    /// Writes the documents of these services anew from their rows.
    pub async fn put(
        &mut self,
        tx: &impl ConnectionTrait,
        service_ids: &[i64],
    ) -> Result<(), DbErr> {
        if service_ids.is_empty() {
            return Ok(());
        }
        self.flush(tx).await?;
        remove(tx, service_ids).await?;
        for ids in service_ids.chunks(CHUNK) {
            self.add_rows(tx, ids).await?;
        }
        Ok(())
    }

    /// Writes the documents of every service of these sites anew.
    pub async fn put_sites(
        &mut self,
        tx: &impl ConnectionTrait,
        site_ids: &[i64],
    ) -> Result<(), DbErr> {
        let mut service_ids = Vec::new();
        for ids in site_ids.chunks(CHUNK) {
            service_ids.extend(queries::services_of_sites(tx, ids).await?);
        }
        self.put(tx, &service_ids).await
    }

    /// Writes what waits; without it the last documents are lost.
    pub async fn flush(&mut self, tx: &impl ConnectionTrait) -> Result<(), DbErr> {
        for statement in self.take().await?.inserts(tx) {
            tx.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// [`Self::add`] from their rows; answers how many.
    async fn add_rows(&mut self, tx: &impl ConnectionTrait, ids: &[i64]) -> Result<u64, DbErr> {
        let rows = queries::service_rows(tx, ids).await?;
        let capabilities = queries::capabilities_of(tx, ids).await?;
        let mut capabilities = by_service(capabilities, |row| row.service_id);
        let mut hours = by_service(queries::hours_of(tx, ids).await?, |row| row.service_id);
        let n = rows.len() as u64;
        let entries = rows.into_iter().map(|row| {
            let capabilities = capabilities.remove(&row.id).unwrap_or_default();
            let hours = hours.remove(&row.id).unwrap_or_default();
            row.entry(capabilities, hours)
        });
        self.add(entries.collect());
        if self.has_many() {
            self.flush(tx).await?;
        }
        Ok(n)
    }
}

fn by_service<T>(rows: Vec<T>, service_id: impl Fn(&T) -> i64) -> HashMap<i64, Vec<T>> {
    let mut out: HashMap<i64, Vec<T>> = HashMap::new();
    for row in rows {
        out.entry(service_id(&row)).or_default().push(row);
    }
    out
}

/// Takes these services out of the index.
pub async fn remove(tx: &impl ConnectionTrait, service_ids: &[i64]) -> Result<(), DbErr> {
    for ids in service_ids.chunks(CHUNK) {
        queries::delete_documents(tx, ids).await?;
    }
    Ok(())
}

/// Whether a migration has left the index to be built anew.
pub async fn is_stale(db: &DatabaseConnection) -> Result<bool, DbErr> {
    queries::is_stale(db).await
}

/// Builds the whole index anew and answers how many services it holds.
pub async fn rebuild(db: &DatabaseConnection) -> Result<u64, DbErr> {
    let tx = database::begin_write(db).await?;
    queries::clear_documents(&tx).await?;
    let mut indexer = Indexer::load(&tx).await?;
    let (mut last, mut count) = (0, 0);
    loop {
        let ids = queries::service_ids_after(&tx, last, CHUNK as u64).await?;
        let Some(&end) = ids.last() else { break };
        count += indexer.add_rows(&tx, &ids).await?;
        last = end;
    }
    indexer.flush(&tx).await?;
    tx.commit().await?;
    Ok(count)
}

fn document(entry: &Entry, municipalities: &HashMap<String, String>) -> Document {
    let municipality = entry.municipality.as_deref();
    let prefecture = municipality.and_then(|code| code.get(..2));
    let prefecture_name = prefecture
        .and_then(|code| PrefectureCode::parse(code).ok())
        .and_then(PrefectureCode::name);
    let municipality_name = municipality.and_then(|code| municipalities.get(code));
    let address = entry.address.as_deref();
    // The place once: most sources write its prefecture or municipality into the address, some do not.
    let missing = |name: &&str| !address.is_some_and(|address| address.contains(name));
    let by_hyphens = address.and_then(by_hyphens);
    let name = [
        Some(entry.site_name.as_str()),
        entry.name.as_deref(),
        entry.kana.as_deref(),
    ];
    let other = [
        entry.organization.as_deref(),
        prefecture_name.filter(missing),
        municipality_name.map(String::as_str).filter(missing),
        address,
        by_hyphens.as_deref(),
        entry.building.as_deref(),
    ];
    let known = known_weekdays(&entry.hours);
    // A day of which one slot says no times is unknown as a whole.
    let spans = entry
        .hours
        .iter()
        .filter(|row| known.contains(&row.weekday));
    let spans: Vec<Span> = spans.filter_map(span).collect();

    let mut tokens = vec![
        EVERY.to_owned(),
        category_token(&entry.category),
        status_token(&entry.status),
    ];
    tokens.extend(prefecture.map(prefecture_token));
    tokens.extend(municipality.map(municipality_token));
    tokens.push(entry.point.map_or_else(
        || UNPLACED.to_owned(),
        |point| mesh_token(geo::mesh2(point)),
    ));
    let capabilities = entry.capabilities.iter();
    tokens.extend(capabilities.map(|code| capability_token(code)));
    tokens.extend(spans.iter().map(Span::token));
    tokens.extend(known.into_iter().map(i64::from).map(opening::known_token));
    Document {
        service_id: entry.service_id,
        name: index_tokens(&name),
        other: format!("{} {}", index_tokens(&other), tokens.join(" ")),
        point: entry.point,
        spans,
    }
}

/// The numbers of an address as people type them, where the list has them otherwise: 皆生3-6-32 for 皆生三丁目6番32号.
fn by_hyphens(address: &str) -> Option<String> {
    const NUMERALS: [char; 9] = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let (town, house) = address.split_once("丁目")?;
    let numeral = NUMERALS.iter().position(|it| town.ends_with(*it));
    let town = numeral.map_or_else(
        || town.to_owned(),
        |at| format!("{}{}", town.trim_end_matches(NUMERALS), at + 1),
    );
    let house = house.replace("番地", "-").replace('番', "-");
    Some(format!("{town}-{}", house.trim_end_matches(['号', '-'])))
}

/// The weekdays of which every stated slot says when, or that the place is closed.
fn known_weekdays(hours: &[Hours]) -> BTreeSet<u8> {
    let vague: BTreeSet<u8> = hours
        .iter()
        .filter(|row| is_vague(row))
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
