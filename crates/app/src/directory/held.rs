//! What the loaded lists cover: a category or capability that none of them covers is 未収載, never 0.
//!
//! A list covers a kind where its publisher answers for it: a prefecture's or a regional bureau's in the prefectures it
//! brought the kind to, a municipality's in that municipality, the nation's everywhere. Bed reports know only
//! institutions with beds; so they cover a capability only where no other list could tell it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbErr};

use super::search::kind::{self, Kind};
use super::source::Format;
use crate::definition::Definitions;
use crate::definition::vocabulary::Capability;

mod lists;
mod queries;
mod unlisted;

pub use unlisted::{Reach, Unlisted};

use lists::{List, Scope, Wards, lists_by_place};

/// Which categories and capabilities are covered, by place: a prefecture (2 digits), a municipality (5), or the nation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    categories: BTreeMap<String, BTreeSet<String>>,
    capabilities: BTreeMap<String, BTreeSet<String>>,
}

/// The place of a list that covers the whole nation: the beginning of every code.
const NATION: &str = "";

impl Held {
    /// From the lists that were imported and not taken back.
    pub async fn load(db: &impl ConnectionTrait, definitions: &Definitions) -> Result<Self, DbErr> {
        let scopes = queries::scopes(db).await?;
        let wards = Wards::load(db).await?;
        let mut held = Self::of_lists(definitions, &scopes, &wards);
        held.add_sample(db, definitions, &scopes).await?;
        Ok(held)
    }

    /// A sample has no list of kinds: it covers what it holds, and its areas are made alike.
    async fn add_sample(
        &mut self,
        db: &impl ConnectionTrait,
        definitions: &Definitions,
        scopes: &[Scope],
    ) -> Result<(), DbErr> {
        let prefectures: BTreeSet<&str> = scopes
            .iter()
            .filter_map(|scope| scope.name.strip_prefix("sample/")?.get(..2))
            .collect();
        if prefectures.is_empty() {
            return Ok(());
        }
        for category in definitions.categories() {
            if kind::exists(db, &Kind::Category(category.code.clone())).await? {
                add(&mut self.categories, &prefectures, &category.code);
            }
        }
        for capability in definitions.capabilities() {
            if kind::exists(db, &Kind::Capability(capability.code.clone())).await? {
                add(&mut self.capabilities, &prefectures, &capability.code);
            }
        }
        Ok(())
    }

    /// Whether every one of these places (municipalities or prefectures) is covered for the category.
    pub fn has_category(&self, code: &str, places: &BTreeSet<String>) -> bool {
        all_have(&self.categories, code, places)
    }

    /// Whether every one of these places (municipalities or prefectures) is covered for the capability.
    pub fn has_capability(&self, code: &str, places: &BTreeSet<String>) -> bool {
        all_have(&self.capabilities, code, places)
    }

    /// Whether every one of these places is covered for the category or capability.
    pub fn has(&self, kind: &Kind, places: &BTreeSet<String>) -> bool {
        match kind {
            Kind::Category(code) => self.has_category(code, places),
            Kind::Capability(code) => self.has_capability(code, places),
        }
    }

    /// The prefectures and municipalities of which any list is loaded.
    pub fn places(&self) -> BTreeSet<String> {
        self.categories
            .keys()
            .chain(self.capabilities.keys())
            .filter(|place| *place != NATION)
            .cloned()
            .collect()
    }

    fn of_lists(definitions: &Definitions, scopes: &[Scope], wards: &Wards) -> Self {
        let mut held = Self::default();
        let by_place = lists_by_place(scopes, wards);
        for place in by_place.keys() {
            let lists: Vec<&List<'_>> = beginnings(place)
                .filter_map(|beginning| by_place.get(beginning))
                .flatten()
                .collect();
            let categories = definitions
                .categories()
                .iter()
                .filter(|category| lists.iter().any(|list| list.fills(definitions, category)))
                .map(|category| category.code.clone());
            let capabilities = definitions
                .capabilities()
                .iter()
                .filter(|capability| tells(definitions, &lists, capability))
                .map(|capability| capability.code.clone());
            held.categories.insert(place.clone(), categories.collect());
            held.capabilities
                .insert(place.clone(), capabilities.collect());
        }
        held
    }
}

/// Which imports there are: changes with each that is made or taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    newest_batch: Option<i64>,
    n_undone: i64,
}

impl Edition {
    /// The present one.
    pub async fn now(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        queries::edition(db).await
    }
}

fn add(
    by_place: &mut BTreeMap<String, BTreeSet<String>>,
    prefectures: &BTreeSet<&str>,
    code: &str,
) {
    for prefecture in prefectures {
        by_place
            .entry((*prefecture).to_owned())
            .or_default()
            .insert(code.to_owned());
    }
}

fn all_have(
    by_place: &BTreeMap<String, BTreeSet<String>>,
    code: &str,
    places: &BTreeSet<String>,
) -> bool {
    let has = |place: &str| {
        by_place
            .get(place)
            .is_some_and(|codes| codes.contains(code))
    };
    let is_covered = |place: &String| beginnings(place).any(has);
    !places.is_empty() && places.iter().all(is_covered)
}

/// The places that a place lies in: the nation, its prefecture, itself.
fn beginnings(place: &str) -> impl Iterator<Item = &str> {
    let mut ends = vec![0, 2, place.len()];
    ends.dedup();
    ends.into_iter().filter_map(|end| place.get(..end))
}

/// Whether one of the lists tells the capability of everybody who could have it.
fn tells(definitions: &Definitions, lists: &[&List<'_>], capability: &Capability) -> bool {
    let is_source = |list: &List<'_>| {
        capability
            .sources
            .iter()
            .any(|code| code == list.format.code())
    };
    lists.iter().filter(|list| is_source(list)).any(|list| {
        if list.format.is_bed_report() {
            return capability
                .sources
                .iter()
                .all(|code| Format::of_scope(code).is_some_and(Format::is_bed_report));
        }
        let same: Vec<&&List<'_>> = lists
            .iter()
            .filter(|other| other.format == list.format)
            .collect();
        let mut could_have = capability
            .applies_to
            .iter()
            .filter_map(|code| definitions.category(code))
            .filter(|category| {
                category
                    .sources
                    .iter()
                    .any(|code| code == list.format.code())
            })
            .peekable();
        could_have.peek().is_some()
            && could_have.all(|category| same.iter().any(|list| list.fills(definitions, category)))
    })
}

#[cfg(test)]
mod tests;
