//! The sites with which the new records of a chunk are compared: found by indexed keys, kept in memory
//! together with the sites that the chunk itself makes.

use std::collections::{BTreeSet, HashMap, HashSet};

use keniki_base::code::{MunicipalityCode, PlaceCode};
use sea_orm::{DatabaseTransaction, DbErr};

use super::Told;
use crate::directory::source::said::{are_never_one, is_institution, is_same_service};
use crate::import::matching::{CERTAIN, Identity, Verdict, WORTH_ASKING};

mod queries;

use queries::Keys;

/// A site by its number: there before the chunk, or made by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Existing(i64),
    New(i64),
}

impl Slot {
    pub fn id(self) -> i64 {
        match self {
            Self::Existing(id) | Self::New(id) => id,
        }
    }

    pub fn existing(self) -> Option<i64> {
        match self {
            Self::Existing(id) => Some(id),
            Self::New(_) => None,
        }
    }
}

struct Candidate {
    slot: Slot,
    identity: Identity,
    categories: Vec<String>,
}

/// Sites by every key under which a record may look for them.
#[derive(Default)]
pub(super) struct Candidates {
    sites: Vec<Candidate>,
    by_code: HashMap<PlaceCode, Vec<usize>>,
    by_net_id: HashMap<String, Vec<usize>>,
    by_phone: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    by_address: HashMap<(MunicipalityCode, String), Vec<usize>>,
    /// For lists of which one has no code: their records must be looked for by likeness.
    by_municipality: HashMap<MunicipalityCode, Vec<usize>>,
}

impl Candidates {
    /// The sites of the database that share a key with any of `fresh`.
    pub async fn load(tx: &DatabaseTransaction, fresh: &[Told]) -> Result<Self, DbErr> {
        let mut out = Self::default();
        for (id, identity, categories) in queries::candidates(tx, &Keys::of(fresh)).await? {
            out.insert(Slot::Existing(id), identity, categories);
        }
        Ok(out)
    }

    /// A site that the chunk makes.
    pub fn add(&mut self, slot: Slot, identity: Identity, category: &str) {
        self.insert(slot, identity, vec![category.to_owned()]);
    }

    /// A record was put on `slot`: later ones find the site by its code, too.
    pub fn learn(&mut self, slot: Slot, identity: &Identity) {
        let Some(index) = self.sites.iter().position(|site| site.slot == slot) else {
            return;
        };
        for code in &identity.codes {
            let known = &mut self.sites[index].identity.codes;
            if !known.contains(code) {
                known.push(*code);
                self.by_code.entry(*code).or_default().push(index);
            }
        }
    }

    /// The site most like a record and none of `others`, and how like it is.
    pub fn best(
        &self,
        identity: &Identity,
        category: &str,
        others: &HashSet<i64>,
    ) -> Option<(Slot, Verdict)> {
        let without = |mut indexes: BTreeSet<usize>| {
            indexes.retain(|index| !others.contains(&self.id(*index)));
            indexes
        };
        let by_key = self.likeliest(identity, category, without(self.sharing_a_key(identity)));
        let is_certain = |best: &Option<(Slot, Verdict)>| {
            best.as_ref()
                .is_some_and(|(_, verdict)| verdict.confidence >= CERTAIN)
        };
        let has_code_everywhere = !identity.codes.is_empty() && !is_institution(category);
        if is_certain(&by_key) || has_code_everywhere {
            return by_key;
        }
        let of_its_kind = without(self.of_its_kind(identity, category));
        let by_likeness = self.likeliest(identity, category, of_its_kind);
        let best = match (&by_key, &by_likeness) {
            (Some((_, a)), Some((_, b))) if a.confidence >= b.confidence => by_key,
            (Some(_), None) => by_key,
            _ => by_likeness,
        };
        let is_worth_asking = |best: &(Slot, Verdict)| best.1.confidence >= WORTH_ASKING;
        if best.as_ref().is_some_and(is_worth_asking) {
            return best;
        }
        let somewhere = without(self.of_its_name_somewhere(identity));
        let asked = self.likeliest(identity, category, somewhere);
        let asked = asked.filter(is_worth_asking);
        asked
            .map(|(slot, verdict)| (slot, verdict.asked("市区町村が分からない")))
            .or(best)
    }

    /// What a site is compared by.
    pub fn identity(&self, slot: Slot) -> Option<&Identity> {
        let site = self.sites.iter().find(|site| site.slot == slot);
        site.map(|site| &site.identity)
    }

    /// The numbers of the sites that were there before the chunk.
    pub fn existing(&self) -> Vec<i64> {
        let slots = self.sites.iter().map(|site| site.slot);
        slots.filter_map(Slot::existing).collect()
    }

