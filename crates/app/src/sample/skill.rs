//! What invented services can do: by filings, as the lists of the 地方厚生局 tell it, and by answers to a survey.
//!
//! The shares of filings are rounded from what a rural medical area files (43 of 201 clinics with 支援診, 6 of 16
//! hospitals with 支援病 …). Symbols become capabilities by the same definitions as the real lists.

use chrono::NaiveDate;

use super::dice::Dice;
use super::mix::{CLINIC, DENTAL, HOSPITAL, PHARMACY, VISITING_NURSING, What};
use crate::definition::Definitions;
use crate::definition::vocabulary::Capability;

/// One capability of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// Its code.
    pub code: String,
    /// 受理記号 and number, where a filing tells it.
    pub filing: Option<String>,
    /// Since when.
    pub since: Option<NaiveDate>,
    /// What the filing says of the 区分.
    pub note: Option<String>,
}

/// A filing that so many services of a kind have made.
struct Filed {
    what: What,
    /// Symbols of which one is filed, and how many file each.
    symbols: &'static [(&'static str, usize)],
    /// Only those that have filed this too.
    among: Option<&'static str>,
    /// How much it keeps to where people are.
    crowd: f64,
    /// Only below so many beds.
    beds_below: i64,
}

const fn filed(what: What, symbols: &'static [(&'static str, usize)]) -> Filed {
    Filed {
        what,
        symbols,
        among: None,
        crowd: 0.3,
        beds_below: i64::MAX,
    }
}

const fn among(
    what: What,
    first: &'static str,
    symbols: &'static [(&'static str, usize)],
) -> Filed {
    Filed {
        what,
        symbols,
        among: Some(first),
        crowd: 0.0,
        beds_below: i64::MAX,
    }
}

/// Stands for any of 支援診１–３ and 支援病１–３ in `among`.
const HOME_CARE: &str = "支援";

const FILED: &[Filed] = &[
    Filed {
        what: CLINIC,
        symbols: &[("支援診３", 29), ("支援診２", 11), ("支援診１", 3)],
        among: None,
        crowd: 0.8,
        beds_below: i64::MAX,
    },
    among(CLINIC, HOME_CARE, &[("在医総管１", 41)]),
    filed(CLINIC, &[("在医総管１", 14)]),
    among(CLINIC, HOME_CARE, &[("在総", 27)]),
    among(CLINIC, HOME_CARE, &[("在診実１", 7), ("在診実２", 2)]),
    among(CLINIC, HOME_CARE, &[("介保連", 12)]),
    among(CLINIC, HOME_CARE, &[("医情連", 9)]),
    among(CLINIC, "支援診２", &[("在緩診実", 3)]),
    filed(CLINIC, &[("がん疼", 38)]),
    filed(CLINIC, &[("がん指", 55)]),
    filed(CLINIC, &[("時間外１", 38), ("時間外３", 12)]),
    filed(CLINIC, &[("外来感染", 68)]),
    filed(CLINIC, &[("機能強化", 42)]),
    filed(CLINIC, &[("地包加", 33)]),
    filed(CLINIC, &[("情報通信", 17)]),
    filed(CLINIC, &[("人工腎臓", 5)]),
    filed(CLINIC, &[("運Ⅱ", 9), ("運Ⅲ", 6)]),
    filed(CLINIC, &[("小か診１", 8)]),
    Filed {
        what: HOSPITAL,
        symbols: &[("支援病３", 4), ("支援病２", 2)],
        among: None,
        crowd: -0.2,
        // 在宅療養支援病院 has fewer than 200 beds.
        beds_below: 200,
    },
    filed(HOSPITAL, &[("在後病", 2)]),
    filed(HOSPITAL, &[("入退支", 12)]),
    filed(HOSPITAL, &[("地包ケア１", 5), ("地包ケア２", 3)]),
    filed(HOSPITAL, &[("療養入院", 8)]),
    filed(HOSPITAL, &[("回１", 3), ("回３", 1)]),
    filed(HOSPITAL, &[("救急医療", 9)]),
    filed(
        HOSPITAL,
        &[("感染対策１", 2), ("感染対策２", 4), ("感染対策３", 8)],
    ),
    filed(HOSPITAL, &[("認ケア", 7)]),
    filed(HOSPITAL, &[("緩１", 1)]),
    filed(HOSPITAL, &[("がん疼", 9)]),
    filed(HOSPITAL, &[("がん計", 2)]),
    filed(HOSPITAL, &[("地連計", 5)]),
    filed(HOSPITAL, &[("脳Ⅰ", 5), ("脳Ⅱ", 3)]),
    filed(HOSPITAL, &[("運Ⅰ", 12)]),
    filed(HOSPITAL, &[("呼Ⅰ", 8)]),
    filed(HOSPITAL, &[("心Ⅰ", 3)]),
    filed(HOSPITAL, &[("栄養チ", 4)]),
    filed(HOSPITAL, &[("人工腎臓", 6)]),
    filed(HOSPITAL, &[("在医総管１", 7)]),
    filed(HOSPITAL, &[("開", 1)]),
    filed(DENTAL, &[("歯訪診", 66)]),
    filed(DENTAL, &[("在歯管", 28)]),
    filed(DENTAL, &[("歯援診１", 3), ("歯援診２", 12)]),
    filed(DENTAL, &[("口管強", 24)]),
    filed(DENTAL, &[("在推進", 5)]),
    filed(PHARMACY, &[("在薬", 101)]),
    filed(PHARMACY, &[("在医麻", 14)]),
    filed(PHARMACY, &[("在中栄", 3)]),
    filed(PHARMACY, &[("薬菌", 6)]),
    filed(PHARMACY, &[("か薬", 54)]),
    filed(
        PHARMACY,
        &[("地支体１", 8), ("地支体２", 14), ("地支体３", 17)],
    ),
    filed(PHARMACY, &[("在薬総１", 30), ("在薬総２", 5)]),
    filed(PHARMACY, &[("薬連強", 44)]),
];

