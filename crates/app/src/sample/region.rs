//! An invented area on its land: codes, names, five municipalities and their towns.

use keniki_base::code::{AreaCode, MunicipalityCode, PrefectureCode};
use keniki_base::geo::{self, Point};

use super::dice::Dice;
use super::land::{self, AREAS_PER_PREFECTURE, Ring, five_decimals, holds};
use super::name::{self, Name};

/// The first prefecture code that no real prefecture will have.
const FIRST_PREFECTURE: u32 = 50;
/// Towns of the main city, the second city, the coast town and the two in the hills.
const TOWNS: [usize; 5] = [130, 60, 48, 34, 28];
/// How far the dense part of each reaches, in km, and the share of its towns that lie there.
const DENSE: [(f64, f64); 5] = [
    (3.0, 0.70),
    (2.0, 0.60),
    (1.8, 0.55),
    (1.4, 0.40),
    (1.2, 0.35),
];
const VALLEYS: usize = 5;
/// Towns keep this far apart, km.
const APART_KM: f64 = 0.25;

/// One invented medical area.
#[derive(Debug)]
pub struct Region {
    /// Its code.
    pub code: AreaCode,
    /// Its name: the main city's, without 市.
    pub name: String,
    /// Its prefecture.
    pub prefecture: PrefectureCode,
    /// The prefecture's name.
    pub prefecture_name: Name,
    /// The outline of the whole.
    pub outline: Ring,
    /// The main city first, the hills last.
    pub municipalities: Vec<Municipality>,
    /// Towns, in the order of their municipalities.
    pub towns: Vec<Town>,
}

/// One invented municipality.
#[derive(Debug)]
pub struct Municipality {
    /// Its code.
    pub code: MunicipalityCode,
    /// 「汐鳴」, without 市, 町 or 村.
    pub stem: Name,
    /// 「汐鳴市」.
    pub name: Name,
    /// Its outline.
    pub ring: Ring,
    /// Where its town hall stands.
    pub center: Point,
}

/// One invented town (町字).
#[derive(Debug)]
pub struct Town {
    /// Number of its municipality in the region.
    pub municipality: usize,
    /// 「凪浦一丁目」.
    pub name: Name,
    /// Its middle.
    pub point: Point,
    /// How many people live there, in proportion to the other towns of its municipality.
    pub weight: f64,
}

impl Region {
    /// Draws area number `index` (0 …) of `seed`.
    pub fn draw(seed: u64, index: u32) -> Self {
        let (block, number) = (index / AREAS_PER_PREFECTURE, index % AREAS_PER_PREFECTURE);
        let land = land::draw(seed, index);
        let mut dice = Dice::new(seed, "towns", index.into());
        let (prefecture_name, stems) = names_in_prefecture(seed, block, number);
        let municipalities: Vec<Municipality> = land
            .municipalities
            .into_iter()
            .zip(stems)
            .zip(municipality_codes(index))
            .enumerate()
            .map(|(at, ((ring, stem), code))| municipality(&mut dice, at, code, stem, ring))
            .collect();
        let towns = towns(&mut dice, &municipalities);
        Self {
            code: area_code(index),
            name: municipalities[0].stem.text.clone(),
            prefecture: prefecture_of(index),
            prefecture_name,
            outline: land.outline,
            municipalities,
            towns,
        }
    }

    /// How many people live in each town, in proportion; `people` are those of the municipalities.
    pub fn town_weights(&self, people: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.municipalities.len()];
        for town in &self.towns {
            sums[town.municipality] += town.weight;
        }
        self.towns
            .iter()
            .map(|town| people[town.municipality] * town.weight / sums[town.municipality])
            .collect()
    }
}

/// The prefecture of area number `index`.
pub fn prefecture_of(index: u32) -> PrefectureCode {
    prefecture(FIRST_PREFECTURE + index / AREAS_PER_PREFECTURE)
}

/// The code of area number `index`.
pub fn area_code(index: u32) -> AreaCode {
    let number = index % AREAS_PER_PREFECTURE + 1;
    AreaCode::parse(&format!("{}{number:02}", prefecture_of(index)))
        .expect("four digits of a free prefecture")
}

