//! The one theme: colours, sizes, words of the furniture, and how numbers are written.
//!
//! Colours are primitives of the Digital Agency's design tokens (`@digital-go-jp/design-tokens` 1.1).

/// Text and axes: solid-gray-900.
pub const INK: &str = "#1a1a1a";
/// Second-rank text such as notes and ticks: solid-gray-700, 8:1 on white.
pub const MUTED: &str = "#4d4d4d";
/// Lines of "the others" and outlines: solid-gray-500.
pub const LINE: &str = "#7f7f7f";
/// Bars of "the others": solid-gray-300.
pub const OTHER: &str = "#b3b3b3";
/// Grid lines: solid-gray-200.
pub const GRID: &str = "#cccccc";
/// Ground of a projected period and of plain shapes: solid-gray-50.
pub const GROUND: &str = "#f2f2f2";
/// Page.
pub const PAPER: &str = "#ffffff";
/// The one accent, "us": blue-900.
pub const ACCENT: &str = "#0017c1";

/// Five sequential blues from low to high (blue-100, 300, 500, 800, 1000): CIE lightness 91, 75, 54, 32, 17.
pub const BLUES: [&str; 5] = ["#d9e6ff", "#9db7f9", "#4979f5", "#0031d8", "#00118f"];

/// Font faces with Japanese glyphs on the common systems.
pub const FONT: &str = "'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Hiragino Kaku Gothic ProN','Yu Gothic',Meiryo,IPAexGothic,sans-serif";
/// Size of a chart's title.
pub const TITLE_SIZE: f64 = 16.0;
/// Size of every other text.
pub const TEXT_SIZE: f64 = 14.0;
/// Room on every side.
pub const MARGIN: f64 = 8.0;

/// Heading of a legend.
pub const LEGEND: &str = "凡例";
/// Before the source of a map.
pub const SOURCE: &str = "出典";
/// A value nobody knows, where the caller has no better word.
pub const UNKNOWN: &str = "不明";
/// Before the unit of an axis.
pub const UNIT: &str = "単位";
/// Over a projected period.
pub const PROJECTED: &str = "推計";
/// Beside the arrow of a map.
pub const NORTH: &str = "北";
/// Legend entry of a symbol that stands for several.
pub const GROUPED: &str = "丸の数字は近くのものをまとめた件数";
/// Before the count of symbols outside a map's frame.
pub const OUTSIDE: &str = "図の範囲の外";
/// After a count of things.
pub const THINGS: &str = "件";

/// Larger magnitudes are no measurement and count as not known.
pub const LARGEST: f64 = 1e13;

/// How wide a chart is drawn; text keeps its size, so every place of use has its own width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    /// The whole content of a wide page: 1,136 px.
    Full,
    /// One A4 column: 720 px.
    #[default]
    Page,
    /// Beside a list on a wide page: 464 px.
    Aside,
    /// Half an A4 column, or a phone: 352 px.
    Narrow,
}

impl Width {
    /// Width in px.
    #[must_use]
    pub fn px(self) -> f64 {
        match self {
            Self::Full => 1136.0,
            Self::Page => 720.0,
            Self::Aside => 464.0,
            Self::Narrow => 352.0,
        }
    }
}

/// Five markers that differ in shape, hue and lightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    /// Blue circle.
    Circle,
    /// Orange square.
    Square,
    /// Green triangle.
    Triangle,
    /// Purple diamond.
    Diamond,
    /// Dark gray upright cross.
    Cross,
}

impl Symbol {
    /// All five, in the order of the legend.
    pub const ALL: [Self; 5] = [
        Self::Circle,
        Self::Square,
        Self::Triangle,
        Self::Diamond,
        Self::Cross,
    ];

