//! What bad input gets: one clear sentence, nothing of the file written, or the other rows where asked.

use std::io::Write;

use keniki_app::import::report::{Group, Problem};
use keniki_app::import::{FileReport, Options};
use keniki_tests::{TestDatabase, on_both};
use rust_xlsxwriter::Workbook;

use super::fixture::{World, assert_same_tables};
use super::rows::{CARE_HEAD, Care, Filed, bed_file, care_file, filings_file};

const VALID_ROWS_ONLY: Options = Options {
    dry_run: false,
    valid_rows_only: true,
    job: None,
    edition: None,
};

fn office(n: usize) -> Care {
    let address = format!("みほん県ためし市本町{n}-1");
    let phone = format!("0859-00-000{n}");
    Care::of(
        &format!("517150001{n}"),
        &format!("いちご{n}号"),
        "訪問入浴介護",
        &address,
        &phone,
    )
}

fn only(groups: &[Group]) -> (&str, &Problem) {
    let [group] = groups else {
        panic!("not one group: {groups:#?}")
    };
    assert_eq!(group.count, group.rows.len());
    let [row] = group.rows.as_slice() else {
        panic!("not one row: {group:#?}")
    };
    (&group.cause, row)
}

/// One bad row among good ones: its cause, column and value; nothing written; with `--valid-rows-only` the others.
async fn rejects_a_row(world: &World, file: &str, expected: (&str, u32, &str, &str)) {
    let before = world.tables().await;
    let path = world.file("bad.csv", file);
    let report = world.import(&path).await;
    let (cause, row) = only(&report.errors);
    assert_eq!(
        (cause, row.row, row.column.as_str(), row.value.as_str()),
        expected
    );
    assert!(report.errors[0].message.ends_with('。'));
    assert!(!report.written);
    assert_same_tables(&world.tables().await, &before);
    let report = world.import_with(&path, VALID_ROWS_ONLY).await;
    assert!(report.written);
    assert_eq!((report.rejected, report.new), (1, report.rows - 1));
    world.clear().await;
}

#[tokio::test]
async fn a_row_without_identity_is_named_and_the_others_are_kept_on_demand() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let with = |change: fn(&mut Care)| {
            let mut bad = office(2);
            change(&mut bad);
            care_file(&[office(1), bad, office(3)])
        };
        let head = "都道府県コード又は市町村コード";
        for (file, expected) in [
            (
                with(|row| row.municipality = "512011"),
                ("wrong_municipality_code", 3, head, "512011"),
            ),
            (
                with(|row| row.number = "51715".to_owned()),
                ("wrong_number", 3, "事業所番号", "51715"),
            ),
            (
                with(|row| row.number.clear()),
                ("wrong_number", 3, "事業所番号", ""),
            ),
            (with(|row| row.name.clear()), ("no_name", 3, "事業所名", "")),
            (
                with(|row| row.service = "訪問散髪"),
                ("unknown_kind", 3, "サービスの種類", "訪問散髪"),
            ),
            (
                with(|row| row.number = "5171500011".to_owned()),
                ("duplicate_row", 3, "番号", "5171500011"),
            ),
        ] {
            rejects_a_row(&world, &file, expected).await;
        }
    })
    .await;
}

/// The field is emptied, the row is kept, and a warning names the cell.
async fn empties_a_field(world: &World, file: String, expected: (&str, &str, &str), column: &str) {
    let report = world.take("bad.csv", file).await;
    let (cause, row) = only(&report.warnings);
    assert_eq!((cause, row.column.as_str(), row.value.as_str()), expected);
    assert_eq!(
        world.texts(&format!("select {column} from site")).await,
        ["null"]
    );
    world.clear().await;
}

#[tokio::test]
async fn a_bad_point_or_telephone_number_empties_its_field() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let at = |lat: &str, lng: &str| {
            let mut row = office(1);
            (row.lat, row.lng) = (lat.to_owned(), lng.to_owned());
            care_file(&[row])
        };
        let column = "緯度・経度";
        for (lat, lng, cause) in [
            ("0.0", "0.0", "point_zero"),
            ("133.05", "35.05", "point_swapped"),
            ("10.5", "133.05", "point_outside_japan"),
            // In the sea, 20 km off.
            ("35.3", "132.8", "point_outside_municipality"),
            ("北緯35", "133.05", "point_unreadable"),
            ("NaN", "133.05", "point_unreadable"),
        ] {
            let value = format!("{lat}, {lng}");
            empties_a_field(&world, at(lat, lng), (cause, column, &value), "lat").await;
        }
        // 0.004° are 445 m.
        world.take("near.csv", at("34.996", "133.05")).await;
        assert_eq!(
            world.texts("select location_precision from site").await,
            ["exact"]
        );
        world.clear().await;
        let mut row = office(1);
        row.phone = "0859-00-000".to_owned();
        empties_a_field(
            &world,
            care_file(&[row]),
            ("wrong_phone", "電話番号", "0859-00-000"),
            "phone",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn an_impossible_day_empties_the_filing_s_day() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let mut row = Filed::of(
        "医科",
        "0100011",
        "みほん医院",
        "ためし市本町1-1",
        "0859-00-0001",
    );
    row.symbol = "支援診３";
    row.since = "令和 7年 2月30日";
    let report = world.take("a.csv", filings_file(&[row])).await;
    let (cause, problem) = only(&report.warnings);
    assert_eq!(
        (cause, problem.row, problem.value.as_str()),
        ("wrong_date", 5, "令和 7年 2月30日")
    );
    assert_eq!(
        world
            .texts("select since from service_capability where capability = 'home_care_24h'")
            .await,
        ["null"]
    );
}

