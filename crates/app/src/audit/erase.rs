//! Erases whole months whose time is over, oldest first. What was erased is written into the log itself, with the month's head:
//! [`super::verify`] excuses missing rows by nothing else.

use chrono::{DateTime, Months, NaiveDate, Utc};
use sea_orm::{DatabaseConnection, DbErr};

use super::verify::{Break, Chain, broken_chain};
use super::{Event, queries, record, seal};
use crate::account::By;
use crate::account::policy::Deed;
use crate::database::{self, begin_read, instant};

/// Rows that one transaction erases, so that no writer waits long for it.
const AT_A_TIME: u64 = 1_000;

/// What an erasure is written to the log as.
pub(super) const KIND: &str = "audit_chain";

/// Why a month was not erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// It is not as it was written: to erase it would hide that.
    #[error(
        "監査記録が合わないので、消していません。{0}データベースの写しを残して、だれが書き換えたかを調べてください。"
    )]
    Broken(Break),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。")]
    Database(#[from] DbErr),
}

/// Erases the months that ended before `first_kept`; answers how many rows went. Ended in the middle, it goes on the next time.
pub async fn erase(
    db: &DatabaseConnection,
    by: &By,
    first_kept: NaiveDate,
    now: DateTime<Utc>,
) -> Result<u64, EraseError> {
    let mut erased = 0;
    let mut before: Option<Chain> = None;
    for chain in queries::chains(db).await? {
        if !is_over(&chain.month, first_kept) {
            break;
        }
        if chain.erased_at.is_none() {
            tell(db, by, &chain, before.as_ref(), now).await?;
            let at = instant(now);
            database::write(db, async |tx| {
                queries::put_erased(tx, &chain.month, &at).await
            })
            .await?;
        }
        loop {
            let some = queries::erase_some(db, &chain.month, AT_A_TIME).await?;
            erased += some;
            if some < AT_A_TIME {
                break;
            }
        }
        before = Some(chain);
    }
    Ok(erased)
}

/// How many rows are over their time.
pub async fn overdue(db: &DatabaseConnection, first_kept: NaiveDate) -> Result<u64, DbErr> {
    let mut n = 0;
    for chain in queries::chains(db).await? {
        if is_over(&chain.month, first_kept) {
            n += queries::n_rows(db, &chain.month).await?;
        }
    }
    Ok(n)
}

/// Proves the month, and writes into the newest chain that it is about to go.
async fn tell(
    db: &DatabaseConnection,
    by: &By,
    chain: &Chain,
    before: Option<&Chain>,
    now: DateTime<Utc>,
) -> Result<(), EraseError> {
    let tx = begin_read(db).await?;
    let broken = broken_chain(&tx, chain, before).await?;
    let told = queries::erasures(&tx, Deed::EraseExpired.code(), KIND).await?;
    tx.rollback().await?;
    if let Some(broken) = broken {
        return Err(EraseError::Broken(broken));
    }
    let anchor = chain.anchor();
    if told
        .iter()
        .any(|told| told.anchor() == Some(anchor.clone()))
    {
        return Ok(());
    }
    let note = anchor.to_string();
    let number = chain.month.replace('-', "").parse().unwrap_or_default();
    let event = Event {
        note: Some(&note),
        ..Event::done(Deed::EraseExpired.code(), KIND, number)
    };
    database::write(db, async |tx| record(tx, by, event, now).await).await?;
    seal(db, now).await?;
    Ok(())
}

/// Whether the last day of a month lies before `first_kept`.
fn is_over(month: &str, first_kept: NaiveDate) -> bool {
    let first = format!("{month}-01").parse::<NaiveDate>().ok();
    let next = first.and_then(|day| day.checked_add_months(Months::new(1)));
    next.is_some_and(|next| next <= first_kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_over_with_its_last_day() {
        let day = |text: &str| text.parse().unwrap();
        assert!(!is_over("2024-02", day("2024-02-29")));
        assert!(is_over("2024-02", day("2024-03-01")));
        assert!(!is_over("2026-12", day("2026-12-31")));
        assert!(is_over("2026-12", day("2027-01-01")));
        assert!(!is_over("いつか", day("2027-01-01")));
    }
}
