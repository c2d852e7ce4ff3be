//! How many people live in an area, and how many will: sums over its municipalities, unknown where one of them is.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbErr};

use crate::area::queries::{names, successions};
use crate::area::succession::{Group, covering, groups};
use crate::area::{indicator, set};

mod queries;

/// People by sex and age on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// ISO day of the count.
    pub counted_on: String,
    /// All.
    pub total: Option<i64>,
    /// 65 and older; `None` where a municipality's cells are blank.
    pub age_65_plus: Option<i64>,
    /// 75 and older, likewise.
    pub age_75_plus: Option<i64>,
    /// Five-year groups in the order of age; empty where the source has none.
    pub groups: Vec<AgeGroup>,
    /// Title and publisher of the source.
    pub source: String,
}

/// A five-year group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeGroup {
    /// First year of age.
    pub from: i64,
    /// Last year of age; 999 is open.
    pub to: i64,
    /// Men.
    pub men: Option<i64>,
    /// Women.
    pub women: Option<i64>,
}

/// Projected people by year.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// In the order of years.
    pub years: Vec<Year>,
    /// Title and publisher of the source.
    pub source: String,
}

/// Projected people of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// Western year.
    pub year: i32,
    /// All.
    pub total: Option<i64>,
    /// 65 and older: the published share of the published total.
    pub age_65_plus: Option<i64>,
    /// 75 and older, likewise.
    pub age_75_plus: Option<i64>,
}

/// The newest count of the people of these municipalities, by the codes of today or of before; `None` where
/// no count is loaded for any of them.
///
/// # Errors
/// The database's own.
pub async fn population(
    db: &impl ConnectionTrait,
    codes: &[String],
) -> Result<Option<Population>, DbErr> {
    population_of(db, &Leaves::of(db, codes).await?).await
}

/// The projection for these municipalities; `None` where none is loaded for any of them.
///
/// # Errors
/// The database's own.
pub async fn projection(
    db: &impl ConnectionTrait,
    codes: &[String],
) -> Result<Option<Projection>, DbErr> {
    projection_of(db, &Leaves::of(db, codes).await?).await
}

/// The nation's people: its own published row, else the sum of the prefectures' (whose ages miss what small
/// municipalities do not publish); the projection is that sum.
///
/// # Errors
/// The database's own.
pub async fn nation(
    db: &impl ConnectionTrait,
) -> Result<(Option<Population>, Option<Projection>), DbErr> {
    let leaves = |set, codes| Leaves {
        set,
        codes,
        groups: Vec::new(),
    };
    let prefectures = names(db, set::PREFECTURE).await?;
    let prefectures = leaves(
        set::PREFECTURE,
        prefectures.into_iter().map(|row| row.code).collect(),
    );
    let own = leaves(set::NATION, BTreeSet::from(["00".to_owned()]));
    let population = match population_of(db, &own).await? {
        None => population_of(db, &prefectures).await?,
        own => own,
    };
    Ok((population, projection_of(db, &prefectures).await?))
}

/// All people of each of these areas in their order, by the newest count; `None` where one of its
/// municipalities is unknown.
///
/// # Errors
/// The database's own.
pub async fn totals(
    db: &impl ConnectionTrait,
    areas: &[super::Area],
) -> Result<Vec<Option<i64>>, DbErr> {
    let known: BTreeMap<String, f64> = queries::totals(db)
        .await?
        .into_iter()
        .filter_map(|row| Some((row.area_code, row.value?)))
        .collect();
    let groups = Leaves::groups(db).await?;
    let total = |area: &super::Area| {
        let leaves = Leaves::with_groups(&area.member_codes(), &groups);
        let chosen = covering(&leaves.codes, &groups, |code| known.contains_key(code))?;
        Some(rounded(chosen.iter().map(|code| known[code]).sum()))
    };
    Ok(areas.iter().map(total).collect())
}

/// The areas of one set whose numbers make up those of a larger one.
struct Leaves {
    set: &'static str,
    codes: BTreeSet<String>,
    groups: Vec<Group<String>>,
}

impl Leaves {
    async fn of(db: &impl ConnectionTrait, codes: &[String]) -> Result<Self, DbErr> {
        Ok(Self::with_groups(codes, &Self::groups(db).await?))
    }

    async fn groups(db: &impl ConnectionTrait) -> Result<Vec<Group<String>>, DbErr> {
        let pairs: Vec<(String, String)> = successions(db)
            .await?
            .into_iter()
            .map(|row| (row.old_code, row.new_code))
            .collect();
        Ok(groups(&pairs))
    }

    /// A source of before a succession knows the old codes, one of after it the new.
    fn with_groups(codes: &[String], groups: &[Group<String>]) -> Self {
        let codes: BTreeSet<String> = codes.iter().cloned().collect();
        let before = groups.iter().filter(|group| group.new.is_subset(&codes));
        let codes = before
            .flat_map(|group| group.old.clone())
            .chain(codes.clone())
            .collect();
        Self {
            set: set::MUNICIPALITY,
            codes,
            groups: groups.to_vec(),
        }
    }