/// Marks of the bed-function reports and how many hospitals bear them, the largest first.
pub const BED_REPORT_MARKS: [(&str, usize); 3] = [("三次", 1), ("地", 1), ("二次", 8)];

/// A service as the draw of filings sees it.
pub struct Candidate {
    /// Its kind.
    pub what: What,
    /// People of its town, in proportion.
    pub people: f64,
    /// Beds; 0 where it has none.
    pub n_beds: i64,
    /// False for an eye clinic and the like, which files little of what is listed here.
    pub is_general: bool,
}

/// Deals the filings out: for every candidate the symbols it files.
pub fn filings(dice: &mut Dice, candidates: &[Candidate]) -> Vec<Vec<&'static str>> {
    let mut symbols: Vec<Vec<&'static str>> = vec![Vec::new(); candidates.len()];
    for rule in FILED {
        let may = |at: usize| {
            let has = &symbols[at];
            let one = &candidates[at];
            one.what == rule.what
                && one.is_general
                && one.n_beds < rule.beds_below
                && !rule.symbols.iter().any(|(symbol, _)| has.contains(symbol))
                && rule
                    .among
                    .is_none_or(|first| has.iter().any(|symbol| symbol.starts_with(first)))
        };
        let mut weights: Vec<f64> = (0..candidates.len())
            .map(|at| {
                if may(at) {
                    candidates[at].people.powf(rule.crowd)
                } else {
                    0.0
                }
            })
            .collect();
        for (symbol, count) in rule.symbols {
            for _ in 0..*count {
                if weights.iter().all(|weight| *weight == 0.0) {
                    break;
                }
                let at = dice.weighted(&weights);
                weights[at] = 0.0;
                symbols[at].push(symbol);
            }
        }
    }
    symbols
}

