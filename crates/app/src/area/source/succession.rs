//! `old_code5,new_code5,valid_from,area_code`: municipalities that merged or split.

use std::collections::{BTreeMap, BTreeSet};

use keniki_base::date::parse_day;

use super::{Batch, Format, Reading, WrongCell};

/// The project's own list (`areas/municipality_succession.csv`).
pub const FORMAT: Format = Format {
    kind: "municipality_succession",
    title: "市区町村の廃置分合",
    publisher: "Keniki（各自治体の告示による）",
    columns: &["old_code5", "new_code5", "valid_from", "area_code"],
    derived_from: &[],
    read,
};

fn read(reading: &Reading<'_>) -> Result<Batch, WrongCell> {
    // Of one day and one area: codes that succeed each other as a set, since a ward may have been divided.
    let mut sets: BTreeMap<_, (BTreeSet<_>, BTreeSet<_>)> = BTreeMap::new();
    for row in reading.body() {
        let from = parse_day(reading.cell(row, "valid_from"), None)
            .map_err(|error| reading.wrong(row, "valid_from", format!("を読めません。{error}")))?;
        let (old, new) = sets
            .entry((from, reading.cell(row, "area_code")))
            .or_default();
        old.insert(reading.municipality(row, "old_code5")?);
        new.insert(reading.municipality(row, "new_code5")?);
    }
    let successions = sets
        .into_iter()
        .flat_map(|((from, _), (old, new))| {
            old.into_iter()
                .flat_map(move |old| new.clone().into_iter().map(move |new| (old, new, from)))
        })
        .collect();
    Ok(Batch {
        successions,
        ..Batch::default()
    })
}
