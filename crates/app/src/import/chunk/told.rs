//! A record as the reading thread hands it over: all that needs no database is made.

use crate::directory::source::Record;
use crate::import::fold::Keys;
use crate::import::matching::Identity;

/// A record with all that is to be made of it without the database; made on the reading thread.
pub(in crate::import) struct Told {
    pub record: Record,
    pub json: String,
    pub identity: Identity,
    pub keys: Keys,
    /// The site of the same record in the other edition of its list, learnt from the database.
    pub other_edition: Option<i64>,
}

impl Told {
    pub fn of(record: Record) -> Self {
        let identity = Identity::of(&record.said);
        Self {
            json: record.said.to_json(),
            keys: identity.keys(),
            identity,
            record,
            other_edition: None,
        }
    }
}
