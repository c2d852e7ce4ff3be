//! `GET /areas/{code}`: an area's people and resources, beside its neighbours and the nation.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query as FromQuery, State as FromState};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use keniki_app::area::show::people;
use keniki_app::area::show::{self as area, Area};
use keniki_app::directory::loaded;
use keniki_app::import::review;
use serde::Deserialize;

use super::figures::people::{AgeGroup, Year};
use super::figures::{self, Subject, resource};
use super::resources::{self, Counted, Line};
use super::{area_of, coverage, full_name, kind_word};
use crate::error::Problem;
use crate::figure::Figure;
use crate::page::{Frame, Link, Nav, Page};
use crate::service::map::Ground;
use crate::service::words;
use crate::sources;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::{self, Day, UNKNOWN, number};

/// What an address of an area's page may ask for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Code of the category that rank and map show.
    pub show: String,
    /// For the coverage figures: what is reached.
    pub capability: String,
    /// For the coverage figures: the site that is thought away.
    pub closed: String,
}

/// `GET /areas/{code}`.
pub(crate) async fn show_area(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(code): Path<String>,
    asked: Result<FromQuery<Asked>, QueryRejection>,
) -> Result<Page<AreaPage>, Problem> {
    let FromQuery(asked) = asked?;
    let found = area_of(&state, &code).await?;
    let link = |area: &Area| Link::new(format!("/areas/{}", area.code), &area.name);
    let parents = area::parents(&state.db, &found).await?;
    let members = found
        .members
        .iter()
        .filter(|member| member.code != found.code);
    let municipalities =
        members.map(|member| Link::new(format!("/areas/{}", member.code), &member.name));
    let mut page = AreaPage {
        frame: Frame::load(&state, &visitor, Some(Nav::Area)).await?,
        code: found.code.clone(),
        name: full_name(&state, &found).await?,
        kind: kind_word(&found),
        municipalities: municipalities.collect(),
        parents: parents.iter().map(link).collect(),
        coverage_href: format!("/areas/{}/coverage", found.code),
        freshness_href: format!("/areas/{}/freshness", found.code),
        ..AreaPage::default()
    };
    fill(&state, &mut page, found, &asked.show).await?;
    Ok(Page(page))
}

/// People, resources and figures.
async fn fill(state: &State, page: &mut AreaPage, found: Area, show: &str) -> Result<(), Problem> {
    let held = state.held().await?;
    let codes = found.member_codes();
    let (code, name) = (found.code.clone(), full_name(state, &found).await?);
    let subject = Subject {
        code: &code,
        name: &name,
        query: "",
    };
    let neighbors = area::neighbors(&state.db, &found).await?;
    let us = Counted::of(state, &held, found).await?;
    let projection = people::projection(&state.db, &codes).await?;
    page.numbers = numbers(us.people.as_ref(), projection.as_ref(), codes.len());
    page.projection = projection.as_ref().map(|it| projection_figure(subject, it));
    page.pyramid = us
        .people
        .as_ref()
        .and_then(|it| pyramid_figure(subject, it));

    let mut others = Vec::new();
    for mut neighbor in neighbors {
        if neighbor.prefecture_code != us.area.prefecture_code {
            let name = full_name(state, &neighbor).await?;
            neighbor.name = name.trim_end_matches("圏域").to_owned();
        }
        others.push(Counted::of(state, &held, neighbor).await?);
    }
    page.neighbors = others
        .iter()
        .map(|other| Link::new(format!("/areas/{}", other.area.code), &other.area.name))
        .collect();
    page.n_waiting = review::n_open_in(&state.db, &codes).await?;
    page.unlisted = resources::unlisted(state, &held, &us);
    page.resources = resources::table(state, &us, &others);
    let Some(category) = resources::shown(&us, show) else {
        return Ok(());
    };
    let plain = words::category(&state.definitions, &category);
    let counted: Vec<String> = std::iter::once(&us)
        .chain(&others)
        .flat_map(|it| it.area.member_codes())
        .collect();
    let formats = loaded::formats_of(&state.db, &category, &counted).await?;
    let source = sources::sentence(state, &formats).await?;
    let nation = resources::nation(state, &held, &category).await?;
    let values: Vec<resource::Value> = std::iter::once(us.value(&category, true))
        .chain(others.iter().map(|other| other.value(&category, false)))
        .collect();
    page.rank = (values.len() > 1)
        .then(|| resource::rank(subject, &category, plain, &values, nation, &source));
    let regions = resources::regions(state, &held, &us.area, &category).await?;
    let outlines = Ground::source(state, &codes).await?;
    page.map = (regions.len() > 1).then(|| {
        let source = format!("{source}、{outlines}");
        resource::by_municipality(subject, &category, plain, &regions, &source)
    });
    page.choices = us
        .rates
        .iter()
        .filter(|rate| rate.n.is_some())
        .map(|rate| CategoryChoice {
            code: rate.category.clone(),
            text: words::category(&state.definitions, &rate.category).to_owned(),
            selected: rate.category == category,
        })
        .collect();
    Ok(())
}

