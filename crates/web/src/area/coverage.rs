//! `GET /areas/{code}/coverage`: which towns have no site, one, or more within 16 km, and what if one closed.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query as FromQuery, State as FromState};
use keniki_app::area::show::{self, Area};
use keniki_app::directory::coverage::{self, Answer, Question};
use keniki_app::directory::held::Held;
use keniki_app::directory::search::kind::Kind;

use super::figures::{Subject, reach, resource};
use super::show::Asked;
use super::{area_of, full_name};
use crate::error::Problem;
use crate::figure::Figure;
use crate::page::{Frame, Link, Nav, Page, encode};
use crate::service::asked::Asked as Search;
use crate::service::list::{Choice, Unlisted};
use crate::service::map::Ground;
use crate::service::words;
use crate::sources;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording;

/// What is measured where nothing was asked for.
const USUAL: &str = "home_care_24h";

/// `GET /areas/{code}/coverage`.
pub(crate) async fn show_coverage(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(code): Path<String>,
    asked: Result<FromQuery<Asked>, QueryRejection>,
) -> Result<Page<CoveragePage>, Problem> {
    let FromQuery(mut asked) = asked?;
    if asked.capability.is_empty() {
        asked.capability = USUAL.to_owned();
    }
    let found = area_of(&state, &code).await?;
    let mut page = CoveragePage::empty(&state, &found, &asked).await?;
    page.fill(&state, &found, &asked).await?;
    page.frame = Frame::load(&state, &visitor, Some(Nav::Area)).await?;
    Ok(Page(page))
}

/// The figures of the page, for their files.
pub(super) async fn figures(
    state: &State,
    found: &Area,
    asked: &Asked,
) -> Result<Vec<Figure>, Problem> {
    let mut page = CoveragePage::empty(state, found, asked).await?;
    page.fill(state, found, asked).await?;
    Ok(page
        .result
        .map(|result| vec![result.map, result.bars])
        .unwrap_or_default())
}

impl CoveragePage {
    async fn empty(state: &State, found: &Area, asked: &Asked) -> Result<Self, Problem> {
        let definitions = &state.definitions;
        let held = state.held().await?;
        let places = found.member_codes().into_iter().collect();
        let visits = definitions.categories().iter().filter(|category| {
            category.resident_visible && (category.is_home_visit || category.is_consultation)
        });
        let categories = visits.map(|category| Choice {
            code: category.code.clone(),
            text: words::with_term(&category.plain, &category.name),
            unlisted: words::mark(&held, Kind::Category(category.code.clone()), &places),
        });
        let mut choices = words::capabilities(definitions, &held, &places);
        choices.push((
            "家に来るサービス・相談の窓口".to_owned(),
            categories.collect(),
        ));
        Ok(Self {
            code: found.code.clone(),
            name: full_name(state, found).await?,
            area_href: format!("/areas/{}", found.code),
            what: what(state, &asked.capability).ok_or(Problem::NotFound)?.1,
            capability: asked.capability.clone(),
            choices,
            closed: asked.closed.clone(),
            ..Self::default()
        })
    }

    async fn fill(&mut self, state: &State, found: &Area, asked: &Asked) -> Result<(), Problem> {
        let (kind, _) = what(state, &asked.capability).ok_or(Problem::NotFound)?;
        let question = Question {
            kind,
            municipalities: found.member_codes().into_iter().collect(),
            without_site: asked.closed.parse().ok(),
        };
        let held = state.held().await?;
        let measured =
            match coverage::measure(&state.db, &state.definitions, &held, &question).await? {
                Answer::Measured(measured) => measured,
                Answer::Unlisted(unlisted) => {
                    self.unlisted = Some(words::unlisted(unlisted, &found.members));
                    return Ok(());
                }
                Answer::NoTowns => return Ok(()),
            };
        let mut sites = measured.sites.clone();
        sites.sort_by(|a, b| {
            a.is_outside
                .cmp(&b.is_outside)
                .then_with(|| a.name.cmp(&b.name))
        });
        self.sites = sites
            .iter()
            .map(|site| Choice {
                code: site.id.to_string(),
                text: if site.is_outside {
                    format!("{}（地域の外）", site.name)
                } else {
                    site.name.clone()
                },
                unlisted: None,
            })
            .collect();
        let closed = sites
            .iter()
            .find(|site| Some(site.id) == question.without_site);
        self.closed_name = closed.map(|site| site.name.clone());
        self.unlisted_beyond = unlisted_beyond(state, &held, found, &question.kind).await?;
        self.km = measured.km;
        self.basis = measured.basis.clone();
        self.result = Some(self.result_of(state, found, &measured).await?);
        Ok(())
    }

