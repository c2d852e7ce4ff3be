//! The paper that came with an event of a case, for whoever may see the case.

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseEventId, CaseId};
use sea_orm::DatabaseTransaction;

use super::{CaseError, object, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::attachment::key::KeyFile;
use crate::attachment::{self, Opened};
use crate::audit::{self, Event};

/// Opens it, and writes down that it was opened; one of another case is not there.
///
/// # Errors
/// [`CaseError::NotThere`], the policy's refusal, or why it does not open.
pub async fn file(
    tx: &DatabaseTransaction,
    by: &By,
    (case, event, keys): (CaseId, CaseEventId, &KeyFile),
    now: DateTime<Utc>,
) -> Result<Opened, CaseError> {
    by.authorize(Deed::ReadCase, &object(tx, case, now).await?)?;
    let file = queries::attachment_of(tx, case.get(), event.get()).await?;
    let file = file.ok_or(CaseError::NotThere)?;
    let seen = Event::done(Deed::ReadCase.code(), "case_event", event.get());
    audit::record(tx, by, seen, now).await?;
    Ok(attachment::open(tx, file.into(), keys).await?)
}
