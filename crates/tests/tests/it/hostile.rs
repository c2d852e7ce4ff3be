//! What hostile users send that no other file has: workbooks of nothing, very large files, a session chosen beforehand.

use std::io::Write;

use axum::http::StatusCode;
use keniki_app::account::staff;
use keniki_app::directory::proposal::sheet;
use keniki_tests::{TestDatabase, on_both};

use crate::desk::Demo;

/// All that a sheet can have.
const ROWS: u32 = 1_048_576;

/// A workbook with these heads and nothing below them, row for row, each with so many cells without anything.
fn of_nothing(heads: &[&str], cells: &str) -> Vec<u8> {
    const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut part = |name: &str, content: &str| {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    };
    part(
        "[Content_Types].xml",
        &format!("<Types xmlns=\"{PACKAGE}/content-types\"/>"),
    );
    part(
        "_rels/.rels",
        &format!(
            "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{RELATION}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    part(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATION}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
        ),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &format!(
            "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{RELATION}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
        ),
    );
    let heads: String = heads
        .iter()
        .map(|head| format!("<c t=\"inlineStr\"><is><t>{head}</t></is></c>"))
        .collect();
    let mut rows = format!("<worksheet xmlns=\"{MAIN}\"><sheetData><row r=\"1\">{heads}</row>");
    for row in 2..=ROWS {
        rows.push_str(&format!("<row r=\"{row}\">{cells}</row>"));
    }
    rows.push_str("</sheetData></worksheet>");
    part("xl/worksheets/sheet1.xml", &rows);
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_workbook_of_a_million_empty_rows_is_told_that_nothing_is_in_it() {
    let demo = Demo::of(TestDatabase::sqlite()).await;
    let mut planner = demo.sign_in("health_center_planning").await;
    let organization = demo
        .number("select organization_id from membership where role = 'health_center_planning'")
        .await;
    let own = [
        "都道府県コード又は市区町村コード",
        "事業所名",
        "実施サービス",
        "住所",
        "電話番号",
    ];
    let people = format!("/offices/{organization}/people");
    let (staff, proposals) = (staff::heads(), sheet::heads());
    for (path, heads) in [
        ("/imports", &own[..]),
        ("/proposals/sheet", &proposals[..]),
        (&people, &staff[..]),
    ] {
        for (cells, said) in [
            (
                "",
                [
                    ("/imports", "行がありません"),
                    ("/proposals/sheet", "0 件を申し出ました"),
                    (&*people, "0 行のうち 0 行"),
                ],
            ),
            (
                "<c/><c/><c/>",
                [
                    ("/imports", "行がありません"),
                    ("/proposals/sheet", "32 MiBを超えます"),
                    (&*people, "32 MiBを超えます"),
                ],
            ),
        ] {
            let answer = planner
                .send_file(path, "a.xlsx", &of_nothing(heads, cells))
                .await;
            let mut page = answer.text();
            if path == "/imports" {
                demo.work().await;
                page = planner.get(&answer.location).await.text();
            }
            let (_, said) = said.iter().find(|(of, _)| *of == path).unwrap();
            assert!(page.contains(said), "{path} {cells}: {page}");
        }
    }
    assert_eq!(demo.number("select count(*) from proposal").await, 0);
}

#[tokio::test]
async fn a_file_of_200_mb_is_refused_wherever_files_are_taken() {
    let demo = Demo::of(TestDatabase::sqlite()).await;
    let mut planner = demo.sign_in("health_center_planning").await;
    let organization = demo
        .number("select organization_id from membership where role = 'health_center_planning'")
        .await;
    let large = vec![b'a'; 200 << 20];
    for path in [
        "/imports".to_owned(),
        "/proposals/sheet".to_owned(),
        format!("/offices/{organization}/people"),
    ] {
        let answer = planner.send_file(&path, "a.csv", &large).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(
            answer.text().contains("ファイルが大きすぎます（32MBまで）"),
            "{path}"
        );
        let mut stranger = demo.sign_in("hospital_ward").await;
        let answer = stranger.send_file(&path, "a.csv", &large).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(demo.number("select count(*) from upload").await, 0);
    let form = format!("note={}", "a".repeat(70 * 1024));
    let long = planner.post("/services/1/propose", &form).await;
    assert_eq!(long.status, StatusCode::BAD_REQUEST, "forms have 64 KiB");
}

#[tokio::test]
async fn a_session_that_somebody_else_chose_is_nobody_s() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut victim = demo.nobody();
        victim.cookie = Some("keniki=chosen-by-somebody-else".to_owned());
        let account = demo
            .number("select account_id from membership where role = 'clinic'")
            .await;
        victim
            .post("/sign-in/persona", &format!("account={account}"))
            .await;
        let own = victim.cookie.clone().unwrap();
        assert!(!own.contains("chosen-by-somebody-else"), "{own}");
        let mut other = demo.nobody();
        other.cookie = Some("keniki=chosen-by-somebody-else".to_owned());
        assert_eq!(other.get("/account").await.status, StatusCode::SEE_OTHER);
        // Signing in once more gives another token, and the former one ends.
        victim
            .post("/sign-in/persona", &format!("account={account}"))
            .await;
        assert_ne!(victim.cookie.as_deref(), Some(&*own));
        other.cookie = Some(own);
        assert_eq!(other.get("/account").await.status, StatusCode::SEE_OTHER);
        assert_eq!(victim.get("/account").await.status, StatusCode::OK);
    })
    .await;
}
