//! The files of publishers that tell of areas: recognised by their header, read into one kind of batch.
//!
//! One file a format. A table is known by its columns, boundaries by what is in them; only a list of
//! towns, which names its municipality nowhere, is known by where it lies.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use keniki_base::code::MunicipalityCode;
use keniki_base::text::{fold, squeeze};

use super::record::{Area, AreaSet, Drawn, Observation, Town};
use super::succession::Group;
use crate::sheet::read::Row;

pub mod area_map;
pub mod boundary;
pub mod insurer;
pub mod insurer_member;
pub mod ipss;
pub mod juki;
pub mod layer;
pub mod neighbor;
pub mod position;
pub mod succession;
pub mod town_list;

/// A table that can be loaded.
#[derive(Debug)]
pub struct Format {
    /// Its word in `source_file.kind`.
    pub kind: &'static str,
    /// The title that pages show.
    pub title: &'static str,
    /// Who publishes it.
    pub publisher: &'static str,
    /// The columns by which it is known, as NFKC writes them, in one row or in two that follow each other.
    pub columns: &'static [&'static str],
    /// Another format that says the same as the publisher's own file: where both are there, this one is not read.
    pub derived_from: &'static [&'static str],
    /// Reads the whole table.
    pub read: fn(&Reading<'_>) -> Result<Batch, WrongCell>,
}

/// Every table, in the order in which they are loaded: what others build on comes first.
pub const FORMATS: [&Format; 14] = [
    &succession::FORMAT,
    &area_map::FORMAT,
    &layer::FORMAT,
    &layer::FORMAT_JA,
    &neighbor::FORMAT,
    &juki::XLSX,
    &juki::CSV,
    &ipss::TOTAL,
    &ipss::SHARE_65,
    &ipss::SHARE_75,
    &ipss::CSV,
    &insurer::FORMAT,
    &insurer::INSURED,
    &insurer_member::FORMAT,
];

/// So many of [`FORMATS`] say which areas there are, and no numbers.
pub const N_STRUCTURE: usize = 5;

/// The open positions of towns are large and come last, as boundaries and the lists of towns do.
pub const POSITIONS: &Format = &position::FORMAT;

/// What a file says, ready to be written.
#[derive(Debug, Default)]
pub struct Batch {
    /// The day of which the file speaks.
    pub as_of: Option<NaiveDate>,
    /// Sets to write.
    pub sets: Vec<AreaSet>,
    /// Areas to write, with their members.
    pub areas: Vec<Area>,
    /// Municipalities to add where they are not known yet.
    pub new_areas: Vec<Area>,
    /// Which municipality went over into which.
    pub successions: Vec<(MunicipalityCode, MunicipalityCode, NaiveDate)>,
    /// Pairs that touch, by set.
    pub neighbors: BTreeMap<String, BTreeSet<(String, String)>>,
    /// Outlines.
    pub outlines: Vec<Drawn>,
    /// Towns.
    pub towns: Vec<Town>,
    /// Numbers.
    pub observations: Vec<Observation>,
    /// Japanese sentences on what was passed over.
    pub notes: Vec<String>,
}

/// What the database knows when a file is read.
#[derive(Debug, Default)]
pub struct Known {
    /// Names of municipalities and wards.
    pub names: BTreeMap<MunicipalityCode, String>,
    /// Names of prefectures by their 2 digits.
    pub prefectures: BTreeMap<String, String>,
    /// Municipalities that went over into others.
    pub successions: Vec<Group>,
    /// First day of a new municipality.
    pub begins: BTreeMap<MunicipalityCode, NaiveDate>,
    /// Members by set and code.
    pub members: BTreeMap<String, BTreeMap<String, BTreeSet<MunicipalityCode>>>,
    /// The day of the source that an area's outline comes from, and the source's id, by set and code.
    pub outlines: HashMap<(String, String), (Option<NaiveDate>, i64)>,
}

