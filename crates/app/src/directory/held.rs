//! What the loaded lists cover: a category or capability that none of them covers is 未収載, never 0.
//!
//! A list covers a kind where its publisher answers for it: a prefecture's or a regional bureau's in the prefectures it
//! brought the kind to, a municipality's in that municipality, the nation's everywhere. Bed reports know only
//! institutions with beds; so they cover a capability only where no other list could tell it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbErr};

use super::search::kind::{self, Kind};
use super::source::Format;
use super::source::care_services::area_of;
use crate::area::municipality::ward_of_city;
use crate::definition::Definitions;
use crate::definition::vocabulary::{Capability, Category};

mod queries;

/// Which categories and capabilities are covered, by place: a prefecture (2 digits), a municipality (5), or the nation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    categories: BTreeMap<String, BTreeSet<String>>,
    capabilities: BTreeMap<String, BTreeSet<String>>,
}

/// The place of a list that covers the whole nation: the beginning of every code.
const NATION: &str = "";

/// A list that names more prefectures than this is the nation's: no regional bureau has more (関東信越厚生局 has ten).
const MOST_PREFECTURES_OF_A_REGION: usize = 10;

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

/// One list that an import brought, as its batch wrote it down.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scope {
    /// The file.
    batch: i64,
    /// `format/prefecture/kind`, and `/publisher` where each municipality has a list of its own.
    name: String,
}

/// One kind of one list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct List<'a> {
    format: Format,
    /// 医科, 訪問入浴介護, 病院 …; empty where the list has no kinds.
    kind: &'a str,
}

fn lists_by_place<'a>(scopes: &'a [Scope], wards: &Wards) -> BTreeMap<String, BTreeSet<List<'a>>> {
    let mut lists: BTreeMap<String, BTreeSet<List<'_>>> = BTreeMap::new();
    let mut reach: BTreeMap<(i64, &str), BTreeSet<&str>> = BTreeMap::new();
    for scope in scopes {
        let Some(format) = Format::of_scope(&scope.name) else {
            continue;
        };
        let mut parts = scope.name.split('/').skip(1);
        let (Some(prefecture), kind) = (parts.next(), parts.next().unwrap_or_default()) else {
            continue;
        };
        let mut put = |place: String| {
            lists
                .entry(place)
                .or_default()
                .insert(List { format, kind });
        };
        if format.is_of_one_publisher() {
            wards.places_of(parts.next()).into_iter().for_each(put);
            continue;
        }
        put(prefecture.to_owned());
        let prefectures = reach.entry((scope.batch, kind)).or_default();
        prefectures.insert(prefecture);
        if prefectures.len() > MOST_PREFECTURES_OF_A_REGION {
            put(NATION.to_owned());
        }
    }
    lists
}

/// The wards of designated cities: such a city's own list covers each of them.
#[derive(Debug, Default)]
struct Wards {
    /// Code and 「札幌市中央区」, in the order of codes.
    all: Vec<(String, String)>,
}

impl Wards {
    async fn load(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        queries::wards(db).await.map(|all| Self { all })
    }

    /// What a list of this publisher (code of a prefecture or a municipality) covers.
    fn places_of(&self, publisher: Option<&str>) -> Vec<String> {
        let (prefecture, municipality) = match publisher.map(area_of) {
            Some(Ok(area)) => area,
            Some(Err(_)) | None => return Vec::new(),
        };
        let Some(municipality) = municipality else {
            return prefecture.iter().map(ToString::to_string).collect();
        };
        let code = municipality.to_string();
        let city_of = |name: &'_ str| ward_of_city(name).map(|(city, _)| city.to_owned());
        let mut behind = self
            .all
            .iter()
            .filter(|(ward, _)| ward.get(..2) == code.get(..2) && *ward > code)
            .peekable();
        // The wards of a city stand behind it, before the next city.
        let city = match self.all.iter().any(|(ward, _)| *ward == code) {
            true => None,
            false => behind.peek().and_then(|(_, name)| city_of(name)),
        };
        let wards = behind
            .take_while(|(_, name)| city.is_some() && city_of(name) == city)
            .map(|(ward, _)| ward.clone());
        wards.chain(std::iter::once(code.clone())).collect()
    }
}

