//! Resources per 10,000 people of 75 and older: beside other areas, and by municipality.

use keniki_chart::map::{Fill, Map, Shape, Words};
use keniki_chart::rank::{self, Rank};
use keniki_chart::theme::Width;

use super::class::{class, class_limits, class_words};
use super::{Subject, cell, float};
use crate::figure::{Figure, Row, Table};
use crate::wording::{UNKNOWN, UNLISTED, decimal, number};

/// A value of an area, for a rank or a map.
#[derive(Debug, Clone)]
pub struct Value {
    /// Name of the area.
    pub name: String,
    /// Things counted.
    pub count: Option<i64>,
    /// People of 75 and older.
    pub people: Option<i64>,
    /// Ours.
    pub us: bool,
}

impl Value {
    /// Things per 10,000 people; none where either is not known.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        match (self.count, self.people) {
            (Some(count), Some(people)) if people > 0 => {
                Some(float(count) * 10_000.0 / float(people))
            }
            _ => None,
        }
    }
}

/// A category per 10,000 people of 75 and older: ours, its neighbours, and the nation as a dashed line.
#[must_use]
pub fn rank(
    subject: Subject,
    category: &str,
    plain: &str,
    values: &[Value],
    nation: Option<f64>,
    source: &str,
) -> Figure {
    let id = format!("resources-{category}");
    let mut values = values.to_vec();
    values.sort_by(|a, b| {
        b.rate()
            .unwrap_or(-1.0)
            .total_cmp(&a.rate().unwrap_or(-1.0))
            .then_with(|| a.name.cmp(&b.name))
    });
    let draw = |width| {
        Rank {
            title: format!("{plain}（名簿にある数、75歳以上1万人あたり）"),
            note: String::new(),
            rows: values
                .iter()
                .map(|v| rank::Row {
                    label: v.name.clone(),
                    value: v.rate(),
                    emphasis: v.us,
                    note: match (v.count, v.people) {
                        (None, _) => Some(UNLISTED.to_owned()),
                        (Some(count), Some(_)) => Some(format!("{}件", number(count))),
                        (Some(_), None) => None,
                    },
                    ..rank::Row::default()
                })
                .collect(),
            unit: "件".to_owned(),
            reference: nation.map(|rate| ("全国".to_owned(), rate)),
            width,
        }
        .svg(&format!(
            "{id}-{}",
            if width == Width::Narrow {
                "narrow"
            } else {
                "wide"
            }
        ))
    };
    let mut rows: Vec<Row> = values
        .iter()
        .map(|v| Row {
            us: v.us,
            cells: vec![
                v.name.clone(),
                v.count.map_or_else(|| UNLISTED.to_owned(), number),
                cell(v.people),
                v.rate().map_or_else(
                    || if v.count.is_none() { UNLISTED } else { UNKNOWN }.to_owned(),
                    decimal,
                ),
            ],
        })
        .collect();
    if let Some(rate) = nation {
        rows.push(Row {
            us: false,
            cells: vec![
                "全国".to_owned(),
                String::new(),
                String::new(),
                decimal(rate),
            ],
        });
    }
    Figure {
        wide: draw(Width::Page),
        narrow: draw(Width::Narrow),
        table: Table {
            caption: format!("{plain}：件数と75歳以上1万人あたり"),
            head: ["地域", "名簿にある数（件）", "75歳以上（人）", "1万人あたり（件）"].map(String::from).to_vec(),
            rows,
        },
        source: source.to_owned(),
        method: "このサイトに載っている件数（閉鎖を除く）を75歳以上の人口で割り、1万を掛けました。載っていない地域は「未収載」です。".to_owned(),
        downloads: subject.downloads(&id),
        id,
    }
}

/// A municipality's outline and value.
#[derive(Debug, Clone)]
pub struct Region {
    /// Value.
    pub value: Value,
    /// Its own page.
    pub href: String,
    /// Rings of (longitude, latitude).
    pub rings: Vec<Vec<(f64, f64)>>,
}

