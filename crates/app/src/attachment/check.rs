//! Whether what is sealed still opens: every file, or the newest.

use keniki_base::id::AttachmentId;
use sea_orm::{ConnectionTrait, DbErr};

use super::key::Keys;
use super::open::open_with;
use super::{AttachmentError, queries};

/// What came of trying every file.
#[derive(Debug, Default)]
pub struct Checked {
    /// Files that opened.
    pub n_opened: u64,
    /// Why others did not, in the order of their numbers.
    pub closed: Vec<AttachmentError>,
}

/// Tries to open every file, one after the other.
pub async fn every(db: &impl ConnectionTrait, keys: &Keys) -> Result<Checked, DbErr> {
    let mut checked = Checked::default();
    for id in queries::ids(db).await? {
        match open_with(db, id.into(), keys).await {
            Ok(_) => checked.n_opened += 1,
            Err(AttachmentError::Database(error)) => return Err(error),
            Err(error) => checked.closed.push(error),
        }
    }
    Ok(checked)
}

/// The newest file; none: there is none yet.
pub async fn newest(db: &impl ConnectionTrait) -> Result<Option<AttachmentId>, DbErr> {
    Ok(queries::newest(db).await?.map(Into::into))
}
