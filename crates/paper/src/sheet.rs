//! What is to be printed: markup with its pictures, a title and a day.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};

use crate::markup::string;

/// What is to be printed, on the form of `form.typ`, whose functions its markup may use.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// What readers of PDF call it; `#title()` prints it.
    pub title: String,
    /// Its day: in the metadata, and what markup takes for today.
    pub day: NaiveDate,
    /// One line at the top of every page.
    pub head: String,
    /// One line at the foot of every page, before its number.
    pub foot: String,
    /// Typst markup; texts of users stand in it only as [`crate::markup::text`].
    pub markup: String,
    /// What the markup may show.
    pub pictures: Vec<Picture>,
}

/// A picture by the name that the markup uses: `image("code.svg")`.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Ends in `.svg` or `.png`. Typst never forgets a name, so it is none that is made up at run time.
    pub name: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Lines that [`Sheet::source`] puts before the markup.
pub(crate) const LINES_BEFORE: usize = 2;

impl Sheet {
    /// The markup on the form, written with the first of these fonts that has the letter.
    pub(crate) fn source(&self, families: &[String]) -> String {
        let mut fonts = String::new();
        for family in families {
            let _ = write!(fonts, "{}, ", string(family));
        }
        let (year, month, day) = (self.day.year(), self.day.month(), self.day.day());
        format!(
            "#import \"/form.typ\": *\n\
             #show: form.with(title: {}, day: datetime(year: {year}, month: {month}, day: {day}), head: {}, foot: {}, fonts: ({fonts}))\n\
             {}",
            string(&self.title),
            string(&self.head),
            string(&self.foot),
            self.markup,
        )
    }
}
