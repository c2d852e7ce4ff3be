//! Degrees to pixels and kilometres.

use crate::svg::number;
use crate::theme::{MARGIN, Width};

/// Kilometres of one degree of latitude on the mean sphere (radius 6,371.0088 km, IUGG).
const KM_PER_DEGREE: f64 = 111.195_08;

/// A map is at most this high (px), to fit a screen and a sheet with its legend.
const TALLEST: f64 = 680.0;

/// A rectangle of degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// Least longitude.
    pub west: f64,
    /// Least latitude.
    pub south: f64,
    /// Greatest longitude.
    pub east: f64,
    /// Greatest latitude.
    pub north: f64,
}

impl Extent {
    /// The least extent around points of (longitude, latitude); points that lie nowhere on Earth don't count.
    /// Without any, one degree around the origin.
    #[must_use]
    pub fn around(points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut points = points.into_iter().filter(|p| on_earth(*p));
        let Some((lng, lat)) = points.next() else {
            return Self {
                west: -0.5,
                south: -0.5,
                east: 0.5,
                north: 0.5,
            };
        };
        let first = Self {
            west: lng,
            south: lat,
            east: lng,
            north: lat,
        };
        points.fold(first, |e, (lng, lat)| Self {
            west: e.west.min(lng),
            south: e.south.min(lat),
            east: e.east.max(lng),
            north: e.north.max(lat),
        })
    }

    pub(super) fn is_sound(&self) -> bool {
        on_earth((self.west, self.south))
            && on_earth((self.east, self.north))
            && self.west <= self.east
            && self.south <= self.north
    }
}

fn on_earth((lng, lat): (f64, f64)) -> bool {
    (-180.0..=180.0).contains(&lng) && (-85.0..=85.0).contains(&lat)
}

/// Equirectangular, true to scale at the middle latitude.
pub(super) struct Projection {
    west: f64,
    north: f64,
    px_per_lng: f64,
    px_per_lat: f64,
    origin: (f64, f64),
    size: (f64, f64),
}

impl Projection {
    /// Fits an extent, with a little air around it, below `origin` (px) into a width; the height follows the
    /// extent, from 0.45 to 1.2 times the width and at most [`TALLEST`].
    pub(super) fn new(extent: Extent, origin: (f64, f64), width: Width) -> Self {
        let wide = width.px() - 2.0 * MARGIN;
        let squeeze = ((extent.south + extent.north) / 2.0).to_radians().cos();
        let least = 0.002;
        let span = |low: f64, high: f64| (high - low).max(least) * 1.06;
        let (span_x, span_y) = (
            span(extent.west, extent.east) * squeeze,
            span(extent.south, extent.north),
        );
        let high = (wide * span_y / span_x)
            .min(TALLEST)
            .clamp(wide * 0.45, wide * 1.2);
        let px_per_lat = (wide / span_x).min(high / span_y);
        let px_per_lng = px_per_lat * squeeze;
        let (middle_lng, middle_lat) = (
            (extent.west + extent.east) / 2.0,
            (extent.south + extent.north) / 2.0,
        );
        Self {
            west: middle_lng - wide / px_per_lng / 2.0,
            north: middle_lat + high / px_per_lat / 2.0,
            px_per_lng,
            px_per_lat,
            origin,
            size: (wide, high),
        }
    }

    /// The map's rectangle in px: left, top, width, height.
    pub(super) fn area(&self) -> (f64, f64, f64, f64) {
        (self.origin.0, self.origin.1, self.size.0, self.size.1)
    }

    /// Pixel of a point; `None` outside the frame.
    pub(super) fn point(&self, lng: f64, lat: f64) -> Option<(f64, f64)> {
        let (x, y) = self.project((lng, lat))?;
        let (left, top, width, height) = self.area();
        ((left..=left + width).contains(&x) && (top..=top + height).contains(&y)).then_some((x, y))
    }

    /// Pixel of a point, inside the frame or not; `None` off the Earth.
    pub(super) fn project(&self, point: (f64, f64)) -> Option<(f64, f64)> {
        on_earth(point).then(|| {
            let x = self.origin.0 + (point.0 - self.west) * self.px_per_lng;
            let y = self.origin.1 + (self.north - point.1) * self.px_per_lat;
            (x, y)
        })
    }

    /// Path data of the rings that reach into the frame, without points that would fall on the one before.
    pub(super) fn path(&self, rings: &[Vec<(f64, f64)>]) -> String {
        let mut path = String::new();
        for ring in rings {
            let mut kept: Vec<(f64, f64)> = Vec::new();
            if !self.reaches_in(ring) {
                continue;
            }
            for point in ring.iter().filter_map(|p| self.project(*p)) {
                if kept.last().is_none_or(|last| {
                    (last.0 - point.0).abs().max((last.1 - point.1).abs()) >= 0.4
                }) {
                    kept.push(point);
                }
            }
            for (i, (x, y)) in kept.iter().enumerate().filter(|_| kept.len() > 2) {
                let tenth = |v: f64| number((v * 10.0).round() / 10.0);
                path.push_str(&format!(
                    "{}{} {}",
                    if i == 0 { 'M' } else { 'L' },
                    tenth(*x),
                    tenth(*y)
                ));
            }
            if kept.len() > 2 {
                path.push('Z');
            }
        }
        path
    }

    fn reaches_in(&self, ring: &[(f64, f64)]) -> bool {
        let e = Extent::around(ring.iter().copied());
        let (east, south) = (
            self.west + self.size.0 / self.px_per_lng,
            self.north - self.size.1 / self.px_per_lat,
        );
        e.east >= self.west && e.west <= east && e.north >= south && e.south <= self.north
    }

    /// The longest round distance of at most `room` px: its km and px.
    pub(super) fn scale_bar(&self, room: f64) -> Option<(f64, f64)> {
        let px_per_km = self.px_per_lat / KM_PER_DEGREE;
        let powers = (-2..5).rev().map(|p| 10f64.powi(p));
        let mut round = powers.flat_map(|p| [5.0 * p, 2.0 * p, p]);
        round
            .find(|km| km * px_per_km <= room)
            .map(|km| (km, km * px_per_km))
    }
}
