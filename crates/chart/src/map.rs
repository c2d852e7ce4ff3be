//! A map drawn on the server: shapes in classes, symbols, dots for places, with legend, scale bar and north.
//!
//! Coordinates are degrees (WGS 84 or JGD 2011), longitude first. The projection is equirectangular, true to scale at
//! the middle latitude, which is off by less than 1% within a prefecture.

mod cluster;
mod draw;
mod key;
mod label;
mod projection;

pub use projection::Extent;

use crate::frame;
use crate::svg::{NOTE, Svg};
use crate::theme::{self, BLUES, MARGIN, PAPER, Symbol, Width};
use projection::Projection;

/// How a shape is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fill {
    /// An outline on plain ground.
    #[default]
    None,
    /// One of the five sequential blues, 0 (low) to 4 (high); larger numbers count as 4.
    Class(u8),
    /// Hatched: the value is not known.
    Unknown,
}

/// A polygon, or several that belong together.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Rings of (longitude, latitude), of all parts; a ring inside another is a hole.
    pub rings: Vec<Vec<(f64, f64)>>,
    /// Name, written inside where there is room.
    pub label: Option<String>,
    /// Fill.
    pub fill: Fill,
    /// Thick outline in the accent: "us".
    pub emphasis: bool,
    /// Where a click leads.
    pub href: Option<String>,
    /// Tooltip, such as name and value; else the label.
    pub title: Option<String>,
}

/// A thing at a point.
#[derive(Debug, Clone)]
pub struct Marker {
    /// Longitude in degrees.
    pub lng: f64,
    /// Latitude in degrees.
    pub lat: f64,
    /// What kind of thing.
    pub symbol: Symbol,
    /// Tooltip and accessible name.
    pub title: String,
    /// Where a click leads.
    pub href: Option<String>,
    /// How many things it stands for, if more than one.
    pub count: Option<u32>,
}

/// How many of something a place has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tally {
    /// None: an open ring, so that a gap catches the eye.
    Zero,
    /// Exactly one: a pale dot.
    One,
    /// Two or more: a dark dot.
    More,
    /// Not known: a small cross.
    Unknown,
}

/// A small dot for a place.
#[derive(Debug, Clone)]
pub struct Place {
    /// Longitude in degrees.
    pub lng: f64,
    /// Latitude in degrees.
    pub lat: f64,
    /// How many it has.
    pub tally: Tally,
    /// Tooltip.
    pub title: String,
}

/// The caller's words for what the legend explains. It lists only what is drawn.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Ranges of the classes, low to high.
    pub classes: Vec<String>,
    /// Unknown shapes and places (else 不明).
    pub unknown: Option<String>,
    /// Names of the symbols.
    pub symbols: Vec<(Symbol, String)>,
    /// Names of the tallies.
    pub tallies: Vec<(Tally, String)>,
}

/// A map.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// Subject and unit.
    pub title: String,
    /// n, period.
    pub note: String,
    /// Drawn first, in order; emphasised outlines on top.
    pub shapes: Vec<Shape>,
    /// Small dots above the shapes.
    pub places: Vec<Place>,
    /// Symbols above the dots.
    pub markers: Vec<Marker>,
    /// What to show; `None` = everything given.
    pub extent: Option<Extent>,
    /// Symbols nearer than this many px are drawn as one with a count; `None` = never.
    pub cluster_px: Option<f64>,
    /// Where a click on such a group leads; `{bbox}` becomes `west,south,east,north` of its members.
    pub cluster_href: Option<String>,
    /// Words of the legend.
    pub words: Words,
    /// What could not be drawn and how many, as a whole sentence.
    pub not_drawn: Option<String>,
    /// Source and its date.
    pub source: String,
    /// Where it will stand.
    pub width: Width,
}

impl Map {
    /// The drawing; `id` is unique in the page.
    #[must_use]
    pub fn svg(&self, id: &str) -> String {
        let mut svg = Svg::new(id);
        let top = frame::heading(&mut svg, self.width, &self.title, &self.note);
        let projection = Projection::new(self.shown_extent(), (MARGIN, top), self.width);
        let (spots, outside) = cluster::group(
            &self.markers,
            &projection,
            self.cluster_px,
            self.cluster_href.as_deref(),
        );
        let area = projection.area();

        svg.define_clip("frame", area);
        let clip = svg.reference("frame");
        svg.open("g", &[("clip-path", (&clip).into())]);
        svg.rect(area, PAPER);
        self.draw_shapes(&mut svg, &projection);
        self.draw_places(&mut svg, &projection);
        svg.close("g");
        draw::draw_frame(&mut svg, area);
        for label in label::place(self, &spots, &projection) {
            svg.text((label.x, label.y), &label.text, label.style);
        }
        for spot in &spots {
            draw::draw_spot(&mut svg, spot);
        }
        draw::draw_strip(&mut svg, &projection);

        let mut y = self.draw_legend(&mut svg, area.1 + area.3 + draw::STRIP, &spots);
        for line in self.footnotes(outside) {
            y = frame::paragraph(&mut svg, y, self.width, &line, NOTE);
        }
        frame::finish(
            svg,
            self.width,
            y + MARGIN,
            &self.title,
            &self.description(outside),
            self.has_links(),
        )
    }

    fn shown_extent(&self) -> Extent {
        let rings = self
            .shapes
            .iter()
            .flat_map(|s| s.rings.iter().flatten().copied());
        let points = self
            .places
            .iter()
            .map(|p| (p.lng, p.lat))
            .chain(self.markers.iter().map(|m| (m.lng, m.lat)));
        self.extent
            .filter(Extent::is_sound)
            .unwrap_or_else(|| Extent::around(rings.chain(points)))
    }

    fn has_links(&self) -> bool {
        let grouped = self.cluster_px.is_some() && self.cluster_href.is_some();
        grouped
            || self.shapes.iter().any(|s| s.href.is_some())
            || self.markers.iter().any(|m| m.href.is_some())
    }

    fn footnotes(&self, outside: u64) -> Vec<String> {
        let mut lines = Vec::new();
        if outside > 0 {
            lines.push(format!(
                "{} {}{}",
                theme::OUTSIDE,
                theme::number(outside as f64, 0),
                theme::THINGS
            ));
        }
        lines.extend(self.not_drawn.clone());
        if !self.source.is_empty() {
            lines.push(format!("{}：{}", theme::SOURCE, self.source));
        }
        lines
    }

    fn description(&self, outside: u64) -> String {
        let title = |s: &Shape| s.title.clone().or(s.label.clone());
        let shapes: Vec<String> = self.shapes.iter().filter_map(title).collect();
        let symbols = Symbol::ALL.iter().filter_map(|symbol| {
            let count: u64 = self
                .markers
                .iter()
                .filter(|m| m.symbol == *symbol)
                .map(|m| u64::from(m.count.unwrap_or(1)))
                .sum();
            (count > 0).then(|| {
                format!(
                    "{} {}{}",
                    self.word(*symbol),
                    theme::number(count as f64, 0),
                    theme::THINGS
                )
            })
        });
        let facts: Vec<String> = shapes.into_iter().chain(symbols).collect();
        format!(
            "{}。{} {}",
            facts.join("；"),
            self.note,
            self.footnotes(outside).join("。")
        )
    }

    fn word(&self, symbol: Symbol) -> &str {
        self.words
            .symbols
            .iter()
            .find(|(s, _)| *s == symbol)
            .map_or("", |(_, word)| word)
    }
}

fn class_colour(class: u8) -> &'static str {
    BLUES[usize::from(class).min(BLUES.len() - 1)]
}

#[cfg(test)]
mod tests;
