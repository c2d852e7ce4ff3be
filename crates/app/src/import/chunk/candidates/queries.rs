//! The SQL that finds the sites with which new records are compared.

use std::collections::{BTreeSet, HashMap};

use keniki_base::code::PlaceCode;
use keniki_base::geo::Point;
use keniki_base::text::{AddressKey, NameKey, address_key};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::{statement, within};
use crate::directory::source::said::is_institution;
use crate::import::chunk::Fresh;
use crate::import::matching::Identity;
use crate::import::queries::{rows_of, services_of_sites};

/// The keys under which sites are looked for.
pub(super) struct Keys {
    codes: BTreeSet<String>,
    net_ids: BTreeSet<String>,
    phones: BTreeSet<String>,
    names: BTreeSet<String>,
    addresses: BTreeSet<String>,
    /// Municipalities of records that have no code to be found by.
    without_code: BTreeSet<String>,
    /// Municipalities of institutions that have one: another list may have brought them without.
    of_institutions: BTreeSet<String>,
}

impl Keys {
    pub fn of(fresh: &[Fresh]) -> Self {
        let text = |code: &PlaceCode| code.to_string();
        let all = || fresh.iter().map(|fresh| &fresh.identity);
        let municipalities = |wanted: fn(&Fresh) -> bool| {
            let wanted = fresh.iter().filter(|fresh| wanted(fresh));
            wanted
                .filter_map(|fresh| Some(fresh.identity.municipality?.to_string()))
                .collect()
        };
        Self {
            codes: all()
                .flat_map(|identity| identity.codes.iter().chain(&identity.joined))
                .map(text)
                .collect(),
            net_ids: all()
                .flat_map(|identity| identity.medical_net_ids.clone())
                .collect(),
            phones: all()
                .filter_map(|identity| identity.phone.clone())
                .collect(),
            names: all().map(|identity| identity.name.proper.clone()).collect(),
            addresses: all()
                .filter_map(|identity| Some(identity.address.as_ref()?.key()))
                .collect(),
            without_code: municipalities(|fresh| fresh.identity.codes.is_empty()),
            of_institutions: municipalities(|fresh| {
                !fresh.identity.codes.is_empty() && is_institution(&fresh.record.said.category)
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
    keys: &Keys,
) -> Result<Vec<(i64, Identity, Vec<String>)>, DbErr> {
    let mut sites: HashMap<i64, SiteRow> = HashMap::new();
    // One indexed key at a time; that the municipality agrees is asked in memory. Two lists in one condition
    // would make SQLite try every pair of them.
    for (condition, keys) in [
        (
            "id in (select site_id from site_code where system = 'place' and code in @)",
            &keys.codes,
        ),
        (
            "id in (select site_id from site_code where system = 'medical_net' and code in @)",
            &keys.net_ids,
        ),
        ("phone_key in @", &keys.phones),
        ("name_key in @", &keys.names),
        ("address_key in @", &keys.addresses),
        ("municipality_code in @", &keys.without_code),
        (
            "municipality_code in @ and not exists (
                select 1 from site_code c where c.site_id = site.id and c.system = 'place')",
            &keys.of_institutions,
        ),
    ] {
        if keys.is_empty() {
            continue;
        }
        let condition = condition.replace('@', &within(tx, keys.len()));
        let sql = format!("select {SITE_COLUMNS} from site where {condition}");
        let values = keys.iter().map(|key| Value::from(key.as_str()));
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
