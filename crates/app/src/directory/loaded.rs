//! Which public lists the directory was taken from, for the page that names its sources.

use sea_orm::{ConnectionTrait, DbErr};

mod queries;

/// The newest edition of a list that is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedList {
    /// Its format, a code of `definitions/sources.toml`.
    pub format: String,
    /// ISO day for which it holds.
    pub as_of: Option<String>,
    /// ISO instant at which it was imported.
    pub imported_at: String,
}

/// Formats of the lists that name a service of this category in these municipalities.
///
/// # Errors
/// The database's own.
pub async fn formats_of(
    db: &impl ConnectionTrait,
    category: &str,
    municipalities: &[String],
) -> Result<Vec<String>, DbErr> {
    queries::formats_of(db, category, municipalities).await
}

/// One line a format, of the batches that were not taken back.
///
/// # Errors
/// The database's own.
pub async fn lists(db: &impl ConnectionTrait) -> Result<Vec<LoadedList>, DbErr> {
    queries::lists(db).await
}
