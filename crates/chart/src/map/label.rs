//! Writes the names of shapes where they cover no symbol and no other name.

use super::Shape;
use super::cluster::Spot;
use super::projection::Projection;
use crate::text;
use crate::theme::TEXT_SIZE;

/// A name and the middle of its baseline.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) text: String,
    pub(super) bold: bool,
}

/// A rectangle: left, top, right, bottom.
type Rectangle = (f64, f64, f64, f64);

/// Places names, the emphasised first, then by the area of the largest ring. Each tries the middle of its largest
/// ring, then around it; a name without room is left out (the tooltip still has it).
pub(super) fn place(
    shapes: &[Shape],
    spots: &[Spot],
    projection: &Projection,
) -> Vec<(usize, Label)> {
    let mut wishes: Vec<(usize, &Shape, Ring)> = shapes
        .iter()
        .enumerate()
        .filter_map(|(i, s)| {
            s.label.as_ref().filter(|l| !l.is_empty())?;
            largest_ring(s, projection).map(|ring| (i, s, ring))
        })
        .collect();
    wishes.sort_by(|a, b| {
        b.1.emphasis
            .cmp(&a.1.emphasis)
            .then(b.2.area.total_cmp(&a.2.area))
            .then(a.0.cmp(&b.0))
    });

    let (left, top, width, height) = projection.area();
    let frame = (
        left + 2.0,
        top + 2.0,
        left + width - 2.0,
        top + height - 2.0,
    );
    let mut taken: Vec<Rectangle> = spots
        .iter()
        .map(|s| {
            (
                s.x - s.radius(),
                s.y - s.radius(),
                s.x + s.radius(),
                s.y + s.radius(),
            )
        })
        .collect();
    taken.push((left + width - 38.0, top, left + width, top + 50.0));
    taken.push((
        left,
        top + height - 36.0,
        left + width * 0.25 + 20.0,
        top + height,
    ));
    let mut labels = Vec::new();
    for (i, shape, ring) in wishes {
        let name = shape.label.clone().unwrap_or_default();
        let bold = shape.emphasis;
        let wide = text::width(&name, TEXT_SIZE) * if bold { 1.05 } else { 1.0 };
        if let Some((middle, covered)) = free_place(ring.middle, wide, frame, &taken) {
            taken.push(covered);
            labels.push((
                i,
                Label {
                    x: middle.0,
                    y: middle.1 + TEXT_SIZE * 0.36,
                    text: name,
                    bold,
                },
            ));
        }
    }
    labels
}

/// Tries the middle, then up, down, left and right by steps of a line.
fn free_place(
    (x, y): (f64, f64),
    wide: f64,
    frame: Rectangle,
    taken: &[Rectangle],
) -> Option<((f64, f64), Rectangle)> {
    let (w, h) = (wide / 2.0, TEXT_SIZE * 0.6);
    let shifts = [
        (0.0, 0.0),
        (0.0, -1.4),
        (0.0, 1.4),
        (0.6, -0.7),
        (-0.6, -0.7),
        (0.6, 0.7),
        (-0.6, 0.7),
        (1.0, 0.0),
        (-1.0, 0.0),
        (0.0, -2.6),
        (0.0, 2.6),
    ];
    shifts.iter().find_map(|(dx, dy)| {
        let (x, y) = (x + dx * w, y + dy * 2.0 * h * 0.8);
        let covered = (x - w, y - h, x + w, y + h);
        let inside = covered.0 >= frame.0
            && covered.1 >= frame.1
            && covered.2 <= frame.2
            && covered.3 <= frame.3;
        (inside && !taken.iter().any(|t| overlap(*t, covered))).then_some(((x, y), covered))
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
    let rings = shape.rings.iter().map(|ring| {
        let points: Vec<(f64, f64)> = ring.iter().filter_map(|p| projection.project(*p)).collect();
        middle(&points)
    });
    rings.flatten().max_by(|a, b| a.area.total_cmp(&b.area))
}

/// Area and centroid of a polygon in px (shoelace); the mean of its corners where it has no area.
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
    let middle = if twice.abs() < 1e-9 {
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

    #[test]
    fn the_middle_of_a_square_is_its_centroid() {
        let ring = middle(&[(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0)]).expect("has corners");
        assert_eq!((ring.area, ring.middle), (8.0, (2.0, 1.0)));
    }

    #[test]
    fn a_name_moves_aside_and_is_dropped_where_nothing_is_free() {
        let frame = (0.0, 0.0, 100.0, 100.0);
        let (moved, _) =
            free_place((50.0, 50.0), 30.0, frame, &[(40.0, 45.0, 60.0, 55.0)]).expect("room above");
        assert!(moved.1 < 45.0);
        assert!(free_place((50.0, 50.0), 30.0, frame, &[frame]).is_none());
    }
}
