//! The ground of an invented area: an outline in the open Pacific and its five municipalities.
//!
//! Areas fill a grid of cells east of 143.5° E, where no land lies (小笠原諸島 end at 142.3°, 南鳥島 is at
//! 154.0°), so that no invented place can be taken for a real one. Borders are broken lines drawn once and
//! used by both neighbours, corner by corner the same.

use std::f64::consts::TAU;

use keniki_base::geo::Point;

use super::dice::Dice;

/// Areas in one invented prefecture: a block of 4 × 4 cells.
pub const AREAS_PER_PREFECTURE: u32 = 16;
/// Invented prefectures that have room: 4 × 10 blocks.
pub const PREFECTURES: u32 = 40;

const WEST: f64 = 143.5;
const SOUTH: f64 = 20.5;
/// Size of a cell in degrees: about 50 km × 55 km.
const CELL_LNG: f64 = 0.55;
const CELL_LAT: f64 = 0.5;
/// The first prefecture lies at the latitude of Tokyo's outer sea, the next ones north and then south of it.
const FIRST_BLOCK_ROW: u32 = 6;

/// Straight pieces of one side of an area's outline.
const SIDE: usize = 64;
const AROUND: usize = 4 * SIDE;

/// A closed line: the last point repeats the first; counter-clockwise.
pub type Ring = Vec<Point>;

/// The ground of one area.
#[derive(Debug, Clone, PartialEq)]
pub struct Land {
    /// The whole.
    pub outline: Ring,
    /// The main city, the second city, a town on the coast between them, and two in the hills.
    pub municipalities: [Ring; 5],
}

/// A place in cells of the grid: x east, y north.
type Spot = (f64, f64);

/// Draws the land of area number `index` (0 …).
pub fn draw(seed: u64, index: u32) -> Land {
    let (column, row) = cell(index);
    let outline = outline(seed, column, row);
    let mut dice = Dice::new(seed, "borders", index.into());
    let mirrored = dice.chance(0.5);
    let mut inside = |x: f64, y: f64| {
        let (x, y) = (x + dice.between(-0.06, 0.06), y + dice.between(-0.06, 0.06));
        within(&outline, if mirrored { 1.0 - x } else { x }, y)
    };
    let [p, q, r] = [(0.36, 0.41), (0.52, 0.58), (0.69, 0.43)].map(|(x, y)| inside(x, y));
    let mut landing = |at: i64, seen_from: Spot| {
        let at = at + dice.whole(-5, 5);
        nearest_in_sight(
            &outline,
            if mirrored { SIDE as i64 - at } else { at },
            seen_from,
        )
    };
    let (south1, west, north) = (landing(22, p), landing(222, p), landing(160, q));
    let (east, south2) = (landing(100, r), landing(46, r));
    let mut drawn = vec![ring_of(&outline)];
    let mut border = |from: Spot, to: Spot| {
        let line = broken_line(&mut dice, from, to, 5, &drawn);
        drawn.push(line.clone());
        line
    };
    let p_south = border(p, outline[south1]);
    let p_west = border(p, outline[west]);
    let p_q = border(p, q);
    let q_north = border(q, outline[north]);
    let q_r = border(q, r);
    let r_east = border(r, outline[east]);
    let r_south = border(r, outline[south2]);
    let coast = |from: usize, to: usize| -> Vec<Spot> {
        let step = if mirrored { AROUND - 1 } else { 1 };
        let mut at = from;
        let mut line = vec![outline[at]];
        while at != to {
            at = (at + step) % AROUND;
            line.push(outline[at]);
        }
        line
    };
    let back = |line: &[Spot]| line.iter().rev().copied().collect::<Vec<_>>();
    let city = ring(&[&coast(west, south1), &back(&p_south), &p_west]);
    let coast_town = ring(&[
        &coast(south1, south2),
        &back(&r_south),
        &back(&q_r),
        &back(&p_q),
        &p_south,
    ]);
    let second_city = ring(&[&coast(south2, east), &back(&r_east), &r_south]);
    let hills_east = ring(&[&coast(east, north), &back(&q_north), &q_r, &r_east]);
    let hills_west = ring(&[&coast(north, west), &back(&p_west), &p_q, &q_north]);
    Land {
        municipalities: [city, second_city, coast_town, hills_east, hills_west],
        outline: ring(&[&ring_of(&outline)]),
    }
}

