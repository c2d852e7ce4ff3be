//! How far a handover has come, who received and answered it, and what may follow.

use chrono::{DateTime, Utc};
use keniki_base::id::AccountId;

use crate::case::channel::Channel;

/// Who read or answered it, and when: the receipt, which lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: DateTime<Utc>,
    /// Who; none: nobody with an account.
    pub account: Option<AccountId>,
    /// What they are called.
    pub name: String,
    /// In which role, in words.
    pub role: String,
    /// By which way it became known: not here, the sender typed it in.
    pub channel: Channel,
}

/// Where a handover stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It lies in the mailbox.
    Sent,
    /// Somebody there has read it.
    Read {
        /// The receipt.
        read: Mark,
    },
    /// They take it on.
    Accepted {
        /// The receipt.
        read: Mark,
        /// Who said so.
        answer: Mark,
    },
    /// They do not, and say why.
    Returned {
        /// The receipt.
        read: Mark,
        /// Who said so.
        answer: Mark,
        /// Why.
        reason: String,
    },
    /// What was asked for is done.
    Done {
        /// The receipt.
        read: Mark,
        /// Who took it on.
        answer: Mark,
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It is no longer asked for.
    Cancelled {
        /// The receipt, where there is one.
        read: Option<Mark>,
        /// Who had taken it on.
        answer: Option<Mark>,
        /// Since when.
        at: DateTime<Utc>,
        /// Why.
        why: Why,
        /// In the sender's words.
        reason: Option<String>,
    },
}

/// The stage alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// In the mailbox.
    Sent,
    /// Read.
    Read,
    /// Taken on.
    Accepted,
    /// Sent back.
    Returned,
    /// Done.
    Done,
    /// No longer asked for.
    Cancelled,
}

/// Why something is no longer asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The sender took it back.
    Withdrawn,
    /// The case ended.
    CaseOver,
    /// The patient died.
    Died,
    /// The patient was admitted by neither of the two.
    Elsewhere,
    /// What it began with never was.
    Annulled,
}

/// What can happen to a handover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Somebody there read it.
    Read(Mark),
    /// Somebody there takes it on.
    Accept(Mark),
    /// Somebody there does not, and says why.
    Return(Mark, String),
    /// It is done.
    Finish(DateTime<Utc>),
    /// The sender takes it back, and may say why.
    Withdraw(DateTime<Utc>, Option<String>),
    /// Something happened that makes it needless.
    Close(DateTime<Utc>, Why),
}

/// The step does not follow from the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "この引継ぎは、いま「{}」です。ほかの人が先に操作したのかもしれません。ページを開きなおして、いまの状態を確かめてください。",
    .0.words()
)]
pub struct WrongStage(pub At);

impl Stage {
    /// The stage after `step`. Who answers what nobody had marked as read has read it. What was taken on when a case ends well
    /// is done.
    ///
    /// # Errors
    /// [`WrongStage`] where the step does not follow.
    pub fn after(self, step: Step) -> Result<Self, WrongStage> {
        let at = self.at();
        match (self, step) {
            (Self::Sent, Step::Read(read)) => Ok(Self::Read { read }),
            (Self::Sent, Step::Accept(answer)) => Ok(Self::Accepted {
                read: answer.clone(),
                answer,
            }),
            (Self::Read { read }, Step::Accept(answer)) => Ok(Self::Accepted { read, answer }),
            (Self::Sent, Step::Return(answer, reason)) => Ok(Self::Returned {
                read: answer.clone(),
                answer,
                reason,
            }),
            (Self::Read { read }, Step::Return(answer, reason)) => Ok(Self::Returned {
                read,
                answer,
                reason,
            }),
            (
                Self::Accepted { read, answer },
                Step::Finish(at) | Step::Close(at, Why::CaseOver),
            ) => Ok(Self::Done { read, answer, at }),
            (it @ (Self::Sent | Self::Read { .. }), Step::Withdraw(at, reason)) => {
                Ok(it.cancelled(at, Why::Withdrawn, reason))
            }
            (
                it @ (Self::Sent | Self::Read { .. } | Self::Accepted { .. }),
                Step::Close(at, why),
            ) => Ok(it.cancelled(at, why, None)),
            (
                Self::Read { .. }
                | Self::Accepted { .. }
                | Self::Returned { .. }
                | Self::Done { .. }
                | Self::Cancelled { .. },
                Step::Read(_),
            )
            | (
                Self::Accepted { .. }
                | Self::Returned { .. }
                | Self::Done { .. }
                | Self::Cancelled { .. },
                Step::Accept(_) | Step::Return(..) | Step::Withdraw(..),
            )
            | (
                Self::Sent
                | Self::Read { .. }
                | Self::Returned { .. }
                | Self::Done { .. }
                | Self::Cancelled { .. },
                Step::Finish(_),
            )
            | (
                Self::Returned { .. } | Self::Done { .. } | Self::Cancelled { .. },
                Step::Close(..),
            ) => Err(WrongStage(at)),
        }
    }

