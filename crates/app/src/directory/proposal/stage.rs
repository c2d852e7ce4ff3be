//! How far a proposal has come, and what may follow.

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for somebody who may approve it.
    Open,
    /// It counts.
    Approved,
    /// It was not taken.
    Rejected,
    /// Whoever made it took it back.
    Withdrawn,
}

/// What can happen to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Somebody who may says yes.
    Approve,
    /// Somebody who may says no.
    Reject,
    /// Whoever made it takes it back.
    Withdraw,
}

/// The step does not follow from the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("この申し出は、もう終わっています。")]
pub struct WrongState;

impl State {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Open, Self::Approved, Self::Rejected, Self::Withdrawn];

    /// The state after `step`.
    ///
    /// # Errors
    /// [`WrongState`] where the step does not follow.
    pub fn after(self, step: Step) -> Result<Self, WrongState> {
        match (self, step) {
            (Self::Open, Step::Approve) => Ok(Self::Approved),
            (Self::Open, Step::Reject) => Ok(Self::Rejected),
            (Self::Open, Step::Withdraw) => Ok(Self::Withdrawn),
            (
                Self::Approved | Self::Rejected | Self::Withdrawn,
                Step::Approve | Step::Reject | Step::Withdraw,
            ) => Err(WrongState),
        }
    }

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "承認待ち",
            Self::Approved => "承認済み",
            Self::Rejected => "見送り",
            Self::Withdrawn => "取り下げ",
        }
    }

    pub(super) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_printed_one() {
        let mut table = String::new();
        for state in State::ALL {
            let steps = [Step::Approve, Step::Reject, Step::Withdraw];
            let after = steps.map(|step| state.after(step).map_or("—", State::code));
            table.push_str(&format!("{}: {}\n", state.code(), after.join(" ")));
            assert_eq!(State::of(state.code()), Some(state));
        }
        assert_eq!(
            table,
            "open: approved rejected withdrawn\napproved: — — —\nrejected: — — —\nwithdrawn: — — —\n"
        );
    }
}
