//! What every handler shares, built once by `cli`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keniki_app::database::{Connection, DbErr};
use keniki_app::definition::Definitions;
use keniki_app::directory::held::{Edition, Held};
use keniki_app::directory::search::Thesaurus;
use keniki_base::clock::Clock;
use tokio::sync::Mutex;

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
    held: Mutex<Option<(Edition, Arc<Held>)>>,
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
            held: Mutex::new(None),
            requests: AtomicU64::new(0),
            started_micros,
        }
    }

    /// What the loaded lists cover, read anew when an import changed it.
    pub async fn held(&self) -> Result<Arc<Held>, DbErr> {
        let mut kept = self.held.lock().await;
        let edition = Edition::now(&self.db).await?;
        if let Some((of, held)) = kept.as_ref()
            && *of == edition
        {
            return Ok(held.clone());
        }
        let held = Arc::new(Held::load(&self.db, &self.definitions).await?);
        *kept = Some((edition, held.clone()));
        Ok(held)
    }

    /// An id that no other request of this installation has: when the server started, and a running number.
    pub(crate) fn next_request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:x}-{number:x}", self.started_micros)
    }
}
