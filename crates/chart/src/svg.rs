//! Writes SVG text: escaped, with fixed decimals, the document's head around the body.

use crate::theme;

/// An attribute's value.
pub(crate) enum Value<'a> {
    Number(f64),
    Text(&'a str),
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

/// Name and value of an attribute.
pub(crate) type Attribute<'a> = (&'a str, Value<'a>);

/// Where a text's `x` stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) size: f64,
    pub(crate) fill: &'static str,
    pub(crate) bold: bool,
    pub(crate) anchor: Anchor,
    /// Colour of the rim that keeps the text readable over lines and fills.
    pub(crate) rim: Option<&'static str>,
}

impl Style {
    pub(crate) const fn middle(self) -> Self {
        Self {
            anchor: Anchor::Middle,
            ..self
        }
    }

    pub(crate) const fn end(self) -> Self {
        Self {
            anchor: Anchor::End,
            ..self
        }
    }

    pub(crate) const fn bold(self, bold: bool) -> Self {
        Self { bold, ..self }
    }

    pub(crate) const fn filled(self, fill: &'static str) -> Self {
        Self { fill, ..self }
    }

    /// With a white rim.
    pub(crate) const fn rimmed(self) -> Self {
        Self {
            rim: Some(theme::PAPER),
            ..self
        }
    }
}

/// Ordinary label.
pub(crate) const LABEL: Style = Style {
    size: theme::TEXT_SIZE,
    fill: theme::INK,
    bold: false,
    anchor: Anchor::Start,
    rim: None,
};
/// Ticks and notes.
pub(crate) const NOTE: Style = Style {
    fill: theme::MUTED,
    ..LABEL
};

/// What stands around the body.
pub(crate) struct Head<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// With links inside, the drawing is a group of things and no single image (ARIA: children of `img` are hidden).
    pub(crate) has_links: bool,
}

/// A drawing under way.
pub(crate) struct Svg {
    id: String,
    body: String,
    definitions: String,
}

