//! What every handler shares, built once by `cli`.

use std::sync::atomic::{AtomicU64, Ordering};

use keniki_app::database::Connection;
use keniki_app::definition::Definitions;
use keniki_app::directory::search::Thesaurus;
use keniki_base::clock::Clock;

/// The open database, what the area has defined, and the time.
pub struct State {
    /// Its schema is up to date.
    pub db: Connection,
    /// What the area has defined.
    pub definitions: Definitions,
    /// The definitions' words for the search.
    pub thesaurus: Thesaurus,
    /// Says what time it is.
    pub clock: Box<dyn Clock>,
    /// Under which address people reach this site, without a slash at the end.
    pub public_url: String,
    requests: AtomicU64,
    started_micros: i64,
}

impl State {
    /// The state of a server that starts now by its clock.
    pub fn new(
        db: Connection,
        definitions: Definitions,
        clock: Box<dyn Clock>,
        public_url: impl Into<String>,
    ) -> Self {
        let started_micros = clock.now().timestamp_micros();
        Self {
            db,
            thesaurus: Thesaurus::of(&definitions),
            definitions,
            clock,
            public_url: public_url.into().trim_end_matches('/').to_owned(),
            requests: AtomicU64::new(0),
            started_micros,
        }
    }

    /// An id that no other request of this installation has: when the server started, and a running number.
    pub(crate) fn next_request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:x}-{number:x}", self.started_micros)
    }
}
