//! Tables going out, row by row in bounded memory: CSV (UTF-8 with the mark that Excel looks for) and XLSX books.

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{DataValidation, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// What is not known is an empty cell, never a zero.
    Empty,
    /// Letters, digits that are no number (codes, telephone numbers), days.
    Text(String),
    /// A number to reckon with.
    Number(f64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        // Below 2^53, as every count and id here is.
        Self::Number(number as f64)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The disk or the network.
    #[error("ファイルを書けません（{0}）。場所と空き容量、書き込みの権限を確かめてください。")]
    Io(#[from] std::io::Error),
    /// CSV, which fails only with the disk.
    #[error("ファイルを書けません（{0}）。場所と空き容量、書き込みの権限を確かめてください。")]
    Csv(#[from] csv::Error),
    /// The book; a sheet holds 1,048,576 rows.
    #[error("Excelファイルを書けません（{0}）。件数が多いときは --format csv をお使いください。")]
    Book(#[from] XlsxError),
}

/// Where rows go.
pub trait Table {
    /// Writes the next row.
    fn row(&mut self, cells: &[Cell]) -> Result<(), WriteError>;
}

/// A CSV file.
pub struct CsvTable<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> CsvTable<W> {
    /// Begins with the mark of UTF-8 and the heads.
    pub fn new(mut out: W, heads: &[&str]) -> Result<Self, WriteError> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut out = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        out.write_record(heads)?;
        Ok(Self { out })
    }

    /// Writes what is still in memory.
    pub fn end(mut self) -> Result<(), WriteError> {
        Ok(self.out.flush()?)
    }
}

impl<W: Write> Table for CsvTable<W> {
    fn row(&mut self, cells: &[Cell]) -> Result<(), WriteError> {
        for cell in cells {
            match cell {
                Cell::Empty => self.out.write_field("")?,
                Cell::Text(text) => self.out.write_field(harmless(text))?,
                Cell::Number(number) => self.out.write_field(number.to_string())?,
            }
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }
}

/// A text that a spreadsheet would take for a formula gets an apostrophe in front.
///
/// Telephone numbers (`+81-859-…`) and negative numbers stay as they are.
pub(crate) fn harmless(text: &str) -> String {
    if is_formula(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text itself, where an apostrophe was put in front of it.
pub(super) fn without_guard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

fn is_formula(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !chars.all(|c| c.is_ascii_digit() || " -().".contains(c)),
        _ => false,
    }
}

/// A book of sheets that may be filled side by side.
pub struct Book {
    book: Workbook,
    next_rows: Vec<u32>,
    head: Format,
}

impl Book {
    /// An empty book; rows wait in files of the system's temporary folder.
    pub fn new() -> Self {
        let head = Format::new().set_bold().set_align(FormatAlign::Top);
        Self {
            book: Workbook::new(),
            next_rows: Vec::new(),
            head,
        }
    }

    /// Adds a sheet with its heads, which stay in view, and answers its number.
    pub fn add(&mut self, name: &str, heads: &[&str]) -> Result<usize, WriteError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (column, head) in (0u16..).zip(heads) {
            let width = head.chars().count().clamp(8, 24);
            sheet.set_column_width(column, width as f64 * 1.8)?;
            sheet.write_string_with_format(0, column, *head, &self.head)?;
        }
        self.next_rows.push(1);
        Ok(self.next_rows.len() - 1)
    }

    /// Hides columns: what must come back with a row, and nobody is to change.
    pub fn hide(&mut self, number: usize, columns: &[u16]) -> Result<(), WriteError> {
        let sheet = self.book.worksheet_from_index(number)?;
        for column in columns {
            sheet.set_column_hidden(*column)?;
        }
        Ok(())
    }

    /// Columns so many characters wide, in which what is typed stays as it is: no telephone number loses its zero.
    pub fn as_typed(&mut self, number: usize, columns: &[(u16, u16)]) -> Result<(), WriteError> {
        let sheet = self.book.worksheet_from_index(number)?;
        let text = Format::new()
            .set_num_format("@")
            .set_text_wrap()
            .set_align(FormatAlign::Top);
        for (column, width) in columns {
            sheet.set_column_width(*column, f64::from(*width))?;
            sheet.set_column_format(*column, &text)?;
        }
        Ok(())
    }

    /// The sheet of this number, to be filled.
    pub fn sheet(&mut self, number: usize) -> Result<SheetTable<'_>, WriteError> {
        Ok(SheetTable {
            sheet: self.book.worksheet_from_index(number)?,
            next_row: &mut self.next_rows[number],
        })
    }

    /// The book opens on its first sheet that has rows.
    pub fn open_on_rows(&mut self) -> Result<(), WriteError> {
        if let Some(number) = self.next_rows.iter().position(|next_row| *next_row > 1) {
            self.book.worksheet_from_index(number)?.set_active(true);
        }
        Ok(())
    }

    /// Writes the book as a file.
    pub fn save(mut self, path: &Path) -> Result<(), WriteError> {
        Ok(self.book.save(path)?)
    }

    /// Writes the book into memory, as an answer of the server.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, WriteError> {
        Ok(self.book.save_to_buffer()?)
    }
}

impl Default for Book {
    fn default() -> Self {
        Self::new()
    }
}

/// A sheet of a [`Book`]. Texts are written as texts: nothing in them is ever a formula.
pub struct SheetTable<'a> {
    sheet: &'a mut Worksheet,
    next_row: &'a mut u32,
}

/// Characters that a cell's list of words holds, commas included (Excel's bound).
const LONGEST_LIST: usize = 255;

impl SheetTable<'_> {
    /// Offers these words in a cell of the next row; too many for Excel are not offered.
    pub fn offer(&mut self, column: u16, words: &[&str]) -> Result<(), WriteError> {
        let length: usize = words.iter().map(|word| word.chars().count() + 1).sum();
        let has_comma = words.iter().any(|word| word.contains(','));
        if words.is_empty() || length > LONGEST_LIST || has_comma {
            return Ok(());
        }
        let list = DataValidation::new().allow_list_strings(words)?;
        let row = *self.next_row;
        self.sheet
            .add_data_validation(row, column, row, column, &list)?;
        Ok(())
    }
}

