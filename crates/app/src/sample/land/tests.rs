//! The land is closed, whole, without gaps and overlaps, and in the open sea.

use std::collections::HashMap;

use geo::{Validation, coord};

use super::*;

const SEEDS: std::ops::Range<u64> = 0..60;

fn polygon(ring: &[Point]) -> geo::Polygon {
    geo::Polygon::new(
        ring.iter().map(|p| coord! { x: p.lng, y: p.lat }).collect(),
        vec![],
    )
}

#[test]
fn every_ring_is_closed_and_does_not_cross_itself() {
    for seed in SEEDS {
        let land = draw(seed, (seed % 640) as u32);
        for ring in land.municipalities.iter().chain([&land.outline]) {
            assert_eq!(ring.first(), ring.last());
            assert!(signed_area(ring) > 0.0);
            assert!(
                polygon(ring).is_valid(),
                "seed {seed}: {:?}",
                polygon(ring).validation_errors()
            );
        }
    }
}

#[test]
fn the_municipalities_fill_the_outline_exactly() {
    for seed in SEEDS {
        let land = draw(seed, 3);
        let sum: f64 = land
            .municipalities
            .iter()
            .map(|ring| signed_area(ring))
            .sum();
        assert!(
            (sum - signed_area(&land.outline)).abs() < 1e-9,
            "seed {seed}"
        );
    }
}

#[test]
fn every_border_piece_is_shared_by_two_or_lies_on_the_outline() {
    let land = draw(11, 0);
    let mut pieces: HashMap<String, i32> = HashMap::new();
    let name = |a: Point, b: Point| format!("{},{} {},{}", a.lat, a.lng, b.lat, b.lng);
    for ring in &land.municipalities {
        for pair in ring.windows(2) {
            *pieces.entry(name(pair[0], pair[1])).or_default() += 1;
            *pieces.entry(name(pair[1], pair[0])).or_default() -= 1;
        }
    }
    // What no neighbour runs the other way is the coast.
    let alone = pieces.values().filter(|n| **n > 0).count();
    assert_eq!(alone, land.outline.len() - 1);
    for pair in land.outline.windows(2) {
        assert_eq!(pieces[&name(pair[0], pair[1])], 1);
    }
}

#[test]
fn areas_side_by_side_share_their_border_point_by_point() {
    let (west, east) = (draw(5, 0), draw(5, 1));
    let shared = west
        .outline
        .iter()
        .filter(|point| east.outline.contains(point))
        .count();
    assert_eq!(shared, SIDE + 1);
}

#[test]
fn no_two_areas_take_the_same_cell() {
    let cells: std::collections::HashSet<_> =
        (0..AREAS_PER_PREFECTURE * PREFECTURES).map(cell).collect();
    assert_eq!(cells.len() as u32, AREAS_PER_PREFECTURE * PREFECTURES);
}

#[test]
fn every_corner_lies_in_the_open_sea_within_japans_box() {
    for index in [0, 15, 16, 399, 639] {
        for point in draw(1, index).outline {
            assert!(Point::japan(point.lat, point.lng).is_ok());
            // East of 小笠原 (142.3°), west of 南鳥島 (154.0°), south of 北海道 and 千島 (42°).
            assert!(
                (142.9..153.0).contains(&point.lng) && point.lat < 41.5,
                "{point:?}"
            );
        }
    }
}

#[test]
fn a_point_inside_is_told_from_one_outside() {
    let land = draw(1, 0);
    let inside = land
        .municipalities
        .iter()
        .filter(|ring| holds(ring, land.outline[0]))
        .count();
    assert!(inside <= 1);
    assert!(!holds(
        &land.outline,
        Point {
            lat: 35.0,
            lng: 139.0
        }
    ));
    let middle = Point {
        lat: SOUTH + (24.5 * CELL_LAT),
        lng: WEST + 0.5 * CELL_LNG,
    };
    assert!(holds(&land.outline, middle));
}

#[test]
fn neighbours_share_a_side_and_know_each_other() {
    for index in [0, 5, 16, 639] {
        let own = draw(5, index).outline;
        for other in neighbors(index) {
            assert!(neighbors(other).contains(&index));
            let shared = draw(5, other)
                .outline
                .iter()
                .filter(|point| own.contains(point))
                .count();
            assert!(shared > SIDE, "{index} {other}: {shared}");
        }
    }
    assert!(neighbors(5).contains(&4) && neighbors(5).contains(&6));
}
