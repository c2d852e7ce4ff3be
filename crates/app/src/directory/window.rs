//! 窓口一覧: whom professionals call at each place that takes part in discharges; what only they may know, so always within a reach.

use sea_orm::{ConnectionTrait, DbErr};

use crate::account::By;
use crate::account::policy::{Deed, Object, condition};
use crate::audit::{self, Event};
use crate::database;
use queries::Row;

mod queries;

/// Categories of the places that take part in discharges, in the order of the list.
pub const CATEGORIES: [&str; 7] = [
    "hospital",
    "care_management",
    "preventive_care_management",
    "community_support_center",
    "care_coordination_center",
    "visiting_nursing",
    "clinic",
];

/// Which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Municipalities in which they lie; nothing: everywhere.
    pub municipalities: Vec<String>,
    /// One of [`CATEGORIES`]; none: all.
    pub category: Option<String>,
}

/// A place and its windows for professionals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Number of the service.
    pub service: i64,
    /// Its name.
    pub name: String,
    /// Code.
    pub category: String,
    /// Where it lies.
    pub municipality: Option<String>,
    /// The telephone that everybody may know.
    pub phone: Option<String>,
    /// FAX that everybody may know.
    pub fax: Option<String>,
    /// Whom professionals call; nothing: none is known.
    pub windows: Vec<Window>,
}

/// A window for professionals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// What for.
    pub purpose: String,
    /// The room or the part to ask for.
    pub name: Option<String>,
    /// As written.
    pub phone: Option<String>,
    /// As written.
    pub fax: Option<String>,
    /// When.
    pub hours: Option<String>,
}

/// The places within reach that work, by category, municipality and name; that they were seen is written down.
///
/// # Errors
/// The engine's.
pub async fn list(
    db: &sea_orm::DatabaseConnection,
    by: &By,
    filter: &Filter,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<Place>, DbErr> {
    let object = Object::new("service", 0);
    let event = Event::done(Deed::ReadInternal.code(), object.kind, object.id);
    database::write(db, async |tx| audit::record(tx, by, event, now).await).await?;
    places(db, by, filter).await
}

async fn places(db: &impl ConnectionTrait, by: &By, filter: &Filter) -> Result<Vec<Place>, DbErr> {
    let reach = by.reach(Deed::ReadInternal);
    let within = condition(&reach, "t.organization_id", "t.municipality_code");
    let is_asked = |code: &&&str| filter.category.as_ref().is_none_or(|asked| asked == **code);
    let categories: Vec<&str> = CATEGORIES.iter().filter(is_asked).copied().collect();
    if categories.is_empty() {
        return Ok(Vec::new());
    }
    let rows = queries::rows(db, &categories, &filter.municipalities, &within).await?;
    let mut places = grouped(rows);
    let rank = |it: &Place| CATEGORIES.iter().position(|code| *code == it.category);
    // Stable: within a category as the query orders them.
    places.sort_by_key(rank);
    Ok(places)
}

/// Rows of a place stand one after the other.
fn grouped(rows: Vec<Row>) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for row in rows {
        let window = row.purpose.map(|purpose| Window {
            purpose,
            name: row.window,
            phone: row.window_phone,
            fax: row.window_fax,
            hours: row.hours_note,
        });
        match places.last_mut().filter(|it| it.service == row.service_id) {
            Some(known) => known.windows.extend(window),
            None => places.push(Place {
                service: row.service_id,
                name: row.name,
                category: row.category,
                municipality: row.municipality_code,
                phone: row.phone,
                fax: row.fax,
                windows: window.into_iter().collect(),
            }),
        }
    }
    places
}
