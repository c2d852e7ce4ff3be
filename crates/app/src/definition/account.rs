//! What the files say of accounts: how people prove who they are, and to which functions work is addressed.

use chrono::{Duration, NaiveDate};
use serde::Deserialize;

/// How people prove who they are, and how long that holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRule {
    /// The day from which it holds.
    pub valid_from: NaiveDate,
    /// Characters that a password has at least.
    pub password_length: usize,
    idle_minutes: u32,
    longest_hours: u32,
    confirm_minutes: u32,
    second_factor_minutes: u32,
    invitation_days: u32,
    reset_hours: u32,
    /// Failures for one address that stop further attempts.
    pub failures_for_one: u64,
    /// Failures from one place that stop further attempts.
    pub failures_from_one_place: u64,
    failures_minutes: u32,
}

impl SignInRule {
    /// A session ends when it was not used for so long.
    #[must_use]
    pub fn idle(&self) -> Duration {
        Duration::minutes(self.idle_minutes.into())
    }

    /// A session ends after so long, used or not.
    #[must_use]
    pub fn longest(&self) -> Duration {
        Duration::hours(self.longest_hours.into())
    }

    /// For so long a proof of who one is is good enough for what matters most.
    #[must_use]
    pub fn confirmed_for(&self) -> Duration {
        Duration::minutes(self.confirm_minutes.into())
    }

    /// From the password to the second factor.
    #[must_use]
    pub fn second_factor_within(&self) -> Duration {
        Duration::minutes(self.second_factor_minutes.into())
    }

    /// An invitation is good for so long.
    #[must_use]
    pub fn invitation(&self) -> Duration {
        Duration::days(self.invitation_days.into())
    }

    /// A link for a new password or second factor is good for so long.
    #[must_use]
    pub fn reset(&self) -> Duration {
        Duration::hours(self.reset_hours.into())
    }

    /// Failures count for so long.
    #[must_use]
    pub fn failures_within(&self) -> Duration {
        Duration::minutes(self.failures_minutes.into())
    }

    /// What must be at least how much, with the name that the file has for it.
    pub(super) fn least(&self) -> [(&'static str, u64, u64); 10] {
        [
            ("password_length", self.password_length as u64, 8),
            ("idle_minutes", self.idle_minutes.into(), 1),
            ("longest_hours", self.longest_hours.into(), 1),
            ("confirm_minutes", self.confirm_minutes.into(), 1),
            (
                "second_factor_minutes",
                self.second_factor_minutes.into(),
                1,
            ),
            ("invitation_days", self.invitation_days.into(), 1),
            ("reset_hours", self.reset_hours.into(), 1),
            ("failures_for_one", self.failures_for_one, 1),
            ("failures_from_one_place", self.failures_from_one_place, 1),
            ("failures_minutes", self.failures_minutes.into(), 1),
        ]
    }
}

/// A function of organizations to which work is addressed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailboxKind {
    /// Stable.
    pub code: String,
    /// 退院支援の窓口.
    pub name: String,
    /// Roles whose people may answer it; an organization where one of them works has the mailbox.
    pub roles: Vec<String>,
}
