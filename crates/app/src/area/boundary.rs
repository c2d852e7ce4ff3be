//! Boundaries as arcs that neighbours share: what lies between two members of an area goes when they are
//! joined, and what is simplified stays the same on both sides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use geo::{InteriorPoint, LineString, Polygon, Simplify};
use keniki_base::geo::Point;

use super::outline::Outline;

pub mod geojson;
pub mod topojson;

/// Longitude and latitude in millionths of a degree (about 10 cm): exact to compare.
pub type Vertex = (i32, i32);

/// How far simplified lines may stray, in degrees (about 35 m): invisible on a screen, small against the
/// 500 m that a point may lie outside.
pub const SIMPLIFY_DEGREES: f64 = 0.000_3;

/// Islets below this many square degrees (about 0.03 km²) go, except where they are all there is.
const SMALLEST_ISLET: f64 = 3e-6;

/// Why a file of boundaries cannot be read. `Display` is a Japanese sentence.
#[derive(Debug, thiserror::Error)]
pub enum BoundaryError {
    /// Not the JSON of either format.
    #[error(
        "境界データとして読めません（{line}行目の{column}列目: {cause}）。TopoJSONまたはGeoJSON（国土数値情報N03）を指定してください。"
    )]
    Json {
        /// Line of the file, from 1.
        line: usize,
        /// Column of the line, from 1.
        column: usize,
        /// What the parser met.
        cause: String,
    },
    /// A shape refers to an arc that is not there.
    #[error("TopoJSONの弧の番号{0}がありません。ファイルが途中で切れていないか確かめてください。")]
    NoSuchArc(i64),
    /// A corner outside the world.
    #[error(
        "境界の座標（{lng}, {lat}）は緯度・経度ではありません。測地系がJGD2011（緯度経度）のファイルを指定してください。"
    )]
    NotDegrees {
        /// As given.
        lng: f64,
        /// As given.
        lat: f64,
    },
}

impl From<serde_json::Error> for BoundaryError {
    fn from(error: serde_json::Error) -> Self {
        let cause = if error.is_eof() {
            "途中で終わっています"
        } else {
            "形が違います"
        };
        Self::Json {
            line: error.line(),
            column: error.column(),
            cause: cause.to_owned(),
        }
    }
}

/// One arc of a ring and the direction in which the ring runs along it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ArcUse {
    arc: usize,
    reversed: bool,
}

/// A ring as the arcs that make it.
type Ring = Vec<ArcUse>;

/// A feature of the file.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Its properties that are texts or numbers (`N03_001`, `N03_007`, …).
    pub properties: BTreeMap<String, String>,
    /// Outer rings counterclockwise, holes clockwise.
    rings: Vec<Ring>,
}

/// All shapes of a file over their common arcs.
#[derive(Debug, Clone, Default)]
pub struct Topology {
    arcs: Vec<Vec<Vertex>>,
    /// In the order of the file.
    pub shapes: Vec<Shape>,
}

impl Topology {
    /// Reads TopoJSON or GeoJSON, whichever `text` is, and simplifies it for the screen.
    ///
    /// # Errors
    /// [`BoundaryError`]: neither of the two, cut short, or not in degrees.
    pub fn read(text: &[u8]) -> Result<Self, BoundaryError> {
        let head = &text[..text.len().min(200)];
        let is_topojson = head.windows(10).any(|part| part == b"\"Topology\"");
        let mut topology = if is_topojson {
            topojson::read(text)?
        } else {
            geojson::read(text)?
        };
        topology.simplify();
        Ok(topology)
    }

    fn new(arcs: Vec<Vec<Vertex>>, shapes: Vec<Shape>) -> Self {
        let mut topology = Self { arcs, shapes };
        let mut shapes = std::mem::take(&mut topology.shapes);
        for shape in &mut shapes {
            shape.rings.retain(|ring| topology.area(ring) != 0.0);
        }
        topology.shapes = shapes;
        topology
    }

