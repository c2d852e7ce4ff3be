//! When somebody was born: a day, a month or a year, for certain or about.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use keniki_base::date::parse_day;
use keniki_base::text::squeeze;

/// When, as far as it is known. Orders and prints as ISO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Born {
    /// A year.
    Year(i32),
    /// A month, by its first day.
    Month(NaiveDate),
    /// A day.
    Day(NaiveDate),
}

/// A birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Birth {
    /// When.
    pub born: Born,
    /// Not for certain.
    pub is_about: bool,
}

/// Why a text is no birth. `Display` is a Japanese sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongBirth {
    /// It cannot be read.
    #[error(
        "生年月日「{0}」を読めません。昭和15年3月3日、S15.3.3、1940-03-03、昭和15年ころ のように書いてください。"
    )]
    Unreadable(String),
    /// After today.
    #[error("生年月日「{0}」が今日より後になっています。日付を確かめてください。")]
    InFuture(String),
}

impl Birth {
    /// Reads what was typed: a day in either calendar, or a month or a year; with ころ or 約 about.
    ///
    /// # Errors
    /// [`WrongBirth`], also for a day after `today`.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, WrongBirth> {
        let typed = squeeze(text).replace(' ', "");
        let mut plain = typed.strip_prefix('約').unwrap_or(&typed);
        for mark in ["ころ", "ごろ", "頃", "くらい", "?"] {
            plain = plain.strip_suffix(mark).unwrap_or(plain);
        }
        let unreadable = || WrongBirth::Unreadable(text.trim().to_owned());
        let born = Born::parse(plain).ok_or_else(unreadable)?;
        if born.first() > today {
            return Err(WrongBirth::InFuture(text.trim().to_owned()));
        }
        let is_about = plain != typed;
        Ok(Self { born, is_about })
    }
}

impl Born {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(day) = parse_day(text, None) {
            return Some(Self::Day(day));
        }
        // The last day of a year or month that an era began with lies in it, the first may not.
        let of = |rest: &str| parse_day(&format!("{text}{rest}"), None).ok();
        if text.ends_with('年') || text.len() == 4 {
            let year = if text.ends_with('年') { "" } else { "年" };
            let day = of(&format!("{year}12月25日")).or_else(|| of(&format!("{year}1月1日")))?;
            return Some(Self::Year(day.year()));
        }
        let day = match text.ends_with('月') {
            true => of("28日").or_else(|| of("1日"))?,
            false => of("-28")?,
        };
        Some(Self::Month(day.with_day(1)?))
    }

    /// The first day that it may be.
    #[must_use]
    pub fn first(self) -> NaiveDate {
        match self {
            Self::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX),
            Self::Month(day) | Self::Day(day) => day,
        }
    }

    /// The last day that it may be.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        let after = match self {
            Self::Year(_) => self.first().checked_add_months(Months::new(12)),
            Self::Month(day) => day.checked_add_months(Months::new(1)),
            Self::Day(day) => return day,
        };
        after.map_or(NaiveDate::MAX, |day| day - Days::new(1))
    }

    /// The day, where it is known.
    #[must_use]
    pub fn day(self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) => Some(day),
            Self::Month(_) | Self::Year(_) => None,
        }
    }

    /// Whether two days differ as one misreads or mistypes them: day and month changed over, or one digit another.
    #[must_use]
    pub fn is_near(self, other: Self) -> bool {
        let (Some(a), Some(b)) = (self.day(), other.day()) else {
            return self.first() <= other.last() && other.first() <= self.last();
        };
        let is_swapped = (a.year(), a.month(), a.day()) == (b.year(), b.day(), b.month());
        let (a, b) = (a.to_string(), b.to_string());
        is_swapped || a.chars().zip(b.chars()).filter(|(a, b)| a != b).count() <= 1
    }
}

impl fmt::Display for Born {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(day) => write!(f, "{}", day.format("%Y-%m")),
            Self::Day(day) => write!(f, "{day}"),
        }
    }
}

impl FromStr for Born {
    type Err = WrongBirth;

    /// Reads what the database has.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let born = match text.len() {
            4 => text.parse().ok().map(Self::Year),
            7 => format!("{text}-01").parse().ok().map(Self::Month),
            _ => text.parse().ok().map(Self::Day),
        };
        born.ok_or_else(|| WrongBirth::Unreadable(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn birth(text: &str) -> Result<(String, bool), WrongBirth> {
        let today = "2026-11-24".parse().unwrap();
        Birth::parse(text, today).map(|it| (it.born.to_string(), it.is_about))
    }

    #[test]
    fn a_birth_is_read_in_either_calendar_and_as_far_as_it_is_known() {
        for (text, born, is_about) in [
            ("昭和15年3月3日", "1940-03-03", false),
            ("Ｓ１５．３．３", "1940-03-03", false),
            ("1940-03-03", "1940-03-03", false),
            ("昭和15年ころ", "1940", true),
            ("約1940年", "1940", true),
            ("1940", "1940", false),
            ("平成元年", "1989", false),
            ("昭和64年", "1989", false),
            ("昭和15年3月", "1940-03", false),
            ("1940-03", "1940-03", false),
            ("1940年3月頃", "1940-03", true),
            ("2026-11-24", "2026-11-24", false),
        ] {
            let expected = (born.to_owned(), is_about);
            assert_eq!(birth(text), Ok(expected), "{text}");
            let again: Born = born.parse().unwrap();
            assert_eq!(again.to_string(), born);
        }
        let wrong = |text: &str| birth(text).unwrap_err();
        for text in [
            "",
            "昭和65年1月1日",
            "1940-02-30",
            "きのう",
            "19400",
            "' or 1=1",
        ] {
            assert!(matches!(wrong(text), WrongBirth::Unreadable(_)), "{text}");
        }
        for text in ["2026-11-25", "2027", "令和9年"] {
            assert!(matches!(wrong(text), WrongBirth::InFuture(_)), "{text}");
        }
    }

    #[test]
    fn near_is_a_day_misread() {
        let near = |a: &str, b: &str| {
            let (a, b): (Born, Born) = (a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(a.is_near(b), b.is_near(a));
            a.is_near(b)
        };
        assert!(near("1940-03-04", "1940-04-03") && near("1940-03-03", "1940-03-08"));
        assert!(near("1940-03-03", "1941-03-03") && near("1940", "1940-12-31"));
        assert!(!near("1940-03-03", "1941-03-04") && !near("1940", "1941-01"));
    }
}
