//! What a site and a service are, given all that the lists say of them: for every field the list that
//! knows it best, then the newest. The order in which lists were imported makes no difference.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use keniki_base::code::{MunicipalityCode, PlaceCode};
use keniki_base::text::{address_key, name_key, phone_key};

use crate::directory::source::said::{CapabilitySaid, Hours};
use crate::directory::source::{Format, Said};

/// What one list says, and since which batch.
#[derive(Debug, Clone)]
pub(super) struct SaidBy {
    pub by: Teller,
    pub batch: i64,
    pub service_id: Option<i64>,
    pub said: Said,
}

/// Who says something of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Teller {
    /// The authority, by what was filed and found.
    Authority,
    /// The office itself, and somebody approved it.
    Office,
    /// A list.
    List(Format),
    /// A sample, which stands for all lists.
    Sample,
}

impl Teller {
    /// By the scope of a record; none where no teller has it.
    pub(super) fn of_scope(scope: &str) -> Option<Self> {
        match scope.split('/').next()? {
            AUTHORITY => Some(Self::Authority),
            OFFICE => Some(Self::Office),
            "sample" => Some(Self::Sample),
            _ => Format::of_scope(scope).map(Self::List),
        }
    }

    /// Higher wins: the authority, the office itself, then the area's own lists, then the national lists by how carefully they keep
    /// names and places.
    fn rank(self) -> u8 {
        match self {
            Self::Authority => 8,
            Self::Office => 7,
            Self::List(Format::StandardMedical | Format::StandardCare) => 6,
            Self::List(Format::MedicalNet) => 5,
            Self::List(Format::Filings) => 4,
            Self::List(Format::CareServices) => 3,
            Self::List(Format::BedReport) => 2,
            Self::List(Format::BedBook) => 1,
            Self::Sample => 0,
        }
    }
}

/// Scope and format of what an authority has recorded.
pub(crate) const AUTHORITY: &str = "authority";

/// Scope and format of what offices say of themselves.
pub(crate) const OFFICE: &str = "office";

/// What a site is looked up by.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Keys {
    pub name: String,
    pub address: Option<String>,
    pub phone: Option<String>,
}

impl Keys {
    fn of(name: &str, address: Option<&str>, phone: Option<&str>) -> Self {
        Self {
            name: name_key(name),
            address: address.map(|text| address_key(text).key()),
            phone: phone.and_then(phone_key),
        }
    }
}

/// The columns of `site` that the lists decide.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SiteFields {
    pub organization: Option<String>,
    pub corporate_number: Option<String>,
    pub name: String,
    pub kana: Option<String>,
    pub keys: Keys,
    pub postal_code: Option<String>,
    pub address: Option<String>,
    pub building: Option<String>,
    pub municipality: Option<MunicipalityCode>,
    pub lat: Option<f64>,
    pub lng: Option<f64>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub url: Option<String>,
}

/// The columns of `service` and its children that the lists decide.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ServiceFields {
    pub category: String,
    pub name: Option<String>,
    /// Its own, where it is another than the site's.
    pub phone: Option<String>,
    /// Likewise.
    pub fax: Option<String>,
    pub place_code: Option<PlaceCode>,
    pub capacity: Option<i64>,
    pub hours_note: Option<String>,
    pub detail: Option<String>,
    /// Where an authority has said so.
    pub status: Option<String>,
    pub closed_on: Option<NaiveDate>,
    pub hours: Vec<Hours>,
    pub capabilities: Vec<CapabilitySaid>,
    /// Since which batch the hours are told.
    pub hours_batch: i64,
    /// Since which batch each of the capabilities is told, in their order.
    pub capability_batches: Vec<i64>,
}

/// Best list first, newest first among equals.
pub(super) fn in_order(records: &mut [SaidBy]) {
    records.sort_by_key(|record| std::cmp::Reverse((record.by.rank(), record.batch)));
}

/// `records` in order, at least one; `keys` where they have been made before, as of a lone record.
pub(super) fn site(records: &[&Said], keys: Option<Keys>) -> SiteFields {
    // An office that changes its telephone number says nothing of its name.
    let told = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let name = best(records, |said| told(&said.name)).unwrap_or_default();
    // A list may have left out all before the number of the house: another's address says more.
    let has_town = |address: &String| !address.starts_with(|letter: char| letter.is_numeric());
    let address = best(records, |said| said.address.clone().filter(has_town))
        .or_else(|| best(records, |said| said.address.clone()));
    let phone = best(records, |said| said.phone.clone());
    let point = best(records, |said| said.lat.zip(said.lng));
    SiteFields {
        organization: best(records, |said| said.organization.clone()),
        corporate_number: best(records, |said| said.corporate_number.clone()),
        kana: best(records, |said| said.kana.clone()),
        keys: keys.unwrap_or_else(|| Keys::of(&name, address.as_deref(), phone.as_deref())),
        postal_code: best(records, |said| said.postal_code.clone()),
        building: best(records, |said| said.building.clone()),
        municipality: best(records, |said| said.municipality),
        lat: point.map(|(lat, _)| lat),
        lng: point.map(|(_, lng)| lng),
        fax: best(records, |said| said.fax.clone()),
        url: best(records, |said| said.url.clone()),
        name,
        address,
        phone,
    }
}

