//! The one place that reads the system clock.

use chrono::{DateTime, Utc};

/// The present instant.
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    DateTime::from_timestamp_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
        .unwrap_or_default()
}
