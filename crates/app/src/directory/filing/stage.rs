//! Where a filing stands, and what may follow.

/// Where a filing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing is to follow.
    Recorded,
    /// Something is.
    Waiting,
    /// It was done.
    Followed,
    /// It was written down by mistake.
    TakenBack,
}

/// What can happen to a filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// What was to follow is done.
    FollowUp,
    /// It was a mistake.
    TakeBack,
}

/// The step does not follow from the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("この記録は、もう済んでいるか、取り消されています。")]
pub struct WrongState;

impl State {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::Recorded,
        Self::Waiting,
        Self::Followed,
        Self::TakenBack,
    ];

    /// The state after `step`.
    ///
    /// # Errors
    /// [`WrongState`] where the step does not follow.
    pub fn after(self, step: Step) -> Result<Self, WrongState> {
        match (self, step) {
            (Self::Waiting, Step::FollowUp) => Ok(Self::Followed),
            (Self::Recorded | Self::Waiting | Self::Followed, Step::TakeBack) => {
                Ok(Self::TakenBack)
            }
            (Self::Recorded | Self::Followed | Self::TakenBack, Step::FollowUp)
            | (Self::TakenBack, Step::TakeBack) => Err(WrongState),
        }
    }

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Waiting => "waiting",
            Self::Followed => "followed",
            Self::TakenBack => "taken_back",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Recorded => "記録済み",
            Self::Waiting => "対応待ち",
            Self::Followed => "対応済み",
            Self::TakenBack => "取消し",
        }
    }

    /// By its code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
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
            let steps = [Step::FollowUp, Step::TakeBack];
            let after = steps.map(|step| state.after(step).map_or("—", State::code));
            table.push_str(&format!("{}: {}\n", state.code(), after.join(" ")));
            assert_eq!(State::of(state.code()), Some(state));
        }
        assert_eq!(
            table,
            "recorded: — taken_back\nwaiting: followed taken_back\nfollowed: — taken_back\ntaken_back: — —\n"
        );
    }
}
