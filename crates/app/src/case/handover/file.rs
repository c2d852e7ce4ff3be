//! A file of a handover, for whoever may see it.

use chrono::{DateTime, Utc};
use keniki_base::id::{AttachmentId, HandoverId};
use sea_orm::ConnectionTrait;

use super::{HandoverError, queries, show};
use crate::account::By;
use crate::attachment::key::KeyFile;
use crate::attachment::{self, AttachmentError, Opened};

/// Opens a file that hangs on this handover; one that hangs elsewhere is not there.
///
/// # Errors
/// [`HandoverError`].
pub async fn file(
    db: &impl ConnectionTrait,
    by: &By,
    (id, file, keys): (HandoverId, AttachmentId, &KeyFile),
    now: DateTime<Utc>,
) -> Result<Opened, HandoverError> {
    show(db, by, id, now).await?;
    open(db, (id, file), keys).await
}

/// The same, where whoever calls this has asked.
pub(super) async fn open(
    db: &impl ConnectionTrait,
    (id, file): (HandoverId, AttachmentId),
    keys: &KeyFile,
) -> Result<Opened, HandoverError> {
    let files = queries::files(db, id.get()).await?;
    if !files.iter().any(|it| it.id == file) {
        return Err(AttachmentError::Unknown(file).into());
    }
    Ok(attachment::open(db, file, keys).await?)
}
