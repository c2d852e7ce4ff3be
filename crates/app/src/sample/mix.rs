//! What an invented area consists of: how many services of which kind, where they stand, who runs them and
//! what they are called. The numbers follow issue 2, the proportions a rural medical area of 220,000 people.

use super::name::Part;
use crate::definition::Definitions;
use crate::definition::vocabulary::Category;

mod care;
mod community;
mod medical;

/// How a kind of service is named in the definitions, so that a renamed category is still found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// By its 区分/種別 in the lists of filings.
    Institution(&'static str),
    /// By its 3-digit code in 介護サービス情報公表システム.
    Care(&'static str),
    /// By the category's own code: no public list has it.
    Category(&'static str),
}

impl What {
    /// The category the definitions have for it.
    pub fn category(self, definitions: &Definitions) -> Option<&Category> {
        match self {
            Self::Institution(kind) => definitions.category_of_institution("filings", kind),
            Self::Care(code) => definitions.category_of_care_service(code),
            Self::Category(code) => definitions.category(code),
        }
    }
}

/// Where a service stands.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// At an address of its own.
    Own,
    /// With these shares at a site that has a service of that kind already, else at its own address.
    With(&'static [(What, f64)]),
    /// With this share a few steps from a site that has a service of that kind, else anywhere.
    Near(What, f64),
    /// One in every municipality, those beyond five in the cities.
    EveryMunicipality,
}

/// Who runs services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The prefecture.
    Prefecture,
    /// The municipality in which the site lies.
    Municipality,
    /// 社会福祉協議会 of that municipality.
    Council,
    /// 医療法人.
    Medical,
    /// 社会福祉法人.
    Welfare,
    /// 株式会社, 有限会社.
    Company,
    /// 特定非営利活動法人.
    Npo,
    /// A person, or people without a legal form.
    Person,
}

/// When a service is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Opening {
    /// Outpatients in the morning, some in the afternoon.
    Hospital,
    /// Morning and afternoon with a long break, one free afternoon, Saturday morning.
    Clinic,
    /// As a clinic, on Saturdays too.
    Dental,
    /// As the doctors around it.
    Pharmacy,
    /// An office on weekdays.
    Office,
    /// An office from Monday to Saturday.
    Visits,
    /// From Monday to Saturday, holidays too.
    Day,
    /// Day and night.
    Always,
    /// Once or twice a week.
    Weekly,
}

/// One kind of service.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Which.
    pub what: What,
    /// How many in an area.
    pub count: usize,
    /// Where.
    pub place: Place,
    /// How much it keeps to where people are: 0 spreads over all towns alike, 1 follows the people.
    pub crowd: f64,
    /// Who runs it, with weights.
    pub owners: &'static [(Owner, f64)],
    /// Its names. `{s}` an invented stem, `{h}` the same in hiragana, `{o}` the owner's, `{t}` the town, `{m}` the
    /// municipality; in the reading alike.
    pub names: &'static [Part],
    /// People it takes (beds, places), from, to and in steps of.
    pub capacity: Option<(i64, i64, i64)>,
    /// When.
    pub opening: Opening,
    /// For whom.
    pub eligibility: Option<&'static str>,
    /// Names of what the prefecture or a municipality runs, where they differ.
    pub public_names: &'static [Part],
}

const KIND: Kind = Kind {
    what: What::Category(""),
    count: 0,
    place: Place::Own,
    crowd: 1.0,
    owners: &[(Owner::Company, 1.0)],
    names: &[],
    capacity: None,
    opening: Opening::Office,
    eligibility: None,
    public_names: &[],
};

/// 病院.
pub const HOSPITAL: What = What::Institution("医科/病院");
/// 診療所.
pub const CLINIC: What = What::Institution("医科/診療所");
/// 歯科診療所.
pub const DENTAL: What = What::Institution("歯科/診療所");
/// 薬局.
pub const PHARMACY: What = What::Institution("薬局/薬局");
/// 訪問看護.
pub const VISITING_NURSING: What = What::Care("130");
/// 居宅介護支援.
pub const CARE_MANAGEMENT: What = What::Care("430");
/// 地域包括支援センター.
pub const SUPPORT_CENTER: What = What::Category("community_support_center");
const NURSING_HOME: What = What::Care("510");
const HEALTH_FACILITY: What = What::Care("520");
const DAY_CARE: What = What::Care("150");
const HOME_HELP: What = What::Care("110");
const GROUP_HOME: What = What::Care("320");
const RENTAL: What = What::Care("170");

const CARE_LEVELS: Option<&str> = Some("要介護1～5の人");
const ALL_LEVELS: Option<&str> = Some("要支援1～要介護5の人");

/// Every kind, hosts before their guests.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    medical::KINDS
        .iter()
        .chain(care::KINDS)
        .chain(community::KINDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(what: What) -> usize {
        kinds()
            .filter(|kind| kind.what == what)
            .map(|kind| kind.count)
            .sum()
    }

    #[test]
    fn the_numbers_are_those_of_the_issue() {
        assert_eq!([CLINIC, DENTAL, PHARMACY].map(count), [200, 100, 120]);
        assert_eq!(
            [VISITING_NURSING, CARE_MANAGEMENT, SUPPORT_CENTER].map(count),
            [45, 90, 10]
        );
        let care = |kind: &&Kind| {
            matches!(kind.what, What::Care(_))
                && ![VISITING_NURSING, CARE_MANAGEMENT].contains(&kind.what)
        };
        assert_eq!(
            kinds().filter(care).map(|kind| kind.count).sum::<usize>(),
            200
        );
        let all: usize = kinds().map(|kind| kind.count).sum();
        assert!((780..860).contains(&all), "{all}");
    }

    #[test]
    fn a_guest_comes_after_its_host() {
        for (at, kind) in kinds().enumerate() {
            let hosts: Vec<What> = match kind.place {
                Place::With(hosts) => hosts.iter().map(|(host, _)| *host).collect(),
                Place::Near(host, _) => vec![host],
                Place::Own | Place::EveryMunicipality => vec![],
            };
            for host in hosts {
                assert!(
                    kinds().take(at).any(|other| other.what == host),
                    "{host:?} before {:?}",
                    kind.what
                );
            }
        }
    }

    #[test]
    fn the_definitions_know_every_kind() {
        let definitions = Definitions::load(None).expect("the built-in definitions");
        for kind in kinds() {
            assert!(
                kind.what.category(&definitions).is_some(),
                "{:?}",
                kind.what
            );
        }
    }
}
