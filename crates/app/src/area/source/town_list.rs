//! Geolonia 住所データ: one JSON a municipality, `[{"town","koaza","lat","lng"}]`, known by its folder and name.

use std::path::Path;

use keniki_base::code::MunicipalityCode;
use keniki_base::geo::Point;
use serde::Deserialize;

use super::Batch;
use crate::area::municipality::Matcher;
use crate::area::record::Town;

/// The word in `source_file.kind`.
pub const KIND: &str = "town_list";
/// The title that pages show.
pub const TITLE: &str = "Geolonia 住所データ（位置参照情報による）";
/// Who publishes it.
pub const PUBLISHER: &str = "株式会社Geolonia・国土交通省";

#[derive(Deserialize)]
struct Item {
    town: String,
    #[serde(default)]
    koaza: String,
    lat: Option<f64>,
    lng: Option<f64>,
}

/// Whether the text is such a list.
pub fn is_one(text: &[u8]) -> bool {
    serde_json::from_slice::<Vec<Item>>(text).is_ok_and(|items| !items.is_empty())
}

/// The municipality of `…/鳥取県/西伯郡南部町.json`.
pub fn municipality(path: &Path, matcher: &Matcher) -> Option<MunicipalityCode> {
    let prefecture = path.parent()?.file_name()?.to_str()?;
    matcher.find(
        &format!("{prefecture}{}", path.file_stem()?.to_str()?),
        None,
        None,
    )
}

/// Reads the list; towns without a point in Japan are passed over and noted.
///
/// # Errors
/// The text is no such list.
pub fn read(text: &[u8], municipality: MunicipalityCode) -> Result<Batch, serde_json::Error> {
    let items: Vec<Item> = serde_json::from_slice(text)?;
    let mut batch = Batch::default();
    let mut without = Vec::new();
    for item in items {
        match item
            .lat
            .zip(item.lng)
            .and_then(|(lat, lng)| Point::japan(lat, lng).ok())
        {
            Some(point) => batch.towns.push(Town {
                municipality,
                name: item.town,
                small_name: item.koaza,
                point,
            }),
            None => without.push(format!("{}{}", item.town, item.koaza)),
        }
    }
    batch
        .towns
        .sort_by(|a, b| (&a.name, &a.small_name).cmp(&(&b.name, &b.small_name)));
    batch
        .towns
        .dedup_by(|a, b| a.name == b.name && a.small_name == b.small_name);
    if !without.is_empty() {
        batch.notes.push(format!(
            "位置のない町字を{}件読みませんでした（{}）。",
            without.len(),
            without.join("、")
        ));
    }
    Ok(batch)
}
