//! 国土数値情報 行政区域データ (N03), TopoJSON or GeoJSON: outlines of municipalities and of all that they make up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use keniki_base::code::{MunicipalityCode, PrefectureCode};

use super::{Batch, Known};
use crate::area::boundary::{Shape, Topology, label};
use crate::area::outline::Outline;
use crate::area::record::{Area, Drawn};
use crate::area::{set, succession};

/// The word in `source_file.kind`.
pub const KIND: &str = "boundary";
/// The title that pages show.
pub const TITLE: &str = "国土数値情報（行政区域データN03）";
/// Who publishes it.
pub const PUBLISHER: &str = "国土交通省";

const PREFECTURE: &str = "N03_001";
const CODE: &str = "N03_007";

/// Whether a JSON text holds such boundaries: of municipalities (`true`) or of prefectures alone (`false`).
pub fn has_municipalities(text: &[u8]) -> Option<bool> {
    let has = |word: &str| text.windows(word.len()).any(|part| part == word.as_bytes());
    let is_one = (has("\"Topology\"") || has("\"FeatureCollection\"")) && has("\"N03_001\"");
    is_one.then(|| has("\"N03_007\""))
}

/// Draws every area whose municipalities are all in the file.
pub fn read(topology: &Topology, as_of: Option<NaiveDate>, known: &Known) -> Batch {
    let mut by_code: BTreeMap<MunicipalityCode, Vec<usize>> = BTreeMap::new();
    for (at, shape) in topology.shapes.iter().enumerate() {
        // 所属未定地 has no code.
        if let Some(code) = shape
            .properties
            .get(CODE)
            .and_then(|code| MunicipalityCode::parse(code).ok())
        {
            by_code.entry(code).or_default().push(at);
        }
    }
    let mut batch = Batch {
        as_of,
        ..Batch::default()
    };
    if by_code.is_empty() {
        draw_prefectures(topology, known, &mut batch);
        return batch;
    }
    for (code, shapes) in &by_code {
        let name = full_name(&topology.shapes[shapes[0]]);
        batch.new_areas.push(Area::municipality(*code, name));
        draw(
            topology,
            shapes,
            set::MUNICIPALITY,
            code.as_str(),
            &mut batch,
        );
    }
    for (set, areas) in layers(known) {
        for (code, members) in areas {
            let chosen = succession::covering(members, &known.successions, |code| {
                by_code.contains_key(code)
            });
            if let Some(chosen) = chosen {
                let shapes: Vec<usize> = chosen
                    .iter()
                    .flat_map(|code| &by_code[code])
                    .copied()
                    .collect();
                draw(topology, &shapes, set, code, &mut batch);
            }
        }
    }
    add_neighbors(topology, &by_code, known, &mut batch);
    batch
}

/// The sets that are drawn. Designated cities and insurers are known after the boundaries, and no map shows them.
fn layers(
    known: &Known,
) -> impl Iterator<Item = (&String, &BTreeMap<String, BTreeSet<MunicipalityCode>>)> {
    known
        .members
        .iter()
        .filter(|(set, _)| !matches!(set.as_str(), set::INSURER | set::MUNICIPALITY))
}

/// A file of prefectures alone, as a small map of the nation needs.
fn draw_prefectures(topology: &Topology, known: &Known, batch: &mut Batch) {
    for (at, shape) in topology.shapes.iter().enumerate() {
        let code = shape
            .properties
            .get(PREFECTURE)
            .and_then(|name| known.prefecture_named(name));
        if let Some(code) = code {
            draw(topology, &[at], set::PREFECTURE, code, batch);
        }
    }
}

fn draw(topology: &Topology, shapes: &[usize], set: &str, code: &str, batch: &mut Batch) {
    let drawn = topology.dissolve(shapes).and_then(|outline: Outline| {
        let label = label(&outline)?;
        Some(Drawn {
            set: set.to_owned(),
            code: code.to_owned(),
            outline,
            label,
        })
    });
    batch.outlines.extend(drawn);
}