/// The capabilities that a filing tells, by the definitions.
pub fn filed_skills(
    dice: &mut Dice,
    definitions: &Definitions,
    symbol: &str,
    today: NaiveDate,
) -> Vec<Skill> {
    let since = first_of_month(dice, today);
    let filing = format!("{symbol} 第{}号", dice.whole(1, 480));
    definitions
        .capabilities_of_filing(symbol, None, Some(today))
        .into_iter()
        .map(|told| Skill {
            code: told.capability.code.clone(),
            filing: Some(filing.clone()),
            since: Some(since),
            note: told.grade.map(str::to_owned),
        })
        .collect()
}

/// The capability that a mark of the bed-function reports tells.
pub fn marked_skill(definitions: &Definitions, mark: &str) -> Option<Skill> {
    let capability = definitions.capability_of_bed_report(mark)?;
    Some(Skill {
        code: capability.code.clone(),
        filing: None,
        since: None,
        note: None,
    })
}

fn first_of_month(dice: &mut Dice, today: NaiveDate) -> NaiveDate {
    use chrono::{Datelike, Months};
    let day = today
        .checked_sub_months(Months::new(dice.whole(1, 150) as u32))
        .unwrap_or(today);
    day.with_day(1).unwrap_or(day)
}

/// What a service of a category may answer in a survey, and how likely.
pub struct Survey<'a> {
    capabilities: Vec<(&'a Capability, f64)>,
}

impl<'a> Survey<'a> {
    /// What the definitions let a service of `what`, which they call `category`, answer.
    pub fn of(definitions: &'a Definitions, what: What, category: &str) -> Self {
        let is_asked = |capability: &&Capability| {
            let by_survey = capability.sources.iter().any(|source| source == "survey");
            by_survey && capability.applies_to.iter().any(|code| code == category)
        };
        let capabilities = definitions.capabilities().iter().filter(is_asked);
        Self {
            capabilities: capabilities.map(|one| (one, likely(one, what))).collect(),
        }
    }

    /// The answers of one service; seven in ten answer at all.
    pub fn answers(&self, dice: &mut Dice) -> Vec<Skill> {
        if self.capabilities.is_empty() || !dice.chance(0.7) {
            return Vec::new();
        }
        let keen = dice.between(0.5, 1.3);
        let mut told = Vec::new();
        for (capability, share) in &self.capabilities {
            if dice.chance(share * keen) {
                told.push(Skill {
                    code: capability.code.clone(),
                    filing: None,
                    since: None,
                    note: None,
                });
            }
        }
        told
    }
}

/// How common some needs are that a survey asks for; the others lie between. A number over 1: nearly all say yes.
const COMMON: &[(&str, f64)] = &[
    ("visiting_nursing_24h", 1.4),
    ("insulin", 1.2),
    ("urinary_catheter", 1.2),
    ("pressure_ulcer", 1.1),
    ("gastrostomy", 1.1),
    ("home_oxygen", 1.1),
    ("suction", 1.0),
    ("end_of_life_care", 1.0),
    ("accepts_dementia", 1.2),
    ("primary_opinion", 2.5),
    ("urgent_house_call", 1.5),
    ("unit_dose_packing", 2.0),
    ("crushing", 1.6),
    ("jejunostomy", 0.5),
    ("central_venous_nutrition", 0.5),
    ("tracheostomy", 0.5),
    ("ventilator", 0.4),
    ("peritoneal_dialysis", 0.25),
    ("infection_carrier", 0.5),
    ("pharmacy_24h", 0.3),
    ("nurse_at_night", 0.4),
];

