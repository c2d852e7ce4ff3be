//! The SQL that writes organizations, sites and services.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{Location, NewService, Organization, OrganizationKey, Organizations, Written};
use crate::database::{Writer, statement, within};
use crate::import::fold::{ServiceFields, SiteFields};

pub(super) async fn insert_sites(writer: &mut Writer, batch: i64, sites: &[Written]) {
    let mut values = Vec::with_capacity(sites.len() * 18);
    for site in sites {
        let organization = site
            .organization
            .as_ref()
            .map(|organization| organization.id);
        values.push(site.id.into());
        values.extend(site_values(organization, &site.fields, &site.location));
        values.push(batch.into());
    }
    writer.insert_rows(
        "insert into site (id, organization_id, name, kana, name_key, postal_code, address, building,
            municipality_code, address_key, lat, lng, location_precision, phone, phone_key, fax, url,
            created_batch_id) values",
        18,
        values,
        "",
    )
    .await;
}

fn site_values(organization: Option<i64>, site: &SiteFields, location: &Location) -> [Value; 16] {
    [
        organization.into(),
        site.name.as_str().into(),
        site.kana.as_deref().into(),
        site.keys.name.as_str().into(),
        site.postal_code.as_deref().into(),
        site.address.as_deref().into(),
        site.building.as_deref().into(),
        site.municipality.map(|code| code.to_string()).into(),
        site.keys.address.as_deref().into(),
        location.point.map(|point| point.lat).into(),
        location.point.map(|point| point.lng).into(),
        location.precision.into(),
        site.phone.as_deref().into(),
        site.keys.phone.as_deref().into(),
        site.fax.as_deref().into(),
        site.url.as_deref().into(),
    ]
}

pub(super) async fn update_site<C: ConnectionTrait>(
    tx: &C,
    id: i64,
    organization: Option<i64>,
    site: &SiteFields,
    location: &Location,
) -> Result<(), DbErr> {
    let values = site_values(organization, site, location)
        .into_iter()
        .chain([id.into()]);
    tx.execute_raw(statement(
        tx,
        // What was made of the site itself stays (`account/office.rs`): its accounts are there.
        "update site set organization_id = coalesce((select o.id from organization o
                where o.id = site.organization_id and o.created_batch_id is null), $1), name = $2, kana = $3, name_key = $4, postal_code = $5,
            address = $6, building = $7, municipality_code = $8, address_key = $9, lat = $10, lng = $11,
            location_precision = $12, phone = $13, phone_key = $14, fax = $15, url = $16 where id = $17",
        values,
    ))
    .await?;
    Ok(())
}

pub(super) async fn insert_services(writer: &mut Writer, batch: i64, services: &[NewService]) {
    let mut values = Vec::with_capacity(services.len() * 11);
    for NewService {
        id,
        site_id,
        fields: service,
    } in services
    {
        values.extend([
            (*id).into(),
            (*site_id).into(),
            service.category.as_str().into(),
            service.name.as_deref().into(),
            service.phone.as_deref().into(),
            service.fax.as_deref().into(),
            service.place_code.map(|code| code.to_string()).into(),
            service.capacity.into(),
            service.hours_note.as_deref().into(),
            service.detail.as_deref().into(),
            batch.into(),
        ]);
    }
    writer.insert_rows(
        "insert into service (id, site_id, category, name, phone, fax, place_code, capacity, hours_note, detail,
            created_batch_id) values",
        11,
        values,
        "",
    )
    .await;
}

/// Writes services anew whose lists say something else now.
pub(super) async fn update_services(
    writer: &mut Writer,
    services: &[(i64, ServiceFields)],
) -> Result<(), DbErr> {
    let tx = writer.settled().await?;
    for (id, service) in services {
        tx.execute_raw(statement(
            tx,
            "update service set category = $1, name = $2, phone = $3, fax = $4, place_code = $5, capacity = $6,
                hours_note = $7, detail = $8, closed_on = case when cast($9 as text) is null then closed_on else $10 end,
                status = coalesce($11, status) where id = $12",
            [
                service.category.as_str().into(),
                service.name.as_deref().into(),
                service.phone.as_deref().into(),
                service.fax.as_deref().into(),
                service.place_code.map(|code| code.to_string()).into(),
                service.capacity.into(),
                service.hours_note.as_deref().into(),
                service.detail.as_deref().into(),
                service.status.as_deref().into(),
                service.closed_on.map(|day| day.to_string()).into(),
                service.status.as_deref().into(),
                (*id).into(),
            ],
        ))
        .await?;
    }
    let ids: Vec<i64> = services.iter().map(|(id, _)| *id).collect();
    for some in ids.chunks(10_000) {
        let within = within(tx, some.len());
        for table in ["service_hours", "service_capability"] {
            let sql = format!("delete from {table} where service_id in {within}");
            let values = some.iter().map(|id| Value::from(*id));
            tx.execute_raw(statement(tx, sql, values)).await?;
        }
    }
    insert_children(writer, services.iter().map(|(id, fields)| (*id, fields))).await;
    Ok(())
}

