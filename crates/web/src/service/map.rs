//! The selection on a map: drawn on the server, brought to life in the browser from the same points.

use askama::Template;
use askama::filters::HtmlSafe;
use keniki_chart::map::{Map, Marker, Shape, Words};
use keniki_chart::theme::{Symbol, Width};

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

/// Draws spots over the municipalities, for a wide and a narrow screen.
#[must_use]
pub fn draw(
    title: &str,
    shapes: &[Shape],
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
            shapes: shapes.to_vec(),
            markers: markers.clone(),
            cluster_px: Some(22.0),
            words: Words {
                symbols: symbols.to_vec(),
                ..Words::default()
            },
            source: "国土数値情報（行政区域）".to_owned(),
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
        let shapes = vec![Shape {
            rings: vec![ring],
            label: Some("汐見市".to_owned()),
            ..Shape::default()
        }];
        let spots = [(133.1, 35.1), (133.101, 35.101), (133.3, 35.2)].map(|at| Spot {
            at,
            symbol: Symbol::Circle,
            title: "みなと内科医院".to_owned(),
            href: "/services/1".to_owned(),
        });
        draw(
            "さがした結果の地図",
            &shapes,
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
