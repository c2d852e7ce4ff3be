//! Writes sites and services as the lists make them: new ones in bulk, touched ones where a field differs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use keniki_base::geo::Point;
use keniki_base::text::fold;
use sea_orm::{DatabaseTransaction, DbErr};

use super::chunk::by_site;
use super::fold::{self as folded, SaidBy, ServiceFields, SiteFields};
use super::queries as records;
use crate::database::Writer;
use crate::directory::search::index::{Entry, Indexer};
use crate::directory::source::Said;
use crate::directory::source::locate::Places;

mod queries;

/// Numbers given out by one import, table by table.
pub(super) struct Ids {
    pub site: Next,
    pub service: Next,
    pub organization: Next,
    pub source_record: Next,
    pub batch_change: Next,
    pub match_review: Next,
    /// Organizations met so far.
    organizations: Organizations,
}

/// Counts on from the greatest number of a table.
pub(super) struct Next(i64);

impl Next {
    /// The next number.
    pub fn next(&mut self) -> i64 {
        self.0 += 1;
        self.0
    }
}

impl Ids {
    /// Call it in the transaction that holds the directory's lock.
    pub async fn load(tx: &DatabaseTransaction) -> Result<Self, DbErr> {
        Ok(Self {
            site: Next(records::last_id(tx, "site").await?),
            service: Next(records::last_id(tx, "service").await?),
            organization: Next(records::last_id(tx, "organization").await?),
            source_record: Next(records::last_id(tx, "source_record").await?),
            batch_change: Next(records::last_id(tx, "batch_change").await?),
            match_review: Next(records::last_id(tx, "match_review").await?),
            organizations: Organizations::new(),
        })
    }
}

/// A site's point, and how exact it is.
struct Location {
    point: Option<Point>,
    precision: &'static str,
}

impl Location {
    /// The lists' own point, else the middle of the address's town, else none.
    fn of(site: &SiteFields, places: &Places) -> Self {
        if let Some((lat, lng)) = site.lat.zip(site.lng) {
            return Self {
                point: Some(Point { lat, lng }),
                precision: "exact",
            };
        }
        let town = site
            .municipality
            .zip(site.address.as_deref())
            .and_then(|(code, address)| places.towns.find(code, address));
        Self {
            point: town.map(|(point, _)| point),
            precision: if town.is_some() { "town" } else { "none" },
        }
    }
}

/// A site as it has just been written.
pub(super) struct Written {
    id: i64,
    fields: SiteFields,
    organization: Option<Organization>,
    location: Location,
}

/// Writes sites that were not there; answers them by their numbers.
pub(super) async fn insert_sites(
    writer: &mut Writer,
    batch: i64,
    places: &Places,
    ids: &mut Ids,
    sites: Vec<(i64, SiteFields)>,
) -> Result<HashMap<i64, Written>, DbErr> {
    meet_organizations(writer, batch, ids, sites.iter().map(|(_, site)| site)).await?;
    let written: Vec<Written> = sites
        .into_iter()
        .map(|(id, fields)| Written {
            id,
            organization: organization_of(&ids.organizations, &fields),
            location: Location::of(&fields, places),
            fields,
        })
        .collect();
    queries::insert_sites(writer, batch, &written).await;
    Ok(written.into_iter().map(|site| (site.id, site)).collect())
}

/// Writes services that were not there, with hours and capabilities. Those of `new_sites` are complete and
/// go into the index; the others are folded anew with their sites, see [`refresh_sites`].
pub(super) async fn insert_services(
    writer: &mut Writer,
    batch: i64,
    services: &[(i64, i64, Vec<&Said>)],
    new_sites: &HashMap<i64, Written>,
    indexer: &mut Indexer,
) {
    let unknown = SiteFields::default();
    let services: Vec<NewService> = services
        .iter()
        .map(|(id, site_id, said)| {
            let site = new_sites.get(site_id).map_or(&unknown, |site| &site.fields);
            let told: Vec<(&Said, i64)> = said.iter().map(|said| (*said, batch)).collect();
            NewService {
                id: *id,
                site_id: *site_id,
                fields: folded::service(&told, site),
            }
        })
        .collect();
    queries::insert_services(writer, batch, &services).await;
    let fields = services.iter().map(|service| (service.id, &service.fields));
    queries::insert_children(writer, fields).await;
    let entries = services
        .into_iter()
        .filter_map(|service| Some(service.entry(new_sites.get(&service.site_id)?)));
    indexer.add(entries.collect());
}

/// A service that is about to be written.
struct NewService {
    id: i64,
    site_id: i64,
    fields: ServiceFields,
}

