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

/// Rings smaller than this (px²) are specks.
const SPECK: f64 = 150.0;

/// A rectangle: left, top, right, bottom.
type Rectangle = (f64, f64, f64, f64);

/// Places names: the emphasised first, then from the smallest ring to the largest, which has more room to give way;
/// specks come last. A name without room is left out (the tooltip still has it).
pub(super) fn place(map: &Map, spots: &[Spot], projection: &Projection) -> Vec<Label> {
    let mut wishes: Vec<(&Shape, &str, Ring)> = map
        .shapes
        .iter()
        .filter_map(|s| wish(s, projection))
        .collect();
    let last = |ring: &Ring| ring.area < SPECK;
    wishes.sort_by(|a, b| {
        let first = b.0.emphasis.cmp(&a.0.emphasis);
        first
            .then(last(&a.2).cmp(&last(&b.2)))
            .then(a.2.area.total_cmp(&b.2.area))
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
    let mut labels = Vec::new();
    for (shape, name, ring) in wishes {
        let wide = text::width(name, TEXT_SIZE) * if shape.emphasis { 1.05 } else { 1.0 };
        if let Some(((x, y), covered)) = free_place(&ring, wide, frame, &taken, &dots) {
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

/// Of the middle of the ring and the free places around it, the best: near, covering few dots, and inside the ring,
/// lest a name stand in its neighbour. A dot covered weighs as much as 16 px of distance.
fn free_place(
    ring: &Ring,
    wide: f64,
    frame: Rectangle,
    taken: &[Rectangle],
    dots: &[(f64, f64)],
) -> Option<((f64, f64), Rectangle)> {
    let (w, h) = (wide / 2.0, TEXT_SIZE * 0.6);
    let rows = [0.0, -0.7, 0.7, -1.3, 1.3, -2.0, 2.0, -3.0, 3.0, -4.0, 4.0];
    let columns = [0.0, -0.6, 0.6, -1.2, 1.2, -2.0, 2.0, -3.0, 3.0];
    let shifts = rows
        .iter()
        .flat_map(|dy| columns.iter().map(move |dx| (dx * w, dy * TEXT_SIZE * 1.6)));
    let places = shifts
        .into_iter()
        .map(|(dx, dy)| (dx.hypot(dy), (ring.middle.0 + dx, ring.middle.1 + dy)));
    places
        .map(|(away, (x, y))| (away, (x, y), (x - w, y - h, x + w, y + h)))
        .filter(|(_, _, a)| within(*a, frame) && !taken.iter().any(|t| overlap(*t, *a)))
        .map(|(away, at, a)| (away, at, a, ring.holds(at)))
        .filter(|(away, _, _, inside)| *inside || *away <= 1.1 * w.max(2.0 * TEXT_SIZE))
        .map(|(away, at, a, inside)| {
            let covered = dots
                .iter()
                .filter(|d| overlap((d.0 - 3.0, d.1 - 3.0, d.0 + 3.0, d.1 + 3.0), a));
            (
                covered.count() as f64 + away / 16.0 + if inside { 0.0 } else { 6.0 },
                at,
                a,
            )
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, at, a)| (at, a))
}

fn within(a: Rectangle, frame: Rectangle) -> bool {
    a.0 >= frame.0 && a.1 >= frame.1 && a.2 <= frame.2 && a.3 <= frame.3
}

fn overlap(a: Rectangle, b: Rectangle) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

struct Ring {
    points: Vec<(f64, f64)>,
    area: f64,
    middle: (f64, f64),
}

impl Ring {
    /// Whether a point lies inside, by the even-odd rule.
    fn holds(&self, (x, y): (f64, f64)) -> bool {
        let nexts = self.points.iter().skip(1).chain(self.points.first());
        let crossed = self.points.iter().zip(nexts).filter(|(a, b)| {
            (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0
        });
        crossed.count() % 2 == 1
    }
}

fn largest_ring(shape: &Shape, projection: &Projection) -> Option<Ring> {
    let rings = shape
        .rings
        .iter()
        .filter_map(|ring| measure(ring.iter().filter_map(|p| projection.project(*p)).collect()));
    rings.max_by(|a, b| a.area.total_cmp(&b.area))
}

/// Area and centroid of a polygon in px (shoelace); its first corner where it has no area.
fn measure(points: Vec<(f64, f64)>) -> Option<Ring> {
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
        points,
        area: twice.abs() / 2.0,
        middle,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rectangle = (0.0, 0.0, 100.0, 100.0);

    fn square(left: f64, top: f64, side: f64) -> Ring {
        let (right, bottom) = (left + side, top + side);
        measure(vec![
            (left, top),
            (right, top),
            (right, bottom),
            (left, bottom),
        ])
        .expect("has corners")
    }

    #[test]
    fn the_middle_of_a_square_is_its_centroid() {
        let ring = square(2.0, 4.0, 10.0);
        assert_eq!((ring.area, ring.middle), (100.0, (7.0, 9.0)));
        assert!(ring.holds((3.0, 5.0)) && !ring.holds((1.0, 5.0)));
    }

    #[test]
    fn a_name_moves_aside_and_is_dropped_where_nothing_is_free() {
        let ring = square(10.0, 10.0, 80.0);
        let taken = (40.0, 45.0, 60.0, 55.0);
        let (at, covered) = free_place(&ring, 30.0, FRAME, &[taken], &[]).expect("room");
        assert!(!overlap(covered, taken) && ring.holds(at));
        assert!(free_place(&ring, 30.0, FRAME, &[FRAME], &[]).is_none());
    }

    #[test]
    fn a_name_rather_covers_no_dot_and_stays_in_its_shape() {
        let ring = square(10.0, 10.0, 80.0);
        let (at, _) = free_place(&ring, 30.0, FRAME, &[], &[(50.0, 50.0)]).expect("room");
        assert!(at != (50.0, 50.0) && ring.holds(at));
        let small = square(45.0, 45.0, 10.0);
        let (at, _) = free_place(&small, 30.0, FRAME, &[], &[(50.0, 50.0)]).expect("room");
        assert!(small.holds(at));
    }
}
