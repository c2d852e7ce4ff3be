//! Draws the grid, the breaks, the lines and their names.

use super::{LABEL_STEP, Plot, Point, Series, Stroke, Trend, drawable};
use crate::frame;
use crate::scale::Ticks;
use crate::svg::{LABEL, NOTE, Svg, number};
use crate::text;
use crate::theme::{self, ACCENT, GRID, GROUND, INK, LINE, MARGIN, PAPER, TEXT_SIZE, known};

impl Trend {
    pub(super) fn draw_grid(&self, svg: &mut Svg, p: &Plot, ticks: &Ticks) {
        if let Some(from) = known(self.projected_from) {
            let x = p.x.at(from);
            svg.rect((x, p.top, p.right - x, p.foot - p.top), GROUND);
            svg.text(
                ((p.right - 6.0).max(x), p.top + 16.0),
                theme::PROJECTED,
                NOTE.end(),
            );
        }
        if !self.unit.is_empty() {
            let unit = format!("{}：{}", theme::UNIT, self.unit);
            let shown = text::fit(&unit, TEXT_SIZE, self.width.px() - 2.0 * MARGIN);
            svg.cut_text((MARGIN, p.top - self.head() + 14.0), &shown, &unit, NOTE);
        }
        for (i, &tick) in ticks.at.iter().enumerate() {
            let y = p.y.at(tick);
            svg.line(
                (p.left, y),
                (p.right, y),
                if i == 0 { LINE } else { GRID },
                1.0,
            );
            svg.text(
                (p.left - 6.0, y + 5.0),
                &theme::number(tick, ticks.decimals),
                NOTE.end(),
            );
        }
        let mut free = 0.0;
        for (at, word) in self.x_ticks.iter().filter(|t| known(Some(t.0)).is_some()) {
            let (x, half) = (p.x.at(*at), text::width(word, TEXT_SIZE) / 2.0);
            if x - half < free || x + half > self.width.px() {
                continue;
            }
            svg.line((x, p.foot), (x, p.foot + 4.0), LINE, 1.0);
            svg.text((x, p.foot + 20.0), word, NOTE.middle());
            free = x + half + 8.0;
        }
    }

    /// Marks the breaks by number and explains them below the axis. Returns the y below everything.
    pub(super) fn draw_breaks(&self, svg: &mut Svg, p: &Plot) -> f64 {
        let mut foot = p.foot + 28.0;
        for (i, (at, note)) in self
            .breaks
            .iter()
            .filter(|b| known(Some(b.0)).is_some())
            .enumerate()
        {
            let (x, mark) = (p.x.at(*at), format!("※{}", i + 1));
            let line = format!("M{} {}V{}", number(x), number(p.top), number(p.foot));
            svg.stroke(&line, LINE, 1.0, "2 3");
            svg.text((x, p.top - 4.0), &mark, NOTE.middle());
            foot = frame::paragraph(svg, foot, self.width, &format!("{mark} {note}"), NOTE);
        }
        foot
    }

    pub(super) fn draw_series(&self, svg: &mut Svg, p: &Plot, series: &Series) {
        let (colour, width) = match series.stroke {
            Stroke::Us => (ACCENT, 3.0),
            Stroke::Other => (LINE, 1.5),
            Stroke::Nation => (INK, 1.5),
        };
        for run in self.runs(series) {
            let path: Vec<String> = run
                .iter()
                .map(|(q, y)| format!("{} {}", number(p.x.at(q.x)), number(p.y.at(*y))))
                .collect();
            let path = format!("M{}", path.join("L"));
            let dashes = if series.stroke == Stroke::Nation {
                "6 4"
            } else {
                ""
            };
            svg.stroke(&path, colour, width, dashes);
            for (point, y) in run {
                self.draw_point(svg, p, series, (point, y), colour);
            }
        }
    }

