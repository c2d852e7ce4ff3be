//! Changes what is said of a patient, as whoever changes it saw it last.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::PatientId;
use sea_orm::DatabaseTransaction;

use super::record::Record;
use super::{PatientError, object, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database::instant;

/// Writes the record anew; rows that say the same stay as they are.
///
/// # Errors
/// [`PatientError::Stale`] where it is no longer the version that was read.
pub async fn change(
    tx: &DatabaseTransaction,
    by: &By,
    (patient, version): (PatientId, i64),
    record: Record,
    now: DateTime<Utc>,
) -> Result<(), PatientError> {
    let object = object(tx, patient, now).await?;
    by.authorize(Deed::WritePatient, &object)?;
    let record = record.checked(jst_day(now))?;
    let at = instant(now);
    if !queries::put(tx, (patient.get(), version), &record, &at).await? {
        return Err(PatientError::Stale);
    }
    queries::put_rows(
        tx,
        patient.get(),
        &record,
        (by.account, by.organization),
        &at,
    )
    .await?;
    let event = Event::done(Deed::WritePatient.code(), "patient", patient.get());
    Ok(audit::record(tx, by, event, now).await?)
}
