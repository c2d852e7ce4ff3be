//! Invented people: counts by sex and five-year age, and their projection by cohorts.
//!
//! The shapes are made up, rounded to what a rural Japanese area looks like: two humps (born around 1949 and
//! 1973), women outliving men, hills older than the city.

use super::dice::Dice;

/// People of an area, by issue 2.
pub const PEOPLE: u32 = 220_000;
/// Five-year ages 0–4 … 95–99 and 100 and over.
pub const AGES: usize = 21;

/// Men and women by five-year age; whole people in a count, fractions in a projection.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    /// Men, youngest first.
    pub men: [f64; AGES],
    /// Women, youngest first.
    pub women: [f64; AGES],
}

/// How the people of one municipality differ from the area.
#[derive(Debug, Clone, Copy)]
pub struct Character {
    /// Share of the area's people.
    pub share: f64,
    /// Positive: older than the shape below.
    pub age_tilt: f64,
    /// Of those aged 15–24, the share that moves away in five years and does not come back.
    pub leaving: f64,
}

/// The main city, the second city, the coast town and the two in the hills.
pub const CHARACTERS: [Character; 5] = [
    Character {
        share: 0.64,
        age_tilt: -0.10,
        leaving: 0.04,
    },
    Character {
        share: 0.16,
        age_tilt: 0.25,
        leaving: 0.10,
    },
    Character {
        share: 0.10,
        age_tilt: 0.45,
        leaving: 0.14,
    },
    Character {
        share: 0.06,
        age_tilt: 1.00,
        leaving: 0.20,
    },
    Character {
        share: 0.04,
        age_tilt: 1.35,
        leaving: 0.26,
    },
];

const MEN: [f64; AGES] = [
    36., 40., 43., 45., 40., 42., 44., 50., 56., 66., 74., 64., 60., 62., 72., 66., 42., 26., 12.,
    3., 0.3,
];
const WOMEN: [f64; AGES] = [
    34., 38., 41., 43., 38., 38., 42., 47., 54., 63., 73., 64., 62., 66., 77., 75., 55., 43., 28.,
    10., 1.6,
];
/// Of those of an age, the share alive five years later.
const MEN_SURVIVE: [f64; AGES] = [
    0.998, 0.999, 0.999, 0.998, 0.997, 0.997, 0.996, 0.995, 0.993, 0.989, 0.982, 0.971, 0.953,
    0.925, 0.885, 0.820, 0.705, 0.530, 0.320, 0.150, 0.050,
];
const WOMEN_SURVIVE: [f64; AGES] = [
    0.998, 0.999, 0.999, 0.999, 0.998, 0.998, 0.998, 0.997, 0.996, 0.993, 0.989, 0.984, 0.977,
    0.965, 0.945, 0.905, 0.825, 0.685, 0.480, 0.270, 0.110,
];
/// Children per woman and five years of age, 15–19 … 45–49 (sums to 1.5 over a life).
const BIRTHS: [f64; 7] = [0.015, 0.14, 0.45, 0.53, 0.29, 0.07, 0.005];
const BOYS: f64 = 0.512;

impl People {
    /// Everybody.
    pub fn total(&self) -> f64 {
        self.of_age_and_over(0)
    }

    /// Everybody of `age` and over; `age` is a multiple of five.
    pub fn of_age_and_over(&self, age: usize) -> f64 {
        self.men[age / 5..]
            .iter()
            .chain(&self.women[age / 5..])
            .sum()
    }

    fn map(&self, each: impl Fn(f64) -> f64) -> Self {
        Self {
            men: self.men.map(&each),
            women: self.women.map(&each),
        }
    }
}

/// The people of the five municipalities, [`PEOPLE`] together, whole persons.
pub fn count(dice: &mut Dice) -> [People; 5] {
    let shares = CHARACTERS.map(|c| c.share * dice.between(0.9, 1.1));
    let scale = f64::from(PEOPLE) / shares.iter().sum::<f64>();
    let mut counted = [0, 1, 2, 3, 4].map(|n| one(dice, &CHARACTERS[n], shares[n] * scale));
    let missing = f64::from(PEOPLE) - counted.iter().map(People::total).sum::<f64>();
    // Rounding left a few over; in the city's largest cell they are nothing.
    counted[0].women[10] += missing;
    counted
}

