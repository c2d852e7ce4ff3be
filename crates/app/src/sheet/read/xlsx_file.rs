//! An XLSX cell by cell, after its unpacked size was bounded.

use std::io::{Read, Seek};

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::{Row, SheetError, SheetNames};

/// No list of a prefecture comes near; a bomb passes it at once.
pub(super) const UNPACKED_LIMIT_MIB: u64 = 600;

pub(super) fn rows<R: Read + Seek>(
    mut file: R,
    on_row: &mut impl FnMut(Row) -> bool,
) -> Result<SheetNames, SheetError> {
    bound_unpacked_size(&mut file, UNPACKED_LIMIT_MIB)?;
    let mut book: Xlsx<R> = Xlsx::new(file).map_err(damaged)?;
    let names = book.sheet_names().to_vec();
    for (sheet, name) in names.iter().enumerate() {
        let sheet = u16::try_from(sheet).unwrap_or(u16::MAX);
        if !sheet_rows(&mut book, name, sheet, on_row)? {
            break;
        }
    }
    Ok(names)
}

/// Inflates every part once and counts: the sizes that the archive states of itself are not trusted.
pub(super) fn bound_unpacked_size<R: Read + Seek>(
    file: &mut R,
    limit_mib: u64,
) -> Result<(), SheetError> {
    let damaged = |error: zip::result::ZipError| SheetError::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(&mut *file).map_err(damaged)?;
    let mut left = limit_mib << 20;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(damaged)?;
        let n = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|error| SheetError::Damaged(error.to_string()))?;
        left = left
            .checked_sub(n)
            .ok_or(SheetError::TooLarge { limit_mib })?;
    }
    drop(archive);
    file.rewind()?;
    Ok(())
}

/// Calls `on_row` with the rows of one sheet; false where it asked to stop.
fn sheet_rows<R: Read + Seek>(
    book: &mut Xlsx<R>,
    name: &str,
    sheet: u16,
    on_row: &mut impl FnMut(Row) -> bool,
) -> Result<bool, SheetError> {
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // A chart sheet has no cells.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(true),
        Err(error) => return Err(damaged(error)),
    };
    let mut row: Option<Row> = None;
    // Empty cells at the end of a row are not in the file: each row is as wide as the widest above it.
    let mut width = 0;
    let mut on_row = |mut row: Row| {
        width = width.max(row.cells.len());
        row.cells.resize(width, String::new());
        on_row(row)
    };
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row_index, column) = cell.get_position();
        let number = row_index + 1;
        if row.as_ref().is_some_and(|row| row.number != number)
            && let Some(done) = row.take()
            && !on_row(done)
        {
            return Ok(false);
        }
        let text = text_of(cell.get_value());
        let current = row.get_or_insert_with(|| Row {
            sheet,
            number,
            cells: Vec::new(),
        });
        let column = column as usize;
        if column >= COLUMNS_MOST {
            return Err(SheetError::TooWide);
        }
        if current.cells.len() < column {
            current.cells.resize(column, String::new());
        }
        current.cells.push(text);
    }
    Ok(row.is_none_or(on_row))
}

/// A sheet has no more (XFD): a cell beyond would make its row as wide as the memory.
const COLUMNS_MOST: usize = 16_384;

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(value) => day_or_time(value),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// `2026-04-01`, or `09:30` for a time of day.
fn day_or_time(value: &calamine::ExcelDateTime) -> String {
    let (year, month, day, hour, minute, _, _) = value.to_ymd_hms_milli();
    if value.as_f64() < 1.0 {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}")
    }
}

fn damaged(error: XlsxError) -> SheetError {
    SheetError::Damaged(error.to_string())
}
