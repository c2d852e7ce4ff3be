//! Whether a point lies in its municipality, give or take what simplified outlines lose.

use std::collections::HashMap;

use keniki_base::code::MunicipalityCode;
use keniki_base::geo::{EARTH_RADIUS_KM, Point};
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};

use super::queries;

/// The geometry of an area as it is stored: a GeoJSON `MultiPolygon`, `[lng, lat]` in degrees, outer rings
/// counterclockwise, holes clockwise (RFC 7946).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Outline {
    /// Polygons, each a list of rings, the first of them the outer one.
    MultiPolygon {
        /// Polygon → ring → `[lng, lat]`.
        coordinates: Vec<Vec<Vec<[f64; 2]>>>,
    },
}

impl Outline {
    /// Rings of all polygons, `[lng, lat]`.
    pub fn rings(self) -> Vec<Vec<[f64; 2]>> {
        let Self::MultiPolygon { coordinates } = self;
        coordinates.into_iter().flatten().collect()
    }
}

/// Outlines of municipalities and wards in memory. A ward that succeeded others has the outlines of all of
/// them, as long as it has none of its own.
#[derive(Debug, Clone, Default)]
pub struct Outlines {
    shapes: Vec<Shape>,
    by_code: HashMap<MunicipalityCode, Vec<usize>>,
}

#[derive(Debug, Clone)]
struct Shape {
    /// West, south, east, north.
    bounds: [f64; 4],
    rings: Vec<Vec<[f64; 2]>>,
}

impl Outlines {
    /// Reads every known outline and the successions from the database.
    ///
    /// # Errors
    /// The database's own, and a code or an outline in it that cannot be read.
    pub async fn load<C: ConnectionTrait>(db: &C) -> Result<Self, DbErr> {
        let code =
            |text: &str| MunicipalityCode::parse(text).map_err(|e| DbErr::Custom(e.to_string()));
        let mut outlines = Vec::new();
        for row in queries::leaf_outlines(db).await? {
            let outline = serde_json::from_str(&row.outline)
                .map_err(|e| DbErr::Custom(format!("outline of {}: {e}", row.code)))?;
            outlines.push((code(&row.code)?, outline));
        }
        let mut successions = Vec::new();
        for row in queries::successions(db).await? {
            successions.push((code(&row.old_code)?, code(&row.new_code)?));
        }
        Ok(Self::new(outlines, &successions))
    }

    /// Built from outlines, and from the pairs (old, new) of municipalities that went over into others.
    pub fn new(
        outlines: impl IntoIterator<Item = (MunicipalityCode, Outline)>,
        successions: &[(MunicipalityCode, MunicipalityCode)],
    ) -> Self {
        let mut known = Self::default();
        for (code, outline) in outlines {
            known.by_code.insert(code, vec![known.shapes.len()]);
            known.shapes.push(Shape::new(outline.rings()));
        }
        let own: Vec<MunicipalityCode> = known.by_code.keys().copied().collect();
        for group in super::succession::groups(successions) {
            let shapes: Vec<usize> = group
                .old
                .iter()
                .filter_map(|code| known.by_code.get(code))
                .flatten()
                .copied()
                .collect();
            for new in group
                .new
                .iter()
                .filter(|new| !own.contains(new) && !shapes.is_empty())
            {
                known.by_code.insert(*new, shapes.clone());
            }
        }
        known
    }

    /// Whether `point` lies in the municipality or at most `tolerance_m` metres outside; `None` where its
    /// outline is not known.
    pub fn contains_within(
        &self,
        code: MunicipalityCode,
        point: Point,
        tolerance_m: f64,
    ) -> Option<bool> {
        let shapes = self.by_code.get(&code)?;
        Some(
            shapes
                .iter()
                .any(|&at| self.shapes[at].contains_within(point, tolerance_m)),
        )
    }
}

impl Shape {
    fn new(rings: Vec<Vec<[f64; 2]>>) -> Self {
        let mut bounds = [
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ];
        for [lng, lat] in rings.iter().flatten() {
            bounds = [
                bounds[0].min(*lng),
                bounds[1].min(*lat),
                bounds[2].max(*lng),
                bounds[3].max(*lat),
            ];
        }
        Self { bounds, rings }
    }

