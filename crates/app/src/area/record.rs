//! Writes areas, outlines, towns and numbers in bulk: what a loaded file and the sample area have in common.
//!
//! Every `put_…` runs in the caller's write transaction and answers how many rows it changed: putting the
//! same again changes none.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::code::{MunicipalityCode, PrefectureCode};
use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr};

use super::outline::Outline;
use super::set;
use crate::database::instant;

mod queries;

/// The file a number came from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Which format it has (`juki_age`, `ipss_total`, …).
    pub kind: String,
    /// The title a page shows, as its publisher has it.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// The name of the file as loaded, without its folders.
    pub file_name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The day of which it speaks; `None` where it does not say.
    pub as_of: Option<NaiveDate>,
}

/// A division of the country.
#[derive(Debug, Clone)]
pub struct AreaSet {
    /// One of [`set`]'s, or a layer's own.
    pub code: String,
    /// The kind of its areas.
    pub kind: String,
    /// 「構想区域（339区域）」.
    pub name: String,
    /// First day on which it held; `None`: unknown.
    pub valid_from: Option<NaiveDate>,
    /// Last day on which it held; `None`: it still does.
    pub valid_to: Option<NaiveDate>,
}

/// One area of a set.
#[derive(Debug, Clone)]
pub struct Area {
    /// Code of its set.
    pub set: String,
    /// Its own code.
    pub code: String,
    /// `nation`, `prefecture`, `medical_area`, `designated_city`, `municipality`, `daily_life_area`,
    /// `insurer` or a layer's own.
    pub kind: String,
    /// Its name without prefecture or county.
    pub name: String,
    /// Where it lies; `None` for the nation and what crosses borders.
    pub prefecture: Option<PrefectureCode>,
    /// First day on which it existed; `None`: unknown.
    pub valid_from: Option<NaiveDate>,
    /// Last day on which it existed; `None`: it still does.
    pub valid_to: Option<NaiveDate>,
    /// Municipalities and wards. Empty where they are unknown, and for a municipality.
    pub members: BTreeSet<MunicipalityCode>,
}

impl Area {
    /// A municipality or ward of today.
    pub fn municipality(code: MunicipalityCode, name: impl Into<String>) -> Self {
        Self {
            set: set::MUNICIPALITY.to_owned(),
            code: code.to_string(),
            kind: "municipality".to_owned(),
            name: name.into(),
            prefecture: Some(code.prefecture()),
            valid_from: None,
            valid_to: None,
            members: BTreeSet::new(),
        }
    }
}

/// The outline of an area and the point where its name stands.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Code of its set.
    pub set: String,
    /// Its own code.
    pub code: String,
    /// Its outline.
    pub outline: Outline,
    /// A point inside.
    pub label: Point,
}

/// A town (町字) and the point that stands for it.
#[derive(Debug, Clone)]
pub struct Town {
    /// Where it lies.
    pub municipality: MunicipalityCode,
    /// 「旗ヶ崎三丁目」.
    pub name: String,
    /// 小字; empty where there is none.
    pub small_name: String,
    /// The point.
    pub point: Point,
}

/// Whom a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Everybody.
    All,
    /// Men.
    Male,
    /// Women.
    Female,
}

impl Sex {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Male => "male",
            Self::Female => "female",
        }
    }

    /// Reads the word of the database.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::All, Self::Male, Self::Female]
            .into_iter()
            .find(|sex| sex.as_str() == text)
    }
}

/// One number of one source, or why it is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// One of [`super::indicator`]'s.
    pub indicator: &'static str,
    /// Code of the area's set.
    pub set: String,
    /// The area's code.
    pub code: String,
    /// A day (`2025-01-01`) or a year (`2040`).
    pub period: String,
    /// Whom it counts.
    pub sex: Sex,
    /// From this age in years …
    pub age_from: u16,
    /// … to this one, itself included; 999: no end.
    pub age_to: u16,
    /// The number, or the source's reason for having none (`blank`, `suppressed`, …).
    pub value: Result<f64, &'static str>,
}

