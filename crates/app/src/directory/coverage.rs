//! Coverage: which towns have no site, one, or more of a kind within reach, across borders, and what if one closed.
//!
//! Distance is the straight line from the site to the point that stands for the town (`definitions/coverage.toml`).

use std::collections::{BTreeMap, BTreeSet};

use keniki_base::geo::{self, Point};
use sea_orm::{ConnectionTrait, DbErr};

use super::held::{Held, Unlisted};
use super::search::kind::{self, Kind};
use crate::definition::Definitions;

mod queries;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The category or capability.
    pub kind: Kind,
    /// Towns of these municipalities (5 digits).
    pub municipalities: BTreeSet<String>,
    /// A site that is thought away.
    pub without_site: Option<i64>,
}

/// The answer, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// 未収載: no loaded list covers the kind in every municipality asked about.
    Unlisted(Unlisted),
    /// No town list is loaded for these municipalities.
    NoTowns,
    /// What was measured.
    Measured(Coverage),
}

/// Towns and how many sites reach them.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// Within so many km.
    pub km: f64,
    /// What the distance rests on.
    pub basis: String,
    /// In the order of municipality and name.
    pub towns: Vec<TownCoverage>,
    /// Every site that reaches a town, by id.
    pub sites: Vec<Site>,
    /// Sites of this kind in these municipalities whose place is not known: they reach nobody here.
    pub n_unplaced: u64,
}

/// One town.
#[derive(Debug, Clone, PartialEq)]
pub struct TownCoverage {
    /// 5 digits.
    pub municipality_code: String,
    /// 町字.
    pub name: String,
    /// The point that stands for it.
    pub point: Point,
    /// Sites within reach.
    pub n_sites: usize,
    /// Sites within reach without the one that is thought away; the same where none is.
    pub n_left: usize,
    /// The nearest site and its distance in km, also beyond reach (up to three times the distance).
    pub nearest: Option<(i64, f64)>,
}

/// A site of the kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Row id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// 5 digits, where known.
    pub municipality_code: Option<String>,
    /// Where it is.
    pub point: Point,
    /// Whether it lies outside the municipalities asked for.
    pub is_outside: bool,
}

/// How many towns have none, one, more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// All towns.
    pub n_towns: usize,
    /// Of them without any site.
    pub n_none: usize,
    /// With exactly one.
    pub n_one: usize,
    /// With two or more.
    pub n_more: usize,
}

impl Shares {
    fn add(&mut self, n_sites: usize) {
        self.n_towns += 1;
        match n_sites {
            0 => self.n_none += 1,
            1 => self.n_one += 1,
            _ => self.n_more += 1,
        }
    }

    /// Share of the towns with at least one site, 0 to 1; `None` without towns.
    pub fn reached(self) -> Option<f64> {
        (self.n_towns > 0).then(|| (self.n_one + self.n_more) as f64 / self.n_towns as f64)
    }
}

impl Coverage {
    /// Over all towns as it is.
    pub fn shares(&self) -> Shares {
        let mut shares = Shares::default();
        self.towns.iter().for_each(|town| shares.add(town.n_sites));
        shares
    }

    /// Over all towns without the site that is thought away.
    pub fn shares_left(&self) -> Shares {
        let mut shares = Shares::default();
        self.towns.iter().for_each(|town| shares.add(town.n_left));
        shares
    }

    /// By municipality, as it is and without the site that is thought away.
    pub fn by_municipality(&self) -> BTreeMap<&str, (Shares, Shares)> {
        let mut all: BTreeMap<&str, (Shares, Shares)> = BTreeMap::new();
        for town in &self.towns {
            let (now, left) = all.entry(&town.municipality_code).or_default();
            now.add(town.n_sites);
            left.add(town.n_left);
        }
        all
    }

    /// The towns that would lose their last site.
    pub fn lost(&self) -> impl Iterator<Item = &TownCoverage> {
        self.towns
            .iter()
            .filter(|town| town.n_sites > 0 && town.n_left == 0)
    }
}

/// Measures the coverage of a kind. Suspended and closed services reach nobody.
pub async fn measure(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    held: &Held,
    question: &Question,
) -> Result<Answer, DbErr> {
    if let Some(unlisted) = held.unlisted(definitions, &question.kind, &question.municipalities) {
        return Ok(Answer::Unlisted(unlisted));
    }
    let towns = queries::towns(db, &question.municipalities).await?;
    let Some((center, radius_km)) = circle_around(&towns) else {
        return Ok(Answer::NoTowns);
    };
    let rule = definitions.coverage();
    // A little farther than the reach, so that a town without a site still learns how far the nearest is.
    let found = kind::active_within(db, &question.kind, center, radius_km + 3.0 * rule.km).await?;
    let mut sites: Vec<Site> = queries::sites(db, &found)
        .await?
        .into_iter()
        .map(|site| Site {
            is_outside: !is_within(question, site.municipality_code.as_ref()),
            ..site
        })
        .collect();
    let towns: Vec<TownCoverage> = towns
        .into_iter()
        .map(|town| reached(town, &sites, rule.km, question.without_site))
        .collect();
    sites.retain(|site| {
        towns
            .iter()
            .any(|town| geo::km(town.point, site.point) <= rule.km)
    });
    Ok(Answer::Measured(Coverage {
        km: rule.km,
        basis: rule.basis_of(question.kind.code()).to_owned(),
        towns,
        sites,
        n_unplaced: kind::active_unplaced(db, &question.kind, &question.municipalities).await?,
    }))
}

fn is_within(question: &Question, municipality: Option<&String>) -> bool {
    municipality.is_some_and(|code| question.municipalities.contains(code))
}

fn reached(town: queries::Town, sites: &[Site], km: f64, without: Option<i64>) -> TownCoverage {
    let around = geo::bbox_around(town.point, 3.0 * km);
    let mut nearest: Option<(i64, f64)> = None;
    let (mut n_sites, mut n_left) = (0, 0);
    for site in sites.iter().filter(|site| around.contains(site.point)) {
        let distance = geo::km(town.point, site.point);
        if nearest.is_none_or(|(_, nearest)| distance < nearest) {
            nearest = Some((site.id, distance));
        }
        if distance <= km {
            n_sites += 1;
            n_left += usize::from(without != Some(site.id));
        }
    }
    TownCoverage {
        municipality_code: town.municipality_code,
        name: town.name,
        point: town.point,
        n_sites,
        n_left,
        nearest,
    }
}

/// A circle that holds every town: its middle and its radius in km.
fn circle_around(towns: &[queries::Town]) -> Option<(Point, f64)> {
    let mut corners = towns.iter().map(|town| town.point);
    let first = corners.next()?;
    let (mut low, mut high) = (first, first);
    for point in corners {
        low = Point {
            lat: low.lat.min(point.lat),
            lng: low.lng.min(point.lng),
        };
        high = Point {
            lat: high.lat.max(point.lat),
            lng: high.lng.max(point.lng),
        };
    }
    let center = Point {
        lat: (low.lat + high.lat) / 2.0,
        lng: (low.lng + high.lng) / 2.0,
    };
    let farthest = towns
        .iter()
        .map(|town| geo::km(center, town.point))
        .fold(0.0, f64::max);
    Some((center, farthest))
}