    /// Fill: blue-800, orange-700, green-800, purple-700, solid-gray-800.
    #[must_use]
    pub fn colour(self) -> &'static str {
        match self {
            Self::Circle => "#0031d8",
            Self::Square => "#e25100",
            Self::Triangle => "#197a4b",
            Self::Diamond => "#6f23d0",
            Self::Cross => "#333333",
        }
    }

    /// Path data of the symbol around the origin, of about equal area for equal `r` (px).
    #[must_use]
    pub(crate) fn path(self, r: f64) -> String {
        let polygon = |points: &[(f64, f64)]| {
            let mut path = String::new();
            for (i, (x, y)) in points.iter().enumerate() {
                path.push(if i == 0 { 'M' } else { 'L' });
                path.push_str(&format!("{:.1} {:.1}", x * r, y * r));
            }
            path + "Z"
        };
        match self {
            Self::Circle => format!(
                "M{0:.1} 0A{r:.1} {r:.1} 0 1 1 {r:.1} 0A{r:.1} {r:.1} 0 1 1 {0:.1} 0Z",
                -r
            ),
            Self::Square => polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            Self::Triangle => polygon(&[(0.0, -1.2), (1.15, 0.85), (-1.15, 0.85)]),
            Self::Diamond => polygon(&[(0.0, -1.3), (1.1, 0.0), (0.0, 1.3), (-1.1, 0.0)]),
            Self::Cross => {
                let (a, b) = (0.4, 1.15);
                polygon(&[
                    (-a, -b),
                    (a, -b),
                    (a, -a),
                    (b, -a),
                    (b, a),
                    (a, a),
                    (a, b),
                    (-a, b),
                    (-a, a),
                    (-b, a),
                    (-b, -a),
                    (-a, -a),
                ])
            }
        }
    }
}

/// A value that can be drawn: finite and within [`LARGEST`].
pub(crate) fn known(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite() && v.abs() <= LARGEST)
}

/// Decimals that all values of one chart share: none for whole numbers and thousands, else about three figures.
pub(crate) fn decimals(values: impl IntoIterator<Item = f64>) -> usize {
    let (mut whole, mut largest) = (true, 0.0_f64);
    for v in values {
        whole &= v.fract() == 0.0;
        largest = largest.max(v.abs());
    }
    match largest {
        _ if whole => 0,
        l if l >= 1000.0 => 0,
        l if l >= 1.0 => 1,
        _ => 2,
    }
}

/// Writes a number with fixed decimals and thousands separators: `12,345.6`. A zero carries no sign.
#[must_use]
pub fn number(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let negative = value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let mut out = String::from(if negative { "-" } else { "" });
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_and_decimals_fixed() {
        assert_eq!(number(0.0, 0), "0");
        assert_eq!(number(999.0, 0), "999");
        assert_eq!(number(1234567.891, 1), "1,234,567.9");
        assert_eq!(number(-1234.0, 0), "-1,234");
        assert_eq!(number(-0.04, 1), "0.0");
    }

    #[test]
    fn one_chart_shares_its_decimals() {
        assert_eq!(decimals([1.0, 20.0]), 0);
        assert_eq!(decimals([1.5, 20.0]), 1);
        assert_eq!(decimals([0.25, 0.5]), 2);
        assert_eq!(decimals([1.5, 2000.0]), 0);
    }

    #[test]
    fn numbers_that_are_no_measurement_are_not_known() {
        assert_eq!(known(Some(f64::NAN)), None);
        assert_eq!(known(Some(f64::INFINITY)), None);
        assert_eq!(known(Some(1e300)), None);
        assert_eq!(known(Some(0.0)), Some(0.0));
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let channel = |i: usize| {
            let c =
                f64::from(u8::from_str_radix(&colour[i..i + 2], 16).expect("hexadecimal")) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_and_symbols_stand_out_from_every_ground() {
        for ground in [PAPER, GROUND] {
            assert!(contrast(INK, ground) >= 4.5 && contrast(MUTED, ground) >= 4.5);
            assert!(contrast(ACCENT, ground) >= 4.5 && contrast(LINE, ground) >= 3.0);
            assert!(
                Symbol::ALL
                    .iter()
                    .all(|s| contrast(s.colour(), ground) >= 3.0)
            );
        }
        assert!(
            contrast(PAPER, BLUES[3]) >= 4.5,
            "names on the dark classes are white"
        );
    }

    #[test]
    fn each_class_is_darker_than_the_one_before() {
        for pair in BLUES.windows(2) {
            assert!(contrast(pair[0], pair[1]) >= 1.5, "{pair:?}");
        }
    }
}
