//! Randomness as a parameter: the trait, and one that repeats itself for tests and samples.

use std::sync::Mutex;

/// Gives bytes that nobody can guess. The system's own lives in `cli`.
pub trait Chance: Send + Sync {
    /// Fills the whole of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// Gives the same bytes again from the same seed: never for a secret of a real installation.
#[derive(Debug)]
pub struct SeededChance(Mutex<u64>);

impl SeededChance {
    /// Begins at `seed`.
    pub fn of(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Chance for SeededChance {
    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().expect("nobody panics while counting");
        for some in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            some.copy_from_slice(&mixed.to_le_bytes()[..some.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(chance: &SeededChance) -> [u8; 20] {
        let mut bytes = [0; 20];
        chance.fill(&mut bytes);
        bytes
    }

    #[test]
    fn a_seed_gives_the_same_bytes_again_and_never_twice_in_a_row() {
        let (one, other) = (SeededChance::of(7), SeededChance::of(7));
        let first = drawn(&one);
        assert_eq!(first, drawn(&other));
        assert_ne!(first, drawn(&one));
        assert_ne!(drawn(&SeededChance::of(8)), first);
    }
}
