//! A list that says something else than the office has confirmed proposes it: nobody's word is written over in silence.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{FIELDS, State, Step, Texts, queries};
use crate::database::instant;
use crate::import::content::{differing, fields, text_of};
use crate::import::fold::OFFICE;

/// Proposes what the lists of a batch say otherwise since this batch; answers how many proposals that made. What was
/// proposed before, and declined perhaps, is not proposed again.
pub(crate) async fn of_lists(
    tx: &DatabaseTransaction,
    batch: i64,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let mut n_proposed = 0;
    for told in queries::told_by_batch(tx, (OFFICE, batch)).await? {
        let office = fields(&told.office);
        let (was, is) = (fields(&told.before_fields), fields(&told.after_fields));
        let (mut before, mut after) = (Texts::new(), Texts::new());
        for field in differing(&was, &is) {
            let said = office.get(&field).and_then(text_of);
            let listed = is.get(&field).and_then(text_of);
            let (Some(said), Some(listed)) = (said, listed) else {
                continue;
            };
            if said != listed && FIELDS.contains(&field.as_str()) {
                before.insert(field.clone(), said);
                after.insert(field, listed);
            }
        }
        if after.is_empty() || queries::was_proposed(tx, told.service_id, &after).await? {
            continue;
        }
        let new = queries::New {
            service: told.service_id,
            fields: &after,
            before: &before,
            note: None,
            account: None,
            organization: None,
            vouched_by: None,
            list: Some(batch),
            now: &instant(now),
        };
        queries::insert(tx, &new).await?;
        n_proposed += 1;
    }
    Ok(n_proposed)
}

/// Takes back what a batch proposed and nobody has decided yet: the batch itself is taken back.
pub(crate) async fn withdraw_of_batch(
    tx: &DatabaseTransaction,
    batch: i64,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let withdrawn = State::Open.after(Step::Withdraw);
    let withdrawn = withdrawn.map_err(|wrong| DbErr::Custom(wrong.to_string()))?;
    queries::withdraw_of_batch(tx, batch, withdrawn.code(), &instant(now)).await
}
