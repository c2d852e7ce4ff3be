//! `insurer_name,pref_code,municipality_name`: the members of insurers' unions (広域連合, 一部事務組合).

use std::collections::BTreeMap;

use keniki_base::code::PrefectureCode;

use super::insurer::{insurer_code, insurer_set};
use super::{Batch, Format, Reading, WrongCell};
use crate::area::record::Area;
use crate::area::set;

/// The project's own list for some prefectures (`care_insurance/insurer_members_31_32.csv`).
pub const FORMAT: Format = Format {
    kind: "insurer_member",
    title: "広域連合等の構成市町村",
    publisher: "Keniki（各広域連合の公表による）",
    columns: &["insurer_name", "pref_code", "municipality_name"],
    derived_from: &[],
    read,
};

fn read(reading: &Reading<'_>) -> Result<Batch, WrongCell> {
    let mut insurers: BTreeMap<String, Area> = BTreeMap::new();
    for row in reading.body() {
        let name = reading.required(row, "insurer_name")?;
        let prefecture = PrefectureCode::parse(reading.cell(row, "pref_code"))
            .map_err(|error| reading.wrong(row, "pref_code", format!("を読めません。{error}。")))?;
        let municipality = reading.required(row, "municipality_name")?;
        let members = reading
            .known
            .leaves_named(prefecture.as_str(), municipality);
        if members.is_empty() {
            let problem = "という市区町村はこの都道府県にありません。名前と都道府県コードを確かめてください。";
            return Err(reading.wrong(row, "municipality_name", problem));
        }
        let code = insurer_code(prefecture.as_str(), name);
        let insurer = insurers.entry(code.clone()).or_insert_with(|| Area {
            set: set::INSURER.to_owned(),
            code,
            kind: set::INSURER.to_owned(),
            name: name.to_owned(),
            prefecture: Some(prefecture),
            valid_from: None,
            valid_to: None,
            members: Default::default(),
        });
        insurer.members.extend(members);
    }
    Ok(Batch {
        sets: vec![insurer_set()],
        areas: insurers.into_values().collect(),
        ..Batch::default()
    })
}
