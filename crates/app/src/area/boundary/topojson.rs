//! Decodes TopoJSON: arcs quantised and as differences, polygons as numbers of arcs (`~n`: backwards).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{ArcUse, BoundaryError, Ring, Shape, Topology, Vertex, checked_vertex, texts};

#[derive(Deserialize)]
struct File {
    transform: Option<Transform>,
    arcs: Vec<Vec<Vec<f64>>>,
    objects: BTreeMap<String, Object>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

type Properties = serde_json::Map<String, serde_json::Value>;

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Object {
    GeometryCollection {
        geometries: Vec<Object>,
    },
    Polygon {
        arcs: Vec<Vec<i64>>,
        #[serde(default)]
        properties: Properties,
    },
    MultiPolygon {
        arcs: Vec<Vec<Vec<i64>>>,
        #[serde(default)]
        properties: Properties,
    },
    #[serde(other)]
    NoArea,
}

/// Reads every polygon of every object.
///
/// # Errors
/// [`BoundaryError`].
pub fn read(text: &[u8]) -> Result<Topology, BoundaryError> {
    let file: File = serde_json::from_slice(text)?;
    let arcs = file
        .arcs
        .iter()
        .map(|arc| decode(arc, file.transform.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    let mut shapes = Vec::new();
    for object in file.objects.into_values() {
        add_shapes(&arcs, object, &mut shapes)?;
    }
    Ok(Topology::new(arcs, shapes))
}

fn decode(arc: &[Vec<f64>], transform: Option<&Transform>) -> Result<Vec<Vertex>, BoundaryError> {
    let (mut x, mut y) = (0.0, 0.0);
    arc.iter()
        .map(|position| {
            let (dx, dy) = match position.as_slice() {
                [dx, dy, ..] => (*dx, *dy),
                _ => {
                    return Err(BoundaryError::NotDegrees {
                        lng: f64::NAN,
                        lat: f64::NAN,
                    });
                }
            };
            let Some(Transform { scale, translate }) = transform else {
                return checked_vertex(dx, dy);
            };
            x += dx;
            y += dy;
            checked_vertex(x * scale[0] + translate[0], y * scale[1] + translate[1])
        })
        .collect()
}

fn add_shapes(
    arcs: &[Vec<Vertex>],
    object: Object,
    shapes: &mut Vec<Shape>,
) -> Result<(), BoundaryError> {
    let (polygons, properties) = match object {
        Object::GeometryCollection { geometries } => {
            return geometries
                .into_iter()
                .try_for_each(|one| add_shapes(arcs, one, shapes));
        }
        Object::Polygon { arcs, properties } => (vec![arcs], properties),
        Object::MultiPolygon { arcs, properties } => (arcs, properties),
        Object::NoArea => return Ok(()),
    };
    let mut rings = Vec::new();
    for polygon in polygons {
        let polygon = polygon
            .iter()
            .map(|ring| arc_uses(arcs, ring))
            .collect::<Result<Vec<Ring>, _>>()?;
        rings.extend(Topology::oriented(arcs, polygon));
    }
    shapes.push(Shape {
        properties: texts(properties),
        rings,
    });
    Ok(())
}

fn arc_uses(arcs: &[Vec<Vertex>], ring: &[i64]) -> Result<Ring, BoundaryError> {
    ring.iter()
        .map(|&number| {
            let reversed = number < 0;
            let index = if reversed { !number } else { number };
            usize::try_from(index)
                .ok()
                .filter(|&arc| arcs.get(arc).is_some_and(|arc| arc.len() >= 2))
                .map(|arc| ArcUse { arc, reversed })
                .ok_or(BoundaryError::NoSuchArc(number))
        })
        .collect()
}