/// The corner of the coast nearest to number `around` that a straight line from `spot` reaches over land.
fn nearest_in_sight(outline: &[Spot], around: i64, spot: Spot) -> usize {
    let coast = ring_of(outline);
    let number = |at: i64| at.rem_euclid(AROUND as i64) as usize;
    (0..20)
        .flat_map(|away| [around + away, around - away])
        .map(number)
        .find(|at| !crosses(&[spot, outline[*at]], &coast))
        .unwrap_or(number(around))
}

/// Column and row of the cell of area number `index`: blocks of 4 × 4 are prefectures.
fn cell(index: u32) -> (u32, u32) {
    let (block, within) = (index / AREAS_PER_PREFECTURE, index % AREAS_PER_PREFECTURE);
    let rows = PREFECTURES / 4;
    let (block_column, block_row) = (block / rows, (block + FIRST_BLOCK_ROW) % rows);
    (block_column * 4 + within % 4, block_row * 4 + within / 4)
}

/// Numbers of the areas that touch area number `index` along a side.
pub fn neighbors(index: u32) -> Vec<u32> {
    let (column, row) = cell(index);
    let touches = |other: &u32| {
        let (c, r) = cell(*other);
        column.abs_diff(c) + row.abs_diff(r) == 1
    };
    (0..AREAS_PER_PREFECTURE * PREFECTURES)
        .filter(touches)
        .collect()
}

/// The outline of a cell, counter-clockwise from its south-western corner, [`SIDE`] pieces a side.
fn outline(seed: u64, column: u32, row: u32) -> Vec<Spot> {
    let back = |line: Vec<Spot>| line.into_iter().rev().collect();
    let sides: [Vec<Spot>; 4] = [
        eastward(seed, column, row),
        northward(seed, column + 1, row),
        back(eastward(seed, column, row + 1)),
        back(northward(seed, column, row)),
    ];
    sides
        .iter()
        .flat_map(|side| &side[..SIDE])
        .copied()
        .collect()
}

/// The side from a corner of the grid to the next one east, whichever of its two neighbours asks.
fn eastward(seed: u64, x: u32, y: u32) -> Vec<Spot> {
    let mut dice = Dice::new(seed, "eastward", grid_number(x, y));
    broken_line(
        &mut dice,
        corner(seed, x, y),
        corner(seed, x + 1, y),
        SIDE.ilog2(),
        &[],
    )
}

/// The side from a corner of the grid to the next one north; it keeps clear of the sides eastward.
fn northward(seed: u64, x: u32, y: u32) -> Vec<Spot> {
    let mut dice = Dice::new(seed, "northward", grid_number(x, y));
    let others: Vec<_> = [
        (x.checked_sub(1), y),
        (Some(x), y),
        (x.checked_sub(1), y + 1),
        (Some(x), y + 1),
    ]
    .into_iter()
    .filter_map(|(x, y)| Some(eastward(seed, x?, y)))
    .collect();
    broken_line(
        &mut dice,
        corner(seed, x, y),
        corner(seed, x, y + 1),
        SIDE.ilog2(),
        &others,
    )
}

fn corner(seed: u64, x: u32, y: u32) -> Spot {
    let mut dice = Dice::new(seed, "corner", grid_number(x, y));
    swung(
        seed,
        (
            f64::from(x) + dice.between(-0.1, 0.1),
            f64::from(y) + dice.between(-0.1, 0.1),
        ),
    )
}

/// The place that lies in the bent cell as (u, v) lies in a square (a bilinearly blended Coons patch).
fn within(outline: &[Spot], u: f64, v: f64) -> Spot {
    let side = |first: usize, along: f64| {
        outline[(first + (along * SIDE as f64).round() as usize) % AROUND]
    };
    let (south, north) = (side(0, u), side(2 * SIDE, 1.0 - u));
    let (east, west) = (side(SIDE, v), side(3 * SIDE, 1.0 - v));
    let blend = |of: fn(Spot) -> f64| {
        let corners = (1.0 - u) * ((1.0 - v) * of(outline[0]) + v * of(outline[3 * SIDE]))
            + u * ((1.0 - v) * of(outline[SIDE]) + v * of(outline[2 * SIDE]));
        (1.0 - v) * of(south) + v * of(north) + (1.0 - u) * of(west) + u * of(east) - corners
    };
    (blend(|spot| spot.0), blend(|spot| spot.1))
}

