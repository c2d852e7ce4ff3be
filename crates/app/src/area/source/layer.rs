//! Any other layer of areas over municipalities: `layer,code,name,municipality_code`, one row a member.

use std::collections::{BTreeMap, BTreeSet};

use keniki_base::code::MunicipalityCode;

use super::area_map::own_sets;
use super::{Batch, Format, Reading, WrongCell};
use crate::area::record::{Area, AreaSet};
use crate::area::set;

/// With English headings.
pub const FORMAT: Format = Format {
    kind: "layer",
    title: "圏域の対応表",
    publisher: "利用者が用意した表",
    columns: &["layer", "code", "name", "municipality_code"],
    derived_from: &[],
    read: |reading| read(reading, ["layer", "code", "name", "municipality_code"]),
};

/// With Japanese headings.
pub const FORMAT_JA: Format = Format {
    columns: &["区域の種類", "区域コード", "区域名", "市区町村コード"],
    read: |reading| {
        read(
            reading,
            ["区域の種類", "区域コード", "区域名", "市区町村コード"],
        )
    },
    ..FORMAT
};

/// The layers that have a name of their own here: word in the file, code, name on the screen.
const LAYERS: [(&str, &str, &str); 8] = [
    ("構想区域", set::MEDICAL_AREA, "構想区域"),
    ("日常生活圏域", "daily_life_area", "日常生活圏域"),
    ("保健所管轄", "health_center", "保健所管轄区域"),
    ("郡市医師会", "medical_association", "郡市医師会の区域"),
    ("老人福祉圏域", "welfare_area", "老人福祉圏域"),
    ("在宅医療圏域", "home_care_area", "在宅医療の圏域"),
    ("消防", "fire_department", "消防本部の管轄区域"),
    ("保険者", set::INSURER, "介護保険の保険者"),
];

fn read(
    reading: &Reading<'_>,
    [layer, code, name, municipality]: [&str; 4],
) -> Result<Batch, WrongCell> {
    let mut areas: BTreeMap<(&str, &str), (&str, BTreeSet<MunicipalityCode>)> = BTreeMap::new();
    for row in reading.body() {
        let key = (reading.required(row, layer)?, reading.required(row, code)?);
        let member = reading.municipality(row, municipality)?;
        let area_name = reading.required(row, name)?;
        let (first_name, members) = areas.entry(key).or_insert((area_name, BTreeSet::new()));
        if *first_name != area_name {
            let problem = format!(
                "は、前の行の同じコードの名前「{first_name}」と違います。どちらかに揃えてください。"
            );
            return Err(reading.wrong(row, name, problem));
        }
        if !members.insert(member) {
            let problem = "は、この区域に二度出てきます。どちらかの行を消してください。";
            return Err(reading.wrong(row, municipality, problem));
        }
    }
    let mut batch = Batch::default();
    for ((layer, code), (name, members)) in areas {
        let (set, set_name) = named(layer);
        if !batch.sets.iter().any(|known: &AreaSet| known.code == set) {
            batch.sets.push(set_of(set, set_name));
        }
        let prefectures: BTreeSet<_> = members.iter().map(|member| member.prefecture()).collect();
        batch.areas.push(Area {
            set: set.to_owned(),
            code: code.to_owned(),
            kind: set.to_owned(),
            name: name.to_owned(),
            prefecture: prefectures
                .first()
                .copied()
                .filter(|_| prefectures.len() == 1),
            valid_from: None,
            valid_to: None,
            members,
        });
    }
    Ok(batch)
}

fn named(layer: &str) -> (&str, &str) {
    LAYERS
        .iter()
        .find(|(word, code, _)| layer == *word || layer == *code)
        .map_or((layer, layer), |(_, code, name)| (code, name))
}

fn set_of(code: &str, name: &str) -> AreaSet {
    own_sets()
        .into_iter()
        .find(|known| known.code == code)
        .unwrap_or_else(|| AreaSet {
            code: code.to_owned(),
            kind: code.to_owned(),
            name: name.to_owned(),
            valid_from: None,
            valid_to: None,
        })
}
