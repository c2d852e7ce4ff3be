//! Arcs, dissolving and both formats, on grids of unit squares whose areas are known.

use proptest::prelude::*;

use super::*;

/// Cells of 0.1°, each a square polygon of its own with its label as property.
fn grid(labels: &[u8], width: usize) -> String {
    let features: Vec<String> = labels
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let (x, y) = (130.0 + (at % width) as f64 / 10.0, 35.0 + (at / width) as f64 / 10.0);
            let (east, north) = (x + 0.1, y + 0.1);
            format!(
                r#"{{"type":"Feature","properties":{{"label":"{label}"}},"geometry":{{"type":"Polygon",
                "coordinates":[[[{x},{y}],[{east},{y}],[{east},{north}],[{x},{north}],[{x},{y}]]]}}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

fn with_label(topology: &Topology, label: u8) -> Vec<usize> {
    let wanted = label.to_string();
    (0..topology.shapes.len())
        .filter(|&at| topology.shapes[at].properties["label"] == wanted)
        .collect()
}

fn area_of(outline: &Outline) -> f64 {
    let Outline::MultiPolygon { coordinates } = outline;
    coordinates
        .iter()
        .flatten()
        .map(|ring| signed_area(&ring.iter().map(|[x, y]| vertex(*x, *y)).collect::<Vec<_>>()))
        .sum()
}

fn cells_of(outline: &Outline) -> f64 {
    (area_of(outline) * 100.0 * 1000.0).round() / 1000.0
}

proptest! {
    /// Whatever squares are joined, the area is theirs and every square's middle is where it was.
    #[test]
    fn dissolving_keeps_area_and_place(labels in proptest::collection::vec(0_u8..3, 20)) {
        let topology = Topology::read(grid(&labels, 5).as_bytes()).unwrap();
        for label in 0..3 {
            let shapes = with_label(&topology, label);
            let Some(outline) = topology.dissolve(&shapes) else {
                prop_assert!(shapes.is_empty());
                continue;
            };
            prop_assert_eq!(cells_of(&outline), shapes.len() as f64);
            let code = keniki_base::code::MunicipalityCode::parse("31202").unwrap();
            let label_point = super::label(&outline).unwrap();
            let known = crate::area::outline::Outlines::new([(code, outline)], &[]);
            prop_assert_eq!(known.contains_within(code, label_point, 0.0), Some(true));
            for (at, found) in labels.iter().enumerate() {
                let point = Point {
                    lng: 130.05 + (at % 5) as f64 / 10.0,
                    lat: 35.05 + (at / 5) as f64 / 10.0,
                };
                prop_assert_eq!(known.contains_within(code, point, 0.0), Some(*found == label));
            }
        }
    }

    /// What is written as differences of whole numbers is read as the same corners.
    #[test]
    fn quantised_arcs_decode_to_their_corners(
        corners in proptest::collection::vec((0_i32..1000, 0_i32..1000), 2..20),
    ) {
        let mut before = (0, 0);
        let differences: Vec<[i32; 2]> = corners
            .iter()
            .map(|&(x, y)| {
                let step = [x - before.0, y - before.1];
                before = (x, y);
                step
            })
            .collect();
        let text = serde_json::json!({
            "type": "Topology",
            "transform": {"scale": [0.001, 0.002], "translate": [130.0, 35.0]},
            "arcs": [differences],
            "objects": {},
        });
        let topology = topojson::read(text.to_string().as_bytes()).unwrap();
        let expected: Vec<Vertex> =
            corners.iter().map(|&(x, y)| (130_000_000 + x * 1000, 35_000_000 + y * 2000)).collect();
        prop_assert_eq!(&topology.arcs[0], &expected);
    }
}

/// Two squares side by side over three arcs; the shared one runs backwards in the second.
const TWO_SQUARES: &str = r#"{"type":"Topology","objects":{"a":{"type":"GeometryCollection","geometries":[
    {"type":"Polygon","arcs":[[0,1]],"properties":{"N03_007":"31201","N03_002":null}},
    {"type":"MultiPolygon","arcs":[[[2,-1]]],"properties":{"N03_007":"31202"}}]}},
    "arcs":[[[130.1,35.0],[130.1,35.1]],
            [[130.1,35.1],[130.0,35.1],[130.0,35.0],[130.1,35.0]],
            [[130.1,35.0],[130.2,35.0],[130.2,35.1],[130.1,35.1]]]}"#;

#[test]
fn two_squares_of_topojson_share_one_arc() {
    let topology = Topology::read(TWO_SQUARES.as_bytes()).unwrap();
    assert_eq!(topology.shapes[0].properties["N03_007"], "31201");
    assert_eq!(cells_of(&topology.dissolve(&[0]).unwrap()), 1.0);
    assert_eq!(cells_of(&topology.dissolve(&[0, 1]).unwrap()), 2.0);
    let groups = [Some("31201"), Some("31202")];
    assert_eq!(
        topology.neighbors(&groups),
        BTreeSet::from([("31201", "31202")])
    );
}

#[test]
fn an_arc_that_is_not_there_is_named() {
    let text = TWO_SQUARES.replace("[0,1]", "[0,7]");
    let error = Topology::read(text.as_bytes()).unwrap_err();
    assert!(
        error.to_string().contains("弧の番号7がありません"),
        "{error}"
    );
}

#[test]
fn a_file_cut_short_says_so() {
    let error = Topology::read(&TWO_SQUARES.as_bytes()[..200]).unwrap_err();
    assert!(
        error.to_string().contains("途中で終わっています"),
        "{error}"
    );
}

#[test]
fn plane_coordinates_are_refused() {
    let text = TWO_SQUARES.replace("130.2", "-36012.5");
    let error = Topology::read(text.as_bytes()).unwrap_err();
    assert!(
        error.to_string().contains("緯度・経度ではありません"),
        "{error}"
    );
}

#[test]
fn a_town_around_a_town_keeps_a_hole_and_both_touch() {
    let labels = [0, 0, 0, 0, 1, 0, 0, 0, 0];
    let topology = Topology::read(grid(&labels, 3).as_bytes()).unwrap();
    let Outline::MultiPolygon { coordinates } =
        topology.dissolve(&with_label(&topology, 0)).unwrap();
    assert_eq!((coordinates.len(), coordinates[0].len()), (1, 2));
    let groups: Vec<Option<&str>> = labels
        .iter()
        .map(|label| Some(if *label == 0 { "around" } else { "within" }))
        .collect();
    assert_eq!(
        topology.neighbors(&groups),
        BTreeSet::from([("around", "within")])
    );
}
