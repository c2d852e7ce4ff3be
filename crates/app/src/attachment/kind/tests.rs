//! Real beginnings of every kind, and what pretends to be one.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

fn zipped(names: &[&str]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for name in names {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(b"<x/>").unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const DOCUMENT: [&str; 3] = ["_rels/.rels", "word/document.xml", "[Content_Types].xml"];
const BOOK: [&str; 2] = ["[Content_Types].xml", "xl/workbook.xml"];

fn kind(content: &[u8]) -> Option<Kind> {
    of(content).map(|(kind, _)| kind)
}

#[test]
fn every_kind_is_told_by_its_beginning() {
    for (content, expected) in [
        (&b"%PDF-1.7\n"[..], Kind::Pdf),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", Kind::Jpeg),
        (b"\xff\xd8\xff\xe1\0\x10Exif\0", Kind::Jpeg),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Png),
        (b"II*\0\x08\0\0\0", Kind::Tiff),
        (b"MM\0*\0\0\0\x08", Kind::Tiff),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf", Kind::Heic),
        ("食事は全量。\r\n体温36.5度\t脈拍72".as_bytes(), Kind::Text),
        ("\u{feff}日付,内容\r\n".as_bytes(), Kind::Text),
        (b"\x8eR\x93c\x81@\x91\xbe\x98Y\r\n", Kind::Text),
    ] {
        assert_eq!(kind(content), Some(expected), "{content:?}");
    }
    assert_eq!(kind(&zipped(&DOCUMENT)), Some(Kind::Docx));
    assert_eq!(kind(&zipped(&BOOK)), Some(Kind::Xlsx));
    assert_eq!(
        of(b"\x8eR\x93c").unwrap().1,
        "text/plain; charset=shift_jis"
    );
}

#[test]
fn what_runs_or_draws_in_a_browser_is_refused() {
    for content in [
        &b""[..],
        b"  \r\n",
        b"MZ\x90\0\x03\0",
        b"MZ and text",
        b"\x7fELF\x02\x01\x01",
        b"\xca\xfe\xba\xbe\0\0\0\x34",
        b"#!/bin/sh\nrm -rf /",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\xef\xbb\xbf \n<html>",
        b"<?xml version=\"1.0\"?><svg onload=\"alert(1)\"/>",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>",
        b"{\\rtf1\\ansi",
        b"%!PS-Adobe-3.0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"GIF89a\x01\0",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        b"\0\0\0\x1cftypavif\0\0\0\0mif1avif",
        b"\xff\xfeH\0i\0",
        b"text with a \0 in it",
        // A polyglot is what it begins with.
        b"<script>alert(1)</script>%PDF-1.7",
        b"\0%PDF-1.7",
    ] {
        assert_eq!(kind(content), None, "{content:?}");
    }
    let jar = zipped(&["META-INF/MANIFEST.MF", "[Content_Types].xml"]);
    let macros = zipped(&[
        "[Content_Types].xml",
        "word/document.xml",
        "word/vbaProject.bin",
    ]);
    let bare = zipped(&["word/document.xml"]);
    for zip in [
        jar,
        macros,
        bare,
        b"PK\x03\x04".to_vec(),
        b"PK\x05\x06".to_vec(),
    ] {
        assert_eq!(kind(&zip), None);
    }
}

#[test]
fn of_a_polyglot_the_beginning_counts() {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.extend(zipped(&BOOK));
    assert_eq!(kind(&pdf), Some(Kind::Pdf));
    let mut program = b"MZ\x90\0".to_vec();
    program.extend(zipped(&BOOK));
    assert_eq!(kind(&program), None);
}

/// A gigabyte of nothing in a megabyte: its directory is read, nothing else.
#[test]
fn a_bomb_is_only_looked_at() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for name in BOOK {
        zip.start_file(name, deflated).unwrap();
        zip.write_all(&vec![0; 32 << 20]).unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    assert_eq!(kind(&bomb), Some(Kind::Xlsx));
}

/// A directory that points into itself or beyond the end, and lengths that lie.
#[test]
fn a_lying_directory_is_refused() {
    let honest = zipped(&BOOK);
    let end = honest.len() - 22;
    for (at, lie) in [(end + 16, u32::MAX), (end + 12, u32::MAX), (end + 16, 0)] {
        let mut zip = honest.clone();
        zip[at..at + 4].copy_from_slice(&lie.to_le_bytes());
        assert_eq!(kind(&zip), None, "{at}");
    }
    assert_eq!(kind(&honest[..honest.len() - 1]), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_stumble(
        begin in proptest::sample::select(vec![&b""[..], b"PK\x03\x04", b"\0\0\0\x18ftyp", b"%PDF-"]),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        cut in 0..400_usize,
    ) {
        kind(&[begin, &bytes].concat());
        let mut zip = zipped(&BOOK);
        let at = cut % zip.len();
        zip[at] ^= bytes.first().copied().unwrap_or(1);
        kind(&zip);
        kind(&zip[..at]);
    }
}
