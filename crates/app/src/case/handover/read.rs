//! Somebody of the recipient has read a handover: the receipt that the sender sees.

use chrono::{DateTime, Utc};
use keniki_base::id::HandoverId;
use sea_orm::DatabaseTransaction;

use super::stage::{Stage, Step};
use super::who::Act;
use super::{HandoverError, begin, mark, step};
use crate::account::By;
use crate::case::House;

/// Leaves the receipt with name, role and time; the first one stays.
///
/// # Errors
/// [`HandoverError`].
pub async fn read(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    id: HandoverId,
    now: DateTime<Utc>,
) -> Result<Stage, HandoverError> {
    let (_, handover) = begin(tx, house, by, (id, Act::Read), now).await?;
    let read = Step::Read(mark(tx, house, by, now).await?);
    step(tx, by, &handover, (read, Act::Read.deed(), None), now).await
}
