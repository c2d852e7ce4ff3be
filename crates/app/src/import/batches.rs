//! Which imports there were, and which of them were taken back.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Serialize;

use super::fold::{AUTHORITY, OFFICE};

mod queries;

/// One imported file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Batch {
    /// Its number, for `directory undo`.
    pub id: i64,
    /// Code of the list.
    pub format: String,
    /// Name of the file.
    pub file_name: String,
    /// The day for which the list says it holds.
    pub as_of: Option<String>,
    /// ISO instant.
    pub imported_at: String,
    /// Rows of the file.
    pub source_rows: i64,
    /// ISO instant at which it was taken back.
    pub undone_at: Option<String>,
}

impl Batch {
    /// Whether it brought a list, and not what an office proposed or an authority recorded, which have their own pages.
    pub fn is_list(&self) -> bool {
        ![OFFICE, AUTHORITY].contains(&self.format.as_str())
    }
}

/// All of them, the latest first.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Batch>, DbErr> {
    queries::list(db).await
}