impl NewService {
    fn entry(&self, site: &Written) -> Entry {
        let Written {
            fields,
            organization,
            location,
            ..
        } = site;
        let service = &self.fields;
        let capabilities = service.capabilities.iter();
        let organization = organization.as_ref();
        Entry {
            service_id: self.id,
            category: service.category.clone(),
            status: "active".to_owned(),
            name: service.name.clone(),
            site_name: fields.name.clone(),
            kana: fields.kana.clone(),
            organization: organization.map(|organization| organization.name.clone()),
            address: fields.address.clone(),
            building: fields.building.clone(),
            municipality: fields.municipality.map(|code| code.to_string()),
            point: location.point,
            capabilities: capabilities.map(|one| one.code.clone()).collect(),
            hours: service.hours.clone(),
        }
    }
}

/// Folds sites anew from all that the lists say, and writes what differs.
pub(super) async fn refresh_sites(
    writer: &mut Writer,
    batch: i64,
    places: &Places,
    ids: &mut Ids,
    indexer: &mut Indexer,
    site_ids: &BTreeSet<i64>,
) -> Result<(), DbErr> {
    if site_ids.is_empty() {
        return Ok(());
    }
    let site_ids: Vec<i64> = site_ids.iter().copied().collect();
    let said = by_site(records::said_of_sites(writer.settled().await?, &site_ids).await?);
    let sites: BTreeMap<i64, SiteFields> = said
        .iter()
        .map(|(id, records)| (*id, folded::site(&all(records), None)))
        .collect();
    meet_organizations(writer, batch, ids, sites.values()).await?;
    let tx = writer.settled().await?;
    let mut services = Vec::new();
    for (site_id, site) in &sites {
        let organization = organization_of(&ids.organizations, site).map(|known| known.id);
        queries::update_site(
            tx,
            *site_id,
            organization,
            site,
            &Location::of(site, places),
        )
        .await?;
        for (service_id, records) in by_service(&said[site_id]) {
            services.push((service_id, folded::service(&records, site)));
        }
    }
    queries::update_services(writer, &services).await?;
    indexer.put_sites(writer.settled().await?, &site_ids).await
}

fn all(records: &[SaidBy]) -> Vec<&Said> {
    records.iter().map(|record| &record.said).collect()
}

fn by_service(records: &[SaidBy]) -> BTreeMap<i64, Vec<(&Said, i64)>> {
    let mut out: BTreeMap<i64, Vec<(&Said, i64)>> = BTreeMap::new();
    for record in records {
        if let Some(id) = record.service_id {
            out.entry(id)
                .or_default()
                .push((&record.said, record.batch));
        }
    }
    out
}

/// One organization: by its corporate number, else by its full name within a prefecture (two 恵愛会 of
/// two prefectures are two).
pub(super) type OrganizationKey = (String, String);

fn organization_key(site: &SiteFields) -> Option<OrganizationKey> {
    let name = site.organization.as_deref()?;
    Some(match &site.corporate_number {
        Some(number) => (String::new(), number.clone()),
        None => (
            site.municipality
                .map_or_else(String::new, |code| code.prefecture().to_string()),
            fold(name),
        ),
    })
}

/// An organization that is there.
#[derive(Clone)]
struct Organization {
    id: i64,
    name: String,
}

type Organizations = HashMap<OrganizationKey, Organization>;

fn organization_of(organizations: &Organizations, site: &SiteFields) -> Option<Organization> {
    organizations.get(&organization_key(site)?).cloned()
}

/// Organizations kept in memory; more are looked up again.
const ORGANIZATIONS_MOST: usize = 20_000;

/// Finds or makes the organizations of some sites.
async fn meet_organizations<'a>(
    writer: &mut Writer,
    batch: i64,
    ids: &mut Ids,
    sites: impl Iterator<Item = &'a SiteFields>,
) -> Result<(), DbErr> {
    if ids.organizations.len() > ORGANIZATIONS_MOST {
        ids.organizations.clear();
    }
    let mut wanted: BTreeMap<OrganizationKey, &str> = BTreeMap::new();
    for site in sites {
        if let (Some(key), Some(name)) = (organization_key(site), site.organization.as_deref())
            && !ids.organizations.contains_key(&key)
        {
            wanted.entry(key).or_insert(name);
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let known = queries::organizations(writer.settled().await?, wanted.keys()).await?;
    wanted.retain(|key, _| !known.contains_key(key));
    ids.organizations.extend(known);
    let fresh: Vec<(OrganizationKey, Organization)> = wanted
        .into_iter()
        .map(|(key, name)| {
            let (id, name) = (ids.organization.next(), name.to_owned());
            (key, Organization { id, name })
        })
        .collect();
    queries::insert_organizations(writer, batch, &fresh).await;
    ids.organizations.extend(fresh);
    Ok(())
}
