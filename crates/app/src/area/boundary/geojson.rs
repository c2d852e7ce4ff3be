//! Reads GeoJSON polygons and cuts their rings into the arcs that neighbours share, as TopoJSON has them.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{ArcUse, BoundaryError, Ring, Shape, Topology, Vertex, checked_vertex, texts};

#[derive(Deserialize)]
struct File {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    geometry: Option<Geometry>,
    #[serde(default)]
    properties: Option<serde_json::Map<String, serde_json::Value>>,
}

type Positions = Vec<Vec<f64>>;

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    Polygon {
        coordinates: Vec<Positions>,
    },
    MultiPolygon {
        coordinates: Vec<Vec<Positions>>,
    },
    #[serde(other)]
    NoArea,
}

/// Rings of one feature's polygons: polygon → ring → corners, the first not repeated at the end.
type Polygons = Vec<Vec<Vec<Vertex>>>;

/// Reads every polygon of a feature collection.
///
/// # Errors
/// [`BoundaryError`].
pub fn read(text: &[u8]) -> Result<Topology, BoundaryError> {
    let file: File = serde_json::from_slice(text)?;
    let mut features = Vec::new();
    for feature in file.features {
        let polygons = match feature.geometry {
            Some(Geometry::Polygon { coordinates }) => vec![coordinates],
            Some(Geometry::MultiPolygon { coordinates }) => coordinates,
            Some(Geometry::NoArea) | None => continue,
        };
        let polygons = polygons
            .iter()
            .map(|polygon| corners(polygon))
            .collect::<Result<_, _>>()?;
        features.push((texts(feature.properties.unwrap_or_default()), polygons));
    }
    let junctions = junctions(
        features
            .iter()
            .flat_map(|(_, polygons): &(_, Polygons)| polygons.iter().flatten()),
    );
    let mut cutter = Cutter {
        junctions,
        arcs: Vec::new(),
        known: HashMap::new(),
    };
    let shapes = features
        .into_iter()
        .map(|(properties, polygons)| {
            let rings = polygons
                .into_iter()
                .flat_map(|polygon| {
                    let rings = polygon.iter().map(|ring| cutter.cut(ring)).collect();
                    Topology::oriented(&cutter.arcs, rings)
                })
                .collect();
            Shape { properties, rings }
        })
        .collect();
    Ok(Topology::new(cutter.arcs, shapes))
}

fn corners(polygon: &[Positions]) -> Result<Vec<Vec<Vertex>>, BoundaryError> {
    let mut rings = Vec::new();
    for ring in polygon {
        let mut corners = ring
            .iter()
            .map(|position| match position.as_slice() {
                [lng, lat, ..] => checked_vertex(*lng, *lat),
                _ => Err(BoundaryError::NotDegrees {
                    lng: f64::NAN,
                    lat: f64::NAN,
                }),
            })
            .collect::<Result<Vec<_>, _>>()?;
        corners.dedup();
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        if corners.len() >= 3 {
            rings.push(corners);
        }
    }
    Ok(rings)
}

/// What stands on both sides of a corner, the smaller first.
type Sides = (Vertex, Vertex);

/// The corners where lines meet: those with other neighbours in one ring than in another.
fn junctions<'a>(rings: impl Iterator<Item = &'a Vec<Vertex>>) -> HashSet<Vertex> {
    let mut sides_of: HashMap<Vertex, Sides> = HashMap::new();
    let mut junctions = HashSet::new();
    for ring in rings {
        let n = ring.len();
        for at in 0..n {
            let (before, after) = (ring[(at + n - 1) % n], ring[(at + 1) % n]);
            let sides = (before.min(after), before.max(after));
            let known = *sides_of.entry(ring[at]).or_insert(sides);
            if known != sides {
                junctions.insert(ring[at]);
            }
        }
    }
    junctions
}

struct Cutter {
    junctions: HashSet<Vertex>,
    arcs: Vec<Vec<Vertex>>,
    known: HashMap<Vec<Vertex>, usize>,
}

impl Cutter {
    fn cut(&mut self, ring: &[Vertex]) -> Ring {
        // A ring that meets no other begins at its smallest corner, so that a hole and the island in it are one arc.
        let begin = (0..ring.len())
            .find(|&at| self.junctions.contains(&ring[at]))
            .or_else(|| (0..ring.len()).min_by_key(|&at| ring[at]))
            .unwrap_or(0);
        let mut closed: Vec<Vertex> = ring[begin..]
            .iter()
            .chain(&ring[..begin])
            .copied()
            .collect();
        closed.push(closed[0]);
        let mut uses = Vec::new();
        let mut from = 0;
        for at in 1..closed.len() {
            if at + 1 == closed.len() || self.junctions.contains(&closed[at]) {
                uses.push(self.arc(closed[from..=at].to_vec()));
                from = at;
            }
        }
        uses
    }

    /// The arc's number, in whichever direction it was met first.
    fn arc(&mut self, line: Vec<Vertex>) -> ArcUse {
        let mut backwards = line.clone();
        backwards.reverse();
        if let Some(&arc) = self.known.get(&backwards) {
            return ArcUse {
                arc,
                reversed: true,
            };
        }
        let next = self.arcs.len();
        let arc = *self.known.entry(line.clone()).or_insert(next);
        if arc == next {
            self.arcs.push(line);
        }
        ArcUse {
            arc,
            reversed: false,
        }
    }
}
