//! Whatever numbers and names come in, the drawing is well-formed and its coordinates are numbers.

use keniki_chart::map::{Extent, Fill, Map, Marker, Place, Shape, Tally};
use keniki_chart::pyramid::{Band, Pyramid};
use keniki_chart::rank::{self, Rank};
use keniki_chart::stacked::{self, Stacked};
use keniki_chart::theme::{Symbol, Width};
use keniki_chart::trend::{Point, Series, Stroke, Trend};
use proptest::prelude::*;

use crate::xml::{Node, read};

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -1e4..1e4_f64,
        1 => any::<f64>(),
        1 => prop::sample::select(vec![0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY, 1e13, -1e13, 1e-12]),
    ]
}

fn maybe() -> impl Strategy<Value = Option<f64>> {
    prop::option::of(value())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,40}", "[あ-ん<&\"']{0,60}", any::<String>()]
}

fn width() -> impl Strategy<Value = Width> {
    prop::sample::select(vec![Width::Full, Width::Page, Width::Narrow])
}

/// Well-formed, and no coordinate is anything but a plain number.
fn check(svg: &str) -> Result<(), TestCaseError> {
    const PLAIN: [&str; 13] = [
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "width",
        "height",
        "font-size",
        "stroke-width",
    ];
    for node in read(svg) {
        let Node::Open { attributes, .. } = node else {
            continue;
        };
        for (key, text) in attributes {
            if PLAIN.contains(&key.as_str()) {
                let number: f64 = text
                    .parse()
                    .map_err(|_| TestCaseError::fail(format!("{key}={text:?}")))?;
                prop_assert!(
                    number.is_finite() && number.abs() < 1e5,
                    "{}={:?}",
                    key,
                    text
                );
            } else if ["d", "transform", "viewBox"].contains(&key.as_str()) {
                prop_assert!(
                    !text.contains("NaN") && !text.contains("inf"),
                    "{}={:?}",
                    key,
                    text
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_pyramid_of_anything(bands in prop::collection::vec((name(), maybe(), maybe()), 0..6), title in name(), unit in name(), highlight_from in prop::option::of(0usize..9), width in width()) {
        let bands = bands.into_iter().map(|(label, left, right)| Band { label, left, right }).collect();
        check(&Pyramid { title: title.clone(), note: title.clone(), bands, left_name: title.clone(), right_name: title, unit, highlight_from, width }.svg("a"))?;
    }

    #[test]
    fn a_ranking_of_anything(rows in prop::collection::vec((name(), maybe(), maybe(), maybe(), prop::option::of(name())), 0..6), reference in prop::option::of((name(), value())), unit in name(), width in width()) {
        let rows = rows.into_iter().map(|(label, value, low, high, note)| rank::Row { label, value, low, high, emphasis: low.is_some(), note }).collect();
        check(&Rank { title: unit.clone(), note: String::new(), rows, unit, reference, width }.svg("a"))?;
    }

    #[test]
    fn shares_of_anything(parts in prop::collection::vec(name(), 0..7), rows in prop::collection::vec((name(), prop::collection::vec(maybe(), 0..8)), 0..5), unit in name(), width in width()) {
        let rows = rows.into_iter().map(|(label, values)| stacked::Row { label, values, emphasis: false, note: None }).collect();
        check(&Stacked { title: unit.clone(), note: String::new(), parts, rows, unit, width }.svg("a"))?;
    }

    #[test]
    fn a_trend_of_anything(
        series in prop::collection::vec((name(), prop::collection::vec((value(), maybe(), prop::option::of((value(), value()))), 0..6)), 0..20),
        breaks in prop::collection::vec((value(), name()), 0..3), x_ticks in prop::collection::vec((value(), name()), 0..4),
        projected_from in maybe(), from_zero in any::<bool>(), unit in name(), width in width(),
    ) {
        let stroke = |i: usize| [Stroke::Us, Stroke::Other, Stroke::Nation][i % 3];
        let series = series.into_iter().enumerate().map(|(i, (name, points))| Series {
            name,
            points: points.into_iter().map(|(x, y, interval)| Point { x, y, interval }).collect(),
            stroke: stroke(i),
        }).collect();
        check(&Trend { title: unit.clone(), note: String::new(), x_ticks, series, breaks, projected_from, unit, from_zero, width }.svg("a"))?;
    }

    #[test]
    fn a_map_of_anything(
        rings in prop::collection::vec(prop::collection::vec((degree(), degree()), 0..6), 0..4), points in prop::collection::vec((degree(), degree(), any::<u32>()), 0..12),
        label in name(), extent in prop::option::of((value(), value(), value(), value())), cluster_px in maybe(), width in width(),
    ) {
        let shapes = rings.into_iter().enumerate().map(|(i, ring)| Shape {
            rings: vec![ring], label: Some(label.clone()), fill: [Fill::None, Fill::Unknown, Fill::Class(9)][i % 3], emphasis: i == 0, href: Some(label.clone()), title: None,
        }).collect();
        let places = points.iter().map(|&(lng, lat, n)| Place { lng, lat, tally: [Tally::Zero, Tally::One, Tally::More, Tally::Unknown][n as usize % 4], title: label.clone() }).collect();
        let markers = points.iter().map(|&(lng, lat, n)| Marker { lng, lat, symbol: Symbol::ALL[n as usize % 5], title: label.clone(), href: None, count: (n % 2 == 0).then_some(n) }).collect();
        let extent = extent.map(|(west, south, east, north)| Extent { west, south, east, north });
        check(&Map { title: label.clone(), shapes, places, markers, extent, cluster_px, source: label, width, ..Map::default() }.svg("a"))?;
    }
}

fn degree() -> impl Strategy<Value = f64> {
    prop_oneof![5 => -90.0..90.0_f64, 3 => 35.0..35.01_f64, 1 => value()]
}