/// The codes of the municipalities of area number `index`, the main city first.
pub fn municipality_codes(index: u32) -> [MunicipalityCode; 5] {
    let number = index % AREAS_PER_PREFECTURE;
    // As in reality: cities from 201, towns and villages from 301, by county in steps of 20.
    let towns = 300 + 20 * number;
    [
        201 + 2 * number,
        202 + 2 * number,
        towns + 1,
        towns + 2,
        towns + 3,
    ]
    .map(|code| {
        MunicipalityCode::parse(&format!("{}{code}", prefecture_of(index)))
            .expect("five digits of a free prefecture")
    })
}

fn prefecture(number: u32) -> PrefectureCode {
    PrefectureCode::parse(&number.to_string()).expect("50 to 99 are free for invented prefectures")
}

/// The prefecture's name, unlike that of any other, and five stems no other area of it has.
fn names_in_prefecture(seed: u64, block: u32, number: u32) -> (Name, Vec<Name>) {
    let prefectures = name::stems(&mut Dice::new(seed, "prefectures", 0), &[]);
    let prefecture: Vec<Name> = prefectures.skip(block as usize).take(1).collect();
    let stems = name::stems(
        &mut Dice::new(seed, "municipalities", block.into()),
        &prefecture,
    );
    let stems = stems
        .skip(number as usize * TOWNS.len())
        .take(TOWNS.len())
        .collect();
    (prefecture[0].then(("県", "ケン")), stems)
}

fn municipality(
    dice: &mut Dice,
    at: usize,
    code: MunicipalityCode,
    stem: Name,
    ring: Ring,
) -> Municipality {
    let suffix = match at {
        0 | 1 => ("市", "シ"),
        2 | 3 => ("町", "チョウ"),
        _ => ("村", "ムラ"),
    };
    Municipality {
        code,
        name: stem.then(suffix),
        stem,
        center: center(dice, &ring),
        ring,
    }
}

/// The southernmost of some inner points that are not close to the border: towns grow at the mouth of a valley.
fn center(dice: &mut Dice, ring: &Ring) -> Point {
    let inner: Vec<Point> = (0..60).filter_map(|_| inside(dice, ring)).collect();
    let clear = |point: &Point| {
        ring.iter()
            .map(|corner| geo::km(*point, *corner))
            .fold(f64::INFINITY, f64::min)
    };
    let widest = inner.iter().map(clear).fold(0.0, f64::max);
    inner
        .iter()
        .filter(|point| clear(point) >= f64::min(3.5, widest * 0.8))
        .min_by(|a, b| a.lat.total_cmp(&b.lat))
        .copied()
        .expect("the widest place is clear enough")
}

/// A point within the ring; `None` after many tries, for a ring of next to no area.
fn inside(dice: &mut Dice, ring: &Ring) -> Option<Point> {
    let lats = ring.iter().map(|point| point.lat);
    let lngs = ring.iter().map(|point| point.lng);
    let (south, north) = (
        lats.clone().fold(f64::INFINITY, f64::min),
        lats.fold(f64::NEG_INFINITY, f64::max),
    );
    let (west, east) = (
        lngs.clone().fold(f64::INFINITY, f64::min),
        lngs.fold(f64::NEG_INFINITY, f64::max),
    );
    (0..200)
        .map(|_| Point {
            lat: five_decimals(dice.between(south, north)),
            lng: five_decimals(dice.between(west, east)),
        })
        .find(|point| holds(ring, *point))
}

/// The point `east_km` and `north_km` away.
pub fn moved(point: Point, east_km: f64, north_km: f64) -> Point {
    let km_per_degree = geo::EARTH_RADIUS_KM.to_radians();
    Point {
        lat: five_decimals(point.lat + north_km / km_per_degree),
        lng: five_decimals(point.lng + east_km / km_per_degree / point.lat.to_radians().cos()),
    }
}