/// The oldest age of an open class.
pub const NO_END: u16 = 999;

/// Records the file, or finds the record of the same bytes. Answers its id.
///
/// # Errors
/// The database's own, as with every function here.
pub async fn put_source<C: ConnectionTrait>(
    tx: &C,
    source: &Source,
    now: DateTime<Utc>,
) -> Result<i64, DbErr> {
    if let Some(id) = queries::source_id(tx, &source.kind, &source.sha256).await? {
        return Ok(id);
    }
    let now = instant(now);
    queries::insert_source(tx, source, &now).await
}

/// Writes sets.
pub async fn put_sets<C: ConnectionTrait>(tx: &C, sets: &[AreaSet]) -> Result<u64, DbErr> {
    queries::upsert_sets(tx, sets).await
}

/// Writes areas and their members; an area's earlier members that are not among the new ones go.
pub async fn put_areas<C: ConnectionTrait>(tx: &C, areas: &[Area]) -> Result<u64, DbErr> {
    let mut changed = queries::upsert_areas(tx, areas).await?;
    let mut by_set: BTreeMap<&str, Vec<&Area>> = BTreeMap::new();
    for area in areas {
        by_set.entry(&area.set).or_default().push(area);
    }
    for (set, areas) in by_set {
        let known = queries::members(tx, set).await?;
        let differing: Vec<&Area> = areas
            .into_iter()
            .filter(|area| known.get(&area.code).unwrap_or(&BTreeSet::new()) != &area.members)
            .collect();
        changed += queries::replace_members(tx, set, &differing).await?;
    }
    Ok(changed)
}

/// Adds municipalities and wards that are not known yet; the known ones stay as they are.
pub async fn add_areas<C: ConnectionTrait>(tx: &C, areas: &[Area]) -> Result<u64, DbErr> {
    queries::insert_new_areas(tx, areas).await
}

/// Writes outlines of areas that exist; others are passed over.
pub async fn put_outlines<C: ConnectionTrait>(
    tx: &C,
    source_id: i64,
    drawn: &[Drawn],
) -> Result<u64, DbErr> {
    queries::update_outlines(tx, source_id, drawn).await
}

/// Writes pairs of areas of one set that touch, in both directions.
pub async fn put_neighbors<C: ConnectionTrait>(
    tx: &C,
    set: &str,
    pairs: &BTreeSet<(String, String)>,
) -> Result<u64, DbErr> {
    let both: BTreeSet<(&str, &str)> = pairs
        .iter()
        .flat_map(|(a, b)| [(a.as_str(), b.as_str()), (b.as_str(), a.as_str())])
        .collect();
    queries::insert_neighbors(tx, set, &both.into_iter().collect::<Vec<_>>()).await
}

/// Writes which municipality went over into which, and from which day.
pub async fn put_successions<C: ConnectionTrait>(
    tx: &C,
    successions: &[(MunicipalityCode, MunicipalityCode, NaiveDate)],
) -> Result<u64, DbErr> {
    queries::upsert_successions(tx, successions).await
}

/// Writes towns with their points.
pub async fn put_towns<C: ConnectionTrait>(
    tx: &C,
    source_id: i64,
    towns: &[Town],
) -> Result<u64, DbErr> {
    queries::upsert_towns(tx, source_id, towns).await
}

/// Writes numbers. No two may be of the same indicator, area, period, sex and age.
pub async fn put_observations<C: ConnectionTrait>(
    tx: &C,
    source_id: i64,
    observations: &[Observation],
) -> Result<u64, DbErr> {
    queries::upsert_observations(tx, source_id, observations).await
}

/// Sets the area that `/` shows.
pub async fn set_home<C: ConnectionTrait>(tx: &C, code: &str) -> Result<u64, DbErr> {
    queries::put_setting(tx, super::HOME, code).await
}
