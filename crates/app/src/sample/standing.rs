//! Whether an invented place still works, and when somebody last made sure.

use chrono::{Days, NaiveDate};

use super::dice::Dice;

/// As the directory keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `active`, `suspended` or `closed`.
    pub status: &'static str,
    /// The day it closed.
    pub closed_on: Option<NaiveDate>,
    /// When somebody last made sure, and who.
    pub assured: Option<(NaiveDate, &'static str)>,
}

impl Standing {
    /// One that works, assured lately, long ago or never.
    pub fn working(dice: &mut Dice, today: NaiveDate) -> Self {
        let (days, by) = match dice.weighted(&[0.60, 0.14, 0.16, 0.10]) {
            0 => (dice.whole(3, 340), "事業所の回答"),
            1 => (dice.whole(3, 340), "市町村の確認"),
            2 => (dice.whole(400, 1_500), "事業所の回答"),
            _ => {
                return Self {
                    status: "active",
                    closed_on: None,
                    assured: None,
                };
            }
        };
        Self {
            status: "active",
            closed_on: None,
            assured: Some((ago(today, days), by)),
        }
    }
}

/// The standing of a service: most work, one in a hundred is closed, another suspended.
pub fn draw(dice: &mut Dice, today: NaiveDate) -> Standing {
    let working = Standing::working(dice, today);
    match dice.weighted(&[0.98, 0.01, 0.01]) {
        0 => working,
        1 => Standing {
            status: "suspended",
            ..working
        },
        _ => {
            let closed = ago(today, dice.whole(10, 700));
            Standing {
                status: "closed",
                closed_on: Some(closed),
                assured: Some((closed, "廃止の届出")),
            }
        }
    }
}

fn ago(today: NaiveDate, days: i64) -> NaiveDate {
    today
        .checked_sub_days(Days::new(days.unsigned_abs()))
        .unwrap_or(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_closed_some_suspended_some_stale_and_none_assured_tomorrow() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let mut dice = Dice::new(1, "standing", 0);
        let all: Vec<_> = (0..4_000).map(|_| draw(&mut dice, today)).collect();
        let share = |holds: fn(&Standing) -> bool| {
            all.iter().filter(|one| holds(one)).count() as f64 / 4_000.0
        };
        assert!((0.004..0.02).contains(&share(|one| one.status == "closed")));
        assert!((0.004..0.02).contains(&share(|one| one.status == "suspended")));
        assert!((0.07..0.13).contains(&share(|one| one.assured.is_none())));
        assert!(
            all.iter()
                .all(|one| (one.status == "closed") == one.closed_on.is_some())
        );
        assert!(
            all.iter()
                .filter_map(|one| one.assured)
                .all(|(day, _)| day < today)
        );
        let year_ago = ago(today, 365);
        let stale = all
            .iter()
            .filter(|one| one.assured.is_some_and(|(day, _)| day < year_ago))
            .count();
        assert!((400..1_000).contains(&stale), "{stale}");
    }
}
