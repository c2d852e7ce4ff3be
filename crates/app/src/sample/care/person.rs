//! Who somebody invented is: name, birth, home, numbers and certification. Numbers belong to nobody: the insurers are of
//! prefectures that do not exist.

use chrono::{Datelike, Days, NaiveDate};
use keniki_base::code::InsurerNumber;

use super::name;
use crate::patient::birth::{Birth, Born};
use crate::patient::identifier::Identifier;
use crate::patient::level::{Certified, Level};
use crate::patient::record::{Home, Record, Sex};
use crate::sample::dice::Dice;
use crate::sample::region::{Region, Town};

/// Ages at the first admission, from, to, and how often: those of 入退院支援, old people as a rule.
const AGES: [(i64, i64, f64); 5] = [
    (1, 17, 0.01),
    (18, 39, 0.02),
    (40, 64, 0.08),
    (65, 74, 0.15),
    (75, 99, 0.74),
];
/// 要支援１ to 要介護５, as often as in the certified of a rural area.
const LEVELS: [(Level, f64); 7] = [
    (Level::Support1, 0.12),
    (Level::Support2, 0.14),
    (Level::Care1, 0.22),
    (Level::Care2, 0.18),
    (Level::Care3, 0.14),
    (Level::Care4, 0.12),
    (Level::Care5, 0.08),
];

/// Draws somebody who goes to hospital for the first time on `day`; `at`: their number in the area.
pub(super) fn draw(dice: &mut Dice, region: &Region, (at, day): (u64, NaiveDate)) -> Record {
    let age = age(dice);
    let born_on = day
        .with_year(day.year() - age as i32)
        .unwrap_or(day - Days::new(365 * age.unsigned_abs()))
        - Days::new(dice.whole(0, 364).unsigned_abs());
    let sex = match dice.chance(0.58) {
        true => Sex::Female,
        false => Sex::Male,
    };
    let weights: Vec<f64> = region.towns.iter().map(|it| it.weight).collect();
    let town = &region.towns[dice.weighted(&weights)];
    let levels = levels(dice, age, day);
    Record {
        names: vec![name::draw(dice, sex, born_on.year())],
        sex,
        birth: Birth {
            born: Born::Day(born_on),
            is_about: false,
        },
        died_on: None,
        home: home(dice, region, town),
        identifiers: match levels.is_empty() {
            true => Vec::new(),
            false => vec![insured(region, town, at)],
        },
        levels,
    }
}

fn age(dice: &mut Dice) -> i64 {
    let weights = AGES.map(|(_, _, weight)| weight);
    let (low, high, _) = AGES[dice.weighted(&weights)];
    dice.whole(low, high)
}

fn levels(dice: &mut Dice, age: i64, day: NaiveDate) -> Vec<Certified> {
    let share = match age {
        ..40 => 0.0,
        40..65 => 0.4,
        65..75 => 0.6,
        _ => 0.85,
    };
    if !dice.chance(share) {
        return Vec::new();
    }
    let weights = LEVELS.map(|(_, weight)| weight);
    let valid_from = day - Days::new(dice.whole(30, 900).unsigned_abs());
    vec![Certified {
        level: LEVELS[dice.weighted(&weights)].0,
        valid_from,
        // 更新認定 is for up to 48 months (介護保険法施行規則38条).
        valid_to: Some(valid_from + Days::new(4 * 365)),
    }]
}

fn home(dice: &mut Dice, region: &Region, town: &Town) -> Home {
    let municipality = &region.municipalities[town.municipality];
    let lot = format!("{}番地{}", dice.whole(1, 999), dice.whole(1, 30));
    Home {
        postal_code: None,
        municipality_code: Some(municipality.code.as_str().to_owned()),
        address: Some(format!("{}{lot}", town.name.text)),
        // 040 is no area code.
        phone: Some(format!(
            "0409-{:02}-{:04}",
            dice.whole(20, 99),
            dice.whole(0, 9_999)
        )),
    }
}

fn insured(region: &Region, town: &Town, at: u64) -> Identifier {
    let body = &region.municipalities[town.municipality].code.as_str()[..5];
    let with = |check: u32| InsurerNumber::parse(&format!("{body}{check}")).ok();
    Identifier::CareInsurance {
        insurer: (0..10)
            .find_map(with)
            .expect("one of ten check digits is right"),
        number: format!("{:010}", 9_000_000 + at),
    }
}
