//! Takes a batch back: every field that the batch wrote last gets its former value, every record, service
//! and site that only the batch knew goes; what others wrote or confirmed since stays and is listed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};
use serde::Serialize;
use serde_json::{Map, Value};

use super::content::{differing, fields, name_of};
use super::fold::AUTHORITY;
use super::write::{self, Ids};
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::audit::{self, Event};
use crate::bundle::{self, IsMirror};
use crate::database::{self, Writer};
use crate::directory::proposal;
use crate::directory::search::index::{self, Indexer};
use crate::directory::source::Said;
use crate::directory::source::locate::Places;

mod queries;

/// What taking a batch back did.
#[derive(Debug, Default, Serialize)]
pub struct Undone {
    /// The batch.
    pub batch: i64,
    /// Its file.
    pub file: String,
    /// Records whose fields got their former values.
    pub restored_records: u64,
    /// Records that only the batch knew, taken out.
    pub removed_records: u64,
    /// Services taken out with them.
    pub removed_services: u64,
    /// Sites taken out with them.
    pub removed_sites: u64,
    /// What stays, because a later batch wrote or confirmed it.
    pub kept: Vec<Kept>,
}

impl Undone {
    /// The batches that wrote or confirmed what stays, the latest first: taken back in this order before this one,
    /// nothing would have stayed.
    pub fn in_the_way(&self) -> Vec<i64> {
        let batches: BTreeSet<i64> = self.kept.iter().map(|kept| kept.by_batch).collect();
        batches.into_iter().rev().collect()
    }
}

/// A field or record that stays.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Name of the institution or office.
    pub name: String,
    /// The field; `None` where the whole record stays.
    pub field: Option<String>,
    /// The batch that wrote or confirmed it since.
    pub by_batch: i64,
}

