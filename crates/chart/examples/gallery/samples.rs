//! One sample of every chart; places and numbers are invented.

use keniki_chart::map::{Fill, Map, Marker, Place, Shape, Tally, Words};
use keniki_chart::pyramid::{Band, Pyramid};
use keniki_chart::rank::{self, Rank};
use keniki_chart::stacked::{self, Stacked};
use keniki_chart::theme::{Symbol, Width};
use keniki_chart::trend::{Point, Series, Stroke, Trend};

/// Name and SVG of every sample, at the width of an A4 column and of a phone.
pub fn all() -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (word, width) in [
        ("full", Width::Full),
        ("page", Width::Page),
        ("narrow", Width::Narrow),
    ] {
        let mut add = |name: &str, svg: String| out.push((format!("{name}-{word}"), svg));
        add("pyramid", pyramid(width).svg("pyramid"));
        add("trend", trend(width).svg("trend"));
        add("rank", rank(width).svg("rank"));
        add("stacked", stacked(width).svg("stacked"));
        add("classes", classes(width).svg("classes"));
        add("sites", sites(width).svg("sites"));
        add("coverage", coverage(width).svg("coverage"));
    }
    out
}

const TOWNS: [&str; 6] = [
    "汐見市",
    "白鷺市",
    "朝霧町",
    "月見野町",
    "奥深山村",
    "南久世町",
];

fn text(s: &str) -> String {
    s.to_owned()
}

/// Population by sex and age, one band unknown.
pub fn pyramid(width: Width) -> Pyramid {
    let men = [
        3900, 4300, 4700, 5000, 4600, 4800, 5300, 6100, 7000, 8100, 7300, 6800, 6900, 7400, 8200,
        7100, 4700, 3100, 1500, 400, 40,
    ];
    let women = [
        3700, 4100, 4500, 4800, 4500, 4600, 5100, 5900, 6800, 7900, 7300, 7100, 7400, 8100, 9200,
        8800, 6800, 5600, 3600, 1500, 280,
    ];
    let label = |i: usize| {
        if i == 20 {
            text("100歳以上")
        } else {
            format!("{}～{}", i * 5, i * 5 + 4)
        }
    };
    let bands = men.iter().zip(women).enumerate();
    Pyramid {
        title: text("汐見圏域の年齢別人口（人）"),
        note: text("令和8年1月1日現在。住民基本台帳による。見本の数字です。濃い色は75歳以上。"),
        bands: bands
            .map(|(i, (m, w))| Band {
                label: label(i),
                left: (i != 3).then_some(f64::from(*m)),
                right: Some(f64::from(w)),
            })
            .collect(),
        left_name: text("男"),
        right_name: text("女"),
        unit: text("人"),
        highlight_from: Some(15),
        width,
    }
}

/// A projected population with a gap, a break and close ends.
pub fn trend(width: Width) -> Trend {
    let years = [
        2010.0, 2015.0, 2020.0, 2025.0, 2030.0, 2035.0, 2040.0, 2045.0, 2050.0,
    ];
    let series = |name: &str, stroke, values: [Option<f64>; 9]| Series {
        name: text(name),
        stroke,
        points: years
            .iter()
            .zip(values)
            .map(|(x, y)| Point {
                x: *x,
                y,
                interval: None,
            })
            .collect(),
    };
    let s = Some;
    let mut us = series(
        "汐見圏域",
        Stroke::Us,
        [
            s(13.9),
            s(15.2),
            s(16.8),
            s(19.4),
            s(21.9),
            s(22.8),
            s(23.2),
            s(24.0),
            s(25.1),
        ],
    );
    us.points[3].interval = Some((18.6, 20.2));
    us.points[2].interval = Some((16.1, 17.5));
    Trend {
        title: text("75歳以上の人口の割合（%）"),
        note: text(
            "2020年までは国勢調査、2025年から先は推計。見本の数字です。縦の細い線は95%信頼区間。",
        ),
        x_ticks: years.iter().map(|y| (*y, format!("{y}年"))).collect(),
        series: vec![
            us,
            series(
                "白鷺圏域",
                Stroke::Other,
                [
                    s(15.1),
                    None,
                    s(17.9),
                    s(20.3),
                    s(22.4),
                    s(23.4),
                    s(24.1),
                    s(24.9),
                    s(26.0),
                ],
            ),
            series(
                "奥深山圏域",
                Stroke::Other,
                [
                    s(19.8),
                    s(21.0),
                    s(22.9),
                    s(25.1),
                    s(27.6),
                    s(29.0),
                    s(29.4),
                    s(30.2),
                    s(31.0),
                ],
            ),
            series(
                "全国",
                Stroke::Nation,
                [
                    s(11.1),
                    s(12.8),
                    s(14.9),
                    s(17.4),
                    s(18.8),
                    s(19.2),
                    s(19.7),
                    s(21.0),
                    s(23.2),
                ],
            ),
            series("久世圏域", Stroke::Other, [None; 9]),
        ],
        breaks: vec![(2017.0, text("2017年の合併の前後では区域が異なります。"))],
        projected_from: Some(2025.0),
        unit: text("%"),
        from_zero: false,
        width,
    }
}

