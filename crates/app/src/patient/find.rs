//! Finds a patient within one's own reach: by name, kana, birth, telephone or any number.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::date::parse_day;
use keniki_base::id::PatientId;
use keniki_base::text::{fold, format_phone, phone_key, squeeze};
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::level::Level;
use super::queries as records;
use super::record::Record;
use crate::account::By;
use crate::account::policy::{self, Deed};
use crate::definition::patient::PatientRule;

mod queries;

/// What is searched for; empty: everybody within reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Name, kana, number, telephone or birth, or several of them with blanks between.
    pub text: String,
    /// The day of birth.
    pub born_on: Option<NaiveDate>,
    /// The level that holds today.
    pub level: Option<Level>,
    /// Whether somebody answers for them, such as a care manager.
    pub is_answered_for: Option<bool>,
    /// Only those whose standing care team one's own organization is in.
    pub is_own: bool,
}

/// Which of those found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From this one on, beginning with 0.
    pub first: u64,
    /// At most so many.
    pub most: u64,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub id: PatientId,
    /// What is said of them.
    pub record: Record,
    /// Which version of it.
    pub version: i64,
}

/// What a text asks for, word by word.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    /// Days of birth: each must be it.
    born_on: Vec<String>,
    /// Numbers, and the telephone number that each may be.
    numbers: Vec<(String, String)>,
    /// What is left, folded; empty: nothing.
    name: String,
}

impl Asked {
    fn of(search: &Search) -> Self {
        let mut asked = Self::default();
        asked
            .born_on
            .extend(search.born_on.map(|day| day.to_string()));
        let text = squeeze(&search.text);
        if let Ok(day) = parse_day(&text, None) {
            asked.born_on.push(day.to_string());
            return asked;
        }
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let is_digits = word.bytes().all(|byte| byte.is_ascii_digit());
            match parse_day(word, None) {
                Ok(day) if !is_digits => asked.born_on.push(day.to_string()),
                Ok(_) | Err(_) if is_number(word) => {
                    asked
                        .numbers
                        .push((word.to_ascii_uppercase(), format_phone(word)));
                }
                Ok(_) | Err(_) => asked.name.push_str(word),
            }
        }
        asked.name = match fold(&asked.name) {
            // Signs alone are no name, and find nobody.
            folded if folded.is_empty() && !asked.name.is_empty() => "\u{fffd}".to_owned(),
            folded => folded,
        };
        asked
    }
}

/// What a text asks for as further conditions over `p`, `and …`, with their values: the first is `$first`.
pub(crate) fn condition(text: &str, first: usize) -> (String, Vec<Value>) {
    let search = Search {
        text: text.to_owned(),
        ..Search::default()
    };
    queries::matching(&Asked::of(&search), first)
}

/// Digits, perhaps with letters and hyphens among them.
fn is_number(word: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    phone_key(word).is_some() || has_digit && word.bytes().all(is_sign)
}

/// With whom `by` may do `deed` and whom a search finds: how many, and a page of them by kana.
///
/// # Errors
/// The engine's.
pub async fn list(
    db: &impl ConnectionTrait,
    rule: &PatientRule,
    (by, deed): (&By, Deed),
    (search, page): (&Search, Page),
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Listed>), DbErr> {
    let today = jst_day(now);
    let reach = by.reach(deed);
    let mut within = policy::condition_of_patient(&reach, "p.id", today, now);
    within.push_str(&queries::narrowed(search, rule, by.organization, today));
    let asked = Asked::of(search);
    let n = queries::count(db, &within, &asked).await?;
    let ids = match n > page.first {
        true => queries::page(db, &within, &asked, page).await?,
        false => Vec::new(),
    };
    Ok((n, listed(db, &ids).await?))
}

/// These records in this order; those that were merged into others are left out. Whether they may be seen is asked by whoever
/// calls this.
///
/// # Errors
/// The engine's.
pub async fn listed(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Listed>, DbErr> {
    let mut records = records::records(db, ids).await?;
    let listed = ids.iter().filter_map(|id| {
        let (record, version) = records.remove(id)?;
        Some(Listed {
            id: (*id).into(),
            record,
            version,
        })
    });
    Ok(listed.collect())
}

/// The record in which one goes on that was merged into others; none where there is no such one.
///
/// # Errors
/// The engine's.
pub async fn going_on(
    db: &impl ConnectionTrait,
    patient: PatientId,
) -> Result<Option<PatientId>, DbErr> {
    let mut id = patient.get();
    while let Some(next) = records::merged_into(db, id).await? {
        id = next;
    }
    let is_there = records::is_going_on(db, id).await?;
    Ok(is_there.then(|| id.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Asked {
        Asked::of(&Search {
            text: text.to_owned(),
            ..Search::default()
        })
    }

    #[test]
    fn a_text_is_taken_apart_into_days_numbers_and_a_name() {
        let days = vec!["1940-03-03".to_owned()];
        for text in ["昭和15年3月3日", "S15.3.3", "昭和 15年 3月 3日", "19400303"] {
            assert_eq!(asked(text).born_on, days, "{text}");
        }
        let both = asked("髙橋　太郎 S15.3.3");
        assert_eq!((both.name.as_str(), both.born_on), ("高橋太郎", days));
        assert_eq!(asked("ﾀｶﾊｼ").name, "たかはし");
        let number = |text| asked(text).numbers.remove(0);
        assert_eq!(number("0859340001").1, "0859-34-0001");
        assert_eq!(number("h000000001").0, "H000000001");
        assert_eq!(asked("").name, "");
        assert_eq!(asked("% _ '").name, "\u{fffd}");
    }
}
