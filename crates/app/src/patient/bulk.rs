//! Writes many people with their standing care teams at once, for whoever has a database alone: the sample and the benches.
//! What a record may be nobody looks at: whoever calls this has made it.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::id::{OrganizationId, PatientId};
use sea_orm::{DatabaseTransaction, DbErr};

use super::record::Record;
use super::team::{self, Part};

pub(super) mod queries;

/// Somebody to be written.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// What is said of them.
    pub record: Record,
    /// Who registered them.
    pub organization: OrganizationId,
    /// When.
    pub registered_at: DateTime<Utc>,
}

/// A part of a care team as it was.
#[derive(Debug, Clone)]
pub struct PastPart {
    /// Which.
    pub part: Part,
    /// Its last day, and the last one on which it sees what it helped with; none: it has not ended.
    pub ended: Option<(NaiveDate, NaiveDate)>,
}

/// Writes the people; answers their numbers, in their order.
///
/// # Errors
/// The engine's.
pub async fn write(tx: &DatabaseTransaction, all: &[NewRecord]) -> Result<Vec<PatientId>, DbErr> {
    let ids = queries::insert(tx, all).await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Writes parts of care teams that nobody has.
///
/// # Errors
/// The engine's.
pub async fn write_team(tx: &DatabaseTransaction, all: &[PastPart]) -> Result<(), DbErr> {
    team::queries::insert_many(tx, all).await
}
