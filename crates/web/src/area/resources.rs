//! Services of an area per 10,000 people of 75 and older: beside its neighbours, and by municipality.

use std::collections::BTreeSet;

use keniki_app::area::show::people::{self, Population};
use keniki_app::area::show::{self, Area};
use keniki_app::database::DbErr;
use keniki_app::directory::held::Held;
use keniki_app::directory::rate::{self, Rate};
use keniki_app::directory::search::kind::Kind;
use keniki_app::directory::search::{self, Query, Status};
use keniki_base::code::PrefectureCode;

use super::figures::resource::{Region, Value};
use crate::page::Link;
use crate::service::asked::Asked;
use crate::service::words;
use crate::state::State;
use crate::wording::{UNKNOWN, UNLISTED, decimal, number};

/// An area with its people and services.
pub struct Counted {
    /// The area.
    pub area: Area,
    /// Its people, where loaded.
    pub people: Option<Population>,
    /// Its services by category.
    pub rates: Vec<Rate>,
}

impl Counted {
    /// Counts people and services.
    ///
    /// # Errors
    /// The database's own.
    pub async fn of(state: &State, held: &Held, area: Area) -> Result<Self, DbErr> {
        let codes = area.member_codes();
        let people = people::population(&state.db, &codes).await?;
        let old = people.as_ref().and_then(|people| people.age_75_plus);
        #[expect(
            clippy::cast_precision_loss,
            reason = "people of an area fit into 53 bits"
        )]
        let old = old.map(|n| n as f64);
        let codes: BTreeSet<String> = codes.into_iter().collect();
        let rates = rate::of_area(&state.db, &state.definitions, held, &codes, old).await?;
        Ok(Self {
            area,
            people,
            rates,
        })
    }

    fn rate(&self, category: &str) -> Option<&Rate> {
        self.rates.iter().find(|rate| rate.category == category)
    }

    /// One category of it, for a rank or a map.
    #[must_use]
    pub fn value(&self, category: &str, us: bool) -> Value {
        Value {
            name: self.area.name.clone(),
            count: self
                .rate(category)
                .and_then(|rate| rate.n)
                .and_then(|n| n.try_into().ok()),
            people: self.people.as_ref().and_then(|people| people.age_75_plus),
            us,
        }
    }
}

/// A line of the table of categories.
#[derive(Debug, Clone)]
pub struct Line {
    /// The category, leading to its list in the area.
    pub link: Link,
    /// How many in the area.
    pub count: String,
    /// Per 10,000 people of 75 and older: ours, then each neighbour's.
    pub rates: Vec<String>,
}

/// Every category that lists cover, under its view.
#[must_use]
pub fn table(state: &State, us: &Counted, neighbors: &[Counted]) -> Vec<(String, Vec<Line>)> {
    let definitions = &state.definitions;
    let line = |rate: &Rate| {
        let n = rate.n?;
        let found = definitions.category(&rate.category)?;
        let asked = Asked {
            area: us.area.code.clone(),
            ..Asked::category(&found.code)
        };
        let others = neighbors
            .iter()
            .map(|other| written(other.rate(&found.code)));
        Some((
            found.view.clone(),
            Line {
                link: Link::new(asked.href(), words::with_term(&found.plain, &found.name)),
                count: number(n),
                rates: std::iter::once(written(Some(rate))).chain(others).collect(),
            },
        ))
    };
    let lines: Vec<(String, Line)> = us.rates.iter().filter_map(line).collect();
    let views = definitions.views().iter().map(|view| {
        let own = lines
            .iter()
            .filter(|(of, _)| *of == view.code)
            .map(|(_, line)| line.clone());
        (view.name.clone(), own.collect())
    });
    views
        .filter(|(_, lines): &(String, Vec<Line>)| !lines.is_empty())
        .collect()
}

/// What lists do not cover everywhere here, in plain words and the technical term.
#[must_use]
pub fn unlisted(state: &State, held: &Held, us: &Counted) -> Vec<String> {
    let codes = us.area.member_codes().into_iter().collect();
    let missing = us.rates.iter().filter(|rate| rate.n.is_none());
    let found = missing.filter_map(|rate| {
        let kind = Kind::Category(rate.category.clone());
        held.unlisted(&state.definitions, &kind, &codes)
    });
    found
        .map(|found| {
            let name = words::with_term(&found.plain, &found.name);
            match words::unlisted(found, &us.area.members).place {
                Some(place) => format!("{name}（{place}）"),
                None => name,
            }
        })
        .collect()
}

fn written(rate: Option<&Rate>) -> String {
    match rate {
        Some(Rate {
            per_10_000: Some(rate),
            ..
        }) => decimal(*rate),
        Some(Rate { n: Some(_), .. }) => UNKNOWN.to_owned(),
        _ => UNLISTED.to_owned(),
    }
}

/// The category that figures show: the one asked for, else the first that lists cover, in this order.
#[must_use]
pub fn shown(us: &Counted, asked: &str) -> Option<String> {
    let is_known = |code: &str| us.rate(code).is_some_and(|rate| rate.n.is_some());
    let usual = [
        "clinic",
        "visiting_nursing",
        "care_management",
        "hospital",
        "pharmacy",
    ];
    let first = us
        .rates
        .iter()
        .filter(|rate| rate.n.is_some())
        .map(|rate| rate.category.as_str());
    std::iter::once(asked)
        .chain(usual)
        .chain(first)
        .find(|code| is_known(code))
        .map(str::to_owned)
}

/// A category by municipality, with their outlines.
///
/// # Errors
/// The database's own.
pub async fn regions(
    state: &State,
    held: &Held,
    area: &Area,
    category: &str,
) -> Result<Vec<Region>, DbErr> {
    let mut regions = Vec::new();
    for drawn in show::outlines(&state.db, &area.member_codes()).await? {
        let leaf = Area {
            code: drawn.code.clone(),
            name: drawn.name.clone(),
            members: vec![show::Member {
                code: drawn.code.clone(),
                name: drawn.name,
            }],
            ..area.clone()
        };
        let counted = Counted::of(state, held, leaf).await?;
        regions.push(Region {
            value: counted.value(category, false),
            href: format!("/areas/{}", drawn.code),
            rings: drawn.rings,
        });
    }
    Ok(regions)
}

/// The nation's rate of a category; none where not every prefecture's lists or people are loaded.
///
/// # Errors
/// The database's own.
pub async fn nation(state: &State, held: &Held, category: &str) -> Result<Option<f64>, DbErr> {
    let prefectures: BTreeSet<String> =
        PrefectureCode::all().map(|code| code.to_string()).collect();
    if !held.has_category(category, &prefectures) {
        return Ok(None);
    }
    let (people, _) = people::nation(&state.db).await?;
    let query = Query {
        categories: vec![category.to_owned()],
        status: Some(Status::Active),
        page_size: 0,
        ..Query::default()
    };
    let found = search::find(&state.db, &state.thesaurus, &query).await?;
    let value = Value {
        name: String::new(),
        count: found.total.try_into().ok(),
        people: people.and_then(|people| people.age_75_plus),
        us: false,
    };
    Ok(value.rate())
}
