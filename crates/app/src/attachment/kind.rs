//! What kind of file something is, told by its content and never by its name. Nothing is unpacked or drawn.

use encoding_rs::SHIFT_JIS;
use serde::Deserialize;

mod package;

/// The kinds that can be told; which of them an area takes stands in `attachments.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// ISO 32000.
    Pdf,
    /// ITU-T T.81.
    Jpeg,
    /// ISO/IEC 15948.
    Png,
    /// TIFF 6.0, as scanners write.
    Tiff,
    /// ISO/IEC 23008-12, as iPhones take pictures.
    Heic,
    /// Word, without macros.
    Docx,
    /// Excel, without macros.
    Xlsx,
    /// Text or CSV, in UTF-8 or Shift_JIS.
    Text,
}

impl Kind {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Jpeg => "写真（JPEG）",
            Self::Png => "画像（PNG）",
            Self::Tiff => "画像（TIFF）",
            Self::Heic => "iPhoneの写真（HEIC）",
            Self::Docx => "Word（.docx、マクロなし）",
            Self::Xlsx => "Excel（.xlsx、マクロなし）",
            Self::Text => "文字だけのファイル（.txt、.csv）",
        }
    }

    /// How its names end: as a rule, and otherwise.
    #[must_use]
    pub fn endings(self) -> [&'static str; 2] {
        match self {
            Self::Pdf => ["pdf", "pdf"],
            Self::Jpeg => ["jpg", "jpeg"],
            Self::Png => ["png", "png"],
            Self::Tiff => ["tif", "tiff"],
            Self::Heic => ["heic", "heif"],
            Self::Docx => ["docx", "docx"],
            Self::Xlsx => ["xlsx", "xlsx"],
            Self::Text => ["txt", "csv"],
        }
    }
}

/// The kind of a content, with its media type (RFC 6838); none: one that nobody knows.
#[must_use]
pub fn of(content: &[u8]) -> Option<(Kind, &'static str)> {
    let begins = |mark: &[u8]| content.starts_with(mark);
    if begins(b"%PDF-") {
        Some((Kind::Pdf, "application/pdf"))
    } else if begins(b"\xff\xd8\xff") {
        Some((Kind::Jpeg, "image/jpeg"))
    } else if begins(b"\x89PNG\r\n\x1a\n") {
        Some((Kind::Png, "image/png"))
    } else if begins(b"II*\0") || begins(b"MM\0*") {
        Some((Kind::Tiff, "image/tiff"))
    } else if is_heic(content) {
        Some((Kind::Heic, "image/heic"))
    } else if begins(b"PK\x03\x04") {
        package::of(content)
    } else {
        text(content).map(|media_type| (Kind::Text, media_type))
    }
}

/// The first box names the brand and those that it also is.
fn is_heic(content: &[u8]) -> bool {
    let Some((length, rest)) = content.split_first_chunk::<4>() else {
        return false;
    };
    let length = u32::from_be_bytes(*length) as usize;
    let Some(brands) = rest.strip_prefix(b"ftyp") else {
        return false;
    };
    let brands = &brands[..brands.len().min(length.saturating_sub(8)).min(256)];
    let is_picture = |brand: &[u8]| matches!(brand, b"heic" | b"heix" | b"heim" | b"heis");
    brands.chunks_exact(4).any(is_picture)
}

/// Text that no program takes for anything else: no markup, no script, no control characters.
fn text(content: &[u8]) -> Option<&'static str> {
    let (text, media_type) = match std::str::from_utf8(content) {
        Ok(text) => (text.into(), "text/plain; charset=utf-8"),
        Err(_) => {
            let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(content)?;
            (text, "text/plain; charset=shift_jis")
        }
    };
    let is_odd = |c: char| c.is_control() && !"\t\r\n\u{c}".contains(c);
    let begin = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_other = ["<", "#!", "{\\rtf", "%!", "MZ"]
        .iter()
        .any(|mark| begin.starts_with(mark));
    (!begin.is_empty() && !is_other && !text.contains(is_odd)).then_some(media_type)
}

#[cfg(test)]
mod tests;
