//! The SQL behind the page of one service: public rows only.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{Capability, Contact, Hours, Record};
use crate::database::statement;
use crate::directory::listing::Source;

/// Columns that a list does not need.
#[derive(FromQueryResult)]
pub(super) struct Rest {
    pub postal_code: Option<String>,
    pub fax: Option<String>,
    pub eligibility: Option<String>,
    pub area_served: Option<String>,
    pub closed_on: Option<String>,
    pub hours_note: Option<String>,
    pub detail: Option<String>,
}

pub(super) async fn rest(db: &impl ConnectionTrait, id: i64) -> Result<Option<Rest>, DbErr> {
    let sql = "select t.postal_code, coalesce(s.fax, t.fax) as fax, s.eligibility, s.area_served,
                      coalesce(s.closed_on, t.closed_on) as closed_on, s.hours_note, s.detail
               from service s join site t on t.id = s.site_id where s.id = $1";
    let row = db.query_one_raw(statement(db, sql, [id.into()])).await?;
    row.map(|row| Rest::from_query_result(&row, "")).transpose()
}

pub(super) async fn hours(db: &impl ConnectionTrait, id: i64) -> Result<Vec<Hours>, DbErr> {
    let sql = "select weekday, is_open, opens, closes from service_hours where service_id = $1
               order by weekday, slot";
    let rows = db.query_all_raw(statement(db, sql, [id.into()])).await?;
    rows.iter()
        .map(|row| {
            let (opens, closes): (Option<String>, Option<String>) =
                (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
            Ok(Hours {
                weekday: row.try_get_by_index(0)?,
                is_open: row.try_get_by_index(1)?,
                times: opens.zip(closes),
            })
        })
        .collect()
}

pub(super) async fn capabilities(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Vec<Capability>, DbErr> {
    let sql = "select capability, since, filing, note from service_capability where service_id = $1
               order by capability";
    let rows = db.query_all_raw(statement(db, sql, [id.into()])).await?;
    rows.iter()
        .map(|row| {
            Ok(Capability {
                code: row.try_get_by_index(0)?,
                since: row.try_get_by_index(1)?,
                filing: row.try_get_by_index(2)?,
                note: row.try_get_by_index(3)?,
            })
        })
        .collect()
}

/// Contacts of the site as a whole and of this service. Whoever is for professionals only stays where it is.
pub(super) async fn public_contacts(
    db: &impl ConnectionTrait,
    site_id: i64,
    id: i64,
) -> Result<Vec<Contact>, DbErr> {
    let sql = "select purpose, name, phone, fax, email, hours_note from contact_point
               where site_id = $1 and (service_id is null or service_id = $2) and audience = 'public'
               order by id";
    let rows = db
        .query_all_raw(statement(db, sql, [site_id.into(), id.into()]))
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Contact {
                purpose: row.try_get_by_index(0)?,
                name: row.try_get_by_index(1)?,
                phone: row.try_get_by_index(2)?,
                fax: row.try_get_by_index(3)?,
                email: row.try_get_by_index(4)?,
                hours_note: row.try_get_by_index(5)?,
            })
        })
        .collect()
}

/// Other services of the site that are not closed.
/// The services of an organization's sites that are not closed, site by site.
pub async fn services_of_organization(
    db: &impl ConnectionTrait,
    organization: i64,
    most: u64,
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "select s.id from service s join site t on t.id = s.site_id
         where t.organization_id = $1 and t.status <> 'closed' and s.status <> 'closed'
         order by t.id, s.id limit {most}"
    );
    let rows = db
        .query_all_raw(statement(db, sql, [organization.into()]))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Services of a site that are not closed, by id.
pub async fn services_of_site(db: &impl ConnectionTrait, site_id: i64) -> Result<Vec<i64>, DbErr> {
    let sql = "select id from service where site_id = $1 and status <> 'closed' order by id";
    let rows = db
        .query_all_raw(statement(db, sql, [Value::from(site_id)]))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// What the lists say of the site and the service, in the order of import; a text that is none of ours is passed over.
pub(super) async fn records(
    db: &impl ConnectionTrait,
    site_id: i64,
    id: i64,
) -> Result<Vec<Record>, DbErr> {
    let sql = "select r.content, r.service_id, r.gone_batch_id, b.format, b.file_name, b.as_of, b.imported_at
               from source_record r join import_batch b on b.id = r.seen_batch_id
               where r.site_id = $1 order by b.id, r.id";
    let rows = db
        .query_all_raw(statement(db, sql, [site_id.into()]))
        .await?;
    let mut records = Vec::with_capacity(rows.len());
    for row in &rows {
        let content: String = row.try_get_by_index(0)?;
        let Ok(said) = serde_json::from_str(&content) else {
            continue;
        };
        let service_id: Option<i64> = row.try_get_by_index(1)?;
        let gone: Option<i64> = row.try_get_by_index(2)?;
        records.push(Record {
            said,
            source: Source {
                format: row.try_get_by_index(3)?,
                file_name: row.try_get_by_index(4)?,
                as_of: row.try_get_by_index(5)?,
                imported_at: row.try_get_by_index(6)?,
                is_gone: gone.is_some(),
            },
            is_of_service: service_id == Some(id),
        });
    }
    Ok(records)
}
