//! Time as a parameter: the clock's trait, one that stands still, and the Japanese day.

use std::sync::{Arc, Mutex};

use chrono::{
    DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc,
};

use crate::date::wareki;

/// Japan Standard Time, UTC+9, without summer time since 1951.
pub const JST: FixedOffset = FixedOffset::east_opt(9 * 3600).expect("nine hours are within a day");

/// Says what time it is. The system's own clock lives in `cli`.
pub trait Clock: Send + Sync {
    /// The present instant, in whole microseconds (what both databases keep).
    fn now(&self) -> DateTime<Utc>;
}

/// A clock that several look at.
impl<T: Clock + ?Sized> Clock for Arc<T> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }
}

/// A clock that shows the time it was set to.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// A clock standing at `at`.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self(Mutex::new(truncate_to_micros(at)))
    }

    /// Moves the hands forward, or back by a negative duration.
    pub fn advance(&self, by: Duration) {
        *self.hands() += by;
    }

    /// Moves the hands to `at`.
    pub fn set(&self, at: DateTime<Utc>) {
        *self.hands() = truncate_to_micros(at);
    }

    fn hands(&self) -> std::sync::MutexGuard<'_, DateTime<Utc>> {
        self.0.lock().expect("nobody panics while moving the hands")
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.hands()
    }
}

/// Drops what is below a microsecond: PostgreSQL keeps no more, and a value must read as it was written.
pub fn truncate_to_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    let nanos = at.nanosecond();
    at.with_nanosecond(nanos - nanos % 1_000)
        .expect("fewer nanoseconds are still valid")
}

/// The calendar day in Japan at that instant.
pub fn jst_day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&JST).date_naive()
}

/// The instant at which clocks in Japan show that time of that day.
pub fn jst_instant(day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    // Japan has had no summer time since 1951: taking the hours off is all there is to it.
    let here = day.and_time(time);
    let there = here.checked_sub_signed(Duration::seconds(JST.local_minus_utc().into()));
    there.unwrap_or(NaiveDateTime::MIN).and_utc()
}

/// The instant as people say it: 「今日 14:30」「昨日 9:05」「明日 8:00」, else 「11月22日 14:30」,
/// with the year when it is another one.
pub fn near_text(now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    let here = at.with_timezone(&JST);
    let day = match days_until(now, at) {
        -1 => "昨日".to_owned(),
        0 => "今日".to_owned(),
        1 => "明日".to_owned(),
        _ if jst_day(now).year() == here.year() => here.format("%-m月%-d日").to_string(),
        _ => wareki(here.date_naive()),
    };
    format!("{day} {}", here.format("%-H:%M"))
}

/// The instant for letters and whatever else is read on another day: 「令和8年11月22日 14:30」.
pub fn full_text(at: DateTime<Utc>) -> String {
    let here = at.with_timezone(&JST);
    format!("{} {}", wareki(here.date_naive()), here.format("%-H:%M"))
}

/// How long until a deadline's day ends, as a list says it: 「あと2日」「今日まで」「3日超過」.
pub fn remaining_text(now: DateTime<Utc>, due: DateTime<Utc>) -> String {
    match days_until(now, due) {
        0 if due < now => "本日超過".to_owned(),
        0 => "今日まで".to_owned(),
        days if days > 0 => format!("あと{days}日"),
        days => format!("{}日超過", -days),
    }
}

fn days_until(now: DateTime<Utc>, at: DateTime<Utc>) -> i64 {
    (jst_day(at) - jst_day(now)).num_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_japanese_day_begins_at_15_utc() {
        assert_eq!(
            jst_day(utc("2026-11-22T14:59:59Z")).to_string(),
            "2026-11-22"
        );
        assert_eq!(
            jst_day(utc("2026-11-22T15:00:00Z")).to_string(),
            "2026-11-23"
        );
    }

    #[test]
    fn an_instant_of_japan_is_nine_hours_earlier_and_none_is_too_early() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        assert_eq!(
            jst_instant(day, NaiveTime::MIN),
            utc("2026-11-22T15:00:00Z")
        );
        let first = jst_instant(NaiveDate::MIN, NaiveTime::MIN);
        assert_eq!(first, NaiveDateTime::MIN.and_utc());
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = FixedClock::at(utc("2026-11-22T00:00:00.123456789Z"));
        assert_eq!(clock.now(), utc("2026-11-22T00:00:00.123456Z"));
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::days(2));
        assert_eq!(clock.now(), utc("2026-11-24T00:00:00.123456Z"));
        clock.set(utc("2026-01-01T00:00:00Z"));
        assert_eq!(clock.now(), utc("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn near_instants_read_as_people_say_them() {
        let now = utc("2026-11-22T01:00:00Z");
        assert_eq!(near_text(now, utc("2026-11-22T05:30:00Z")), "今日 14:30");
        assert_eq!(near_text(now, utc("2026-11-21T00:05:00Z")), "昨日 9:05");
        assert_eq!(near_text(now, utc("2026-11-22T23:00:00Z")), "明日 8:00");
        assert_eq!(
            near_text(now, utc("2026-11-30T05:30:00Z")),
            "11月30日 14:30"
        );
        assert_eq!(
            near_text(now, utc("2027-01-03T05:30:00Z")),
            "令和9年1月3日 14:30"
        );
        assert_eq!(
            full_text(utc("2026-11-22T15:21:00Z")),
            "令和8年11月23日 0:21"
        );
    }

    #[test]
    fn a_deadline_counts_japanese_days() {
        let now = utc("2026-11-22T01:00:00Z");
        assert_eq!(remaining_text(now, utc("2026-11-24T08:00:00Z")), "あと2日");
        assert_eq!(remaining_text(now, utc("2026-11-22T08:00:00Z")), "今日まで");
        assert_eq!(remaining_text(now, utc("2026-11-22T00:30:00Z")), "本日超過");
        assert_eq!(remaining_text(now, utc("2026-11-19T08:00:00Z")), "3日超過");
    }
}
