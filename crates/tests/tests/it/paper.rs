//! Prints with the program's own font: same bytes, what is in the file, what markup may not have, what staff see alone.

use std::path::Path;

use axum::http::StatusCode;
use keniki_paper::press::{MOST_PAGES, NoFont, PaperError, Press};
use keniki_paper::sheet::{Picture, Sheet};
use keniki_tests::TestDatabase;
use keniki_web::print::font;

use crate::desk::Demo;

fn press() -> Press {
    let opened = font::open(None);
    opened.expect("npm or a Japanese font is there").0
}

fn sheet(markup: &str) -> Sheet {
    Sheet {
        title: "退院支援計画書".to_owned(),
        day: "2026-11-23".parse().unwrap(),
        head: "汐見圏域".to_owned(),
        foot: "汐見保健所".to_owned(),
        markup: markup.to_owned(),
        pictures: vec![Picture {
            name: "mark.svg",
            bytes: br##"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>"##.to_vec(),
        }],
    }
}

/// What is wrong with this markup.
fn fault(markup: &str) -> PaperError {
    press().pdf(&sheet(markup)).unwrap_err()
}

#[test]
fn the_same_sheet_gives_the_same_bytes_on_any_press() {
    let sheet =
        sheet("= 本人の希望\n自宅で過ごしたい。#image(\"mark.svg\")\n#datetime.today().display()");
    let first = press().pdf(&sheet).unwrap();
    let again = press();
    assert_eq!(first, again.pdf(&sheet).unwrap());
    assert_eq!(first, again.clone().pdf(&sheet).unwrap());
    let other = Sheet {
        day: "2026-11-24".parse().unwrap(),
        ..sheet
    };
    assert_ne!(first, again.pdf(&other).unwrap());
}

#[test]
fn a_file_is_tagged_japanese_and_carries_its_letters() {
    let bytes = press().pdf(&sheet("自宅で過ごしたい。")).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    assert!(has(b"/Lang(ja"), "its language");
    assert!(has(b"/StructTreeRoot"), "its tags");
    assert!(has(b"/FontFile"), "its letters");
    // The letters of this sheet alone, not the whole font of four megabytes.
    assert!(bytes.len() < 100_000, "{} bytes", bytes.len());
}

#[test]
fn markup_reaches_no_file_and_no_network() {
    for hostile in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../../../etc/passwd\")",
        "#image(\"/etc/hostname\")",
        "#import \"@preview/cetz:0.4.0\"",
        "#include \"other.typ\"",
        "#image(\"https://example.com/a.png\")",
        "#plugin(\"a.wasm\")",
        "#csv(\"keniki.db\")",
    ] {
        let error = fault(hostile);
        assert!(
            matches!(error, PaperError::Markup { .. }),
            "{hostile}: {error}"
        );
    }
}

#[test]
fn a_fault_is_told_with_the_line_of_the_sheet_itself() {
    let PaperError::Markup { line, reason } = fault("一行目\n#nothing") else {
        panic!("another error");
    };
    assert_eq!(line, 2);
    assert!(reason.contains("nothing"), "{reason}");
}

#[test]
fn a_print_ends_even_where_its_markup_does_not() {
    let endless = fault("#while true {}");
    assert!(matches!(endless, PaperError::Markup { .. }), "{endless}");
    let pages = MOST_PAGES + 1;
    let long = fault(&"#pagebreak()\n".repeat(MOST_PAGES));
    assert_eq!(long, PaperError::TooLong { pages });
    let large = fault(&"あ".repeat(3 * 1024 * 1024));
    assert_eq!(large, PaperError::TooLarge);
}

#[test]
fn a_letter_that_no_font_has_is_named() {
    assert_eq!(press().missing("髙橋\n\u{f8ff}"), ['\u{f8ff}']);
}

#[test]
fn a_press_needs_a_japanese_font() {
    assert_eq!(Press::new([]).err(), Some(NoFont));
    assert_eq!(Press::new([vec![0; 64].into()]).err(), Some(NoFont));
}

#[test]
fn fonts_of_a_folder_come_after_the_programs_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gaiji.ttf"), "no font at all").unwrap();
    let (with, _) = font::open(Some(folder.path())).unwrap();
    assert_eq!(with.family(), press().family());
    assert!(font::open(Some(Path::new("/nowhere"))).is_err());
}

/// The same bytes: what only professionals may know is on no paper of the public page.
#[tokio::test]
async fn a_service_prints_the_same_for_everybody() {
    let demo = Demo::of(TestDatabase::sqlite()).await;
    let public = demo.nobody().get("/services/1/print.pdf").await;
    assert_eq!(public.status, StatusCode::OK);
    assert!(public.bytes.starts_with(b"%PDF-"));
    let mut operator = demo.sign_in("operator").await;
    let own = operator.get("/services/1/print.pdf").await;
    assert_eq!(own.bytes, public.bytes);
    let page = demo.nobody().get("/services/1").await.text();
    assert!(page.contains("href=\"/services/1/print.pdf\""));
    let none = demo.nobody().get("/services/999999/print.pdf").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
