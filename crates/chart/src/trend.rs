//! Lines over time with their names at their ends, gaps where nothing is known, breaks and a projected part.

mod draw;

use crate::frame;
use crate::scale::{Scale, Ticks};
use crate::svg::{Svg, number};
use crate::text;
use crate::theme::{self, MARGIN, TEXT_SIZE, Width, known};

/// Whose line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stroke {
    /// "We": thick, in the accent.
    Us,
    /// The others: thin and gray.
    #[default]
    Other,
    /// What everybody compares with: dashed.
    Nation,
}

/// One moment of a series.
#[derive(Debug, Clone, Copy, Default)]
pub struct Point {
    /// Place on the axis, such as a year.
    pub x: f64,
    /// `None` = not known: a gap.
    pub y: Option<f64>,
    /// Lower and upper end of the interval.
    pub interval: Option<(f64, f64)>,
}

/// One line.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// Stands at the end of the line.
    pub name: String,
    /// In ascending order of `x`.
    pub points: Vec<Point>,
    /// Whose line it is.
    pub stroke: Stroke,
}

/// Series over a common axis.
#[derive(Debug, Clone, Default)]
pub struct Trend {
    /// Subject and unit.
    pub title: String,
    /// n, period, source.
    pub note: String,
    /// Words of the axis by place; those that would touch the one before are left out.
    pub x_ticks: Vec<(f64, String)>,
    /// The lines.
    pub series: Vec<Series>,
    /// Where the way of counting changed, and how: no line crosses it.
    pub breaks: Vec<(f64, String)>,
    /// From here on the values are projected.
    pub projected_from: Option<f64>,
    /// Unit of the values.
    pub unit: String,
    /// Whether the axis of values begins at zero even where that flattens the lines.
    pub from_zero: bool,
    /// Where it will stand.
    pub width: Width,
}

const PLOT_HEIGHT: f64 = 260.0;
const LABEL_STEP: f64 = 18.0;

struct Plot {
    x: Scale,
    y: Scale,
    left: f64,
    right: f64,
    top: f64,
    foot: f64,
    decimals: usize,
}

impl Trend {
    /// The drawing; `id` is unique in the page.
    #[must_use]
    pub fn svg(&self, id: &str) -> String {
        let mut svg = Svg::new(id);
        let top = frame::heading(&mut svg, self.width, &self.title, &self.note);
        let (plot, ticks) = self.layout(top);
        self.draw_grid(&mut svg, &plot, &ticks);
        let foot = self.draw_breaks(&mut svg, &plot);
        for stroke in [Stroke::Other, Stroke::Nation, Stroke::Us] {
            for series in self.series.iter().filter(|s| s.stroke == stroke) {
                self.draw_series(&mut svg, &plot, series);
            }
        }
        self.draw_names(&mut svg, &plot);
        frame::finish(
            svg,
            self.width,
            foot + MARGIN,
            &self.title,
            &self.description(plot.decimals),
            false,
        )
    }

    /// Height above the plot: the unit, and a line for the marks of breaks.
    fn head(&self) -> f64 {
        if self.breaks.is_empty() { 26.0 } else { 44.0 }
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        let points = self
            .series
            .iter()
            .flat_map(|s| &s.points)
            .filter(|p| drawable(p).is_some());
        points
            .flat_map(|p| [p.y, p.interval.map(|i| i.0), p.interval.map(|i| i.1)])
            .filter_map(known)
    }

