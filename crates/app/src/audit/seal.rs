//! Links the rows that were committed since the last time, in their order, to the newest chain.

use chrono::{DateTime, Utc};
use keniki_base::clock::JST;
use sea_orm::{DatabaseConnection, DbErr};

use super::queries;
use super::verify::Chain;
use crate::database::{Lock, begin_write, instant, lock};

/// Rows that one transaction seals, so that no writer waits long for it.
const AT_A_TIME: u64 = 500;

/// What stands before the first chain.
pub(super) const BEGINNING: &str = "";

/// Seals every row that is committed; answers how many. Several sealers wait for each other.
pub async fn seal(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let mut sealed = 0;
    while queries::has_unsealed(db).await? {
        sealed += seal_some(db, now).await?;
    }
    Ok(sealed)
}

/// A row goes to the chain of its month, or to the newest where that has begun: a chain with a successor never grows.
async fn seal_some(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let tx = begin_write(db).await?;
    lock(&tx, Lock::Audit).await?;
    let mut entries = queries::unsealed(&tx, AT_A_TIME).await?;
    let mut newest = queries::newest_chain(&tx).await?;
    let mut touched: Vec<Chain> = Vec::new();
    for entry in &mut entries {
        let month = month_of(&entry.at);
        let mut chain = match newest.take() {
            Some(chain) if chain.month >= month => chain,
            before => Chain::behind(before.as_ref(), month),
        };
        let seq = chain.n_entries + 1;
        let link = entry.link_behind(&chain.head, seq);
        (chain.n_entries, chain.head) = (seq, link.clone());
        entry.chain = Some(chain.month.clone());
        (entry.seq, entry.link) = (Some(seq), Some(link));
        touched.retain(|it| it.month != chain.month);
        touched.push(chain.clone());
        newest = Some(chain);
    }
    queries::put_places(&tx, &entries).await?;
    for chain in &touched {
        queries::put_chain(&tx, chain, &instant(now)).await?;
    }
    tx.commit().await?;
    Ok(entries.len() as u64)
}

/// `2026-11`, in Japan.
fn month_of(at: &str) -> String {
    let instant = DateTime::parse_from_rfc3339(at);
    instant.map_or_else(
        |_| at.chars().take(7).collect(),
        |at| at.with_timezone(&JST).format("%Y-%m").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_the_japanese_one() {
        assert_eq!(month_of("2026-10-31T15:00:00.000000Z"), "2026-11");
        assert_eq!(month_of("2026-10-31T14:59:59.999999Z"), "2026-10");
    }
}