    /// Another site than `slot` and than `others`, made by lists without codes, that is certainly the record's
    /// place, too.
    pub fn twin(
        &self,
        identity: &Identity,
        category: &str,
        slot: Slot,
        others: &HashSet<i64>,
    ) -> Option<(Slot, Verdict)> {
        if !is_institution(category) {
            return None;
        }
        let mut twins = self.of_its_kind(identity, category);
        twins.retain(|index| {
            let site = &self.sites[*index];
            site.slot != slot
                && site.identity.codes.is_empty()
                && !others.contains(&self.id(*index))
        });
        self.likeliest(identity, category, twins)
            .filter(|(_, verdict)| verdict.confidence >= CERTAIN)
    }

    /// Two equally likely sites are no certain match.
    fn likeliest(
        &self,
        identity: &Identity,
        category: &str,
        indexes: BTreeSet<usize>,
    ) -> Option<(Slot, Verdict)> {
        let mut best: Option<(Slot, Verdict)> = None;
        let mut is_tied = false;
        for index in indexes {
            let site = &self.sites[index];
            if site
                .categories
                .iter()
                .any(|own| are_never_one(own, category))
            {
                continue;
            }
            let verdict = identity.compare(&site.identity);
            let level = best.as_ref().map_or(0.0, |(_, best)| best.confidence);
            if verdict.confidence > level {
                is_tied = false;
                best = Some((site.slot, verdict));
            } else if verdict.confidence > 0.0 && verdict.confidence >= level {
                is_tied = true;
            }
        }
        match best {
            Some((slot, verdict)) if is_tied => {
                Some((slot, verdict.asked("ほかにも同じくらい近い施設がある")))
            }
            best => best,
        }
    }

    fn id(&self, index: usize) -> i64 {
        self.sites[index].slot.id()
    }

    fn sharing_a_key(&self, identity: &Identity) -> BTreeSet<usize> {
        let codes = identity.codes.iter().chain(&identity.joined);
        let mut out: BTreeSet<usize> = codes
            .filter_map(|code| self.by_code.get(code))
            .chain(
                identity
                    .medical_net_ids
                    .iter()
                    .filter_map(|id| self.by_net_id.get(id)),
            )
            .chain(
                identity
                    .phone
                    .iter()
                    .filter_map(|phone| self.by_phone.get(phone)),
            )
            .flatten()
            .copied()
            .collect();
        if let Some(municipality) = identity.municipality {
            out.extend(
                self.of_its_name(identity)
                    .filter(|index| self.sites[*index].identity.municipality == Some(municipality)),
            );
            if let Some(address) = &identity.address {
                let address = (municipality, address.key());
                out.extend(self.by_address.get(&address).into_iter().flatten());
            }
        }
        out
    }

    fn of_its_name(&self, identity: &Identity) -> impl Iterator<Item = usize> {
        let named = self.by_name.get(&identity.name.proper);
        named.into_iter().flatten().copied()
    }

    /// Those of its name of which, or of itself, the municipality is not known.
    fn of_its_name_somewhere(&self, identity: &Identity) -> BTreeSet<usize> {
        let is_somewhere = |index: &usize| {
            let site = &self.sites[*index].identity;
            identity.municipality.is_none() || site.municipality.is_none()
        };
        self.of_its_name(identity).filter(is_somewhere).collect()
    }

    fn of_its_kind(&self, identity: &Identity, category: &str) -> BTreeSet<usize> {
        identity
            .municipality
            .and_then(|municipality| self.by_municipality.get(&municipality))
            .into_iter()
            .flatten()
            .copied()
            .filter(|index| {
                self.sites[*index]
                    .categories
                    .iter()
                    .any(|own| is_same_service(own, category))
            })
            .collect()
    }

    fn insert(&mut self, slot: Slot, identity: Identity, categories: Vec<String>) {
        let index = self.sites.len();
        for code in &identity.codes {
            self.by_code.entry(*code).or_default().push(index);
        }
        for id in &identity.medical_net_ids {
            self.by_net_id.entry(id.clone()).or_default().push(index);
        }
        if let Some(phone) = &identity.phone {
            self.by_phone.entry(phone.clone()).or_default().push(index);
        }
        let name = identity.name.proper.clone();
        self.by_name.entry(name).or_default().push(index);
        if let Some(municipality) = identity.municipality {
            if let Some(address) = &identity.address {
                let address = (municipality, address.key());
                self.by_address.entry(address).or_default().push(index);
            }
            self.by_municipality
                .entry(municipality)
                .or_default()
                .push(index);
        }
        self.sites.push(Candidate {
            slot,
            identity,
            categories,
        });
    }
}