#[tokio::test]
async fn a_number_that_is_none_does_not_come_into_the_database() {
    on_both(async |database| {
        let world = World::invented(database).await;
        for beds in ["nan", "inf", "*", "未報告"] {
            world
                .take(
                    "a.csv",
                    bed_file(&[["5101", "みほん病院", "ためし市", "", "", "", beds]]),
                )
                .await;
            assert_eq!(world.texts("select capacity from service").await, ["null"]);
        }
        // What was written can be read again.
        world
            .take(
                "b.csv",
                filings_file(&[Filed::of(
                    "医科",
                    "0100011",
                    "みほん病院",
                    "ためし市本町1-1",
                    "",
                )]),
            )
            .await;
        assert_eq!(world.count("site").await, 1);
    })
    .await;
}

async fn refused(world: &World, name: &str, bytes: impl AsRef<[u8]>) -> FileReport {
    let report = world
        .import_with(&world.file(name, bytes), VALID_ROWS_ONLY)
        .await;
    assert!(!report.written && report.format.is_none(), "{report:#?}");
    assert_eq!(world.count("import_batch").await, 0);
    report
}

async fn sentence(world: &World, bytes: impl AsRef<[u8]>) -> String {
    let report = refused(world, "bad", bytes).await;
    let [group] = report.errors.as_slice() else {
        panic!("{report:#?}")
    };
    group.message.clone()
}

#[tokio::test]
async fn an_unknown_header_names_what_was_found_what_is_near_and_what_is_missing() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let head = CARE_HEAD
        .replace("事業所番号", "番号")
        .replace("緯度", "北緯");
    let message = sentence(&world, format!("{head}\r\n{}\r\n", office(1).line())).await;
    assert!(
        message.contains("見つかった列: 都道府県コード又は市町村コード、No、"),
        "{message}"
    );
    assert!(
        message.contains("いちばん近い形式: 介護サービス情報公表システム（厚生労働省）"),
        "{message}"
    );
    assert!(
        message.contains("足りない列: 緯度、事業所番号。"),
        "{message}"
    );
}

#[tokio::test]
async fn a_list_without_its_header_row_is_refused() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let rows: Vec<String> = (1..=9).map(|n| office(n).line()).collect();
    let message = sentence(&world, rows.join("\r\n")).await;
    assert!(
        message.starts_with("見出しの行が見つかりません。"),
        "{message}"
    );
}

#[tokio::test]
async fn files_of_other_kinds_and_encodings_are_told_apart() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let text = care_file(&[office(1)]);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let plain = text.trim_start_matches('\u{feff}');
    let (euc, _, _) = encoding_rs::EUC_JP.encode(plain);
    let (jis, _, _) = encoding_rs::ISO_2022_JP.encode(plain);
    for (bytes, expected) in [
        (
            Vec::new(),
            "ファイルが空です。ダウンロードし直してください。",
        ),
        (
            utf16,
            "文字コードがUTF-16のファイルです。UTF-8またはShift_JISにして保存し直してください。",
        ),
        (
            euc.into_owned(),
            "文字コードがEUC-JPのファイルです。UTF-8またはShift_JISにして保存し直してください。",
        ),
        (
            jis.into_owned(),
            "文字コードがISO-2022-JP（JIS）のファイルです。UTF-8またはShift_JISにして保存し直してください。",
        ),
        (
            b"%PDF-1.7\n\0\0".to_vec(),
            "CSVでもXLSXでもないファイルです。CSV（UTF-8またはShift_JIS）かXLSXを指定してください。",
        ),
        (
            vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            "古い形式のExcelファイル（.xls）です。Excelで開き、.xlsx形式で保存し直してください。",
        ),
    ] {
        assert_eq!(sentence(&world, bytes).await, expected);
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_refused_with_a_sentence() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let report = world.import(std::path::Path::new("/nowhere/a.csv")).await;
    assert_eq!(
        report.errors[0].message,
        "ファイルを読めません（見つかりません）。場所と読み取りの権限を確かめてください。"
    );
}

#[tokio::test]
async fn a_csv_cut_short_anywhere_loses_at_most_its_last_row() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let whole = care_file(&[office(1), office(2), office(3)]);
    let last_row = whole.trim_end().rfind('\n').unwrap() + 1;
    // All but the end of the row: within the name, within a character, in the middle of a number, between cells.
    let ends: Vec<usize> = (last_row + 1..whole.trim_end().len() - 8)
        .step_by(3)
        .collect();
    for end in ends {
        world.clear().await;
        let path = world.file("cut.csv", &whole.as_bytes()[..end]);
        let strict = world.import(&path).await;
        let (cause, row) = only(&strict.errors);
        assert_eq!(
            (cause, row.row, strict.written),
            ("row_cut_short", 4, false),
            "{end}"
        );
        let report = world.import_with(&path, VALID_ROWS_ONLY).await;
        assert_eq!((report.new, report.rejected), (2, 1), "{end}");
    }
}

