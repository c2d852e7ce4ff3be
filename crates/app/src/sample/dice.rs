//! Seeded chance: the same seed, subject and number always fall the same way.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of chance for one subject ("edge", "names", …) with a number of its own, so that adding a draw
/// to one subject never moves another.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of `subject` number `index` under `seed`.
    pub fn new(seed: u64, subject: &str, index: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&index.to_le_bytes());
        let label = subject.as_bytes();
        let n = label.len().min(16);
        key[16..16 + n].copy_from_slice(&label[..n]);
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Between `low` (included) and `high` (not).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.0.random::<f64>() * (high - low)
    }

    /// True with the probability `share`.
    pub fn chance(&mut self, share: f64) -> bool {
        self.0.random::<f64>() < share
    }

    /// A whole number from `low` to `high`, both included.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// One of `items`, each as likely as any other.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.0.random_range(0..items.len())]
    }

    /// The place of one of `weights`, in proportion to its weight; the weights are not all zero.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut rest = self.between(0.0, weights.iter().sum());
        for (at, weight) in weights.iter().enumerate() {
            if rest < *weight {
                return at;
            }
            rest -= weight;
        }
        weights
            .iter()
            .rposition(|weight| *weight > 0.0)
            .unwrap_or(0)
    }

    /// About normal with mean 0 and deviation 1, never beyond ±6 (a sum of twelve even draws).
    pub fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.0.random::<f64>()).sum::<f64>() - 6.0
    }

    /// Puts `items` into a chance order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_subject_and_number_fall_the_same_way() {
        let draw =
            |seed, subject, index| Dice::new(seed, subject, index).between(0.0, 1.0).to_bits();
        assert_eq!(draw(1, "edge", 2), draw(1, "edge", 2));
        assert_ne!(draw(1, "edge", 2), draw(2, "edge", 2));
        assert_ne!(draw(1, "edge", 2), draw(1, "node", 2));
        assert_ne!(draw(1, "edge", 2), draw(1, "edge", 3));
    }

    #[test]
    fn a_weight_of_zero_is_never_drawn() {
        let mut dice = Dice::new(7, "weights", 0);
        let mut seen = [0; 3];
        for _ in 0..3_000 {
            seen[dice.weighted(&[1.0, 0.0, 2.0])] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((800..1_200).contains(&seen[0]), "{seen:?}");
    }
}