    fn layout(&self, top: f64) -> (Plot, Ticks) {
        let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
        let greatest =
            |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
        let ys = || self.values().chain(self.from_zero.then_some(0.0));
        let (low, high) = if ys().next().is_none() {
            (0.0, 1.0)
        } else {
            (least(&mut ys()), greatest(&mut ys()))
        };
        let decimals = theme::decimals(
            self.series
                .iter()
                .flat_map(|s| &s.points)
                .filter_map(|p| known(p.y)),
        );
        let ticks = Ticks::around(low, high, 4, decimals == 0);
        let xs = || {
            let points = self.series.iter().flat_map(|s| &s.points).map(|p| p.x);
            points
                .chain(self.x_ticks.iter().map(|t| t.0))
                .filter_map(|x| known(Some(x)))
        };
        let (first, last) = if xs().next().is_none() {
            (0.0, 1.0)
        } else {
            (least(&mut xs()), greatest(&mut xs()))
        };

        let tick_room = ticks
            .at
            .iter()
            .map(|t| text::width(&theme::number(*t, ticks.decimals), TEXT_SIZE))
            .fold(0.0, f64::max);
        let name_room = self
            .series
            .iter()
            .map(|s| text::width(&self.name(s, decimals), TEXT_SIZE) * 1.05)
            .fold(0.0, f64::max);
        let left = MARGIN + tick_room + 10.0;
        let right = self.width.px() - MARGIN - name_room.min(self.width.px() * 0.34) - 16.0;
        let height = PLOT_HEIGHT.max(LABEL_STEP * self.series.len() as f64);
        let top = top + self.head();
        let foot = top + height;
        let inset = 12.0;
        let x = Scale::new((first, last), (left + inset, right - inset));
        let y = Scale::new(ticks.range(), (foot, top));
        (
            Plot {
                x,
                y,
                left,
                right,
                top,
                foot,
                decimals,
            },
            ticks,
        )
    }

    /// The stretches of known points that no gap and no break parts.
    fn runs<'a>(&self, series: &'a Series) -> Vec<Vec<(&'a Point, f64)>> {
        let mut runs: Vec<Vec<(&Point, f64)>> = vec![Vec::new()];
        for point in &series.points {
            let broken = runs
                .last()
                .and_then(|r| r.last())
                .is_some_and(|(before, _)| {
                    self.breaks
                        .iter()
                        .any(|(at, _)| before.x < *at && *at <= point.x)
                });
            match drawable(point) {
                Some(y) if !broken => runs.last_mut().expect("never empty").push((point, y)),
                Some(y) => runs.push(vec![(point, y)]),
                None => runs.push(Vec::new()),
            }
        }
        runs.retain(|r| !r.is_empty());
        runs
    }

    /// Name and last value, as it stands at the end of a line.
    fn name(&self, series: &Series, decimals: usize) -> String {
        match series.points.iter().rev().find_map(drawable) {
            Some(y) => format!("{} {}", series.name, theme::number(y, decimals)),
            None => format!("{} {}", series.name, theme::UNKNOWN),
        }
    }

    fn description(&self, decimals: usize) -> String {
        let mut facts: Vec<String> =
            self.series
                .iter()
                .map(|s| {
                    let points: Vec<String> =
                        s.points
                            .iter()
                            .map(|p| {
                                let word =
                                    self.x_ticks.iter().find(|t| t.0 == p.x).map_or(
                                        number(known(Some(p.x)).unwrap_or_default()),
                                        |t| t.1.clone(),
                                    );
                                let value = drawable(p).map_or(theme::UNKNOWN.to_owned(), |y| {
                                    theme::number(y, decimals)
                                });
                                format!("{word} {value}")
                            })
                            .collect();
                    format!("{}：{}", s.name, points.join("、"))
                })
                .collect();
        facts.extend(self.breaks.iter().map(|b| b.1.clone()));
        format!(
            "{} {}。{}。{}",
            theme::UNIT,
            self.unit,
            facts.join("；"),
            self.note
        )
    }
}

/// The value of a point whose place and value are both known.
fn drawable(point: &Point) -> Option<f64> {
    known(Some(point.x)).and(known(point.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(f64, Option<f64>)]) -> Series {
        Series {
            points: points
                .iter()
                .map(|&(x, y)| Point {
                    x,
                    y,
                    interval: None,
                })
                .collect(),
            ..Series::default()
        }
    }

    #[test]
    fn a_gap_parts_the_line() {
        let s = series(&[
            (1.0, Some(1.0)),
            (2.0, None),
            (3.0, Some(2.0)),
            (4.0, Some(3.0)),
        ]);
        let runs = Trend::default().runs(&s);
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn no_line_crosses_a_break() {
        let s = series(&[(1.0, Some(1.0)), (2.0, Some(1.0)), (3.0, Some(2.0))]);
        let trend = Trend {
            breaks: vec![(2.5, "new form".into())],
            ..Trend::default()
        };
        assert_eq!(
            trend.runs(&s).iter().map(Vec::len).collect::<Vec<_>>(),
            [2, 1]
        );
    }
}
