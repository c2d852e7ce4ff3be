//! What every sample must keep.

use std::collections::BTreeSet;

use keniki_chart::rank::{Rank, Row};
use keniki_chart::theme::Width;

use crate::samples;
use crate::xml::{Node, read};

fn attribute<'a>(attributes: &'a [(String, String)], key: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(k, _)| k == key)
        .map(|(_, v)| v.as_str())
}

fn numeric(attributes: &[(String, String)], key: &str) -> Option<f64> {
    attribute(attributes, key).map(|v| {
        v.parse()
            .unwrap_or_else(|_| panic!("{key}={v:?} is a number"))
    })
}

/// Left, top, right, bottom of every text, by widths of 1 em and 0.55 em, with its content.
fn texts(svg: &str) -> Vec<([f64; 4], String)> {
    let mut out = Vec::new();
    let (mut shifts, mut current) = (vec![(0.0, 0.0)], None);
    for node in read(svg) {
        match node {
            Node::Open { name, attributes } => {
                let before = *shifts.last().expect("never empty");
                let shift = attribute(&attributes, "transform").map_or((0.0, 0.0), translation);
                shifts.push((before.0 + shift.0, before.1 + shift.1));
                current =
                    (name == "text").then(|| (attributes, *shifts.last().expect("never empty")));
            }
            Node::Text(content) => {
                if let Some((attributes, shift)) = current.take() {
                    out.push((rectangle(&attributes, shift, &content), content));
                }
            }
            Node::Close { .. } => {
                shifts.pop();
            }
        }
    }
    out
}

fn translation(value: &str) -> (f64, f64) {
    let inside = value
        .strip_prefix("translate(")
        .and_then(|v| v.strip_suffix(')'))
        .expect("only translations");
    let (x, y) = inside.split_once(' ').expect("two numbers");
    (x.parse().expect("x"), y.parse().expect("y"))
}

fn rectangle(attributes: &[(String, String)], (dx, dy): (f64, f64), content: &str) -> [f64; 4] {
    let size = numeric(attributes, "font-size").expect("every text has a size");
    let wide: f64 = content
        .chars()
        .map(|c| if c.is_ascii() { 0.55 } else { 1.0 })
        .sum::<f64>()
        * size;
    let x = numeric(attributes, "x").expect("x") + dx;
    let y = numeric(attributes, "y").expect("y") + dy;
    let left = match attribute(attributes, "text-anchor") {
        Some("middle") => x - wide / 2.0,
        Some("end") => x - wide,
        _ => x,
    };
    [left, y - 0.88 * size, left + wide, y + 0.12 * size]
}

fn view_box(svg: &str) -> (f64, f64) {
    let Some(Node::Open { attributes, .. }) = read(svg).into_iter().next() else {
        panic!("a root")
    };
    let numbers: Vec<f64> = attribute(&attributes, "viewBox")
        .expect("a viewBox")
        .split(' ')
        .map(|n| n.parse().expect("a number"))
        .collect();
    (numbers[2], numbers[3])
}

#[test]
fn no_text_leaves_the_frame() {
    for (name, svg) in samples::all() {
        let (width, height) = view_box(&svg);
        for ([left, top, right, bottom], content) in texts(&svg) {
            let inside = left >= 0.0 && top >= 0.0 && right <= width && bottom <= height;
            assert!(
                inside,
                "{name}: {content:?} at {left} {top} {right} {bottom} of {width} × {height}"
            );
        }
    }
}

#[test]
fn no_text_covers_another() {
    for (name, svg) in samples::all() {
        let texts = texts(&svg);
        for (i, (a, one)) in texts.iter().enumerate() {
            for (b, other) in &texts[..i] {
                let apart = a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3];
                assert!(apart, "{name}: {one:?} at {a:?} and {other:?} at {b:?}");
            }
        }
    }
}

#[test]
fn every_chart_has_a_title_a_description_and_ids_of_its_own() {
    for (name, svg) in samples::all() {
        let nodes = read(&svg);
        let prefix = format!("{}-", name.split('-').next().expect("a name"));
        let mut ids = BTreeSet::new();
        for node in &nodes {
            if let Node::Open { attributes, .. } = node
                && let Some(id) = attribute(attributes, "id")
            {
                assert!(
                    id.starts_with(&prefix) && ids.insert(id.to_owned()),
                    "{name}: {id}"
                );
            }
        }
        let Node::Open { attributes, .. } = &nodes[0] else {
            panic!("a root")
        };
        let labels = attribute(attributes, "aria-labelledby")
            .expect("a name")
            .split(' ');
        assert!(labels.into_iter().all(|id| ids.contains(id)), "{name}");
        assert!(
            matches!(attribute(attributes, "role"), Some("img" | "group")),
            "{name}"
        );
        assert!(
            matches!(&nodes[2], Node::Text(title) if !title.is_empty()),
            "{name}"
        );
    }
}

