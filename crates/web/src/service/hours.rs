//! When a service is open: the week as a table, and whether it is open at an instant.

use chrono::{DateTime, Duration, Utc};
use keniki_app::directory::search::opening;
use keniki_app::directory::show::{self, Shown};
use keniki_base::clock::{JST, jst_day};

use crate::wording;

/// Whether it is open now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It is.
    Open,
    /// It is not.
    Closed,
    /// Its hours are not known.
    Unknown,
}

impl Opening {
    /// What is known of that instant.
    #[must_use]
    pub fn at(shown: &Shown, instant: DateTime<Utc>) -> Self {
        match is_open_at(shown, instant) {
            Some(true) => Self::Open,
            Some(false) => Self::Closed,
            None => Self::Unknown,
        }
    }

    /// In a reader's words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "いま開いています",
            Self::Closed => "いまは時間外です",
            Self::Unknown => "時間は不明です",
        }
    }
}

/// Hours of one weekday.
#[derive(Debug, Clone)]
pub struct Hours {
    /// 月 … 日, 祝.
    pub day: &'static str,
    /// `9:00–12:00`, `休み`, `開いています（時間は不明）` or 不明.
    pub spans: Vec<String>,
    /// Today is such a day.
    pub is_today: bool,
}

const WEEK: [&str; 8] = [
    "月曜日",
    "火曜日",
    "水曜日",
    "木曜日",
    "金曜日",
    "土曜日",
    "日曜日",
    "祝日",
];

/// The week, where anything of it is known.
#[must_use]
pub fn week(shown: &Shown, now: DateTime<Utc>) -> Vec<Hours> {
    if shown.hours.is_empty() {
        return Vec::new();
    }
    let today = opening::weekday(jst_day(now));
    let days = (1..).zip(WEEK).map(|(number, day)| {
        let slots: Vec<_> = shown
            .hours
            .iter()
            .filter(|hours| hours.weekday == number)
            .collect();
        let spans: Vec<String> = slots
            .iter()
            .map(|hours| match &hours.times {
                Some((opens, closes)) => format!("{opens}〜{closes}"),
                None if hours.is_open => "開いています（時間は不明）".to_owned(),
                None => "休み".to_owned(),
            })
            .collect();
        Hours {
            day,
            spans: if spans.is_empty() {
                vec![wording::UNKNOWN.to_owned()]
            } else {
                spans
            },
            is_today: number == today,
        }
    });
    days.collect()
}

/// Whether it is open at that instant; none where its hours are not known.
fn is_open_at(shown: &Shown, instant: DateTime<Utc>) -> Option<bool> {
    let here = instant.with_timezone(&JST);
    let (today, time) = (here.date_naive(), here.format("%H:%M").to_string());
    let slots = |day| {
        let weekday = opening::weekday(day);
        shown
            .hours
            .iter()
            .filter(move |hours| hours.weekday == weekday)
    };
    let since_yesterday = slots(today - Duration::days(1))
        .filter_map(|hours| hours.times.as_ref())
        .any(|(opens, closes)| closes <= opens && time < *closes);
    let in_span = slots(today)
        .filter_map(|hours| hours.times.as_ref())
        .any(|(opens, closes)| *opens <= time && (time < *closes || closes <= opens));
    if since_yesterday || in_span {
        return Some(true);
    }
    let is_told = |hours: &show::Hours| !hours.is_open || hours.times.is_some();
    (slots(today).next().is_some() && slots(today).all(is_told)).then_some(false)
}
