//! Days as Japanese lists write them: wareki and western, full-width, with inner blanks; and back to text.

use chrono::{Datelike, NaiveDate};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// Why a text is no day.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WrongDate {
    /// Nothing but blanks.
    #[error("日付が空です。")]
    Empty,
    /// In none of the ways a day is written.
    #[error(
        "日付「{value}」を読めません。令和8年4月1日、R8.4.1、2026-04-01 のように書いてください。"
    )]
    Unreadable {
        /// The text as given.
        value: String,
    },
    /// Written like a day, but there is none such.
    #[error("日付「{value}」は暦にありません。")]
    Impossible {
        /// The text as given.
        value: String,
    },
    /// The era had not begun or was over.
    #[error("日付「{value}」は{era}の期間（{span}）の外です。")]
    OutsideEra {
        /// The text as given.
        value: String,
        /// The era's name.
        era: &'static str,
        /// Its first and last day, in words.
        span: String,
    },
    /// Month and day alone, where the year cannot be told.
    #[error("日付「{value}」に年がありません。")]
    NeedsYear {
        /// The text as given.
        value: String,
    },
}

/// A Japanese era.
#[derive(Debug)]
struct Era {
    name: &'static str,
    letter: char,
    /// Year 1 is this western year.
    year_one: i32,
    first: NaiveDate,
    last: NaiveDate,
}

impl Era {
    fn span(&self) -> String {
        let first = self.first.format("%Y年%-m月%-d日から");
        match self.last {
            NaiveDate::MAX => first.to_string(),
            last => format!("{first}{}", last.format("%Y年%-m月%-d日まで")),
        }
    }
}

const fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

/// Newest first. Meiji from its sixth year, when the solar calendar began (明治5年太政官布告第337号).
const ERAS: [Era; 5] = [
    Era {
        name: "令和",
        letter: 'R',
        year_one: 2019,
        first: ymd(2019, 5, 1),
        last: NaiveDate::MAX,
    },
    Era {
        name: "平成",
        letter: 'H',
        year_one: 1989,
        first: ymd(1989, 1, 8),
        last: ymd(2019, 4, 30),
    },
    Era {
        name: "昭和",
        letter: 'S',
        year_one: 1926,
        first: ymd(1926, 12, 25),
        last: ymd(1989, 1, 7),
    },
    Era {
        name: "大正",
        letter: 'T',
        year_one: 1912,
        first: ymd(1912, 7, 30),
        last: ymd(1926, 12, 24),
    },
    Era {
        name: "明治",
        letter: 'M',
        year_one: 1868,
        first: ymd(1873, 1, 1),
        last: ymd(1912, 7, 29),
    },
];

/// The western years a public list may speak of; others are slips of the pen.
const YEARS: std::ops::RangeInclusive<i32> = 1868..=2199;

/// Reads a day: 「令和 7年 9月 1日」「令和元年５月１日」「R8.4.1」「H24/4/1」「20260401」「2026-04-01」「2026/4/1」
/// 「2026年4月1日」, with a weekday or a time of day behind it; 「4/1」 only if `today` gives the calendar year.
///
/// # Errors
/// [`WrongDate`]: also for a day that the calendar or the era does not have.
pub fn parse_day(text: &str, today: Option<NaiveDate>) -> Result<NaiveDate, WrongDate> {
    let value = || text.trim().to_owned();
    if text.trim().is_empty() {
        return Err(WrongDate::Empty);
    }
    let plain = plain(text);
    if let Some((era, rest)) = strip_era(&plain) {
        let [year, month, day] =
            numbers(rest).ok_or_else(|| WrongDate::Unreadable { value: value() })?;
        return day_of_era(era, year, month, day, &value());
    }
    if plain.len() == 8 && plain.bytes().all(|b| b.is_ascii_digit()) {
        let part = |range: std::ops::Range<usize>| -> u32 { plain[range].parse().expect("digits") };
        return day_of_year(part(0..4), part(4..6), part(6..8), &value());
    }
    if let Some([year, month, day]) = numbers(&plain) {
        let four_digits = plain.bytes().take_while(u8::is_ascii_digit).count() == 4;
        return match four_digits {
            true => day_of_year(year, month, day, &value()),
            false => Err(WrongDate::Unreadable { value: value() }),
        };
    }
    if let Some([month, day]) = numbers(&plain) {
        let year = today
            .ok_or_else(|| WrongDate::NeedsYear { value: value() })?
            .year();
        return NaiveDate::from_ymd_opt(year, month, day)
            .ok_or_else(|| WrongDate::Impossible { value: value() });
    }
    Err(WrongDate::Unreadable { value: value() })
}

/// Finds the day as of which a list holds: the one before 「現在」 or 「時点」 in texts such as
/// 「[令和７年１０月１日 現在 ]令和７年１０月２１日作成」.
pub fn find_as_of(text: &str) -> Option<NaiveDate> {
    /// Characters of the longest way to write a day, its weekday included.
    const LONGEST: usize = 20;
    let text: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    ["現在", "時点"]
        .iter()
        .flat_map(|mark| text.match_indices(mark))
        .find_map(|(end, _)| {
            let before = &text[..end];
            let starts = before.char_indices().rev().take(LONGEST);
            let mut days = starts.filter_map(|(start, _)| parse_day(&before[start..], None).ok());
            days.next()
        })
}

