//! How many people live in an area, and how many will: sums over its municipalities, unknown where one of them is.

use sea_orm::{ConnectionTrait, DbErr};

use super::queries;
use crate::area::indicator;

/// People by sex and age on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// ISO day of the count.
    pub counted_on: String,
    /// All.
    pub total: Option<i64>,
    /// 75 and older; `None` where a municipality's cells are blank.
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

/// The newest count of the people of these municipalities; `None` where no count is loaded for any of them.
///
/// # Errors
/// The database's own.
pub async fn population(
    db: &impl ConnectionTrait,
    codes: &[String],
) -> Result<Option<Population>, DbErr> {
    let Some(counted_on) = queries::newest_period(db, indicator::POPULATION, codes).await? else {
        return Ok(None);
    };
    let cells = queries::cells(db, indicator::POPULATION, &counted_on, codes).await?;
    let sum = |sex: &str, from: i64, to: i64| {
        whole(
            cells
                .iter()
                .filter(|cell| cell.sex == sex && cell.age_from == from && cell.age_to == to),
            codes.len(),
        )
    };
    let mut ages: Vec<(i64, i64)> = cells
        .iter()
        .filter(|cell| cell.age_to - cell.age_from < 999)
        .map(|cell| (cell.age_from, cell.age_to))
        .collect();
    ages.sort_unstable();
    ages.dedup();
    let old = ages.iter().filter(|(from, _)| *from >= 75);
    Ok(Some(Population {
        total: sum("all", 0, 999),
        age_75_plus: old
            .map(|&(from, to)| sum("all", from, to))
            .sum::<Option<i64>>()
            .filter(|_| !ages.is_empty()),
        groups: ages
            .iter()
            .map(|&(from, to)| AgeGroup {
                from,
                to,
                men: sum("male", from, to),
                women: sum("female", from, to),
            })
            .collect(),
        source: queries::source(db, indicator::POPULATION, codes)
            .await?
            .unwrap_or_default(),
        counted_on,
    }))
}

/// The projection for these municipalities; `None` where none is loaded for any of them.
///
/// # Errors
/// The database's own.
pub async fn projection(
    db: &impl ConnectionTrait,
    codes: &[String],
) -> Result<Option<Projection>, DbErr> {
    let totals = queries::series(db, indicator::PROJECTED_POPULATION, codes).await?;
    if totals.is_empty() {
        return Ok(None);
    }
    let shares = queries::series(db, indicator::PROJECTED_SHARE, codes).await?;
    let mut periods: Vec<&str> = totals.iter().map(|cell| cell.period.as_str()).collect();
    periods.sort_unstable();
    periods.dedup();
    let total = |period: &str, code: &str| {
        totals
            .iter()
            .find(|cell| cell.period == period && cell.area_code == code)
            .and_then(|cell| cell.value)
    };
    let people_from = |period: &str, age: i64| -> Option<i64> {
        let parts = codes.iter().map(|code| {
            let share = shares.iter().find(|cell| {
                cell.period == period && cell.area_code == *code && cell.age_from == age
            });
            Some(total(period, code)? * share?.value? / 100.0)
        });
        Some(rounded(parts.sum::<Option<f64>>()?))
    };
    let years = periods.iter().filter_map(|period| {
        let parts = codes.iter().map(|code| total(period, code));
        Some(Year {
            year: period.get(..4)?.parse().ok()?,
            total: parts.sum::<Option<f64>>().map(rounded),
            age_65_plus: people_from(period, 65),
            age_75_plus: people_from(period, 75),
        })
    });
    Ok(Some(Projection {
        years: years.collect(),
        source: queries::source(db, indicator::PROJECTED_POPULATION, codes)
            .await?
            .unwrap_or_default(),
    }))
}

/// The sum of one cell over `n` municipalities; `None` where one of them has none.
fn whole<'a>(cells: impl Iterator<Item = &'a queries::Cell>, n: usize) -> Option<i64> {
    let values: Vec<Option<f64>> = cells.map(|cell| cell.value).collect();
    (values.len() == n)
        .then(|| values.into_iter().sum::<Option<f64>>())
        .flatten()
        .map(rounded)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "people of a country fit into 53 bits"
)]
fn rounded(people: f64) -> i64 {
    people.round() as i64
}
