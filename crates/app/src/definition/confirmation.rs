//! What the files say of how offices are asked whether what is said of them is right.

use chrono::{Days, Duration, Months, NaiveDate};
use serde::Deserialize;

/// When a service is to be confirmed, and when it counts as unconfirmed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationRule {
    /// The day from which it holds.
    pub valid_from: NaiveDate,
    months: u32,
    reminder_days: u32,
    unconfirmed_days: u32,
    link_days: u32,
    /// Organizations that are asked at a time.
    pub organizations_an_hour: u64,
}

impl ConfirmationRule {
    /// A service that was confirmed before this day is to be confirmed again.
    #[must_use]
    pub fn due_before(&self, today: NaiveDate) -> NaiveDate {
        today - Months::new(self.months)
    }

    /// One that was confirmed before this day, or never, reads 未確認.
    #[must_use]
    pub fn unconfirmed_before(&self, today: NaiveDate) -> NaiveDate {
        self.due_before(today) - Days::new(self.unconfirmed_days.into())
    }

    /// Whether a service reads 未確認 that was confirmed on that day (ISO), or never.
    #[must_use]
    pub fn is_unconfirmed(&self, confirmed_on: Option<&str>, today: NaiveDate) -> bool {
        let from = self.unconfirmed_before(today).to_string();
        confirmed_on.is_none_or(|day| day < from.as_str())
    }

    /// From the letter to its reminder.
    #[must_use]
    pub fn reminder(&self) -> Duration {
        Duration::days(self.reminder_days.into())
    }

    /// From the letter to the end of waiting.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::days(self.unconfirmed_days.into())
    }

    /// A link is good for so long.
    #[must_use]
    pub fn link(&self) -> Duration {
        Duration::days(self.link_days.into())
    }

    /// What is wrong with it.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, is) in [
            ("months", self.months),
            ("reminder_days", self.reminder_days),
        ] {
            if is == 0 {
                faults.push(format!("{name} は1以上です: {is}"));
            }
        }
        for (name, is, before, least) in [
            (
                "unconfirmed_days",
                self.unconfirmed_days,
                "reminder_days",
                self.reminder_days,
            ),
            (
                "link_days",
                self.link_days,
                "unconfirmed_days",
                self.unconfirmed_days,
            ),
        ] {
            if is <= least {
                faults.push(format!("{name} は {before} より長くします: {is}"));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use crate::definition::Definitions;

    #[test]
    fn a_service_is_due_after_a_year_and_unconfirmed_six_weeks_later() {
        let definitions = Definitions::load(None).unwrap();
        let rule = definitions.confirmation();
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(rule.due_before(day("2028-02-29")), day("2027-02-28"));
        let today = day("2026-11-24");
        assert_eq!(rule.unconfirmed_before(today), day("2025-10-13"));
        for (confirmed, is_unconfirmed) in [
            (None, true),
            (Some("2025-10-12"), true),
            (Some("2025-10-13"), false),
            (Some("2026-11-24"), false),
        ] {
            assert_eq!(rule.is_unconfirmed(confirmed, today), is_unconfirmed);
        }
    }
}
