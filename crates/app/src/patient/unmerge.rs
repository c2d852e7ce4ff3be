//! Undoes a merge: every row goes back to the record it came from, or nothing does.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::merge::queries::{self, Row};
use super::merge::{MergeError, Moved, tell};
use super::{object, queries as records};
use crate::account::By;
use crate::account::policy::Deed;
use crate::database::instant;

/// Takes a merge back.
///
/// # Errors
/// [`MergeError::TooLate`] where what moved is no longer as it was.
pub async fn unmerge(
    tx: &DatabaseTransaction,
    by: &By,
    merge: i64,
    now: DateTime<Utc>,
) -> Result<(), MergeError> {
    let row = queries::by_id(tx, merge).await?;
    let row = row.ok_or(MergeError::NotThere)?;
    let at = instant(now);
    for id in [row.kept_id.min(row.gone_id), row.kept_id.max(row.gone_id)] {
        records::touch(tx, id, &at).await?;
    }
    if records::merged_into(tx, row.kept_id).await?.is_some() {
        return Err(MergeError::TooLate(
            "、残した記録がさらに別の記録に統合された",
        ));
    }
    let object = object(tx, row.kept_id.into(), now).await?;
    by.authorize(Deed::MergePatient, &object)?;
    if !queries::put_undone(tx, merge, by.account.map(i64::from), &at).await? {
        return Err(MergeError::NotThere);
    }
    let moved: Moved = serde_json::from_str(&row.moved)
        .map_err(|error| sea_orm::DbErr::Json(error.to_string()))?;
    check(tx, &row, &moved).await?;
    for (table, ids) in &moved.rows {
        queries::move_some(tx, table, ids, row.gone_id).await?;
    }
    queries::put_on_register(tx, &moved.official).await?;
    queries::put_merged_into(tx, row.gone_id, None).await?;
    let ids = (row.kept_id, row.gone_id);
    tell(tx, by, ids, ["unmerged: kept", "unmerged: gone"], now).await
}

/// Whether every row that moved still hangs on the record that stayed.
async fn check(tx: &DatabaseTransaction, row: &Row, moved: &Moved) -> Result<(), MergeError> {
    for (table, ids) in &moved.rows {
        let why = match queries::TABLES.iter().find(|it| *it == table) {
            Some(&"patient_name") => "名前が書き直された",
            Some(&"patient_identifier") => "番号が書き直された",
            Some(&"care_level") => "要介護度が書き直された",
            Some(_) => "一部の記録が消えたか、別の人に移された",
            None => return Err(MergeError::TooLate("、移した表がなくなった")),
        };
        if queries::n_of(tx, table, ids, row.kept_id).await? != ids.len() as u64 {
            return Err(MergeError::TooLate(why));
        }
    }
    Ok(())
}
