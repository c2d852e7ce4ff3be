//! Invented opening hours: lunch breaks, free afternoons, Sundays and holidays.

use super::dice::Dice;
use super::mix::Opening;

/// One row of opening hours, as the directory keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// 1 Monday … 7 Sunday, 8 public holiday.
    pub weekday: i64,
    /// Which span of that day, from 1.
    pub slot: i64,
    /// Opens and closes, `HH:MM`; `None` where it is closed that day.
    pub span: Option<(&'static str, &'static str)>,
}

type Span = (&'static str, &'static str);

const HOLIDAY: usize = 8;
const SUNDAY: usize = 7;
const SATURDAY: usize = 6;

/// The spans of Monday … Sunday and of a public holiday.
type Week = [Vec<Span>; 8];

/// A week of a place that opens so. Empty: nobody knows its hours.
pub fn draw(dice: &mut Dice, opening: Opening) -> Vec<Hours> {
    if dice.chance(unknown(opening)) {
        return Vec::new();
    }
    let week = match opening {
        Opening::Hospital => hospital(dice),
        Opening::Clinic => clinic(dice),
        Opening::Dental => dental(dice),
        Opening::Pharmacy => pharmacy(dice),
        Opening::Office => days(&[*dice.pick(&OFFICE)], 1..=5, false),
        Opening::Visits => {
            let holiday = dice.chance(0.5);
            days(&[*dice.pick(&OFFICE)], 1..=*dice.pick(&[5, 5, 6]), holiday)
        }
        Opening::Day => days(&[*dice.pick(&DAY)], 1..=*dice.pick(&[5, 6, 6, 7]), true),
        Opening::Always => days(&[("00:00", "24:00")], 1..=SUNDAY, true),
        Opening::Weekly => {
            let day = dice.whole(1, 6) as usize;
            days(
                &[*dice.pick(&[("10:00", "11:30"), ("13:30", "15:00"), ("10:00", "12:00")])],
                day..=day,
                false,
            )
        }
    };
    rows(&week)
}

const OFFICE: [Span; 5] = [
    ("08:30", "17:30"),
    ("08:30", "17:15"),
    ("09:00", "18:00"),
    ("09:00", "17:30"),
    ("08:30", "17:30"),
];
const DAY: [Span; 4] = [
    ("08:30", "17:30"),
    ("09:00", "16:30"),
    ("08:15", "17:15"),
    ("09:00", "17:00"),
];

/// The share of places whose hours nobody has told.
fn unknown(opening: Opening) -> f64 {
    match opening {
        Opening::Hospital | Opening::Always => 0.02,
        Opening::Clinic | Opening::Dental | Opening::Pharmacy => 0.06,
        Opening::Office | Opening::Visits | Opening::Day => 0.09,
        Opening::Weekly => 0.25,
    }
}

/// A remark on the hours, where there is one.
pub fn note(dice: &mut Dice, opening: Opening) -> Option<&'static str> {
    let notes: &[&str] = match opening {
        Opening::Hospital => &[
            "受付は午前11時まで",
            "診療科により異なります",
            "救急は24時間",
        ],
        Opening::Clinic | Opening::Dental => &[
            "受付は終了の30分前まで",
            "予約制",
            "お盆と年末年始は休み",
            "往診のため午後の開始が遅れることがあります",
        ],
        Opening::Pharmacy => &["時間外は転送電話で応じます", "年末年始は休み"],
        Opening::Office | Opening::Visits => &[
            "年末年始（12月29日～1月3日）は休み",
            "時間外は携帯電話に転送",
        ],
        Opening::Day => &["年末年始（12月30日～1月3日）は休み"],
        Opening::Always => return None,
        Opening::Weekly => &["第2・第4週のみ", "8月は休み"],
    };
    dice.chance(0.3).then(|| *dice.pick(notes))
}

fn days(spans: &[Span], open: std::ops::RangeInclusive<usize>, holiday: bool) -> Week {
    std::array::from_fn(|at| {
        let day = at + 1;
        let is_open = if day == HOLIDAY {
            holiday
        } else {
            open.contains(&day)
        };
        if is_open { spans.to_vec() } else { Vec::new() }
    })
}

fn hospital(dice: &mut Dice) -> Week {
    let afternoon = dice.chance(0.6);
    let spans: &[Span] = if afternoon {
        &[("08:30", "11:30"), ("13:00", "16:30")]
    } else {
        &[("08:30", "11:30")]
    };
    let mut week = days(spans, 1..=5, false);
    if dice.chance(0.35) {
        week[SATURDAY - 1] = vec![("08:30", "11:30")];
    }
    week
}