impl Table for SheetTable<'_> {
    fn row(&mut self, cells: &[Cell]) -> Result<(), WriteError> {
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    self.sheet.write_string(*self.next_row, column, text)?;
                }
                Cell::Number(number) => {
                    self.sheet.write_number(*self.next_row, column, *number)?;
                }
            }
        }
        *self.next_row += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_harmless_and_a_telephone_number_stays() {
        for (text, written) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3+cmd", "'-2+3+cmd"),
            ("+81-859-33-1111", "+81-859-33-1111"),
            ("-1", "-1"),
            ("0859(33)1111", "0859(33)1111"),
            ("", ""),
            ("米子=医院", "米子=医院"),
        ] {
            assert_eq!(harmless(text), written);
            assert_eq!(without_guard(written), text);
        }
    }

    #[test]
    fn a_csv_begins_with_the_mark_and_leaves_the_unknown_empty() {
        let mut bytes = Vec::new();
        let mut table = CsvTable::new(&mut bytes, &["名称", "定員"]).unwrap();
        table.row(&["一,二".into(), Cell::Empty]).unwrap();
        table.row(&["三".into(), 20i64.into()]).unwrap();
        table.end().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, "\u{feff}名称,定員\r\n\"一,二\",\r\n三,20\r\n");
    }

    #[test]
    fn the_sheets_of_a_book_are_filled_side_by_side() {
        let mut book = Book::new();
        let (one, two) = (
            book.add("一", &["a"]).unwrap(),
            book.add("二", &["b"]).unwrap(),
        );
        for text in ["1", "2"] {
            book.sheet(one).unwrap().row(&[text.into()]).unwrap();
            book.sheet(two)
                .unwrap()
                .row(&[Cell::Empty, text.into()])
                .unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.xlsx");
        book.save(&path).unwrap();
        use calamine::Reader;
        let mut read: calamine::Xlsx<_> = calamine::open_workbook(&path).unwrap();
        assert_eq!(read.sheet_names(), ["一", "二"]);
        let range = read.worksheet_range("二").unwrap();
        assert_eq!(range.get_value((2, 1)).unwrap().to_string(), "2");
    }
}
