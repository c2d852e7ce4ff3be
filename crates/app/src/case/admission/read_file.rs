//! Reads the table as it came: which column is which is told by the heads, wherever they stand.

use std::path::Path;

use keniki_base::text::squeeze;

use super::{COLUMNS, EXAMPLE, FAULT, MOST_ROWS, NAME, Row};
use crate::sheet::form::FormError;
use crate::sheet::read;

/// So much it may come to: it is read while its sender waits.
const MOST_MIB: u64 = 32;

/// So many characters of a cell are kept; nothing that belongs there is longer.
const LONGEST: usize = 200;

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Rows with any text in them: of one that is too long one more than are taken.
    pub rows: Vec<Row>,
    /// Heads that are not read.
    pub unread: Vec<String>,
}

/// The rows below the first row that has every head that must be there. Blocks.
///
/// # Errors
/// No table, or none with these heads.
pub fn read_file(path: &Path) -> Result<Sheet, FormError> {
    let mut found: Option<(u16, Vec<Option<usize>>)> = None;
    let (mut sheet, mut missing) = (Sheet::default(), None);
    read::rows_within(path, MOST_MIB, |row| {
        let Some((number, places)) = &found else {
            match places(&row) {
                Ok(places) => {
                    sheet.unread = unread(&row, &places);
                    found = Some((row.sheet, places));
                }
                Err(head) => missing = missing.or(Some(head)),
            }
            return true;
        };
        if row.sheet != *number {
            return false;
        }
        let cell = |place: &Option<usize>| {
            let text = place.map_or("", |at| row.cell(at));
            text.chars().take(LONGEST).collect::<String>()
        };
        let cells: Vec<String> = places.iter().map(cell).collect();
        let row = Row {
            number: row.number,
            cells,
            seen: String::new(),
        };
        let is_example = row.cell(NAME).starts_with(EXAMPLE);
        if row.cells.iter().any(|cell| !cell.is_empty()) && !is_example {
            sheet.rows.push(row);
        }
        sheet.rows.len() <= MOST_ROWS
    })?;
    match (found, missing) {
        (Some(_), _) => Ok(sheet),
        (None, head) => Err(FormError::NoHead(head.unwrap_or(NAME))),
    }
}

/// Where each column stands; or which one is missing that must be there.
fn places(row: &read::Row) -> Result<Vec<Option<usize>>, &'static str> {
    let heads: Vec<String> = row.cells.iter().map(|cell| head(cell)).collect();
    let place = |column: &super::Column| {
        let names = std::iter::once(&column.head).chain(column.others);
        let at = names
            .into_iter()
            .find_map(|name| heads.iter().position(|it| *it == head(name)));
        match (at, column.is_required) {
            (None, true) => Err(column.head),
            (at, _) => Ok(at),
        }
    };
    COLUMNS.iter().map(place).collect()
}

fn unread(row: &read::Row, places: &[Option<usize>]) -> Vec<String> {
    let is_unread = |at: &usize| {
        let cell = row.cell(*at);
        !cell.is_empty() && cell != FAULT && !places.contains(&Some(*at))
    };
    let unread = (0..row.cells.len()).filter(is_unread);
    unread
        .map(|at| row.cell(at).chars().take(30).collect())
        .collect()
}

/// A head however wide it is written, without blanks.
fn head(text: &str) -> String {
    squeeze(text).replace(' ', "").to_lowercase()
}