/// 「令和8年11月22日」, the first year as 元年; before 1873 the western year.
pub fn wareki(day: NaiveDate) -> String {
    let (month, dom) = (day.month(), day.day());
    match era_of(day) {
        Some((era, 1)) => format!("{}元年{month}月{dom}日", era.name),
        Some((era, year)) => format!("{}{year}年{month}月{dom}日", era.name),
        None => format!("{}年{month}月{dom}日", day.year()),
    }
}

/// 「R8.11.22」; before 1873 「1872.12.31」.
pub fn wareki_short(day: NaiveDate) -> String {
    let (month, dom) = (day.month(), day.day());
    match era_of(day) {
        Some((era, year)) => format!("{}{year}.{month}.{dom}", era.letter),
        None => format!("{}.{month}.{dom}", day.year()),
    }
}

/// A Japanese fiscal year, April to March, by the western year it begins in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct FiscalYear(i32);

impl FiscalYear {
    /// The fiscal year that begins in April of `year`.
    pub const fn new(year: i32) -> Self {
        Self(year)
    }

    /// The western year it begins in.
    pub const fn year(self) -> i32 {
        self.0
    }

    /// April 1.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 4, 1).expect("a year of the calendar")
    }

    /// March 31 of the following year.
    pub fn last_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0 + 1, 3, 31).expect("a year of the calendar")
    }
}

impl std::fmt::Display for FiscalYear {
    /// 「令和8年度」; named by the era of May, as the government named 令和元年度.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match NaiveDate::from_ymd_opt(self.0, 5, 1).and_then(era_of) {
            Some((era, 1)) => write!(f, "{}元年度", era.name),
            Some((era, year)) => write!(f, "{}{year}年度", era.name),
            None => write!(f, "{}年度", self.0),
        }
    }
}

/// The fiscal year a day falls in.
pub fn fiscal_year(day: NaiveDate) -> FiscalYear {
    FiscalYear(if day.month() < 4 {
        day.year() - 1
    } else {
        day.year()
    })
}

/// Half-width, dashes made one, without blanks, weekday in brackets and time of day.
fn plain(text: &str) -> String {
    let text: String = text.nfkc().collect();
    let text = text.trim();
    let text = match text.find(':') {
        Some(colon) => text[..colon]
            .rfind([' ', 'T'])
            .map_or(text, |end| &text[..end]),
        None => text,
    };
    let mut text: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| {
            if matches!(c, '‐' | '‑' | '–' | '—' | '−' | 'ー') {
                '-'
            } else {
                c
            }
        })
        .collect();
    if let Some(open) = text.rfind('(')
        && is_weekday(&text[open..])
    {
        text.truncate(open);
    }
    text
}

/// 「(月)」「(月曜)」「(月曜日)」「(月・祝)」.
fn is_weekday(bracket: &str) -> bool {
    let inner = bracket.trim_start_matches('(').trim_end_matches(')');
    let rest = inner.trim_start_matches(|c| "月火水木金土日".contains(c));
    bracket.ends_with(')')
        && inner.len() > rest.len()
        && matches!(rest, "" | "曜" | "曜日" | "・祝")
}

fn strip_era(text: &str) -> Option<(&'static Era, &str)> {
    ERAS.iter().find_map(|era| {
        let rest = text.strip_prefix(era.name).or_else(|| {
            let rest = text.strip_prefix([era.letter, era.letter.to_ascii_lowercase()])?;
            Some(rest.strip_prefix('.').unwrap_or(rest))
        })?;
        Some((era, rest))
    })
}

/// Exactly `N` numbers apart by 年月日 or one and the same of `.`, `/`, `-`; 元 is 1.
fn numbers<const N: usize>(text: &str) -> Option<[u32; N]> {
    let text = text.replacen('元', "1", 1);
    let parts: Vec<&str> = match text.strip_suffix('日') {
        Some(kanji) => kanji.split(['年', '月']).collect(),
        None => text
            .split(
                text.chars()
                    .find(|c| !c.is_ascii_digit() && matches!(c, '.' | '/' | '-'))?,
            )
            .collect(),
    };
    if text.ends_with('日')
        && (text.matches('年').count(), text.matches('月').count()) != (N - 2, 1)
    {
        return None;
    }
    let number = |part: &str| match part.len() {
        1..=4 if part.bytes().all(|b| b.is_ascii_digit()) => part.parse().ok(),
        _ => None,
    };
    parts
        .into_iter()
        .map(number)
        .collect::<Option<Vec<u32>>>()?
        .try_into()
        .ok()
}

fn day_of_year(year: u32, month: u32, day: u32, value: &str) -> Result<NaiveDate, WrongDate> {
    i32::try_from(year)
        .ok()
        .filter(|year| YEARS.contains(year))
        .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
        .ok_or_else(|| WrongDate::Impossible {
            value: value.to_owned(),
        })
}

fn day_of_era(
    era: &Era,
    year: u32,
    month: u32,
    day: u32,
    value: &str,
) -> Result<NaiveDate, WrongDate> {
    if year == 0 {
        return Err(WrongDate::Impossible {
            value: value.to_owned(),
        });
    }
    let found = day_of_year(year + (era.year_one - 1) as u32, month, day, value)?;
    if (era.first..=era.last).contains(&found) {
        return Ok(found);
    }
    Err(WrongDate::OutsideEra {
        value: value.to_owned(),
        era: era.name,
        span: era.span(),
    })
}

fn era_of(day: NaiveDate) -> Option<(&'static Era, i32)> {
    let era = ERAS
        .iter()
        .find(|era| (era.first..=era.last).contains(&day))?;
    Some((era, day.year() - era.year_one + 1))
}

#[cfg(test)]
mod tests;
