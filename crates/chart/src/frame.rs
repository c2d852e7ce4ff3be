//! What every chart begins and ends with: title and note on top, and the sentence for those who do not see it.

use crate::svg::{Head, LABEL, NOTE, Style, Svg};
use crate::text;
use crate::theme::{MARGIN, TEXT_SIZE, TITLE_SIZE, Width};

const LINE_HEIGHT: f64 = 1.5;

/// Draws title and note, wrapped to the width. Returns the y below them.
pub(crate) fn heading(svg: &mut Svg, width: Width, title: &str, note: &str) -> f64 {
    let bold = Style {
        size: TITLE_SIZE,
        ..LABEL.bold(true)
    };
    let y = paragraph(svg, MARGIN, width, title, bold);
    let y = paragraph(svg, y, width, note, NOTE);
    y + MARGIN
}

/// Draws a text from `top`, wrapped to the width. Returns the y below it.
pub(crate) fn paragraph(svg: &mut Svg, top: f64, width: Width, content: &str, style: Style) -> f64 {
    let step = style.size * LINE_HEIGHT;
    let room = (width.px() - 2.0 * MARGIN) * if style.bold { 0.96 } else { 1.0 };
    let mut y = top;
    for line in text::wrap(content, style.size, room) {
        svg.text((MARGIN, y + style.size * 1.1), line.trim_end(), style);
        y += step;
    }
    y
}

/// Draws a swatch of [`SWATCH`] × [`SWATCH`] px from its left and top.
pub(crate) type DrawSwatch<'a> = Box<dyn Fn(&mut Svg, f64, f64) + 'a>;

/// A key of a legend: its swatch and its word.
pub(crate) struct Key<'a> {
    pub(crate) draw: DrawSwatch<'a>,
    pub(crate) word: String,
}

/// Side of a legend's swatch in px.
pub(crate) const SWATCH: f64 = 16.0;

/// Draws keys from `top`, as many in a line as fit. Returns the y below them.
pub(crate) fn legend(svg: &mut Svg, top: f64, width: Width, keys: &[Key]) -> f64 {
    if keys.is_empty() {
        return top;
    }
    let (right, row) = (width.px() - MARGIN, 24.0);
    let (mut x, mut y) = (MARGIN, top);
    for key in keys {
        let wide = SWATCH + 6.0 + text::width(&key.word, TEXT_SIZE);
        if x > MARGIN && x + wide > right {
            (x, y) = (MARGIN, y + row);
        }
        (key.draw)(svg, x, y + 3.0);
        let shown = text::fit(&key.word, TEXT_SIZE, right - x - SWATCH - 6.0);
        svg.cut_text((x + SWATCH + 6.0, y + 16.0), &shown, &key.word, LABEL);
        x += wide + 18.0;
    }
    y + row
}

/// Names at the left of rows, in two lines where one is too short.
pub(crate) struct Names {
    /// Width of the column in px.
    pub(crate) room: f64,
    /// Height of a row in px.
    pub(crate) row: f64,
}

impl Names {
    /// A column for these names, at most a third of the width; rows are `row` px high, or two lines.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>, width: Width, row: f64) -> Self {
        let widest = text::widest(names, TEXT_SIZE) * BOLD + 1.0;
        let room = widest.min(width.px() * 0.32);
        Self {
            room,
            row: if widest > room {
                row.max(2.0 * NAME_STEP + 8.0)
            } else {
                row
            },
        }
    }

    /// Draws a name around the middle of its row.
    pub(crate) fn draw(&self, svg: &mut Svg, middle: f64, name: &str, bold: bool) {
        let lines = text::wrap(name, TEXT_SIZE * BOLD, self.room);
        let style = LABEL.bold(bold);
        match lines.as_slice() {
            [] => {}
            [line] => svg.text((MARGIN, middle + 5.0), line, style),
            [first, rest @ ..] => {
                let rest = rest.concat();
                let shown = text::fit(&rest, TEXT_SIZE * BOLD, self.room);
                svg.text((MARGIN, middle + 5.0 - NAME_STEP / 2.0), first, style);
                svg.cut_text(
                    (MARGIN, middle + 5.0 + NAME_STEP / 2.0),
                    &shown,
                    &rest,
                    style,
                );
            }
        }
    }
}

/// Bold text is about this much wider.
const BOLD: f64 = 1.04;
/// From line to line of a name.
const NAME_STEP: f64 = 17.0;

/// Ends the drawing.
pub(crate) fn finish(
    svg: Svg,
    width: Width,
    height: f64,
    title: &str,
    description: &str,
    has_links: bool,
) -> String {
    svg.finish(&Head {
        title,
        description,
        width: width.px(),
        height,
        has_links,
    })
}