fn one(dice: &mut Dice, character: &Character, total: f64) -> People {
    let mut shape = |ages: &[f64; AGES]| {
        let mut at = -1;
        ages.map(|weight| {
            at += 1;
            let tilt = (character.age_tilt * (f64::from(at) * 5.0 - 46.0) / 50.0).exp();
            weight * tilt * dice.between(0.97, 1.03)
        })
    };
    let shape = People {
        men: shape(&MEN),
        women: shape(&WOMEN),
    };
    let scale = total / shape.total();
    shape.map(|weight| (weight * scale).round())
}

/// The same people five years later: aged, moved, with their children.
pub fn five_years_later(now: &People, character: &Character) -> People {
    let births: f64 = BIRTHS
        .iter()
        .zip(&now.women[3..10])
        .map(|(rate, women)| rate * women)
        .sum();
    People {
        men: aged(&now.men, &MEN_SURVIVE, births * BOYS, character),
        women: aged(&now.women, &WOMEN_SURVIVE, births * (1.0 - BOYS), character),
    }
}

fn aged(
    now: &[f64; AGES],
    survive: &[f64; AGES],
    births: f64,
    character: &Character,
) -> [f64; AGES] {
    let mut later = [0.0; AGES];
    later[0] = births * 0.997;
    for age in 0..AGES {
        let stays = if (3..5).contains(&age) {
            1.0 - character.leaving
        } else {
            1.0
        };
        later[(age + 1).min(AGES - 1)] += now[age] * survive[age] * stays;
    }
    later
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole_area(seed: u64) -> [People; 5] {
        count(&mut Dice::new(seed, "people", 0))
    }

    #[test]
    fn an_area_has_exactly_220000_whole_people() {
        for seed in 0..50 {
            let people = whole_area(seed);
            assert_eq!(
                people.iter().map(People::total).sum::<f64>(),
                f64::from(PEOPLE)
            );
            for one in &people {
                assert!(
                    one.men
                        .iter()
                        .chain(&one.women)
                        .all(|n| *n >= 0.0 && n.fract() == 0.0)
                );
            }
        }
    }

    #[test]
    fn the_area_is_as_old_as_a_rural_one_and_the_hills_are_older() {
        let people = whole_area(3);
        let old = |one: &People| one.of_age_and_over(75) / one.total();
        let all = people
            .iter()
            .map(|one| one.of_age_and_over(75))
            .sum::<f64>()
            / f64::from(PEOPLE);
        assert!((0.17..0.23).contains(&all), "{all}");
        assert!(old(&people[0]) < old(&people[1]) && old(&people[1]) < old(&people[4]));
        assert!(
            (0.30..0.45).contains(&old(&people[4])),
            "{}",
            old(&people[4])
        );
    }

    #[test]
    fn very_old_women_outnumber_men() {
        let city = &whole_area(1)[0];
        let over_90 = |ages: &[f64; AGES]| ages[18..].iter().sum::<f64>();
        assert!(over_90(&city.women) > 2.0 * over_90(&city.men));
    }

    #[test]
    fn the_area_shrinks_and_ages_until_2050_but_does_not_vanish() {
        let mut people = whole_area(1);
        let start_old = people
            .iter()
            .map(|one| one.of_age_and_over(75))
            .sum::<f64>()
            / f64::from(PEOPLE);
        for _ in 0..5 {
            for (one, character) in people.iter_mut().zip(&CHARACTERS) {
                *one = five_years_later(one, character);
            }
        }
        let total: f64 = people.iter().map(People::total).sum();
        let old = people
            .iter()
            .map(|one| one.of_age_and_over(75))
            .sum::<f64>()
            / total;
        assert!(
            (0.68..0.88).contains(&(total / f64::from(PEOPLE))),
            "{total}"
        );
        assert!(old > start_old && old < 0.35, "{start_old} {old}");
    }

    #[test]
    fn nobody_is_born_of_men_alone() {
        let men = People {
            men: [100.0; AGES],
            women: [0.0; AGES],
        };
        assert_eq!(five_years_later(&men, &CHARACTERS[0]).men[0], 0.0);
    }
}