#[test]
fn every_reference_leads_to_a_definition() {
    for (name, svg) in samples::all() {
        for reference in svg
            .split("url(#")
            .skip(1)
            .filter_map(|s| s.split(')').next())
        {
            assert!(
                svg.contains(&format!(r#"id="{reference}""#)),
                "{name}: {reference}"
            );
        }
    }
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    assert_eq!(samples::all(), samples::all());
}

#[test]
fn what_callers_write_is_escaped() {
    let evil = r#"<b>&"'</b>"#.to_owned();
    let mut map = samples::classes(Width::Page);
    map.shapes[0].label = Some(evil.clone());
    map.shapes[0].title = Some(evil.clone());
    map.shapes[0].href = Some(evil.clone());
    let mut pyramid = samples::pyramid(Width::Page);
    pyramid.bands[0].label = evil.clone();
    pyramid.unit = evil.clone();
    let mut rank = samples::rank(Width::Page);
    rank.title = evil.clone();
    rank.rows[0].label = evil.clone();
    let mut stacked = samples::stacked(Width::Page);
    stacked.parts[0] = evil.clone();
    let mut trend = samples::trend(Width::Page);
    trend.series[0].name = evil.clone();
    trend.breaks[0].1 = evil.clone();
    for svg in [
        map.svg(&evil),
        pyramid.svg("a"),
        rank.svg("a"),
        stacked.svg("a"),
        trend.svg("a"),
    ] {
        let found = read(&svg)
            .iter()
            .any(|n| matches!(n, Node::Text(t) if t.contains(&evil)));
        assert!(found, "the text comes back as it was written");
    }
}

/// How often a text stands in a drawing.
fn count(svg: &str, text: &str) -> usize {
    texts(svg).iter().filter(|(_, t)| t == text).count()
}

#[test]
fn a_row_not_known_is_never_drawn_as_zero() {
    let row = |value| Row {
        label: "A".into(),
        value,
        ..Row::default()
    };
    let svg = |value| {
        Rank {
            rows: vec![row(value), row(Some(3.0))],
            ..Rank::default()
        }
        .svg("a")
    };
    let (unknown, zero) = (svg(None), svg(Some(0.0)));
    assert_eq!(
        (count(&unknown, "0"), count(&unknown, "不明")),
        (1, 1),
        "only the axis has a zero"
    );
    assert_eq!((count(&zero, "0"), count(&zero, "不明")), (2, 0));
    assert_eq!(unknown.matches("url(#a-unknown)").count(), 1);
    assert_eq!(zero.matches("url(#a-unknown)").count(), 0);
}

#[test]
fn a_total_of_something_not_known_is_not_known() {
    let mut pyramid = samples::pyramid(Width::Page);
    assert_eq!(count(&pyramid.svg("a"), "男"), 1, "the name alone");
    pyramid.bands[3].left = Some(0.0);
    assert_eq!(count(&pyramid.svg("a"), "男"), 0, "the name and a total");

    let mut stacked = samples::stacked(Width::Page);
    let totals = |svg: &str| {
        texts(svg)
            .iter()
            .filter(|(_, t)| t.ends_with("町字"))
            .count()
    };
    assert_eq!(totals(&stacked.svg("a")), 4);
    stacked.rows[4].values[1] = Some(0.0);
    assert_eq!(totals(&stacked.svg("a")), 5);
}

#[test]
fn a_line_has_a_dot_for_every_known_point_and_no_other() {
    let mut trend = samples::trend(Width::Page);
    let known = trend
        .series
        .iter()
        .flat_map(|s| &s.points)
        .filter(|p| p.y.is_some())
        .count();
    assert_eq!(trend.svg("a").matches("<circle").count(), known);
    trend.series[1].points[1].y = Some(0.0);
    assert_eq!(trend.svg("a").matches("<circle").count(), known + 1);
}

#[test]
fn no_bar_of_a_ranking_runs_into_its_number() {
    for width in [Width::Full, Width::Page, Width::Narrow] {
        let svg = samples::rank(width).svg("a");
        let nodes = read(&svg);
        let bars = nodes.windows(2).filter_map(|pair| match pair {
            [
                Node::Open { name, attributes },
                Node::Open { name: inner, .. },
            ] if name == "rect" && inner == "title" => Some(
                ["x", "y", "width", "height"]
                    .map(|key| numeric(attributes, key).expect("a number")),
            ),
            _ => None,
        });
        let bars: Vec<[f64; 4]> = bars.collect();
        assert_eq!(bars.len(), samples::rank(width).rows.len());
        for ([left, top, right, bottom], text) in texts(&svg) {
            for [x, y, w, h] in &bars {
                let apart = left >= x + w || right <= *x || top >= y + h || bottom <= *y;
                assert!(apart, "{text:?} and the bar at {x} {y}");
            }
        }
    }
}

#[test]
fn samples_with_unknown_values_say_so() {
    for (name, svg) in samples::all() {
        let word = match name.split('-').next() {
            Some("pyramid" | "trend" | "coverage") => "不明",
            Some("rank" | "stacked" | "classes") => "未収載",
            _ => continue,
        };
        assert!(texts(&svg).iter().any(|(_, t)| t.contains(word)), "{name}");
    }
}
