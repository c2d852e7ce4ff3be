//! What is loaded in the database in use: the home area, how many sites and services, which files and of what day.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DatabaseConnection, DbErr};

use super::queries;
use crate::bundle::{self, IsMirror};

/// What stands in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// The area of `/`, if one is set.
    pub home: Option<Home>,
    /// Sites in the directory, closed ones included.
    pub n_sites: u64,
    /// Services in the directory, closed ones included.
    pub n_services: u64,
    /// The last bundle taken, where the directory comes in bundles.
    pub bundle: Option<IsMirror>,
    /// The newest edition of every list of services, then the files of areas and numbers.
    pub loaded: Vec<Loaded>,
}

/// The area of `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Its code.
    pub code: String,
    /// Its name; `None` where no such area is loaded.
    pub name: Option<String>,
}

/// A file that was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Format of a list (a code of `sources.toml`), or the title of a file of areas and numbers.
    pub what: String,
    /// Name of the file.
    pub file_name: String,
    /// The day of which it speaks, if it says so.
    pub as_of: Option<NaiveDate>,
    /// When it was loaded.
    pub at: DateTime<Utc>,
}

/// Reads what is loaded.
pub async fn installation(db: &DatabaseConnection) -> Result<Installation, DbErr> {
    let home = match queries::home_code(db).await? {
        Some(code) => Some(Home {
            name: queries::area_name(db, &code).await?,
            code,
        }),
        None => None,
    };
    let (n_sites, n_services) = queries::sizes(db).await?;
    let mut loaded = queries::newest_lists(db).await?;
    loaded.extend(queries::area_files(db).await?);
    Ok(Installation {
        home,
        n_sites,
        n_services,
        bundle: bundle::mirror(db).await?,
        loaded,
    })
}
