//! A file of a message, for whoever may read the case's messages.

use chrono::{DateTime, Utc};
use keniki_base::id::{AttachmentId, CaseId};
use sea_orm::ConnectionTrait;

use super::{MessageError, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::attachment::key::KeyFile;
use crate::attachment::{self, AttachmentError, Opened};
use crate::case;

/// Opens a file that hangs on a message of this case; one that hangs elsewhere is not there.
pub async fn file(
    db: &impl ConnectionTrait,
    by: &By,
    (case, file, keys): (CaseId, AttachmentId, &KeyFile),
    now: DateTime<Utc>,
) -> Result<Opened, MessageError> {
    by.authorize(Deed::ReadMessage, &case::object(db, case, now).await?)?;
    if !queries::hangs_on(db, case.get(), file.get()).await? {
        return Err(AttachmentError::Unknown(file).into());
    }
    Ok(attachment::open(db, file, keys).await?)
}