/// A rate by town with intervals, two rows not known, a nation to compare with.
pub fn rank(width: Width) -> Rank {
    let row = |label: &str, value: Option<f64>, half: f64, note: Option<&str>| rank::Row {
        label: text(label),
        value,
        low: value.map(|v| v - half),
        high: value.map(|v| v + half),
        emphasis: label == "汐見圏域",
        note: note.map(text),
    };
    Rank {
        title: text("75歳以上1万人あたりの訪問事業所の数"),
        note: text("令和8年4月。線は95%信頼区間。見本の数字です。"),
        rows: vec![
            row("白鷺圏域", Some(14.2), 2.1, None),
            row("久世・南久世広域圏域", Some(12.0), 3.4, None),
            row("汐見圏域", Some(11.3), 1.2, None),
            row("月見野圏域", Some(8.9), 1.9, Some("3か所以下")),
            row("朝霧圏域", Some(0.0), 0.0, None),
            row("奥深山圏域", None, 0.0, Some("未収載")),
            row("北浜圏域", None, 0.0, None),
        ],
        unit: text("か所"),
        reference: Some((text("全国"), 10.4)),
        width,
    }
}

/// Share of towns with none, one or more sites.
pub fn stacked(width: Width) -> Stacked {
    let row = |label: &str, values: [Option<f64>; 3]| stacked::Row {
        label: text(label),
        values: values.to_vec(),
        emphasis: label == "汐見圏域",
        note: None,
    };
    let s = Some;
    Stacked {
        title: text("16km以内にある診療所の数で分けた町字の割合"),
        note: text("直線距離。県境をまたいで数えています。見本の数字です。"),
        parts: vec![text("2か所以上"), text("1か所"), text("なし")],
        rows: vec![
            row("汐見圏域", [s(412.0), s(160.0), s(88.0)]),
            row("汐見市", [s(300.0), s(12.0), s(3.0)]),
            row("月見野町", [s(80.0), s(98.0), s(21.0)]),
            row("奥深山村", [s(0.0), s(22.0), s(64.0)]),
            stacked::Row {
                note: Some(text("未収載")),
                ..row("南久世町", [s(10.0), None, s(1.0)])
            },
        ],
        unit: text("町字"),
        width,
    }
}

/// Six invented towns on a coast of invented corners.
fn shapes() -> Vec<Shape> {
    // Corner (column, row) of a bent grid, in degrees.
    let corner = |c: f64, r: f64| {
        (
            133.20 + 0.13 * c + 0.015 * (r * 2.1).sin(),
            35.20 + 0.11 * r + 0.012 * (c * 1.7).cos(),
        )
    };
    let cell = |c: f64, r: f64, w: f64, h: f64| {
        let n = 12;
        let side = |from: (f64, f64), to: (f64, f64)| {
            (0..n).map(move |i| {
                let t = f64::from(i) / f64::from(n);
                corner(from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t)
            })
        };
        let (a, b, d, e) = ((c, r), (c + w, r), (c + w, r + h), (c, r + h));
        side(a, b)
            .chain(side(b, d))
            .chain(side(d, e))
            .chain(side(e, a))
            .collect::<Vec<_>>()
    };
    let rings = [
        vec![cell(0.0, 2.0, 1.5, 1.0), cell(0.2, 3.2, 0.3, 0.2)],
        vec![cell(1.5, 2.0, 1.5, 1.0)],
        vec![cell(0.0, 1.0, 1.0, 1.0)],
        vec![cell(1.0, 1.0, 1.2, 1.0)],
        vec![cell(0.0, 0.0, 3.0, 1.0)],
        vec![cell(2.2, 1.0, 0.8, 1.0)],
    ];
    rings
        .into_iter()
        .zip(TOWNS)
        .map(|(rings, name)| Shape {
            rings,
            label: Some(text(name)),
            ..Shape::default()
        })
        .collect()
}

