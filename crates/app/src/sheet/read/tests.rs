//! What reading tables holds to: encodings, gaps, stops, broken and hostile files.

use std::io::Write;

use super::*;

fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("written");
    file
}

fn all(bytes: &[u8]) -> Result<Vec<Vec<String>>, SheetError> {
    let file = file_of(bytes);
    let mut out = Vec::new();
    rows(file.path(), |row| {
        out.push(row.cells);
        true
    })?;
    Ok(out)
}

fn zip_of(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default())
        .expect("started");
    zip.write_all(bytes).expect("written");
    zip.finish().expect("finished").into_inner()
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_head() {
    let rows = all("\u{feff}名称,住所\r\n甲,乙\r\n".as_bytes()).expect("readable");
    assert_eq!(rows, [["名称", "住所"], ["甲", "乙"]]);
}

#[test]
fn cp932_is_told_by_its_bytes() {
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode("名称,住所\n髙橋医院,表町\n");
    assert_eq!(all(&bytes).expect("readable")[1], ["髙橋医院", "表町"]);
}

#[test]
fn an_unreadable_character_is_named_by_row_and_column() {
    let mut bytes = "a,b\n".as_bytes().to_vec();
    bytes.extend(b"x,\x81\xff\n");
    let error = all(&bytes).expect_err("refused");
    assert!(
        matches!(error, SheetError::Encoding { row: 2, column: 2 }),
        "{error}"
    );
}

#[test]
fn an_empty_file_an_old_workbook_and_a_picture_are_told_apart() {
    assert!(matches!(all(b""), Err(SheetError::Empty)));
    assert!(matches!(
        all(&[0xD0, 0xCF, 0x11, 0xE0, 0, 0]),
        Err(SheetError::OldExcel)
    ));
    assert!(matches!(
        all(b"\x89PNG\r\n\x1a\n\0\0\0"),
        Err(SheetError::NotATable)
    ));
}

#[test]
fn a_workbook_cut_short_is_damaged() {
    let whole = {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write(0, 0, "名称").expect("written");
        book.save_to_buffer().expect("a workbook")
    };
    assert_eq!(all(&whole).expect("readable"), [["名称"]]);
    let cut = &whole[..whole.len() / 2];
    assert!(matches!(all(cut), Err(SheetError::Damaged(_))));
}

#[test]
fn a_bomb_is_refused_before_it_is_parsed() {
    let bytes = zip_of("xl/worksheets/sheet1.xml", &vec![b' '; 9 << 20]);
    assert!(bytes.len() < 1 << 16, "the bomb itself is small");
    let refused = xlsx_file::bound_unpacked_size(&mut std::io::Cursor::new(bytes), 8);
    assert!(matches!(
        refused,
        Err(SheetError::TooLarge { limit_mib: 8 })
    ));
}

/// A workbook with these shared strings, and these rows on its one sheet.
fn book_of(texts: &str, rows: &str) -> Vec<u8> {
    const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [
        (
            "[Content_Types].xml",
            format!("<Types xmlns=\"{PACKAGE}/content-types\"/>"),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{RELATION}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATION}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{RELATION}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/sharedStrings.xml", texts.to_owned()),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .expect("started");
        zip.write_all(content.as_bytes()).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

#[test]
fn a_workbook_that_says_it_has_more_texts_than_bytes_is_damaged() {
    let row = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
    let texts = |head: &str| format!("<sst {head}><si><t>名称</t></si></sst>");
    let plain = all(&book_of(&texts("count=\"1\" uniqueCount=\"1\""), row));
    assert_eq!(plain.expect("readable"), [["名称"]]);
    for head in [
        "uniqueCount=\"100000000000000000\"",
        "uniqueCount = '900000000'",
        "count=\"1\"\nuniqueCount\n=\n\"4000000000\"",
        "xmlns:a=\"uniqueCount=1\" uniqueCount=\"4000000000\"",
        "\u{1b}(B",
        "uniqueCount=\"40\"",
        &format!("uniqueCount{}=\"4000000000\"", " ".repeat(300)),
        &format!("a=\"{}\" uniqueCount=\"4000000000\"", "b".repeat(65_500)),
    ] {
        let refused = all(&book_of(&texts(head), row));
        assert!(matches!(refused, Err(SheetError::Damaged(_))), "{head}");
    }
}

#[test]
fn a_text_that_is_in_every_cell_is_counted_in_every_cell() {
    let text = |n: usize| format!("<sst><si><t>{}</t></si></sst>", "あ".repeat(n));
    let cells = |n: usize| -> String {
        let cell = "<c t=\"s\"><v>0</v></c>";
        (1..=n)
            .map(|row| format!("<row r=\"{row}\">{}</row>", cell.repeat(10)))
            .collect()
    };
    let read = |bytes: &[u8]| {
        let (mut n, file) = (0, file_of(bytes));
        rows_within(file.path(), 8, |_| {
            n += 1;
            true
        })
        .map(|_| n)
    };
    assert_eq!(read(&book_of(&text(32_767), &cells(8))).expect("8 MB"), 8);
    let refused = read(&book_of(&text(32_767), &cells(9)));
    assert!(matches!(
        refused,
        Err(SheetError::TooLarge { limit_mib: 8 })
    ));
    let refused = read(&book_of(&text(32_768), &cells(1)));
    assert!(matches!(
        refused,
        Err(SheetError::TooLong { row: 1, column: 1 })
    ));
    let again = "<row r=\"1\">".to_owned() + &"<c r=\"A1\"/>".repeat(20_000) + "</row>";
    let refused = read(&book_of(&text(1), &again));
    assert!(matches!(refused, Err(SheetError::TooWide)));
}

#[test]
fn empty_cells_keep_their_columns() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(4, 2, "c").expect("written");
    sheet.write(4, 4, 12.5).expect("written");
    let bytes = book.save_to_buffer().expect("a workbook");
    let file = file_of(&bytes);
    let mut seen = Vec::new();
    rows(file.path(), |row| {
        seen.push(row);
        true
    })
    .expect("readable");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].number, 5);
    assert_eq!(seen[0].cells, ["", "", "c", "", "12.5"]);
}

proptest::proptest! {
    #[test]
    fn any_bytes_end_in_rows_or_a_sentence(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        if let Err(error) = all(&bytes) {
            proptest::prop_assert!(!error.to_string().is_empty());
        }
    }
}

#[test]
fn one_broken_character_of_a_utf8_file_is_named_where_it_stands() {
    let mut bytes = "\u{feff}名称,住所\n甲,乙\n".as_bytes().to_vec();
    let at = bytes.len() - 2;
    bytes[at] = b'x';
    assert!(matches!(
        all(&[&bytes[..], b"c,d\n"].concat()),
        Err(SheetError::Encoding { row: 2, column: 2 })
    ));
}
