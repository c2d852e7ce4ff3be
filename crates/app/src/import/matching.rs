//! Whether a record of a list and a site of the directory are the same place: by code where both have
//! one, else by name, municipality, address, telephone, coordinates and other lists' ids, whichever
//! both have.
//!
//! A shared address alone never joins (a hospital and the pharmacy in its front); a shared code at
//! another address is a second site; two codes of one kind are two institutions.

use keniki_base::code::{MunicipalityCode, PlaceCode};
use keniki_base::geo::{self, Point};
use keniki_base::text::{AddressKey, NameKey, Nearness, address_key, phone_key, same_place};

use super::fold::Keys;
use crate::directory::source::Said;

/// From here on two are joined without asking.
pub(super) const CERTAIN: f64 = 0.9;
/// From here on a person is asked.
pub(super) const WORTH_ASKING: f64 = 0.7;

/// Names less alike than this are not of one house.
const NAME_ALIKE: f64 = 0.85;
/// Points of two lists for one house lie within this.
const SAME_SPOT_KM: f64 = 0.3;
/// Farther apart than this are two houses, whatever their names.
const OTHER_SPOT_KM: f64 = 3.0;

/// What both sides are compared by.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub name: NameKey,
    pub municipality: Option<MunicipalityCode>,
    pub address: Option<AddressKey>,
    pub phone: Option<String>,
    /// Only a list's own point, never the middle of a town.
    pub point: Option<Point>,
    pub codes: Vec<PlaceCode>,
    pub joined: Option<PlaceCode>,
    pub medical_net_ids: Vec<String>,
}

/// How sure, and why, in words for the person who reviews.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    pub confidence: f64,
    pub reasons: Vec<&'static str>,
}

/// Whether two that share name and address agree in the telephone number, as far as both tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SameNumber {
    Yes,
    No,
}

impl Identity {
    pub fn of(said: &Said) -> Self {
        Self {
            name: NameKey::of(&said.name),
            municipality: said.municipality,
            address: said.address.as_deref().map(address_key),
            phone: said.phone.as_deref().and_then(phone_key),
            point: said
                .lat
                .zip(said.lng)
                .and_then(|(lat, lng)| Point::japan(lat, lng).ok()),
            codes: said.place_code.into_iter().collect(),
            joined: said.joined_code,
            medical_net_ids: said.medical_net_id.clone().into_iter().collect(),
        }
    }

    /// What a site made of this record alone is looked up by.
    pub fn keys(&self) -> Keys {
        Keys {
            name: self.name.proper.clone(),
            address: self.address.as_ref().map(AddressKey::key),
            phone: self.phone.clone(),
        }
    }

    /// Compares a record with a site.
    pub fn compare(&self, site: &Self) -> Verdict {
        let nearness = match (&self.address, &site.address) {
            (Some(a), Some(b)) => same_place(a, b),
            _ => Nearness::Unknown,
        };
        let km = self.point.zip(site.point).map(|(a, b)| geo::km(a, b));
        let phone = self
            .phone
            .as_ref()
            .zip(site.phone.as_ref())
            .map(|(a, b)| a == b);
        if let Some(verdict) = self.by_code(site, nearness, phone, km) {
            return verdict;
        }
        if self.has_rival_code(site) || is_elsewhere(self, site) {
            return Verdict::no();
        }
        let name = self.name.similarity(&site.name);
        by_evidence(self, site, name, nearness, phone, km)
    }

    /// A code of both, or 併設: the same house unless it stands elsewhere.
    fn by_code(
        &self,
        site: &Self,
        nearness: Nearness,
        phone: Option<bool>,
        km: Option<f64>,
    ) -> Option<Verdict> {
        let own = self.codes.iter().any(|code| site.codes.contains(code));
        let joined = self.joined.is_some_and(|code| site.codes.contains(&code));
        let by_id = self
            .medical_net_ids
            .iter()
            .any(|id| site.medical_net_ids.contains(id))
            && !is_elsewhere(self, site);
        if !own && !joined && !by_id {
            return None;
        }
        let reason = if own {
            "コードが同じ"
        } else if joined {
            "併設の番号"
        } else {
            "医療情報ネットのIDが同じ"
        };
        let is_near = km.is_some_and(|km| km <= SAME_SPOT_KM) || phone == Some(true);
        Some(match nearness {
            Nearness::Same | Nearness::Near | Nearness::Unknown => Verdict {
                confidence: 0.99,
                reasons: vec![reason],
            },
            Nearness::Different if is_near => Verdict {
                confidence: 0.95,
                reasons: vec![reason, "住所の書き方は違うが位置か電話が同じ"],
            },
            // A branch under the mother's code is a second site.
            Nearness::Different => Verdict::no(),
        })
    }

