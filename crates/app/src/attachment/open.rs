//! Opens a file for whoever may see what it hangs on.

use keniki_base::id::AttachmentId;
use sea_orm::ConnectionTrait;

use super::AttachmentError;
use super::key::{KeyFile, Keys};
use super::queries::{self, Row};

/// A file as it was brought. It has no `Debug`, so that it never stands in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its name, harmless.
    pub name: String,
    /// Its kind.
    pub media_type: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// The file of this number; who may see it was asked of what it hangs on.
pub async fn open(
    db: &impl ConnectionTrait,
    id: AttachmentId,
    keys: &KeyFile,
) -> Result<Opened, AttachmentError> {
    open_with(db, id, &keys.keys()?).await
}

pub(super) async fn open_with(
    db: &impl ConnectionTrait,
    id: AttachmentId,
    keys: &Keys,
) -> Result<Opened, AttachmentError> {
    let row = queries::find(db, id.into()).await?;
    opened(row.ok_or(AttachmentError::Unknown(id))?, keys)
}

fn opened(mut row: Row, keys: &Keys) -> Result<Opened, AttachmentError> {
    let (id, bound_to) = (row.id.into(), row.bound());
    let sealed = std::mem::take(&mut row.content);
    let key_id = row.key_id.clone();
    match keys.open(&row.key_id, sealed, &bound_to) {
        Some(Some(content)) => Ok(Opened {
            name: row.name,
            media_type: row.media_type,
            content,
        }),
        Some(None) => Err(AttachmentError::Damaged { id, key_id }),
        None => Err(AttachmentError::KeyLost { id, key_id }),
    }
}
