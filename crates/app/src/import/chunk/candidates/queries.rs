//! The SQL that finds the sites with which new records are compared.

use std::collections::{HashMap, HashSet};

use keniki_base::code::{MunicipalityCode, PlaceCode};
use keniki_base::geo::Point;
use keniki_base::text::{AddressKey, NameKey, address_key};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::{statement, within};
use crate::directory::source::said::is_institution;
use crate::import::chunk::Told;
use crate::import::matching::Identity;
use crate::import::queries::{rows_of, services_of_sites};

/// The keys under which sites are looked for.
pub(super) struct Keys<'a> {
    codes: HashSet<String>,
    net_ids: HashSet<&'a str>,
    phones: HashSet<&'a str>,
    names: HashSet<&'a str>,
    addresses: HashSet<&'a str>,
    /// Municipalities of records that have no code to be found by.
    without_code: HashSet<String>,
    /// Municipalities of institutions that have one: another list may have brought them without.
    of_institutions: HashSet<String>,
}

impl<'a> Keys<'a> {
    pub fn of(fresh: &'a [Told]) -> Self {
        let text = |code: &PlaceCode| code.to_string();
        let identities = || fresh.iter().map(|told| &told.identity);
        let municipalities = |wanted: fn(&Told) -> bool| {
            let wanted = fresh.iter().filter(|told| wanted(told));
            let codes: HashSet<_> = wanted
                .filter_map(|told| told.identity.municipality)
                .collect();
            codes.iter().map(MunicipalityCode::to_string).collect()
        };
        let keys = || fresh.iter().map(|told| &told.keys);
        Self {
            codes: identities()
                .flat_map(|identity| identity.codes.iter().chain(&identity.joined))
                .map(text)
                .collect(),
            net_ids: identities()
                .flat_map(|identity| &identity.medical_net_ids)
                .map(String::as_str)
                .collect(),
            phones: keys().filter_map(|keys| keys.phone.as_deref()).collect(),
            names: keys().map(|keys| keys.name.as_str()).collect(),
            addresses: keys().filter_map(|keys| keys.address.as_deref()).collect(),
            without_code: municipalities(|told| told.identity.codes.is_empty()),
            of_institutions: municipalities(|told| {
                !told.identity.codes.is_empty() && is_institution(&told.record.said.category)
            }),
        }
    }
}

#[derive(Debug, FromQueryResult)]
struct SiteRow {
    id: i64,
    name: String,
    municipality_code: Option<String>,
    address: Option<String>,
    phone_key: Option<String>,
    lat: Option<f64>,
    lng: Option<f64>,
    location_precision: String,
}

const SITE_COLUMNS: &str =
    "id, name, municipality_code, address, phone_key, lat, lng, location_precision";

/// Sites that share a key with the records, with their identity and the categories of their services.
pub(super) async fn candidates<C: ConnectionTrait>(
    tx: &C,
    keys: &Keys<'_>,
) -> Result<Vec<(i64, Identity, Vec<String>)>, DbErr> {
    let mut sites: HashMap<i64, SiteRow> = HashMap::new();
    // One indexed key at a time; that the municipality agrees is asked in memory. Two lists in one condition
    // would make SQLite try every pair of them.
    for (condition, keys) in [
        (
            "id in (select site_id from site_code where system = 'place' and code in @)",
            texts(&keys.codes),
        ),
        (
            "id in (select site_id from site_code where system = 'medical_net' and code in @)",
            keys.net_ids.iter().copied().collect(),
        ),
        ("phone_key in @", keys.phones.iter().copied().collect()),
        ("name_key in @", keys.names.iter().copied().collect()),
        ("address_key in @", keys.addresses.iter().copied().collect()),
        ("municipality_code in @", texts(&keys.without_code)),
        (
            "municipality_code in @ and not exists (
                select 1 from site_code c where c.site_id = site.id and c.system = 'place')",
            texts(&keys.of_institutions),
        ),
    ] {
        if keys.is_empty() {
            continue;
        }
        let condition = condition.replace('@', &within(tx, keys.len()));
        let sql = format!("select {SITE_COLUMNS} from site where {condition}");
        let values = keys.into_iter().map(Value::from);
        let rows = SiteRow::find_by_statement(statement(tx, sql, values))
            .all(tx)
            .await?;
        sites.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    let ids: Vec<i64> = sites.keys().copied().collect();
    let mut codes = codes_of(tx, &ids).await?;
    let mut categories = services_of_sites(tx, &ids).await?;
    let mut out: Vec<_> = sites
        .into_values()
        .map(|row| {
            let id = row.id;
            let services = categories.remove(&id).unwrap_or_default();
            let categories = services.into_iter().map(|(_, category)| category).collect();
            (
                id,
                row.identity(codes.remove(&id).unwrap_or_default()),
                categories,
            )
        })
        .collect();
    out.sort_by_key(|(id, _, _)| *id);
    Ok(out)
}

impl SiteRow {
    fn identity(self, codes: Vec<(String, String)>) -> Identity {
        let of = |system: &str| -> Vec<String> {
            codes
                .iter()
                .filter(|(own, _)| own == system)
                .map(|(_, code)| code.clone())
                .collect()
        };
        let address: Option<AddressKey> = self.address.as_deref().map(address_key);
        Identity {
            name: NameKey::of(&self.name),
            municipality: self.municipality_code.and_then(|code| code.parse().ok()),
            address,
            phone: self.phone_key,
            point: (self.location_precision == "exact")
                .then(|| self.lat.zip(self.lng))
                .flatten()
                .and_then(|(lat, lng)| Point::japan(lat, lng).ok()),
            codes: of("place")
                .iter()
                .filter_map(|code| code.parse().ok())
                .collect(),
            joined: None,
            medical_net_ids: of("medical_net"),
        }
    }
}

fn texts(keys: &HashSet<String>) -> Vec<&str> {
    keys.iter().map(String::as_str).collect()
}

#[derive(FromQueryResult)]
struct CodeRow {
    site_id: i64,
    system: String,
    code: String,
}

async fn codes_of<C: ConnectionTrait>(
    tx: &C,
    site_ids: &[i64],
) -> Result<HashMap<i64, Vec<(String, String)>>, DbErr> {
    let rows: Vec<CodeRow> = rows_of(
        tx,
        "select site_id, system, code from site_code where site_id in",
        site_ids,
        "order by system, code",
    )
    .await?;
    let mut out: HashMap<i64, Vec<(String, String)>> = HashMap::new();
    for row in rows {
        out.entry(row.site_id)
            .or_default()
            .push((row.system, row.code));
    }
    Ok(out)
}
