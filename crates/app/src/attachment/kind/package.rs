//! Which package of Office a ZIP is, by the names in its directory (PKWARE APPNOTE 4.3.12, 4.3.16); nothing is unpacked.

use super::Kind;

/// Bytes of the end of the directory, without its remark.
const END: usize = 22;
/// Bytes of an entry of the directory, without its name.
const ENTRY: usize = 46;
/// A remark is no longer than this.
const LONGEST_REMARK: usize = 0xffff;

/// A document or a book without macros; none: any other ZIP.
pub(super) fn of(content: &[u8]) -> Option<(Kind, &'static str)> {
    let (mut has_types, mut kind) = (false, None);
    let mut rest = directory(content)?;
    while !rest.is_empty() {
        let (name, after) = entry(rest)?;
        rest = after;
        has_types |= name == b"[Content_Types].xml";
        kind = kind.or(match name {
            b"word/document.xml" => Some((Kind::Docx, DOCX)),
            b"xl/workbook.xml" => Some((Kind::Xlsx, XLSX)),
            _ => None,
        });
        if name.to_ascii_lowercase().ends_with(b"vbaproject.bin") {
            return None;
        }
    }
    kind.filter(|_| has_types)
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The bytes of the directory, which the last mark of its end tells.
fn directory(content: &[u8]) -> Option<&[u8]> {
    let tail = content.len().saturating_sub(END + LONGEST_REMARK);
    let is_end = |window: &[u8]| window.starts_with(b"PK\x05\x06");
    let at = tail + content[tail..].windows(END).rposition(is_end)?;
    let number = |from: usize| {
        let bytes = content[at + from..].first_chunk::<4>()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    let (length, begin) = (number(12)?, number(16)?);
    content.get(begin..begin.checked_add(length)?)
}

/// The name of the first entry, and what follows it.
fn entry(directory: &[u8]) -> Option<(&[u8], &[u8])> {
    let head = directory.get(..ENTRY)?;
    let length = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let rest = &directory[ENTRY..];
    let after = rest.get(length(28) + length(30) + length(32)..)?;
    head.starts_with(b"PK\x01\x02")
        .then_some((rest.get(..length(28))?, after))
}