fn towns(dice: &mut Dice, municipalities: &[Municipality]) -> Vec<Town> {
    let mut towns: Vec<Town> = Vec::new();
    for (at, municipality) in municipalities.iter().enumerate() {
        let (reach_km, dense) = DENSE[at];
        let valleys: Vec<Point> = (0..VALLEYS)
            .filter_map(|_| inside(dice, &municipality.ring))
            .collect();
        let taken: Vec<Name> = municipalities
            .iter()
            .map(|municipality| municipality.stem.clone())
            .collect();
        let mut stems = name::stems(dice, &taken);
        let first = towns.len();
        while towns.len() < first + TOWNS[at] {
            let is_dense = dice.chance(dense);
            let Some(point) = spot(
                dice,
                municipality,
                is_dense.then_some(reach_km),
                &valleys,
                &towns[first..],
            ) else {
                break;
            };
            let km = geo::km(point, municipality.center);
            let stem = stems.next().expect("more stems than towns");
            towns.push(Town {
                municipality: at,
                name: name::town(dice, &stem, at < 2),
                point,
                weight: (0.04 + (-km / reach_km).exp()) * dice.between(0.5, 1.5),
            });
        }
    }
    towns
}

/// A free place for a town: around the center, or along a valley that leads away from it.
fn spot(
    dice: &mut Dice,
    here: &Municipality,
    reach_km: Option<f64>,
    valleys: &[Point],
    others: &[Town],
) -> Option<Point> {
    let is_free = |point: &Point| {
        holds(&here.ring, *point)
            && others
                .iter()
                .all(|other| geo::km(other.point, *point) >= APART_KM)
    };
    (0..80)
        .map(|_| match reach_km {
            Some(km) => moved(here.center, dice.bell() * km * 0.7, dice.bell() * km * 0.7),
            None => {
                let (end, along) = (dice.pick(valleys), dice.between(0.1, 1.0));
                let between = Point {
                    lat: here.center.lat + (end.lat - here.center.lat) * along,
                    lng: here.center.lng + (end.lng - here.center.lng) * along,
                };
                moved(between, dice.bell() * 0.6, dice.bell() * 0.6)
            }
        })
        .find(is_free)
        .or_else(|| {
            (0..80)
                .filter_map(|_| inside(dice, &here.ring))
                .find(is_free)
        })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_town_lies_in_its_municipality_and_has_a_name_of_its_own() {
        for seed in 0..20 {
            let region = Region::draw(seed, 0);
            assert_eq!(
                region.towns.len(),
                TOWNS.iter().sum::<usize>(),
                "seed {seed}"
            );
            let mut names = HashSet::new();
            for town in &region.towns {
                assert!(holds(
                    &region.municipalities[town.municipality].ring,
                    town.point
                ));
                assert!(
                    names.insert((town.municipality, &town.name.text)),
                    "{:?}",
                    town.name
                );
            }
        }
    }

    #[test]
    fn towns_are_dense_around_the_city_and_thin_in_the_hills() {
        let region = Region::draw(1, 0);
        let near = |at: usize| {
            let center = region.municipalities[at].center;
            region
                .towns
                .iter()
                .filter(|town| geo::km(town.point, center) < 4.0)
                .count()
        };
        assert!(near(0) > 3 * near(4), "{} {}", near(0), near(4));
    }

    #[test]
    fn codes_of_all_areas_differ_and_have_their_check_digit() {
        let mut codes = HashSet::new();
        let mut names = HashSet::new();
        for index in (0..640).step_by(7) {
            let region = Region::draw(1, index);
            assert!(region.prefecture.is_invented());
            for municipality in &region.municipalities {
                assert!(codes.insert(municipality.code.to_string()));
                assert_eq!(
                    MunicipalityCode::parse(&municipality.code.six()),
                    Ok(municipality.code)
                );
                assert!(names.insert((region.prefecture, municipality.name.text.clone())));
            }
        }
    }

    #[test]
    fn a_move_of_one_km_is_one_km_long() {
        let from = Point {
            lat: 33.0,
            lng: 145.0,
        };
        assert!((geo::km(from, moved(from, 1.0, 0.0)) - 1.0).abs() < 0.002);
        assert!((geo::km(from, moved(from, 0.0, -1.0)) - 1.0).abs() < 0.002);
    }
}
