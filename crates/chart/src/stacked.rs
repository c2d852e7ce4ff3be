//! Shares of a whole: one bar of full length per row, its parts told apart by tone and pattern, in print too.

use crate::frame::{self, Key, Names, SWATCH};
use crate::scale::Scale;
use crate::svg::{LABEL, NOTE, Svg, number};
use crate::text;
use crate::theme::{self, GRID, INK, LINE, MARGIN, PAPER, TEXT_SIZE, Width, known};

/// One bar.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Name.
    pub label: String,
    /// Sizes in the order of [`Stacked::parts`]; where one is `None` or missing, the shares are not known.
    pub values: Vec<Option<f64>>,
    /// Name in bold: "us".
    pub emphasis: bool,
    /// For a row that is not known, the word that says why (else 不明).
    pub note: Option<String>,
}

/// Shares per row, such as none, one and more.
#[derive(Debug, Clone, Default)]
pub struct Stacked {
    /// Subject.
    pub title: String,
    /// n, period, source.
    pub note: String,
    /// Names of the parts from left to right, drawn from dark to light; past five the tones repeat.
    pub parts: Vec<String>,
    /// From the top down, in the caller's order.
    pub rows: Vec<Row>,
    /// Unit of the sizes, for the total at the end of a bar.
    pub unit: String,
    /// Where it will stand.
    pub width: Width,
}

const BAR: f64 = 22.0;
const ROW: f64 = 32.0;

impl Stacked {
    /// The drawing; `id` is unique in the page.
    #[must_use]
    pub fn svg(&self, id: &str) -> String {
        let mut svg = Svg::new(id);
        define_tones(&mut svg);
        let top = frame::heading(&mut svg, self.width, &self.title, &self.note);
        let keys: Vec<Key> = self
            .parts
            .iter()
            .enumerate()
            .map(|(i, name)| Key {
                draw: Box::new(move |svg, x, y| swatch(svg, i, x, y)),
                word: name.clone(),
            })
            .collect();
        let plot = frame::legend(&mut svg, top, self.width, &keys) + 8.0;

        let names = Names::new(self.rows.iter().map(|r| r.label.as_str()), self.width, ROW);
        let right = self.width.px() - MARGIN;
        let totals = self.rows.iter().filter_map(|r| self.total(r));
        let total_room = text::widest(totals, TEXT_SIZE).min(self.width.px() * 0.25);
        let bars = (MARGIN + names.room + 12.0, right - total_room - 12.0);
        let scale = Scale::new((0.0, 1.0), bars);
        for (i, row) in self.rows.iter().enumerate() {
            let middle = plot + names.row * (i as f64 + 0.5);
            names.draw(&mut svg, middle, &row.label, row.emphasis);
            self.draw_bar(&mut svg, &scale, row, middle - BAR / 2.0);
            let total = self.total(row).unwrap_or_default();
            let shown = text::fit(&total, TEXT_SIZE, total_room + 1.0);
            svg.cut_text((right, middle + 5.0), &shown, &total, NOTE.end());
        }
        let foot = plot + names.row * self.rows.len() as f64 + 6.0;
        draw_axis(&mut svg, &scale, foot);
        frame::finish(
            svg,
            self.width,
            foot + 28.0,
            &self.title,
            &self.description(),
            false,
        )
    }

    /// Sizes of all parts, if every one is known.
    fn sizes(&self, row: &Row) -> Option<Vec<f64>> {
        (0..self.parts.len())
            .map(|i| known(row.values.get(i).copied().flatten()).map(|v| v.max(0.0)))
            .collect()
    }

    fn total(&self, row: &Row) -> Option<String> {
        let sizes = self.sizes(row)?;
        Some(format!(
            "{}{}",
            theme::number(sizes.iter().sum(), theme::decimals(sizes)),
            self.unit
        ))
    }

    fn draw_bar(&self, svg: &mut Svg, scale: &Scale, row: &Row, y: f64) {
        let (start, end) = (scale.at(0.0), scale.at(1.0));
        let area = (start, y, end - start, BAR);
        let Some(sizes) = self.sizes(row) else {
            let (hatch, word) = (svg.hatch(), unknown_word(row));
            svg.titled_rect(area, &hatch, &format!("{} {word}", row.label));
            let shown = text::fit(word, TEXT_SIZE, end - start - 8.0);
            let middle = ((start + end) / 2.0, y + 16.0);
            svg.cut_text(middle, &shown, word, LABEL.middle().rimmed());
            return;
        };
        let total: f64 = sizes.iter().sum();
        let mut before = 0.0;
        for (i, size) in sizes.iter().enumerate().filter(|(_, size)| **size > 0.0) {
            let (x, next) = (scale.at(before / total), scale.at((before + size) / total));
            before += size;
            self.draw_part(svg, (i, *size, total), (x, y, next - x, BAR), &row.label);
        }
        let outline = format!(
            "M{0} {1}H{2}V{3}H{0}Z",
            number(start),
            number(y),
            number(end),
            number(y + BAR)
        );
        svg.stroke(&outline, LINE, 1.0, "");
    }