#[tokio::test]
async fn an_undecodable_cell_in_the_middle_is_named() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let mut bytes = care_file(&[office(1), office(2)]).into_bytes();
    let at = bytes.windows(4).position(|four| four == b"0001").unwrap();
    bytes[at] = 0xFF;
    let message = sentence(&world, bytes).await;
    assert!(message.starts_with("2行目の"), "{message}");
}

#[tokio::test]
async fn a_forgotten_quotation_mark_is_shown_short() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let rows: Vec<Care> = (1..=9).map(office).collect();
    let file = care_file(&rows).replacen("いちご1号", "\"いちご1号", 1);
    let report = world.import(&world.file("a.csv", file)).await;
    for row in report.errors.iter().flat_map(|group| &group.rows) {
        assert!(row.value.chars().count() <= 201, "{}", row.value);
    }
    assert!(!report.written);
}

fn book(rows: &[&str]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(rows) {
        for (column, cell) in (0..)
            .zip(line.split(','))
            .filter(|(_, cell)| !cell.is_empty())
        {
            sheet.write(row, column, cell.trim_matches('"')).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_list_saved_as_xlsx_is_read_and_one_cut_short_is_refused() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let lines = [CARE_HEAD.to_owned(), office(1).line(), office(2).line()];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let bytes = book(&lines);
    for end in [5, bytes.len() / 3, bytes.len() - 10] {
        let message = sentence(&world, &bytes[..end]).await;
        assert_eq!(
            message,
            "XLSXファイルが壊れているか、途中で切れています。ダウンロードし直すか、Excelで開いて保存し直してください。"
        );
    }
    let report = world.take("a.xlsx", bytes).await;
    assert_eq!((report.new, report.header_row), (2, Some(1)));
}

#[tokio::test]
async fn a_zip_bomb_is_refused() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let mebibyte = vec![b' '; 1 << 20];
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    for _ in 0..700 {
        zip.write_all(&mebibyte).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20);
    let message = sentence(&world, bytes).await;
    assert_eq!(
        message,
        "XLSXファイルを展開すると600 MiBを超えます。安全のため読み込みません。正しいファイルかどうか確かめてください。"
    );
}

/// The publisher's cover sheet, and a book that holds two lists.
#[tokio::test]
async fn each_sheet_is_read_by_its_own_header() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("説明")
        .unwrap()
        .write(0, 0, "この表について")
        .unwrap();
    for (name, row) in [
        ("訪問入浴", office(1)),
        (
            "訪問リハ",
            Care {
                service: "訪問リハビリテーション",
                ..office(2)
            },
        ),
    ] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (line, text) in (2..).zip([CARE_HEAD.to_owned(), row.line()]) {
            for (column, cell) in (0..).zip(text.split(',')) {
                sheet.write(line, column, cell.trim_matches('"')).unwrap();
            }
        }
    }
    let report = world.take("a.xlsx", book.save_to_buffer().unwrap()).await;
    assert_eq!((report.rows, report.new), (2, 2));
    let (cause, row) = only(&report.warnings);
    assert_eq!((cause, row.sheet.as_str()), ("sheet_passed_over", "説明"));
}

#[tokio::test]
async fn a_code_and_an_address_of_two_municipalities_are_told() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let mut row = office(1);
    row.address = "みほん県となり市浜1-1".to_owned();
    let report = world.take("a.csv", care_file(&[row])).await;
    let (cause, problem) = only(&report.warnings);
    assert_eq!(
        (cause, problem.value.as_str()),
        ("municipality_conflict", "みほん県となり市浜1-1")
    );
    assert_eq!(
        world.texts("select municipality_code from site").await,
        ["51201"]
    );
}

#[tokio::test]
async fn a_row_with_a_text_that_is_too_long_is_refused_alone() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let mut long = office(2);
    long.name = "名".repeat(3_000);
    let mut wide = office(3);
    wide.address = format!("みほん県ためし市{}", "町".repeat(300));
    let path = world.file("a.csv", care_file(&[office(1), long, wide, office(4)]));
    assert!(!world.import(&path).await.written);
    let report = world.import_with(&path, VALID_ROWS_ONLY).await;
    assert_eq!((report.new, report.rejected, report.written), (2, 2, true));
    let [group] = &report.errors[..] else {
        panic!("{:#?}", report.errors);
    };
    let rows: Vec<_> = group
        .rows
        .iter()
        .map(|row| (row.row, row.column.as_str()))
        .collect();
    assert_eq!(
        (group.cause.as_str(), rows),
        ("too_long", vec![(3, "名称"), (4, "住所")])
    );
    assert!(group.message.contains("名称・フリガナ・法人の名称は200字"));
    assert_eq!(world.count("site").await, 2);
}
