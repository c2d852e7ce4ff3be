//! How pages write who somebody is: birth and age as far as they are known, level, alerts.

use chrono::{Datelike, Days, NaiveDate};
use keniki_app::definition::patient::PatientRule;
use keniki_app::patient::birth::{Birth, Born};
use keniki_app::patient::find::Listed;
use keniki_app::patient::level::{self, Certified};
use keniki_app::patient::record::Record;
use keniki_base::date::wareki;

use crate::page::Link;

/// 昭和15年3月3日, 昭和15年3月ころ; the form reads it back as the same.
#[must_use]
pub fn birth(birth: Birth) -> String {
    let first = wareki(birth.born.first());
    let text = match birth.born {
        Born::Day(_) => first,
        Born::Month(_) => until(&first, '月'),
        // The era of Christmas: the first days of a year may be of the era before.
        Born::Year(year) => {
            let day = NaiveDate::from_ymd_opt(year, 12, 25).unwrap_or(birth.born.first());
            until(&wareki(day), '年')
        }
    };
    match birth.is_about {
        true => format!("{text}ころ"),
        false => text,
    }
}

fn until(text: &str, mark: char) -> String {
    let end = text
        .find(mark)
        .map_or(text.len(), |at| at + mark.len_utf8());
    text[..end].to_owned()
}

/// 86歳; of a birth that is not known to the day, about.
#[must_use]
pub fn age(birth: Birth, day: NaiveDate) -> String {
    let years = |born: NaiveDate| {
        let is_before = (day.month(), day.day()) < (born.month(), born.day());
        day.year() - born.year() - i32::from(is_before)
    };
    let youngest = years(birth.born.last().min(day)).max(0);
    match birth.is_about || birth.born.day().is_none() {
        true => format!("約{youngest}歳"),
        false => format!("{youngest}歳"),
    }
}

/// The name in the register, in kanji and kana.
#[must_use]
pub fn name(record: &Record) -> (String, String) {
    let name = record.name();
    let kanji = name.map(|name| name.whole()).unwrap_or_default();
    (
        kanji,
        name.map(|name| name.whole_kana()).unwrap_or_default(),
    )
}

/// Their page.
#[must_use]
pub fn link(listed: &Listed) -> Link {
    Link::new(format!("/patients/{}", listed.id), name(&listed.record).0)
}

/// 要介護2（令和9年3月31日まで）.
#[must_use]
pub fn certified(level: &Certified) -> String {
    match level.valid_to {
        Some(to) => format!("{}（{}まで）", level.level.words(), wareki(to)),
        None => level.level.words().to_owned(),
    }
}

/// What must be known first: death, a certification that is over or soon will be.
#[must_use]
pub fn alerts(rule: &PatientRule, record: &Record, today: NaiveDate) -> Vec<String> {
    let mut alerts = Vec::new();
    if let Some(day) = record.died_on {
        alerts.push(format!("{}に亡くなりました。", wareki(day)));
        return alerts;
    }
    // What follows seamlessly is not over: the last day of all that is certified counts.
    let is_open = record.levels.iter().any(|it| it.valid_to.is_none());
    let last = record.levels.iter().filter_map(|it| it.valid_to).max();
    let warned = today + Days::new(rule.certification.warned_days);
    match (level::on(&record.levels, today), last) {
        (None, Some(to)) if to < today => {
            alerts.push(format!(
                "要介護認定の期間が{}に終わっています。",
                wareki(to)
            ));
        }
        (Some(_), Some(to)) if !is_open && to <= warned => {
            let days = (to - today).num_days();
            alerts.push(format!(
                "要介護認定の期間が{}に終わります（あと{days}日）。",
                wareki(to)
            ));
        }
        _ => {}
    }
    alerts
}

#[cfg(test)]
mod tests {
    use super::*;
    use keniki_app::definition::Definitions;
    use keniki_app::patient::level::Level;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_birth_is_read_back_as_it_was_written() {
        let today = day("2026-11-24");
        for year in 1890..2026 {
            for month in 1..=12 {
                let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
                let last = Born::Month(first).last();
                for born in [
                    Born::Year(year),
                    Born::Month(first),
                    Born::Day(first),
                    Born::Day(last),
                ] {
                    for is_about in [false, true] {
                        let is = Birth { born, is_about };
                        let text = birth(is);
                        assert_eq!(Birth::parse(&text, today), Ok(is), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_age_is_full_years_and_about_where_the_day_is_not_known() {
        let of = |born: &str, on: &str| {
            let is = Birth {
                born: born.parse().unwrap(),
                is_about: false,
            };
            age(is, day(on))
        };
        assert_eq!(of("1940-11-25", "2026-11-24"), "85歳");
        assert_eq!(of("1940-11-24", "2026-11-24"), "86歳");
        assert_eq!(of("2024-02-29", "2026-02-28"), "1歳");
        assert_eq!(of("1940", "2026-11-24"), "約85歳");
        assert_eq!(of("1940-03", "2026-11-24"), "約86歳");
    }

    #[test]
    fn an_end_of_a_certification_is_told_from_sixty_days_before() {
        let definitions = Definitions::load(None).unwrap();
        let rule = definitions.patients();
        let mut record = super::super::tests::record();
        record.died_on = None;
        let mut told = |to: Option<&str>| {
            record.levels = vec![Certified {
                level: Level::Care2,
                valid_from: day("2026-01-01"),
                valid_to: to.map(day),
            }];
            alerts(rule, &record, day("2026-11-24")).concat()
        };
        assert_eq!(told(None), "");
        assert_eq!(told(Some("2027-01-24")), "");
        assert!(told(Some("2027-01-23")).contains("あと60日"));
        assert!(told(Some("2026-11-24")).contains("あと0日"));
        assert!(told(Some("2026-11-23")).contains("終わっています"));
    }
}
