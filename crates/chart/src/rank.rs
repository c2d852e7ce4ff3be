//! A ranking: horizontal bars in the caller's order, one of them "us", with intervals and a reference line.

use crate::frame::{self, Names};
use crate::scale::{Scale, Ticks};
use crate::svg::{LABEL, NOTE, Svg, number};
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
    names: Names,
    value_end: f64,
    /// Room for remarks at the right, in px; none where they stand below.
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
        let row_top = |i: usize| layout.plot + layout.names.row * i as f64;
        for (i, row) in self.rows.iter().enumerate() {
            self.draw_row(&mut svg, &layout, row, row_top(i));
        }
        self.draw_reference(&mut svg, &layout);
        for (i, row) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, r)| known(r.value).is_none())
        {
            draw_unknown(&mut svg, &layout, row, row_top(i));
        }
        let foot = self.draw_remarks(&mut svg, &layout);
        let description = self.description(layout.decimals);
        frame::finish(
            svg,
            self.width,
            foot + MARGIN,
            &self.title,
            &description,
            false,
        )
    }

    /// What the scale must hold.
    fn values(&self) -> impl Iterator<Item = f64> {
        let rows = self.rows.iter().filter(|r| known(r.value).is_some());
        let ends = rows.flat_map(|r| [r.value, r.low, r.high]);
        ends.chain([self.reference.as_ref().map(|(_, v)| *v)])
            .filter_map(known)
    }

    fn layout(&self, top: f64) -> (Layout, Ticks) {
        let px = self.width.px();
        let known_rows = || {
            self.rows
                .iter()
                .filter_map(|r| known(r.value).map(|v| (r, v)))
        };
        let decimals = theme::decimals(known_rows().map(|(_, v)| v));
        let names = Names::new(self.rows.iter().map(|r| r.label.as_str()), self.width, ROW);
        let numbers = known_rows().map(|(_, v)| theme::number(v, decimals));
        let value_room =
            text::widest(numbers.chain([self.unit.clone()]), TEXT_SIZE).min(px * 0.28) * 1.08;
        let remarks = text::widest(known_rows().filter_map(|(r, _)| r.note.as_ref()), TEXT_SIZE);
        let note_room = if self.width == Width::Narrow {
            0.0
        } else {
            remarks.min(px * 0.24)
        };
        let gap = if note_room > 0.0 { 12.0 } else { 0.0 };
        let value_end = px - MARGIN - note_room - gap;
        let bars = (MARGIN + names.room + 12.0, value_end - value_room - 14.0);
        let (low, high) = self
            .values()
            .fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
        let wanted = if bars.1 - bars.0 > 260.0 { 5 } else { 2 };
        let ticks = Ticks::around(low, high, wanted, decimals == 0);
        let scale = Scale::new(ticks.range(), bars);
        let plot = top + 26.0;
        let foot = plot + names.row * self.rows.len() as f64;
        (
            Layout {
                names,
                value_end,
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
        for &tick in &ticks.at {
            let x = l.scale.at(tick);
            let colour = if tick == 0.0 { LINE } else { GRID };
            svg.line((x, l.plot), (x, l.foot), colour, 1.0);
            svg.text(
                (x, l.foot + 20.0),
                &theme::number(tick, ticks.decimals),
                NOTE.middle(),
            );
        }
        let unit = text::fit(&self.unit, TEXT_SIZE, self.width.px() * 0.28);
        svg.cut_text((l.value_end, l.plot - 10.0), &unit, &self.unit, NOTE.end());
    }

    /// Name, bar, interval, number and remark; of an unknown row only the name.
    fn draw_row(&self, svg: &mut Svg, l: &Layout, row: &Row, top: f64) {
        let middle = top + l.names.row / 2.0;
        l.names.draw(svg, middle, &row.label, row.emphasis);
        let Some(value) = known(row.value) else {
            return;
        };
        let (zero, end) = (l.scale.at(0.0), l.scale.at(value));
        let area = (zero.min(end), middle - BAR / 2.0, (end - zero).abs(), BAR);
        let fill = if row.emphasis { ACCENT } else { OTHER };
        svg.titled_rect(area, fill, &self.sentence(row, l.decimals));
        if let (Some(low), Some(high)) = (known(row.low), known(row.high)) {
            draw_interval(svg, (l.scale.at(low), l.scale.at(high)), middle);
        }
        let base = middle + 5.0;
        let style = LABEL.bold(row.emphasis).end();
        svg.text(
            (l.value_end, base),
            &theme::number(value, l.decimals),
            style,
        );
        if l.note_room > 0.0 {
            let note = row.note.as_deref().unwrap_or_default();
            let shown = text::fit(note, TEXT_SIZE, l.note_room + 1.0);
            svg.cut_text((l.value_end + 12.0, base), &shown, note, NOTE);
        }
    }

    fn draw_reference(&self, svg: &mut Svg, l: &Layout) {
        let reference = self.reference.as_ref();
        let Some((name, value)) = reference.and_then(|(n, v)| Some((n, known(Some(*v))?))) else {
            return;
        };
        let x = l.scale.at(value);
        let line = format!("M{} {}V{}", number(x), number(l.plot - 6.0), number(l.foot));
        svg.stroke(&line, INK, 1.5, "5 3");
        let whole = format!(
            "{name} {}",
            theme::number(value, theme::decimals([value]).max(l.decimals))
        );
        let unit_room = text::width(&self.unit, TEXT_SIZE).min(self.width.px() * 0.28);
        let right = l.value_end - unit_room - 8.0;
        let shown = text::fit(&whole, TEXT_SIZE, right - MARGIN);
        let half = text::width(&shown, TEXT_SIZE) / 2.0;
        let middle = x.min(right - half).max(MARGIN + half);
        svg.cut_text((middle, l.plot - 10.0), &shown, &whole, LABEL.middle());
    }

    /// The remarks below the axis, where there is no room beside the numbers. Returns the y below everything.
    fn draw_remarks(&self, svg: &mut Svg, l: &Layout) -> f64 {
        let mut y = l.foot + 28.0;
        for row in self
            .rows
            .iter()
            .filter(|r| l.note_room == 0.0 && known(r.value).is_some())
        {
            if let Some(note) = row.note.as_ref().filter(|n| !n.is_empty()) {
                y = frame::paragraph(svg, y, self.width, &format!("{}：{note}", row.label), NOTE);
            }
        }
        y
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

/// A hatched stub and the word that says why.
fn draw_unknown(svg: &mut Svg, l: &Layout, row: &Row, top: f64) {
    let (middle, zero, stub) = (top + l.names.row / 2.0, l.scale.at(0.0), 2.0 * BAR);
    let (hatch, word) = (svg.hatch(), unknown_word(row));
    let area = (zero, middle - BAR / 2.0, stub, BAR);
    svg.titled_rect(area, &hatch, &format!("{} {word}", row.label));
    let shown = text::fit(word, TEXT_SIZE, l.value_end - zero - stub - 8.0);
    svg.cut_text(
        (zero + stub + 6.0, middle + 5.0),
        &shown,
        word,
        NOTE.rimmed(),
    );
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
