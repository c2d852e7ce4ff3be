//! Tests of the map.

use super::*;

fn square(west: f64, south: f64, fill: Fill, label: &str) -> Shape {
    let ring = vec![
        (west, south),
        (west + 0.1, south),
        (west + 0.1, south + 0.1),
        (west, south + 0.1),
    ];
    Shape {
        rings: vec![ring],
        label: Some(label.into()),
        fill,
        ..Shape::default()
    }
}

#[test]
fn the_legend_lists_only_what_is_drawn() {
    let words = Words {
        classes: ["low", "mid", "high"].map(String::from).to_vec(),
        ..Words::default()
    };
    let map = Map {
        shapes: vec![square(133.0, 35.0, Fill::Class(2), "A")],
        words,
        ..Map::default()
    };
    let svg = map.svg("m");
    assert!(svg.contains(">high<") && !svg.contains(">low<") && !svg.contains(theme::UNKNOWN));
}

#[test]
fn an_unknown_shape_is_hatched_and_named() {
    let map = Map {
        shapes: vec![square(133.0, 35.0, Fill::Unknown, "A")],
        ..Map::default()
    };
    let svg = map.svg("m");
    assert!(svg.contains(r##"fill="url(#m-unknown)""##) && svg.contains(theme::UNKNOWN));
}

#[test]
fn a_map_with_links_is_a_group_and_no_image() {
    let mut shape = square(133.0, 35.0, Fill::None, "A");
    let plain = Map {
        shapes: vec![shape.clone()],
        ..Map::default()
    }
    .svg("m");
    shape.href = Some("/a?b=1&c=2".into());
    let linked = Map {
        shapes: vec![shape],
        ..Map::default()
    }
    .svg("m");
    assert!(plain.contains(r#"role="img""#));
    assert!(
        linked.contains(r#"role="group""#)
            && linked.contains(r#"<a href="/a?b=1&amp;c=2" aria-label="A">"#)
    );
}

#[test]
fn a_tenth_of_a_degree_of_latitude_is_eleven_kilometres() {
    let extent = Extent {
        west: 133.0,
        south: 35.0,
        east: 133.1,
        north: 35.1,
    };
    let projection = Projection::new(extent, (0.0, 0.0), Width::Page);
    let (km, px) = projection.scale_bar(1000.0).expect("a bar fits");
    let north = projection.project((133.05, 35.1)).expect("on Earth");
    let south = projection.project((133.05, 35.0)).expect("on Earth");
    assert!(((south.1 - north.1) / px * km - 11.12).abs() < 0.01);
    let west = projection.project((133.0, 35.05)).expect("on Earth");
    let east = projection.project((133.1, 35.05)).expect("on Earth");
    assert!(((east.0 - west.0) / px * km - 9.10).abs() < 0.01);
}
