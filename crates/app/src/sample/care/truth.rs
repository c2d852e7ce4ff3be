//! What was left out in truth, step by step: counted by the story, never by the engine.

use std::collections::BTreeMap;

/// Steps that were called for in stays that are long over, and those of them that nobody ever did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth(pub BTreeMap<&'static str, Counted>);

/// Of one step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Done, in time or not.
    pub n_done: u64,
    /// 未実施.
    pub n_omitted: u64,
}

impl Truth {
    /// A step was called for.
    pub(super) fn count(&mut self, step: &'static str, is_done: bool) {
        let it = self.0.entry(step).or_default();
        it.n_done += u64::from(is_done);
        it.n_omitted += u64::from(!is_done);
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (step, counted) in &other.0 {
            let it = self.0.entry(step).or_default();
            it.n_done += counted.n_done;
            it.n_omitted += counted.n_omitted;
        }
    }
}
