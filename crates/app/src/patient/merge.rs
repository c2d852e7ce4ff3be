//! Makes two records of one patient one: what hung on the one that goes hangs on the one that stays, and can go back.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::id::PatientId;
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};

use super::{PatientError, needed, object, queries as records};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database::instant;

pub(super) mod queries;

pub use queries::Row as Merge;

/// Which rows of which tables moved, and which names were in the register before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moved {
    pub rows: BTreeMap<String, Vec<i64>>,
    pub official: Vec<i64>,
}

/// Why two records stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// One record.
    #[error("同じ記録どうしは、一つにできません。別の記録を選んでください。")]
    Itself,
    /// It was undone, or there is none such.
    #[error("その統合はありません。すでに元に戻されています。")]
    NotThere,
    /// Something has happened since.
    #[error("統合のあとで{0}ため、元に戻せません。記録を直すか、新しく登録してください。")]
    TooLate(&'static str),
    /// A record, a text or the engine.
    #[error(transparent)]
    Patient(#[from] PatientError),
}

impl<E: Into<PatientError> + IsPlain> From<E> for MergeError {
    fn from(error: E) -> Self {
        Self::Patient(error.into())
    }
}

/// What an action meets on its way and a [`PatientError`] already is.
trait IsPlain {}
impl IsPlain for sea_orm::DbErr {}
impl IsPlain for crate::account::Refused {}

/// Merges `gone` into `kept`; its names stay as other ways to write the name. Answers the number of the merge.
///
/// # Errors
/// [`MergeError`].
pub async fn merge(
    tx: &DatabaseTransaction,
    by: &By,
    (kept, gone): (PatientId, PatientId),
    reason: &str,
    now: DateTime<Utc>,
) -> Result<i64, MergeError> {
    if kept == gone {
        return Err(MergeError::Itself);
    }
    let at = instant(now);
    // In the order of their numbers, so that two who merge at once wait for each other and the later one looks again.
    for id in [kept.min(gone), kept.max(gone)] {
        records::touch(tx, id.get(), &at).await?;
    }
    for id in [kept, gone] {
        let object = object(tx, id, now).await?;
        by.authorize(Deed::MergePatient, &object)?;
    }
    let reason = needed("理由", reason, 500)?;
    let mut moved = Moved {
        official: queries::put_off_register(tx, gone.get()).await?,
        ..Moved::default()
    };
    for table in queries::TABLES {
        let rows = queries::move_all(tx, table, (gone.get(), kept.get())).await?;
        moved.rows.insert(table.to_owned(), rows);
    }
    queries::put_merged_into(tx, gone.get(), Some(kept.get())).await?;
    let moved =
        serde_json::to_string(&moved).map_err(|error| sea_orm::DbErr::Json(error.to_string()))?;
    let who = (by.account.map(i64::from), by.organization.map(i64::from));
    let ids = (kept.get(), gone.get());
    let id = queries::insert(tx, ids, (&reason, &moved), who, &at).await?;
    tell(tx, by, ids, ["merged: kept", "merged: gone"], now).await?;
    Ok(id)
}

/// A row of the log for each of the two.
pub(super) async fn tell(
    tx: &DatabaseTransaction,
    by: &By,
    (kept, gone): (i64, i64),
    notes: [&str; 2],
    now: DateTime<Utc>,
) -> Result<(), MergeError> {
    for (id, note) in [kept, gone].into_iter().zip(notes) {
        let event = Event {
            note: Some(note),
            ..Event::done(Deed::MergePatient.code(), "patient", id)
        };
        audit::record(tx, by, event, now).await?;
    }
    Ok(())
}
