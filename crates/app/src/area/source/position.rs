//! 国土交通省 位置参照情報（大字・町丁目レベル）: the towns' points as the ministry publishes them.

use std::collections::BTreeMap;

use keniki_base::geo::Point;

use super::{Batch, Format, Reading, WrongCell};
use crate::area::record::Town;

/// The ministry's CSV of a prefecture.
pub const FORMAT: Format = Format {
    kind: "town_position",
    title: "位置参照情報（大字・町丁目レベル）",
    publisher: "国土交通省",
    columns: &["市区町村コード", "大字町丁目名", "緯度", "経度"],
    derived_from: &[],
    read,
};

fn read(reading: &Reading<'_>) -> Result<Batch, WrongCell> {
    let mut towns = BTreeMap::new();
    for row in reading.body() {
        let municipality = reading.municipality(row, "市区町村コード")?;
        let name = reading.required(row, "大字町丁目名")?.to_owned();
        let degrees = |column: &str| {
            reading.cell(row, column).parse::<f64>().map_err(|_| {
                reading.wrong(
                    row,
                    column,
                    "は緯度・経度として読めません。10進の度で入れてください。",
                )
            })
        };
        let point = Point::japan(degrees("緯度")?, degrees("経度")?)
            .map_err(|error| reading.wrong(row, "緯度", format!("を使えません。{error}。")))?;
        towns.entry((municipality, name.clone())).or_insert(Town {
            municipality,
            name,
            small_name: String::new(),
            point,
        });
    }
    Ok(Batch {
        towns: towns.into_values().collect(),
        ..Batch::default()
    })
}
