//! A CSV record by record. Commas and quotes never occur inside a CP932 character, so the bytes are
//! split first and each cell is decoded by itself.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use super::{Row, SheetError};

/// How much of the file decides between UTF-8 and CP932.
const SAMPLE_BYTES: u64 = 1 << 16;

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Cp932,
}

pub(super) fn rows(mut file: File, on_row: &mut impl FnMut(Row) -> bool) -> Result<(), SheetError> {
    let encoding = encoding_of(&mut file)?;
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
            cells.push(decoded(field, encoding).ok_or(SheetError::Encoding {
                row: number,
                column: column + 1,
            })?);
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

fn encoding_of(file: &mut File) -> Result<Encoding, SheetError> {
    let mut sample = Vec::new();
    file.by_ref().take(SAMPLE_BYTES).read_to_end(&mut sample)?;
    file.seek(SeekFrom::Start(0))?;
    if sample.contains(&0) {
        return Err(SheetError::NotATable);
    }
    let is_utf8 = match std::str::from_utf8(&sample) {
        Ok(_) => true,
        // A character cut at the end of the sample is no fault.
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    Ok(if is_utf8 {
        Encoding::Utf8
    } else {
        Encoding::Cp932
    })
}

fn decoded(field: &[u8], encoding: Encoding) -> Option<String> {
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
