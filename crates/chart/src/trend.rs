//! Lines over time with their names at their ends, gaps where nothing is known, breaks and a projected part.

use crate::frame;
use crate::scale::{Scale, Ticks};
use crate::svg::{Anchor, LABEL, NOTE, Style, Svg, number};
use crate::text;
use crate::theme::{self, ACCENT, GRID, GROUND, INK, LINE, MARGIN, PAPER, TEXT_SIZE, Width, known};

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
        let (top, foot) = (top + 26.0, top + 26.0 + height);
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

    fn draw_grid(&self, svg: &mut Svg, p: &Plot, ticks: &Ticks) {
        if let Some(from) = known(self.projected_from) {
            let x = p.x.at(from);
            svg.rect((x, p.top, p.right - x, p.foot - p.top), GROUND);
            svg.text(
                ((p.right - 6.0).max(x), p.top + 16.0),
                theme::PROJECTED,
                Style {
                    anchor: Anchor::End,
                    ..NOTE
                },
            );
        }
        let unit = text::fit(
            &format!("{}：{}", theme::UNIT, self.unit),
            TEXT_SIZE,
            self.width.px() - 2.0 * MARGIN,
        );
        if !self.unit.is_empty() {
            svg.text((MARGIN, p.top - 12.0), &unit, NOTE);
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
                Style {
                    anchor: Anchor::End,
                    ..NOTE
                },
            );
        }
        let mut free = 0.0;
        for (at, word) in self.x_ticks.iter().filter(|t| known(Some(t.0)).is_some()) {
            let (x, half) = (p.x.at(*at), text::width(word, TEXT_SIZE) / 2.0);
            if x - half < free || x + half > self.width.px() {
                continue;
            }
            svg.line((x, p.foot), (x, p.foot + 4.0), LINE, 1.0);
            svg.text(
                (x, p.foot + 20.0),
                word,
                Style {
                    anchor: Anchor::Middle,
                    ..NOTE
                },
            );
            free = x + half + 8.0;
        }
    }

    /// Marks the breaks by number and explains them below the axis. Returns the y below everything.
    fn draw_breaks(&self, svg: &mut Svg, p: &Plot) -> f64 {
        let mut foot = p.foot + 28.0;
        for (i, (at, note)) in self
            .breaks
            .iter()
            .filter(|b| known(Some(b.0)).is_some())
            .enumerate()
        {
            let (x, mark) = (p.x.at(*at), format!("※{}", i + 1));
            svg.element(
                "path",
                &[
                    (
                        "d",
                        (&format!("M{0} {1}V{2}", number(x), number(p.top), number(p.foot))).into(),
                    ),
                    ("stroke", LINE.into()),
                    ("stroke-width", 1.0.into()),
                    ("stroke-dasharray", "2 3".into()),
                ],
            );
            svg.text(
                (x, p.top - 4.0),
                &mark,
                Style {
                    anchor: Anchor::Middle,
                    ..NOTE
                },
            );
            foot = frame::paragraph(svg, foot, self.width, &format!("{mark} {note}"), NOTE);
        }
        foot
    }

    fn draw_series(&self, svg: &mut Svg, p: &Plot, series: &Series) {
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
            let mut attributes = vec![
                ("d", (&path).into()),
                ("fill", "none".into()),
                ("stroke", colour.into()),
                ("stroke-width", width.into()),
                ("stroke-linejoin", "round".into()),
            ];
            if series.stroke == Stroke::Nation {
                attributes.push(("stroke-dasharray", "6 4".into()));
            }
            svg.element("path", &attributes);
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
            svg.line((x, p.y.at(low)), (x, p.y.at(high)), colour, 1.0);
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

    /// Writes the names at the right, pushed apart where lines end close together.
    fn draw_names(&self, svg: &mut Svg, p: &Plot) {
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
                svg.element(
                    "path",
                    &[
                        ("d", (&path).into()),
                        ("fill", "none".into()),
                        ("stroke", GRID.into()),
                        ("stroke-width", 1.0.into()),
                    ],
                );
            }
            let us = series.stroke == Stroke::Us;
            let style = Style {
                bold: us,
                fill: if us { ACCENT } else { INK },
                ..LABEL
            };
            let whole = self.name(series, p.decimals);
            svg.cut_text(
                (p.right + 12.0, place + 5.0),
                &text::fit(&whole, TEXT_SIZE, room),
                &whole,
                style,
            );
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
