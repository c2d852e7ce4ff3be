//! The legend of a map: only what is drawn, in the caller's words.

use super::cluster::Spot;
use super::draw::draw_tally;
use super::{Fill, Map, class_colour};
use crate::frame::{self, Key, SWATCH};
use crate::svg::{LABEL, Svg};
use crate::theme::{self, INK, PAPER, Symbol};

impl Map {
    pub(super) fn draw_legend(&self, svg: &mut Svg, top: f64, spots: &[Spot]) -> f64 {
        let mut keys = self.class_keys();
        keys.extend(self.unknown_key());
        keys.extend(self.tally_keys());
        keys.extend(self.symbol_keys(spots));
        if spots.iter().any(|s| s.count > 1) {
            keys.push(Key {
                draw: Box::new(draw_group),
                word: theme::GROUPED.to_owned(),
            });
        }
        if keys.is_empty() {
            return top;
        }
        let below = frame::paragraph(svg, top, self.width, theme::LEGEND, LABEL.bold(true));
        frame::legend(svg, below, self.width, &keys) + theme::MARGIN / 2.0
    }

    fn class_keys(&self) -> Vec<Key<'_>> {
        let drawn = |class: usize| {
            self.shapes
                .iter()
                .any(|s| matches!(s.fill, Fill::Class(c) if usize::from(c).min(4) == class))
        };
        let classes = self
            .words
            .classes
            .iter()
            .take(theme::BLUES.len())
            .enumerate()
            .filter(|(i, _)| drawn(*i));
        classes
            .map(|(i, word)| Key {
                draw: Box::new(move |svg, x, y| draw_box(svg, class_colour(i as u8), x, y)),
                word: word.clone(),
            })
            .collect()
    }

    fn unknown_key(&self) -> Option<Key<'_>> {
        let drawn = self.shapes.iter().any(|s| s.fill == Fill::Unknown);
        let word = self
            .words
            .unknown
            .clone()
            .unwrap_or_else(|| theme::UNKNOWN.to_owned());
        drawn.then(|| Key {
            draw: Box::new(|svg, x, y| {
                let hatch = svg.hatch();
                draw_box(svg, &hatch, x, y);
            }),
            word,
        })
    }

    fn tally_keys(&self) -> Vec<Key<'_>> {
        let drawn = self
            .words
            .tallies
            .iter()
            .filter(|(tally, _)| self.places.iter().any(|p| p.tally == *tally));
        drawn
            .map(|(tally, word)| Key {
                draw: Box::new(move |svg: &mut Svg, x, y| {
                    draw_tally(svg, *tally, centre(x, y), None)
                }),
                word: word.clone(),
            })
            .collect()
    }

    fn symbol_keys(&self, spots: &[Spot]) -> Vec<Key<'_>> {
        let drawn = self
            .words
            .symbols
            .iter()
            .filter(|(symbol, _)| spots.iter().any(|s| s.symbol == Some(*symbol)));
        drawn
            .map(|(symbol, word)| Key {
                draw: Box::new(move |svg, x, y| draw_symbol(svg, *symbol, x, y)),
                word: word.clone(),
            })
            .collect()
    }
}

fn centre(x: f64, y: f64) -> (f64, f64) {
    (x + SWATCH / 2.0, y + SWATCH / 2.0)
}

fn draw_box(svg: &mut Svg, fill: &str, x: f64, y: f64) {
    svg.element(
        "rect",
        &[
            ("x", x.into()),
            ("y", y.into()),
            ("width", SWATCH.into()),
            ("height", SWATCH.into()),
            ("fill", fill.into()),
            ("stroke", theme::LINE.into()),
        ],
    );
}

fn draw_symbol(svg: &mut Svg, symbol: Symbol, x: f64, y: f64) {
    let (x, y) = centre(x, y);
    let (path, at) = (symbol.path(7.0), format!("translate({x:.1} {y:.1})"));
    svg.element(
        "path",
        &[
            ("d", (&path).into()),
            ("transform", (&at).into()),
            ("fill", symbol.colour().into()),
        ],
    );
}

fn draw_group(svg: &mut Svg, x: f64, y: f64) {
    let (x, y) = centre(x, y);
    svg.element(
        "circle",
        &[
            ("cx", x.into()),
            ("cy", y.into()),
            ("r", 7.5.into()),
            ("fill", PAPER.into()),
            ("stroke", INK.into()),
            ("stroke-width", 2.0.into()),
        ],
    );
}
