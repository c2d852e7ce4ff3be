//! The SQL that writes an invented directory, many rows to a statement.

use keniki_base::text::{address_key, fold, name_key, phone_key};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::directory::{Directory, Service, Site};
use super::region::Region;
use crate::database::{insert_rows, statement};

/// The setting that marks a database as a sample.
const MARK: &str = "sample";

/// What a database holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Held {
    /// Areas of any kind.
    pub n_areas: i64,
    /// Services.
    pub n_services: i64,
    /// Imported files.
    pub n_batches: i64,
}

/// Counts what would stand beside a sample.
pub async fn held<C: ConnectionTrait>(db: &C) -> Result<Held, DbErr> {
    let sql = "select (select count(*) from area) as n_areas, (select count(*) from service) as n_services,
                      (select count(*) from import_batch) as n_batches";
    one(db, sql).await
}

/// The greatest numbers given out.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub struct LastIds {
    pub batch: i64,
    pub organization: i64,
    pub site: i64,
    pub service: i64,
    pub contact: i64,
    pub record: i64,
}

/// Call it in the transaction that holds the directory's lock.
pub async fn last_ids<C: ConnectionTrait>(tx: &C) -> Result<LastIds, DbErr> {
    let last = |table: &str| format!("(select coalesce(max(id), 0) from {table})");
    let sql = format!(
        "select {} as batch, {} as organization, {} as site, {} as service, {} as contact, {} as record",
        last("import_batch"),
        last("organization"),
        last("site"),
        last("service"),
        last("contact_point"),
        last("source_record")
    );
    one(tx, &sql).await
}

async fn one<C: ConnectionTrait, R: FromQueryResult>(db: &C, sql: &str) -> Result<R, DbErr> {
    let row = R::find_by_statement(statement(db, sql, [])).one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("a select without from has one row".to_owned()))
}

/// Whether the database is marked as a sample.
pub async fn is_marked<C: ConnectionTrait>(db: &C) -> Result<bool, DbErr> {
    let sql = "select value from setting where name = $1";
    let row = db.query_one_raw(statement(db, sql, [MARK.into()])).await?;
    Ok(row.is_some())
}

/// Marks the database as a sample.
pub async fn put_mark<C: ConnectionTrait>(tx: &C, text: &str) -> Result<(), DbErr> {
    let sql = "insert into setting (name, value) values ($1, $2)";
    tx.execute_raw(statement(tx, sql, [MARK.into(), text.into()]))
        .await
        .map(drop)
}

/// The batch under which an area's directory stands.
pub struct Batch {
    pub id: i64,
    pub scope: String,
    pub file_name: String,
    pub sha256: String,
    pub as_of: String,
    pub imported_at: String,
    pub n_rows: i64,
    pub report: String,
}

pub async fn insert_batch<C: ConnectionTrait>(tx: &C, batch: &Batch) -> Result<(), DbErr> {
    let head = "insert into import_batch (id, format, scope, file_name, sha256, as_of, imported_at, imported_by,
                    source_rows, report) values";
    let values = vec![
        batch.id.into(),
        "sample".into(),
        batch.scope.as_str().into(),
        batch.file_name.as_str().into(),
        batch.sha256.as_str().into(),
        batch.as_of.as_str().into(),
        batch.imported_at.as_str().into(),
        "keniki sample".into(),
        batch.n_rows.into(),
        batch.report.as_str().into(),
    ];
    insert_rows(tx, head, 10, values, "").await?;
    let head = "insert into import_batch_scope (batch_id, scope, source_rows) values";
    let values = vec![
        batch.id.into(),
        batch.scope.as_str().into(),
        batch.n_rows.into(),
    ];
    insert_rows(tx, head, 3, values, "").await
}

pub async fn insert_organizations<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    last: i64,
    region: &Region,
    directory: &Directory,
) -> Result<(), DbErr> {
    let mut values = Vec::with_capacity(directory.organizations.len() * 6);
    for (id, one) in (last + 1..).zip(&directory.organizations) {
        let number = one.corporate_number.map(|number| number.to_string());
        values.extend([
            id.into(),
            one.name.as_str().into(),
            fold(&one.name).into(),
            number
                .is_none()
                .then(|| region.prefecture.to_string())
                .into(),
            number.into(),
            batch.into(),
        ]);
    }
    let head = "insert into organization (id, name, name_key, prefecture_code, corporate_number, created_batch_id) values";
    insert_rows(tx, head, 6, values, "").await
}

pub async fn insert_sites<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    last: LastIds,
    region: &Region,
    directory: &Directory,
) -> Result<(), DbErr> {
    let mut values: Vec<Value> = Vec::with_capacity(directory.sites.len() * 21);
    let mut codes = Vec::new();
    for (id, site) in (last.site + 1..).zip(&directory.sites) {
        values.push(id.into());
        values.push(
            site.organization
                .map(|number| last.organization + 1 + number as i64)
                .into(),
        );
        values.extend(site_values(region, site));
        values.push(batch.into());
        for code in &site.codes {
            codes.extend([
                "place".into(),
                code.to_string().into(),
                id.into(),
                batch.into(),
            ]);
        }
    }
    let head = "insert into site (id, organization_id, name, kana, name_key, postal_code, address, municipality_code,
        address_key, lat, lng, location_precision, phone, phone_key, fax, url, status, closed_on, last_assured_on,
        last_assured_by, created_batch_id) values";
    insert_rows(tx, head, 21, values, "").await?;
    insert_rows(
        tx,
        "insert into site_code (system, code, site_id, batch_id) values",
        4,
        codes,
        "",
    )
    .await
}

