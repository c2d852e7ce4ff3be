//! What every handler shares, built once by `cli`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keniki_app::account::By;
use keniki_app::account::passkey::KeySite;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::account::provider::{NoWire, Road, Wire};
use keniki_app::account::sign_in::House;
use keniki_app::attachment::Sealing;
use keniki_app::attachment::key::KeyFile;
use keniki_app::audit::{self, Event};
use keniki_app::case;
use keniki_app::database::{self, Connection, DbErr};
use keniki_app::definition::Definitions;
use keniki_app::directory::held::{Edition, Held};
use keniki_app::directory::search::Thesaurus;
use keniki_base::chance::Chance;
use keniki_base::clock::Clock;
use tokio::sync::Mutex;

use crate::limit::Counts;
use crate::print::Printer;

/// The open database, what the area has defined, the time, and chance.
pub struct State {
    /// Its schema is up to date.
    pub db: Connection,
    /// What the area has defined.
    pub definitions: Arc<Definitions>,
    /// The definitions' words for the search.
    pub thesaurus: Thesaurus,
    /// Says what time it is.
    pub clock: Box<dyn Clock>,
    /// Where secrets come from.
    pub chance: Box<dyn Chance>,
    /// Where and how this site runs.
    pub site: Site,
    key_site: Option<KeySite>,
    wire: Box<dyn Wire>,
    /// Where the keys of attachments lie.
    pub key_file: KeyFile,
    held: Mutex<Option<(Edition, Arc<Held>)>>,
    pub(crate) counts: Counts,
    pub(crate) printer: Printer,
    requests: AtomicU64,
    started_micros: i64,
}

/// Where and how a site runs.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Under which address people reach it, without a slash at the end.
    pub public_url: String,
    /// A demo: everybody may sign in as its invented people.
    pub is_demo: bool,
    /// The folder where letters land instead of being sent; a page of the demo shows it.
    pub mail_folder: Option<PathBuf>,
    /// Letters are sent or land in a folder. Where not, links are handed over by whoever makes them.
    pub has_post: bool,
    /// A proxy stands in front and says where requests come from.
    pub trusts_proxy: bool,
    /// A folder of fonts for prints, beside the program's own.
    pub fonts: Option<PathBuf>,
}

impl Site {
    /// A site under this address, without mail and proxy.
    pub fn at(public_url: impl Into<String>) -> Self {
        Self {
            public_url: public_url.into().trim_end_matches('/').to_owned(),
            ..Self::default()
        }
    }
}

impl State {
    /// The state of a server that starts now by its clock.
    pub fn new(
        db: Connection,
        definitions: Arc<Definitions>,
        clock: Box<dyn Clock>,
        chance: Box<dyn Chance>,
        site: Site,
    ) -> Self {
        let started_micros = clock.now().timestamp_micros();
        Self {
            db,
            thesaurus: Thesaurus::of(&definitions),
            definitions,
            clock,
            chance,
            key_site: KeySite::at(&site.public_url).ok(),
            wire: Box::new(NoWire),
            key_file: KeyFile::default(),
            site,
            held: Mutex::new(None),
            counts: Counts::default(),
            printer: Printer::default(),
            requests: AtomicU64::new(0),
            started_micros,
        }
    }

    /// What signing in rests on here.
    #[must_use]
    pub fn house(&self) -> House<'_> {
        House {
            rule: self.definitions.sign_in(),
            chance: &*self.chance,
            site: self.key_site.as_ref(),
        }
    }

    /// The same, with a way to providers of sign-in.
    #[must_use]
    pub fn with_wire(self, wire: Box<dyn Wire>) -> Self {
        Self { wire, ..self }
    }

    /// What going to a provider of sign-in rests on here.
    #[must_use]
    pub fn road(&self) -> Road<'_> {
        Road {
            wire: &*self.wire,
            public_url: &self.site.public_url,
        }
    }

    /// The same, with keys for attachments.
    #[must_use]
    pub fn with_key_file(self, key_file: KeyFile) -> Self {
        Self { key_file, ..self }
    }

    /// What taking an attachment rests on here.
    #[must_use]
    pub fn sealing(&self) -> Sealing<'_> {
        Sealing {
            rule: self.definitions.attachments(),
            keys: &self.key_file,
            chance: &*self.chance,
        }
    }

    /// What changing a case rests on here.
    #[must_use]
    pub fn case_house(&self) -> case::House<'_> {
        case::House {
            definitions: &self.definitions,
            public_url: &self.site.public_url,
        }
    }

    /// Writes down that somebody looked at data of people.
    ///
    /// # Errors
    /// The database's own.
    pub async fn note_read(&self, by: &By, deed: Deed, object: &Object) -> Result<(), DbErr> {
        let event = Event::done(deed.code(), object.kind, object.id);
        let now = self.clock.now();
        database::write(&self.db, async |tx| audit::record(tx, by, event, now).await).await
    }

    /// What a role is called; its code where no file knows it any more.
    #[must_use]
    pub fn role_name(&self, code: &str) -> String {
        let role = self.definitions.role(code);
        role.map_or(code, |role| &role.name).to_owned()
    }

    /// Whether browsers reach this site over TLS.
    #[must_use]
    pub fn is_over_tls(&self) -> bool {
        self.site.public_url.starts_with("https://")
    }

    /// Whether browsers are told never to come without TLS again: not of a name that every machine gives to itself.
    #[must_use]
    pub(crate) fn insists_on_tls(&self) -> bool {
        let host = self.site.public_url.strip_prefix("https://");
        let host = host.and_then(|rest| rest.split([':', '/']).next());
        host.is_some_and(|host| host != "localhost")
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
