//! Reads a CSV (UTF-8 or CP932) or an XLSX row by row, as text, in bounded memory.
//!
//! Which of the two a file is, and in which encoding, is told by its first bytes and never by its
//! name. A broken file gives one Japanese sentence with sheet, row and column.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

mod csv_file;
mod xlsx_file;

/// One row of a table as text, in the order of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Index of the sheet in the workbook, from 0; 0 for a CSV.
    pub sheet: u16,
    /// Row number as a spreadsheet shows it, from 1. For a CSV the number of the record.
    pub number: u32,
    /// Cells as text; empty where there is none.
    pub cells: Vec<String>,
}

impl Row {
    /// The cell of `column` (from 0), trimmed; empty where there is none.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.trim())
    }
}

/// Why a file cannot be read as a table. `Display` is one Japanese sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// A cell that no spreadsheet could have written.
    #[error("列が多すぎます。表計算ソフトで保存し直したファイルを選んでください。")]
    TooWide,
    /// A text that no spreadsheet would hold.
    #[error(
        "{row}行目の{column}列目の文字が長すぎます（32,767字まで）。短くして保存し直してください。"
    )]
    TooLong {
        /// Row number, from 1.
        row: u32,
        /// Column, from 1.
        column: usize,
    },
    /// The operating system's refusal.
    #[error("ファイルを読めません（{}）。場所と読み取りの権限を確かめてください。", refusal(.0))]
    Open(#[from] std::io::Error),
    /// Nothing in it.
    #[error("ファイルが空です。ダウンロードし直してください。")]
    Empty,
    /// The old binary Excel format.
    #[error("古い形式のExcelファイル（.xls）です。Excelで開き、.xlsx形式で保存し直してください。")]
    OldExcel,
    /// Neither a table of text nor an XLSX.
    #[error(
        "CSVでもXLSXでもないファイルです。CSV（UTF-8またはShift_JIS）かXLSXを指定してください。"
    )]
    NotATable,
    /// An encoding that is neither UTF-8 nor CP932.
    #[error(
        "{row}行目の{column}列目の文字を読めません。文字コードをUTF-8またはShift_JISにして保存し直してください。"
    )]
    Encoding {
        /// Record number, from 1.
        row: u32,
        /// Column, from 1.
        column: usize,
    },
    /// An encoding that is known and not read.
    #[error("文字コードが{0}のファイルです。UTF-8またはShift_JISにして保存し直してください。")]
    OtherEncoding(&'static str),
    /// The workbook is damaged or cut short; for the log, in which way.
    #[error(
        "XLSXファイルが壊れているか、途中で切れています。ダウンロードし直すか、Excelで開いて保存し直してください。"
    )]
    Damaged(String),
    /// Unpacks to more than any real list.
    #[error(
        "XLSXファイルを展開すると{limit_mib} MiBを超えます。安全のため読み込みません。正しいファイルかどうか確かめてください。"
    )]
    TooLarge {
        /// The bound that was passed.
        limit_mib: u64,
    },
}

/// The names of the sheets, once, before any row; a CSV has one without a name.
pub type SheetNames = Vec<String>;

/// What a workbook may come to when it is unpacked: no list of a prefecture comes near, a bomb passes it at once.
const LIST_MIB: u64 = 600;

/// Calls `on_row` with every row that has a cell, in order. `on_row` answers `false` to stop early.
///
/// Returns the names of the sheets. Memory stays at one row (and the workbook's shared strings).
pub fn rows(path: &Path, on_row: impl FnMut(Row) -> bool) -> Result<SheetNames, SheetError> {
    rows_within(path, LIST_MIB, on_row)
}

/// The same for a workbook that comes to no more than so many MiB, its parts as well as its cells.
pub fn rows_within(
    path: &Path,
    limit_mib: u64,
    mut on_row: impl FnMut(Row) -> bool,
) -> Result<SheetNames, SheetError> {
    let mut file = File::open(path)?;
    let mut head = [0_u8; 8];
    let n = read_up_to(&mut file, &mut head)?;
    file.seek(SeekFrom::Start(0))?;
    match &head[..n] {
        [] => Err(SheetError::Empty),
        [b'P', b'K', 3, 4, ..] => xlsx_file::rows(BufReader::new(file), limit_mib, &mut on_row),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(SheetError::OldExcel),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Err(SheetError::OtherEncoding("UTF-16")),
        _ => csv_file::rows(file, &mut on_row).map(|()| vec![String::new()]),
    }
}

/// Why the operating system refused a file, in Japanese where it is one of the usual reasons.
pub(crate) fn refusal(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "見つかりません".to_owned(),
        ErrorKind::PermissionDenied => "読み取りが許されていません".to_owned(),
        ErrorKind::IsADirectory => "フォルダーです".to_owned(),
        _ => error.to_string(),
    }
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while n < buffer.len() {
        match file.read(&mut buffer[n..])? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}

#[cfg(test)]
mod tests;
