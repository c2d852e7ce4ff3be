//! The SQL that reads towns and the sites that may reach them.

use std::collections::{BTreeMap, BTreeSet};

use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::Site;
use crate::database::{statement, within};

/// A town and the point that stands for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Town {
    pub municipality_code: String,
    pub name: String,
    pub point: Point,
}

/// The towns (町字) of these municipalities. One that the list gives only by its parts (小字) stands in their middle.
pub(super) async fn towns(
    db: &impl ConnectionTrait,
    municipalities: &BTreeSet<String>,
) -> Result<Vec<Town>, DbErr> {
    if municipalities.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select municipality_code, name, small_name, lat, lng from town where municipality_code in {}
         order by municipality_code, name, small_name",
        within(db, municipalities.len())
    );
    let values = municipalities.iter().map(|code| Value::from(code.as_str()));
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    let mut parts: BTreeMap<(String, String), Vec<(String, Point)>> = BTreeMap::new();
    for row in &rows {
        let town = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let point = Point {
            lat: row.try_get_by_index(3)?,
            lng: row.try_get_by_index(4)?,
        };
        parts
            .entry(town)
            .or_default()
            .push((row.try_get_by_index(2)?, point));
    }
    Ok(parts
        .into_iter()
        .map(|((municipality_code, name), parts)| Town {
            municipality_code,
            name,
            point: middle(&parts),
        })
        .collect())
}

fn middle(parts: &[(String, Point)]) -> Point {
    if let Some((_, point)) = parts.iter().find(|(small_name, _)| small_name.is_empty()) {
        return *point;
    }
    let n = parts.len() as f64;
    Point {
        lat: parts.iter().map(|(_, point)| point.lat).sum::<f64>() / n,
        lng: parts.iter().map(|(_, point)| point.lng).sum::<f64>() / n,
    }
}

/// The sites of these services, each once, by id.
pub(super) async fn sites(
    db: &impl ConnectionTrait,
    service_ids: &[i64],
) -> Result<Vec<Site>, DbErr> {
    let mut sites = BTreeMap::new();
    for ids in service_ids.chunks(1_000) {
        let sql = format!(
            "select distinct t.id, t.name, t.municipality_code, t.lat, t.lng
             from service s join site t on t.id = s.site_id
             where t.lat is not null and t.lng is not null and s.id in {}",
            within(db, ids.len())
        );
        let values = ids.iter().map(|&id| Value::from(id));
        for row in &db.query_all_raw(statement(db, sql, values)).await? {
            let id: i64 = row.try_get_by_index(0)?;
            let site = Site {
                id,
                name: row.try_get_by_index(1)?,
                municipality_code: row.try_get_by_index(2)?,
                point: Point {
                    lat: row.try_get_by_index(3)?,
                    lng: row.try_get_by_index(4)?,
                },
                is_outside: false,
            };
            sites.insert(id, site);
        }
    }
    Ok(sites.into_values().collect())
}