    fn draw_point(
        &self,
        svg: &mut Svg,
        p: &Plot,
        series: &Series,
        (point, y): (&Point, f64),
        colour: &str,
    ) {
        let (x, at) = (p.x.at(point.x), p.y.at(y));
        if let Some((low, high)) = point.interval
            && let (Some(low), Some(high)) = (known(Some(low)), known(Some(high)))
        {
            svg.line((x, p.y.at(low)), (x, p.y.at(high)), colour, 1.5);
        }
        let projected = self.projected_from.is_some_and(|from| point.x >= from);
        let radius = match series.stroke {
            Stroke::Us => 4.0,
            Stroke::Other => 2.5,
            Stroke::Nation => 2.0,
        };
        let word = self
            .x_ticks
            .iter()
            .find(|t| t.0 == point.x)
            .map_or(number(point.x), |t| t.1.clone());
        let title = format!(
            "{} {word} {}{}",
            series.name,
            theme::number(y, p.decimals),
            self.unit
        );
        svg.titled(
            "circle",
            &[
                ("cx", x.into()),
                ("cy", at.into()),
                ("r", radius.into()),
                (
                    "fill",
                    if projected {
                        PAPER.into()
                    } else {
                        colour.into()
                    },
                ),
                ("stroke", colour.into()),
                ("stroke-width", 1.5.into()),
            ],
            &title,
        );
    }

    /// Writes the names at the right, pushed apart where lines end close together.
    pub(super) fn draw_names(&self, svg: &mut Svg, p: &Plot) {
        let mut ends: Vec<(f64, f64, &Series)> = self
            .series
            .iter()
            .map(|s| {
                let last = s
                    .points
                    .iter()
                    .rev()
                    .find_map(|q| drawable(q).map(|y| (q.x, y)));
                last.map_or((p.right, p.foot, s), |(x, y)| (p.x.at(x), p.y.at(y), s))
            })
            .collect();
        ends.sort_by(|a, b| a.1.total_cmp(&b.1));
        let wanted: Vec<f64> = ends.iter().map(|e| e.1).collect();
        let places = apart(&wanted, LABEL_STEP, (p.top, p.foot));
        let room = self.width.px() - MARGIN - p.right - 14.0;
        for ((x, y, series), place) in ends.into_iter().zip(places) {
            if x < p.right {
                let path = format!(
                    "M{} {}L{} {}L{} {}",
                    number(x + 5.0),
                    number(y),
                    number(p.right),
                    number(place),
                    number(p.right + 8.0),
                    number(place)
                );
                svg.stroke(&path, GRID, 1.0, "");
            }
            let us = series.stroke == Stroke::Us;
            let style = LABEL.bold(us).filled(if us { ACCENT } else { INK });
            let whole = self.name(series, p.decimals);
            svg.cut_text(
                (p.right + 12.0, place + 5.0),
                &text::fit(&whole, TEXT_SIZE, room),
                &whole,
                style,
            );
        }
    }
}

/// Places at least `step` apart and as near as may be to the wanted ones (ascending), inside `range` while they fit.
fn apart(wanted: &[f64], step: f64, (low, high): (f64, f64)) -> Vec<f64> {
    let mut places = wanted.to_vec();
    let mut ceiling = high;
    for place in places.iter_mut().rev() {
        *place = place.min(ceiling);
        ceiling = *place - step;
    }
    let mut floor = low;
    for place in &mut places {
        *place = place.max(floor);
        floor = *place + step;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn names_stand_apart_and_inside(mut wanted in prop::collection::vec(0.0..260.0_f64, 0..14)) {
            wanted.sort_by(f64::total_cmp);
            let places = apart(&wanted, 18.0, (0.0, 260.0));
            for pair in places.windows(2) {
                prop_assert!(pair[1] - pair[0] >= 18.0 - 1e-9);
            }
            prop_assert!(places.iter().all(|p| (0.0..=260.0).contains(p)));
        }
    }
}
