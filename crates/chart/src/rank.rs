//! A ranking: horizontal bars in the caller's order, one of them "us", with intervals and a reference line.

use crate::frame;
use crate::scale::{Scale, Ticks};
use crate::svg::{Anchor, LABEL, NOTE, Style, Svg};
use crate::text;
use crate::theme::{self, ACCENT, GRID, INK, LINE, MARGIN, OTHER, TEXT_SIZE, Width, known};

/// One bar.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Name.
    pub label: String,
    /// Length of the bar; `None` = not known.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// Drawn in the accent: "us".
    pub emphasis: bool,
    /// Beside a known value, a remark; for an unknown one the word that says why (else 不明).
    pub note: Option<String>,
}

/// A ranking of a value over places, teams or years.
#[derive(Debug, Clone, Default)]
pub struct Rank {
    /// Subject and unit.
    pub title: String,
    /// n, period, source.
    pub note: String,
    /// From the top down, in the caller's order.
    pub rows: Vec<Row>,
    /// Unit of the values.
    pub unit: String,
    /// A dashed line to compare with: its name and value.
    pub reference: Option<(String, f64)>,
    /// Where it will stand.
    pub width: Width,
}

const BAR: f64 = 16.0;
const ROW: f64 = 28.0;

/// The columns and the scale between them.
struct Layout {
    label: f64,
    value_end: f64,
    note: f64,
    note_room: f64,
    scale: Scale,
    plot: f64,
    foot: f64,
    decimals: usize,
}

impl Rank {
    /// The drawing; `id` is unique in the page.
    #[must_use]
    pub fn svg(&self, id: &str) -> String {
        let mut svg = Svg::new(id);
        let top = frame::heading(&mut svg, self.width, &self.title, &self.note);
        let (layout, ticks) = self.layout(top);
        self.draw_grid(&mut svg, &layout, &ticks);
        for (i, row) in self.rows.iter().enumerate() {
            self.draw_row(&mut svg, &layout, row, layout.plot + ROW * i as f64);
        }
        self.draw_reference(&mut svg, &layout);
        frame::finish(
            svg,
            self.width,
            layout.foot + 32.0,
            &self.title,
            &self.description(layout.decimals),
            false,
        )
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        let reference = self.reference.as_ref().map(|(_, v)| *v);
        let rows = self.rows.iter().flat_map(|r| {
            [
                r.value,
                r.low.filter(|_| r.value.is_some()),
                r.high.filter(|_| r.value.is_some()),
            ]
        });
        rows.chain([reference]).filter_map(known)
    }

    fn layout(&self, top: f64) -> (Layout, Ticks) {
        let (px, narrow) = (self.width.px(), self.width == Width::Narrow);
        let decimals = theme::decimals(self.rows.iter().filter_map(|r| known(r.value)));
        let widest = |words: &mut dyn Iterator<Item = String>| {
            words
                .map(|w| text::width(&w, TEXT_SIZE))
                .fold(0.0, f64::max)
        };
        let label = widest(&mut self.rows.iter().map(|r| r.label.clone())).min(px * 0.34);
        let known_values = || self.rows.iter().filter_map(|r| known(r.value));
        let value = widest(
            &mut known_values()
                .map(|v| theme::number(v, decimals))
                .chain([self.unit.clone()]),
        )
        .min(px * 0.3)
            * 1.08;
        let notes = self
            .rows
            .iter()
            .filter(|r| known(r.value).is_some())
            .filter_map(|r| r.note.clone());
        let note_room = widest(&mut { notes }).min(px * if narrow { 0.16 } else { 0.24 });
        let note = px - MARGIN - note_room;
        let value_end = if note_room > 0.0 {
            note - 12.0
        } else {
            px - MARGIN
        };
        let bars = (MARGIN + label + 12.0, value_end - value - 14.0);
        let (low, high) = self
            .values()
            .fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
        let ticks = Ticks::around(
            low,
            high,
            if bars.1 - bars.0 > 260.0 { 5 } else { 2 },
            decimals == 0,
        );
        let scale = Scale::new(ticks.range(), bars);
        let plot = top + 26.0;
        let foot = plot + ROW * self.rows.len() as f64;
        (
            Layout {
                label,
                value_end,
                note,
                note_room,
                scale,
                plot,
                foot,
                decimals,
            },
            ticks,
        )
    }

    fn draw_grid(&self, svg: &mut Svg, l: &Layout, ticks: &Ticks) {
        let muted = Style {
            anchor: Anchor::Middle,
            ..NOTE
        };
        for &tick in &ticks.at {
            let x = l.scale.at(tick);
            svg.line(
                (x, l.plot),
                (x, l.foot),
                if tick == 0.0 { LINE } else { GRID },
                1.0,
            );
            svg.text(
                (x, l.foot + 20.0),
                &theme::number(tick, ticks.decimals),
                muted,
            );
        }
        let unit = text::fit(&self.unit, TEXT_SIZE, self.width.px() * 0.3);
        svg.cut_text(
            (l.value_end, l.plot - 10.0),
            &unit,
            &self.unit,
            Style {
                anchor: Anchor::End,
                ..NOTE
            },
        );
    }

