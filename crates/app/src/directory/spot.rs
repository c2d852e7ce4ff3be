//! Services as points of a map: as little of each as a marker needs.

use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr};

mod queries;

/// A service on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// Of the service.
    pub service_id: i64,
    /// The site's name.
    pub name: String,
    /// Code of its category.
    pub category: String,
    /// Where it is; `None` where that is not known.
    pub point: Option<Point>,
    /// The point is only the middle of its town.
    pub is_rough: bool,
}

/// These services in the order of `ids`; those that do not exist are left out.
///
/// # Errors
/// The database's own.
pub async fn of(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Spot>, DbErr> {
    let mut spots = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(queries::MOST_IDS) {
        let mut rows = queries::spots(db, chunk).await?;
        rows.sort_by_key(|row| chunk.iter().position(|id| *id == row.id));
        spots.extend(rows.into_iter().map(queries::Row::into_spot));
    }
    Ok(spots)
}
