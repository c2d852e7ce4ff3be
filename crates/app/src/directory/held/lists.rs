//! Which list covers which place: its publisher's prefecture or municipality, or the nation.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbErr};

use super::{NATION, queries};
use crate::area::municipality::ward_of_city;
use crate::definition::Definitions;
use crate::definition::vocabulary::Category;
use crate::directory::source::Format;
use crate::directory::source::care_services::area_of;

/// A list that names more prefectures than this is the nation's: no regional bureau has more (関東信越厚生局 has ten).
const MOST_PREFECTURES_OF_A_REGION: usize = 10;

/// One list that an import brought, as its batch wrote it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    /// The file.
    pub batch: i64,
    /// `format/prefecture/kind`, and `/publisher` where each municipality has a list of its own.
    pub name: String,
}

/// One kind of one list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct List<'a> {
    pub format: Format,
    /// 医科, 訪問入浴介護, 病院 …; empty where the list has no kinds.
    kind: &'a str,
}

/// The lists that cover each place.
pub(super) fn lists_by_place<'a>(
    scopes: &'a [Scope],
    wards: &Wards,
) -> BTreeMap<String, BTreeSet<List<'a>>> {
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
pub(super) struct Wards {
    /// Code and 「札幌市中央区」, in the order of codes.
    pub all: Vec<(String, String)>,
}

impl Wards {
    pub async fn load(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
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
    pub fn fills(&self, definitions: &Definitions, category: &Category) -> bool {
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
}
