//! The SQL behind the points of a map.

use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::Spot;
use crate::database::{statement, within};

/// The most ids one statement takes.
pub(super) const MOST_IDS: usize = 500;

#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    name: String,
    category: String,
    lat: Option<f64>,
    lng: Option<f64>,
    location_precision: String,
}

impl Row {
    pub fn into_spot(self) -> Spot {
        Spot {
            service_id: self.id,
            name: self.name,
            category: self.category,
            point: self.lat.zip(self.lng).map(|(lat, lng)| Point { lat, lng }),
            is_rough: self.location_precision == "town",
        }
    }
}

/// At most [`MOST_IDS`] services, in no order.
pub(super) async fn spots(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Row>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select s.id, t.name, s.category, t.lat, t.lng, t.location_precision
         from service s join site t on t.id = s.site_id where s.id in {}",
        within(db, ids.len())
    );
    let ids = ids.iter().copied().map(Value::from);
    Row::find_by_statement(statement(db, sql, ids))
        .all(db)
        .await
}
