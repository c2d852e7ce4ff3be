//! An area's numbers as figures: people by age and year, resources beside others, towns within reach.

mod class;
pub mod people;
pub mod reach;
pub mod resource;

use crate::page::Link;
use crate::wording::{UNKNOWN, number};

/// Which area the figures are of.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Code, as in the address of its page.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
    /// What else the address of a figure's files says: `?capability=…`, or nothing.
    pub query: &'a str,
}

impl Subject<'_> {
    fn downloads(&self, id: &str) -> Vec<Link> {
        let at = |format: &str| format!("/areas/{}/figures/{id}.{format}{}", self.code, self.query);
        vec![
            Link::new(at("svg"), "図を保存（SVG）"),
            Link::new(at("csv"), "表を保存（CSV）"),
        ]
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn float(value: i64) -> f64 {
    value as f64
}

fn cell(value: Option<i64>) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), number)
}
