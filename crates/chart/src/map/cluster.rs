//! Draws symbols that would overlap as one with a count.

use std::collections::BTreeMap;

use super::Marker;
use super::projection::{Extent, Projection};
use crate::theme::{self, Symbol};

/// A symbol as it is drawn.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
    /// `None` where several kinds stand together.
    pub(super) symbol: Option<Symbol>,
    pub(super) count: u32,
    pub(super) title: String,
    pub(super) href: Option<String>,
}

impl Spot {
    /// Radius in px; the area of a group grows with its count.
    pub(super) fn radius(&self) -> f64 {
        if self.count > 1 {
            let digits = theme::number(f64::from(self.count), 0).len() as f64;
            (8.0 + f64::from(self.count).sqrt())
                .clamp(4.0 * digits + 6.0, 26.0_f64.max(4.0 * digits + 6.0))
        } else {
            7.0
        }
    }
}

/// Groups markers so that no two spots stand nearer than `px`; also counts the things outside the frame.
///
/// The first marker of a group is its anchor, so the result depends on the order given and on nothing else.
pub(super) fn group(
    markers: &[Marker],
    projection: &Projection,
    px: Option<f64>,
    href: Option<&str>,
) -> (Vec<Spot>, u64) {
    let px = px.filter(|p| p.is_finite() && *p >= 1.0);
    let mut groups: Vec<((f64, f64), Vec<&Marker>)> = Vec::new();
    let mut cells: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    let mut outside = 0;
    for marker in markers {
        let Some(at) = projection.point(marker.lng, marker.lat) else {
            outside += u64::from(marker.count.unwrap_or(1));
            continue;
        };
        match px.and_then(|px| nearest(&groups, &cells, at, px)) {
            Some(near) => groups[near].1.push(marker),
            None => {
                cells
                    .entry(cell(at, px.unwrap_or(1.0)))
                    .or_default()
                    .push(groups.len());
                groups.push((at, vec![marker]));
            }
        }
    }
    (
        groups
            .into_iter()
            .map(|(at, members)| spot(at, &members, href))
            .collect(),
        outside,
    )
}

fn cell((x, y): (f64, f64), px: f64) -> (i64, i64) {
    ((x / px).floor() as i64, (y / px).floor() as i64)
}

fn nearest(
    groups: &[((f64, f64), Vec<&Marker>)],
    cells: &BTreeMap<(i64, i64), Vec<usize>>,
    at: (f64, f64),
    px: f64,
) -> Option<usize> {
    let (cx, cy) = cell(at, px);
    let around = (cx - 1..=cx + 1).flat_map(|x| (cy - 1..=cy + 1).map(move |y| (x, y)));
    let distance = |i: usize| (groups[i].0.0 - at.0).hypot(groups[i].0.1 - at.1);
    let near = around.filter_map(|c| cells.get(&c)).flatten().copied();
    near.filter(|i| distance(*i) < px)
        .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
}

fn spot((x, y): (f64, f64), members: &[&Marker], href: Option<&str>) -> Spot {
    let first = members[0];
    let count = members.iter().fold(0u32, |sum, m| {
        sum.saturating_add(m.count.unwrap_or(1).max(1))
    });
    if members.len() == 1 {
        return Spot {
            x,
            y,
            symbol: Some(first.symbol),
            count,
            title: first.title.clone(),
            href: first.href.clone(),
        };
    }
    let alike = members.iter().all(|m| m.symbol == first.symbol);
    let names: Vec<&str> = members.iter().take(3).map(|m| m.title.as_str()).collect();
    let more = if members.len() > 3 { "…" } else { "" };
    let title = format!(
        "{}{}：{}{more}",
        theme::number(f64::from(count), 0),
        theme::THINGS,
        names.join("、")
    );
    let href = href.map(|template| template.replace("{bbox}", &bbox(members)));
    Spot {
        x,
        y,
        symbol: alike.then_some(first.symbol),
        count,
        title,
        href,
    }
}

fn bbox(members: &[&Marker]) -> String {
    let e = Extent::around(members.iter().map(|m| (m.lng, m.lat)));
    format!("{:.5},{:.5},{:.5},{:.5}", e.west, e.south, e.east, e.north)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Width;
    use proptest::prelude::*;

    fn marker(lng: f64, lat: f64, symbol: Symbol) -> Marker {
        Marker {
            lng,
            lat,
            symbol,
            title: "m".into(),
            href: None,
            count: None,
        }
    }

    fn frame() -> Projection {
        Projection::new(
            Extent {
                west: 133.0,
                south: 35.0,
                east: 134.0,
                north: 36.0,
            },
            (0.0, 0.0),
            Width::Page,
        )
    }

    #[test]
    fn a_group_leads_to_the_extent_of_its_members() {
        let markers = [
            marker(133.5, 35.5, Symbol::Circle),
            marker(133.501, 35.502, Symbol::Square),
        ];
        let (spots, _) = group(&markers, &frame(), Some(24.0), Some("?bbox={bbox}"));
        assert_eq!(spots.len(), 1);
        assert_eq!(
            spots[0].href.as_deref(),
            Some("?bbox=133.50000,35.50000,133.50100,35.50200")
        );
        assert_eq!((spots[0].count, spots[0].symbol), (2, None));
    }

    #[test]
    fn what_lies_outside_the_frame_is_counted() {
        let markers = [
            marker(133.5, 35.5, Symbol::Circle),
            marker(0.0, 0.0, Symbol::Circle),
        ];
        let (spots, outside) = group(&markers, &frame(), None, None);
        assert_eq!((spots.len(), outside), (1, 1));
    }

    proptest! {
        #[test]
        fn no_two_spots_overlap_and_none_is_lost(points in prop::collection::vec((133.0..134.0, 35.0..36.0), 0..80)) {
            let markers: Vec<Marker> = points.into_iter().map(|(lng, lat)| marker(lng, lat, Symbol::Circle)).collect();
            let (spots, outside) = group(&markers, &frame(), Some(40.0), None);
            prop_assert_eq!(outside, 0);
            prop_assert_eq!(spots.iter().map(|s| s.count as usize).sum::<usize>(), markers.len());
            for (i, a) in spots.iter().enumerate() {
                for b in &spots[..i] {
                    prop_assert!((a.x - b.x).hypot(a.y - b.y) >= 40.0);
                }
            }
        }
    }
}