    /// The sum over the parts, taken from `values`; `None` where one is unknown.
    fn sum(&self, values: &BTreeMap<&str, f64>) -> Option<f64> {
        let chosen = covering(&self.codes, &self.groups, |code| {
            values.contains_key(code.as_str())
        })?;
        Some(chosen.iter().map(|code| values[code.as_str()]).sum())
    }
}

async fn population_of(
    db: &impl ConnectionTrait,
    leaves: &Leaves,
) -> Result<Option<Population>, DbErr> {
    let (set, codes) = (leaves.set, &leaves.codes);
    if codes.is_empty() {
        return Ok(None);
    }
    let newest = queries::newest_period(db, indicator::POPULATION, set, codes).await?;
    let Some(counted_on) = newest else {
        return Ok(None);
    };
    let cells = queries::cells(db, indicator::POPULATION, &counted_on, set, codes).await?;
    // Where one number of an age is unknown there is no entry, and no sum.
    let mut values: BTreeMap<(i64, i64, &str), BTreeMap<&str, f64>> = BTreeMap::new();
    for cell in &cells {
        let of_age = values
            .entry((cell.age_from, cell.age_to, &cell.sex))
            .or_default();
        of_age.extend(cell.value.map(|value| (cell.area_code.as_str(), value)));
    }
    let sum = |from: i64, to: i64, sex: &str| {
        values
            .get(&(from, to, sex))
            .and_then(|values| leaves.sum(values))
            .map(rounded)
    };
    let ages: BTreeSet<(i64, i64)> = values
        .keys()
        .map(|&(from, to, _)| (from, to))
        .filter(|age| *age != (0, 999))
        .collect();
    let from_age = |least: i64| -> Option<i64> {
        let old: Vec<_> = ages.iter().filter(|(from, _)| *from >= least).collect();
        (!old.is_empty())
            .then(|| {
                old.iter()
                    .map(|&&(from, to)| sum(from, to, "all"))
                    .sum::<Option<i64>>()
            })
            .flatten()
    };
    let group = |&(from, to): &(i64, i64)| AgeGroup {
        from,
        to,
        men: sum(from, to, "male"),
        women: sum(from, to, "female"),
    };
    let source = queries::source(db, indicator::POPULATION, set, codes).await?;
    Ok(Some(Population {
        total: sum(0, 999, "all"),
        age_65_plus: from_age(65),
        age_75_plus: from_age(75),
        groups: ages.iter().map(group).collect(),
        source: source.unwrap_or_default(),
        counted_on,
    }))
}

async fn projection_of(
    db: &impl ConnectionTrait,
    leaves: &Leaves,
) -> Result<Option<Projection>, DbErr> {
    let (set, codes) = (leaves.set, &leaves.codes);
    if codes.is_empty() {
        return Ok(None);
    }
    let totals = queries::series(db, indicator::PROJECTED_POPULATION, set, codes).await?;
    if totals.is_empty() {
        return Ok(None);
    }
    let shares = queries::series(db, indicator::PROJECTED_SHARE, set, codes).await?;
    let mut years: BTreeMap<i32, [BTreeMap<&str, f64>; 3]> = BTreeMap::new();
    for cell in &totals {
        if let (Ok(year), Some(value)) = (cell.period.parse(), cell.value) {
            years.entry(year).or_default()[0].insert(&cell.area_code, value);
        }
    }
    for cell in &shares {
        let Some(of_year) = cell
            .period
            .parse()
            .ok()
            .and_then(|year: i32| years.get_mut(&year))
        else {
            continue;
        };
        let at = match cell.age_from {
            65 => 1,
            75 => 2,
            _ => continue,
        };
        // The published share of the published total.
        let people = cell
            .value
            .zip(of_year[0].get(cell.area_code.as_str()).copied());
        of_year[at].extend(
            people.map(|(share, total)| (cell.area_code.as_str(), (total * share / 100.0).round())),
        );
    }
    let year =
        |(year, [total, age_65_plus, age_75_plus]): (&i32, &[BTreeMap<&str, f64>; 3])| Year {
            year: *year,
            total: leaves.sum(total).map(rounded),
            age_65_plus: leaves.sum(age_65_plus).map(rounded),
            age_75_plus: leaves.sum(age_75_plus).map(rounded),
        };
    let source = queries::source(db, indicator::PROJECTED_POPULATION, set, codes).await?;
    Ok(Some(Projection {
        years: years.iter().map(year).collect(),
        source: source.unwrap_or_default(),
    }))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "people of a country fit into 53 bits"
)]
fn rounded(people: f64) -> i64 {
    people.round() as i64
}
