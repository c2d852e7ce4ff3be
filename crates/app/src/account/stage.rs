//! How far a signing-in has come, and what may follow.

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right, or the provider named them; the second factor is asked for.
    Second,
    /// The link was right and the password is set, or the provider named them; a second factor must be set up.
    Enroll,
    /// Signed in.
    Full,
    /// Signed out, or taken back.
    Ended,
}

/// What can happen to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The second factor is proved.
    ProveFactor,
    /// A second factor is set up.
    SetUpFactor,
    /// They prove at their organization's provider that they are still the same, or who they are there, too.
    AskProvider,
    /// It is ended.
    End,
}

/// The step does not follow from the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("サインインが途中で終わっています。もう一度はじめからサインインしてください。")]
pub struct WrongStage;

impl Stage {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Second, Self::Enroll, Self::Full, Self::Ended];

    /// The stage after `step`.
    ///
    /// # Errors
    /// [`WrongStage`] where the step does not follow.
    pub fn after(self, step: Step) -> Result<Self, WrongStage> {
        match (self, step) {
            (Self::Second | Self::Full, Step::ProveFactor)
            | (Self::Enroll | Self::Full, Step::SetUpFactor)
            | (Self::Full, Step::AskProvider) => Ok(Self::Full),
            (Self::Second | Self::Enroll | Self::Full, Step::End) => Ok(Self::Ended),
            (Self::Second, Step::SetUpFactor | Step::AskProvider)
            | (Self::Enroll, Step::ProveFactor | Step::AskProvider)
            | (
                Self::Ended,
                Step::ProveFactor | Step::SetUpFactor | Step::AskProvider | Step::End,
            ) => Err(WrongStage),
        }
    }

    /// As the database has it; an ended one is told by its instant.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Enroll => "enroll",
            Self::Full => "full",
            Self::Ended => "ended",
        }
    }

    /// Of the database's text; what is not known is over.
    #[must_use]
    pub fn of(code: &str) -> Self {
        let known = Self::ALL.into_iter().find(|stage| stage.code() == code);
        known.unwrap_or(Self::Ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_printed_one() {
        let mut table = String::new();
        for stage in Stage::ALL {
            for step in [
                Step::ProveFactor,
                Step::SetUpFactor,
                Step::AskProvider,
                Step::End,
            ] {
                let after = stage.after(step).map_or("—", Stage::code);
                let step = format!("{step:?}");
                table.push_str(&format!("{:7} {step:12} {after}\n", stage.code()));
            }
        }
        assert_eq!(
            table,
            "second  ProveFactor  full\n\
             second  SetUpFactor  —\n\
             second  AskProvider  —\n\
             second  End          ended\n\
             enroll  ProveFactor  —\n\
             enroll  SetUpFactor  full\n\
             enroll  AskProvider  —\n\
             enroll  End          ended\n\
             full    ProveFactor  full\n\
             full    SetUpFactor  full\n\
             full    AskProvider  full\n\
             full    End          ended\n\
             ended   ProveFactor  —\n\
             ended   SetUpFactor  —\n\
             ended   AskProvider  —\n\
             ended   End          —\n"
        );
    }

    #[test]
    fn a_stage_reads_what_it_writes() {
        for stage in Stage::ALL {
            assert_eq!(Stage::of(stage.code()), stage);
        }
        assert_eq!(Stage::of("anything"), Stage::Ended);
    }
}
