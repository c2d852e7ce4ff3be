//! Golden distances and mesh codes, and what must hold anywhere in Japan.

use proptest::prelude::*;

use super::*;

fn point(lat: f64, lng: f64) -> Point {
    Point::japan(lat, lng).expect("a point in Japan")
}

#[test]
fn the_usual_mistakes_are_told_apart() {
    assert_eq!(Point::japan(f64::NAN, 133.0), Err(WrongPoint::NotFinite));
    assert_eq!(Point::japan(0.0, 0.0), Err(WrongPoint::Zero));
    assert_eq!(Point::japan(35.4, 0.0), Err(WrongPoint::Zero));
    assert!(matches!(
        Point::japan(133.3, 35.4),
        Err(WrongPoint::Swapped { .. })
    ));
    assert!(matches!(
        Point::japan(51.5, -0.1),
        Err(WrongPoint::OutsideJapan { .. })
    ));
    assert!(Point::japan(20.42, 136.07).is_ok(), "沖ノ鳥島");
    assert!(Point::japan(45.55, 148.75).is_ok(), "択捉島");
}

#[test]
fn one_degree_along_a_meridian_is_111_195_km() {
    let a = point(35.0, 135.0);
    assert!((km(a, point(36.0, 135.0)) - 111.195_08).abs() < 1e-4);
    assert_eq!(km(a, a), 0.0);
}

#[test]
fn mesh_codes_agree_with_the_published_ones() {
    // 東京タワー, and a point in 茨城県つくば市 (formulas of JIS X 0410 worked by hand).
    assert_eq!(mesh3(point(35.658_581, 139.745_433)), 53_393_599);
    assert_eq!(mesh3(point(36.103_543, 140.087_653)), 54_401_027);
    assert_eq!(mesh2(point(36.103_543, 140.087_653)), 544_010);
}

fn anywhere() -> impl Strategy<Value = Point> {
    (21.0..45.0, 123.0..153.0).prop_map(|(lat, lng)| Point { lat, lng })
}

proptest! {
    #[test]
    fn what_is_near_is_in_the_box_and_in_a_covering_mesh(
        center in anywhere(), dlat in -0.3..0.3, dlng in -0.3..0.3, radius in 0.1..40.0,
    ) {
        let other = Point { lat: center.lat + dlat, lng: center.lng + dlng };
        if km(center, other) <= radius {
            prop_assert!(bbox_around(center, radius).contains(other));
            prop_assert!(mesh2_around(center, radius).contains(&mesh2(other)));
        }
    }

    #[test]
    fn distance_is_symmetric_and_the_way_round_is_never_shorter(
        a in anywhere(), b in anywhere(), c in anywhere(),
    ) {
        prop_assert!((km(a, b) - km(b, a)).abs() < 1e-9);
        prop_assert!(km(a, c) <= km(a, b) + km(b, c) + 1e-6);
    }

    #[test]
    fn a_third_mesh_lies_in_its_second(p in anywhere()) {
        prop_assert_eq!(mesh3(p) / 100, mesh2(p));
    }
}