    fn draw_part(
        &self,
        svg: &mut Svg,
        (part, size, total): (usize, f64, f64),
        area: (f64, f64, f64, f64),
        label: &str,
    ) {
        let (x, y, wide, _) = area;
        let share = format!("{}%", theme::number(100.0 * size / total, 0));
        let amount = format!(
            "{}{}",
            theme::number(size, theme::decimals([size])),
            self.unit
        );
        let fill = tone(svg, part);
        svg.titled_rect(
            area,
            &fill,
            &format!("{label} {} {amount}（{share}）", self.parts[part]),
        );
        svg.line((x + wide, y), (x + wide, y + BAR), PAPER, 1.5);
        let room = text::width(&share, TEXT_SIZE) + 8.0;
        if wide < room {
            return;
        }
        let (middle, style) = (x + wide / 2.0, LABEL.middle().bold(true));
        if TONES[part % TONES.len()].dark {
            svg.text((middle, y + 16.0), &share, style.filled(PAPER));
        } else {
            svg.rect(
                (middle - room / 2.0 + 2.0, y + 3.0, room - 4.0, BAR - 6.0),
                PAPER,
            );
            svg.text((middle, y + 16.0), &share, style);
        }
    }

    fn description(&self) -> String {
        let rows: Vec<String> = self
            .rows
            .iter()
            .map(|row| match self.sizes(row) {
                Some(sizes) => {
                    let parts: Vec<String> = self
                        .parts
                        .iter()
                        .zip(&sizes)
                        .map(|(name, v)| {
                            format!(
                                "{name} {}{}",
                                theme::number(*v, theme::decimals([*v])),
                                self.unit
                            )
                        })
                        .collect();
                    format!("{} {}", row.label, parts.join("、"))
                }
                None => format!("{} {}", row.label, unknown_word(row)),
            })
            .collect();
        format!("{}。{}", rows.join("；"), self.note)
    }
}

fn draw_axis(svg: &mut Svg, scale: &Scale, foot: f64) {
    for percent in [0.0, 50.0, 100.0] {
        let x = scale.at(percent / 100.0);
        svg.line((x, foot - 6.0), (x, foot), GRID, 1.0);
        svg.text((x, foot + 16.0), &format!("{percent}%"), NOTE.middle());
    }
}

fn unknown_word(row: &Row) -> &str {
    row.note
        .as_deref()
        .filter(|n| !n.is_empty())
        .unwrap_or(theme::UNKNOWN)
}

/// A part's ground and the marks on it.
struct Tone {
    ground: &'static str,
    marks: &'static str,
    dark: bool,
}

/// From dark to light; each has marks of its own, so that a photocopy still tells them apart.
const TONES: [Tone; 5] = [
    Tone {
        ground: theme::BLUES[3],
        marks: "",
        dark: true,
    },
    Tone {
        ground: theme::BLUES[1],
        marks: r##"<path d="M0 2H8" stroke="#4979f5" stroke-width="1.5"/>"##,
        dark: false,
    },
    Tone {
        ground: PAPER,
        marks: r##"<circle cx="2" cy="2" r="1.1" fill="#4d4d4d"/><circle cx="6" cy="6" r="1.1" fill="#4d4d4d"/>"##,
        dark: false,
    },
    Tone {
        ground: "#7f7f7f",
        marks: r##"<path d="M2 0V8" stroke="#ffffff" stroke-width="1"/>"##,
        dark: false,
    },
    Tone {
        ground: PAPER,
        marks: "",
        dark: false,
    },
];

fn define_tones(svg: &mut Svg) {
    for (i, tone) in TONES.iter().enumerate() {
        svg.define_pattern(&format!("tone{i}"), 8.0, tone.ground, tone.marks);
    }
}

fn tone(svg: &Svg, part: usize) -> String {
    svg.reference(&format!("tone{}", part % TONES.len()))
}

fn swatch(svg: &mut Svg, part: usize, x: f64, y: f64) {
    let fill = tone(svg, part);
    svg.element(
        "rect",
        &[
            ("x", x.into()),
            ("y", y.into()),
            ("width", SWATCH.into()),
            ("height", SWATCH.into()),
            ("fill", (&fill).into()),
            ("stroke", INK.into()),
            ("stroke-width", 0.75.into()),
        ],
    );
}
