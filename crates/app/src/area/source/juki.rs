//! 住民基本台帳に基づく人口: people by municipality, sex and five years of age, on the first of January.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use keniki_base::code::MunicipalityCode;
use keniki_base::date::parse_day;

use super::{Batch, Format, Reading, WrongCell, heading, without_county};
use crate::area::indicator::POPULATION;
use crate::area::record::{Area, NO_END, Observation, Sex};
use crate::area::set;
use crate::sheet::read::Row;

/// The ministry's workbook, 年齢階級別人口（市区町村別）【総計】.
pub const XLSX: Format = Format {
    kind: "juki_age",
    title: "住民基本台帳に基づく人口、人口動態及び世帯数（市区町村別年齢階級別人口）",
    publisher: "総務省",
    columns: &[
        "団体コード",
        "都道府県名",
        "市区町村名",
        "性別",
        "総数",
        "0歳~4歳",
        "100歳以上",
    ],
    derived_from: &[],
    read: |reading| {
        let columns = Names {
            code: "団体コード",
            prefecture: "都道府県名",
            municipality: "市区町村名",
            sex: "性別",
            total: "総数",
        };
        // 「令和7年1月1日住民基本台帳年齢階級別人口」
        let day = reading
            .rows
            .iter()
            .flat_map(|row| &row.cells)
            .find_map(|cell| parse_day(&format!("{}日", cell.split_once('日')?.0), None).ok());
        read(reading, &columns, day)
    },
};

/// The same as CSV (`population/juki_age5_muni_YYYYMMDD.csv`), without the row of the nation.
pub const CSV: Format = Format {
    kind: "juki_age_csv",
    columns: &[
        "dantai_code6",
        "pref_name",
        "muni_name",
        "sex",
        "total",
        "a0_4",
        "a100_",
    ],
    derived_from: &["juki_age"],
    read: |reading| {
        let columns = Names {
            code: "dantai_code6",
            prefecture: "pref_name",
            municipality: "muni_name",
            sex: "sex",
            total: "total",
        };
        read(reading, &columns, day_in(reading.file_name))
    },
    ..XLSX
};

struct Names {
    code: &'static str,
    prefecture: &'static str,
    municipality: &'static str,
    sex: &'static str,
    total: &'static str,
}

fn read(
    reading: &Reading<'_>,
    names: &Names,
    as_of: Option<NaiveDate>,
) -> Result<Batch, WrongCell> {
    let as_of = as_of.ok_or_else(|| WrongCell {
        sheet: String::new(),
        row: 1,
        column: names.code.to_owned(),
        value: reading.file_name.to_owned(),
        problem:
            "から基準日が分かりません。表題かファイル名に基準日（例：20250101）を入れてください。"
                .to_owned(),
    })?;
    let classes: Vec<(String, usize, (u16, u16))> = reading
        .columns
        .index
        .iter()
        .filter_map(|(name, at)| Some((name.clone(), *at, age_class(name)?)))
        .collect();
    let mut batch = Batch {
        as_of: Some(as_of),
        ..Batch::default()
    };
    let mut people: BTreeMap<MunicipalityCode, String> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in reading
        .body()
        .filter(|row| !reading.cell(row, names.sex).is_empty())
    {
        let Some((set, code)) = place(reading, names, row)? else {
            continue;
        };
        let sex = match heading(reading.cell(row, names.sex)).as_str() {
            "計" | "T" => Sex::All,
            "男" | "M" => Sex::Male,
            "女" | "F" => Sex::Female,
            _ => {
                return Err(reading.wrong(
                    row,
                    names.sex,
                    "を読めません。計・男・女のいずれかにしてください。",
                ));
            }
        };
        if !seen.insert((set, code.clone(), sex)) {
            return Err(reading.wrong(
                row,
                names.code,
                "は同じ性別で二度出てきます。どちらかの行を消してください。",
            ));
        }
        if set == set::MUNICIPALITY {
            let code = reading.municipality(row, names.code)?;
            people.insert(
                code,
                without_county(reading.cell(row, names.municipality)).to_owned(),
            );
        }
        let total = (
            names.total.to_owned(),
            reading.columns.index[names.total],
            (0, NO_END),
        );
        for (column, at, (age_from, age_to)) in classes.iter().chain([&total]) {
            batch.observations.push(Observation {
                indicator: POPULATION,
                set: set.to_owned(),
                code: code.clone(),
                period: as_of.to_string(),
                sex,
                age_from: *age_from,
                age_to: *age_to,
                value: reading.count(row, column, row.cell(*at))?,
            });
        }
    }
    let (cities, rest): (Vec<_>, Vec<_>) = areas(&people, reading)
        .into_iter()
        .partition(|area| !area.members.is_empty());
    batch.areas = cities;
    batch.new_areas = rest;
    Ok(batch)
}

