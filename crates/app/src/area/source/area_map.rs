//! `muni_code,muni_name,area_code,area_name,pref_code,pref_name`: which municipality lies in which 構想区域.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use keniki_base::code::{AreaCode, MunicipalityCode, PrefectureCode};
use serde::Deserialize;

use super::{Batch, Format, Known, Reading, WrongCell, without_county};
use crate::area::record::{Area, AreaSet};
use crate::area::set;

/// The mapping of all municipalities and wards (`areas/municipality_to_iryoken2.csv`).
pub const FORMAT: Format = Format {
    kind: "area_map",
    title: "二次医療圏（医療圏データA38-20）・三重県構想区域",
    publisher: "国土交通省 国土数値情報・三重県",
    columns: &[
        "muni_code",
        "muni_name",
        "area_code",
        "area_name",
        "pref_code",
        "pref_name",
    ],
    derived_from: &[],
    read,
};

/// Divisions that follow from the 339 by joining some of them.
const OTHER_SETS: &str = include_str!("area_sets.toml");

#[derive(Deserialize)]
struct OtherSets {
    set: Vec<OtherSet>,
}

#[derive(Deserialize)]
struct OtherSet {
    code: String,
    name: String,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    joined: Vec<Joined>,
}

#[derive(Deserialize)]
struct Joined {
    code: String,
    name: String,
    of: Vec<String>,
}

/// Name and members by code.
type Areas = BTreeMap<String, (String, BTreeSet<MunicipalityCode>)>;

fn read(reading: &Reading<'_>) -> Result<Batch, WrongCell> {
    let (mut prefectures, mut medical) = (Areas::new(), Areas::new());
    let mut municipalities = BTreeMap::new();
    for row in reading.body() {
        let code = reading.municipality(row, "muni_code")?;
        let wrong = |column: &str, error: &dyn std::fmt::Display| {
            reading.wrong(row, column, format!("を読めません。{error}。"))
        };
        let area = AreaCode::parse(reading.cell(row, "area_code"))
            .map_err(|error| wrong("area_code", &error))?;
        let prefecture = PrefectureCode::parse(reading.cell(row, "pref_code"))
            .map_err(|error| wrong("pref_code", &error))?;
        let name = reading.required(row, "muni_name")?;
        if municipalities
            .insert(code, without_county(name).to_owned())
            .is_some()
        {
            return Err(reading.wrong(
                row,
                "muni_code",
                "は二度出てきます。どちらかの行を消してください。",
            ));
        }
        let area_name = reading.required(row, "area_name")?;
        join(&mut medical, area.as_str(), area_name, code, reading.known);
        let prefecture_name = reading.required(row, "pref_name")?;
        join(
            &mut prefectures,
            prefecture.as_str(),
            prefecture_name,
            code,
            reading.known,
        );
    }
    Ok(batch(prefectures, medical, municipalities, reading.known))
}

/// Adds a municipality, and what it went over into, to an area.
fn join(areas: &mut Areas, area: &str, name: &str, code: MunicipalityCode, known: &Known) {
    let (_, members) = areas
        .entry(area.to_owned())
        .or_insert_with(|| (name.to_owned(), BTreeSet::new()));
    members.insert(code);
    for group in known
        .successions
        .iter()
        .filter(|group| group.old.contains(&code))
    {
        members.extend(&group.new);
    }
}

fn batch(
    prefectures: Areas,
    medical: Areas,
    municipalities: BTreeMap<MunicipalityCode, String>,
    known: &Known,
) -> Batch {
    let mut sets = own_sets();
    let mut areas = vec![Area {
        set: set::NATION.to_owned(),
        code: "00".to_owned(),
        kind: "nation".to_owned(),
        name: "全国".to_owned(),
        prefecture: None,
        valid_from: None,
        valid_to: None,
        members: BTreeSet::new(),
    }];
    for (code, name) in municipalities {
        let mut area = Area::municipality(code, name);
        // The day before the first of those it went over into.
        area.valid_to = known
            .successions
            .iter()
            .filter(|group| group.old.contains(&code))
            .flat_map(|group| group.new.iter().filter_map(|new| known.begins.get(new)))
            .min()
            .and_then(NaiveDate::pred_opt);
        areas.push(area);
    }
    areas.extend(as_areas(set::PREFECTURE, "prefecture", prefectures));
    let other: OtherSets = toml::from_str(OTHER_SETS).expect("a test reads this file");
    for other in other.set {
        sets.push(AreaSet {
            code: other.code.clone(),
            kind: "medical_area".to_owned(),
            name: other.name,
            valid_from: other.valid_from,
            valid_to: other.valid_to,
        });
        areas.extend(as_areas(
            &other.code,
            "medical_area",
            joined(medical.clone(), &other.joined),
        ));
    }
    areas.extend(as_areas(set::MEDICAL_AREA, "medical_area", medical));
    Batch {
        sets,
        areas,
        ..Batch::default()
    }
}

fn joined(mut areas: Areas, joined: &[Joined]) -> Areas {
    for Joined { code, name, of } in joined {
        let members: BTreeSet<MunicipalityCode> = of
            .iter()
            .filter_map(|part| areas.remove(part))
            .flat_map(|(_, members)| members)
            .collect();
        if !members.is_empty() {
            areas.insert(code.clone(), (name.clone(), members));
        }
    }
    areas
}

fn as_areas(set: &str, kind: &str, areas: Areas) -> impl Iterator<Item = Area> {
    areas.into_iter().map(move |(code, (name, members))| Area {
        set: set.to_owned(),
        kind: kind.to_owned(),
        prefecture: members.first().map(|member| member.prefecture()),
        code,
        name,
        valid_from: None,
        valid_to: None,
        members,
    })
}

/// The sets that the program itself knows.
pub(crate) fn own_sets() -> Vec<AreaSet> {
    [
        (set::NATION, "nation", "全国"),
        (set::PREFECTURE, "prefecture", "都道府県"),
        (set::MUNICIPALITY, "municipality", "市区町村"),
        (set::MEDICAL_AREA, "medical_area", "構想区域（339区域）"),
    ]
    .map(|(code, kind, name)| AreaSet {
        code: code.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        valid_from: None,
        valid_to: None,
    })
    .to_vec()
}