/// `records` in order, at least one, all of one service of `site`, each with its batch.
pub(super) fn service(told: &[(&Said, i64)], site: &SiteFields) -> ServiceFields {
    let mut capabilities: BTreeMap<&str, (&CapabilitySaid, i64)> = BTreeMap::new();
    let mut figures = BTreeMap::new();
    let mut withdrawn = BTreeSet::new();
    for (said, batch) in told {
        let stands = |it: &&CapabilitySaid| !withdrawn.contains(it.code.as_str());
        for capability in said.capabilities.iter().filter(stands) {
            capabilities
                .entry(&capability.code)
                .or_insert((capability, *batch));
        }
        withdrawn.extend(said.withdrawn.iter().map(String::as_str));
        for (name, value) in &said.figures {
            figures.entry(name).or_insert(value);
        }
    }
    let records: Vec<&Said> = told.iter().map(|(said, _)| *said).collect();
    let records = records.as_slice();
    let of_hours = told.iter().find(|(said, _)| !said.hours.is_empty());
    ServiceFields {
        category: best(records, |said| {
            Some(said.category.clone()).filter(|it| !it.is_empty())
        })
        .unwrap_or_default(),
        name: best(records, |said| said.service_name.clone()).filter(|name| *name != site.name),
        phone: best(records, |said| said.phone.clone())
            .filter(|phone| site.phone.as_ref() != Some(phone)),
        fax: best(records, |said| said.fax.clone()).filter(|fax| site.fax.as_ref() != Some(fax)),
        place_code: best(records, |said| said.place_code),
        capacity: best(records, |said| said.capacity),
        hours_note: best(records, |said| said.hours_note.clone()),
        detail: (!figures.is_empty())
            .then(|| serde_json::to_string(&figures).expect("numbers always become JSON")),
        status: best(records, |said| said.status.clone()),
        closed_on: best(records, |said| said.closed_on),
        hours: of_hours.map_or_else(Vec::new, |(said, _)| said.hours.clone()),
        hours_batch: of_hours.map_or(0, |(_, batch)| *batch),
        capability_batches: capabilities.values().map(|(_, batch)| *batch).collect(),
        capabilities: capabilities
            .into_values()
            .map(|(capability, _)| capability.clone())
            .collect(),
    }
}

fn best<T>(records: &[&Said], field: impl Fn(&Said) -> Option<T>) -> Option<T> {
    records.iter().find_map(|said| field(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, phone: Option<&str>) -> Said {
        Said {
            name: name.to_owned(),
            phone: phone.map(str::to_owned),
            category: "hospital".to_owned(),
            ..Said::default()
        }
    }

    fn by(format: Format, batch: i64, said: Said) -> SaidBy {
        SaidBy {
            by: Teller::List(format),
            batch,
            service_id: None,
            said,
        }
    }

    proptest::proptest! {
        #[test]
        fn the_order_of_import_makes_no_difference(
            picks in proptest::collection::vec((0_usize..7, proptest::option::of(0_u32..3), 0_u32..3), 1..6),
            turn in 0_usize..6,
        ) {
            let mut records: Vec<SaidBy> = picks
                .iter()
                .enumerate()
                .map(|(batch, (format, phone, name))| {
                    let phone = phone.map(|n| format!("03-0000-000{n}"));
                    by(Format::ALL[*format], batch as i64, said(&format!("病院{name}"), phone.as_deref()))
                })
                .collect();
            let mut turned = records.clone();
            let n = turned.len();
            turned.rotate_left(turn % n);
            in_order(&mut records);
            in_order(&mut turned);
            let fields = |records: &[SaidBy]| {
                let said: Vec<&Said> = records.iter().map(|record| &record.said).collect();
                let told: Vec<(&Said, i64)> = said.iter().map(|said| (*said, 0)).collect();
                (site(&said, None), service(&told, &site(&said, None)))
            };
            proptest::prop_assert_eq!(fields(&records), fields(&turned));
        }
    }

    #[test]
    fn what_an_office_says_counts_before_every_list_and_only_that() {
        let office = Said {
            phone: Some("0859-00-0009".to_owned()),
            ..Said::default()
        };
        let mut records = [
            by(
                Format::StandardMedical,
                9,
                said("乙病院", Some("0859-00-0001")),
            ),
            SaidBy {
                by: Teller::of_scope(OFFICE).unwrap(),
                ..by(Format::BedBook, 1, office)
            },
        ];
        in_order(&mut records);
        let said: Vec<&Said> = records.iter().map(|record| &record.said).collect();
        let (site, told) = (site(&said, None), said.iter().map(|said| (*said, 0)));
        assert_eq!(site.name, "乙病院");
        assert_eq!(site.phone.as_deref(), Some("0859-00-0009"));
        assert_eq!(
            service(&told.collect::<Vec<_>>(), &site).category,
            "hospital"
        );
    }

    #[test]
    fn a_field_comes_from_the_best_list_that_tells_it() {
        let mut records = [
            by(Format::BedReport, 9, said("医療法人甲会 乙病院", None)),
            by(Format::Filings, 1, said("乙病院", Some("0859-00-0001"))),
            by(Format::MedicalNet, 2, said("甲会乙病院", None)),
        ];
        in_order(&mut records);
        let said: Vec<&Said> = records.iter().map(|record| &record.said).collect();
        let site = site(&said, None);
        assert_eq!(site.name, "甲会乙病院");
        assert_eq!(site.phone.as_deref(), Some("0859-00-0001"));
    }
}