/// Set and code of a row's area; `None` for subtotals (郡, 島しょ), which no area has.
fn place(
    reading: &Reading<'_>,
    names: &Names,
    row: &Row,
) -> Result<Option<(&'static str, String)>, WrongCell> {
    let municipality = heading(row_cell(reading, names.municipality, row));
    let is_whole = matches!(municipality.as_str(), "-" | "");
    if heading(row_cell(reading, names.prefecture, row)) == "合計" {
        return Ok(is_whole.then(|| (set::NATION, "00".to_owned())));
    }
    if row_cell(reading, names.code, row) == "-" {
        return Ok(None);
    }
    let code = MunicipalityCode::parse(row_cell(reading, names.code, row))
        .map_err(|error| reading.wrong(row, names.code, format!("を読めません。{error}。")))?;
    if is_whole {
        return Ok(Some((set::PREFECTURE, code.prefecture().to_string())));
    }
    let is_municipality = municipality.ends_with(['市', '町', '村', '区']);
    Ok(is_municipality.then(|| (set::MUNICIPALITY, code.to_string())))
}

fn row_cell<'r>(reading: &Reading<'_>, column: &str, row: &'r Row) -> &'r str {
    reading
        .columns
        .index
        .get(column)
        .map_or("", |&at| row.cell(at))
}

/// Municipalities and wards, and designated cities over their wards of today and before.
fn areas(people: &BTreeMap<MunicipalityCode, String>, reading: &Reading<'_>) -> Vec<Area> {
    let wards = |city: &str| -> BTreeSet<MunicipalityCode> {
        people
            .iter()
            .chain(&reading.known.names)
            .filter(|(_, name)| {
                city.ends_with('市') && name.starts_with(city) && name.ends_with('区')
            })
            .map(|(code, _)| *code)
            .collect()
    };
    people
        .iter()
        .map(|(code, name)| {
            let mut area = Area::municipality(*code, name.clone());
            area.valid_from = reading.known.begins.get(code).copied();
            area.members = wards(name);
            if !area.members.is_empty() {
                area.kind = "designated_city".to_owned();
            }
            area
        })
        .collect()
}

/// 「0歳~4歳」, 「100歳以上」, `a0_4`, `a100_`: first and last age.
fn age_class(heading: &str) -> Option<(u16, u16)> {
    let ages = heading.strip_prefix('a').map_or_else(
        || heading.replace('歳', "").replace("以上", "~"),
        |ages| ages.replace('_', "~"),
    );
    let (from, to) = ages.split_once('~')?;
    let to = if to.is_empty() {
        NO_END
    } else {
        to.parse().ok()?
    };
    Some((from.parse().ok()?, to))
}

/// The eight digits of a day in a file's name.
fn day_in(file_name: &str) -> Option<NaiveDate> {
    file_name
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 8)
        .find_map(|digits| NaiveDate::parse_from_str(digits, "%Y%m%d").ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_from_both_headings() {
        assert_eq!(age_class("0歳~4歳"), Some((0, 4)));
        assert_eq!(age_class("100歳以上"), Some((100, NO_END)));
        assert_eq!(age_class("a95_99"), Some((95, 99)));
        assert_eq!(age_class("a100_"), Some((100, NO_END)));
        assert_eq!(age_class("総数"), None);
    }

    #[test]
    fn the_day_stands_in_the_file_name() {
        assert_eq!(
            day_in("juki_age5_muni_20250101.csv"),
            NaiveDate::from_ymd_opt(2025, 1, 1)
        );
        assert_eq!(day_in("population.csv"), None);
    }
}
