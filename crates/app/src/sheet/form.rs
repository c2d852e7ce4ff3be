//! A table that went out to be filled in, and came back: its rows by the names of their heads.

use std::collections::HashMap;
use std::path::Path;

use sea_orm::DbErr;

use super::read::{self, SheetError};
use super::write::WriteError;

/// The head of the hidden column that says which record a row is.
pub const ID: &str = "番号（変えないでください）";
/// The head of the hidden column that says as which edition it went out.
pub const VERSION: &str = "版（変えないでください）";
/// So many rows of one table are looked at.
pub const MOST_ROWS: usize = 20_000;

/// So much it may come to: it is read while its sender waits.
const MOST_MIB: u64 = 32;

/// Why a table that came back cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// No table at all.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// Another one.
    #[error("見出し「{0}」がありません。このページから受け取った表に書き込んで、送ってください。")]
    NoHead(&'static str),
    /// Too long.
    #[error("{MOST_ROWS}行より多い表です。分けて送ってください。")]
    TooLong,
}

/// Why no table went out.
#[derive(Debug, thiserror::Error)]
pub enum HandOutError {
    /// The book's own.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The engine's refusal.
    #[error("データベースを使えません（{0}）。")]
    Database(#[from] DbErr),
}

/// A row: its number as a spreadsheet shows it, and its cells by their heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// From 1.
    pub number: u32,
    cells: HashMap<&'static str, String>,
}

impl Filled {
    /// A cell, trimmed; empty where there is none.
    #[must_use]
    pub fn cell(&self, head: &str) -> &str {
        self.cells.get(head).map_or("", String::as_str)
    }
}

/// The rows below the heads on the first sheet that has all of them; rows without any text are left out. Blocks.
pub fn rows(path: &Path, heads: &[&'static str]) -> Result<Vec<Filled>, FormError> {
    let mut found: Option<(u16, Vec<(usize, &'static str)>)> = None;
    let mut missing = heads.first().copied().unwrap_or_default();
    let (mut filled, mut is_too_long) = (Vec::new(), false);
    read::rows_within(path, MOST_MIB, |row| {
        let Some((sheet, columns)) = &found else {
            let column = |head: &&'static str| {
                let at = (0..row.cells.len()).find(|at| row.cell(*at) == *head);
                at.map(|at| (at, *head)).ok_or(*head)
            };
            match heads.iter().map(column).collect::<Result<Vec<_>, _>>() {
                Ok(columns) => found = Some((row.sheet, columns)),
                Err(head) if row.sheet == 0 && row.number == 1 => missing = head,
                Err(_) => {}
            }
            return true;
        };
        if row.sheet != *sheet {
            return false;
        }
        let cells: HashMap<&'static str, String> = columns
            .iter()
            .map(|(at, head)| (*head, row.cell(*at).to_owned()))
            .collect();
        if cells.values().all(String::is_empty) {
            return true;
        }
        is_too_long = filled.len() == MOST_ROWS;
        filled.push(Filled {
            number: row.number,
            cells,
        });
        !is_too_long
    })?;
    if is_too_long {
        return Err(FormError::TooLong);
    }
    match found {
        Some(_) => Ok(filled),
        None => Err(FormError::NoHead(missing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::write::{Book, Table};

    fn book(heads: &[&str], rows: &[&[&str]]) -> (tempfile::TempDir, std::path::PathBuf) {
        let mut book = Book::new();
        book.add("説明", &["はじめに"]).unwrap();
        let sheet = book.add("表", heads).unwrap();
        for row in rows {
            let cells: Vec<_> = row.iter().map(|text| (*text).into()).collect();
            book.sheet(sheet).unwrap().row(&cells).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        book.save(&path).unwrap();
        (folder, path)
    }

    #[test]
    fn columns_are_found_by_their_heads_wherever_they_were_moved() {
        let heads = ["電話番号", "ほか", ID];
        let rows_of = [&["0859", "x", "7"][..], &["", "", ""], &["", "y", "8"]];
        let (_folder, path) = book(&heads, &rows_of);
        let filled = rows(&path, &[ID, "電話番号"]).unwrap();
        assert_eq!(filled.len(), 2);
        assert_eq!(
            (filled[0].cell(ID), filled[0].cell("電話番号")),
            ("7", "0859")
        );
        assert_eq!((filled[1].number, filled[1].cell("電話番号")), (4, ""));
        assert_eq!(filled[0].cell("ほか"), "", "nobody asked for it");
    }

    #[test]
    fn another_table_and_one_too_long_are_refused() {
        let (_folder, path) = book(&["電話番号"], &[&["1"]]);
        let wrong = rows(&path, &[ID, "電話番号"]).unwrap_err();
        assert!(wrong.to_string().contains(ID), "{wrong}");
        let many = vec![&["1"][..]; MOST_ROWS + 1];
        let (_folder, path) = book(&["電話番号"], &many);
        assert!(matches!(
            rows(&path, &["電話番号"]),
            Err(FormError::TooLong)
        ));
    }
}