impl List<'_> {
    /// Whether the list brings the whole category.
    fn fills(&self, definitions: &Definitions, category: &Category) -> bool {
        if !definitions.is_brought_by(&category.sources, self.format.code()) {
            return false;
        }
        let is_it = |found: Option<&Category>| found.is_some_and(|it| it.code == category.code);
        match self.format {
            Format::CareServices => is_it(definitions.category_of_care_service(self.kind)),
            Format::StandardCare => is_it(definitions.category_called(self.kind)),
            Format::Filings => {
                let begins = |kind: &String| kind.split('/').next() == Some(self.kind);
                category
                    .institution_kinds
                    .get(self.format.code())
                    .is_some_and(|kinds| kinds.iter().any(begins))
            }
            Format::MedicalNet => category.name == self.kind,
            Format::StandardMedical => {
                is_it(definitions.category_of_institution(self.format.code(), self.kind))
            }
            Format::BedReport | Format::BedBook => true,
        }
    }

    fn knows_beds_only(&self) -> bool {
        matches!(self.format, Format::BedReport | Format::BedBook)
    }
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
        if list.knows_beds_only() {
            return capability
                .sources
                .iter()
                .all(|code| code.starts_with("bed_"));
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
mod tests {
    use super::*;

    fn held(scopes: &[&str]) -> Held {
        let scope = |name: &&str| Scope {
            batch: 1,
            name: (*name).to_owned(),
        };
        let scopes: Vec<Scope> = scopes.iter().map(scope).collect();
        let wards = [
            ("14101", "横浜市鶴見区"),
            ("14118", "横浜市都筑区"),
            ("14131", "川崎市川崎区"),
        ];
        let wards = Wards {
            all: wards
                .map(|(code, name)| (code.to_owned(), name.to_owned()))
                .into(),
        };
        Held::of_lists(&Definitions::load(None).unwrap(), &scopes, &wards)
    }

    fn places(codes: &[&str]) -> BTreeSet<String> {
        codes.iter().map(|code| (*code).to_owned()).collect()
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
    fn bed_reports_cover_no_category_whole_nor_what_filings_tell_better() {
        let held = held(&["bed_report/31"]);
        assert!(!held.has_category("hospital", &tottori()));
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
    fn a_municipality_s_list_covers_that_municipality_alone() {
        let held = held(&[
            "standard_care/31/訪問看護/312029",
            "standard_care/31/居宅介護支援/310000",
            "standard_care/31/訪問介護/よなごし",
            "standard_care/31/通いの場/31202",
        ]);
        assert!(held.has_category("visiting_nursing", &places(&["31202"])));
        assert!(!held.has_category("visiting_nursing", &places(&["31202", "31204"])));
        assert!(!held.has_category("visiting_nursing", &tottori()));
        assert!(held.has_category("care_management", &places(&["31202", "31204"])));
        assert!(!held.has_category("home_help", &places(&["31202"])));
        assert!(held.has_category("exercise_salon", &places(&["31202"])));
        assert!(!held.has_category("exercise_salon", &tottori()));
    }

    #[test]
    fn a_designated_city_s_list_covers_its_wards_and_no_other_city_s() {
        let held = held(&["standard_care/14/訪問看護/141003"]);
        assert!(held.has_category("visiting_nursing", &places(&["14101", "14118"])));
        assert!(!held.has_category("visiting_nursing", &places(&["14131"])));
        assert!(!held.has_category("visiting_nursing", &places(&["14201"])));
    }

    #[test]
    fn a_list_of_more_prefectures_than_a_region_has_is_the_nation_s() {
        let of = |n: usize| -> Held {
            let scopes: Vec<String> = (1..=n)
                .map(|prefecture| format!("care_services/{prefecture:02}/夜間対応型訪問介護"))
                .collect();
            held(&scopes.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert!(!of(10).has_category("night_home_help", &tottori()));
        assert!(of(11).has_category("night_home_help", &tottori()));
        assert!(of(11).has_category("night_home_help", &places(&["31202", "32201"])));
        assert!(!of(11).has_category("home_bathing", &tottori()));
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
