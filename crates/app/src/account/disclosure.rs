//! Gives out everything that the database holds of somebody who works here (保有個人情報の開示), as a book of tables.
//!
//! Which columns there are is read from `privacy.toml`, so that a new one cannot be forgotten: it is given out unless it is
//! withheld here with its reason. (個人情報保護法33条; 行政機関等は76条.)

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use keniki_base::clock::JST;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::person::{self, Person};
use super::policy::{Deed, Object, Role};
use super::{By, Refused, deed, invitation, prove, sign_in, throttle};
use crate::audit::{self, Event};
use crate::sheet::write::{Book, Cell, Table, WriteError};

mod queries;
pub mod words;

/// Every column of every table, as the file at the top of the tree has it.
const PRIVACY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../privacy.toml"));

/// Rows that are held at a time.
const AT_A_TIME: u64 = 1_000;

/// Why nothing was given out.
#[derive(Debug, thiserror::Error)]
pub enum DisclosureError {
    /// Nobody has that address.
    #[error("そのメールアドレスのアカウントはありません。")]
    NotThere,
    /// The book could not be made.
    #[error(transparent)]
    Book(#[from] WriteError),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースを読めません（{0}）。")]
    Database(#[from] DbErr),
}

/// A table that says something of somebody, and which of its columns are given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The table.
    pub table: String,
    /// Its columns, the number first.
    pub columns: Vec<String>,
}

/// The tables that are walked through, in the order of `privacy.toml`, with the account itself first.
#[must_use]
pub fn parts() -> Vec<Part> {
    let privacy: toml::Table = PRIVACY.parse().unwrap_or_default();
    let mut parts: Vec<Part> = queries::OF_PERSON
        .iter()
        .filter_map(|(table, _)| part(table, privacy.get(*table)?.as_table()?))
        .collect();
    parts.sort_by_key(|part| part.table != "account");
    parts
}

fn part(table: &str, lines: &toml::Table) -> Option<Part> {
    let is_given =
        |column: &&String| !column.starts_with('_') && words::withheld(table, column).is_none();
    let mut columns: Vec<String> = lines.keys().filter(is_given).cloned().collect();
    columns.sort_by_key(|column| words::order(column));
    Some(Part {
        table: table.to_owned(),
        columns,
    })
}

/// Makes the book of somebody by their mail address.
pub async fn disclose(
    tx: &DatabaseTransaction,
    by: &By,
    roles: &[Role],
    login: &str,
    now: DateTime<Utc>,
) -> Result<Book, DisclosureError> {
    let person = person::by_login(tx, &person::login(login)).await?;
    let person = person.ok_or(DisclosureError::NotThere)?;
    by.authorize(Deed::DiscloseAccount, &Object::new("account", person.id))?;
    let mut book = Book::new();
    let parts = parts();
    let first = book.add("はじめに", &["項目", "内容"])?;
    let mut counts = BTreeMap::new();
    for part in &parts {
        let n = write_part(tx, &mut book, (part, roles), &person).await?;
        counts.insert(part.table.as_str(), n);
    }
    foreword(&mut book, first, &person, &parts, &counts, now)?;
    let event = Event::done(Deed::DiscloseAccount.code(), "account", person.id);
    audit::record(tx, by, event, now).await?;
    Ok(book)
}

async fn write_part(
    db: &impl ConnectionTrait,
    book: &mut Book,
    (part, roles): (&Part, &[Role]),
    person: &Person,
) -> Result<u64, DisclosureError> {
    let heads = part.columns.iter().map(|column| words::column(column));
    let heads: Vec<&str> = heads.collect();
    let mut sheet = None;
    let whats = [
        prove::attempted(&person.login),
        invitation::attempted(&person.login),
        sign_in::attempted(person.account()),
    ];
    let who = queries::Who {
        account: person.id,
        login: &person.login,
        name: &person.name,
        attempts: &whats.map(|what| throttle::who_hash(&what)),
    };
    let mut n = 0;
    loop {
        let rows = queries::rows(db, part, &who, (n, AT_A_TIME)).await?;
        let n_rows = rows.len() as u64;
        for row in rows {
            let cells = part.columns.iter().zip(row);
            let cells = cells.map(|(column, text)| cell(roles, column, text));
            let cells: Vec<Cell> = cells.collect();
            let at = match sheet {
                Some(at) => at,
                None => book.add(words::table(&part.table), &heads)?,
            };
            sheet = Some(at);
            book.sheet(at)?.row(&cells)?;
        }
        n += n_rows;
        if n_rows < AT_A_TIME {
            return Ok(n);
        }
    }
}

/// What nobody could guess from a table: who, when, how much, and what is not in it.
fn foreword(
    book: &mut Book,
    sheet: usize,
    person: &Person,
    parts: &[Part],
    counts: &BTreeMap<&str, u64>,
    now: DateTime<Utc>,
) -> Result<(), WriteError> {
    let at = now.with_timezone(&JST).format("%Y-%m-%d %H:%M");
    let mut lines = vec![
        ("お名前".to_owned(), person.name.clone()),
        ("メールアドレス".to_owned(), person.login.clone()),
        ("つくった日時".to_owned(), format!("{at}（日本時間。表の日時も同じ）")),
        (
            "何か".to_owned(),
            "このデータベースにある、あなたについての記録のすべてです。記録のある表ごとに1枚のシートになっています。".to_owned(),
        ),
    ];
    for part in parts {
        let n = counts.get(part.table.as_str()).copied().unwrap_or_default();
        lines.push((words::table(&part.table).to_owned(), format!("{n} 件")));
    }
    for (what, reason) in words::WITHHELD_IN_WORDS {
        lines.push((format!("入れていないもの：{what}"), (*reason).to_owned()));
    }
    for (head, text) in lines {
        book.sheet(sheet)?.row(&[head.into(), text.into()])?;
    }
    Ok(())
}

/// As people read it: instants in Japan, codes in words.
fn cell(roles: &[Role], column: &str, text: Option<String>) -> Cell {
    let Some(text) = text else { return Cell::Empty };
    let role = |code: &str| {
        let role = roles.iter().find(|role| role.code == code);
        role.map(|role| role.name.as_str())
    };
    let words = match column {
        "deed" => deed::words(&text),
        "role" => role(&text),
        _ => words::value(column, &text),
    };
    if let Some(words) = words {
        return format!("{words}（{text}）").into();
    }
    match DateTime::parse_from_rfc3339(&text) {
        Ok(at) => {
            let here = at.with_timezone(&JST);
            let here = here.to_rfc3339_opts(SecondsFormat::Secs, false);
            here.get(..19).unwrap_or(&here).replace('T', " ").into()
        }
        Err(_) => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn privacy() -> toml::Table {
        PRIVACY.parse().unwrap()
    }

    fn columns(lines: &toml::Value) -> impl Iterator<Item = (&str, &str)> {
        let lines = lines.as_table().unwrap().iter();
        let lines = lines.filter(|(column, _)| !column.starts_with('_'));
        lines.map(|(column, class)| (column.as_str(), class.as_str().unwrap()))
    }

    #[test]
    fn every_column_that_says_something_of_a_person_is_given_out_or_withheld_with_a_reason() {
        let given: BTreeSet<(String, String)> = parts()
            .into_iter()
            .flat_map(|part| {
                part.columns
                    .into_iter()
                    .map(move |it| (part.table.clone(), it))
            })
            .collect();
        for (table, lines) in &privacy() {
            for (column, class) in columns(lines) {
                let is_given = given.contains(&(table.clone(), column.to_owned()));
                let is_withheld = words::withheld(table, column).is_some();
                assert!(!(is_given && is_withheld));
                let is_of_person = ["personal", "sensitive"].contains(&class);
                assert!(
                    !is_of_person || is_given || is_withheld,
                    "{table}.{column}: give it out (queries.rs) or say why not (words.rs)"
                );
            }
        }
    }

    /// A table that names accounts without any personal column counts, too.
    #[test]
    fn every_table_that_names_an_account_is_walked_through() {
        let names = [
            "account_id",
            "created_by",
            "decided_by",
            "imported_by",
            "recipient",
            "login",
        ];
        let walked: BTreeSet<String> = parts().into_iter().map(|part| part.table).collect();
        for (table, lines) in &privacy() {
            let names_one = columns(lines).any(|(column, _)| names.contains(&column))
                && !words::OF_PATIENTS.contains(&table.as_str());
            assert!(!names_one || walked.contains(table), "{table} is left out");
        }
        assert_eq!(
            walked.len(),
            queries::OF_PERSON.len(),
            "a table that is not there"
        );
    }

    #[test]
    fn whatever_is_given_out_has_japanese_words() {
        let is_japanese = |text: &str| text.chars().any(|c| c > '\u{3000}');
        let mut sheets = BTreeSet::new();
        for part in parts() {
            let sheet = words::table(&part.table);
            assert!(
                is_japanese(sheet) && sheet.chars().count() <= 31,
                "{}",
                part.table
            );
            assert!(sheets.insert(sheet.to_owned()), "{sheet} twice");
            for column in &part.columns {
                assert!(
                    is_japanese(words::column(column)),
                    "{}.{column}",
                    part.table
                );
            }
        }
    }

    #[test]
    fn nothing_is_withheld_that_is_not_there() {
        let privacy = privacy();
        for table in words::OF_PATIENTS {
            let kept = privacy[table]["_retention"].as_str().unwrap();
            let goes_with_them = ["patient", "case"].contains(&kept);
            assert!(
                goes_with_them || ["patient", "care_case"].contains(&table),
                "{table}"
            );
        }
        for (table, column, _) in words::WITHHELD {
            assert!(privacy[*table].get(column).is_some(), "{table}.{column}");
        }
    }
}
