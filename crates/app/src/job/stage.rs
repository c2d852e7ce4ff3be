//! How far a job has come, and what may follow.

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for a worker, or for the time of its next try.
    Queued,
    /// A worker has it.
    Running,
    /// It ended as it should; its result is kept.
    Done,
    /// It ended otherwise; the reason is kept.
    Failed,
    /// Somebody called it off.
    Cancelled,
}

/// What can happen to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A worker takes it, or takes it up again where another one ended in the middle.
    Take,
    /// It did its work.
    Finish,
    /// It did not, and is to be tried again later.
    PutOff,
    /// It did not, and never will.
    Fail,
    /// Somebody calls it off.
    Cancel,
}

/// The step does not follow from the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("この処理は、もう終わっているか、まだ始まっていません。")]
pub struct WrongState;

impl State {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Queued,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The state after `step`. What runs is not called off: its transaction ends as a whole.
    ///
    /// # Errors
    /// [`WrongState`] where the step does not follow.
    pub fn after(self, step: Step) -> Result<Self, WrongState> {
        match (self, step) {
            (Self::Queued | Self::Running, Step::Take) => Ok(Self::Running),
            (Self::Running, Step::Finish) => Ok(Self::Done),
            (Self::Running, Step::PutOff) => Ok(Self::Queued),
            (Self::Running, Step::Fail) => Ok(Self::Failed),
            (Self::Queued, Step::Cancel) => Ok(Self::Cancelled),
            (Self::Queued, Step::Finish | Step::PutOff | Step::Fail)
            | (Self::Running, Step::Cancel)
            | (
                Self::Done | Self::Failed | Self::Cancelled,
                Step::Take | Step::Finish | Step::PutOff | Step::Fail | Step::Cancel,
            ) => Err(WrongState),
        }
    }

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Queued => "順番を待っています",
            Self::Running => "進めています",
            Self::Done => "終わりました",
            Self::Failed => "できませんでした",
            Self::Cancelled => "取りやめました",
        }
    }

    /// Whether nothing follows any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Done | Self::Failed | Self::Cancelled => true,
        }
    }

    /// The state of a code.
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
        let steps = [
            Step::Take,
            Step::Finish,
            Step::PutOff,
            Step::Fail,
            Step::Cancel,
        ];
        let mut table = String::new();
        for state in State::ALL {
            let after = steps.map(|step| state.after(step).map_or("—", State::code));
            table.push_str(&format!("{}: {}\n", state.code(), after.join(" ")));
        }
        assert_eq!(
            table,
            "queued: running — — — cancelled\n\
             running: running done queued failed —\n\
             done: — — — — —\n\
             failed: — — — — —\n\
             cancelled: — — — — —\n"
        );
    }

    #[test]
    fn a_state_reads_what_it_writes() {
        for state in State::ALL {
            assert_eq!(State::of(state.code()), Some(state));
            assert_eq!(state.is_over(), state.after(Step::Take).is_err());
        }
        assert_eq!(State::of("lost"), None);
    }
}
