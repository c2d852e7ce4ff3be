//! A map drawn on the server: shapes in classes, symbols, dots for places, with legend, scale bar and north.
//!
//! Coordinates are degrees (WGS 84 or JGD 2011), longitude first. The projection is equirectangular, true to scale at
//! the middle latitude, which is off by less than 1% within a prefecture.

mod cluster;
mod key;
mod label;
mod projection;

pub use projection::Extent;

use crate::frame;
use crate::svg::{Anchor, Attribute, LABEL, NOTE, Style, Svg};
use crate::theme::{self, ACCENT, BLUES, GROUND, INK, LINE, MARGIN, PAPER, Symbol, Width};
use cluster::Spot;
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
        for (_, label) in label::place(&self.shapes, &spots, &projection) {
            svg.text(
                (label.x, label.y),
                &label.text,
                Style {
                    anchor: Anchor::Middle,
                    rim: true,
                    bold: label.bold,
                    ..LABEL
                },
            );
        }
        for spot in &spots {
            draw_spot(&mut svg, spot);
        }
        draw_scale_bar(&mut svg, &projection);
        draw_north(&mut svg, area);

        let mut y = self.draw_legend(&mut svg, area.1 + area.3 + MARGIN, &spots);
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

    fn draw_shapes(&self, svg: &mut Svg, projection: &Projection) {
        for shape in &self.shapes {
            let path = projection.path(&shape.rings);
            if path.is_empty() {
                continue;
            }
            let title = shape
                .title
                .as_ref()
                .or(shape.label.as_ref())
                .map_or("", String::as_str);
            let fill = match shape.fill {
                Fill::None => GROUND.to_owned(),
                Fill::Class(class) => class_colour(class).to_owned(),
                Fill::Unknown => svg.hatch(),
            };
            let attributes = [
                ("d", (&path).into()),
                ("fill", (&fill).into()),
                ("fill-rule", "evenodd".into()),
                ("stroke", LINE.into()),
                ("stroke-width", 1.0.into()),
                ("stroke-linejoin", "round".into()),
            ];
            linked(svg, shape.href.as_deref(), title, |svg| {
                svg.titled("path", &attributes, title)
            });
        }
        for shape in self.shapes.iter().filter(|s| s.emphasis) {
            let path = projection.path(&shape.rings);
            if !path.is_empty() {
                svg.element(
                    "path",
                    &[
                        ("d", (&path).into()),
                        ("fill", "none".into()),
                        ("stroke", ACCENT.into()),
                        ("stroke-width", 2.5.into()),
                        ("stroke-linejoin", "round".into()),
                        ("pointer-events", "none".into()),
                    ],
                );
            }
        }
    }

    fn draw_places(&self, svg: &mut Svg, projection: &Projection) {
        let mut places: Vec<&Place> = self.places.iter().collect();
        places.sort_by_key(|p| std::cmp::Reverse(p.tally));
        for place in places {
            if let Some((x, y)) = projection.point(place.lng, place.lat) {
                draw_tally(svg, place.tally, (x, y), Some(&place.title));
            }
        }
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

/// Draws inside a link, if there is one.
fn linked(svg: &mut Svg, href: Option<&str>, title: &str, draw: impl FnOnce(&mut Svg)) {
    if let Some(href) = href {
        svg.open("a", &[("href", href.into()), ("aria-label", title.into())]);
    }
    draw(svg);
    if href.is_some() {
        svg.close("a");
    }
}

fn draw_spot(svg: &mut Svg, spot: &Spot) {
    linked(svg, spot.href.as_deref(), &spot.title, |svg| {
        let colour = spot.symbol.map_or(INK, Symbol::colour);
        let at = format!("translate({:.1} {:.1})", spot.x, spot.y);
        if spot.count > 1 {
            svg.open("g", &[("transform", (&at).into())]);
            svg.tooltip(&spot.title);
            let disc: [Attribute; 4] = [
                ("r", spot.radius().into()),
                ("fill", PAPER.into()),
                ("stroke", colour.into()),
                ("stroke-width", 2.5.into()),
            ];
            svg.element("circle", &disc);
            svg.text(
                (0.0, 5.0),
                &theme::number(f64::from(spot.count), 0),
                Style {
                    anchor: Anchor::Middle,
                    bold: true,
                    ..LABEL
                },
            );
            svg.close("g");
        } else if let Some(symbol) = spot.symbol {
            let path = symbol.path(spot.radius());
            let attributes: [Attribute; 5] = [
                ("d", (&path).into()),
                ("transform", (&at).into()),
                ("fill", colour.into()),
                ("stroke", PAPER.into()),
                ("stroke-width", 1.5.into()),
            ];
            svg.titled("path", &attributes, &spot.title);
        }
    });
}

fn draw_tally(svg: &mut Svg, tally: Tally, (x, y): (f64, f64), title: Option<&str>) {
    let (radius, fill, stroke) = match tally {
        Tally::Zero => (3.5, PAPER, INK),
        Tally::One => (3.0, BLUES[2], PAPER),
        Tally::More => (3.0, BLUES[4], PAPER),
        Tally::Unknown => {
            let path = format!("M{0:.1} {1:.1}l6 6m0 -6l-6 6", x - 3.0, y - 3.0);
            svg.titled(
                "path",
                &[
                    ("d", (&path).into()),
                    ("stroke", theme::MUTED.into()),
                    ("stroke-width", 1.5.into()),
                ],
                title.unwrap_or_default(),
            );
            return;
        }
    };
    let width = if tally == Tally::Zero { 1.8 } else { 0.6 };
    let attributes: [Attribute; 6] = [
        ("cx", x.into()),
        ("cy", y.into()),
        ("r", radius.into()),
        ("fill", fill.into()),
        ("stroke", stroke.into()),
        ("stroke-width", width.into()),
    ];
    svg.titled("circle", &attributes, title.unwrap_or_default());
}

fn draw_scale_bar(svg: &mut Svg, projection: &Projection) {
    let (x, y, width, height) = projection.area();
    let Some((km, px)) = projection.scale_bar(width * 0.25) else {
        return;
    };
    let (left, base) = (x + 10.0, y + height - 12.0);
    let path = format!(
        "M{left:.1} {0:.1}V{base:.1}H{1:.1}V{0:.1}",
        base - 6.0,
        left + px
    );
    for (stroke, width) in [(PAPER, 5.0), (INK, 1.5)] {
        svg.element(
            "path",
            &[
                ("d", (&path).into()),
                ("fill", "none".into()),
                ("stroke", stroke.into()),
                ("stroke-width", width.into()),
            ],
        );
    }
    let decimals = if km < 0.095 {
        2
    } else {
        usize::from(km < 0.95)
    };
    let style = Style { rim: true, ..LABEL };
    svg.text(
        (left + 2.0, base - 9.0),
        &format!("{} km", theme::number(km, decimals)),
        style,
    );
}

fn draw_north(svg: &mut Svg, (x, y, width, _): (f64, f64, f64, f64)) {
    let (middle, top) = (x + width - 18.0, y + 8.0);
    let path = format!("M{middle:.1} {top:.1}l7 20l-7 -5l-7 5Z");
    svg.element(
        "path",
        &[
            ("d", (&path).into()),
            ("fill", INK.into()),
            ("stroke", PAPER.into()),
            ("stroke-width", 2.0.into()),
            ("paint-order", "stroke".into()),
        ],
    );
    svg.text(
        (middle, top + 36.0),
        theme::NORTH,
        Style {
            anchor: Anchor::Middle,
            rim: true,
            ..LABEL
        },
    );
}

#[cfg(test)]
mod tests;