/// Swings the grid in waves, the same everywhere, so that cells are no boxes and still fit together.
fn swung(seed: u64, (x, y): Spot) -> Spot {
    let mut dice = Dice::new(seed, "swing", 0);
    let [a, b, c, d] = [0; 4].map(|_| dice.between(0.0, TAU));
    (
        x + 0.10 * (y * 4.3 + a).sin() + 0.05 * (x * 5.1 + b).sin(),
        y + 0.10 * (x * 4.1 + c).sin() + 0.05 * (y * 5.3 + d).sin(),
    )
}

fn grid_number(x: u32, y: u32) -> u64 {
    u64::from(x) << 32 | u64::from(y)
}

/// A ragged line from `from` to `to` in 2^`halvings` pieces that crosses neither itself nor one of `others`;
/// the more often it fails, the straighter it is drawn.
fn broken_line(
    dice: &mut Dice,
    from: Spot,
    to: Spot,
    halvings: u32,
    others: &[Vec<Spot>],
) -> Vec<Spot> {
    let mut sway = 0.17;
    loop {
        let line = bend(dice, from, to, halvings, sway);
        if !crosses(&line, &line) && !others.iter().any(|other| crosses(&line, other)) {
            return line;
        }
        sway *= 0.8;
        if sway < 0.005 {
            return bend(dice, from, to, halvings, 0.0);
        }
    }
}

/// Halves the line again and again, each middle pushed aside by up to `sway` of its piece's length.
fn bend(dice: &mut Dice, from: Spot, to: Spot, halvings: u32, sway: f64) -> Vec<Spot> {
    let mut line = vec![from, to];
    for halving in 0..halvings {
        // The first bend is gentle, the later ones make the coast ragged; near its ends, where other
        // lines begin, the line keeps its direction.
        let sway = if halving == 0 { sway } else { sway * 1.25 };
        let last = line.len() - 2;
        let mut finer = Vec::with_capacity(line.len() * 2);
        for (at, pair) in line.windows(2).enumerate() {
            let (a, b) = (pair[0], pair[1]);
            let aside = dice.between(-sway, sway) * if at == 0 || at == last { 0.5 } else { 1.0 };
            finer.push(a);
            finer.push((
                (a.0 + b.0) / 2.0 - (b.1 - a.1) * aside,
                (a.1 + b.1) / 2.0 + (b.0 - a.0) * aside,
            ));
        }
        finer.push(to);
        line = finer;
    }
    line
}

/// Whether a piece of `a` cuts through one of `b`; touching at an end does not count.
fn crosses(a: &[Spot], b: &[Spot]) -> bool {
    let side = |p: Spot, q: Spot, r: Spot| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
    let cut = |p: &[Spot], q: &[Spot]| {
        side(p[0], p[1], q[0]) * side(p[0], p[1], q[1]) < 0.0
            && side(q[0], q[1], p[0]) * side(q[0], q[1], p[1]) < 0.0
    };
    a.windows(2).any(|p| b.windows(2).any(|q| cut(p, q)))
}

/// The line with its first point repeated at the end.
fn ring_of(line: &[Spot]) -> Vec<Spot> {
    line.iter().chain(&line[..1]).copied().collect()
}

/// Joins lines that each begin where the one before ended, and the last where the first began.
fn ring(lines: &[&[Spot]]) -> Ring {
    let mut ring: Ring = Vec::new();
    for line in lines {
        for spot in *line {
            let point = on_earth(*spot);
            if ring.last() != Some(&point) {
                ring.push(point);
            }
        }
    }
    if signed_area(&ring) < 0.0 {
        ring.reverse();
    }
    ring
}

/// Degrees with five decimals (1 m), so that both sides of a border round alike.
fn on_earth((x, y): Spot) -> Point {
    Point {
        lat: five_decimals(SOUTH + y * CELL_LAT),
        lng: five_decimals(WEST + x * CELL_LNG),
    }
}

/// Rounds degrees to about a metre.
pub fn five_decimals(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

/// Square degrees inside a closed ring; positive where it runs counter-clockwise.
pub fn signed_area(ring: &[Point]) -> f64 {
    ring.windows(2)
        .map(|pair| pair[0].lng * pair[1].lat - pair[1].lng * pair[0].lat)
        .sum::<f64>()
        / 2.0
}

/// Whether `point` lies inside the closed `ring` (even-odd rule).
pub fn holds(ring: &[Point], point: Point) -> bool {
    let mut inside = false;
    for pair in ring.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let crosses = (a.lat > point.lat) != (b.lat > point.lat);
        if crosses && point.lng < a.lng + (point.lat - a.lat) / (b.lat - a.lat) * (b.lng - a.lng) {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests;