fn clinic(dice: &mut Dice) -> Week {
    let morning = *dice.pick(&[
        ("09:00", "12:00"),
        ("08:30", "12:00"),
        ("09:00", "12:30"),
        ("08:30", "12:30"),
    ]);
    let afternoon = *dice.pick(&[
        ("14:00", "18:00"),
        ("15:00", "18:00"),
        ("14:30", "18:00"),
        ("15:00", "18:30"),
        ("14:00", "17:30"),
    ]);
    let mut week = days(&[morning, afternoon], 1..=5, false);
    // Wednesday or Thursday afternoon is free in most, a few close all day.
    let free = *dice.pick(&[3, 3, 4, 4, 4]);
    week[free - 1] = if dice.chance(0.12) {
        Vec::new()
    } else {
        vec![morning]
    };
    if dice.chance(0.88) {
        week[SATURDAY - 1] = vec![morning];
    }
    week
}

fn dental(dice: &mut Dice) -> Week {
    let morning = *dice.pick(&[("09:00", "12:30"), ("09:00", "12:00"), ("09:30", "13:00")]);
    let afternoon = *dice.pick(&[
        ("14:00", "18:30"),
        ("14:00", "18:00"),
        ("14:30", "19:00"),
        ("14:00", "19:00"),
    ]);
    let mut week = days(&[morning, afternoon], 1..=5, false);
    if dice.chance(0.65) {
        week[dice.whole(3, 4) as usize - 1] = Vec::new();
    }
    week[SATURDAY - 1] = match dice.weighted(&[0.4, 0.4, 0.2]) {
        0 => vec![morning, ("14:00", "17:00")],
        1 => vec![morning],
        _ => Vec::new(),
    };
    week
}

fn pharmacy(dice: &mut Dice) -> Week {
    let all_day = *dice.pick(&[
        ("09:00", "18:00"),
        ("08:30", "18:00"),
        ("09:00", "18:30"),
        ("08:30", "17:30"),
        ("09:00", "19:00"),
    ]);
    let mut week = days(&[all_day], 1..=5, false);
    week[SATURDAY - 1] = match dice.weighted(&[0.6, 0.25, 0.15]) {
        0 => vec![*dice.pick(&[("09:00", "13:00"), ("08:30", "12:30")])],
        1 => vec![("09:00", "17:00")],
        _ => Vec::new(),
    };
    if dice.chance(0.06) {
        week[SUNDAY - 1] = vec![("10:00", "17:00")];
        week[HOLIDAY - 1] = vec![("10:00", "17:00")];
    }
    week
}

fn rows(week: &Week) -> Vec<Hours> {
    let mut rows = Vec::new();
    for (weekday, spans) in (1..).zip(week) {
        if spans.is_empty() {
            rows.push(Hours {
                weekday,
                slot: 1,
                span: None,
            });
        }
        rows.extend((1..).zip(spans).map(|(slot, span)| Hours {
            weekday,
            slot,
            span: Some(*span),
        }));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: [Opening; 9] = [
        Opening::Hospital,
        Opening::Clinic,
        Opening::Dental,
        Opening::Pharmacy,
        Opening::Office,
        Opening::Visits,
        Opening::Day,
        Opening::Always,
        Opening::Weekly,
    ];

    fn weeks(opening: Opening) -> Vec<Vec<Hours>> {
        let mut dice = Dice::new(1, "hours", 0);
        (0..500).map(|_| draw(&mut dice, opening)).collect()
    }

    #[test]
    fn spans_of_a_day_follow_each_other() {
        for opening in EVERY {
            for week in weeks(opening) {
                for pair in week
                    .windows(2)
                    .filter(|pair| pair[0].weekday == pair[1].weekday)
                {
                    assert_eq!(pair[0].slot + 1, pair[1].slot);
                    assert!(
                        pair[0].span.unwrap().1 < pair[1].span.unwrap().0,
                        "{pair:?}"
                    );
                }
                assert!(
                    week.iter()
                        .filter_map(|row| row.span)
                        .all(|(opens, closes)| opens < closes)
                );
            }
        }
    }

    #[test]
    fn a_known_week_tells_all_seven_days_and_the_holiday() {
        for opening in EVERY {
            for week in weeks(opening).iter().filter(|week| !week.is_empty()) {
                let days: std::collections::BTreeSet<_> =
                    week.iter().map(|row| row.weekday).collect();
                assert_eq!(
                    days.into_iter().collect::<Vec<_>>(),
                    (1..=8).collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn most_clinics_have_a_lunch_break_a_free_afternoon_and_no_sunday() {
        let known: Vec<_> = weeks(Opening::Clinic)
            .into_iter()
            .filter(|week| !week.is_empty())
            .collect();
        assert!((0.90..0.97).contains(&(known.len() as f64 / 500.0)));
        for week in &known {
            let spans = |day: i64| {
                week.iter()
                    .filter(|row| row.weekday == day && row.span.is_some())
                    .count()
            };
            assert_eq!([spans(1), spans(7), spans(8)], [2, 0, 0]);
            assert!(spans(3).min(spans(4)) < 2);
        }
    }
}
