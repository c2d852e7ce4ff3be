//! 介護保険の保険者 with the insured and the certified of 65 and over (介護保険事業状況報告 年報).

use std::collections::BTreeSet;

use keniki_base::code::PrefectureCode;

use super::{Batch, Format, Reading, WrongCell};
use crate::area::indicator::{CERTIFIED, INSURED as INSURED_INDICATOR};
use crate::area::record::{Area, AreaSet, NO_END, Observation, Sex};
use crate::area::set;

/// Both tables of the report in one CSV (`care_insurance/hokensha_insured_certified.csv`).
pub const FORMAT: Format = Format {
    kind: "insurer",
    title: "介護保険事業状況報告（年報）第1号被保険者数・要介護（要支援）認定者数",
    publisher: "厚生労働省",
    columns: &["pref_name", "hokensha", "insured_1go", "cert1go_total"],
    derived_from: &[],
    read: |reading| {
        let counts = [
            ("insured_1go", INSURED_INDICATOR, 65, NO_END),
            ("insured_65_74", INSURED_INDICATOR, 65, 74),
            ("insured_75_84", INSURED_INDICATOR, 75, 84),
            ("insured_85over", INSURED_INDICATOR, 85, NO_END),
            ("cert1go_total", CERTIFIED, 65, NO_END),
        ];
        read(reading, ["pref_name", "hokensha"], &counts)
    },
};

/// 第2表 保険者別第1号被保険者数, the ministry's workbook.
pub const INSURED: Format = Format {
    kind: "insurer_insured",
    title: "介護保険事業状況報告（年報）第2表 保険者別第1号被保険者数",
    columns: &[
        "都道府県",
        "保険者",
        "計",
        "65歳以上75歳未満",
        "75歳以上85歳未満",
        "85歳以上",
    ],
    derived_from: &["insurer"],
    read: |reading| {
        let counts = [
            ("計", INSURED_INDICATOR, 65, NO_END),
            ("65歳以上75歳未満", INSURED_INDICATOR, 65, 74),
            ("75歳以上85歳未満", INSURED_INDICATOR, 75, 84),
            ("85歳以上", INSURED_INDICATOR, 85, NO_END),
        ];
        read(reading, ["都道府県", "保険者"], &counts)
    },
    ..FORMAT
};

/// Neither table says which year's end it is of.
const UNDATED: &str = "undated";

fn read(
    reading: &Reading<'_>,
    [prefecture_column, insurer_column]: [&str; 2],
    counts: &[(&str, &'static str, u16, u16)],
) -> Result<Batch, WrongCell> {
    let mut batch = Batch {
        sets: vec![insurer_set()],
        ..Batch::default()
    };
    let mut codes = BTreeSet::new();
    for row in reading.body() {
        let name = reading.cell(row, insurer_column);
        let prefecture = reading.cell(row, prefecture_column);
        // The row of the nation names no insurer; notes below the table have one cell.
        if name.is_empty() || prefecture.is_empty() {
            continue;
        }
        let prefecture = reading.known.prefecture_named(prefecture).ok_or_else(|| {
            reading.wrong(
                row,
                prefecture_column,
                "という都道府県はありません。都道府県名に直してください。",
            )
        })?;
        let code = insurer_code(prefecture, name);
        if !codes.insert(code.clone()) {
            return Err(reading.wrong(
                row,
                insurer_column,
                "は二度出てきます。どちらかの行を消してください。",
            ));
        }
        batch.areas.push(insurer(reading, prefecture, name, &code));
        for (column, indicator, age_from, age_to) in counts {
            batch.observations.push(Observation {
                indicator,
                set: set::INSURER.to_owned(),
                code: code.clone(),
                period: UNDATED.to_owned(),
                sex: Sex::All,
                age_from: *age_from,
                age_to: *age_to,
                value: reading.count(row, column, reading.cell(row, column))?,
            });
        }
    }
    Ok(batch)
}

/// A municipality that insures its own people has itself as member; a union's members are only known from
/// another list, and stay what they are.
fn insurer(reading: &Reading<'_>, prefecture: &str, name: &str, code: &str) -> Area {
    let own = reading.known.leaves_named(prefecture, name);
    let listed = reading
        .known
        .members
        .get(set::INSURER)
        .and_then(|insurers| insurers.get(code));
    Area {
        set: set::INSURER.to_owned(),
        code: code.to_owned(),
        kind: set::INSURER.to_owned(),
        name: name.to_owned(),
        prefecture: PrefectureCode::parse(prefecture).ok(),
        valid_from: None,
        valid_to: None,
        members: if own.is_empty() {
            listed.cloned().unwrap_or_default()
        } else {
            own
        },
    }
}

pub(super) fn insurer_set() -> AreaSet {
    AreaSet {
        code: set::INSURER.to_owned(),
        kind: set::INSURER.to_owned(),
        name: "介護保険の保険者".to_owned(),
        valid_from: None,
        valid_to: None,
    }
}

/// The tables give no numbers of insurers: prefecture and name make the code.
pub(super) fn insurer_code(prefecture: &str, name: &str) -> String {
    format!("{prefecture}:{name}")
}