    async fn result_of(
        &self,
        state: &State,
        found: &Area,
        measured: &coverage::Coverage,
    ) -> Result<Coverage, Problem> {
        let names: BTreeMap<&str, &str> = found
            .members
            .iter()
            .map(|member| (member.code.as_str(), member.name.as_str()))
            .collect();
        let name_of = |code: &str| {
            names
                .get(code)
                .map_or_else(|| code.to_owned(), |name| (*name).to_owned())
        };
        let query = self.query();
        let subject = Subject {
            code: &self.code,
            name: &self.name,
            query: &query,
        };
        let outlines = Ground::source(state, &found.member_codes()).await?;
        let lists = sources::sentence(state, &self.formats(state)).await?;
        let source = format!("{lists}、{outlines}");
        let outlines = show::outlines(&state.db, &found.member_codes()).await?;
        let regions: Vec<resource::Region> = outlines
            .into_iter()
            .map(|drawn| resource::Region {
                value: resource::Value {
                    name: drawn.name,
                    count: None,
                    people: None,
                    us: false,
                },
                href: format!("/areas/{}", drawn.code),
                rings: drawn.rings,
            })
            .collect();
        let left = |town: &coverage::TownCoverage| {
            if self.closed_name.is_some() {
                town.n_left
            } else {
                town.n_sites
            }
        };
        let towns: Vec<reach::Town> = measured
            .towns
            .iter()
            .map(|town| reach::Town {
                name: format!("{}{}", name_of(&town.municipality_code), town.name),
                at: (town.point.lng, town.point.lat),
                n_sites: left(town),
            })
            .collect();
        let rows: Vec<(String, [usize; 3])> = measured
            .by_municipality()
            .into_iter()
            .map(|(code, (now, then))| {
                let shares = if self.closed_name.is_some() {
                    then
                } else {
                    now
                };
                (name_of(code), [shares.n_none, shares.n_one, shares.n_more])
            })
            .collect();
        let mut gaps: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for town in measured.towns.iter().filter(|town| left(town) == 0) {
            gaps.entry(&town.municipality_code)
                .or_default()
                .push(town.name.clone());
        }
        let unplaced = (measured.n_unplaced > 0).then(|| {
            format!(
                "場所が分からない{}か所は数えていません。",
                measured.n_unplaced
            )
        });
        Ok(Coverage {
            towns: Shares::of(measured.shares()),
            if_closed: self
                .closed_name
                .is_some()
                .then(|| Shares::of(measured.shares_left())),
            n_sites: measured.sites.len(),
            n_sites_outside: measured.sites.iter().filter(|site| site.is_outside).count(),
            n_sites_unplaced: measured.n_unplaced,
            map: reach::map(subject, &self.what, &regions, &towns, &source, unplaced),
            bars: reach::bars(subject, &self.what, &rows, &source),
            gaps: gaps
                .into_iter()
                .map(|(code, towns)| (name_of(code), towns))
                .collect(),
        })
    }

    /// Lists that tell what is measured.
    fn formats(&self, state: &State) -> Vec<String> {
        let definitions = &state.definitions;
        let of_capability = definitions
            .capability(&self.capability)
            .map(|found| &found.sources);
        let of_category = || {
            definitions
                .category(&self.capability)
                .map(|found| &found.sources)
        };
        of_capability
            .or_else(of_category)
            .cloned()
            .unwrap_or_default()
    }

