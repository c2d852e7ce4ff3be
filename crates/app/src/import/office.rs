//! Writes what an office says of its own service, once it is approved: a record of its own that counts before every list's,
//! in a batch of its own that undo takes back.

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

/// Puts `said` in the place of what the office has said; answers the transaction and the batch.
pub(crate) async fn put(
    tx: DatabaseTransaction,
    places: &Places,
    (by, title): (&By, &str),
    (service, said): (ServiceId, Said),
    now: DateTime<Utc>,
) -> Result<(DatabaseTransaction, i64), DbErr> {
    database::lock(&tx, database::Lock::Directory).await?;
    let batch = last_id(&tx, "import_batch").await? + 1;
    queries::insert_batch(&tx, batch, title, &by.label(), &database::instant(now)).await?;
    let site = queries::site_of(&tx, service.get()).await?;
    let (key, json) = (service.to_string(), said.to_json());
    let record = Record {
        rows: Vec::new(),
        scope: OFFICE.to_owned(),
        key: key.clone(),
        said,
    };
    let mut ids = Ids::load(&tx).await?;
    let mut indexer = Indexer::load(&tx).await?;
    let known = records::known_records(&tx, HashSet::from([key.as_str()])).await?;
    let mut writer = match known.get(&(OFFICE.to_owned(), key.clone())) {
        Some(known) => {
            let change = ids.batch_change.next();
            records::change_record(&tx, batch, change, known, &record, &json).await?;
            Writer::new(tx)
        }
        None => {
            let new = NewRecord {
                id: ids.source_record.next(),
                record: &record,
                json: &json,
                site_id: site,
                service_id: service.get(),
            };
            let mut writer = Writer::new(tx);
            records::insert_records(&mut writer, batch, &[new]).await;
            writer
        }
    };
    let sites = BTreeSet::from([site]);
    write::refresh_sites(&mut writer, batch, places, &mut ids, &mut indexer, &sites).await?;
    let tx = writer.end().await?;
    indexer.flush(&tx).await?;
    queries::put_assured(&tx, service.get(), &jst_day(now).to_string()).await?;
    Ok((tx, batch))
}
