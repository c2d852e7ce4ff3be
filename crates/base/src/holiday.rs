//! Japanese public holidays by rule, and business days.
//!
//! 国民の祝日に関する法律 (昭和23年法律第178号) with its amendments, from 1948-07-20 to 2099-12-31 (as far as
//! the law in force is known and the equinox formula holds).

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The holiday's name; a substitute is 「振替休日」, a day between two holidays 「国民の休日」.
pub fn holiday_name(day: NaiveDate) -> Option<&'static str> {
    if let Some(name) = statutory(day) {
        return Some(name);
    }
    if is_substitute(day) {
        return Some("振替休日");
    }
    is_between(day).then_some("国民の休日")
}

/// Whether public offices work: neither Saturday nor Sunday, no holiday, not December 29 to January 3
/// (行政機関の休日に関する法律第1条; the municipalities' ordinances say the same).
pub fn is_business_day(day: NaiveDate) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    !weekend && !is_holiday(day)
}

/// Whether public offices are closed whatever the day of the week: a public holiday, or December 29 to January 3.
pub fn is_holiday(day: NaiveDate) -> bool {
    let new_year = matches!((day.month(), day.day()), (12, 29..=31) | (1, 1..=3));
    new_year || holiday_name(day).is_some()
}

/// The `n`-th business day after `day`; for 0 `day` itself if it is one, else the next.
pub fn add_business_days(day: NaiveDate, n: u32) -> NaiveDate {
    if n == 0 {
        return if is_business_day(day) {
            day
        } else {
            next_business_day(day)
        };
    }
    (0..n).fold(day, |day, _| next_business_day(day))
}

fn next_business_day(day: NaiveDate) -> NaiveDate {
    day.iter_days()
        .skip(1)
        .find(|day| is_business_day(*day))
        .expect("holidays end before the calendar does")
}

const fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

/// The law's own holidays and those of single laws, before substitutes.
fn statutory(day: NaiveDate) -> Option<&'static str> {
    let (year, month, dom) = (day.year(), day.month(), day.day());
    if day < ymd(1948, 7, 20) || year > 2099 {
        return None;
    }
    single_law(year, month, dom)
        .or_else(|| fixed(year, month, dom))
        .or_else(|| moving(day))
}

/// Holidays that one law made for one day.
fn single_law(year: i32, month: u32, dom: u32) -> Option<&'static str> {
    match (year, month, dom) {
        (1959, 4, 10) | (1993, 6, 9) => Some("結婚の儀"),
        (1989, 2, 24) => Some("大喪の礼"),
        (1990, 11, 12) | (2019, 10, 22) => Some("即位礼正殿の儀"),
        (2019, 5, 1) => Some("天皇の即位の日"),
        _ => None,
    }
}

/// Holidays on the same day every year.
fn fixed(year: i32, month: u32, dom: u32) -> Option<&'static str> {
    match (month, dom, year) {
        (1, 1, 1949..) => Some("元日"),
        (1, 15, 1949..=1999) => Some("成人の日"),
        (2, 11, 1967..) => Some("建国記念の日"),
        (2, 23, 2020..) | (4, 29, 1949..=1988) | (12, 23, 1989..=2018) => Some("天皇誕生日"),
        (4, 29, 2007..) => Some("昭和の日"),
        (4, 29, 1989..=2006) | (5, 4, 2007..) => Some("みどりの日"),
        (5, 3, 1949..) => Some("憲法記念日"),
        (5, 5, 1949..) => Some("こどもの日"),
        // 令和三年東京オリンピック競技大会・東京パラリンピック競技大会特別措置法 moved three in 2020 and 2021.
        (7, 20, 1996..=2002) | (7, 23, 2020) | (7, 22, 2021) => Some("海の日"),
        (8, 11, 2016..=2019 | 2022..) | (8, 10, 2020) | (8, 8, 2021) => Some("山の日"),
        (7, 24, 2020) | (7, 23, 2021) => Some("スポーツの日"),
        (9, 15, 1966..=2002) => Some("敬老の日"),
        (10, 10, 1966..=1999) => Some("体育の日"),
        (11, 3, 1948..) => Some("文化の日"),
        (11, 23, 1948..) => Some("勤労感謝の日"),
        _ => None,
    }
}

/// Happy Mondays and the equinoxes.
fn moving(day: NaiveDate) -> Option<&'static str> {
    let (year, month, dom) = (day.year(), day.month(), day.day());
    let nth = (day.weekday() == Weekday::Mon).then_some((dom - 1) / 7 + 1);
    match (month, nth, year) {
        (1, Some(2), 2000..) => Some("成人の日"),
        (7, Some(3), 2003..=2019 | 2022..) => Some("海の日"),
        (9, Some(3), 2003..) => Some("敬老の日"),
        (10, Some(2), 2000..=2019) => Some("体育の日"),
        (10, Some(2), 2022..) => Some("スポーツの日"),
        (3, _, 1949..) if dom == equinox(year, 20.8357, 20.8431) => Some("春分の日"),
        (9, _, 1948..) if dom == equinox(year, 23.2588, 23.2488) => Some("秋分の日"),
        _ => None,
    }
}

/// The equinox's day of the month: the usual approximation (海上保安庁水路部 暦計算研究会編『新こよみ便利帳』), the first
/// constant to 1979, the second 1980–2099.
fn equinox(year: i32, to_1979: f64, from_1980: f64) -> u32 {
    let since = f64::from(year - 1980);
    let drift = 0.242_194 * since;
    let day = match year {
        ..=1979 => (to_1979 + drift).floor() as i32 - (year - 1983) / 4,
        _ => (from_1980 + drift).floor() as i32 - (year - 1980) / 4,
    };
    day.cast_unsigned()
}

/// Since 1973-04-12 a holiday on a Sunday frees the Monday after it; since 2007 the next day that is no
/// holiday itself.
fn is_substitute(day: NaiveDate) -> bool {
    if day.year() < 2007 && day.weekday() != Weekday::Mon {
        return false;
    }
    std::iter::successors(day.pred_opt(), NaiveDate::pred_opt)
        .take_while(|before| *before >= ymd(1973, 4, 12) && statutory(*before).is_some())
        .any(|before| before.weekday() == Weekday::Sun)
}

/// Since 1985-12-27 a day between two holidays is free; until 2006 not a Sunday.
fn is_between(day: NaiveDate) -> bool {
    let holiday = |day: Option<NaiveDate>| day.is_some_and(|day| statutory(day).is_some());
    day >= ymd(1985, 12, 27)
        && (day.year() >= 2007 || day.weekday() != Weekday::Sun)
        && holiday(day.checked_sub_days(Days::new(1)))
        && holiday(day.checked_add_days(Days::new(1)))
}

#[cfg(test)]
mod tests;
