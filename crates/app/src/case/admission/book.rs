//! The table that goes out to be filled in, and the one that comes back with what is to be mended.

use super::{COLUMNS, Row};
use crate::sheet::write::{Book, Cell, Table, WriteError};

/// Head of the column that says what is to be mended.
pub const FAULT: &str = "直すところ";

const SHEET: &str = "入院";

/// The empty table with an example, and how it is filled in.
///
/// # Errors
/// The book's own.
pub fn template() -> Result<Book, WriteError> {
    let mut book = Book::new();
    let heads: Vec<&str> = COLUMNS.iter().map(|it| it.head).collect();
    let table = book.add(SHEET, &heads)?;
    let example: Vec<Cell> = COLUMNS.iter().map(|it| it.example.into()).collect();
    book.sheet(table)?.row(&example)?;
    let help = book.add(
        "書き方",
        &["列", "なくてはならない列か", "書き方", "ほかの見出し"],
    )?;
    let mut help = book.sheet(help)?;
    for column in &COLUMNS {
        let required = if column.is_required { "はい" } else { "" };
        let others = column.others.join("、");
        let cells = [column.head, required, column.how, &others];
        help.row(&cells.map(Cell::from))?;
    }
    help.row(&[
        "".into(),
        "".into(),
        "例の行は、消さなくても読みません。".into(),
    ])?;
    Ok(book)
}

/// The rows that were not taken, each with why: to be mended and sent again.
///
/// # Errors
/// The book's own.
pub fn faults(rows: &[(Row, String)]) -> Result<Book, WriteError> {
    let mut book = Book::new();
    let heads = COLUMNS.iter().map(|it| it.head);
    let heads: Vec<&str> = heads.chain([FAULT]).collect();
    let table = book.add(SHEET, &heads)?;
    let mut sheet = book.sheet(table)?;
    for (row, fault) in rows {
        let cells = COLUMNS.iter().map(|it| Cell::from(row.cell(it.head)));
        let cells: Vec<Cell> = cells.chain([Cell::from(fault.as_str())]).collect();
        sheet.row(&cells)?;
    }
    Ok(book)
}
