//! The SQL of who can be asked: services, coordination offices, where a municipality lies.

use chrono::NaiveDate;
use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult, Value};

use crate::database::{statement, within};

/// A service that may be asked, and who runs it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(in crate::case::inquiry) struct Place {
    pub service_id: i64,
    pub name: String,
    pub category: String,
    pub status: String,
    pub organization_id: Option<i64>,
    /// Accounts that work there today.
    pub n_people: i64,
}

pub(in crate::case::inquiry) async fn places(
    db: &impl ConnectionTrait,
    services: &[i64],
    today: NaiveDate,
) -> Result<Vec<Place>, DbErr> {
    if services.is_empty() {
        return Ok(Vec::new());
    }
    let places = within(db, services.len());
    let sql = format!(
        "select s.id as service_id, coalesce(s.name, x.name) as name, s.category,
            case when s.status = 'active' then x.status else s.status end as status, x.organization_id,
            (select count(*) from membership m join account a on a.id = m.account_id
             where m.organization_id = x.organization_id and a.status = 'active'
                and m.valid_from <= '{today}' and (m.valid_to is null or m.valid_to >= '{today}')) as n_people
        from service s join site x on x.id = s.site_id where s.id in {places} order by s.id"
    );
    let values = services.iter().map(|id| Value::from(*id));
    Place::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

/// The coordination offices that answer for a municipality and have somebody who answers such a mailbox: number and name.
pub(super) async fn offices(
    db: &impl ConnectionTrait,
    purpose: &str,
    municipality: &str,
) -> Result<Vec<(i64, String)>, DbErr> {
    let sql = "select distinct o.id, o.name from mailbox b join mailbox_member n on n.mailbox_id = b.id
            join organization o on o.id = b.organization_id join jurisdiction j on j.organization_id = o.id
            left join area_member m on m.area_code = j.area_code and m.municipality_code = $1
        where b.purpose = $2 and j.kind in ('area', 'association', 'municipality')
            and (m.municipality_code is not null or j.area_code = $3) order by o.id";
    let values = [municipality.into(), purpose.into(), municipality.into()];
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    let pair = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(pair).collect()
}

/// Where a municipality's name stands on the map.
pub(super) async fn middle(
    db: &impl ConnectionTrait,
    municipality: &str,
) -> Result<Option<Point>, DbErr> {
    let sql = "select label_lat, label_lng from area where area_set = 'municipality' and code = $1
        and label_lat is not null and label_lng is not null";
    let row = db
        .query_one_raw(statement(db, sql, [municipality.into()]))
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let (lat, lng) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok(Point::japan(lat, lng).ok())
}
