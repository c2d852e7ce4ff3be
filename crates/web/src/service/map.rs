//! The selection on a map: drawn on the server, brought to life in the browser from the same points.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query as FromQuery, State as FromState};
use axum::http::header;
use axum::response::IntoResponse;
use keniki_app::area::show;
use keniki_app::database::DbErr;
use keniki_app::directory::search::{self, Query};
use keniki_app::directory::spot;
use keniki_chart::map::{Map, Marker, Shape, Words};
use keniki_chart::theme::{Symbol, Width};
use serde_json::{Value, json};

use super::asked::Asked;
use super::scope::Scope;
use super::words;
use crate::error::Problem;
use crate::state::State;
use crate::wording::number;

/// A larger selection is not drawn: it would be slow and show nothing but clusters.
pub const MOST_SPOTS: u64 = 1_000;

/// A map of services, with what it does not show.
#[derive(Debug, Clone, Template)]
#[template(path = "service/map.html")]
pub struct SelectionMap {
    /// SVG for wide screens and paper.
    pub wide: String,
    /// SVG for phones.
    pub narrow: String,
    /// GeoJSON of the outlines.
    pub outlines_href: String,
    /// GeoJSON of the same selection.
    pub points_href: String,
    /// Code and name of the views that are on it.
    pub legend: Vec<(String, String)>,
    /// What is not drawn, or only roughly: whole sentences.
    pub remarks: Vec<String>,
}

impl HtmlSafe for SelectionMap {}

/// A service on the map.
#[derive(Debug, Clone)]
pub struct Spot {
    /// Longitude and latitude in degrees.
    pub at: (f64, f64),
    /// Shape of its view.
    pub symbol: Symbol,
    /// Name and kind.
    pub title: String,
    /// Its page.
    pub href: String,
}

/// The services of a search as points, in its order; none where there are more than [`MOST_SPOTS`].
async fn selection(state: &State, query: &Query) -> Result<Option<Vec<spot::Spot>>, DbErr> {
    let found = search::find_first(&state.db, &state.thesaurus, query, MOST_SPOTS).await?;
    if found.total > MOST_SPOTS {
        return Ok(None);
    }
    let ids = found.service_ids;
    Ok(Some(spot::of(&state.db, &ids).await?))
}

/// The map of a search that finds `total`; none where that is more than [`MOST_SPOTS`].
///
/// # Errors
/// The database's own.
pub async fn of_search(
    state: &State,
    asked: &Asked,
    scope: &Scope,
    query: &Query,
    total: u64,
) -> Result<Option<SelectionMap>, DbErr> {
    if total > MOST_SPOTS {
        return Ok(None);
    }
    let found = selection(state, query).await?.unwrap_or_default();
    let members = scope
        .area
        .as_ref()
        .map(show::Area::member_codes)
        .unwrap_or_default();
    let ground = Ground::load(state, &members).await?;
    Ok(Some(of_spots(
        state,
        "さがした結果の地図",
        &ground,
        &found,
        asked,
    )))
}

/// What a map is drawn on: municipalities, and who published their outlines.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// Plain shapes, or such that lead somewhere.
    pub shapes: Vec<Shape>,
    /// Publisher and title.
    pub source: String,
}

impl Ground {
    /// These municipalities as plain shapes.
    ///
    /// # Errors
    /// The database's own.
    pub async fn load(state: &State, municipalities: &[String]) -> Result<Self, DbErr> {
        let outlines = show::outlines(&state.db, municipalities).await?;
        let shape = |drawn: show::Drawn| Shape {
            rings: drawn.rings,
            label: Some(drawn.name),
            ..Shape::default()
        };
        Ok(Self {
            shapes: outlines.into_iter().map(shape).collect(),
            source: Self::source(state, municipalities).await?,
        })
    }

    /// Publisher and title of the outlines of these municipalities.
    ///
    /// # Errors
    /// The database's own.
    pub async fn source(state: &State, municipalities: &[String]) -> Result<String, DbErr> {
        let source = show::outline_source(&state.db, municipalities).await?;
        Ok(source.unwrap_or_default())
    }
}

/// A map of services; `asked` finds the same ones again.
#[must_use]
pub fn of_spots(
    state: &State,
    title: &str,
    ground: &Ground,
    found: &[spot::Spot],
    asked: &Asked,
) -> SelectionMap {
    let definitions = &state.definitions;
    let placed = found.iter().filter_map(|spot| Some((spot, spot.point?)));
    let spots: Vec<Spot> = placed
        .map(|(spot, point)| Spot {
            at: (point.lng, point.lat),
            symbol: words::marker(definitions, &spot.category).1,
            title: format!(
                "{}（{}）",
                spot.name,
                words::category(definitions, &spot.category)
            ),
            href: format!("/services/{}", spot.service_id),
        })
        .collect();
    let views = definitions.views().iter().filter_map(|view| {
        let first = found
            .iter()
            .find(|spot| words::marker(definitions, &spot.category).0 == view.code)?;
        Some((view, words::marker(definitions, &first.category).1))
    });
    let (legend, symbols) = views
        .map(|(view, symbol)| {
            (
                (view.code.clone(), view.name.clone()),
                (symbol, view.name.clone()),
            )
        })
        .unzip::<_, _, Vec<_>, Vec<_>>();
    let (wide, narrow) = draw(title, ground, &spots, &symbols);
    SelectionMap {
        wide,
        narrow,
        outlines_href: asked.address("/outlines.geojson"),
        points_href: asked.address("/services.geojson"),
        legend,
        remarks: remarks(found),
    }
}

