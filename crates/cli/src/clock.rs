//! The one place that reads the system clock.

use chrono::{DateTime, Utc};
use keniki_base::clock::Clock;

/// The system's own clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        now()
    }
}

/// The present instant.
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    DateTime::from_timestamp_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
        .unwrap_or_default()
}
