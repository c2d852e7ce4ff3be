//! The problems of an import on paper: as a CSV of every row, and as the user's own table with a column
//! that says what was found in each row.

use std::collections::HashMap;
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::report::{FileReport, Group, Taken};
use crate::sheet::read::{self, SheetError};
use crate::sheet::write::harmless;

/// Why the table could not be written back.
#[derive(Debug, thiserror::Error)]
pub enum ProblemBookError {
    /// The file cannot be read a second time.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// The book cannot be written.
    #[error("結果のファイルを書けません（{0}）。場所と書き込みの権限を確かめてください。")]
    Book(#[from] XlsxError),
    /// The CSV cannot be written.
    #[error("結果のファイルを書けません（{0}）。場所と書き込みの権限を確かめてください。")]
    Csv(#[from] csv::Error),
}

/// Head of the column that is added.
pub const HEAD: &str = "取込みの結果";

/// Every problem of every file as one CSV: file, sheet, row, column, value, severity, what is wrong.
pub fn csv(reports: &[FileReport], to: &Path) -> Result<(), ProblemBookError> {
    let text = csv_text(reports)?;
    let written = std::fs::write(to, text);
    written.map_err(|error| csv::Error::from(error).into())
}

/// The same as text. What a spreadsheet would take for a formula stands behind an apostrophe.
pub fn csv_text(reports: &[FileReport]) -> Result<Vec<u8>, ProblemBookError> {
    let mut out = csv::Writer::from_writer(Vec::new());
    // The mark lets Excel read the file as UTF-8.
    out.write_record([
        "\u{feff}ファイル",
        "シート",
        "行",
        "列",
        "値",
        "区別",
        "内容",
    ])?;
    for report in reports {
        for (word, group) in groups(report) {
            if group.rows.is_empty() {
                let file = harmless(&report.file);
                out.write_record([&*file, "", "", "", "", word, &group.message])?;
            }
            for row in &group.rows {
                out.write_record([
                    &*harmless(&report.file),
                    &*harmless(&row.sheet),
                    &row.row.to_string(),
                    &*harmless(&row.column),
                    &*harmless(&row.value),
                    word,
                    &group.message,
                ])?;
            }
        }
    }
    out.into_inner()
        .map_err(|error| csv::Error::from(error.into_error()).into())
}

/// The table of `path` as an XLSX with the column [`HEAD`] at the end: what became of each row, and its problems.
pub fn xlsx(path: &Path, report: &FileReport, to: &Path) -> Result<(), ProblemBookError> {
    Ok(book(path, report)?.save(to)?)
}

/// The same as bytes.
pub fn xlsx_bytes(path: &Path, report: &FileReport) -> Result<Vec<u8>, ProblemBookError> {
    Ok(book(path, report)?.save_to_buffer()?)
}

fn book(path: &Path, report: &FileReport) -> Result<Workbook, ProblemBookError> {
    let said = said_of_rows(report);
    let taken = taken(&report.taken);
    let names = read::rows(path, |_| false)?;
    let mut widths: HashMap<u16, u16> = HashMap::new();
    read::rows(path, |row| {
        let width = u16::try_from(row.cells.len()).unwrap_or(u16::MAX);
        let widest = widths.entry(row.sheet).or_default();
        *widest = (*widest).max(width);
        true
    })?;
    let mut book = Workbook::new();
    let red = Format::new().set_font_color("#B00020");
    for name in &names {
        let sheet = book.add_worksheet();
        if !name.is_empty() {
            sheet.set_name(name)?;
        }
    }
    let mut failed = None;
    read::rows(path, |row| {
        let name = names.get(usize::from(row.sheet));
        let problems = name.and_then(|name| said.get(&(name.as_str(), row.number)));
        let result = taken
            .get(&(row.sheet, row.number))
            .map(|word| (*word).to_owned());
        let result: Vec<String> = result
            .into_iter()
            .chain(problems.into_iter().flatten().cloned())
            .collect();
        let outcome = Outcome {
            text: result.join("\n"),
            column: widths.get(&row.sheet).copied().unwrap_or_default(),
            format: problems.map(|_| &red),
        };
        let written = write_row(&mut book, &row, &outcome);
        failed = written.err();
        failed.is_none()
    })?;
    if let Some(row) = report.header_row {
        let last = widths.get(&0).copied().unwrap_or_default();
        book.worksheet_from_index(0)?
            .write_string_with_format(row - 1, last, HEAD, &red)?;
    }
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(book),
    }
}

/// What stands in the last column of a row.
struct Outcome<'a> {
    text: String,
    column: u16,
    format: Option<&'a Format>,
}

fn write_row(book: &mut Workbook, row: &read::Row, outcome: &Outcome<'_>) -> Result<(), XlsxError> {
    let sheet = book.worksheet_from_index(usize::from(row.sheet))?;
    for (column, cell) in (0_u16..).zip(&row.cells) {
        if !cell.is_empty() {
            sheet.write_string(row.number - 1, column, cell)?;
        }
    }
    let (number, column) = (row.number - 1, outcome.column);
    match (outcome.text.as_str(), outcome.format) {
        ("", _) => {}
        (text, Some(format)) => {
            sheet.write_string_with_format(number, column, text, format)?;
        }
        (text, None) => {
            sheet.write_string(number, column, text)?;
        }
    }
    Ok(())
}

/// The problems of each row, by the name of its sheet.
fn said_of_rows(report: &FileReport) -> HashMap<(&str, u32), Vec<String>> {
    let mut said: HashMap<(&str, u32), Vec<String>> = HashMap::new();
    for (word, group) in groups(report) {
        for row in &group.rows {
            let place = if row.column.is_empty() {
                String::new()
            } else {
                format!("（{}）", row.column)
            };
            let text = format!("{word}{place}: {}", group.message);
            said.entry((row.sheet.as_str(), row.row))
                .or_default()
                .push(text);
        }
    }
    said
}

/// What became of each row that was taken, by the number of its sheet.
fn taken(taken: &Taken) -> HashMap<(u16, u32), &'static str> {
    let spans = [
        (&taken.new, "新しい"),
        (&taken.changed, "変更あり"),
        (&taken.unchanged, "変更なし"),
    ];
    let rows = spans.into_iter().flat_map(|(spans, word)| {
        let rows = spans.iter();
        rows.flat_map(move |(sheet, first, last)| {
            (*first..=*last).map(move |row| ((*sheet, row), word))
        })
    });
    rows.collect()
}

fn groups(report: &FileReport) -> impl Iterator<Item = (&'static str, &Group)> {
    let errors = report.errors.iter().map(|group| ("誤り", group));
    errors.chain(report.warnings.iter().map(|group| ("注意", group)))
}