    fn draw_row(&self, svg: &mut Svg, l: &Layout, row: &Row, top: f64) {
        let y = top + (ROW - BAR) / 2.0;
        let style = Style {
            bold: row.emphasis,
            ..LABEL
        };
        let shown = text::fit(&row.label, TEXT_SIZE, l.label + 2.0);
        svg.cut_text((MARGIN, y + 13.0), &shown, &row.label, style);
        let zero = l.scale.at(0.0);
        let Some(value) = known(row.value) else {
            let hatch = svg.hatch();
            let word = unknown_word(row);
            svg.titled_rect(
                (zero, y, 2.0 * BAR, BAR),
                &hatch,
                &format!("{} {word}", row.label),
            );
            let shown = text::fit(word, TEXT_SIZE, l.value_end - zero - 2.0 * BAR - 8.0);
            svg.cut_text(
                (zero + 2.0 * BAR + 6.0, y + 13.0),
                &shown,
                word,
                Style { rim: true, ..NOTE },
            );
            return;
        };
        let end = l.scale.at(value);
        let fill = if row.emphasis { ACCENT } else { OTHER };
        svg.titled_rect(
            (zero.min(end), y, (end - zero).abs(), BAR),
            fill,
            &self.sentence(row, l.decimals),
        );
        if let (Some(low), Some(high)) = (known(row.low), known(row.high)) {
            draw_interval(svg, (l.scale.at(low), l.scale.at(high)), y + BAR / 2.0);
        }
        svg.text(
            (l.value_end, y + 13.0),
            &theme::number(value, l.decimals),
            Style {
                anchor: Anchor::End,
                ..style
            },
        );
        let note = row.note.as_deref().unwrap_or_default();
        svg.cut_text(
            (l.note, y + 13.0),
            &text::fit(note, TEXT_SIZE, l.note_room + 1.0),
            note,
            NOTE,
        );
    }

    fn draw_reference(&self, svg: &mut Svg, l: &Layout) {
        let Some((name, value)) = self
            .reference
            .as_ref()
            .and_then(|(n, v)| known(Some(*v)).map(|v| (n, v)))
        else {
            return;
        };
        let x = l.scale.at(value);
        svg.dashed((x, l.plot - 6.0), (x, l.foot), INK, 1.5);
        let whole = format!(
            "{name} {}",
            theme::number(value, theme::decimals([value]).max(l.decimals))
        );
        let right =
            l.value_end - text::width(&self.unit, TEXT_SIZE).min(self.width.px() * 0.3) - 8.0;
        let shown = text::fit(&whole, TEXT_SIZE, right - MARGIN);
        let half = text::width(&shown, TEXT_SIZE) / 2.0;
        let middle = x.min(right - half).max(MARGIN + half);
        svg.cut_text(
            (middle, l.plot - 10.0),
            &shown,
            &whole,
            Style {
                anchor: Anchor::Middle,
                ..LABEL
            },
        );
    }

    fn sentence(&self, row: &Row, decimals: usize) -> String {
        let number = |v| theme::number(v, decimals);
        let Some(value) = known(row.value) else {
            return format!("{} {}", row.label, unknown_word(row));
        };
        let interval = match (known(row.low), known(row.high)) {
            (Some(low), Some(high)) => format!("（{}～{}）", number(low), number(high)),
            _ => String::new(),
        };
        let note = row.note.as_ref().map_or(String::new(), |n| format!(" {n}"));
        format!(
            "{} {}{}{interval}{note}",
            row.label,
            number(value),
            self.unit
        )
    }

    fn description(&self, decimals: usize) -> String {
        let mut facts: Vec<String> = self
            .rows
            .iter()
            .map(|r| self.sentence(r, decimals))
            .collect();
        if let Some((name, value)) = &self.reference
            && let Some(value) = known(Some(*value))
        {
            facts.push(format!(
                "{name} {}{}",
                theme::number(value, decimals.max(theme::decimals([value]))),
                self.unit
            ));
        }
        format!("{}。{}", facts.join("；"), self.note)
    }
}

fn unknown_word(row: &Row) -> &str {
    row.note
        .as_deref()
        .filter(|n| !n.is_empty())
        .unwrap_or(theme::UNKNOWN)
}

/// A thin bar with caps, rimmed so that it shows on a dark bar too.
fn draw_interval(svg: &mut Svg, (low, high): (f64, f64), y: f64) {
    for (colour, width) in [(theme::PAPER, 4.0), (INK, 1.5)] {
        svg.line((low, y), (high, y), colour, width);
        for x in [low, high] {
            svg.line((x, y - 4.0), (x, y + 4.0), colour, width);
        }
    }
}
