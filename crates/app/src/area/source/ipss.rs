//! 日本の地域別将来推計人口: people by municipality every five years, and the shares of 65+ and 75+.

use chrono::NaiveDate;
use keniki_base::code::MunicipalityCode;

use super::{Batch, Format, Reading, WrongCell, heading};
use crate::area::indicator::{PROJECTED_POPULATION, PROJECTED_SHARE};
use crate::area::record::{NO_END, Observation, Sex};
use crate::area::set;
use crate::sheet::read::Row;

const CODE_XLSX: &str = "コード";
const KIND_XLSX: &str = "市などの別";

/// 結果表1 総人口 (`kekkahyo1.xlsx`).
pub const TOTAL: Format = Format {
    kind: "ipss_total",
    title: "日本の地域別将来推計人口（総人口）",
    publisher: "国立社会保障・人口問題研究所",
    columns: &[CODE_XLSX, KIND_XLSX, "都道府県", "市区町村", "総人口(人)"],
    derived_from: &[],
    read: |reading| read_book(reading, "総人口(人)", PROJECTED_POPULATION, 0),
};

/// 結果表3-3 65歳以上人口の割合 (`kekkahyo3_3.xlsx`).
pub const SHARE_65: Format = Format {
    kind: "ipss_share_65",
    title: "日本の地域別将来推計人口（65歳以上人口の割合）",
    columns: &[
        CODE_XLSX,
        KIND_XLSX,
        "都道府県",
        "市区町村",
        "総人口に占める65歳以上人口の割合(%)",
    ],
    read: |reading| {
        read_book(
            reading,
            "総人口に占める65歳以上人口の割合(%)",
            PROJECTED_SHARE,
            65,
        )
    },
    ..TOTAL
};

/// 結果表3-4 75歳以上人口の割合 (`kekkahyo3_4.xlsx`).
pub const SHARE_75: Format = Format {
    kind: "ipss_share_75",
    title: "日本の地域別将来推計人口（75歳以上人口の割合）",
    columns: &[
        CODE_XLSX,
        KIND_XLSX,
        "都道府県",
        "市区町村",
        "総人口に占める75歳以上人口の割合(%)",
    ],
    read: |reading| {
        read_book(
            reading,
            "総人口に占める75歳以上人口の割合(%)",
            PROJECTED_SHARE,
            75,
        )
    },
    ..TOTAL
};

/// The three tables in one CSV (`population/ipss2023_muni_total_65_75.csv`).
pub const CSV: Format = Format {
    kind: "ipss_csv",
    title: "日本の地域別将来推計人口",
    columns: &["muni_code5", "kind", "pop_2020", "pct65_2020", "pct75_2020"],
    derived_from: &["ipss_total", "ipss_share_65", "ipss_share_75"],
    read: read_csv,
    ..TOTAL
};

/// A column of one year.
struct Year {
    heading: String,
    at: usize,
    year: i32,
    indicator: &'static str,
    age_from: u16,
}

fn read_book(
    reading: &Reading<'_>,
    table: &str,
    indicator: &'static str,
    age_from: u16,
) -> Result<Batch, WrongCell> {
    // The years stand below the table's heading; in 結果表1 a second table (an index) begins to its right.
    let first = reading.columns.index[table];
    let header = reading.columns.row;
    let next_table = reading
        .rows
        .iter()
        .find(|row| row.number == header)
        .and_then(|row| (first + 1..row.cells.len()).find(|&at| !row.cell(at).is_empty()))
        .unwrap_or(usize::MAX);
    let years: Vec<Year> = reading
        .rows
        .iter()
        .filter(|row| row.number == header + 1)
        .flat_map(|row| (first..row.cells.len().min(next_table)).map(move |at| (at, row.cell(at))))
        .filter_map(|(at, cell)| {
            let heading = heading(cell);
            let year = heading.strip_suffix('年')?.parse().ok()?;
            Some(Year {
                heading,
                at,
                year,
                indicator,
                age_from,
            })
        })
        .collect();
    read(reading, [CODE_XLSX, KIND_XLSX], &years)
}

fn read_csv(reading: &Reading<'_>) -> Result<Batch, WrongCell> {
    let tables = [
        ("pop_", PROJECTED_POPULATION, 0),
        ("pct65_", PROJECTED_SHARE, 65),
        ("pct75_", PROJECTED_SHARE, 75),
    ];
    let years: Vec<Year> = reading
        .columns
        .index
        .iter()
        .filter_map(|(name, at)| {
            let (prefix, indicator, age_from) = tables
                .iter()
                .find(|(prefix, ..)| name.starts_with(prefix))?;
            let year = name.strip_prefix(prefix)?.parse().ok()?;
            Some(Year {
                heading: name.clone(),
                at: *at,
                year,
                indicator,
                age_from: *age_from,
            })
        })
        .collect();
    read(reading, ["muni_code5", "kind"], &years)
}

fn read(
    reading: &Reading<'_>,
    [code, kind]: [&str; 2],
    years: &[Year],
) -> Result<Batch, WrongCell> {
    let mut batch = Batch {
        // The census the projection starts from.
        as_of: years
            .iter()
            .map(|year| year.year)
            .min()
            .and_then(|year| NaiveDate::from_ymd_opt(year, 10, 1)),
        ..Batch::default()
    };
    for row in reading.body() {
        let Some((set, code)) = place(reading, row, code, kind)? else {
            continue;
        };
        for year in years {
            let text = row.cell(year.at);
            let value = if year.indicator == PROJECTED_SHARE {
                reading.percentage(row, &year.heading, text)?
            } else {
                reading.count(row, &year.heading, text)?
            };
            batch.observations.push(Observation {
                indicator: year.indicator,
                set: set.to_owned(),
                code: code.clone(),
                period: year.year.to_string(),
                sex: Sex::All,
                age_from: year.age_from,
                age_to: NO_END,
                value,
            });
        }
    }
    Ok(batch)
}

/// Set and code of a row; `None` for rows without a code and for 浜通り地域 (13 municipalities that have no
/// projection of their own, and are no area).
fn place(
    reading: &Reading<'_>,
    row: &Row,
    code: &str,
    kind: &str,
) -> Result<Option<(&'static str, String)>, WrongCell> {
    let text = reading
        .columns
        .index
        .get(code)
        .map_or("", |&at| row.cell(at));
    let kind_text = heading(
        reading
            .columns
            .index
            .get(kind)
            .map_or("", |&at| row.cell(at)),
    );
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit()) {
        return Ok(None);
    }
    // Spreadsheets drop the leading zero of 北海道.
    let code_text = format!("{text:0>5}");
    let parsed = MunicipalityCode::parse(&code_text)
        .map_err(|error| reading.wrong(row, code, format!("を読めません。{error}。")))?;
    match kind_text.as_str() {
        "a" => Ok(Some((set::PREFECTURE, parsed.prefecture().to_string()))),
        "9" => Ok(None),
        "0" | "1" | "2" | "3" => Ok(Some((set::MUNICIPALITY, parsed.to_string()))),
        _ => Err(reading.wrong(row, kind, "を読めません。a・0・1・2・3・9のいずれかです。")),
    }
}
