//! An XLSX cell by cell, after its unpacked size was bounded.

use std::borrow::Cow;
use std::io::{Read, Seek};

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::{Row, SheetError, SheetNames};

/// A spreadsheet lets nobody write more into a cell.
const MOST_CHARS: usize = 32_767;

/// A sheet has no more (XFD): a cell beyond would make its row as wide as the memory.
const MOST_COLUMNS: usize = 16_384;

pub(super) fn rows<R: Read + Seek>(
    mut file: R,
    limit_mib: u64,
    on_row: &mut impl FnMut(Row) -> bool,
) -> Result<SheetNames, SheetError> {
    bound_unpacked_size(&mut file, limit_mib)?;
    let mut book: Xlsx<R> = Xlsx::new(file).map_err(damaged)?;
    let names = book.sheet_names().to_vec();
    let mut room = Room::of(limit_mib);
    for (sheet, name) in names.iter().enumerate() {
        let sheet = u16::try_from(sheet).unwrap_or(u16::MAX);
        if !sheet_rows(&mut book, name, sheet, &mut room, on_row)? {
            break;
        }
    }
    Ok(names)
}

/// What the cells may come to, each its text and one for itself: a text that stands once in the file may be in every cell.
struct Room {
    left: u64,
    limit_mib: u64,
}

impl Room {
    fn of(limit_mib: u64) -> Self {
        Self {
            left: limit_mib << 20,
            limit_mib,
        }
    }

    fn take(&mut self, n: usize) -> Result<(), SheetError> {
        let limit_mib = self.limit_mib;
        let left = self.left.checked_sub(n as u64);
        self.left = left.ok_or(SheetError::TooLarge { limit_mib })?;
        Ok(())
    }
}

/// Inflates every part once and counts: the sizes that the archive states of itself are not trusted, nor is the number of texts
/// that a workbook says it has, for which its reader would take the memory at once.
pub(super) fn bound_unpacked_size<R: Read + Seek>(
    file: &mut R,
    limit_mib: u64,
) -> Result<(), SheetError> {
    let damaged = |error: zip::result::ZipError| SheetError::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(&mut *file).map_err(damaged)?;
    let mut left = limit_mib << 20;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.to_ascii_lowercase();
        let mut part = part.take(left + 1);
        let (n, is_honest) = match name.ends_with("sharedstrings.xml") {
            true => texts(&mut part),
            false => std::io::copy(&mut part, &mut std::io::sink()).map(|n| (n, true)),
        }
        .map_err(|error| SheetError::Damaged(error.to_string()))?;
        left = left
            .checked_sub(n)
            .ok_or(SheetError::TooLarge { limit_mib })?;
        if !is_honest {
            return Err(SheetError::Damaged("more texts than bytes".to_owned()));
        }
    }
    drop(archive);
    file.rewind()?;
    Ok(())
}

/// Reads the part of the texts a piece at a time; its bytes, and whether it says it has no more texts than these can hold
/// (each takes five: `<si/>`), in plain bytes and not in an encoding that hides them.
fn texts(part: &mut impl Read) -> std::io::Result<(u64, bool)> {
    const NAME: &[u8] = b"uniqueCount";
    const SMALLEST: u64 = 5;
    let (mut piece, mut window) = (vec![0; 64 * 1024], Vec::new());
    let (mut n, mut most, mut is_hidden) = (0, 0, false);
    loop {
        let read = part.read(&mut piece)?;
        if read == 0 {
            return Ok((n, !is_hidden && most <= n / SMALLEST));
        }
        n += read as u64;
        is_hidden |= piece[..read].iter().any(|byte| matches!(byte, 0 | 0x1B));
        window.extend_from_slice(&piece[..read]);
        let names = window.windows(NAME.len()).enumerate();
        for (at, _) in names.filter(|(_, name)| *name == NAME) {
            let rest = &window[at + NAME.len()..];
            let is_between = |byte: &u8| byte.is_ascii_whitespace() || b"=\"'".contains(byte);
            let between = rest.iter().take_while(|byte| is_between(byte)).count();
            is_hidden |= between > LONGEST_CLAIM / 2;
            let digits = rest[between..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit());
            let number = digits.fold(0_u64, |sum, digit| {
                sum.saturating_mul(10)
                    .saturating_add(u64::from(digit - b'0'))
            });
            most = most.max(number);
        }
        // A claim may go on in the next piece.
        let keep = window.len().min(LONGEST_CLAIM);
        window.drain(..window.len() - keep);
    }
}

/// Within so many bytes a part says how many texts it has.
const LONGEST_CLAIM: usize = 256;

/// Calls `on_row` with the rows of one sheet; false where it asked to stop.
fn sheet_rows<R: Read + Seek>(
    book: &mut Xlsx<R>,
    name: &str,
    sheet: u16,
    room: &mut Room,
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
    let mut on_row = |room: &mut Room, mut row: Row| {
        width = width.max(row.cells.len());
        room.take(width)?;
        row.cells.resize(width, String::new());
        Ok::<_, SheetError>(on_row(row))
    };
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row_index, column) = cell.get_position();
        let number = row_index + 1;
        if row.as_ref().is_some_and(|row| row.number != number)
            && let Some(done) = row.take()
            && !on_row(room, done)?
        {
            return Ok(false);
        }
        let (text, column) = (text_of(cell.get_value()), column as usize);
        room.take(text.len() + 1)?;
        if text.chars().nth(MOST_CHARS).is_some() {
            return Err(SheetError::TooLong {
                row: number,
                column: column + 1,
            });
        }
        let current = row.get_or_insert_with(|| Row {
            sheet,
            number,
            cells: Vec::new(),
        });
        if column.max(current.cells.len()) >= MOST_COLUMNS {
            return Err(SheetError::TooWide);
        }
        if current.cells.len() < column {
            current.cells.resize(column, String::new());
        }
        current.cells.push(text.into_owned());
    }
    match row {
        Some(last) => on_row(room, last),
        None => Ok(true),
    }
}

fn text_of<'a>(value: &'a DataRef<'_>) -> Cow<'a, str> {
    match value {
        DataRef::Empty => "".into(),
        DataRef::String(text) => text.into(),
        DataRef::SharedString(text) => (*text).into(),
        DataRef::Int(number) => number.to_string().into(),
        DataRef::Float(number) => number.to_string().into(),
        DataRef::Bool(value) => value.to_string().into(),
        DataRef::DateTime(value) => day_or_time(value).into(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.into(),
        DataRef::Error(error) => error.to_string().into(),
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
