//! What the loaded lists cover: a category or capability that none of them covers is 未収載, never 0.
//!
//! A list covers a kind in a prefecture when an import brought that kind there. Bed reports know only
//! institutions with beds; so they cover a capability only where no other list could tell it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbErr};

use super::search::kind::{self, Kind};
use super::source::Format;
use crate::definition::Definitions;
use crate::definition::vocabulary::{Capability, Category};

mod queries;

/// Which categories and capabilities are covered, by prefecture (2 digits).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    categories: BTreeMap<String, BTreeSet<String>>,
    capabilities: BTreeMap<String, BTreeSet<String>>,
}

impl Held {
    /// From the lists that were imported and not taken back.
    pub async fn load(db: &impl ConnectionTrait, definitions: &Definitions) -> Result<Self, DbErr> {
        let scopes = queries::scopes(db).await?;
        let mut held = Self::of_lists(definitions, &scopes);
        held.add_sample(db, definitions, &scopes).await?;
        Ok(held)
    }

    /// A sample has no list of kinds: it covers what it holds, and its areas are made alike.
    async fn add_sample(
        &mut self,
        db: &impl ConnectionTrait,
        definitions: &Definitions,
        scopes: &[String],
    ) -> Result<(), DbErr> {
        let prefectures: BTreeSet<&str> = scopes
            .iter()
            .filter_map(|scope| scope.strip_prefix("sample/")?.get(..2))
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

    /// Whether every one of these prefectures is covered for the category.
    pub fn has_category(&self, code: &str, prefectures: &BTreeSet<String>) -> bool {
        all_have(&self.categories, code, prefectures)
    }

    /// Whether every one of these prefectures is covered for the capability.
    pub fn has_capability(&self, code: &str, prefectures: &BTreeSet<String>) -> bool {
        all_have(&self.capabilities, code, prefectures)
    }

    /// The prefectures of which any list is loaded.
    pub fn prefectures(&self) -> BTreeSet<String> {
        self.categories
            .keys()
            .chain(self.capabilities.keys())
            .cloned()
            .collect()
    }

    /// `scopes` are `format/prefecture/kind` (and perhaps `/publisher`) of the lists that were loaded.
    fn of_lists(definitions: &Definitions, scopes: &[String]) -> Self {
        let mut held = Self::default();
        for (prefecture, lists) in lists_by_prefecture(scopes) {
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
            held.categories
                .insert(prefecture.clone(), categories.collect());
            held.capabilities.insert(prefecture, capabilities.collect());
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

/// What is 未収載, and how to load it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// The category's or capability's name.
    pub name: String,
    /// One sentence for each list that would cover it.
    pub how: Vec<String>,
}

impl Uncovered {
    /// Of a category.
    pub fn category(definitions: &Definitions, category: &Category) -> Self {
        Self {
            name: category.name.clone(),
            how: how(definitions, &category.sources),
        }
    }

    /// Of a capability.
    pub fn capability(definitions: &Definitions, capability: &Capability) -> Self {
        Self {
            name: capability.name.clone(),
            how: how(definitions, &capability.sources),
        }
    }
}

fn how(definitions: &Definitions, sources: &[String]) -> Vec<String> {
    let mut sentences: Vec<String> = sources
        .iter()
        .filter_map(|code| definitions.source(code))
        .map(|source| source.how.clone())
        .collect();
    sentences.dedup();
    sentences
}

fn add(
    by_prefecture: &mut BTreeMap<String, BTreeSet<String>>,
    prefectures: &BTreeSet<&str>,
    code: &str,
) {
    for prefecture in prefectures {
        by_prefecture
            .entry((*prefecture).to_owned())
            .or_default()
            .insert(code.to_owned());
    }
}

fn all_have(
    by_prefecture: &BTreeMap<String, BTreeSet<String>>,
    code: &str,
    prefectures: &BTreeSet<String>,
) -> bool {
    let has = |prefecture: &String| {
        by_prefecture
            .get(prefecture)
            .is_some_and(|codes| codes.contains(code))
    };
    !prefectures.is_empty() && prefectures.iter().all(has)
}

/// One kind of one list.
#[derive(Debug, PartialEq, Eq)]
struct List<'a> {
    format: Format,
    /// 医科, 訪問入浴介護, 病院 …; empty where the list has no kinds.
    kind: &'a str,
}

fn lists_by_prefecture(scopes: &[String]) -> BTreeMap<String, Vec<List<'_>>> {
    let mut lists: BTreeMap<String, Vec<List<'_>>> = BTreeMap::new();
    for scope in scopes {
        let Some(format) = Format::of_scope(scope) else {
            continue;
        };
        let mut parts = scope.split('/').skip(1);
        let (Some(prefecture), kind) = (parts.next(), parts.next().unwrap_or_default()) else {
            continue;
        };
        lists
            .entry(prefecture.to_owned())
            .or_default()
            .push(List { format, kind });
    }
    lists
}

impl List<'_> {
    /// Whether the list brings the whole category.
    fn fills(&self, definitions: &Definitions, category: &Category) -> bool {
        if !category
            .sources
            .iter()
            .any(|source| source == self.format.code())
        {
            return false;
        }
        match self.format {
            Format::CareServices => self.is_care_service(definitions, category),
            Format::StandardCare => self.is_care_service(definitions, category),
            Format::Filings => {
                let begins = |kind: &String| kind.split('/').next() == Some(self.kind);
                category
                    .institution_kinds
                    .get(self.format.code())
                    .is_some_and(|kinds| kinds.iter().any(begins))
            }
            Format::MedicalNet => category.name == self.kind,
            Format::StandardMedical => definitions
                .category_of_institution(self.format.code(), self.kind)
                .is_some_and(|of_kind| of_kind.code == category.code),
            Format::BedReport | Format::BedBook => true,
        }
    }

