//! How pages write numbers, days and what is not known.

use std::borrow::Borrow;
use std::fmt;

use askama::filters::HtmlSafe;
use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::{JST, jst_day, near_text, remaining_text};
use keniki_base::date::wareki;

/// Word of a category or capability that no loaded source covers.
pub const UNLISTED: &str = "未収載";

/// The same where lists cover some of the municipalities.
pub const PARTLY_UNLISTED: &str = "一部は未収載";

/// Why the population of today and the projection do not meet.
pub const TWO_POPULATIONS: &str = "いまの人口は住民基本台帳、見込みは国勢調査をもとにした推計です。もとの数え方が違うので、同じ年でも少し違います。";
/// Word of a value nobody gave.
pub const UNKNOWN: &str = "不明";

/// A whole number, thousands separated: `224,150`.
#[must_use]
pub fn number(value: impl fmt::Display) -> String {
    let text = value.to_string();
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |digits| ("−", digits));
    let mut out = sign.to_owned();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// One decimal, thousands separated: `36.4`.
#[must_use]
pub fn decimal(value: f64) -> String {
    keniki_chart::theme::number(value, 1)
}

/// A share of a whole in percent with one decimal: `18.3`. Nothing where the whole is empty.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub fn share(part: impl Borrow<i64>, whole: impl Borrow<i64>) -> Option<String> {
    let (part, whole) = (*part.borrow(), *whole.borrow());
    (whole > 0).then(|| decimal(100.0 * part as f64 / whole as f64))
}

/// A change with its sign: `+12`, `−3`, `±0`.
#[must_use]
pub fn change(by: impl Borrow<i64>) -> String {
    match *by.borrow() {
        0 => "±0".to_owned(),
        by @ 1.. => format!("+{}", number(by)),
        by => number(by),
    }
}

/// A deadline and how long it is until then: `明日 23:59（あと1日）`.
#[must_use]
pub fn until(now: DateTime<Utc>, due: DateTime<Utc>) -> String {
    format!("{}（{}）", near_text(now, due), remaining_text(now, due))
}

/// A straight distance: `650 m`, `3.2 km`; from or to the middle of a town `約 3.2 km`, or `同じ町`.
#[must_use]
pub fn distance(km: f64, is_about: bool) -> String {
    let metres = (km * 100.0).round() * 10.0;
    match (is_about, km < 0.995) {
        (true, _) if metres < 10.0 => "同じ町".to_owned(),
        (true, true) => format!("約 {metres:.0} m"),
        (true, false) => format!("約 {km:.1} km"),
        (false, true) => format!("{metres:.0} m"),
        (false, false) => format!("{km:.1} km"),
    }
}

/// A day as a `<time>`: 和暦 to read, 西暦 for machines, on hover and in print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Day(pub NaiveDate);

impl Day {
    /// Reads the ISO text of the database; what is no day is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.get(..10)?.parse().ok().map(Self)
    }

    /// The Japanese day of an ISO instant of the database.
    #[must_use]
    pub fn of_instant(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|instant| Self(jst_day(instant.to_utc())))
    }

    /// 和暦 of the ISO text of a day or an instant; what is neither stays as it is.
    #[must_use]
    pub fn text(text: &str) -> String {
        let day = Self::of_instant(text).or_else(|| Self::parse(text));
        day.map_or_else(|| text.to_owned(), Self::plain)
    }

    /// 和暦 alone, for titles and files.
    #[must_use]
    pub fn plain(self) -> String {
        wareki(self.0)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (iso, western) = (self.0.format("%Y-%m-%d"), self.0.format("%Y年%-m月%-d日"));
        write!(
            f,
            r#"<time datetime="{iso}" title="{western}">{}</time>"#,
            self.plain()
        )
    }
}

impl HtmlSafe for Day {}

/// An instant as a `<time>`: 和暦 and the time of day in Japan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub DateTime<Utc>);

impl Moment {
    /// Reads the ISO text of the database; what is no instant is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let instant = DateTime::parse_from_rfc3339(text).ok();
        instant.map(|instant| Self(instant.to_utc()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let here = self.0.with_timezone(&JST);
        let (iso, western) = (here.to_rfc3339(), here.format("%Y年%-m月%-d日"));
        let (day, time) = (wareki(here.date_naive()), here.format("%-H:%M:%S"));
        write!(
            f,
            r#"<time datetime="{iso}" title="{western}">{day} {time}</time>"#
        )
    }
}

impl HtmlSafe for Moment {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_in_wareki_and_tells_the_western_one() {
        assert_eq!(
            Day::parse("2025-01-01").unwrap().to_string(),
            r#"<time datetime="2025-01-01" title="2025年1月1日">令和7年1月1日</time>"#
        );
        assert_eq!(Day::parse("令和7年"), None);
        let texts = ["2025-01-01", "2024-12-31T15:00:00Z"].map(Day::text);
        assert_eq!(texts, ["令和7年1月1日"; 2]);
        assert_eq!(Day::text("冬"), "冬");
    }

    #[test]
    fn an_instant_reads_in_wareki_with_its_time_in_japan() {
        let at = Moment::parse("2026-11-24T01:02:03Z").map(|at| at.to_string());
        let text = r#"<time datetime="2026-11-24T10:02:03+09:00" title="2026年11月24日">令和8年11月24日 10:02:03</time>"#;
        assert_eq!(at.as_deref(), Some(text));
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(number(224_150), "224,150");
        assert_eq!(number(999_u64), "999");
        assert_eq!(number(-1_000), "−1,000");
        assert_eq!([change(3), change(0), change(-3)], ["+3", "±0", "−3"]);
    }

    #[test]
    fn a_share_of_nothing_is_not_known() {
        assert_eq!(share(1, 3).as_deref(), Some("33.3"));
        assert_eq!(share(0, 0), None);
    }

    #[test]
    fn short_distances_read_in_metres() {
        assert_eq!(distance(0.648, false), "650 m");
        assert_eq!(distance(0.999, false), "1.0 km");
        assert_eq!(distance(15.96, false), "16.0 km");
        assert_eq!(distance(0.0, false), "0 m");
        assert_eq!(distance(0.0, true), "同じ町");
        assert_eq!(distance(0.648, true), "約 650 m");
        assert_eq!(distance(3.21, true), "約 3.2 km");
    }
}
