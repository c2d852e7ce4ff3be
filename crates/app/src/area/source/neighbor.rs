//! `area_code,neighbor_code`: which 構想区域 touch.

use std::collections::{BTreeMap, BTreeSet};

use keniki_base::code::AreaCode;

use super::{Batch, Format, Reading, WrongCell};
use crate::area::set;

/// Queen contiguity of the A38 polygons (`areas/adjacency_iryoken2.csv`).
pub const FORMAT: Format = Format {
    kind: "area_neighbor",
    title: "構想区域の隣接関係（医療圏データA38-20による）",
    publisher: "国土交通省 国土数値情報（隣接関係は加工）",
    columns: &["area_code", "neighbor_code"],
    derived_from: &[],
    read,
};

fn read(reading: &Reading<'_>) -> Result<Batch, WrongCell> {
    let mut pairs = BTreeSet::new();
    for row in reading.body() {
        let code = |column: &str| {
            AreaCode::parse(reading.cell(row, column))
                .map(|code| code.to_string())
                .map_err(|error| reading.wrong(row, column, format!("を読めません。{error}。")))
        };
        pairs.insert((code("area_code")?, code("neighbor_code")?));
    }
    let neighbors = BTreeMap::from([(set::MEDICAL_AREA.to_owned(), pairs)]);
    Ok(Batch {
        neighbors,
        ..Batch::default()
    })
}