/// Who touches whom, in every set and between municipalities.
fn add_neighbors(
    topology: &Topology,
    by_code: &BTreeMap<MunicipalityCode, Vec<usize>>,
    known: &Known,
    batch: &mut Batch,
) {
    let mut code_of: Vec<Option<MunicipalityCode>> = vec![None; topology.shapes.len()];
    for (code, shapes) in by_code {
        shapes.iter().for_each(|&at| code_of[at] = Some(*code));
    }
    let by_itself: HashMap<MunicipalityCode, &str> =
        by_code.keys().map(|code| (*code, code.as_str())).collect();
    let mut sets: Vec<(&str, HashMap<MunicipalityCode, &str>)> =
        vec![(set::MUNICIPALITY, by_itself)];
    for (set, areas) in layers(known) {
        let mut area_of = HashMap::new();
        for (area, members) in areas {
            members.iter().for_each(|member| {
                area_of.entry(*member).or_insert(area.as_str());
            });
        }
        sets.push((set, area_of));
    }
    for (set, area_of) in sets {
        let groups: Vec<Option<&str>> = code_of
            .iter()
            .map(|code| area_of.get(&(*code)?).copied())
            .collect();
        let pairs: BTreeSet<(String, String)> = topology
            .neighbors(&groups)
            .into_iter()
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .collect();
        batch.neighbors.insert(set.to_owned(), pairs);
    }
}

/// 「札幌市中央区」, whether the file keeps the city in N03_003 (to 2023) or the ward in N03_005 (since 2024).
fn full_name(shape: &Shape) -> String {
    let text = |name: &str| shape.properties.get(name).map_or("", String::as_str);
    let city = text("N03_003");
    match (city.ends_with('市'), text("N03_005")) {
        (true, _) => format!("{city}{}", text("N03_004")),
        (false, ward) => format!("{}{ward}", text("N03_004")),
    }
}

/// The day in the publisher's name of the file: `N03-20240101_31.geojson`, `N03-21_210101.geojson`, `N03-21_31….geojson`.
pub fn day_in(file_name: &str) -> Option<NaiveDate> {
    let rest = &file_name[file_name.find("N03-")? + 4..];
    let numbers: Vec<&str> = rest
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let day = |digits: String| NaiveDate::parse_from_str(&digits, "%Y%m%d").ok();
    let first = *numbers.first()?;
    match (first.len(), numbers.get(1)) {
        (8, _) => day(first.to_owned()),
        (2, Some(second)) if second.len() == 6 => day(format!("20{second}")),
        (2, _) => day(format!("20{first}0101")),
        _ => None,
    }
}

/// Whether the file's outline is to be taken: there is none yet, or it is of an earlier day, or from this very file.
pub fn is_newer(
    known: &Known,
    area: (&str, &str),
    as_of: Option<NaiveDate>,
    source_id: i64,
) -> bool {
    match known.outlines.get(&(area.0.to_owned(), area.1.to_owned())) {
        None => true,
        Some((_, id)) if *id == source_id => true,
        Some((day, _)) => as_of > *day,
    }
}

/// The prefecture of a code that begins with one.
pub fn prefecture_of(code: &str) -> Option<PrefectureCode> {
    PrefectureCode::parse(code.get(..2)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_read_from_the_publishers_names() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(day_in("N03-20240101_31.geojson"), day("2024-01-01"));
        assert_eq!(day_in("N03-21_210101_s0010.topojson"), day("2021-01-01"));
        assert_eq!(day_in("N03-21_31_s0010.geojson"), day("2021-01-01"));
        assert_eq!(day_in("boundaries.geojson"), None);
    }

    #[test]
    fn a_ward_has_its_citys_name_before_it_in_old_files_and_new() {
        let shape = |pairs: &[(&str, &str)]| {
            let properties: serde_json::Map<_, _> = pairs
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).into()))
                .collect();
            let text = serde_json::json!({"features": [{"properties": properties, "geometry":
                {"type": "Polygon", "coordinates": [[[135, 35], [135.1, 35], [135.1, 35.1], [135, 35]]]}}]});
            Topology::read(text.to_string().as_bytes())
                .unwrap()
                .shapes
                .remove(0)
        };
        let old = shape(&[("N03_003", "札幌市"), ("N03_004", "中央区")]);
        let new = shape(&[("N03_004", "札幌市"), ("N03_005", "中央区")]);
        let town = shape(&[("N03_003", "西伯郡"), ("N03_004", "大山町")]);
        assert_eq!(full_name(&old), "札幌市中央区");
        assert_eq!(full_name(&new), "札幌市中央区");
        assert_eq!(full_name(&town), "大山町");
    }
}
