//! Slows down whoever guesses: so many attempts for one address, or from one place, within a while.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use crate::database::{self, instant};
use crate::definition::account::SignInRule;
use crate::digest;

mod queries;

/// Takes down an attempt at `what` before it is checked, so that attempts side by side count too.
/// False: there were too many, and nothing is to be checked.
pub(super) async fn attempt(
    db: &DatabaseConnection,
    rule: &SignInRule,
    what: &str,
    origin: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let who = who_hash(what);
    let since = instant(now - rule.failures_within());
    database::write(db, async |tx| {
        let for_one = queries::count_of(tx, &who, &since).await?;
        let from_one_place = queries::count_from(tx, origin, &since).await?;
        let is_too_many =
            for_one >= rule.failures_for_one || from_one_place >= rule.failures_from_one_place;
        if !is_too_many {
            queries::insert(tx, &who, origin, &instant(now)).await?;
        }
        Ok(!is_too_many)
    })
    .await
}

/// The hash by which attempts at something are known.
pub(super) fn who_hash(what: &str) -> String {
    digest::of_text(what)
}

/// It was no guess: forgets the attempts at `what`, and those that no longer count.
pub(super) async fn forgive(
    tx: &DatabaseTransaction,
    rule: &SignInRule,
    what: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    queries::delete_of(tx, &who_hash(what)).await?;
    queries::delete_before(tx, &instant(now - rule.failures_within())).await
}
