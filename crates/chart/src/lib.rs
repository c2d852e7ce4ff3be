//! Numbers in, SVG text out: every chart and server-drawn map, in one theme.
//!
//! The crate knows no domain: titles, names, units and the word for a missing value come from the caller.
//! A chart is a struct with public fields and `svg(&self, id)`, where `id` is unique in the page: it prefixes
//! every id inside. What comes out needs no script, style sheet or font file; it prints, and says in its
//! `<title>` and `<desc>` what it shows. The same input gives the same bytes.
//!
//! A value that is not known is `None`. It is drawn hatched or as a gap and named, never as zero. Numbers that are
//! not finite or lie beyond [`theme::LARGEST`] count as not known.
//!
//! All sizes are CSS pixels at the chart's own [`theme::Width`].

pub mod code;
pub mod map;
pub mod pyramid;
pub mod rank;
pub mod stacked;
pub mod theme;
pub mod trend;

mod frame;
mod scale;
mod svg;
mod text;
