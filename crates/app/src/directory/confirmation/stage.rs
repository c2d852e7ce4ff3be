//! How far an asking has come, and what may follow.

/// Where an asking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The letter went out.
    Asked,
    /// A second one did.
    Reminded,
    /// All that was asked is confirmed.
    Answered,
    /// Nobody answered in time.
    Lapsed,
}

/// What can happen to an asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Three weeks are over.
    Remind,
    /// Nothing is left to be confirmed.
    Answer,
    /// Six weeks are over.
    Lapse,
}

/// The step does not follow from the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("この確認のお願いは、もう終わっています。")]
pub struct WrongState;

impl State {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Asked, Self::Reminded, Self::Answered, Self::Lapsed];

    /// The state after `step`. A late answer is welcome.
    ///
    /// # Errors
    /// [`WrongState`] where the step does not follow.
    pub fn after(self, step: Step) -> Result<Self, WrongState> {
        match (self, step) {
            (Self::Asked, Step::Remind) => Ok(Self::Reminded),
            (Self::Asked | Self::Reminded | Self::Lapsed, Step::Answer) => Ok(Self::Answered),
            (Self::Asked | Self::Reminded, Step::Lapse) => Ok(Self::Lapsed),
            (Self::Reminded | Self::Answered | Self::Lapsed, Step::Remind)
            | (Self::Answered, Step::Answer)
            | (Self::Answered | Self::Lapsed, Step::Lapse) => Err(WrongState),
        }
    }

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Reminded => "reminded",
            Self::Answered => "answered",
            Self::Lapsed => "lapsed",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Asked => "返事待ち",
            Self::Reminded => "返事待ち（催促済み）",
            Self::Answered => "確認済み",
            Self::Lapsed => "返事なし",
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
            let steps = [Step::Remind, Step::Answer, Step::Lapse];
            let after = steps.map(|step| state.after(step).map_or("—", State::code));
            table.push_str(&format!("{}: {}\n", state.code(), after.join(" ")));
            assert_eq!(State::of(state.code()), Some(state));
        }
        assert_eq!(
            table,
            "asked: reminded answered lapsed\nreminded: — answered lapsed\nanswered: — — —\nlapsed: — answered —\n"
        );
    }
}
