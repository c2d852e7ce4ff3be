//! Draws what stands on a map: shapes, dots, symbols, scale bar and north.

use super::cluster::Spot;
use super::projection::Projection;
use super::{Fill, Map, Place, Tally, class_colour};
use crate::svg::{Attribute, LABEL, Svg};
use crate::theme::{self, ACCENT, BLUES, GRID, GROUND, INK, LINE, PAPER, Symbol};

impl Map {
    pub(super) fn draw_shapes(&self, svg: &mut Svg, projection: &Projection) {
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
                svg.stroke(&path, PAPER, 5.0, "");
                svg.stroke(&path, ACCENT, 2.5, "");
            }
        }
    }

    pub(super) fn draw_places(&self, svg: &mut Svg, projection: &Projection) {
        let mut places: Vec<&Place> = self.places.iter().collect();
        places.sort_by_key(|p| std::cmp::Reverse(p.tally));
        for place in places {
            if let Some((x, y)) = projection.point(place.lng, place.lat) {
                draw_tally(svg, place.tally, (x, y), Some(&place.title));
            }
        }
    }
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

pub(super) fn draw_spot(svg: &mut Svg, spot: &Spot) {
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
                LABEL.middle().bold(true),
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

pub(super) fn draw_tally(svg: &mut Svg, tally: Tally, (x, y): (f64, f64), title: Option<&str>) {
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

/// A hairline around the map.
pub(super) fn draw_frame(svg: &mut Svg, (x, y, width, height): (f64, f64, f64, f64)) {
    let path = format!("M{x:.1} {y:.1}h{width:.1}v{height:.1}h-{width:.1}Z");
    svg.stroke(&path, GRID, 1.0, "");
}

/// Height in px of the strip that [`draw_strip`] draws.
pub(super) const STRIP: f64 = 36.0;

/// Draws the strip below the map: the scale bar and the arrow to the north.
pub(super) fn draw_strip(svg: &mut Svg, projection: &Projection) {
    let (x, y, width, height) = projection.area();
    let (left, base) = (x + 2.0, y + height + 22.0);
    let mut end = left;
    if let Some((km, px)) = projection.scale_bar(width * 0.25) {
        let bar = format!(
            "M{left:.1} {0:.1}V{base:.1}H{1:.1}V{0:.1}",
            base - 6.0,
            left + px
        );
        svg.stroke(&bar, INK, 1.5, "");
        let decimals = (-km.log10().floor()).clamp(0.0, 2.0) as usize;
        svg.text(
            (left + px + 6.0, base),
            &format!("{} km", theme::number(km, decimals)),
            LABEL,
        );
        end = left + px + 80.0;
    }
    let arrow = format!("M{:.1} {:.1}l6 17l-6 -4l-6 4Z", end + 6.0, base - 15.0);
    svg.element("path", &[("d", (&arrow).into()), ("fill", INK.into())]);
    svg.text((end + 16.0, base), theme::NORTH, LABEL);
}
