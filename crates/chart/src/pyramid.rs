//! A pyramid: bands stacked upward from the first, two groups left and right of a common axis.

use crate::frame;
use crate::scale::{Scale, Ticks};
use crate::svg::{LABEL, NOTE, Svg};
use crate::text;
use crate::theme::{self, ACCENT, GRID, LINE, MARGIN, OTHER, TEXT_SIZE, Width, known};

/// One band of both groups.
#[derive(Debug, Clone, Default)]
pub struct Band {
    /// Stands on the axis.
    pub label: String,
    /// Size in the left group; `None` = not known.
    pub left: Option<f64>,
    /// Size in the right group; `None` = not known.
    pub right: Option<f64>,
}

/// A pyramid of two groups, such as a population by sex and age.
#[derive(Debug, Clone, Default)]
pub struct Pyramid {
    /// Subject and unit.
    pub title: String,
    /// n, period, source.
    pub note: String,
    /// From the lowest band up.
    pub bands: Vec<Band>,
    /// Name of the left group.
    pub left_name: String,
    /// Name of the right group.
    pub right_name: String,
    /// Unit of the sizes.
    pub unit: String,
    /// Bands from this index up are drawn in the accent, the others gray; `None` draws all in the accent.
    pub highlight_from: Option<usize>,
    /// Where it will stand.
    pub width: Width,
}

const BAR: f64 = 16.0;
const ROW: f64 = 19.0;

impl Pyramid {
    /// The drawing; `id` is unique in the page.
    #[must_use]
    pub fn svg(&self, id: &str) -> String {
        let mut svg = Svg::new(id);
        let top = frame::heading(&mut svg, self.width, &self.title, &self.note);
        let sizes = || {
            self.bands
                .iter()
                .flat_map(|b| [b.left, b.right])
                .filter_map(|v| known(v).map(|v| v.max(0.0)))
        };
        let decimals = theme::decimals(sizes());
        let axis = self.axis_width();
        let wing = (self.width.px() - 2.0 * MARGIN - axis) / 2.0;
        let ticks = Ticks::around(
            0.0,
            sizes().fold(0.0, f64::max),
            if wing > 200.0 { 4 } else { 2 },
            decimals == 0,
        );
        let middle = self.width.px() / 2.0;
        let inset = text::width(&theme::number(ticks.range().1, ticks.decimals), TEXT_SIZE) / 2.0;
        let wings = Wings {
            left: Scale::new(ticks.range(), (middle - axis / 2.0, MARGIN + inset)),
            right: Scale::new(
                ticks.range(),
                (middle + axis / 2.0, self.width.px() - MARGIN - inset),
            ),
        };

        self.draw_names(&mut svg, top, &wings, wing, decimals);
        let plot = top + 26.0;
        let foot = plot + ROW * self.bands.len() as f64;
        self.draw_grid(&mut svg, &ticks, &wings, plot, foot);
        for (i, band) in self.bands.iter().enumerate() {
            let y = foot - ROW * (i + 1) as f64 + (ROW - BAR) / 2.0;
            let shown = text::fit(&band.label, TEXT_SIZE, axis - 8.0);
            svg.cut_text((middle, y + 13.0), &shown, &band.label, LABEL.middle());
            let strong = self.highlight_from.is_none_or(|from| i >= from);
            let fill = if strong { ACCENT } else { OTHER };
            self.draw_bar(
                &mut svg,
                (&wings.left, y, fill),
                band.left,
                &format!("{} {}", self.left_name, band.label),
                decimals,
            );
            self.draw_bar(
                &mut svg,
                (&wings.right, y, fill),
                band.right,
                &format!("{} {}", self.right_name, band.label),
                decimals,
            );
        }
        let unit = NOTE.middle();
        svg.text((middle, foot + 20.0), &self.unit, unit);
        frame::finish(
            svg,
            self.width,
            foot + 32.0,
            &self.title,
            &self.description(decimals),
            false,
        )
    }

    fn axis_width(&self) -> f64 {
        let widest = self
            .bands
            .iter()
            .map(|b| text::width(&b.label, TEXT_SIZE))
            .fold(0.0, f64::max);
        widest
            .max(text::width(&self.unit, TEXT_SIZE))
            .clamp(32.0, self.width.px() * 0.3)
            + 16.0
    }

    fn draw_names(&self, svg: &mut Svg, top: f64, wings: &Wings, wing: f64, decimals: usize) {
        let bold = LABEL.bold(true);
        let of = |name: &str, side: fn(&Band) -> Option<f64>| {
            let total: Option<f64> = self.bands.iter().map(|b| known(side(b))).sum();
            match total {
                Some(total) if !self.bands.is_empty() => {
                    format!("{name} {}{}", theme::number(total, decimals), self.unit)
                }
                _ => name.to_owned(),
            }
        };
        let (left, right) = (
            of(&self.left_name, |b| b.left),
            of(&self.right_name, |b| b.right),
        );
        let fit = |s: &str| text::fit(s, TEXT_SIZE, wing * 0.92);
        svg.cut_text(
            (wings.left.at(0.0), top + 16.0),
            &fit(&left),
            &left,
            bold.end(),
        );
        svg.cut_text(
            (wings.right.at(0.0), top + 16.0),
            &fit(&right),
            &right,
            bold,
        );
    }

    fn draw_grid(&self, svg: &mut Svg, ticks: &Ticks, wings: &Wings, plot: f64, foot: f64) {
        for (i, &tick) in ticks.at.iter().enumerate() {
            for scale in [&wings.left, &wings.right] {
                let x = scale.at(tick);
                svg.line((x, plot), (x, foot), if i == 0 { LINE } else { GRID }, 1.0);
                let word = theme::number(tick, ticks.decimals);
                svg.text((x, foot + 20.0), &word, NOTE.middle());
            }
        }
    }

    fn draw_bar(
        &self,
        svg: &mut Svg,
        (scale, y, fill): (&Scale, f64, &str),
        size: Option<f64>,
        name: &str,
        decimals: usize,
    ) {
        let zero = scale.at(0.0);
        match known(size) {
            Some(size) => {
                let end = scale.at(size);
                let title = format!("{name} {}{}", theme::number(size, decimals), self.unit);
                svg.titled_rect((zero.min(end), y, (end - zero).abs(), BAR), fill, &title);
            }
            None => {
                let (hatch, title) = (svg.hatch(), format!("{name} {}", theme::UNKNOWN));
                let (stub, to_left) = (2.0 * BAR, scale.at(theme::LARGEST) < zero);
                let (x, word_x) = if to_left {
                    (zero - stub, zero - stub - 4.0)
                } else {
                    (zero, zero + stub + 4.0)
                };
                svg.titled_rect((x, y, stub, BAR), &hatch, &title);
                let style = if to_left { NOTE.end() } else { NOTE };
                svg.text((word_x, y + 13.0), theme::UNKNOWN, style.rimmed());
            }
        }
    }

    fn description(&self, decimals: usize) -> String {
        let word = |v| known(v).map_or(theme::UNKNOWN.to_owned(), |v| theme::number(v, decimals));
        let bands: Vec<String> = self
            .bands
            .iter()
            .map(|b| {
                format!(
                    "{} {} {}、{} {}",
                    b.label,
                    self.left_name,
                    word(b.left),
                    self.right_name,
                    word(b.right)
                )
            })
            .collect();
        format!(
            "{} {}：{}。{}",
            theme::UNIT,
            self.unit,
            bands.join("；"),
            self.note
        )
    }
}

struct Wings {
    left: Scale,
    right: Scale,
}
