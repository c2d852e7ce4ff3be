//! What waits to be read: for the page of today's work.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::id::CaseId;
use sea_orm::{ConnectionTrait, DbErr};

use super::queries;
use crate::account::By;
use crate::account::policy::Deed;

/// How many messages `by` has not read, by case: of cases in whose care team their organization is, without what was
/// corrected since.
pub async fn unread(
    db: &impl ConnectionTrait,
    by: &By,
    now: DateTime<Utc>,
) -> Result<BTreeMap<CaseId, u64>, DbErr> {
    match by.account {
        None => Ok(BTreeMap::new()),
        Some(account) => {
            let reach = by.reach(Deed::ReadMessage);
            queries::unread(db, (&reach, account.get()), now).await
        }
    }
}

/// The condition over a case `c` that `by` has not read something of it, as [`unread`] counts.
pub(crate) fn condition_of_unread_case(by: &By, now: DateTime<Utc>) -> String {
    let reach = by.reach(Deed::ReadMessage);
    let account = by.account.map_or(0, i64::from);
    queries::condition_of_case_with_unread(&reach, account, now)
}