    fn query(&self) -> String {
        let mut query = "?capability=".to_owned();
        encode(&self.capability, &mut query);
        query.push_str("&closed=");
        encode(&self.closed, &mut query);
        query
    }
}

/// The prefectures of the neighbouring areas that no list covers for this kind.
async fn unlisted_beyond(
    state: &State,
    held: &Held,
    found: &Area,
    kind: &Kind,
) -> Result<Vec<String>, Problem> {
    let mut codes = BTreeSet::new();
    for neighbor in show::neighbors(&state.db, found).await? {
        let municipalities = neighbor.member_codes().into_iter().collect();
        if !held.has(kind, &municipalities) {
            codes.extend(neighbor.prefecture_code);
        }
    }
    let mut names = Vec::new();
    for code in codes {
        names.extend(show::prefecture_name(&state.db, &code).await?);
    }
    Ok(names)
}

/// A capability or a category by its code, with its plain words.
fn what(state: &State, code: &str) -> Option<(Kind, String)> {
    let kind = Kind::of_code(&state.definitions, code)?;
    let plain = kind.words(&state.definitions)?.plain.to_owned();
    Some((kind, plain))
}

/// Coverage of an area for one capability or category.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "area/coverage.html")]
pub struct CoveragePage {
    /// Around the page.
    pub frame: Frame,
    /// 4 digits.
    pub code: String,
    /// Name of the area.
    pub name: String,
    /// The area's page.
    pub area_href: String,
    /// What is reached: plain words.
    pub what: String,
    /// Code of what is reached.
    pub capability: String,
    /// What can be chosen, under headings.
    pub choices: Vec<(String, Vec<Choice>)>,
    /// Sites that could close.
    pub sites: Vec<Choice>,
    /// Id of the site that is taken as closed; empty for none.
    pub closed: String,
    /// Name of that site.
    pub closed_name: Option<String>,
    /// No source covers it.
    pub unlisted: Option<Unlisted>,
    /// Within so many km.
    pub km: f64,
    /// What the distance rests on.
    pub basis: String,
    /// The counts; none where unlisted or without a town list.
    pub result: Option<Coverage>,
    /// Neighbouring prefectures whose lists are not loaded: what lies there is not counted.
    pub unlisted_beyond: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Towns with no site, one, more; in all.
    pub towns: Shares,
    /// The same without the closed site.
    pub if_closed: Option<Shares>,
    /// Sites counted, and how many of them lie outside the area.
    pub n_sites: usize,
    /// Sites outside the area within reach.
    pub n_sites_outside: usize,
    /// Sites whose place is not known: not counted.
    pub n_sites_unplaced: u64,
    /// Towns as dots.
    pub map: Figure,
    /// Shares by municipality.
    pub bars: Figure,
    /// Towns that have none (after the closing, if one is taken as closed), by municipality.
    pub gaps: Vec<(String, Vec<String>)>,
}

/// Towns by how many sites are within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// No site.
    pub none: i64,
    /// One.
    pub one: i64,
    /// Two or more.
    pub more: i64,
}

impl Shares {
    fn of(shares: coverage::Shares) -> Self {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            none: count(shares.n_none),
            one: count(shares.n_one),
            more: count(shares.n_more),
        }
    }

    fn all(self) -> i64 {
        self.none + self.one + self.more
    }

    fn share(self, part: &i64) -> String {
        wording::share(part, self.all())
            .map_or_else(|| wording::UNKNOWN.to_owned(), |share| share + "%")
    }
}

impl CoveragePage {
    fn list(&self) -> Link {
        Link::new(
            Search::capability(&self.capability).href(),
            format!("{}の一覧", self.what),
        )
    }
}

#[cfg(test)]
pub(crate) mod tests;
