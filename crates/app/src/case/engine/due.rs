//! Deadlines: hours of the clock, days of the calendar, days on which an office works; all in Japanese time.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, Utc, Weekday};
use keniki_base::clock::{JST, jst_day, jst_instant};
use keniki_base::holiday::is_holiday;

use crate::definition::office::OwnHours;
use crate::definition::program::{AfterHours, ClosedDay, Due, OfficeRule, Unit};

/// When an office works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// From, to; Monday first; none: closed on that day of the week.
    pub week: [Option<(NaiveTime, NaiveTime)>; 7],
    /// Whether it is closed on public holidays and from December 29 to January 3.
    pub closed_on_holidays: bool,
    /// Days on which it is closed beside these.
    pub closed: BTreeSet<NaiveDate>,
}

/// How far ahead an office is looked for that is open: one that never is must not stop the program.
const LOOK_AHEAD: u64 = 60;

impl Office {
    /// One that works as the program has it.
    #[must_use]
    pub fn by(rule: &OfficeRule) -> Self {
        let hours = |day: Weekday| {
            let works = rule.weekdays.contains(&day);
            works.then_some((rule.opens.0, rule.closes.0))
        };
        let week = [
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ];
        Self {
            week: week.map(hours),
            closed_on_holidays: rule.closed_on_holidays,
            closed: BTreeSet::new(),
        }
    }

    /// One with hours of its own.
    #[must_use]
    pub fn own(own: &OwnHours) -> Self {
        Self {
            closed: own.closed.clone(),
            ..Self::by(&own.hours)
        }
    }

    /// Whether it works on that day.
    #[must_use]
    pub fn is_open_on(&self, day: NaiveDate) -> bool {
        self.hours_on(day).is_some()
    }

    fn hours_on(&self, day: NaiveDate) -> Option<(NaiveTime, NaiveTime)> {
        if self.closed.contains(&day) || (self.closed_on_holidays && is_holiday(day)) {
            return None;
        }
        self.week[day.weekday().num_days_from_monday() as usize]
    }

    /// Whether at that instant it has closed for the day, or does not work that day.
    fn has_closed(&self, at: DateTime<Utc>) -> bool {
        let here = at.with_timezone(&JST);
        let hours = self.hours_on(here.date_naive());
        hours.is_none_or(|(_, closes)| here.time() >= closes)
    }

    /// Whether it works at that instant.
    #[must_use]
    pub fn is_open_at(&self, at: DateTime<Utc>) -> bool {
        let here = at.with_timezone(&JST);
        let hours = self.hours_on(here.date_naive());
        hours.is_some_and(|(opens, closes)| opens <= here.time() && here.time() < closes)
    }

    fn next_open(&self, day: NaiveDate) -> NaiveDate {
        let ahead = (1..=LOOK_AHEAD).map(|n| day + Days::new(n));
        ahead
            .into_iter()
            .find(|day| self.is_open_on(*day))
            .unwrap_or(day + Days::new(1))
    }

    fn last_open(&self, day: NaiveDate) -> NaiveDate {
        let back = (1..=LOOK_AHEAD).map(|n| day - Days::new(n));
        back.into_iter()
            .find(|day| self.is_open_on(*day))
            .unwrap_or(day - Days::new(1))
    }
}

/// The last instant of a day.
pub(super) fn end_of(day: NaiveDate) -> DateTime<Utc> {
    jst_instant(day + Days::new(1), NaiveTime::MIN) - Duration::microseconds(1)
}

/// The last instant in time for what began at `begins_at`; `day`: what the event told.
#[must_use]
pub fn due_at(
    due: &Due,
    begins_at: DateTime<Utc>,
    day: Option<NaiveDate>,
    office: &Office,
) -> DateTime<Utc> {
    if let (Unit::Hours, Some(n)) = (due.unit, due.within) {
        let end = begins_at + Duration::hours(n.into());
        let last = jst_day(end);
        let moved = on_open_day(due, last, office, office.has_closed(begins_at));
        return if moved == last { end } else { end_of(moved) };
    }
    let told =
        (due.of_day || due.before.is_some()).then(|| day.unwrap_or_else(|| jst_day(begins_at)));
    let begun = told.unwrap_or_else(|| jst_day(begins_at));
    let is_late = told.is_none() && office.has_closed(begins_at);
    let first = match due.after_hours {
        AfterHours::NextDay if is_late => begun + Days::new(1),
        AfterHours::NextOpenDay if is_late => office.next_open(begun),
        AfterHours::SameDay | AfterHours::NextDay | AfterHours::NextOpenDay => begun,
    };
    let last = match (due.within, due.before) {
        (_, Some(n)) => before(due.unit, first, n, office),
        (Some(n), None) => after(due.unit, first, n - u32::from(due.count_first_day), office),
        (None, None) => first,
    };
    end_of(on_open_day(due, last, office, is_late))
}

fn after(unit: Unit, first: NaiveDate, n: u32, office: &Office) -> NaiveDate {
    match unit {
        Unit::BusinessDays if n == 0 && !office.is_open_on(first) => office.next_open(first),
        Unit::BusinessDays => (0..n).fold(first, |day, _| office.next_open(day)),
        Unit::Days | Unit::Hours => first + Days::new(n.into()),
    }
}

fn before(unit: Unit, first: NaiveDate, n: u32, office: &Office) -> NaiveDate {
    match unit {
        Unit::BusinessDays => (0..n).fold(first, |day, _| office.last_open(day)),
        Unit::Days | Unit::Hours => first - Days::new(n.into()),
    }
}

fn on_open_day(due: &Due, last: NaiveDate, office: &Office, is_late: bool) -> NaiveDate {
    match due.closed_day {
        _ if office.is_open_on(last) => last,
        ClosedDay::Stays => last,
        ClosedDay::Next => office.next_open(last),
        ClosedDay::Previous => office.last_open(last),
        ClosedDay::NextDayIfAfterHours if is_late => last + Days::new(1),
        ClosedDay::NextDayIfAfterHours => last,
    }
}