fn remarks(found: &[spot::Spot]) -> Vec<String> {
    let n_rough = found
        .iter()
        .filter(|spot| spot.point.is_some() && spot.is_rough)
        .count();
    let n_unplaced = found.iter().filter(|spot| spot.point.is_none()).count();
    let mut remarks = Vec::new();
    if n_rough > 0 {
        remarks.push(format!(
            "{}件は、建物の場所が分からないので町の中心に置いています。",
            number(n_rough)
        ));
    }
    if n_unplaced > 0 {
        remarks.push(format!(
            "場所が分からない{}件は、地図にありません。",
            number(n_unplaced)
        ));
    }
    remarks
}

/// `GET /services.geojson`: the selection of `/services` as points.
pub(crate) async fn list_points(
    FromState(state): FromState<Arc<State>>,
    asked: Result<FromQuery<Asked>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let FromQuery(asked) = asked?;
    let scope = Scope::of(&state, &asked).await?;
    let query = scope.query(&asked, state.definitions.coverage().km, state.clock.now());
    let found = match asked.id.parse() {
        Ok(id) => spot::of(&state.db, &[id]).await?,
        Err(_) => selection(&state, &query).await?.unwrap_or_default(),
    };
    let features = found.iter().filter_map(|spot| {
        let point = spot.point?;
        let (view, _) = words::marker(&state.definitions, &spot.category);
        let category = words::category(&state.definitions, &spot.category);
        let properties = json!({
            "name": format!("{}（{category}）", spot.name),
            "url": format!("/services/{}", spot.service_id),
            "view": view,
        });
        Some(feature(
            json!({"type": "Point", "coordinates": [point.lng, point.lat]}),
            properties,
        ))
    });
    Ok(collection(features.collect()))
}

/// `GET /outlines.geojson`: the municipalities of the area.
pub(crate) async fn list_outlines(
    FromState(state): FromState<Arc<State>>,
    asked: Result<FromQuery<Asked>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let FromQuery(asked) = asked?;
    let scope = Scope::of(&state, &asked).await?;
    let members = scope
        .area
        .as_ref()
        .map(show::Area::member_codes)
        .unwrap_or_default();
    let outlines = show::outlines(&state.db, &members).await?;
    let features = outlines.into_iter().map(|drawn| {
        let polygons: Vec<_> = drawn.rings.iter().map(|ring| [ring]).collect();
        let geometry = json!({"type": "MultiPolygon", "coordinates": polygons});
        feature(geometry, json!({"name": drawn.name}))
    });
    Ok(collection(features.collect()))
}

fn feature(geometry: Value, properties: Value) -> Value {
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
}

fn collection(features: Vec<Value>) -> impl IntoResponse {
    let body = Json(json!({"type": "FeatureCollection", "features": features}));
    ([(header::CONTENT_TYPE, "application/geo+json")], body)
}

/// Draws spots over the municipalities, for a wide and a narrow screen.
#[must_use]
pub fn draw(
    title: &str,
    ground: &Ground,
    spots: &[Spot],
    symbols: &[(Symbol, String)],
) -> (String, String) {
    let markers: Vec<Marker> = spots
        .iter()
        .map(|spot| Marker {
            lng: spot.at.0,
            lat: spot.at.1,
            symbol: spot.symbol,
            title: spot.title.clone(),
            href: Some(spot.href.clone()),
            count: None,
        })
        .collect();
    let svg = |id: &str, width| {
        Map {
            title: title.to_owned(),
            shapes: ground.shapes.clone(),
            markers: markers.clone(),
            cluster_px: Some(22.0),
            words: Words {
                symbols: symbols.to_vec(),
                ..Words::default()
            },
            source: ground.source.clone(),
            width,
            ..Map::default()
        }
        .svg(id)
    };
    (
        svg("map-wide", Width::Aside),
        svg("map-narrow", Width::Narrow),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn drawings() -> (String, String) {
        let ring = vec![
            (133.0, 35.0),
            (133.4, 35.0),
            (133.4, 35.3),
            (133.0, 35.3),
            (133.0, 35.0),
        ];
        let ground = Ground {
            source: "架空の境界".to_owned(),
            shapes: vec![Shape {
                rings: vec![ring],
                label: Some("汐見市".to_owned()),
                ..Shape::default()
            }],
        };
        let spots = [(133.1, 35.1), (133.101, 35.101), (133.3, 35.2)].map(|at| Spot {
            at,
            symbol: Symbol::Circle,
            title: "みなと内科医院".to_owned(),
            href: "/services/1".to_owned(),
        });
        draw(
            "さがした結果の地図",
            &ground,
            &spots,
            &[(Symbol::Circle, "医療".to_owned())],
        )
    }

    pub(crate) fn sample() -> SelectionMap {
        let (wide, narrow) = drawings();
        SelectionMap {
            wide,
            narrow,
            outlines_href: "/outlines.geojson".to_owned(),
            points_href: "/services.geojson?q=a".to_owned(),
            legend: vec![("medical".to_owned(), "医療".to_owned())],
            remarks: vec![
                "2件は町の中心に置いています。".to_owned(),
                "場所が分からない1件は地図にありません。".to_owned(),
            ],
        }
    }

    #[test]
    fn the_map_says_what_it_does_not_show() {
        let html = sample().to_string();
        assert!(html.contains("場所が分からない1件は地図にありません。"));
        assert!(html.contains("2件は町の中心に置いています。"));
    }
}
