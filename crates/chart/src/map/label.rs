//! Writes the names of shapes where they cover no symbol, no other name, and as few dots as can be.

use super::cluster::Spot;
use super::projection::Projection;
use super::{Fill, Map, Shape, class_colour};
use crate::svg::{LABEL, Style};
use crate::text;
use crate::theme::{PAPER, TEXT_SIZE};

/// A name and the middle of its baseline.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) text: String,
    pub(super) style: Style,
}

/// A rectangle: left, top, right, bottom.
type Rectangle = (f64, f64, f64, f64);

/// Places names, the emphasised first, then by the area of the largest ring. Each tries the middle of its largest
/// ring, then around it; a name without room is left out (the tooltip still has it).
pub(super) fn place(map: &Map, spots: &[Spot], projection: &Projection) -> Vec<Label> {
    let mut wishes: Vec<(&Shape, &str, Ring)> = map
        .shapes
        .iter()
        .filter_map(|s| wish(s, projection))
        .collect();
    wishes.sort_by(|a, b| {
        b.0.emphasis
            .cmp(&a.0.emphasis)
            .then(b.2.area.total_cmp(&a.2.area))
    });
    let dots: Vec<(f64, f64)> = map
        .places
        .iter()
        .filter_map(|p| projection.point(p.lng, p.lat))
        .collect();
    let (left, top, width, height) = projection.area();
    let frame = (
        left + 2.0,
        top + 2.0,
        left + width - 2.0,
        top + height - 2.0,
    );
    let mut taken: Vec<Rectangle> = spots.iter().map(around).collect();
    taken.push((left + width - 38.0, top, left + width, top + 50.0));
    taken.push((
        left,
        top + height - 36.0,
        left + width * 0.25 + 20.0,
        top + height,
    ));
    let mut labels = Vec::new();
    for (shape, name, ring) in wishes {
        let wide = text::width(name, TEXT_SIZE) * if shape.emphasis { 1.05 } else { 1.0 };
        if let Some(((x, y), covered)) = free_place(ring.middle, wide, frame, &taken, &dots) {
            taken.push(covered);
            labels.push(Label {
                x,
                y: y + TEXT_SIZE * 0.36,
                text: name.to_owned(),
                style: style(shape),
            });
        }
    }
    labels
}

fn wish<'a>(shape: &'a Shape, projection: &Projection) -> Option<(&'a Shape, &'a str, Ring)> {
    let name = shape.label.as_deref().filter(|l| !l.is_empty())?;
    Some((shape, name, largest_ring(shape, projection)?))
}

fn around(spot: &Spot) -> Rectangle {
    let r = spot.radius();
    (spot.x - r, spot.y - r, spot.x + r, spot.y + r)
}

/// White on the two dark classes, dark elsewhere; the rim has the colour of the ground.
fn style(shape: &Shape) -> Style {
    let style = LABEL.middle().bold(shape.emphasis);
    match shape.fill {
        Fill::Class(class) if class >= 3 => Style {
            rim: Some(class_colour(class)),
            ..style.filled(PAPER)
        },
        Fill::Class(_) | Fill::None | Fill::Unknown => style.rimmed(),
    }
}

/// Of the middle and the places around it, the first that is free and covers the fewest dots.
fn free_place(
    (x, y): (f64, f64),
    wide: f64,
    frame: Rectangle,
    taken: &[Rectangle],
    dots: &[(f64, f64)],
) -> Option<((f64, f64), Rectangle)> {
    const SHIFTS: [(f64, f64); 11] = [
        (0.0, 0.0),
        (0.0, -0.7),
        (0.0, 0.7),
        (0.6, -0.35),
        (-0.6, -0.35),
        (0.6, 0.35),
        (-0.6, 0.35),
        (1.0, 0.0),
        (-1.0, 0.0),
        (0.0, -1.3),
        (0.0, 1.3),
    ];
    let (w, h) = (wide / 2.0, TEXT_SIZE * 0.6);
    let places = SHIFTS
        .iter()
        .map(|(dx, dy)| (x + dx * w, y + dy * TEXT_SIZE * 1.6));
    let areas = places.map(|(x, y)| ((x, y), (x - w, y - h, x + w, y + h)));
    areas
        .filter(|(_, a)| a.0 >= frame.0 && a.1 >= frame.1 && a.2 <= frame.2 && a.3 <= frame.3)
        .filter(|(_, a)| !taken.iter().any(|t| overlap(*t, *a)))
        .min_by_key(|(_, a)| {
            dots.iter()
                .filter(|d| overlap((d.0 - 3.0, d.1 - 3.0, d.0 + 3.0, d.1 + 3.0), *a))
                .count()
        })
}

fn overlap(a: Rectangle, b: Rectangle) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

struct Ring {
    area: f64,
    middle: (f64, f64),
}

fn largest_ring(shape: &Shape, projection: &Projection) -> Option<Ring> {
    let rings = shape.rings.iter().filter_map(|ring| {
        let points: Vec<(f64, f64)> = ring.iter().filter_map(|p| projection.project(*p)).collect();
        middle(&points)
    });
    rings.max_by(|a, b| a.area.total_cmp(&b.area))
}

/// Area and centroid of a polygon in px (shoelace); its first corner where it has no area.
fn middle(points: &[(f64, f64)]) -> Option<Ring> {
    let first = *points.first()?;
    let (mut twice, mut x, mut y) = (0.0, 0.0, 0.0);
    for (i, a) in points.iter().enumerate() {
        let b = points.get(i + 1).unwrap_or(&first);
        let (a, b) = (
            (a.0 - first.0, a.1 - first.1),
            (b.0 - first.0, b.1 - first.1),
        );
        let cross = a.0 * b.1 - b.0 * a.1;
        twice += cross;
        x += (a.0 + b.0) * cross;
        y += (a.1 + b.1) * cross;
    }
    let flat = twice.abs() < 1e-9;
    let middle = if flat {
        first
    } else {
        (first.0 + x / (3.0 * twice), first.1 + y / (3.0 * twice))
    };
    Some(Ring {
        area: twice.abs() / 2.0,
        middle,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rectangle = (0.0, 0.0, 100.0, 100.0);

    #[test]
    fn the_middle_of_a_square_is_its_centroid() {
        let ring = middle(&[(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0)]).expect("has corners");
        assert_eq!((ring.area, ring.middle), (8.0, (2.0, 1.0)));
    }

    #[test]
    fn a_name_moves_aside_and_is_dropped_where_nothing_is_free() {
        let (moved, _) =
            free_place((50.0, 50.0), 30.0, FRAME, &[(40.0, 45.0, 60.0, 55.0)], &[]).expect("room");
        assert!(moved != (50.0, 50.0));
        assert!(free_place((50.0, 50.0), 30.0, FRAME, &[FRAME], &[]).is_none());
    }

    #[test]
    fn a_name_rather_covers_no_dot() {
        let (moved, _) = free_place((50.0, 50.0), 30.0, FRAME, &[], &[(50.0, 50.0)]).expect("room");
        assert!(moved != (50.0, 50.0));
    }
}