/// Rates by municipality, as areas in at most five classes.
#[must_use]
pub fn by_municipality(
    subject: Subject,
    category: &str,
    plain: &str,
    regions: &[Region],
    source: &str,
) -> Figure {
    let id = format!("map-{category}");
    let limits = class_limits(regions.iter().filter_map(|r| r.value.rate()).collect());
    let words =
        |rate: Option<f64>| rate.map_or_else(|| UNKNOWN.to_owned(), |rate| decimal(rate) + "件");
    let draw = |width| {
        Map {
            title: format!("{plain}（名簿にある数、75歳以上1万人あたり・件）"),
            shapes: regions
                .iter()
                .map(|r| Shape {
                    rings: r.rings.clone(),
                    label: Some(r.value.name.clone()),
                    fill: r
                        .value
                        .rate()
                        .map_or(Fill::Unknown, |rate| Fill::Class(class(&limits, rate))),
                    href: Some(r.href.clone()),
                    title: Some(format!("{} {}", r.value.name, words(r.value.rate()))),
                    ..Shape::default()
                })
                .collect(),
            words: Words {
                classes: class_words(&limits),
                ..Words::default()
            },
            source: source.to_owned(),
            width,
            ..Map::default()
        }
        .svg(&format!(
            "{id}-{}",
            if width == Width::Narrow {
                "narrow"
            } else {
                "wide"
            }
        ))
    };
    Figure {
        wide: draw(Width::Page),
        narrow: draw(Width::Narrow),
        table: Table {
            caption: format!("{plain}：市町村ごとの件数と75歳以上1万人あたり"),
            head: [
                "市町村",
                "名簿にある数（件）",
                "75歳以上（人）",
                "1万人あたり（件）",
            ]
            .map(String::from)
            .to_vec(),
            rows: regions
                .iter()
                .map(|r| Row {
                    us: false,
                    cells: vec![
                        r.value.name.clone(),
                        cell(r.value.count),
                        cell(r.value.people),
                        r.value.rate().map_or_else(|| UNKNOWN.to_owned(), decimal),
                    ],
                })
                .collect(),
        },
        source: String::new(),
        method: "名簿にあるものを、所在地の市町村で数えました。名簿にないもの（施設基準の届出のない診療所など）は入っていません。人口の少ない町村では、1件の違いで大きく変わります。"
            .to_owned(),
        downloads: subject.downloads(&id),
        id,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const SUBJECT: Subject = Subject {
        code: "9901",
        name: "汐見圏域",
        query: "",
    };

    fn value(name: &str, count: Option<i64>, people: i64, us: bool) -> Value {
        Value {
            name: name.to_owned(),
            count,
            people: Some(people),
            us,
        }
    }

    pub(crate) fn rank_sample() -> Figure {
        let values = [
            value("汐見圏域", Some(200), 41_208, true),
            value("遠野瀬圏域", None, 18_400, false),
            value("白帆圏域", Some(93), 22_750, false),
        ];
        rank(
            SUBJECT,
            "clinic",
            "診療所・医院・クリニック",
            &values,
            Some(53.1),
            "届出受理医療機関名簿（令和8年10月1日）",
        )
    }

    pub(crate) fn region_samples() -> Vec<Region> {
        let names = ["汐見市", "朝凪町", "三ツ森町", "白帆町", "遠野瀬村"];
        names
            .into_iter()
            .zip([0.0, 0.2, 0.4, 0.6, 0.8])
            .map(|(name, x)| Region {
                value: value(name, Some(30 - (x * 30.0) as i64), 4_000, false),
                href: "/areas/99201".to_owned(),
                rings: vec![
                    [
                        (0.0, 0.0),
                        (0.19, 0.02),
                        (0.17, 0.3),
                        (0.02, 0.28),
                        (0.0, 0.0),
                    ]
                    .map(|(dx, dy)| (133.0 + x + dx, 35.0 + dy))
                    .to_vec(),
                ],
            })
            .collect()
    }

    pub(crate) fn map_sample() -> Figure {
        by_municipality(
            SUBJECT,
            "clinic",
            "診療所・医院・クリニック",
            &region_samples(),
            "国土数値情報",
        )
    }

    #[test]
    fn a_rate_needs_both_numbers() {
        let value = Value {
            name: "汐見市".into(),
            count: Some(3),
            people: Some(6_000),
            us: true,
        };
        assert_eq!(value.rate(), Some(5.0));
        assert_eq!(
            Value {
                count: None,
                ..value.clone()
            }
            .rate(),
            None
        );
        assert_eq!(
            Value {
                people: Some(0),
                ..value
            }
            .rate(),
            None
        );
    }

    #[test]
    fn what_no_source_covers_is_named_and_enters_no_rate() {
        let subject = Subject {
            code: "9901",
            name: "汐見",
            query: "",
        };
        let values = [
            Value {
                name: "汐見".into(),
                count: Some(6),
                people: Some(12_000),
                us: true,
            },
            Value {
                name: "遠野瀬".into(),
                count: None,
                people: Some(9_000),
                us: false,
            },
        ];
        let figure = rank(subject, "clinic", "診療所", &values, Some(7.5), "出典");
        assert!(figure.wide.contains(UNLISTED));
        assert_eq!(figure.table.rows[0].cells, ["汐見", "6", "12,000", "5.0"]);
        assert_eq!(
            figure.table.rows[1].cells,
            ["遠野瀬", UNLISTED, "9,000", UNLISTED]
        );
        assert_eq!(figure.table.rows[2].cells, ["全国", "", "", "7.5"]);
    }
}
