//! A new form begins with the answers of the last one, and with what is known by now.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::one;
use super::raw::Raw;
use super::read::read;
use super::value::{Value, Values};
use super::words::words;
use crate::definition::form::{Form, Item, Prefill};

/// What is known before anybody writes: days in any way of writing, choices by code or word.
pub type Known = BTreeMap<Prefill, String>;

/// What a new form begins with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Begun {
    /// Answers that go on.
    pub values: Values,
    /// Answers that the new version has no place for, in the order of the old one.
    pub dropped: Vec<Dropped>,
}

/// An answer that did not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// What was asked.
    pub label: String,
    /// What was said.
    pub words: String,
}

/// Begins with what was written in `last`, a form of the same code, maybe in another version. What is asked anew each
/// time (`carried = false`) is left out without a word.
#[must_use]
pub fn begin_from(form: &Form, last: &Form, values: &Values, today: NaiveDate) -> Begun {
    let anew = |code: &str| form.item(code).is_some_and(|item| !item.carried);
    let kept = values.0.iter().filter(|(code, _)| !anew(code));
    let kept = Values(
        kept.map(|(code, value)| (code.clone(), value.clone()))
            .collect(),
    );
    carry(form, last, &kept, today)
}

/// Takes answers of `last` over into `form`.
fn carry(form: &Form, last: &Form, kept: &Values, today: NaiveDate) -> Begun {
    let mut read = read(form, &Raw::of(last, kept), today);
    let is_of_it = |code: &String| kept.0.contains_key(code);
    read.values.0.retain(|code, _| is_of_it(code));
    let mut dropped = Vec::new();
    for item in last.items().filter(|item| item.computed.is_none()) {
        let Some(old) = kept.get(&item.code) else {
            continue;
        };
        if !goes_on(old, read.values.get(&item.code)) {
            dropped.push(Dropped {
                label: item.label.clone(),
                words: words(item, Some(old)),
            });
        }
    }
    Begun {
        values: read.values,
        dropped,
    }
}

/// What was typed on the page of an older version, as it would have been typed on that of `form`; with it what has no place there.
#[must_use]
pub fn retype(form: &Form, old: &Form, raw: &Raw, today: NaiveDate) -> (Raw, Vec<Dropped>) {
    let reading = read(old, raw, today);
    let begun = carry(form, old, &reading.values, today);
    let (mut typed, mut dropped) = (Raw::of(form, &begun.values), begun.dropped);
    // What could not be read is left to whoever typed it.
    for fault in &reading.faults {
        let texts = raw.all(&fault.field);
        if form.item(&fault.item).is_some() {
            let is_new = typed.all(&fault.field).is_empty();
            for text in texts.iter().filter(|_| is_new) {
                typed.add(&fault.field, text.clone());
            }
        } else if !texts.concat().is_empty() {
            dropped.push(Dropped {
                label: old
                    .item(&fault.item)
                    .map_or_else(String::new, |it| it.label.clone()),
                words: texts.join("、"),
            });
        }
    }
    (typed, dropped)
}

/// Whether nothing of an answer is lost.
fn goes_on(old: &Value, new: Option<&Value>) -> bool {
    match (old, new) {
        (Value::Text(old), Some(Value::Text(new))) => {
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            bare(old) == bare(new)
        }
        (old, Some(new)) => old == new,
        (_, None) => false,
    }
}

/// The answers that are known, also of items that are asked only under a condition. Laid over [`begin_from`] with
/// [`Values::with`], for it is the newer; what does not fit the form is left for whoever writes.
#[must_use]
pub fn prefill(form: &Form, known: &Known, today: NaiveDate) -> Values {
    let answer = |item: &Item| {
        let text = known.get(&item.prefill?)?;
        let value = one::read(&item.kind, text, today).ok()??;
        Some((item.code.clone(), value))
    };
    Values(form.items().filter_map(answer).collect())
}