    fn is_care_service(&self, definitions: &Definitions, category: &Category) -> bool {
        definitions
            .category_of_care_service(self.kind)
            .is_some_and(|of_kind| of_kind.code == category.code)
    }

    fn knows_beds_only(&self) -> bool {
        matches!(self.format, Format::BedReport | Format::BedBook)
    }
}

/// Whether one of the lists tells the capability of everybody who could have it.
fn tells(definitions: &Definitions, lists: &[List<'_>], capability: &Capability) -> bool {
    let is_source = |list: &List<'_>| {
        capability
            .sources
            .iter()
            .any(|code| code == list.format.code())
    };
    lists.iter().filter(|list| is_source(list)).any(|list| {
        if list.knows_beds_only() {
            return capability
                .sources
                .iter()
                .all(|code| code.starts_with("bed_"));
        }
        let same: Vec<&List<'_>> = lists
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
mod tests {
    use super::*;

    fn held(scopes: &[&str]) -> Held {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Held::of_lists(&Definitions::load(None).unwrap(), &scopes)
    }

    fn tottori() -> BTreeSet<String> {
        BTreeSet::from(["31".to_owned()])
    }

    #[test]
    fn only_the_kinds_that_were_brought_are_covered() {
        let held = held(&[
            "filings/31/医科",
            "filings/31/歯科",
            "care_services/31/訪問入浴介護",
        ]);
        for (code, is_covered) in [
            ("hospital", true),
            ("clinic", true),
            ("dental", true),
            ("pharmacy", false),
            ("home_bathing", true),
            ("visiting_nursing", false),
            ("care_management", false),
            ("community_support_center", false),
        ] {
            assert_eq!(held.has_category(code, &tottori()), is_covered, "{code}");
        }
    }

    #[test]
    fn a_prefecture_without_lists_is_not_covered_and_neither_is_a_nation_with_one() {
        let held = held(&["filings/31/医科", "filings/32/医科"]);
        let both = BTreeSet::from(["31".to_owned(), "32".to_owned()]);
        let three = BTreeSet::from(["31".to_owned(), "32".to_owned(), "33".to_owned()]);
        assert!(held.has_category("clinic", &both));
        assert!(!held.has_category("clinic", &three));
        assert!(!held.has_category("clinic", &BTreeSet::new()));
    }

    #[test]
    fn bed_reports_cover_hospitals_and_not_all_clinics_nor_what_filings_tell_better() {
        let held = held(&["bed_report/31"]);
        assert!(held.has_category("hospital", &tottori()));
        assert!(!held.has_category("clinic", &tottori()));
        assert!(!held.has_capability("home_care_24h", &tottori()));
        assert!(held.has_capability("tertiary_emergency", &tottori()));
    }

    #[test]
    fn filings_tell_a_capability_only_when_every_kind_that_could_have_it_was_brought() {
        assert!(held(&["filings/31/医科"]).has_capability("home_care_24h", &tottori()));
        assert!(!held(&["filings/31/薬局"]).has_capability("home_care_24h", &tottori()));
        assert!(
            !held(&["filings/31/医科"]).has_capability("gastrostomy", &tottori()),
            "surveys only"
        );
    }

    #[test]
    fn what_is_missing_says_how_to_load_it() {
        let definitions = Definitions::load(None).unwrap();
        let category = definitions.category("visiting_nursing").unwrap();
        let uncovered = Uncovered::category(&definitions, category);
        assert_eq!(uncovered.name, "訪問看護");
        assert!(
            uncovered.how[0].contains("keniki directory import"),
            "{uncovered:?}"
        );
    }
}
