//! What a list is narrowed by, each taken away by one click: buttons of a form, for what is asked of people stands in no address.

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Chips {
    /// Where the buttons lead.
    pub action: &'static str,
    /// What goes with each of them: names and values.
    pub kept: Vec<(&'static str, String)>,
    /// The field that a button takes away, and its words.
    pub each: Vec<(&'static str, String)>,
}

impl Chips {
    /// Nothing is narrowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.each.is_empty()
    }
}