    /// Whether both say one name at one address, and if so whether they agree in the telephone number.
    pub fn says_again(&self, site: &Self) -> Option<SameNumber> {
        let addresses = self.address.as_ref().zip(site.address.as_ref())?;
        let is_same = self.name.whole == site.name.whole
            && same_place(addresses.0, addresses.1) == Nearness::Same
            && !is_elsewhere(self, site);
        let number = match (&self.phone, &site.phone) {
            (Some(a), Some(b)) if a != b => SameNumber::No,
            _ => SameNumber::Yes,
        };
        is_same.then_some(number)
    }

    /// Both carry codes of one kind of institution, and none in common.
    fn has_rival_code(&self, site: &Self) -> bool {
        let kinds = |codes: &[PlaceCode]| -> Vec<_> {
            codes.iter().filter_map(|code| code.institution()).collect()
        };
        let (own, others) = (kinds(&self.codes), kinds(&site.codes));
        own.iter().any(|kind| others.contains(kind))
    }
}

impl Verdict {
    /// The same, but for a person to say.
    pub fn asked(mut self, reason: &'static str) -> Self {
        self.confidence = self.confidence.min(CERTAIN - 0.05);
        self.reasons.push(reason);
        self
    }

    fn no() -> Self {
        Self {
            confidence: 0.0,
            reasons: Vec::new(),
        }
    }
}

fn is_elsewhere(a: &Identity, b: &Identity) -> bool {
    matches!((a.municipality, b.municipality), (Some(a), Some(b)) if a != b)
}

fn by_evidence(
    a: &Identity,
    b: &Identity,
    name: f64,
    nearness: Nearness,
    phone: Option<bool>,
    km: Option<f64>,
) -> Verdict {
    if km.is_some_and(|km| km > OTHER_SPOT_KM) || name < NAME_ALIKE {
        let is_near = km.is_none_or(|km| km <= OTHER_SPOT_KM);
        return match (is_end_of_name(a, b), nearness, phone) {
            // 「社会医療法人…センター渡辺病院」 where 「渡辺病院」 is.
            (true, Nearness::Same, None | Some(true)) if is_near => Verdict {
                confidence: 0.95,
                reasons: vec!["名称の終わりが同じ", "住所が同じ"],
            },
            (true, Nearness::Unknown, None) => Verdict {
                confidence: WORTH_ASKING,
                reasons: vec!["名称の終わりが同じ", "市区町村が同じ"],
            },
            _ => asked_by_phone_and_address(name, nearness, phone),
        };
    }
    let mut reasons = Vec::new();
    let is_exact = name >= 0.999;
    reasons.push(if is_exact {
        "名称が同じ"
    } else {
        "名称が似ている"
    });
    if a.municipality.is_some() && a.municipality == b.municipality {
        reasons.push("市区町村が同じ");
    }
    let mut for_it = 0;
    let mut against = 0;
    let mut weigh = |holds: Option<bool>, reason| match holds {
        Some(true) => {
            for_it += 1;
            reasons.push(reason);
        }
        Some(false) => against += 1,
        None => {}
    };
    weigh(
        match nearness {
            Nearness::Same | Nearness::Near => Some(true),
            Nearness::Different => Some(false),
            Nearness::Unknown => None,
        },
        "住所が同じ",
    );
    weigh(phone, "電話番号が同じ");
    weigh(km.map(|km| km <= SAME_SPOT_KM), "位置が近い");
    let same_municipality = a.municipality.is_some() && a.municipality == b.municipality;
    let confidence = match (is_exact, for_it, against) {
        (true, 2.., _) => 0.98,
        (true, 1, 0) => 0.97,
        (true, 1, _) => 0.92,
        // Nothing but the name to go by, as in a bed report without coordinates.
        (true, 0, 0) if same_municipality => 0.91,
        (false, 2.., _) => 0.95,
        (false, 1, 0) => 0.92,
        (false, 1, _) => 0.8,
        (true, 0, 1) if same_municipality => 0.75,
        (false, 0, 0) if same_municipality && name >= 0.93 => 0.75,
        _ => 0.3,
    };
    Verdict {
        confidence,
        reasons,
    }
}

/// 「◯◯センター脇田産婦人科医院」 ends with 「脇田産婦人科医院」, in the same municipality.
fn is_end_of_name(a: &Identity, b: &Identity) -> bool {
    const LONG_ENOUGH: usize = 4;
    let (long, short) = match a.name.proper.len() > b.name.proper.len() {
        true => (&a.name.proper, &b.name.proper),
        false => (&b.name.proper, &a.name.proper),
    };
    a.municipality.is_some()
        && a.municipality == b.municipality
        && short.chars().count() >= LONG_ENOUGH
        && long.ends_with(short.as_str())
}

/// Another name at the same address with the same telephone: perhaps renamed, so a person looks.
fn asked_by_phone_and_address(name: f64, nearness: Nearness, phone: Option<bool>) -> Verdict {
    match (nearness, phone) {
        (Nearness::Same | Nearness::Near, Some(true)) if name >= 0.5 => Verdict {
            confidence: WORTH_ASKING,
            reasons: vec!["住所が同じ", "電話番号が同じ", "名称は違う"],
        },
        _ => Verdict::no(),
    }
}
