//! Towns by how many sites are within reach: as dots on a map, and as shares by municipality.

use keniki_chart::map::{Map, Place, Shape, Tally, Words};
use keniki_chart::stacked::{self, Stacked};
use keniki_chart::theme::Width;

use super::Subject;
use super::resource::Region;
use crate::figure::{Figure, Row, Table};
use crate::wording::number;

/// A town and how many sites are within reach.
#[derive(Debug, Clone)]
pub struct Town {
    /// Municipality and town.
    pub name: String,
    /// Longitude and latitude.
    pub at: (f64, f64),
    /// Sites within reach.
    pub n_sites: usize,
}

/// Towns as dots over the municipalities, by how many sites are within reach.
#[must_use]
pub fn map(
    subject: Subject,
    what: &str,
    regions: &[Region],
    towns: &[Town],
    source: &str,
    not_drawn: Option<String>,
) -> Figure {
    let tally = |n: usize| match n {
        0 => Tally::Zero,
        1 => Tally::One,
        _ => Tally::More,
    };
    let draw = |width| {
        Map {
            title: format!("16km以内の「{what}」の数（町ごと）"),
            shapes: regions
                .iter()
                .map(|r| Shape {
                    rings: r.rings.clone(),
                    label: Some(r.value.name.clone()),
                    ..Shape::default()
                })
                .collect(),
            places: towns
                .iter()
                .map(|t| Place {
                    lng: t.at.0,
                    lat: t.at.1,
                    tally: tally(t.n_sites),
                    title: format!("{} {}か所", t.name, t.n_sites),
                })
                .collect(),
            words: Words {
                tallies: vec![
                    (Tally::Zero, "ひとつもない".to_owned()),
                    (Tally::One, "ひとつだけ".to_owned()),
                    (Tally::More, "ふたつ以上".to_owned()),
                ],
                ..Words::default()
            },
            source: source.to_owned(),
            not_drawn: not_drawn.clone(),
            width,
            ..Map::default()
        }
        .svg(if width == Width::Narrow {
            "coverage-narrow"
        } else {
            "coverage-wide"
        })
    };
    Figure {
        id: "coverage".to_owned(),
        wide: draw(Width::Page),
        narrow: draw(Width::Narrow),
        table: Table {
            caption: format!("16km以内の「{what}」の数（町ごと）"),
            head: ["町", "16km以内（か所）"].map(String::from).to_vec(),
            rows: towns
                .iter()
                .map(|t| Row {
                    us: false,
                    cells: vec![t.name.clone(), number(t.n_sites)],
                })
                .collect(),
        },
        source: String::new(),
        method:
            "町字の代表点から直線（大円）16km以内の事業所を、地域や県の境に関係なく数えました。"
                .to_owned(),
        downloads: subject.downloads("coverage"),
    }
}

/// Shares of towns by municipality: none, one, more.
#[must_use]
pub fn bars(subject: Subject, what: &str, rows: &[(String, [usize; 3])], source: &str) -> Figure {
    let words = ["ひとつもない", "ひとつだけ", "ふたつ以上"];
    let draw = |width| {
        Stacked {
            title: format!("16km以内に「{what}」がある町の割合"),
            parts: words.map(String::from).to_vec(),
            rows: rows
                .iter()
                .map(|(name, counts)| stacked::Row {
                    label: name.clone(),
                    values: counts.iter().map(|n| Some(*n as f64)).collect(),
                    ..stacked::Row::default()
                })
                .collect(),
            unit: "町".to_owned(),
            width,
            ..Stacked::default()
        }
        .svg(if width == Width::Narrow {
            "shares-narrow"
        } else {
            "shares-wide"
        })
    };
    Figure {
        id: "shares".to_owned(),
        wide: draw(Width::Page),
        narrow: draw(Width::Narrow),
        table: Table {
            caption: format!("16km以内に「{what}」がある町の数"),
            head: std::iter::once("市町村".to_owned())
                .chain(words.map(|word| format!("{word}（町）")))
                .collect(),
            rows: rows
                .iter()
                .map(|(name, counts)| Row {
                    us: false,
                    cells: std::iter::once(name.clone())
                        .chain(counts.iter().map(number))
                        .collect(),
                })
                .collect(),
        },
        source: source.to_owned(),
        method: "町の数の割合です。人口の割合ではありません。".to_owned(),
        downloads: subject.downloads("shares"),
    }
}