impl Svg {
    /// Begins a drawing; characters of `id` that a reference could not hold become `-`.
    pub(crate) fn new(id: &str) -> Self {
        let id = id
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '_' {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        Self {
            id,
            body: String::new(),
            definitions: String::new(),
        }
    }

    /// Fill of what is not known.
    pub(crate) fn hatch(&self) -> String {
        self.reference("unknown")
    }

    /// `url(#…)` of a definition of this drawing.
    pub(crate) fn reference(&self, name: &str) -> String {
        format!("url(#{}-{name})", self.id)
    }

    /// Adds a pattern of `size` px; `inside` is its markup.
    pub(crate) fn define_pattern(&mut self, name: &str, size: f64, ground: &str, inside: &str) {
        self.definitions.push_str(&format!(
            r#"<pattern id="{}-{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse"><rect width="{size}" height="{size}" fill="{ground}"/>{inside}</pattern>"#,
            self.id
        ));
    }

    /// Adds a clip to a rectangle.
    pub(crate) fn define_clip(&mut self, name: &str, (x, y, w, h): (f64, f64, f64, f64)) {
        let (x, y, w, h) = (number(x), number(y), number(w), number(h));
        self.definitions.push_str(&format!(
            r#"<clipPath id="{}-{name}"><rect x="{x}" y="{y}" width="{w}" height="{h}"/></clipPath>"#,
            self.id
        ));
    }

    /// An element without content.
    pub(crate) fn element(&mut self, name: &str, attributes: &[Attribute]) {
        self.tag(name, attributes);
        self.body.push_str("/>");
    }

    /// An element whose only content is its tooltip.
    pub(crate) fn titled(&mut self, name: &str, attributes: &[Attribute], title: &str) {
        self.open(name, attributes);
        self.tooltip(title);
        self.close(name);
    }

    /// Begins an element.
    pub(crate) fn open(&mut self, name: &str, attributes: &[Attribute]) {
        self.tag(name, attributes);
        self.body.push('>');
    }

    /// Ends an element.
    pub(crate) fn close(&mut self, name: &str) {
        self.body.push_str(&format!("</{name}>"));
    }

    /// The tooltip and accessible name of the element that was just opened.
    pub(crate) fn tooltip(&mut self, title: &str) {
        self.body
            .push_str(&format!("<title>{}</title>", escape(title)));
    }

    fn tag(&mut self, name: &str, attributes: &[Attribute]) {
        self.body.push('<');
        self.body.push_str(name);
        for (key, value) in attributes {
            let value = match value {
                Value::Number(n) => number(*n),
                Value::Text(t) => escape(t),
            };
            self.body.push_str(&format!(r#" {key}="{value}""#));
        }
    }

    /// A filled rectangle.
    pub(crate) fn rect(&mut self, (x, y, w, h): (f64, f64, f64, f64), fill: &str) {
        self.element("rect", &rectangle((x, y, w, h), fill));
    }

    /// A filled rectangle with a tooltip.
    pub(crate) fn titled_rect(&mut self, area: (f64, f64, f64, f64), fill: &str, title: &str) {
        self.titled("rect", &rectangle(area, fill), title);
    }

    /// A straight line.
    pub(crate) fn line(
        &mut self,
        (x1, y1): (f64, f64),
        (x2, y2): (f64, f64),
        stroke: &str,
        width: f64,
    ) {
        self.element("line", &line((x1, y1), (x2, y2), stroke, width));
    }

    /// A path that is only stroked, dashed if `dashes` is not empty.
    pub(crate) fn stroke(&mut self, path: &str, colour: &str, width: f64, dashes: &str) {
        let mut attributes: Vec<Attribute> = vec![
            ("d", path.into()),
            ("fill", "none".into()),
            ("stroke", colour.into()),
            ("stroke-width", width.into()),
            ("stroke-linejoin", "round".into()),
        ];
        if !dashes.is_empty() {
            attributes.push(("stroke-dasharray", dashes.into()));
        }
        self.element("path", &attributes);
    }

    /// A text whose baseline stands at `y`. An empty text draws nothing.
    pub(crate) fn text(&mut self, (x, y): (f64, f64), text: &str, style: Style) {
        self.cut_text((x, y), text, text, style);
    }

    /// A text that may be cut short; then the whole is its tooltip.
    pub(crate) fn cut_text(&mut self, (x, y): (f64, f64), shown: &str, whole: &str, style: Style) {
        if shown.is_empty() {
            return;
        }
        let mut attributes: Vec<Attribute> = vec![
            ("x", x.into()),
            ("y", y.into()),
            ("font-size", style.size.into()),
            ("fill", style.fill.into()),
        ];
        if style.bold {
            attributes.push(("font-weight", "700".into()));
        }
        match style.anchor {
            Anchor::Start => {}
            Anchor::Middle => attributes.push(("text-anchor", "middle".into())),
            Anchor::End => attributes.push(("text-anchor", "end".into())),
        }
        if let Some(rim) = style.rim {
            attributes.extend([
                ("stroke", rim.into()),
                ("stroke-width", 3.5.into()),
                ("stroke-linejoin", "round".into()),
                ("paint-order", "stroke".into()),
            ]);
        }
        self.open("text", &attributes);
        self.body.push_str(&escape(shown));
        if shown != whole {
            self.tooltip(whole);
        }
        self.close("text");
    }

    /// The whole document.
    pub(crate) fn finish(self, head: &Head) -> String {
        let Self {
            id,
            body,
            definitions,
        } = self;
        let (width, height) = (number(head.width), number(head.height));
        let role = if head.has_links { "group" } else { "img" };
        let hatch = format!(
            r#"<pattern id="{id}-unknown" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="{}"/><path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" stroke="{}" stroke-width="1"/></pattern>"#,
            theme::PAPER,
            theme::LINE
        );
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="{role}" aria-labelledby="{id}-title {id}-desc" font-family="{font}" font-variant="tabular-nums"><title id="{id}-title">{title}</title><desc id="{id}-desc">{desc}</desc><defs>{hatch}{definitions}</defs><rect width="{width}" height="{height}" fill="{paper}"/>{body}</svg>"#,
            font = theme::FONT,
            title = escape(head.title),
            desc = escape(head.description),
            paper = theme::PAPER,
        )
    }
}

fn rectangle((x, y, w, h): (f64, f64, f64, f64), fill: &str) -> [Attribute<'_>; 5] {
    [
        ("x", x.into()),
        ("y", y.into()),
        ("width", w.max(0.0).into()),
        ("height", h.max(0.0).into()),
        ("fill", fill.into()),
    ]
}

fn line(
    (x1, y1): (f64, f64),
    (x2, y2): (f64, f64),
    stroke: &str,
    width: f64,
) -> [Attribute<'_>; 6] {
    [
        ("x1", x1.into()),
        ("y1", y1.into()),
        ("x2", x2.into()),
        ("y2", y2.into()),
        ("stroke", stroke.into()),
        ("stroke-width", width.into()),
    ]
}

/// A coordinate with at most two decimals.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// Escapes what XML gives a meaning, and drops the control characters it cannot hold.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_gives_a_meaning_is_escaped() {
        assert_eq!(escape("a<b>&\"'\u{1}"), "a&lt;b&gt;&amp;&quot;&#39;");
    }

    #[test]
    fn coordinates_have_at_most_two_decimals() {
        assert_eq!(number(1.0), "1");
        assert_eq!(number(1.005_1), "1.01");
        assert_eq!(number(-0.001), "0");
        assert_eq!(number(100.0), "100");
    }

    #[test]
    fn a_text_that_was_cut_keeps_the_whole_as_tooltip() {
        let mut svg = Svg::new("a");
        svg.cut_text((0.0, 0.0), "長…", "長い名", LABEL);
        let out = svg.finish(&Head {
            title: "t",
            description: "d",
            width: 10.0,
            height: 10.0,
            has_links: false,
        });
        assert!(out.contains("長…<title>長い名</title>"));
    }
}
