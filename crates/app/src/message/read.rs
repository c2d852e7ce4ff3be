//! Whoever opened a case has read its messages.

use chrono::{DateTime, Utc};
use keniki_base::id::CaseId;
use sea_orm::DatabaseTransaction;

use super::{MessageError, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::case;
use crate::database::instant;

/// Notes what `by` has not read of a case as read now; answers how many. The looking itself is in the audit log each time.
pub async fn mark_read(
    tx: &DatabaseTransaction,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<u64, MessageError> {
    by.authorize(Deed::ReadMessage, &case::object(tx, case, now).await?)?;
    let event = Event::done(Deed::ReadMessage.code(), "care_case", case.get());
    audit::record(tx, by, event, now).await?;
    match by.account {
        None => Ok(0),
        Some(account) => {
            Ok(queries::mark_read(tx, (case.get(), account.get()), &instant(now)).await?)
        }
    }
}
