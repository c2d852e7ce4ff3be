//! A linear scale from values to pixels, and round ticks on it.

/// Maps values linearly to pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    from: (f64, f64),
    to: (f64, f64),
}

impl Scale {
    /// From the values `from.0..=from.1` to the pixels `to.0..=to.1`. An empty range of values becomes one unit wide.
    pub(crate) fn new(from: (f64, f64), to: (f64, f64)) -> Self {
        Self {
            from: widen(from),
            to,
        }
    }

    /// Pixel of a value; values outside the range stop at its ends.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = (value - self.from.0) / (self.from.1 - self.from.0);
        self.to.0 + share.clamp(0.0, 1.0) * (self.to.1 - self.to.0)
    }
}

fn widen((low, high): (f64, f64)) -> (f64, f64) {
    let least = low.abs().max(high.abs()).max(1e-6) * 1e-6;
    if high - low < least {
        (low, low + least.max(1.0))
    } else {
        (low, high)
    }
}

/// Round values that a reader can read off, and the decimals they need.
#[derive(Debug)]
pub(crate) struct Ticks {
    /// Ascending; the first is at most the least value, the last at least the greatest.
    pub(crate) at: Vec<f64>,
    /// Decimals that tell the ticks apart.
    pub(crate) decimals: usize,
}

impl Ticks {
    /// Ticks around `low..=high`, about `wanted` steps of 1, 2 or 5 times a power of ten; whole steps if `whole`.
    pub(crate) fn around(low: f64, high: f64, wanted: usize, whole: bool) -> Self {
        let (low, high) = widen((low, high));
        let raw = (high - low) / wanted.max(1) as f64;
        let power = 10f64.powf(raw.log10().floor());
        let factor = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .find(|f| f * power >= raw * 0.999)
            .unwrap_or(10.0);
        let step = if whole {
            (factor * power).max(1.0)
        } else {
            factor * power
        };
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let count = (last - first).clamp(1.0, 50.0) as usize;
        let at = (0..=count).map(|i| (first + i as f64) * step).collect();
        let decimals = (-(step * 1.0001).log10().floor()).clamp(0.0, 9.0) as usize;
        Self { at, decimals }
    }

    /// The range the ticks span.
    pub(crate) fn range(&self) -> (f64, f64) {
        (self.at[0], self.at[self.at.len() - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(
            Ticks::around(0.0, 97.0, 5, false).at,
            [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
        );
        let fine = Ticks::around(0.0, 0.9, 5, false);
        assert_eq!((fine.at.len(), fine.decimals), (6, 1));
        assert_eq!(Ticks::around(0.0, 2.0, 5, true).at, [0.0, 1.0, 2.0]);
    }

    #[test]
    fn an_empty_range_still_has_a_scale() {
        assert!(Scale::new((5.0, 5.0), (0.0, 100.0)).at(5.0).is_finite());
        assert!(Ticks::around(0.0, 0.0, 4, false).at.len() >= 2);
    }

    proptest! {
        #[test]
        fn ticks_enclose_the_values(low in -1e13..1e13, span in 0.0..1e13, wanted in 1usize..9) {
            let ticks = Ticks::around(low, low + span, wanted, false);
            let slack = (low.abs() + span) * 1e-6;
            prop_assert!(ticks.range().0 <= low + slack && ticks.range().1 >= low + span - slack);
            prop_assert!(ticks.at.windows(2).all(|w| w[0] < w[1]) && ticks.at.len() <= wanted + 3);
        }
    }
}
