//! Shares of a whole: one bar of full length per row, its parts told apart by tone and pattern, in print too.

use crate::frame::{self, Key, SWATCH};
use crate::scale::Scale;
use crate::svg::{Anchor, LABEL, NOTE, Style, Svg};
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

        let px = self.width.px();
        let widest = |words: &mut dyn Iterator<Item = String>| {
            words
                .map(|w| text::width(&w, TEXT_SIZE))
                .fold(0.0, f64::max)
        };
        let label = widest(&mut self.rows.iter().map(|r| r.label.clone())).min(px * 0.3);
        let total = widest(&mut self.rows.iter().filter_map(|r| self.total(r))).min(px * 0.25);
        let scale = Scale::new(
            (0.0, 1.0),
            (MARGIN + label + 12.0, px - MARGIN - total - 12.0),
        );
        for (i, row) in self.rows.iter().enumerate() {
            let y = plot + ROW * i as f64;
            let shown = text::fit(&row.label, TEXT_SIZE, label + 2.0);
            svg.cut_text(
                (MARGIN, y + 16.0),
                &shown,
                &row.label,
                Style {
                    bold: row.emphasis,
                    ..LABEL
                },
            );
            self.draw_bar(&mut svg, &scale, row, y);
            if let Some(whole) = self.total(row) {
                let shown = text::fit(&whole, TEXT_SIZE, total + 1.0);
                svg.cut_text(
                    (px - MARGIN, y + 16.0),
                    &shown,
                    &whole,
                    Style {
                        anchor: Anchor::End,
                        ..NOTE
                    },
                );
            }
        }
        let foot = plot + ROW * self.rows.len() as f64;
        self.draw_axis(&mut svg, &scale, foot);
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
        let Some(sizes) = self.sizes(row) else {
            let hatch = svg.hatch();
            let word = unknown_word(row);
            svg.titled_rect(
                (start, y, end - start, BAR),
                &hatch,
                &format!("{} {word}", row.label),
            );
            let shown = text::fit(word, TEXT_SIZE, end - start - 8.0);
            svg.cut_text(
                ((start + end) / 2.0, y + 16.0),
                &shown,
                word,
                Style {
                    anchor: Anchor::Middle,
                    rim: true,
                    ..LABEL
                },
            );
            return;
        };
        let total: f64 = sizes.iter().sum();
        svg.element(
            "rect",
            &[
                ("x", start.into()),
                ("y", y.into()),
                ("width", (end - start).into()),
                ("height", BAR.into()),
                ("fill", PAPER.into()),
                ("stroke", LINE.into()),
            ],
        );
        if total <= 0.0 {
            return;
        }
        let mut before = 0.0;
        for (i, size) in sizes.iter().enumerate().filter(|(_, size)| **size > 0.0) {
            let (x, next) = (scale.at(before / total), scale.at((before + size) / total));
            before += size;
            self.draw_part(svg, (i, *size, total), (x, y, next - x, BAR), &row.label);
        }
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
        let title = format!(
            "{label} {} {}{}（{share}）",
            self.parts[part],
            theme::number(size, theme::decimals([size])),
            self.unit
        );
        let fill = tone(svg, part);
        svg.titled_rect(area, &fill, &title);
        svg.line((x + wide, y), (x + wide, y + BAR), PAPER, 1.5);
        let room = text::width(&share, TEXT_SIZE) + 10.0;
        if wide >= room {
            let middle = x + wide / 2.0;
            let style = Style {
                anchor: Anchor::Middle,
                bold: true,
                ..LABEL
            };
            if TONES[part % TONES.len()].dark {
                svg.text(
                    (middle, y + 16.0),
                    &share,
                    Style {
                        fill: PAPER,
                        ..style
                    },
                );
            } else {
                svg.rect(
                    (middle - room / 2.0 + 2.0, y + 3.0, room - 4.0, BAR - 6.0),
                    PAPER,
                );
                svg.text((middle, y + 16.0), &share, style);
            }
        }
    }

    fn draw_axis(&self, svg: &mut Svg, scale: &Scale, foot: f64) {
        for percent in [0.0, 50.0, 100.0] {
            let x = scale.at(percent / 100.0);
            svg.line((x, foot - 6.0), (x, foot), GRID, 1.0);
            svg.text(
                (x, foot + 16.0),
                &format!("{percent}%"),
                Style {
                    anchor: Anchor::Middle,
                    ..NOTE
                },
            );
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
        marks: r##"<path d="M0 1H8" stroke="#0017c1" stroke-width="1"/>"##,
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
