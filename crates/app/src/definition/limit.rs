//! What the files say of how much one client may ask for.

use chrono::{Duration, NaiveDate};
use serde::Deserialize;

/// How much one client may ask for, by what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// The day from which it holds.
    pub valid_from: NaiveDate,
    /// Pages and forms.
    pub page: Rate,
    /// What is written out as a table.
    pub export: Rate,
    /// Forms that carry a file.
    pub upload: Rate,
    /// The API.
    pub api: Rate,
}

/// So many at once, and so many a minute after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    per_minute: u32,
    burst: u32,
}

impl Rate {
    /// From one request to the next of who keeps asking.
    #[must_use]
    pub fn step(self) -> Duration {
        Duration::microseconds(60_000_000 / i64::from(self.per_minute.max(1)))
    }

    /// How far ahead of that somebody may run.
    #[must_use]
    pub fn room(self) -> Duration {
        let burst = i32::try_from(self.burst).unwrap_or(i32::MAX);
        self.step() * burst
    }
}

impl LimitRule {
    /// What is wrong with it.
    pub(super) fn faults(&self) -> Vec<String> {
        let rates = [
            ("page", self.page),
            ("export", self.export),
            ("upload", self.upload),
            ("api", self.api),
        ];
        let faults = rates.into_iter().flat_map(|(name, rate)| {
            let numbers = [("per_minute", rate.per_minute), ("burst", rate.burst)];
            numbers.map(|(number, is)| (name, number, is))
        });
        faults
            .filter(|(.., is)| !(1..=1_000_000).contains(is))
            .map(|(name, number, is)| format!("[{name}] の {number} は1以上1000000以下です: {is}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definitions;

    #[test]
    fn three_hundred_a_minute_are_a_fifth_of_a_second_apart() {
        let rate = Rate {
            per_minute: 300,
            burst: 600,
        };
        assert_eq!(rate.step(), Duration::milliseconds(200));
        assert_eq!(rate.room(), Duration::minutes(2));
    }

    #[test]
    fn the_own_rule_is_sound_and_nothing_is_not() {
        let definitions = Definitions::load(None).unwrap();
        let rule = definitions.limits();
        assert_eq!(rule.faults(), Vec::<String>::new());
        let export = Rate {
            per_minute: 0,
            burst: 2_000_000,
        };
        let faults = LimitRule {
            export,
            ..rule.clone()
        }
        .faults();
        assert_eq!(
            faults,
            [
                "[export] の per_minute は1以上1000000以下です: 0",
                "[export] の burst は1以上1000000以下です: 2000000",
            ]
        );
    }
}
