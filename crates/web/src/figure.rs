//! A chart on a page: drawn for wide and narrow screens, with the table, source and method behind it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::Link;

/// A chart with everything a reader needs to trust and reuse it.
#[derive(Debug, Clone, Template)]
#[template(path = "figure.html")]
pub struct Figure {
    /// Unique in the page.
    pub id: String,
    /// SVG for screens from 768 px and for paper.
    pub wide: String,
    /// SVG for phones.
    pub narrow: String,
    /// The numbers behind the drawing.
    pub table: Table,
    /// Publisher, title and day; empty where the drawing itself says so.
    pub source: String,
    /// How the numbers were made.
    pub method: String,
    /// The same as files.
    pub downloads: Vec<Link>,
}

impl HtmlSafe for Figure {}

/// A plain table; the first column names the row.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What the table shows.
    pub caption: String,
    /// Words over the columns, with the unit.
    pub head: Vec<String>,
    /// Rows; `us` marks the reader's own area.
    pub rows: Vec<Row>,
}

/// A row of a [`Table`].
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The reader's own area.
    pub us: bool,
    /// One cell a column, as written.
    pub cells: Vec<String>,
}

impl Table {
    /// The table as CSV text with a byte order mark, which spreadsheets need for Japanese.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut out = String::from("\u{feff}");
        for cells in std::iter::once(&self.head).chain(self.rows.iter().map(|row| &row.cells)) {
            let line: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
            out.push_str(&line.join(","));
            out.push_str("\r\n");
        }
        out
    }
}

/// A cell as RFC 4180 writes it; a number loses its thousands separators so that it stays a number.
fn quoted(cell: &str) -> String {
    let bare = cell.replace(',', "");
    if bare.parse::<f64>().is_ok() {
        return bare;
    }
    if cell.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_keeps_numbers_as_numbers_and_quotes_the_rest() {
        let table = Table {
            caption: String::new(),
            head: vec!["名".into(), "人".into()],
            rows: vec![Row {
                us: true,
                cells: vec!["汐見市, \"本\"".into(), "1,234".into()],
            }],
        };
        assert_eq!(
            table.csv(),
            "\u{feff}名,人\r\n\"汐見市, \"\"本\"\"\",1234\r\n"
        );
    }
}
