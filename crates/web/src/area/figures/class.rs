//! Values in at most five classes: one colour of a map each.

use crate::wording::decimal;

/// The most classes that a map has colours for.
const MOST_CLASSES: usize = 5;

/// As it is printed: what reads alike has one colour.
fn printed(rate: f64) -> f64 {
    (rate * 10.0).round() / 10.0
}

/// Upper limits of at most five classes with about as many values in each; nothing at all is a class of its own.
pub fn class_limits(rates: Vec<f64>) -> Vec<f64> {
    let mut rates: Vec<f64> = rates.into_iter().map(printed).collect();
    rates.sort_by(f64::total_cmp);
    rates.dedup();
    let n_zero = rates.iter().take_while(|rate| **rate <= 0.0).count();
    let (zero, rates) = rates.split_at(n_zero);
    let n_classes = rates.len().min(MOST_CLASSES - n_zero);
    let limits = (1..=n_classes).map(|k| rates[(k * rates.len()).div_ceil(n_classes) - 1]);
    zero.iter().copied().chain(limits).collect()
}

/// In which class a value falls, from 0.
pub fn class(limits: &[f64], rate: f64) -> u8 {
    let class = limits
        .iter()
        .position(|limit| printed(rate) <= *limit)
        .unwrap_or(limits.len().saturating_sub(1));
    u8::try_from(class).unwrap_or(u8::MAX)
}

/// The range of each class, as a legend says it.
pub fn class_words(limits: &[f64]) -> Vec<String> {
    (0..limits.len())
        .map(
            |k| match k.checked_sub(1).and_then(|before| limits.get(before)) {
                None if limits[k] <= 0.0 => "0".to_owned(),
                None => format!("{}以下", decimal(limits[k])),
                Some(below) => format!("{}超〜{}", decimal(*below), decimal(limits[k])),
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_about_as_many_values_and_name_their_limits() {
        let limits = class_limits((1..=10).map(f64::from).collect());
        assert_eq!(limits, [2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(
            [1.0, 2.0, 2.1, 10.0].map(|rate| class(&limits, rate)),
            [0, 0, 1, 4]
        );
        assert_eq!(class_words(&limits)[..2], ["2.0以下", "2.0超〜4.0"]);
        assert_eq!(class_limits(vec![3.0, 3.0]), [3.0]);
        assert_eq!(class_limits(vec![13.26, 13.34, 20.0]), [13.3, 20.0]);
        let with_nothing = class_limits(vec![0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(with_nothing, [0.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(class_words(&with_nothing)[..2], ["0", "0.0超〜2.0"]);
        assert!(class_limits(vec![]).is_empty());
    }
}
