//! The SQL behind a page of services.

use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{Assurance, Code, Listed, Source};
use crate::database::{statement, within};

/// A service with its site and organization.
#[derive(FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    pub site_id: i64,
    own_name: Option<String>,
    site: String,
    kana: Option<String>,
    organization: Option<String>,
    category: String,
    municipality_code: Option<String>,
    address: Option<String>,
    building: Option<String>,
    lat: Option<f64>,
    lng: Option<f64>,
    location_precision: String,
    phone: Option<String>,
    place_code: Option<String>,
    url: Option<String>,
    capacity: Option<i64>,
    status: String,
    site_status: String,
    last_assured_on: Option<String>,
    last_assured_by: Option<String>,
    has_lapsed: bool,
}

impl Row {
    /// Without capabilities, codes and sources.
    pub(super) fn into_listed(self) -> Listed {
        Listed {
            id: self.id,
            site_id: self.site_id,
            // It is how the site's name is read; a service with a name of its own is read otherwise.
            kana: self.kana.filter(|_| self.own_name.is_none()),
            name: self.own_name.unwrap_or_else(|| self.site.clone()),
            site: self.site,
            organization: self.organization,
            category: self.category,
            capabilities: Vec::new(),
            municipality_code: self.municipality_code,
            address: self.address,
            building: self.building,
            point: self.lat.zip(self.lng).map(|(lat, lng)| Point { lat, lng }),
            precision: self.location_precision,
            phone: self.phone,
            place_code: self.place_code,
            url: self.url,
            capacity: self.capacity,
            // A site that is shut leaves none of its services open.
            status: if self.status == "active" {
                self.site_status
            } else {
                self.status
            },
            last_assured: self.last_assured_on.map(|on| Assurance {
                on,
                by: self.last_assured_by,
            }),
            has_lapsed: self.has_lapsed,
            codes: Vec::new(),
            sources: Vec::new(),
        }
    }
}

pub(super) async fn services(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Row>, DbErr> {
    let sql = format!(
        "select s.id, s.site_id, s.name as own_name, t.name as site, t.kana, o.name as organization, s.category,
                t.municipality_code, t.address, t.building, t.lat, t.lng, t.location_precision,
                coalesce(s.phone, t.phone) as phone, s.place_code, t.url,
                s.capacity, s.status, t.status as site_status,
                coalesce(s.last_assured_on, t.last_assured_on) as last_assured_on,
                case when s.last_assured_on is null then t.last_assured_by else s.last_assured_by end
                    as last_assured_by,
                exists (select 1 from confirmation c where c.organization_id = t.organization_id and c.state = 'lapsed')
                    as has_lapsed
         from service s
         join site t on t.id = s.site_id
         left join organization o on o.id = t.organization_id
         where s.id in {}",
        within(db, ids.len())
    );
    let rows = db.query_all_raw(statement(db, sql, integers(ids))).await?;
    rows.iter()
        .map(|row| Row::from_query_result(row, ""))
        .collect()
}

pub(super) async fn capabilities(
    db: &impl ConnectionTrait,
    service_ids: &[i64],
) -> Result<Vec<(i64, String)>, DbErr> {
    let sql = format!(
        "select service_id, capability from service_capability where service_id in {}
         order by service_id, capability",
        within(db, service_ids.len())
    );
    let rows = db
        .query_all_raw(statement(db, sql, integers(service_ids)))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

pub(super) async fn codes(
    db: &impl ConnectionTrait,
    site_ids: &[i64],
) -> Result<Vec<(i64, Code)>, DbErr> {
    let sql = format!(
        "select site_id, system, code from site_code where site_id in {} order by site_id, system, code",
        within(db, site_ids.len())
    );
    let rows = db
        .query_all_raw(statement(db, sql, integers(site_ids)))
        .await?;
    rows.iter()
        .map(|row| {
            let code = Code {
                system: row.try_get_by_index(1)?,
                code: row.try_get_by_index(2)?,
            };
            Ok((row.try_get_by_index(0)?, code))
        })
        .collect()
}

pub(super) async fn sources(
    db: &impl ConnectionTrait,
    service_ids: &[i64],
) -> Result<Vec<(i64, Source)>, DbErr> {
    let sql = format!(
        "select r.service_id, b.format, b.file_name, b.as_of, b.imported_at, r.gone_batch_id
         from source_record r join import_batch b on b.id = r.seen_batch_id
         where r.service_id in {} order by r.service_id, b.id, r.id",
        within(db, service_ids.len())
    );
    let rows = db
        .query_all_raw(statement(db, sql, integers(service_ids)))
        .await?;
    rows.iter()
        .map(|row| {
            let gone: Option<i64> = row.try_get_by_index(5)?;
            let source = Source {
                format: row.try_get_by_index(1)?,
                file_name: row.try_get_by_index(2)?,
                as_of: row.try_get_by_index(3)?,
                imported_at: row.try_get_by_index(4)?,
                is_gone: gone.is_some(),
            };
            Ok((row.try_get_by_index(0)?, source))
        })
        .collect()
}

fn integers(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|&id| id.into()).collect()
}