/// How likely a service of this kind says yes: nurses more than clinics, common needs more than rare ones.
fn likely(capability: &Capability, what: What) -> f64 {
    let of_kind = match what {
        VISITING_NURSING => 0.7,
        HOSPITAL | What::Care("520" | "550" | "770") => 0.5,
        CLINIC => 0.12,
        PHARMACY | DENTAL => 0.4,
        What::Institution(_) | What::Care(_) | What::Category(_) => 0.3,
    };
    let of_group = match capability.group.as_str() {
        "designation" => 0.06,
        "child" => 0.35,
        _ => 0.75,
    };
    let known = COMMON.iter().find(|(code, _)| *code == capability.code);
    of_kind * known.map_or(of_group, |(_, common)| *common)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        let of = |what, n: usize| {
            (0..n).map(move |at| Candidate {
                what,
                people: 1.0 + at as f64,
                n_beds: if what == HOSPITAL { 12 * at as i64 } else { 0 },
                is_general: at % 4 != 3,
            })
        };
        of(CLINIC, 200)
            .chain(of(HOSPITAL, 18))
            .chain(of(DENTAL, 100))
            .chain(of(PHARMACY, 120))
            .collect()
    }

    fn definitions() -> Definitions {
        Definitions::load(None).expect("the built-in definitions")
    }

    #[test]
    fn forty_three_clinics_and_six_hospitals_file_home_care_round_the_clock() {
        let candidates = candidates();
        let dealt = filings(&mut Dice::new(1, "filings", 0), &candidates);
        let count = |what: What, start: &str| {
            let files = |(one, symbols): &(&Candidate, &Vec<&str>)| {
                one.what == what && symbols.iter().any(|s| s.starts_with(start))
            };
            candidates.iter().zip(&dealt).filter(files).count()
        };
        assert_eq!(count(CLINIC, "支援診"), 43);
        assert_eq!(count(HOSPITAL, "支援病"), 6);
        assert_eq!(count(PHARMACY, "在医麻"), 14);
    }

    #[test]
    fn nobody_files_the_same_twice_and_no_eye_clinic_files_home_care() {
        let candidates = candidates();
        for (one, symbols) in candidates
            .iter()
            .zip(filings(&mut Dice::new(2, "filings", 0), &candidates))
        {
            let different: std::collections::HashSet<_> = symbols.iter().collect();
            assert_eq!(different.len(), symbols.len());
            assert!(one.is_general || symbols.is_empty());
            assert!(
                symbols
                    .iter()
                    .filter(|symbol| symbol.starts_with("支援"))
                    .count()
                    <= 1
            );
        }
    }

    #[test]
    fn the_definitions_know_every_symbol_and_mark_used_here() {
        let definitions = definitions();
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let mut dice = Dice::new(1, "skills", 0);
        for (symbol, _) in FILED.iter().flat_map(|rule| rule.symbols) {
            assert!(
                !filed_skills(&mut dice, &definitions, symbol, today).is_empty(),
                "{symbol}"
            );
        }
        for (mark, _) in BED_REPORT_MARKS {
            assert!(marked_skill(&definitions, mark).is_some(), "{mark}");
        }
    }

    #[test]
    fn the_definitions_know_every_common_need() {
        let definitions = definitions();
        for (code, _) in COMMON {
            assert!(definitions.capability(code).is_some(), "{code}");
        }
    }

    #[test]
    fn most_nursing_stations_that_answer_come_day_and_night() {
        let definitions = definitions();
        let category = VISITING_NURSING.category(&definitions).unwrap();
        let survey = Survey::of(&definitions, VISITING_NURSING, &category.code);
        let mut dice = Dice::new(1, "survey", 1);
        let answers: Vec<_> = (0..300)
            .map(|_| survey.answers(&mut dice))
            .filter(|one| !one.is_empty())
            .collect();
        let is_24h = |one: &&Vec<Skill>| {
            one.iter()
                .any(|skill| definitions.capability(&skill.code).unwrap().is_24h)
        };
        let share = answers.iter().filter(is_24h).count() as f64 / answers.len() as f64;
        assert!((0.7..0.97).contains(&share), "{share}");
    }

    #[test]
    fn a_nursing_station_answers_more_than_a_clinic() {
        let definitions = definitions();
        let mean = |what: What| {
            let survey = Survey::of(
                &definitions,
                what,
                &what.category(&definitions).unwrap().code,
            );
            let mut dice = Dice::new(1, "survey", 0);
            (0..300)
                .map(|_| survey.answers(&mut dice).len())
                .sum::<usize>() as f64
                / 300.0
        };
        let (station, clinic) = (mean(VISITING_NURSING), mean(CLINIC));
        assert!(clinic > 0.2 && station > 2.0 * clinic, "{station} {clinic}");
    }
}
