//! Open at an instant: which spans of opening hours hold it, and what stands in the index for that.
//!
//! Weekdays are 1 Monday … 7 Sunday and 8 public holiday. A day without a statement is unknown, never closed.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Timelike, Utc};
use keniki_base::clock::JST;
use keniki_base::holiday::holiday_name;

/// The public holiday's number in `service_hours.weekday`.
pub const HOLIDAY: i64 = 8;

/// Opening hours as the sources give them: `08:30` to `17:15`; past midnight as `26:00` or as `02:00`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Span {
    pub weekday: i64,
    pub opens: String,
    pub closes: String,
}

impl Span {
    /// The token that a document with this span holds.
    pub(super) fn token(&self) -> String {
        let digits = |time: &str| {
            time.chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        };
        format!(
            "open{}x{}x{}",
            self.weekday,
            digits(&self.opens),
            digits(&self.closes)
        )
    }

    /// Whether the span, begun on its own day, holds the moment.
    fn holds(&self, moment: &Moment) -> bool {
        let begins_after_it_ends = self.closes <= self.opens;
        let today = self.weekday == moment.weekday
            && self.opens <= moment.time
            && (moment.time < self.closes || begins_after_it_ends);
        let since_yesterday = self.weekday == moment.weekday_before
            && (moment.time_since_yesterday < self.closes
                || begins_after_it_ends && moment.time < self.closes);
        today || since_yesterday
    }
}

/// The token of a document that says what holds on this weekday: hours, or closed.
pub(super) fn known_token(weekday: i64) -> String {
    format!("known{weekday}")
}

/// An instant as opening hours see it, in Japan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub weekday: i64,
    pub weekday_before: i64,
    /// `HH:MM`, which sorts as time does.
    time: String,
    /// The same counted on from the midnight before: `26:30` is half past two.
    time_since_yesterday: String,
}

impl Moment {
    pub(super) fn at(instant: DateTime<Utc>) -> Self {
        let here = instant.with_timezone(&JST);
        let day = here.date_naive();
        Self {
            weekday: weekday(day),
            weekday_before: weekday(day - Duration::days(1)),
            time: format!("{:02}:{:02}", here.hour(), here.minute()),
            time_since_yesterday: format!("{:02}:{:02}", here.hour() + 24, here.minute()),
        }
    }

    /// The spans among `spans` that hold this moment.
    pub(super) fn held_by<'a>(&'a self, spans: &'a [Span]) -> impl Iterator<Item = &'a Span> + 'a {
        spans.iter().filter(|span| span.holds(self))
    }
}

/// 1 Monday … 7 Sunday, 8 where the day is a public holiday.
pub fn weekday(day: NaiveDate) -> i64 {
    if holiday_name(day).is_some() {
        HOLIDAY
    } else {
        i64::from(day.weekday().number_from_monday())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(weekday: i64, opens: &str, closes: &str) -> Span {
        Span {
            weekday,
            opens: opens.into(),
            closes: closes.into(),
        }
    }

    fn holds(span: Span, instant: &str) -> bool {
        Moment::at(instant.parse().unwrap())
            .held_by(&[span])
            .count()
            == 1
    }

    #[test]
    fn a_span_holds_its_opening_minute_and_not_its_closing_one() {
        // 2026-11-24 is a Tuesday after the holiday of the 23rd.
        assert!(holds(
            span(2, "08:30", "17:15"),
            "2026-11-24T08:30:00+09:00"
        ));
        assert!(holds(
            span(2, "08:30", "17:15"),
            "2026-11-24T17:14:59+09:00"
        ));
        assert!(!holds(
            span(2, "08:30", "17:15"),
            "2026-11-24T17:15:00+09:00"
        ));
        assert!(!holds(
            span(3, "08:30", "17:15"),
            "2026-11-24T12:00:00+09:00"
        ));
    }

    #[test]
    fn a_public_holiday_has_hours_of_its_own() {
        assert!(holds(
            span(8, "09:00", "12:00"),
            "2026-11-23T10:00:00+09:00"
        ));
        assert!(!holds(
            span(1, "09:00", "12:00"),
            "2026-11-23T10:00:00+09:00"
        ));
    }

    #[test]
    fn a_night_reaches_into_the_next_day() {
        for closes in ["06:00", "30:00"] {
            let night = span(2, "18:00", closes);
            assert!(holds(night.clone(), "2026-11-24T23:00:00+09:00"));
            assert!(holds(night.clone(), "2026-11-25T05:59:00+09:00"));
            assert!(!holds(night.clone(), "2026-11-25T06:00:00+09:00"));
            assert!(!holds(night, "2026-11-24T05:00:00+09:00"));
        }
    }

    #[test]
    fn a_whole_day_is_open_at_every_minute() {
        for closes in ["24:00", "00:00"] {
            assert!(holds(span(2, "00:00", closes), "2026-11-24T00:00:00+09:00"));
            assert!(holds(span(2, "00:00", closes), "2026-11-24T23:59:00+09:00"));
        }
    }
}
