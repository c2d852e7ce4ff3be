//! The records of a patient that somebody may see.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::PatientId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::RecordError;
use super::queries::{self, Row};
use crate::account::By;
use crate::account::policy::{self, Deed};
use crate::audit::{self, Event};

/// Whether a record (`r`) is within reach: as [`super::find`] decides of each alone.
pub(super) fn within(by: &By, now: DateTime<Utc>) -> String {
    let (reach, today) = (by.reach(Deed::ReadForm), jst_day(now));
    let of_patient = policy::condition_of_patient(&reach, "r.patient_id", today, now);
    let of_case = policy::condition_of_case(&reach, "r.case_id", now);
    format!("((r.case_id is null and {of_patient}) or (r.case_id is not null and {of_case}))")
}

/// Those that `by` may see, annulled ones too, the newest first.
///
/// # Errors
/// The engine's.
pub async fn list(
    db: &impl ConnectionTrait,
    by: &By,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<Vec<Row>, DbErr> {
    queries::of_patient(db, patient.get(), &within(by, now)).await
}

/// The same for a page of whoever may see the patient, and that it was seen.
///
/// # Errors
/// [`RecordError`].
pub async fn open(
    tx: &DatabaseTransaction,
    by: &By,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<Vec<Row>, RecordError> {
    let object = crate::patient::object(tx, patient, now).await?;
    by.authorize(Deed::ReadForm, &object)?;
    let event = Event::done(Deed::ReadForm.code(), object.kind, object.id);
    audit::record(tx, by, event, now).await?;
    Ok(list(tx, by, patient, now).await?)
}

/// How many that `by` may see stand.
///
/// # Errors
/// The engine's.
pub async fn count(
    db: &impl ConnectionTrait,
    by: &By,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    queries::n_of_patient(db, patient.get(), &within(by, now)).await
}
