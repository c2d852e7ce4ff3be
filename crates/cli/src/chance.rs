//! The one place that reads the system's randomness.

use keniki_base::chance::Chance;

/// The operating system's own.
#[derive(Debug, Clone, Copy)]
pub struct SystemChance;

impl Chance for SystemChance {
    /// Ends the program where the system has none: no secret may be guessable.
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}