fn numbers(
    people: Option<&people::Population>,
    projection: Option<&people::Projection>,
    n_municipalities: usize,
) -> Vec<Number> {
    let written = |n: Option<i64>| n.map_or_else(|| UNKNOWN.to_owned(), number);
    let mut numbers = Vec::new();
    if let Some(people) = people {
        let day = Day::parse(&people.counted_on)
            .map(Day::plain)
            .unwrap_or_default();
        let share = people
            .age_75_plus
            .zip(people.total)
            .and_then(|(old, all)| wording::share(old, all));
        numbers.push(Number {
            word: "人口".to_owned(),
            value: written(people.total),
            unit: "人",
            note: format!("{day}現在・{n_municipalities}市町村"),
        });
        numbers.push(Number {
            word: "75歳以上".to_owned(),
            value: written(people.age_75_plus),
            unit: "人",
            note: share.map_or_else(
                || "年齢が空欄の市町村があります".to_owned(),
                |share| format!("全体の{share}%"),
            ),
        });
    }
    if let Some(last) = projection.and_then(|projection| projection.years.last()) {
        numbers.push(Number {
            word: format!("{}年の見込み", last.year),
            value: written(last.total),
            unit: "人",
            note: format!("うち75歳以上 {}人", written(last.age_75_plus)),
        });
    }
    numbers
}

/// The projection as a figure.
#[must_use]
pub fn projection_figure(subject: Subject, projection: &people::Projection) -> Figure {
    let years: Vec<Year> = projection
        .years
        .iter()
        .map(|it| Year {
            year: it.year,
            total: it.total,
            age_65_plus: it.age_65_plus,
            age_75_plus: it.age_75_plus,
        })
        .collect();
    figures::people::projection(subject, &years, &projection.source)
}

fn pyramid_figure(subject: Subject, people: &people::Population) -> Option<Figure> {
    let groups: Vec<AgeGroup> = people
        .groups
        .iter()
        .map(|group| AgeGroup {
            label: if group.to >= 999 {
                format!("{}歳以上", group.from)
            } else {
                format!("{}–{}歳", group.from, group.to)
            },
            from: group.from,
            men: group.men,
            women: group.women,
        })
        .collect();
    let day = Day::parse(&people.counted_on)
        .map(Day::plain)
        .unwrap_or_default();
    (!groups.is_empty()).then(|| figures::people::pyramid(subject, &groups, &day, &people.source))
}

/// `GET /areas/{code}/figures/{file}`: a figure as SVG, or its table as CSV.
pub(crate) async fn download_figure(
    FromState(state): FromState<Arc<State>>,
    Path((code, file)): Path<(String, String)>,
    asked: Result<FromQuery<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let FromQuery(asked) = asked?;
    let (id, format) = file.rsplit_once('.').ok_or(Problem::NotFound)?;
    let found = area_of(&state, &code).await?;
    let figures = if asked.capability.is_empty() {
        let category = id.rsplit_once('-').map_or("", |(_, category)| category);
        let mut page = AreaPage::default();
        fill(&state, &mut page, found, category).await?;
        [page.projection, page.pyramid, page.rank, page.map]
            .into_iter()
            .flatten()
            .collect()
    } else {
        coverage::figures(&state, &found, &asked).await?
    };
    let figure: Figure = figures
        .into_iter()
        .find(|figure| figure.id == id)
        .ok_or(Problem::NotFound)?;
    let (kind, body) = match format {
        "svg" => ("image/svg+xml; charset=utf-8", figure.wide),
        "csv" => ("text/csv; charset=utf-8", figure.table.csv()),
        _ => return Err(Problem::NotFound),
    };
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

/// An area in numbers.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "area/show.html")]
pub struct AreaPage {
    /// Around the page.
    pub frame: Frame,
    /// 4 digits.
    pub code: String,
    /// Name.
    pub name: String,
    /// 二次医療圏, 市町村, 都道府県.
    pub kind: &'static str,
    /// Municipalities, each with its own page.
    pub municipalities: Vec<Link>,
    /// Areas that hold this one.
    pub parents: Vec<Link>,
    /// The few numbers on top.
    pub numbers: Vec<Number>,
    /// Pyramid of the population.
    pub pyramid: Option<Figure>,
    /// Projection.
    pub projection: Option<Figure>,
    /// Pairs of sites here that may be one and are counted as two.
    pub n_waiting: u64,
    /// Areas that touch it, in the order of the columns.
    pub neighbors: Vec<Link>,
    /// Every category under its view.
    pub resources: Vec<(String, Vec<Line>)>,
    /// Categories that no list covers here, in plain words.
    pub unlisted: Vec<String>,
    /// One category beside the neighbours.
    pub rank: Option<Figure>,
    /// The same by municipality.
    pub map: Option<Figure>,
    /// Categories that rank and map can show.
    pub choices: Vec<CategoryChoice>,
    /// Coverage page of this area.
    pub coverage_href: String,
    /// Where it is shown how fresh all this is.
    pub freshness_href: String,
}

/// A number with its remark.
#[derive(Debug, Clone)]
pub struct Number {
    /// What it counts.
    pub word: String,
    /// Written; 不明 where not known.
    pub value: String,
    /// Unit.
    pub unit: &'static str,
    /// Remark.
    pub note: String,
}

/// A category that rank and map can show.
#[derive(Debug, Clone)]
pub struct CategoryChoice {
    /// Code.
    pub code: String,
    /// Words.
    pub text: String,
    /// It is shown.
    pub selected: bool,
}

#[cfg(test)]
pub(crate) mod tests;
