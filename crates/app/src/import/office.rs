//! Writes what an office says of its own service, or an authority of one: a record of its own that counts before every
//! list's, in a batch of its own.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::ServiceId;
use sea_orm::{DatabaseTransaction, DbErr};

use super::fold::OFFICE;
use super::queries::{self as records, NewRecord, last_id};
use super::write::{self, Ids};
use crate::account::By;
use crate::database::{self, Writer};
use crate::directory::search::index::Indexer;
use crate::directory::source::locate::Places;
use crate::directory::source::{Record, Said};

mod queries;

/// What the office has said of a service so far.
pub(crate) async fn said(tx: &DatabaseTransaction, service: ServiceId) -> Result<Said, DbErr> {
    let key = service.to_string();
    let known = records::known_records(tx, HashSet::from([key.as_str()])).await?;
    match known.get(&(OFFICE.to_owned(), key.clone())) {
        Some(known) => serde_json::from_str(&known.content)
            .map_err(|error| DbErr::Custom(format!("what the office says of {key}: {error}"))),
        None => Ok(Said::default()),
    }
}

/// What offices, or an authority, say from now on.
pub(crate) struct Word {
    /// Who says it: [`OFFICE`] or `AUTHORITY`.
    pub teller: &'static str,
    /// What the history calls it.
    pub title: String,
    /// Who stands for all that is said of the services; none: nobody.
    pub assured_by: Option<&'static str>,
    /// All that is said of each service.
    pub said: Vec<(ServiceId, Said)>,
}

/// Puts `word` in the place of what the offices have said; answers the transaction, and the batch where something differs.
pub(crate) async fn put(
    tx: DatabaseTransaction,
    places: &Places,
    by: &By,
    word: &Word,
    now: DateTime<Utc>,
) -> Result<(DatabaseTransaction, Option<i64>), DbErr> {
    database::lock(&tx, database::Lock::Directory).await?;
    let day = jst_day(now).to_string();
    if let Some(by) = word.assured_by {
        for (service, _) in &word.said {
            queries::put_assured(&tx, service.get(), (&day, by)).await?;
        }
    }
    let keys: Vec<String> = word.said.iter().map(|(id, _)| id.to_string()).collect();
    let known = keys.iter().map(String::as_str).collect();
    let known = records::known_records(&tx, known).await?;
    let known = |key: &String| known.get(&(word.teller.to_owned(), key.clone()));
    let told = keys.into_iter().zip(&word.said);
    let new: Vec<_> = told
        .map(|(key, (service, said))| (key, service, said, said.to_json()))
        .filter(|(key, _, _, json)| known(key).is_none_or(|known| known.content != *json))
        .collect();
    if new.is_empty() {
        return Ok((tx, None));
    }
    let batch = last_id(&tx, "import_batch").await? + 1;
    let now = database::instant(now);
    let told = (word.teller, &*word.title, &*by.label());
    queries::insert_batch(&tx, batch, told, new.len(), &now).await?;
    let mut ids = Ids::load(&tx).await?;
    let mut indexer = Indexer::load(&tx).await?;
    let mut sites = BTreeSet::new();
    let mut writer = Writer::new(tx);
    for (key, service, said, json) in &new {
        let tx = writer.settled().await?;
        let site = queries::site_of(tx, service.get()).await?;
        sites.insert(site);
        let record = Record {
            rows: Vec::new(),
            scope: word.teller.to_owned(),
            key: key.clone(),
            said: (*said).clone(),
        };
        if let Some(known) = known(key) {
            let change = ids.batch_change.next();
            records::change_record(tx, batch, change, known, &record, json).await?;
            continue;
        }
        let new = NewRecord {
            id: ids.source_record.next(),
            record: &record,
            json,
            site_id: site,
            service_id: service.get(),
        };
        records::insert_records(&mut writer, batch, &[new]).await;
    }
    write::refresh_sites(&mut writer, batch, places, &mut ids, &mut indexer, &sites).await?;
    let tx = writer.end().await?;
    indexer.flush(&tx).await?;
    Ok((tx, Some(batch)))
}