    /// Turns a polygon's rings so that the first runs counterclockwise and the holes clockwise.
    fn oriented(arcs: &[Vec<Vertex>], mut rings: Vec<Ring>) -> Vec<Ring> {
        for (at, ring) in rings.iter_mut().enumerate() {
            let is_outer = at == 0;
            if (signed_area(&vertices(arcs, ring)) > 0.0) != is_outer {
                ring.reverse();
                ring.iter_mut()
                    .for_each(|part| part.reversed = !part.reversed);
            }
        }
        rings
    }

    fn simplify(&mut self) {
        for arc in &mut self.arcs {
            let line: LineString = arc.iter().map(|&vertex| degrees(vertex)).collect();
            let simple: Vec<Vertex> = line
                .simplify(SIMPLIFY_DEGREES)
                .0
                .iter()
                .map(|c| vertex(c.x, c.y))
                .collect();
            // An island that would become a line stays as it is.
            if arc.first() != arc.last() || simple.len() >= 4 {
                *arc = simple;
            }
        }
    }

    fn area(&self, ring: &Ring) -> f64 {
        signed_area(&vertices(&self.arcs, ring))
    }

    /// The outline of some shapes together: the arcs that occur once among them. `None` where nothing is left.
    pub fn dissolve(&self, shapes: &[usize]) -> Option<Outline> {
        let mut uses: HashMap<usize, Vec<ArcUse>> = HashMap::new();
        for part in shapes
            .iter()
            .flat_map(|&at| self.shapes[at].rings.iter().flatten())
        {
            uses.entry(part.arc).or_default().push(*part);
        }
        let mut once: Vec<ArcUse> = uses
            .into_values()
            .filter(|uses| uses.len() == 1)
            .flatten()
            .collect();
        once.sort_by_key(|part| part.arc);
        let mut rings: Vec<(f64, Vec<Vertex>)> = self
            .stitch(once)
            .into_iter()
            .map(|ring| (signed_area(&ring), ring))
            .filter(|(area, ring)| *area != 0.0 && ring.len() >= 4)
            .collect();
        // Largest island first; the order of equal ones is that of their corners.
        rings.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        polygons(rings)
    }

    /// Joins arcs end to end into closed rings that touch themselves nowhere.
    fn stitch(&self, parts: Vec<ArcUse>) -> Vec<Vec<Vertex>> {
        let mut leaving: HashMap<Vertex, Vec<ArcUse>> = HashMap::new();
        for part in parts.iter().rev() {
            leaving.entry(self.ends(*part).0).or_default().push(*part);
        }
        let mut rings = Vec::new();
        for part in &parts {
            let mut at = self.ends(*part).0;
            let mut path: Vec<ArcUse> = Vec::new();
            while let Some(next) = leaving.get_mut(&at).and_then(Vec::pop) {
                path.push(next);
                at = self.ends(next).1;
                if let Some(begin) = path.iter().position(|part| self.ends(*part).0 == at) {
                    rings.push(vertices(&self.arcs, &path.split_off(begin)));
                }
            }
        }
        rings
    }

    fn ends(&self, part: ArcUse) -> (Vertex, Vertex) {
        let arc = &self.arcs[part.arc];
        let (first, last) = (arc[0], arc[arc.len() - 1]);
        if part.reversed {
            (last, first)
        } else {
            (first, last)
        }
    }

    /// Which groups of shapes touch along a line. `groups` names each shape's group; `None` belongs to none.
    pub fn neighbors<'a>(&self, groups: &[Option<&'a str>]) -> BTreeSet<(&'a str, &'a str)> {
        let mut by_arc: HashMap<usize, BTreeSet<&str>> = HashMap::new();
        for (shape, group) in self.shapes.iter().zip(groups) {
            let Some(group) = group else { continue };
            for part in shape.rings.iter().flatten() {
                by_arc.entry(part.arc).or_default().insert(group);
            }
        }
        let pairs = |found: &BTreeSet<&'a str>| {
            let found: Vec<&'a str> = found.iter().copied().collect();
            found
                .iter()
                .flat_map(|a| found.iter().filter(move |b| a < *b).map(move |b| (*a, *b)))
                .collect::<Vec<_>>()
        };
        by_arc.values().flat_map(pairs).collect()
    }
}

