//! Organizations by their name, or that of a site or a service: for whoever chooses who joins a care team.

use keniki_base::text::squeeze;
use sea_orm::{ConnectionTrait, DbErr};

use crate::definition::patient::PatientRule;

mod queries;

pub use queries::{Found, Site};

/// Organizations whose name, or the name of one of whose sites or services, has this in it: for whoever chooses who joins. At most 20.
///
/// # Errors
/// The engine's.
pub async fn organizations_named(
    db: &impl ConnectionTrait,
    name: &str,
) -> Result<Vec<Found>, DbErr> {
    let name = squeeze(name);
    match name.is_empty() {
        true => Ok(Vec::new()),
        false => queries::named(db, &name, &[]).await,
    }
}

/// The same for a part of the care team: those that offer what its organizations offer; where there are none, all of the name.
///
/// # Errors
/// The engine's.
pub async fn organizations_for(
    db: &impl ConnectionTrait,
    rule: &PatientRule,
    (name, role): (&str, &str),
) -> Result<Vec<Found>, DbErr> {
    let name = squeeze(name);
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let categories = rule.team_role(role).map_or(&[][..], |it| &it.categories);
    let fitting = queries::named(db, &name, categories).await?;
    match fitting.is_empty() && !categories.is_empty() {
        true => queries::named(db, &name, &[]).await,
        false => Ok(fitting),
    }
}