impl Known {
    /// The municipalities and wards of the prefecture that have this name, ヶ and ケ being one: a designated
    /// city is all its wards. Empty where there is none.
    pub fn leaves_named(&self, prefecture: &str, name: &str) -> BTreeSet<MunicipalityCode> {
        let name = fold(name);
        self.names
            .iter()
            .filter(|(code, _)| code.as_str().starts_with(prefecture))
            .filter(|(_, known)| {
                let known = fold(known);
                known == name
                    || (name.ends_with('市') && known.ends_with('区') && known.starts_with(&name))
            })
            .map(|(code, _)| *code)
            .collect()
    }

    /// The prefecture's 2 digits by its name.
    pub fn prefecture_named(&self, name: &str) -> Option<&str> {
        let name = squeeze(name);
        self.prefectures
            .iter()
            .find(|(_, known)| **known == name)
            .map(|(code, _)| code.as_str())
    }
}

/// A table while it is read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// Name of the file.
    pub file_name: &'a str,
    /// Names of its sheets.
    pub sheets: &'a [String],
    /// All rows, the header among them.
    pub rows: &'a [Row],
    /// Where the columns are.
    pub columns: Columns,
    /// What the database knows.
    pub known: &'a Known,
}

impl<'a> Reading<'a> {
    /// The rows below the header.
    pub fn body(&self) -> impl Iterator<Item = &'a Row> + use<'a> {
        let header = self.columns.row;
        self.rows
            .iter()
            .filter(move |row| row.sheet > 0 || row.number > header)
    }

    /// The cell of a named column.
    pub fn cell(&self, row: &'a Row, column: &str) -> &'a str {
        self.columns
            .index
            .get(column)
            .map_or("", |&at| row.cell(at))
    }

    /// Says what is wrong with a cell.
    pub fn wrong(&self, row: &Row, column: &str, problem: impl Into<String>) -> WrongCell {
        let value = self
            .columns
            .index
            .get(column)
            .map_or("", |&at| row.cell(at));
        self.wrong_value(row, column, value, problem)
    }

    /// The same for a value found under a column without a fixed name.
    pub fn wrong_value(
        &self,
        row: &Row,
        column: &str,
        value: &str,
        problem: impl Into<String>,
    ) -> WrongCell {
        WrongCell {
            sheet: self
                .sheets
                .get(usize::from(row.sheet))
                .cloned()
                .unwrap_or_default(),
            row: row.number,
            column: column.to_owned(),
            value: value.to_owned(),
            problem: problem.into(),
        }
    }

    /// A municipality's code of 5 or 6 digits.
    pub fn municipality(&self, row: &'a Row, column: &str) -> Result<MunicipalityCode, WrongCell> {
        MunicipalityCode::parse(self.cell(row, column))
            .map_err(|error| self.wrong(row, column, format!("を読めません。{error}。")))
    }

    /// A text that must not be empty.
    pub fn required(&self, row: &'a Row, column: &str) -> Result<&'a str, WrongCell> {
        match self.cell(row, column) {
            "" => Err(self.wrong(row, column, "は空です。値を入れてください。")),
            text => Ok(text),
        }
    }

    /// A number of persons, or the reason why it is unknown.
    pub fn count(
        &self,
        row: &Row,
        column: &str,
        text: &str,
    ) -> Result<Result<f64, &'static str>, WrongCell> {
        number(text)
            .filter(|n| !matches!(n, Ok(n) if n.fract() != 0.0))
            .ok_or_else(|| {
                self.wrong_value(
                    row,
                    column,
                    text,
                    "は人数として読めません。0以上の整数にしてください。",
                )
            })
    }

    /// A percentage, or the reason why it is unknown.
    pub fn percentage(
        &self,
        row: &Row,
        column: &str,
        text: &str,
    ) -> Result<Result<f64, &'static str>, WrongCell> {
        number(text)
            .filter(|n| !matches!(n, Ok(n) if *n > 100.0))
            .ok_or_else(|| {
                self.wrong_value(
                    row,
                    column,
                    text,
                    "は割合として読めません。0から100までの数にしてください。",
                )
            })
    }
}

/// A value that cannot be: a sentence with its sheet, row and column (the caller adds the file).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}{row}行目「{column}」列の値「{value}」{problem}",
    sheet_words(sheet)
)]
pub struct WrongCell {
    /// Name of the sheet; empty for a CSV.
    pub sheet: String,
    /// Row as a spreadsheet shows it.
    pub row: u32,
    /// Heading of the column.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong and what to do.
    pub problem: String,
}

