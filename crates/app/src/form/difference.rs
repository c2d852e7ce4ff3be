//! What two fillings of a form say otherwise, in words.

use super::value::Values;
use super::words::words;
use crate::definition::form::Form;

/// An item that says something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Code of the item.
    pub item: String,
    /// The heading it stands under.
    pub section: String,
    /// What is asked.
    pub label: String,
    /// Empty where nothing was said.
    pub before: String,
    /// Empty where nothing is said any more.
    pub after: String,
}

/// What `new` says otherwise than `old`, in the order of the form.
#[must_use]
pub fn differences(form: &Form, old: &Values, new: &Values) -> Vec<Difference> {
    let mut found = Vec::new();
    for section in &form.sections {
        for item in &section.items {
            let (before, after) = (old.get(&item.code), new.get(&item.code));
            if before != after {
                found.push(Difference {
                    item: item.code.clone(),
                    section: section.title.clone(),
                    label: item.label.clone(),
                    before: words(item, before),
                    after: words(item, after),
                });
            }
        }
    }
    found
}
