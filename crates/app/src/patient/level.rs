//! 要介護度 with its period; nobody needs one.

use chrono::NaiveDate;

/// A level of need for care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 非該当.
    None,
    /// 申請中.
    Applied,
    /// 要支援1.
    Support1,
    /// 要支援2.
    Support2,
    /// 要介護1.
    Care1,
    /// 要介護2.
    Care2,
    /// 要介護3.
    Care3,
    /// 要介護4.
    Care4,
    /// 要介護5.
    Care5,
}

impl Level {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Applied,
        Self::Support1,
        Self::Support2,
        Self::Care1,
        Self::Care2,
        Self::Care3,
        Self::Care4,
        Self::Care5,
    ];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Applied => "applied",
            Self::Support1 => "support_1",
            Self::Support2 => "support_2",
            Self::Care1 => "care_1",
            Self::Care2 => "care_2",
            Self::Care3 => "care_3",
            Self::Care4 => "care_4",
            Self::Care5 => "care_5",
        }
    }

    /// The one of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "非該当",
            Self::Applied => "申請中",
            Self::Support1 => "要支援1",
            Self::Support2 => "要支援2",
            Self::Care1 => "要介護1",
            Self::Care2 => "要介護2",
            Self::Care3 => "要介護3",
            Self::Care4 => "要介護4",
            Self::Care5 => "要介護5",
        }
    }
}

/// A level from one day to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Certified {
    /// Which.
    pub level: Level,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
}

/// The level that holds on a day: of several that hold, the one that began last.
#[must_use]
pub fn on(levels: &[Certified], day: NaiveDate) -> Option<&Certified> {
    let holding = levels
        .iter()
        .filter(|it| it.valid_from <= day && it.valid_to.is_none_or(|to| to >= day));
    holding.max_by_key(|it| it.valid_from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_that_began_last_holds() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let of = |level, from, to: Option<&str>| Certified {
            level,
            valid_from: day(from),
            valid_to: to.map(day),
        };
        let levels = [
            of(Level::Care2, "2026-04-01", None),
            of(Level::Support1, "2025-04-01", Some("2026-06-30")),
        ];
        let holds = |text| on(&levels, day(text)).map(|it| it.level);
        assert_eq!(holds("2025-03-31"), None);
        assert_eq!(holds("2026-03-31"), Some(Level::Support1));
        assert_eq!(holds("2026-04-01"), Some(Level::Care2));
        assert!(
            Level::ALL
                .iter()
                .all(|it| Level::of(it.code()) == Some(*it))
        );
    }
}
