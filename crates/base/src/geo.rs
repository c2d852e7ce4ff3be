//! Coordinates in Japan: checked points, great-circle kilometres, boxes and JIS mesh codes.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Mean radius of the earth in km (IUGG), as the 16 km rule is measured in this project.
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// The latitudes that count as Japan (沖ノ鳥島 20.4 to 択捉島 45.6).
const LATITUDES: std::ops::RangeInclusive<f64> = 20.0..=46.0;
/// The longitudes that count as Japan (与那国島 122.9 to 南鳥島 154.0).
const LONGITUDES: std::ops::RangeInclusive<f64> = 122.0..=154.0;

/// A place on the ground, in degrees of JGD2011 (WGS 84 for our purposes).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Point {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lng: f64,
}

/// Why a pair of numbers is no place in Japan.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum WrongPoint {
    /// One of the two is infinite or no number.
    #[error("緯度・経度が数値ではありません")]
    NotFinite,
    /// 0.0 stands for "not given" in several public lists.
    #[error("緯度・経度が 0 です（未入力とみなします）")]
    Zero,
    /// Exchanged, the two would lie in Japan.
    #[error("緯度と経度が逆です（緯度 {lat}、経度 {lng}）")]
    Swapped {
        /// The latitude as given.
        lat: f64,
        /// The longitude as given.
        lng: f64,
    },
    /// Neither way round in Japan.
    #[error("日本の外の位置です（緯度 {lat}、経度 {lng}）")]
    OutsideJapan {
        /// The latitude as given.
        lat: f64,
        /// The longitude as given.
        lng: f64,
    },
}

impl Point {
    /// A point within 20–46° N and 122–154° E.
    ///
    /// # Errors
    /// [`WrongPoint`] says which of the usual mistakes it is.
    pub fn japan(lat: f64, lng: f64) -> Result<Self, WrongPoint> {
        if !lat.is_finite() || !lng.is_finite() {
            return Err(WrongPoint::NotFinite);
        }
        if lat == 0.0 || lng == 0.0 {
            return Err(WrongPoint::Zero);
        }
        if LATITUDES.contains(&lat) && LONGITUDES.contains(&lng) {
            return Ok(Self { lat, lng });
        }
        if LATITUDES.contains(&lng) && LONGITUDES.contains(&lat) {
            return Err(WrongPoint::Swapped { lat, lng });
        }
        Err(WrongPoint::OutsideJapan { lat, lng })
    }
}

/// Great-circle distance in km (haversine).
pub fn km(a: Point, b: Point) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let chord = half(a.lat, b.lat)
        + a.lat.to_radians().cos() * b.lat.to_radians().cos() * half(a.lng, b.lng);
    2.0 * EARTH_RADIUS_KM * chord.sqrt().min(1.0).asin()
}

/// A box of degrees, its edges included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BBox {
    /// Southern edge, degrees north.
    pub south: f64,
    /// Western edge, degrees east.
    pub west: f64,
    /// Northern edge, degrees north.
    pub north: f64,
    /// Eastern edge, degrees east.
    pub east: f64,
}

impl BBox {
    /// Whether the point lies in the box.
    pub fn contains(&self, point: Point) -> bool {
        (self.south..=self.north).contains(&point.lat)
            && (self.west..=self.east).contains(&point.lng)
    }
}

/// The smallest box holding every point within `radius_km` of `center` (a first filter before [`km`]).
pub fn bbox_around(center: Point, radius_km: f64) -> BBox {
    // A hair more, so that rounding never cuts off a point that lies exactly at the radius.
    let angle = radius_km / EARTH_RADIUS_KM * (1.0 + 1e-9) + 1e-12;
    let dlat = angle.to_degrees();
    // Meridians converge: the easternmost point of a circle lies a little poleward of its centre.
    let dlng = (angle.sin() / center.lat.to_radians().cos())
        .min(1.0)
        .asin()
        .to_degrees();
    BBox {
        south: center.lat - dlat,
        west: center.lng - dlng,
        north: center.lat + dlat,
        east: center.lng + dlng,
    }
}

/// The second-order mesh (JIS X 0410, about 10 km): 6 digits `ppuuqv`.
pub fn mesh2(point: Point) -> u32 {
    mesh2_of(row2(point.lat), column2(point.lng))
}

/// The third-order mesh (JIS X 0410, about 1 km): 8 digits `ppuuqvrw`.
pub fn mesh3(point: Point) -> u32 {
    let r = (point.lat * 120.0).floor() as u32 % 10;
    let w = ((point.lng - 100.0) * 80.0).floor() as u32 % 10;
    mesh2(point) * 100 + r * 10 + w
}

/// Every second-order mesh that a circle of `radius_km` around `center` may touch, in ascending order.
pub fn mesh2_around(center: Point, radius_km: f64) -> Vec<u32> {
    let area = bbox_around(center, radius_km);
    let mut meshes: Vec<u32> = (row2(area.south)..=row2(area.north))
        .flat_map(|row| {
            (column2(area.west)..=column2(area.east)).map(move |column| mesh2_of(row, column))
        })
        .collect();
    meshes.sort_unstable();
    meshes
}

/// Rows of 5 minutes of latitude, counted from the equator.
fn row2(lat: f64) -> u32 {
    (lat * 12.0).floor() as u32
}

/// Columns of 7.5 minutes of longitude, counted from 100° E.
fn column2(lng: f64) -> u32 {
    ((lng - 100.0) * 8.0).floor() as u32
}

fn mesh2_of(row: u32, column: u32) -> u32 {
    (row / 8) * 10_000 + (column / 8) * 100 + (row % 8) * 10 + column % 8
}

#[cfg(test)]
mod tests;
