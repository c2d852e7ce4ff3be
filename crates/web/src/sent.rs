//! A form as it came: each field with its name, several of one name apart, and what is read from it.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use keniki_base::clock::{jst_day, jst_instant};
use keniki_base::date::{WrongDate, parse_day};

/// A form as it came. It has no name of its own in any log, for people are in it.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Sent(pub(crate) Vec<(String, String)>);

impl Sent {
    /// What was typed in a field, as it was; empty where there is none.
    pub(crate) fn text(&self, field: &str) -> &str {
        let found = self.0.iter().find(|(name, _)| name == field);
        found.map_or("", |(_, text)| text)
    }

    /// The same without blanks around it.
    pub(crate) fn word(&self, field: &str) -> &str {
        self.text(field).trim()
    }

    /// All that was chosen in a field.
    pub(crate) fn all<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        let of_field =
            move |(name, word): &'a (String, String)| (name == field).then_some(word.as_str());
        self.0.iter().filter_map(of_field)
    }

    /// Fields of which the name begins so, without that beginning; only those in which something is.
    pub(crate) fn beginning<'a>(
        &'a self,
        start: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let filled = self.0.iter().filter(|(_, word)| !word.trim().is_empty());
        filled.filter_map(move |(name, word)| Some((name.strip_prefix(start)?, word.trim())))
    }

    /// The form's own number.
    pub(crate) fn key(&self) -> Option<String> {
        Some(self.word("key").to_owned()).filter(|key| !key.is_empty() && key.len() <= 64)
    }

    /// The numbers of a field; what is none is left out.
    pub(crate) fn numbers<T: FromStr>(&self, field: &str) -> Vec<T> {
        self.all(field).filter_map(|it| it.parse().ok()).collect()
    }

    /// A day in either calendar; none where nothing is typed. One without a year is of the year of `today`.
    pub(crate) fn day(
        &self,
        field: &str,
        today: Option<NaiveDate>,
    ) -> Result<Option<NaiveDate>, WrongDate> {
        match self.word(field) {
            "" => Ok(None),
            typed => parse_day(typed, today).map(Some),
        }
    }

    /// The day that an event tells.
    pub(crate) fn told_day(&self, now: DateTime<Utc>) -> Result<Option<NaiveDate>, String> {
        let day = self.day("told_day", Some(jst_day(now)));
        day.map_err(|error| error.to_string())
    }

    /// The moment of a day and a time of day in Japan.
    pub(crate) fn moment(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
        let today = jst_day(now);
        let day = parse_day(self.word("day"), Some(today)).map_err(|error| error.to_string())?;
        let typed = self.word("time");
        let time = ["%H:%M", "%H:%M:%S"]
            .into_iter()
            .find_map(|form| NaiveTime::parse_from_str(typed, form).ok());
        let time = time.ok_or_else(|| {
            format!("時刻「{typed}」を読めません。14:30 のように書いてください。")
        })?;
        Ok(jst_instant(day, time))
    }
}