/// Hours and capabilities.
pub(super) async fn insert_children<'a>(
    writer: &mut Writer,
    services: impl Iterator<Item = (i64, &'a ServiceFields)>,
) {
    let (mut hours, mut capabilities) = (Vec::new(), Vec::new());
    for (id, service) in services {
        let mut slots: HashMap<u8, i64> = HashMap::new();
        for day in &service.hours {
            let slot = slots.entry(day.weekday).or_default();
            *slot += 1;
            hours.extend([
                id.into(),
                i64::from(day.weekday).into(),
                (*slot).into(),
                day.is_open.into(),
                day.opens.as_deref().into(),
                day.closes.as_deref().into(),
                service.hours_batch.into(),
            ]);
        }
        for (capability, batch) in service.capabilities.iter().zip(&service.capability_batches) {
            capabilities.extend([
                id.into(),
                capability.code.as_str().into(),
                capability.since.map(|day| day.to_string()).into(),
                Some(capability.filing.as_str())
                    .filter(|filing| !filing.is_empty())
                    .into(),
                capability.note.as_deref().into(),
                (*batch).into(),
            ]);
        }
    }
    writer.insert_rows(
        "insert into service_hours (service_id, weekday, slot, is_open, opens, closes, batch_id) values",
        7,
        hours,
        "",
    )
    .await;
    writer.insert_rows(
        "insert into service_capability (service_id, capability, since, filing, note, batch_id) values",
        6,
        capabilities,
        "",
    )
    .await;
}

#[derive(FromQueryResult)]
struct OrganizationRow {
    id: i64,
    name: String,
    name_key: String,
    prefecture_code: Option<String>,
    corporate_number: Option<String>,
}

/// Those of `keys` that are there.
pub(super) async fn organizations<C: ConnectionTrait>(
    tx: &C,
    keys: impl Iterator<Item = &OrganizationKey>,
) -> Result<Organizations, DbErr> {
    let (by_number, by_name): (Vec<_>, Vec<_>) =
        keys.partition(|(prefecture, _)| prefecture.is_empty());
    let mut out = HashMap::new();
    for (column, keys) in [("corporate_number", by_number), ("name_key", by_name)] {
        if keys.is_empty() {
            continue;
        }
        let sql = format!(
            "select id, name, name_key, prefecture_code, corporate_number from organization where {column} in {}",
            within(tx, keys.len())
        );
        let values = keys.iter().map(|(_, key)| Value::from(key.as_str()));
        let rows = OrganizationRow::find_by_statement(statement(tx, sql, values))
            .all(tx)
            .await?;
        out.extend(rows.into_iter().map(|row| {
            let key = row.key();
            let OrganizationRow { id, name, .. } = row;
            (key, Organization { id, name })
        }));
    }
    Ok(out)
}

impl OrganizationRow {
    fn key(&self) -> OrganizationKey {
        match &self.corporate_number {
            Some(number) => (String::new(), number.clone()),
            None => (
                self.prefecture_code.clone().unwrap_or_default(),
                self.name_key.clone(),
            ),
        }
    }
}

pub(super) async fn insert_organizations(
    writer: &mut Writer,
    batch: i64,
    rows: &[(OrganizationKey, Organization)],
) {
    let mut values = Vec::with_capacity(rows.len() * 6);
    for ((prefecture, key), Organization { id, name }) in rows {
        let by_number = prefecture.is_empty();
        values.extend([
            (*id).into(),
            name.as_str().into(),
            keniki_base::text::fold(name).into(),
            (!by_number).then_some(prefecture.as_str()).into(),
            by_number.then_some(key.as_str()).into(),
            batch.into(),
        ]);
    }
    writer.insert_rows(
        "insert into organization (id, name, name_key, prefecture_code, corporate_number, created_batch_id) values",
        6,
        values,
        "",
    )
    .await;
}