/// Why a batch cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// No such batch.
    #[error("取込み番号 {0} はありません。番号は取込みの結果に書いてあります。")]
    NoSuchBatch(i64),
    /// Taken back before.
    #[error("取込み番号 {0} は、すでに取り消してあります。")]
    AlreadyUndone(i64),
    /// What it changed is over its time.
    #[error(
        "取込み番号 {0} は、前の内容の保存期間が過ぎているため、取り消せません。正しい名簿を取り込み直してください。"
    )]
    TooOld(i64),
    /// A sample area is no import.
    #[error("取込み番号 {0} は見本の地域です。取り消せるのは名簿の取込みだけです。")]
    Sample(i64),
    /// A filing is taken back where it was recorded.
    #[error(
        "取込み番号 {0} は届出・立入検査の記録です。そのサービスの「届出・立入検査」のページで取り消してください。"
    )]
    Filing(i64),
    /// Only bundles write the directory here.
    #[error(transparent)]
    Mirror(#[from] IsMirror),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal; nothing was changed.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// A batch before it is taken back.
#[derive(Debug)]
pub struct Ahead {
    /// Its file.
    pub file: String,
    /// ISO instant.
    pub imported_at: String,
    /// How many records it brought or changed.
    pub records: u64,
    /// Why it cannot be taken back.
    pub refused: Option<UndoError>,
}

/// What taking `batch` back would touch; `None` where there is no such batch.
pub async fn ahead(db: &impl ConnectionTrait, batch: i64) -> Result<Option<Ahead>, DbErr> {
    let Some(head) = queries::batch(db, batch).await? else {
        return Ok(None);
    };
    Ok(Some(Ahead {
        records: queries::n_records(db, batch).await?,
        refused: can_be_taken_back(batch, &head).err(),
        file: head.file_name,
        imported_at: head.imported_at,
    }))
}

fn can_be_taken_back(batch: i64, head: &queries::Batch) -> Result<(), UndoError> {
    if head.undone_at.is_some() {
        return Err(UndoError::AlreadyUndone(batch));
    }
    if head.changes_erased_at.is_some() {
        return Err(UndoError::TooOld(batch));
    }
    match head.format.as_str() {
        "sample" => Err(UndoError::Sample(batch)),
        AUTHORITY => Err(UndoError::Filing(batch)),
        _ => Ok(()),
    }
}

/// Takes `batch` back, all or nothing.
pub async fn undo(
    db: &DatabaseConnection,
    places: &Places,
    batch: i64,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Undone, UndoError> {
    by.authorize(Deed::Undo, &Object::new("import_batch", batch))?;
    let tx = database::begin_write(db).await?;
    database::lock(&tx, database::Lock::Directory).await?;
    bundle::is_kept_here(&tx).await??;
    let head = queries::batch(&tx, batch).await?;
    let head = head.ok_or(UndoError::NoSuchBatch(batch))?;
    can_be_taken_back(batch, &head)?;
    let mut undone = Undone {
        batch,
        file: head.file_name,
        ..Undone::default()
    };
    let at = database::instant(now);
    queries::mark_undone(&tx, batch, &at).await?;
    let mut sites = restore(&tx, batch, &mut undone).await?;
    unsee(&tx, batch).await?;
    sites.extend(remove(&tx, batch, &mut undone).await?);
    queries::forget_marks(&tx, batch).await?;
    let gone = take_out_orphans(&tx, &sites, &mut undone).await?;
    let left: BTreeSet<i64> = sites.difference(&gone).copied().collect();
    let mut ids = Ids::load(&tx).await?;
    let mut indexer = Indexer::load(&tx).await?;
    let mut writer = Writer::new(tx);
    write::refresh_sites(&mut writer, batch, places, &mut ids, &mut indexer, &left).await?;
    let tx = writer.end().await?;
    indexer.flush(&tx).await?;
    queries::delete_orphan_organizations(&tx).await?;
    proposal::withdraw_of_batch(&tx, batch, now).await?;
    let event = Event::done(Deed::Undo.code(), "import_batch", batch);
    audit::record(&tx, by, event, now).await?;
    tx.commit().await?;
    Ok(undone)
}

/// Gives changed records their former values, field by field; answers their sites.
async fn restore(
    tx: &DatabaseTransaction,
    batch: i64,
    undone: &mut Undone,
) -> Result<BTreeSet<i64>, DbErr> {
    let mut sites = BTreeSet::new();
    for change in queries::changes(tx, batch).await? {
        let later = queries::later_changes(tx, batch, change.record_id).await?;
        let (before, after) = (fields(&change.before_fields), fields(&change.after_fields));
        let mut content = fields(&change.content);
        let mut is_restored = false;
        for field in differing(&before, &after) {
            let writer = later.iter().rfind(|later| {
                differing(&fields(&later.before_fields), &fields(&later.after_fields))
                    .contains(&field)
            });
            if let Some(writer) = writer {
                undone.kept.push(Kept {
                    name: name_of(&content),
                    field: Some(field),
                    by_batch: writer.batch_id,
                });
                continue;
            }
            is_restored = true;
            match before.get(&field) {
                Some(value) => content.insert(field, value.clone()),
                None => content.remove(&field),
            };
        }
        if is_restored {
            undone.restored_records += 1;
            let json = in_order(content);
            queries::put_content(tx, batch, change.record_id, &json).await?;
            sites.insert(change.site_id);
        }
    }
    Ok(sites)
}

/// The records that the batch met last were met last by the one before it that still holds.
async fn unsee(tx: &DatabaseTransaction, batch: i64) -> Result<(), DbErr> {
    for undone in queries::undone_batches(tx, batch).await? {
        for sighting in queries::sightings(tx, undone).await? {
            let ids: Vec<i64> = serde_json::from_str(&sighting.record_ids)
                .map_err(|error| DbErr::Custom(format!("sighting of {undone}: {error}")))?;
            queries::put_seen(tx, undone, sighting.before, &ids).await?;
        }
    }
    Ok(())
}

/// Takes out the records that no batch knows any more; answers their sites. Those that this batch made and
/// a later one changed or met stay.
async fn remove(
    tx: &DatabaseTransaction,
    batch: i64,
    undone: &mut Undone,
) -> Result<BTreeSet<i64>, DbErr> {
    let mut sites = BTreeSet::new();
    let mut ids = Vec::new();
    for made in queries::records_made_by_undone(tx).await? {
        match made.known_by {
            None => {
                ids.push(made.id);
                sites.insert(made.site_id);
            }
            Some(later) if made.created_batch_id == batch => undone.kept.push(Kept {
                name: name_of(&fields(&made.content)),
                field: None,
                by_batch: later,
            }),
            Some(_) => {}
        }
    }
    undone.removed_records = ids.len() as u64;
    queries::delete_by_id(tx, "source_record", "id", &ids).await?;
    Ok(sites)
}

/// Takes out services and sites of which no list speaks any more; answers the sites.
async fn take_out_orphans(
    tx: &DatabaseTransaction,
    sites: &BTreeSet<i64>,
    undone: &mut Undone,
) -> Result<BTreeSet<i64>, DbErr> {
    let sites: Vec<i64> = sites.iter().copied().collect();
    let services = queries::orphan_services(tx, &sites).await?;
    index::remove(tx, &services).await?;
    for table in ["service_hours", "service_capability", "proposal"] {
        queries::delete_by_id(tx, table, "service_id", &services).await?;
    }
    queries::delete_by_id(tx, "service", "id", &services).await?;
    let gone = queries::orphan_sites(tx, &sites).await?;
    for (table, column) in [
        ("site_code", "site_id"),
        ("contact_point", "site_id"),
        ("match_review", "site_id"),
        ("match_review", "candidate_site_id"),
        ("site", "id"),
    ] {
        queries::delete_by_id(tx, table, column, &gone).await?;
    }
    undone.removed_services = services.len() as u64;
    undone.removed_sites = gone.len() as u64;
    Ok(gone.into_iter().collect())
}

/// The text as an import writes it, so that the same row of the list has the same text.
fn in_order(content: Map<String, Value>) -> String {
    serde_json::from_value::<Said>(Value::Object(content.clone())).map_or_else(
        |_| Value::Object(content).to_string(),
        |said| said.to_json(),
    )
}
