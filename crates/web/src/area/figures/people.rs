//! People by sex and age, and by year.

use keniki_chart::pyramid::{Band, Pyramid};
use keniki_chart::theme::Width;
use keniki_chart::trend::{Point, Series, Stroke, Trend};

use super::{Subject, cell, float};
use crate::figure::{Figure, Row, Table};
use crate::wording::{UNKNOWN, share};

/// People in a year.
#[derive(Debug, Clone, Copy)]
pub struct Year {
    /// Western year.
    pub year: i32,
    /// All; none where a part is not known.
    pub total: Option<i64>,
    /// 65 and older.
    pub age_65_plus: Option<i64>,
    /// 75 and older.
    pub age_75_plus: Option<i64>,
}

/// A five-year age group.
#[derive(Debug, Clone)]
pub struct AgeGroup {
    /// `70–74歳`.
    pub label: String,
    /// First year of age.
    pub from: i64,
    /// Men; none where a municipality's cell is blank.
    pub men: Option<i64>,
    /// Women.
    pub women: Option<i64>,
}

/// Population and projection by year.
#[must_use]
pub fn projection(subject: Subject, years: &[Year], source: &str) -> Figure {
    let line = |name: &str, stroke, value: fn(&Year) -> Option<i64>| Series {
        name: name.to_owned(),
        points: years
            .iter()
            .map(|y| Point {
                x: f64::from(y.year),
                y: value(y).map(float),
                interval: None,
            })
            .collect(),
        stroke,
    };
    let draw = |width| {
        Trend {
            title: format!("{}の人口と推計", subject.name),
            note: if years.iter().any(|y| y.year <= 2020) {
                "2020年は国勢調査、2025年からは推計".to_owned()
            } else {
                "推計".to_owned()
            },
            x_ticks: years
                .iter()
                .map(|y| (f64::from(y.year), y.year.to_string()))
                .collect(),
            series: vec![
                line("総人口", Stroke::Other, |y| y.total),
                line("65歳以上", Stroke::Other, |y| y.age_65_plus),
                line("75歳以上", Stroke::Us, |y| y.age_75_plus),
            ],
            projected_from: Some(2025.0),
            unit: "人".to_owned(),
            from_zero: true,
            width,
            ..Trend::default()
        }
        .svg(if width == Width::Narrow {
            "projection-narrow"
        } else {
            "projection-wide"
        })
    };
    Figure {
        id: "projection".to_owned(),
        wide: draw(Width::Page),
        narrow: draw(Width::Narrow),
        table: Table {
            caption: format!("{}の人口と推計", subject.name),
            head: ["年", "総人口（人）", "65歳以上（人）", "75歳以上（人）", "75歳以上の割合（%）"].map(String::from).to_vec(),
            rows: years
                .iter()
                .map(|y| Row {
                    us: false,
                    cells: vec![
                        format!("{}年", y.year),
                        cell(y.total),
                        cell(y.age_65_plus),
                        cell(y.age_75_plus),
                        y.total.zip(y.age_75_plus).and_then(|(all, old)| share(old, all)).unwrap_or_else(|| UNKNOWN.to_owned()),
                    ],
                })
                .collect(),
        },
        source: source.to_owned(),
        method: "市町村ごとの値を足し合わせました。65歳以上・75歳以上は、公表された割合に総人口を掛けて求めたので、数人の差が出ます。".to_owned(),
        downloads: subject.downloads("projection"),
    }
}

/// Population by sex and age.
#[must_use]
pub fn pyramid(subject: Subject, groups: &[AgeGroup], day: &str, source: &str) -> Figure {
    let draw = |width| {
        Pyramid {
            title: format!("{}の性別・年齢別の人口", subject.name),
            note: format!("{day}現在。青は75歳以上"),
            bands: groups
                .iter()
                .map(|g| Band {
                    label: g.label.clone(),
                    left: g.men.map(float),
                    right: g.women.map(float),
                })
                .collect(),
            left_name: "男".to_owned(),
            right_name: "女".to_owned(),
            unit: "人".to_owned(),
            highlight_from: groups.iter().position(|g| g.from >= 75),
            width,
        }
        .svg(if width == Width::Narrow {
            "pyramid-narrow"
        } else {
            "pyramid-wide"
        })
    };
    Figure {
        id: "pyramid".to_owned(),
        wide: draw(Width::Page),
        narrow: draw(Width::Narrow),
        table: Table {
            caption: format!("{}の性別・年齢別の人口（{day}現在）", subject.name),
            head: ["年齢", "男（人）", "女（人）"].map(String::from).to_vec(),
            rows: groups
                .iter()
                .map(|g| Row {
                    us: false,
                    cells: vec![g.label.clone(), cell(g.men), cell(g.women)],
                })
                .collect(),
        },
        source: source.to_owned(),
        method: "市町村ごとの値を足し合わせました。空欄のある市町村がある年齢は「不明」です。"
            .to_owned(),
        downloads: subject.downloads("pyramid"),
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

    pub(crate) fn projection_sample() -> Figure {
        let years = [
            (2020, 228_940, 72_116, 38_004),
            (2025, 220_102, 72_890, 42_310),
            (2030, 210_870, 72_014, 45_102),
            (2040, 189_002, 70_480, 45_990),
            (2050, 163_020, 66_129, 44_871),
        ];
        let years = years.map(|(year, total, old, older)| Year {
            year,
            total: Some(total),
            age_65_plus: Some(old),
            age_75_plus: Some(older),
        });
        projection(
            SUBJECT,
            &years,
            "国立社会保障・人口問題研究所「日本の地域別将来推計人口」（令和5年推計）",
        )
    }

    pub(crate) fn pyramid_sample() -> Figure {
        let groups: Vec<AgeGroup> = (0..21)
            .map(|k| AgeGroup {
                label: if k == 20 {
                    "100歳以上".to_owned()
                } else {
                    format!("{}–{}歳", k * 5, k * 5 + 4)
                },
                from: k * 5,
                men: (k != 19).then_some(4_000 + 380 * k - 24 * k * k),
                women: Some(3_900 + 420 * k - 24 * k * k),
            })
            .collect();
        pyramid(
            SUBJECT,
            &groups,
            "令和8年1月1日",
            "総務省「住民基本台帳に基づく人口」",
        )
    }

    #[test]
    fn what_is_not_known_is_named_in_the_table() {
        let figure = pyramid_sample();
        assert_eq!(figure.table.rows[19].cells, ["95–99歳", UNKNOWN, "3,216"]);
        let figure = projection_sample();
        assert_eq!(
            figure.table.rows[0].cells,
            ["2020年", "228,940", "72,116", "38,004", "16.6"]
        );
    }
}