    fn cancelled(self, at: DateTime<Utc>, why: Why, reason: Option<String>) -> Self {
        Self::Cancelled {
            read: self.read().cloned(),
            answer: self.answer().cloned(),
            at,
            why,
            reason,
        }
    }

    /// The stage alone.
    #[must_use]
    pub fn at(&self) -> At {
        match self {
            Self::Sent => At::Sent,
            Self::Read { .. } => At::Read,
            Self::Accepted { .. } => At::Accepted,
            Self::Returned { .. } => At::Returned,
            Self::Done { .. } => At::Done,
            Self::Cancelled { .. } => At::Cancelled,
        }
    }

    /// The receipt.
    #[must_use]
    pub fn read(&self) -> Option<&Mark> {
        match self {
            Self::Sent => None,
            Self::Read { read }
            | Self::Accepted { read, .. }
            | Self::Returned { read, .. }
            | Self::Done { read, .. } => Some(read),
            Self::Cancelled { read, .. } => read.as_ref(),
        }
    }

    /// Who took it on, or sent it back.
    #[must_use]
    pub fn answer(&self) -> Option<&Mark> {
        match self {
            Self::Sent | Self::Read { .. } => None,
            Self::Accepted { answer, .. }
            | Self::Returned { answer, .. }
            | Self::Done { answer, .. } => Some(answer),
            Self::Cancelled { answer, .. } => answer.as_ref(),
        }
    }

    /// Why it was sent back or taken back, in words.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Returned { reason, .. } => Some(reason),
            Self::Cancelled { reason, .. } => reason.as_deref(),
            Self::Sent | Self::Read { .. } | Self::Accepted { .. } | Self::Done { .. } => None,
        }
    }

    /// Since when it is over, where it was not sent back.
    #[must_use]
    pub fn ended(&self) -> Option<(DateTime<Utc>, Option<Why>)> {
        match self {
            Self::Done { at, .. } => Some((*at, None)),
            Self::Cancelled { at, why, .. } => Some((*at, Some(*why))),
            Self::Sent | Self::Read { .. } | Self::Accepted { .. } | Self::Returned { .. } => None,
        }
    }
}

impl At {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Sent,
        Self::Read,
        Self::Accepted,
        Self::Returned,
        Self::Done,
        Self::Cancelled,
    ];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Read => "read",
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Sent => "未読",
            Self::Read => "既読",
            Self::Accepted => "受けた",
            Self::Returned => "返された",
            Self::Done => "済んだ",
            Self::Cancelled => "取りやめ",
        }
    }

    /// Whether something may still follow.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Sent | Self::Read | Self::Accepted)
    }

    /// The one of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|at| at.code() == code)
    }
}

impl Why {
    const ALL: [Self; 5] = [
        Self::Withdrawn,
        Self::CaseOver,
        Self::Died,
        Self::Elsewhere,
        Self::Annulled,
    ];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::CaseOver => "case_over",
            Self::Died => "died",
            Self::Elsewhere => "elsewhere",
            Self::Annulled => "annulled",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Withdrawn => "送った側が取り下げました",
            Self::CaseOver => "ケースが終わったため、取りやめになりました",
            Self::Died => "亡くなったため、取りやめになりました",
            Self::Elsewhere => "ほかの病院に入院したため、取りやめになりました",
            Self::Annulled => "もとの入院などの記録が取り消されたため、取りやめになりました",
        }
    }

    /// The one of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }
}

#[cfg(test)]
pub(super) mod tests;
