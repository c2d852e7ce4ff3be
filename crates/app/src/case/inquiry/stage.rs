//! How far an inquiry and each of those asked have come, and what may follow.

/// Where an inquiry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for answers, or for the choice.
    Open,
    /// One was chosen.
    Chosen,
    /// It ended without a choice.
    Closed,
}

/// What can happen to an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// One is chosen.
    Choose,
    /// It ends without a choice.
    Close,
}

/// Where one of those asked stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetState {
    /// Nobody there has seen it.
    Asked,
    /// Somebody has.
    Read,
    /// There is an answer.
    Answered,
    /// It was chosen.
    Chosen,
    /// Another was chosen.
    Cancelled,
    /// The inquiry ended without a choice.
    Closed,
}

/// What can happen to one of those asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetStep {
    /// Somebody there sees it.
    Read,
    /// It answers, or answers anew.
    Answer,
    /// It is chosen.
    Choose,
    /// Another is chosen.
    Cancel,
    /// The inquiry ends without a choice.
    Close,
}

/// The step does not follow from the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("この照会では、もうできません。")]
pub struct WrongState;

impl State {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Open, Self::Chosen, Self::Closed];

    /// The state after `step`.
    ///
    /// # Errors
    /// [`WrongState`] where the step does not follow.
    pub fn after(self, step: Step) -> Result<Self, WrongState> {
        match (self, step) {
            (Self::Open, Step::Choose) => Ok(Self::Chosen),
            (Self::Open, Step::Close) => Ok(Self::Closed),
            (Self::Chosen | Self::Closed, Step::Choose | Step::Close) => Err(WrongState),
        }
    }

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Chosen => "chosen",
            Self::Closed => "closed",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "照会中",
            Self::Chosen => "決まりました",
            Self::Closed => "終わりました",
        }
    }

    pub(super) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

impl TargetState {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Asked,
        Self::Read,
        Self::Answered,
        Self::Chosen,
        Self::Cancelled,
        Self::Closed,
    ];

    /// The state after `step`.
    ///
    /// # Errors
    /// [`WrongState`] where the step does not follow.
    pub fn after(self, step: TargetStep) -> Result<Self, WrongState> {
        match (self, step) {
            (Self::Asked | Self::Read, TargetStep::Read) => Ok(Self::Read),
            (Self::Answered | Self::Chosen, TargetStep::Read) => Ok(self),
            (Self::Asked | Self::Read | Self::Answered, TargetStep::Answer) => Ok(Self::Answered),
            (Self::Answered, TargetStep::Choose) => Ok(Self::Chosen),
            (Self::Asked | Self::Read | Self::Answered, TargetStep::Cancel) => Ok(Self::Cancelled),
            (Self::Asked | Self::Read | Self::Answered, TargetStep::Close) => Ok(Self::Closed),
            (Self::Asked | Self::Read, TargetStep::Choose)
            | (
                Self::Chosen,
                TargetStep::Answer | TargetStep::Choose | TargetStep::Cancel | TargetStep::Close,
            )
            | (Self::Cancelled | Self::Closed, _) => Err(WrongState),
        }
    }

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Read => "read",
            Self::Answered => "answered",
            Self::Chosen => "chosen",
            Self::Cancelled => "cancelled",
            Self::Closed => "closed",
        }
    }

    /// For people on either side.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Asked => "未読",
            Self::Read => "既読・返事待ち",
            Self::Answered => "返事あり",
            Self::Chosen => "決まりました",
            Self::Cancelled => "ほかに決まりました",
            Self::Closed => "照会は終わりました",
        }
    }

    /// Whether the asked one still sees it: who was not chosen has lost it.
    #[must_use]
    pub fn is_seen(self) -> bool {
        self.after(TargetStep::Read).is_ok()
    }

    pub(super) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// What somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// 受け入れられる.
    Can,
    /// 待てば受け入れられる.
    Waiting,
    /// 受け入れられない.
    Cannot,
    /// もっと知りたい.
    More,
    /// The coordination office asks others.
    Forwarded,
}

impl Answer {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Can,
        Self::Waiting,
        Self::Cannot,
        Self::More,
        Self::Forwarded,
    ];

    /// What somebody may answer on the form.
    pub const GIVEN: [Self; 4] = [Self::Can, Self::Waiting, Self::Cannot, Self::More];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Can => "can",
            Self::Waiting => "waiting",
            Self::Cannot => "cannot",
            Self::More => "more",
            Self::Forwarded => "forwarded",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Can => "受け入れられる",
            Self::Waiting => "待てば受け入れられる",
            Self::Cannot => "受け入れられない",
            Self::More => "もう少し知りたい",
            Self::Forwarded => "窓口が、ほかに照会中",
        }
    }

    /// Whether whoever answered so can be chosen.
    #[must_use]
    pub fn can_be_chosen(self) -> bool {
        matches!(self, Self::Can | Self::Waiting)
    }

    /// The one of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// Why an inquiry ended without a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Whoever asked took it back.
    Withdrawn,
    /// The person died.
    Died,
    /// The person was admitted, or went elsewhere.
    Admitted,
    /// The case ended.
    CaseEnded,
    /// What it went out from never was.
    Annulled,
}

impl Why {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Withdrawn,
        Self::Died,
        Self::Admitted,
        Self::CaseEnded,
        Self::Annulled,
    ];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Died => "died",
            Self::Admitted => "admitted",
            Self::CaseEnded => "case_ended",
            Self::Annulled => "annulled",
        }
    }

    /// For people on either side.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Withdrawn => "照会した側が取りやめました",
            Self::Died => "ご本人が亡くなりました",
            Self::Admitted => "入院、またはほかへの移動がありました",
            Self::CaseEnded => "支援が終わりました",
            Self::Annulled => "もとになった記録が取り消されました",
        }
    }

    pub(super) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_the_printed_ones() {
        let mut table = String::new();
        for state in State::ALL {
            let after =
                [Step::Choose, Step::Close].map(|it| state.after(it).map_or("—", State::code));
            table.push_str(&format!("{}: {}\n", state.code(), after.join(" ")));
            assert_eq!(State::of(state.code()), Some(state));
        }
        assert_eq!(table, "open: chosen closed\nchosen: — —\nclosed: — —\n");
        let mut table = String::new();
        for state in TargetState::ALL {
            let steps = [
                TargetStep::Read,
                TargetStep::Answer,
                TargetStep::Choose,
                TargetStep::Cancel,
                TargetStep::Close,
            ];
            let after = steps.map(|it| state.after(it).map_or("—", TargetState::code));
            table.push_str(&format!("{}: {}\n", state.code(), after.join(" ")));
            assert_eq!(TargetState::of(state.code()), Some(state));
        }
        assert_eq!(
            table,
            "asked: read answered — cancelled closed\n\
             read: read answered — cancelled closed\n\
             answered: answered answered chosen cancelled closed\n\
             chosen: chosen — — — —\n\
             cancelled: — — — — —\n\
             closed: — — — — —\n"
        );
        assert!(
            Answer::ALL
                .iter()
                .all(|it| Answer::of(it.code()) == Some(*it))
        );
        assert!(Why::ALL.iter().all(|it| Why::of(it.code()) == Some(*it)));
    }
}
