//! A CSV record by record. Commas and quotes never occur inside a CP932 character, so the bytes are
//! split first and each cell is decoded by itself.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use super::{Row, SheetError};
use crate::sheet::write::without_guard;

/// How much of the file decides between UTF-8 and CP932.
const SAMPLE_BYTES: u64 = 1 << 16;

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Cp932,
}

pub(super) fn rows(mut file: File, on_row: &mut impl FnMut(Row) -> bool) -> Result<(), SheetError> {
    let encoding = encoding_of(&mut file)?;
    let cut_at = unfinished_end(&mut file)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(BufReader::with_capacity(1 << 16, file));
    let mut record = csv::ByteRecord::new();
    let mut number = 0;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => number += 1,
            Ok(false) => return Ok(()),
            Err(error) => return Err(SheetError::Open(std::io::Error::other(error))),
        }
        let mut cells = Vec::with_capacity(record.len());
        for (column, field) in record.iter().enumerate() {
            match decoded(field, encoding) {
                Some(cell) => cells.push(without_guard(&cell).to_owned()),
                // The file was cut within a character: the row ends before that cell.
                None if column + 1 == record.len() && Some(reader.position().byte()) == cut_at => {}
                None => {
                    return Err(SheetError::Encoding {
                        row: number,
                        column: column + 1,
                    });
                }
            }
        }
        let row = Row {
            sheet: 0,
            number,
            cells,
        };
        if !on_row(row) {
            return Ok(());
        }
    }
}

/// Where a file ends whose last line has no end: it may have been cut there.
fn unfinished_end(file: &mut File) -> Result<Option<u64>, SheetError> {
    let mut last = [0];
    let end = file.seek(SeekFrom::End(-1))? + 1;
    file.read_exact(&mut last)?;
    file.rewind()?;
    Ok((!matches!(last, [b'\n' | b'\r'])).then_some(end))
}

fn encoding_of(file: &mut File) -> Result<Encoding, SheetError> {
    let mut sample = Vec::new();
    file.by_ref().take(SAMPLE_BYTES).read_to_end(&mut sample)?;
    file.seek(SeekFrom::Start(0))?;
    if sample.contains(&0) {
        return Err(SheetError::NotATable);
    }
    if sample
        .windows(3)
        .any(|bytes| matches!(bytes, b"\x1b$B" | b"\x1b$@"))
    {
        return Err(SheetError::OtherEncoding("ISO-2022-JP（JIS）"));
    }
    let is_utf8 = match std::str::from_utf8(&sample) {
        Ok(_) => true,
        // A single broken character makes no CP932 of it, and one cut at the end of the sample is no fault.
        Err(error) => {
            let valid = String::from_utf8_lossy(&sample[..error.valid_up_to()]);
            let is_cut = error.error_len().is_none() && !valid.is_empty();
            is_cut || valid.chars().filter(|c| !c.is_ascii()).count() >= 3
        }
    };
    if is_utf8 {
        return Ok(Encoding::Utf8);
    }
    if is_euc_jp(&sample) {
        return Err(SheetError::OtherEncoding("EUC-JP"));
    }
    Ok(Encoding::Cp932)
}

/// What is no CP932 and may be EUC-JP, or reads as well in EUC-JP: half-width katakana alone make no list.
fn is_euc_jp(sample: &[u8]) -> bool {
    // Whole lines only: the end of the sample may cut a character.
    let end = sample.iter().rposition(|byte| *byte == b'\n');
    let lines = &sample[..end.unwrap_or(sample.len())];
    let (_, has_errors) = encoding_rs::EUC_JP.decode_without_bom_handling(lines);
    !has_errors
}

fn decoded(field: &[u8], encoding: Encoding) -> Option<String> {
    // No table has the character 0, and no database keeps it.
    if field.contains(&0) {
        return None;
    }
    match encoding {
        Encoding::Utf8 => {
            let field = field.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(field);
            std::str::from_utf8(field).ok().map(str::to_owned)
        }
        Encoding::Cp932 => encoding_rs::SHIFT_JIS
            .decode_without_bom_handling_and_without_replacement(field)
            .map(std::borrow::Cow::into_owned),
    }
}