/// Puts holes into the polygons around them.
fn polygons(rings: Vec<(f64, Vec<Vertex>)>) -> Option<Outline> {
    let (outer, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|(area, _)| *area > 0.0);
    let largest = outer.first()?.0;
    let mut polygons: Vec<Vec<Vec<Vertex>>> = outer
        .into_iter()
        .filter(|(area, _)| *area >= SMALLEST_ISLET.min(largest))
        .map(|(_, ring)| vec![ring])
        .collect();
    for (_, hole) in holes {
        // The smallest polygon around it: they are in descending order of size.
        if let Some(around) = polygons
            .iter_mut()
            .rev()
            .find(|polygon| surrounds(&polygon[0], &hole))
        {
            around.push(hole);
        }
    }
    let coordinates = polygons
        .into_iter()
        .map(|rings| {
            rings
                .into_iter()
                .map(|ring| ring.into_iter().map(|v| degrees(v).into()).collect())
                .collect()
        })
        .collect();
    Some(Outline::MultiPolygon { coordinates })
}

/// Even-odd, from the middle of the hole's first edge, which no corner of the other ring shares.
fn surrounds(ring: &[Vertex], hole: &[Vertex]) -> bool {
    let ((ax, ay), (bx, by)) = (degrees(hole[0]), degrees(hole[1]));
    let (x, y) = ((ax + bx) / 2.0, (ay + by) / 2.0);
    let crossings = ring.windows(2).filter(|pair| {
        let ((ax, ay), (bx, by)) = (degrees(pair[0]), degrees(pair[1]));
        (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
    });
    crossings.count() % 2 == 1
}

/// The point inside where a name stands best: in the largest polygon. `None` for an outline without one.
pub fn label(outline: &Outline) -> Option<Point> {
    let Outline::MultiPolygon { coordinates } = outline;
    let line = |ring: &Vec<[f64; 2]>| {
        ring.iter()
            .map(|&[lng, lat]| (lng, lat))
            .collect::<LineString>()
    };
    let (outer, holes) = coordinates.first()?.split_first()?;
    let polygon = Polygon::new(line(outer), holes.iter().map(line).collect());
    let point = polygon.interior_point()?;
    Some(Point {
        lat: point.y(),
        lng: point.x(),
    })
}

fn vertices(arcs: &[Vec<Vertex>], ring: &[ArcUse]) -> Vec<Vertex> {
    let mut all: Vec<Vertex> = Vec::new();
    for part in ring {
        let arc = &arcs[part.arc];
        // The last corner of one arc is the first of the next.
        all.pop();
        if part.reversed {
            all.extend(arc.iter().rev());
        } else {
            all.extend(arc);
        }
    }
    all
}

/// Square degrees, positive counterclockwise.
fn signed_area(ring: &[Vertex]) -> f64 {
    let doubled: i128 = ring
        .windows(2)
        .map(|pair| {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            i128::from(ax) * i128::from(by) - i128::from(bx) * i128::from(ay)
        })
        .sum();
    doubled as f64 / 2e12
}

fn degrees((lng, lat): Vertex) -> (f64, f64) {
    (f64::from(lng) / 1e6, f64::from(lat) / 1e6)
}

/// Only for what is known to be degrees; see [`checked_vertex`].
fn vertex(lng: f64, lat: f64) -> Vertex {
    ((lng * 1e6).round() as i32, (lat * 1e6).round() as i32)
}

fn checked_vertex(lng: f64, lat: f64) -> Result<Vertex, BoundaryError> {
    if lng.abs() <= 180.0 && lat.abs() <= 90.0 {
        Ok(vertex(lng, lat))
    } else {
        Err(BoundaryError::NotDegrees { lng, lat })
    }
}

/// Texts and numbers of a feature's properties; what is null or nested is left out.
fn texts(properties: serde_json::Map<String, serde_json::Value>) -> BTreeMap<String, String> {
    properties
        .into_iter()
        .filter_map(|(name, value)| match value {
            serde_json::Value::String(text) => Some((name, text)),
            serde_json::Value::Number(number) => Some((name, number.to_string())),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
