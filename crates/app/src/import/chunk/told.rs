//! A record as the reading thread hands it over: all that needs no database is made.

use crate::directory::source::{Format, Record};
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

    /// A row of a list that somebody keeps by hand, without a number to know it by: nothing but what it says tells whether
    /// another row is the same.
    pub fn is_by_hand(&self) -> bool {
        self.identity.codes.is_empty()
            && Format::of_scope(&self.record.scope).is_some_and(Format::is_of_one_publisher)
    }
}
