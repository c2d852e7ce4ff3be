//! Whether a condition holds of answers, and what is reckoned from them.

use chrono::{Datelike, NaiveDate};

use super::value::{Value, Values};
use crate::definition::form::{Computed, Condition, Form, Item, Kind};

/// Whether `condition` holds.
#[must_use]
pub fn holds(condition: &Condition, values: &Values) -> bool {
    match condition {
        Condition::Is { item, codes } => match values.get(item) {
            Some(Value::Choice(code)) => codes.contains(code),
            Some(Value::Many(chosen)) => chosen.iter().any(|code| codes.contains(code)),
            _ => false,
        },
        Condition::Filled { item, is } => values.get(item).is_some() == *is,
        Condition::Any(parts) => parts.iter().any(|part| holds(part, values)),
        Condition::All(parts) => parts.iter().all(|part| holds(part, values)),
    }
}

/// Whether an item is asked, given the answers before it.
#[must_use]
pub fn shown(item: &Item, values: &Values) -> bool {
    let condition = item.shown_when.as_ref();
    condition.is_none_or(|condition| holds(condition, values))
}

/// What is reckoned; nothing while anything it needs is missing or wrong.
pub(super) fn computed(form: &Form, item: &Item, values: &Values) -> Option<Value> {
    let number = |code: &str| match values.get(code) {
        Some(Value::Number(number)) => Some(*number),
        Some(Value::Scores(_)) => total(form, code, values),
        _ => None,
    };
    let day = |code: &str| match values.get(code) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let reckoned = match item.computed.as_ref()? {
        Computed::Sum(items) => items.iter().map(|code| number(code)).sum::<Option<f64>>(),
        Computed::Count(item) => match values.get(item) {
            Some(Value::Many(codes)) => Some(codes.len() as f64),
            _ => None,
        },
        Computed::Age { born, on } => age(day(born)?, day(on)?),
        Computed::Days { from, until } => {
            let days = day(until)?.signed_duration_since(day(from)?).num_days() + 1;
            (days > 0).then_some(days as f64)
        }
        Computed::Bmi { weight, height } => {
            let metres = number(height)? / 100.0;
            (metres > 0.0).then_some(number(weight)? / (metres * metres))
        }
    };
    let decimals = match &item.kind {
        Kind::Number(measure) => measure.decimals,
        _ => 0,
    };
    let unit = 10_f64.powi(decimals.into());
    let rounded = (reckoned? * unit).round() / unit;
    rounded.is_finite().then_some(Value::Number(rounded))
}

/// All points of a scale together, once every part has some.
pub(super) fn total(form: &Form, code: &str, values: &Values) -> Option<f64> {
    let (Kind::Scale(parts), Value::Scores(scores)) = (&form.item(code)?.kind, values.get(code)?)
    else {
        return None;
    };
    let total: Option<i64> = parts
        .iter()
        .map(|part| scores.get(&part.code).copied())
        .sum();
    total.map(|total| total as f64)
}

/// Full years; one who was born on February 29 is a year older on March 1 of other years.
fn age(born: NaiveDate, on: NaiveDate) -> Option<f64> {
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    let years = on.year() - born.year() - i32::from(!had_birthday);
    (years >= 0).then_some(f64::from(years))
}