fn site_values(region: &Region, site: &Site) -> [Value; 18] {
    let municipality = &region.municipalities[site.municipality];
    [
        site.name.text.as_str().into(),
        site.name.kana.as_str().into(),
        name_key(&site.name.text).into(),
        site.postal_code.as_str().into(),
        address(region, site).into(),
        municipality.code.as_str().into(),
        address_key(&address(region, site)).key().into(),
        site.point.map(|point| point.lat).into(),
        site.point.map(|point| point.lng).into(),
        site.precision.into(),
        site.phone.as_str().into(),
        phone_key(&site.phone).into(),
        site.fax.as_deref().into(),
        site.url.as_deref().into(),
        site.standing.status.into(),
        site.standing.closed_on.map(|day| day.to_string()).into(),
        site.standing.assured.map(|(day, _)| day.to_string()).into(),
        site.standing.assured.map(|(_, by)| by).into(),
    ]
}

fn town_and_lot(region: &Region, site: &Site) -> String {
    format!("{}{}", region.towns[site.town].name.text, site.lot)
}

pub(super) fn address(region: &Region, site: &Site) -> String {
    let municipality = &region.municipalities[site.municipality].name.text;
    format!(
        "{}{municipality}{}",
        region.prefecture_name.text,
        town_and_lot(region, site)
    )
}

/// Services with their hours, capabilities, windows and the record of where they come from.
pub async fn insert_services<C: ConnectionTrait>(
    tx: &C,
    batch: &Batch,
    last: LastIds,
    region: &Region,
    directory: &Directory,
) -> Result<(), DbErr> {
    let mut rows = ServiceRows {
        batch: batch.id,
        contact: last.contact,
        ..ServiceRows::default()
    };
    let mut records = Vec::new();
    let sites = (last.site + 1..).zip(&directory.sites);
    let services =
        sites.flat_map(|(id, site)| site.services.iter().map(move |service| (id, site, service)));
    for (at, (site_id, site, service)) in (1..).zip(services) {
        let id = last.service + at;
        rows.add(id, site_id, service);
        let content = super::said::of(region, directory, site, service).to_json();
        records.extend([
            (last.record + at).into(),
            batch.scope.as_str().into(),
            at.to_string().into(),
            content.into(),
            1_i64.into(),
            site_id.into(),
            id.into(),
            batch.id.into(),
            batch.id.into(),
            batch.id.into(),
        ]);
    }
    rows.insert(tx).await?;
    let head = "insert into source_record (id, scope, record_key, content, source_rows, site_id,
        service_id, created_batch_id, batch_id, seen_batch_id) values";
    insert_rows(tx, head, 10, records, "").await
}

#[derive(Default)]
struct ServiceRows {
    batch: i64,
    contact: i64,
    services: Vec<Value>,
    hours: Vec<Value>,
    capabilities: Vec<Value>,
    contacts: Vec<Value>,
}

impl ServiceRows {
    fn add(&mut self, id: i64, site_id: i64, service: &Service) {
        self.services.extend([
            id.into(),
            site_id.into(),
            service.category.as_str().into(),
            service.name.as_ref().map(|name| name.text.as_str()).into(),
            service.capacity.into(),
            service.eligibility.into(),
            service.area_served.as_deref().into(),
            service.hours_note.into(),
            service.standing.status.into(),
            service.standing.closed_on.map(|day| day.to_string()).into(),
            service
                .standing
                .assured
                .map(|(day, _)| day.to_string())
                .into(),
            service.standing.assured.map(|(_, by)| by).into(),
            self.batch.into(),
        ]);
        for hours in &service.hours {
            self.hours.extend([
                id.into(),
                hours.weekday.into(),
                hours.slot.into(),
                hours.span.is_some().into(),
                hours.span.map(|(opens, _)| opens).into(),
                hours.span.map(|(_, closes)| closes).into(),
                self.batch.into(),
            ]);
        }
        for skill in &service.skills {
            self.capabilities.extend([
                id.into(),
                skill.code.as_str().into(),
                skill.since.map(|day| day.to_string()).into(),
                skill.filing.as_deref().into(),
                skill.note.as_deref().into(),
                self.batch.into(),
            ]);
        }
        for contact in &service.contacts {
            self.contact += 1;
            self.contacts.extend([
                self.contact.into(),
                site_id.into(),
                id.into(),
                contact.audience.into(),
                contact.purpose.into(),
                contact.name.into(),
                contact.phone.as_str().into(),
                contact.fax.as_deref().into(),
                contact.hours_note.into(),
                contact.assured_on.map(|day| day.to_string()).into(),
                contact.assured_on.map(|_| "事業所の回答").into(),
                self.batch.into(),
            ]);
        }
    }

    async fn insert<C: ConnectionTrait>(self, tx: &C) -> Result<(), DbErr> {
        let head = "insert into service (id, site_id, category, name, capacity, eligibility, area_served, hours_note,
            status, closed_on, last_assured_on, last_assured_by, created_batch_id) values";
        insert_rows(tx, head, 13, self.services, "").await?;
        let head = "insert into service_hours (service_id, weekday, slot, is_open, opens, closes, batch_id) values";
        insert_rows(tx, head, 7, self.hours, "").await?;
        let head = "insert into service_capability (service_id, capability, since, filing, note, batch_id) values";
        insert_rows(tx, head, 6, self.capabilities, "").await?;
        let head = "insert into contact_point (id, site_id, service_id, audience, purpose, name, phone, fax, hours_note,
            last_assured_on, last_assured_by, batch_id) values";
        insert_rows(tx, head, 12, self.contacts, "").await
    }
}