    fn contains_within(&self, point: Point, tolerance_m: f64) -> bool {
        let metres_per_degree = (EARTH_RADIUS_KM * 1000.0).to_radians();
        let scale = [
            metres_per_degree * point.lat.to_radians().cos(),
            metres_per_degree,
        ];
        let [west, south, east, north] = self.bounds;
        let (margin_lng, margin_lat) = (tolerance_m / scale[0], tolerance_m / scale[1]);
        let near = (west - margin_lng..=east + margin_lng).contains(&point.lng)
            && (south - margin_lat..=north + margin_lat).contains(&point.lat);
        near && (self.contains(point) || self.distance_m(point, scale) <= tolerance_m)
    }

    /// Even-odd over all rings, so that a hole is outside.
    fn contains(&self, point: Point) -> bool {
        let crossings = self.edges().filter(|([ax, ay], [bx, by])| {
            (*ay > point.lat) != (*by > point.lat)
                && point.lng < (bx - ax) * (point.lat - ay) / (by - ay) + ax
        });
        crossings.count() % 2 == 1
    }

    /// Metres to the nearest edge on a plane through the point: exact enough for a few kilometres.
    fn distance_m(&self, point: Point, scale: [f64; 2]) -> f64 {
        let local =
            |[lng, lat]: [f64; 2]| [(lng - point.lng) * scale[0], (lat - point.lat) * scale[1]];
        self.edges()
            .map(|(a, b)| distance_from_origin(local(a), local(b)))
            .fold(f64::INFINITY, f64::min)
    }

    fn edges(&self) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
        self.rings
            .iter()
            .flat_map(|ring| ring.windows(2).map(|pair| (pair[0], pair[1])))
    }
}

fn distance_from_origin(a: [f64; 2], b: [f64; 2]) -> f64 {
    let along = [b[0] - a[0], b[1] - a[1]];
    let length2 = along[0] * along[0] + along[1] * along[1];
    let at = if length2 == 0.0 {
        0.0
    } else {
        (-(a[0] * along[0] + a[1] * along[1]) / length2).clamp(0.0, 1.0)
    };
    (a[0] + at * along[0]).hypot(a[1] + at * along[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of 0.1° with a hole of 0.02° in its middle.
    fn outlines() -> Outlines {
        let square = |west: f64, south: f64, size: f64| {
            vec![
                [west, south],
                [west + size, south],
                [west + size, south + size],
                [west, south + size],
                [west, south],
            ]
        };
        let outline = Outline::MultiPolygon {
            coordinates: vec![vec![square(133.0, 35.0, 0.1), square(133.04, 35.04, 0.02)]],
        };
        Outlines::new(
            [(code("31202"), outline)],
            &[(code("31202"), code("31999"))],
        )
    }

    fn code(text: &str) -> MunicipalityCode {
        MunicipalityCode::parse(text).unwrap()
    }

    fn within(municipality: &str, lat: f64, lng: f64) -> Option<bool> {
        outlines().contains_within(code(municipality), Point { lat, lng }, 500.0)
    }

    #[test]
    fn inside_is_inside_and_a_hole_is_not() {
        assert_eq!(within("31202", 35.02, 133.02), Some(true));
        assert_eq!(within("31202", 35.05, 133.05), Some(false));
    }

    #[test]
    fn half_a_kilometre_outside_is_forgiven_and_no_more() {
        // 0.004° of latitude are 445 m, 0.005° are 556 m.
        assert_eq!(within("31202", 34.996, 133.05), Some(true));
        assert_eq!(within("31202", 34.995, 133.05), Some(false));
    }

    #[test]
    fn an_unknown_outline_answers_nothing() {
        assert_eq!(within("31203", 35.02, 133.02), None);
    }

    #[test]
    fn a_successor_has_the_outlines_of_those_before_it() {
        assert_eq!(within("31999", 35.02, 133.02), Some(true));
        assert_eq!(within("31999", 36.0, 133.02), Some(false));
    }
}
