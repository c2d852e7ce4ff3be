//! Says that a record does not hold, and why: it stays readable.

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseId, FormRecordId};
use sea_orm::DatabaseTransaction;

use super::{KIND, RecordError, find, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database::instant;
use crate::patient::needed;

/// Annuls a record of one's own organization; answers the case in which it was written.
///
/// # Errors
/// [`RecordError`], also where no reason is given.
pub async fn annul(
    tx: &DatabaseTransaction,
    by: &By,
    (id, reason): (FormRecordId, &str),
    now: DateTime<Utc>,
) -> Result<Option<CaseId>, RecordError> {
    let row = find(tx, (by, Deed::WriteForm), id, now).await?;
    if row.organization_id != by.organization.map(i64::from) {
        return Err(RecordError::NotOwn);
    }
    let reason = needed("取り消す理由", reason, 500)?;
    let who = (by.account.map(i64::from), reason.as_str());
    if !queries::annul(tx, id.get(), who, &instant(now)).await? {
        return Err(RecordError::Annulled);
    }
    let event = Event {
        note: Some("annulled"),
        ..Event::done(Deed::WriteForm.code(), KIND, id.get())
    };
    audit::record(tx, by, event, now).await?;
    Ok(row.case_id.map(Into::into))
}
