//! One row of the log: what was done or refused, without a picture of the data.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use serde::Serialize;

use super::queries;
use crate::account::{By, Refused};
use crate::database::{self, instant};
use crate::digest;

/// How a deed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, and stands in the same transaction.
    Done,
    /// The policy refused it, or the file that was handed in did not hold.
    Refused,
}

impl Outcome {
    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// What happened to which object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// Code of the deed: `directory.import`.
    pub deed: &'a str,
    /// Table-like name of what it was done to: `import_batch`.
    pub object_kind: &'a str,
    /// Its id; never a name.
    pub object_id: i64,
    /// How it ended.
    pub outcome: Outcome,
    /// What the codes leave open, without personal data.
    pub note: Option<&'a str>,
}

impl<'a> Event<'a> {
    /// A deed that was done.
    #[must_use]
    pub fn done(deed: &'a str, object_kind: &'a str, object_id: i64) -> Self {
        Self {
            deed,
            object_kind,
            object_id,
            outcome: Outcome::Done,
            note: None,
        }
    }

    /// A deed that the policy refused.
    #[must_use]
    pub fn refused(refused: &Refused) -> Self {
        Self {
            outcome: Outcome::Refused,
            ..Self::done(refused.deed.code(), refused.object.0, refused.object.1)
        }
    }
}

/// Writes a deed that the policy refused, in a transaction of its own.
pub async fn refuse(
    db: &DatabaseConnection,
    refused: &Refused,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let event = Event::refused(refused);
    database::write(db, async |tx| record(tx, &refused.by, event, now).await).await
}

/// Writes the row, in the transaction of the deed.
pub async fn record(
    tx: &impl ConnectionTrait,
    by: &By,
    event: Event<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut entry = Entry {
        id: 0,
        at: instant(now),
        account_id: by.account.map(i64::from),
        organization_id: by.organization.map(i64::from),
        role: by.role.clone(),
        deed: event.deed.to_owned(),
        object_kind: event.object_kind.to_owned(),
        object_id: event.object_id.to_string(),
        outcome: event.outcome.code().to_owned(),
        origin: by.origin.clone(),
        request_id: by.request.clone(),
        note: event.note.map(str::to_owned),
        content_hash: String::new(),
        chain: None,
        seq: None,
        link: None,
    };
    entry.content_hash = entry.hash();
    queries::insert(tx, &entry).await
}

/// A row as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sea_orm::FromQueryResult)]
pub struct Entry {
    /// Counted up by the database.
    pub id: i64,
    /// ISO instant.
    pub at: String,
    /// Who; none: nobody signed in, or the machine's own operator.
    pub account_id: Option<i64>,
    /// For which organization.
    pub organization_id: Option<i64>,
    /// Code of the role.
    pub role: Option<String>,
    /// Code of the deed.
    pub deed: String,
    /// What it was done to.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// The client's address, or `cli`.
    pub origin: String,
    /// Which request.
    pub request_id: Option<String>,
    /// What the codes leave open.
    pub note: Option<String>,
    /// Of all that above, but the id.
    pub content_hash: String,
    /// The month's chain; none: not sealed yet.
    pub chain: Option<String>,
    /// The place in it.
    pub seq: Option<i64>,
    /// The hash that ties it to its place.
    pub link: Option<String>,
}

/// Rows of the days from `from` to `to` behind the row `behind`, in the order in which they were written.
pub async fn entries(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    behind: i64,
    most: u64,
) -> Result<Vec<Entry>, DbErr> {
    queries::between(db, &instant(from), &instant(to), behind, most).await
}

impl Entry {
    /// The hash of what the row tells: JSON keeps its parts, and null from the empty text, apart.
    pub(super) fn hash(&self) -> String {
        let content = (
            &self.at,
            self.account_id,
            self.organization_id,
            &self.role,
            &self.deed,
            &self.object_kind,
            &self.object_id,
            &self.outcome,
            &self.origin,
            &self.request_id,
            &self.note,
        );
        digest::of_text(&serde_json::to_string(&content).expect("texts and numbers become JSON"))
    }

    /// The hash that ties the row to its place behind `before`.
    pub(super) fn link_behind(&self, before: &str, seq: i64) -> String {
        digest::of_text(&format!("{before} {seq} {} {}", self.id, self.content_hash))
    }
}
