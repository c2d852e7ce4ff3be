//! Writes sites and services as the lists make them: new ones in bulk, touched ones where a field differs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use keniki_base::text::fold;
use sea_orm::{DatabaseTransaction, DbErr};

use super::chunk::by_site;
use super::fold::{self as folded, SaidBy, ServiceFields, SiteFields};
use super::queries as records;
use crate::directory::search::index::{self, Indexer};
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
        })
    }
}

/// A site's point, and how exact it is.
struct Location {
    lat: Option<f64>,
    lng: Option<f64>,
    precision: &'static str,
}

impl Location {
    /// The lists' own point, else the middle of the address's town, else none.
    fn of(site: &SiteFields, places: &Places) -> Self {
        if site.lat.is_some() && site.lng.is_some() {
            return Self {
                lat: site.lat,
                lng: site.lng,
                precision: "exact",
            };
        }
        let town = site
            .municipality
            .zip(site.address.as_deref())
            .and_then(|(code, address)| places.towns.find(code, address));
        Self {
            lat: town.map(|(point, _)| point.lat),
            lng: town.map(|(point, _)| point.lng),
            precision: if town.is_some() { "town" } else { "none" },
        }
    }
}

/// Writes sites that were not there.
pub(super) async fn insert_sites(
    tx: &DatabaseTransaction,
    batch: i64,
    places: &Places,
    ids: &mut Ids,
    sites: &[(i64, SiteFields)],
) -> Result<(), DbErr> {
    if sites.is_empty() {
        return Ok(());
    }
    let organizations = organizations(tx, batch, ids, sites.iter().map(|(_, site)| site)).await?;
    let mut rows = Vec::with_capacity(sites.len());
    for (id, site) in sites {
        let organization = organization_key(site).and_then(|key| organizations.get(&key).copied());
        rows.push((*id, organization, site, Location::of(site, places)));
    }
    queries::insert_sites(tx, batch, &rows).await
}

/// Writes services that were not there, with hours and capabilities. The index follows at the end of the chunk.
pub(super) async fn insert_services(
    tx: &DatabaseTransaction,
    batch: i64,
    services: &[(i64, i64, Vec<&Said>)],
    indexer: &Indexer,
) -> Result<(), DbErr> {
    if services.is_empty() {
        return Ok(());
    }
    let site_ids: Vec<i64> = services.iter().map(|(_, site_id, _)| *site_id).collect();
    let names = queries::site_names(tx, &site_ids).await?;
    let fields: Vec<(i64, i64, ServiceFields)> = services
        .iter()
        .map(|(id, site_id, said)| {
            let site_name = names.get(site_id).map_or("", String::as_str);
            let told: Vec<(&Said, i64)> = said.iter().map(|said| (*said, batch)).collect();
            (*id, *site_id, folded::service(&told, site_name))
        })
        .collect();
    queries::insert_services(tx, batch, &fields).await?;
    let children: Vec<(i64, &ServiceFields)> =
        fields.iter().map(|(id, _, fields)| (*id, fields)).collect();
    queries::insert_children(tx, &children).await?;
    let ids: Vec<i64> = fields.iter().map(|(id, _, _)| *id).collect();
    indexer.add(tx, &ids).await
}

/// Folds sites anew from all that the lists say, and writes what differs.
pub(super) async fn refresh_sites(
    tx: &DatabaseTransaction,
    batch: i64,
    places: &Places,
    ids: &mut Ids,
    site_ids: &BTreeSet<i64>,
) -> Result<(), DbErr> {
    if site_ids.is_empty() {
        return Ok(());
    }
    let site_ids: Vec<i64> = site_ids.iter().copied().collect();
    let said = by_site(records::said_of_sites(tx, &site_ids).await?);
    let sites: BTreeMap<i64, SiteFields> = said
        .iter()
        .map(|(id, records)| (*id, folded::site(&all(records))))
        .collect();
    let organizations = organizations(tx, batch, ids, sites.values()).await?;
    let mut services = Vec::new();
    for (site_id, site) in &sites {
        let organization = organization_key(site).and_then(|key| organizations.get(&key).copied());
        queries::update_site(
            tx,
            *site_id,
            organization,
            site,
            &Location::of(site, places),
        )
        .await?;
        for (service_id, records) in by_service(&said[site_id]) {
            services.push((service_id, folded::service(&records, &site.name)));
        }
    }
    queries::update_services(tx, &services).await?;
    index::put_sites(tx, &site_ids).await
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

/// Finds or makes the organizations of some sites.
async fn organizations<'a>(
    tx: &DatabaseTransaction,
    batch: i64,
    ids: &mut Ids,
    sites: impl Iterator<Item = &'a SiteFields>,
) -> Result<HashMap<OrganizationKey, i64>, DbErr> {
    let mut wanted: BTreeMap<OrganizationKey, &str> = BTreeMap::new();
    for site in sites {
        if let (Some(key), Some(name)) = (organization_key(site), site.organization.as_deref()) {
            wanted.entry(key).or_insert(name);
        }
    }
    let mut known = queries::organizations(tx, wanted.keys()).await?;
    wanted.retain(|key, _| !known.contains_key(key));
    let fresh: Vec<(i64, &OrganizationKey, &str)> = wanted
        .iter()
        .map(|(key, name)| (ids.organization.next(), key, *name))
        .collect();
    queries::insert_organizations(tx, batch, &fresh).await?;
    known.extend(fresh.into_iter().map(|(id, key, _)| (key.clone(), id)));
    Ok(known)
}