fn sheet_words(sheet: &str) -> String {
    if sheet.is_empty() {
        String::new()
    } else {
        format!("シート「{sheet}」の")
    }
}

/// Where the columns of a table are.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The row of the header (the lower one of two), from 1.
    pub row: u32,
    /// Heading (NFKC, without blanks) → column from 0.
    pub index: HashMap<String, usize>,
}

impl Columns {
    /// Finds the row, alone or with the one above it, that has every one of `wanted`.
    pub fn find(head: &[Row], wanted: &[&str]) -> Option<Self> {
        Self::candidates(head)
            .find(|found| wanted.iter().all(|name| found.index.contains_key(*name)))
    }

    /// The headings of every row near the top, each with those of the row above it.
    pub fn candidates(head: &[Row]) -> impl Iterator<Item = Self> {
        head.iter().enumerate().map(move |(at, row)| {
            let mut index = HashMap::new();
            let above = at
                .checked_sub(1)
                .map(|at| &head[at])
                .filter(|above| above.sheet == row.sheet);
            for row in [Some(row), above].into_iter().flatten() {
                for (column, cell) in row.cells.iter().enumerate() {
                    let name = heading(cell);
                    if !name.is_empty() {
                        index.entry(name).or_insert(column);
                    }
                }
            }
            Self {
                row: row.number,
                index,
            }
        })
    }
}

/// A heading as columns are compared: NFKC, without blanks.
pub fn heading(cell: &str) -> String {
    squeeze(cell).replace(' ', "")
}

/// Not negative, with or without thousands separators; `Ok(Err(reason))` for a blank or a publisher's mark.
fn number(text: &str) -> Option<Result<f64, &'static str>> {
    let text = squeeze(text);
    match text.as_str() {
        "" => Some(Err("blank")),
        "-" | "－" | "―" | "…" => Some(Err("none")),
        "*" | "X" | "x" | "XXX" => Some(Err("suppressed")),
        "未報告" => Some(Err("unreported")),
        text => text
            .replace(',', "")
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite() && *number >= 0.0)
            .map(Ok),
    }
}

/// 「西伯郡大山町」 without its county. 郡山市, 上郡町 and 大和郡山市 keep their names.
pub fn without_county(name: &str) -> &str {
    match name.split_once('郡') {
        Some((county, rest))
            if !county.is_empty() && rest.chars().count() > 1 && rest.ends_with(['町', '村']) =>
        {
            rest
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_and_a_mark_are_no_zero() {
        assert_eq!(number("1,234"), Some(Ok(1234.0)));
        assert_eq!(number("０"), Some(Ok(0.0)));
        assert_eq!(number(""), Some(Err("blank")));
        assert_eq!(number("*"), Some(Err("suppressed")));
        assert_eq!(number("未報告"), Some(Err("unreported")));
        assert_eq!(number("-3"), None);
        assert_eq!(number("百"), None);
    }

    #[test]
    fn a_county_goes_and_a_city_with_gun_in_its_name_stays() {
        assert_eq!(without_county("西伯郡大山町"), "大山町");
        assert_eq!(without_county("赤穂郡上郡町"), "上郡町");
        for name in [
            "上郡町",
            "郡山市",
            "大和郡山市",
            "郡上市",
            "蒲郡市",
            "札幌市中央区",
        ] {
            assert_eq!(without_county(name), name);
        }
    }

    #[test]
    fn a_header_of_two_rows_is_found_as_one() {
        let row = |number, cells: &[&str]| Row {
            sheet: 0,
            number,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        };
        let head = [
            row(2, &["", "", "総数", "０歳～４歳"]),
            row(3, &["団体 コード", "性別", "人", "人"]),
        ];
        let found = Columns::find(&head, &["団体コード", "総数", "0歳~4歳"]).unwrap();
        assert_eq!((found.row, found.index["総数"]), (3, 2));
        assert!(Columns::find(&head, &["団体コード", "世帯数"]).is_none());
    }
}
