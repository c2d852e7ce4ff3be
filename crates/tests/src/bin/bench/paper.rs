//! Prints: the first, and then fifty different ones of a form whose table goes over pages.

use std::fmt::Write as _;
use std::time::Instant;

use keniki_paper::markup::text;
use keniki_paper::sheet::Sheet;
use keniki_web::print::font;

use super::Line;
use super::search::line;

const N_PRINTS: usize = 50;
const N_ROWS: usize = 120;

/// The press is made within the first.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the wall clock"
)]
pub fn measure() -> Vec<Line> {
    let begun = Instant::now();
    let (press, _) = font::open(None).expect("npm or a Japanese font is there");
    let bytes = press.pdf(&sheet(0)).expect("the form is well");
    let first = milliseconds(begun);
    let further: Vec<f64> = (1..=N_PRINTS)
        .map(|n| {
            let sheet = sheet(n);
            let begun = Instant::now();
            press.pdf(&sheet).expect("the form is well");
            milliseconds(begun)
        })
        .collect();
    let pages = press.png(&sheet(0), 0.1).map_or(0, |pages| pages.len());
    let what = format!(
        "print of {pages} pages, {N_ROWS} rows, {} KiB",
        bytes.len() / 1024
    );
    vec![
        line(&format!("the first {what}"), &[first], "–"),
        line(
            &format!("a further {what}, each of another person"),
            &further,
            "≤ 300 ms",
        ),
    ]
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}

/// A form about the nth person: no line of it is like the one before.
fn sheet(n: usize) -> Sheet {
    let mut markup = format!(
        "#title()\n#fields([氏名], [{}])\n#rows((12mm, 1fr, 2fr, 24mm), ([番号], [項目], [内容], [記入日])",
        text(&format!("汐見 {n}子"))
    );
    for row in 0..N_ROWS {
        let words =
            format!("{n}人目の{row}番目の内容。自宅での療養を続けられるよう、訪問看護と調整する。");
        let _ = write!(
            markup,
            ", [{row}], [{}], [{}], [{}]",
            text(&format!("項目{}", (n * 7 + row) % 90)),
            text(&words),
            text(&format!("令和8年11月{}日", 1 + (n + row) % 30)),
        );
    }
    markup.push(')');
    Sheet {
        title: "退院支援計画書".to_owned(),
        day: chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default(),
        head: "汐見圏域".to_owned(),
        foot: "汐見保健所".to_owned(),
        markup,
        pictures: Vec::new(),
    }
}