fn base(width: Width) -> Map {
    Map {
        shapes: shapes(),
        source: text("見本の区域（架空）"),
        width,
        ..Map::default()
    }
}

/// A rate by town in classes, one town unknown, one emphasised.
pub fn classes(width: Width) -> Map {
    let mut map = base(width);
    map.title = text("75歳以上の人口の割合（%）");
    map.note = text("令和8年1月1日現在。見本の数字です。");
    map.words.classes = ["15%未満", "15～20%", "20～25%", "25～30%", "30%以上"]
        .map(text)
        .to_vec();
    map.words.unknown = Some(text("未収載"));
    for (i, shape) in map.shapes.iter_mut().enumerate() {
        shape.fill = if i == 5 {
            Fill::Unknown
        } else {
            Fill::Class(i as u8)
        };
        shape.emphasis = i == 0;
        shape.title = shape.label.as_ref().map(|l| {
            if i == 5 {
                format!("{l} 未収載")
            } else {
                format!("{l} {}%", 13 + 5 * i)
            }
        });
        shape.href = Some(format!("/areas/{i}"));
    }
    map
}

/// Spread that looks like chance and is the same each time.
fn scatter(n: usize) -> impl Iterator<Item = (f64, f64)> {
    (0..n).map(|i| {
        let (a, b) = (
            (i as f64 * 0.618_034).fract(),
            (i as f64 * 0.414_214).fract(),
        );
        (
            133.215 + 0.36 * a * (0.4 + 0.6 * b),
            35.215 + 0.31 * (1.0 - b * (0.3 + 0.7 * a)),
        )
    })
}

/// Sites of five kinds, near ones grouped.
pub fn sites(width: Width) -> Map {
    let markers = scatter(140).enumerate().map(|(i, (lng, lat))| Marker {
        lng,
        lat,
        symbol: Symbol::ALL[[0, 0, 0, 1, 1, 2, 3, 4][i % 8]],
        title: format!("見本の事業所{}", i + 1),
        href: Some(format!("/services/{}", i + 1)),
        count: None,
    });
    Map {
        title: text("在宅の医療・介護を担う事業所"),
        note: text("令和8年4月。140件。見本の数字です。"),
        markers: markers.collect(),
        cluster_px: Some(30.0),
        cluster_href: Some(text("/services?bbox={bbox}")),
        words: Words {
            symbols: Symbol::ALL
                .into_iter()
                .zip(["医療", "介護", "予防", "生活支援", "住居"].map(text))
                .collect(),
            ..Words::default()
        },
        not_drawn: Some(text("位置が分からないため描いていないもの 12件")),
        ..base(width)
    }
}

/// Towns by how many sites are near, and the sites.
pub fn coverage(width: Width) -> Map {
    let tally = |lat: f64, i: usize| match i {
        7 => Tally::Unknown,
        _ if lat < 35.29 => Tally::Zero,
        _ if lat < 35.38 => Tally::One,
        _ => Tally::More,
    };
    let places = scatter(420).enumerate().map(|(i, (lng, lat))| Place {
        lng,
        lat,
        tally: tally(lat, i),
        title: format!("見本{}丁目", i + 1),
    });
    let tallies = [
        (Tally::Zero, "なし"),
        (Tally::One, "1か所"),
        (Tally::More, "2か所以上"),
        (Tally::Unknown, "不明"),
    ];
    Map {
        title: text("16km以内に訪問できる診療所のある町字"),
        note: text("直線距離。見本の数字です。"),
        places: places.collect(),
        markers: [(133.26, 35.46), (133.42, 35.47), (133.52, 35.40)]
            .map(|(lng, lat)| Marker {
                lng,
                lat,
                symbol: Symbol::Circle,
                title: text("見本診療所"),
                href: None,
                count: None,
            })
            .to_vec(),
        words: Words {
            tallies: tallies.map(|(t, w)| (t, text(w))).to_vec(),
            symbols: vec![(Symbol::Circle, text("診療所"))],
            ..Words::default()
        },
        ..base(width)
    }
}
