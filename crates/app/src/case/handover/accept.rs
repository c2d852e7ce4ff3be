//! The recipient takes a handover on.

use chrono::{DateTime, Utc};
use keniki_base::id::HandoverId;
use sea_orm::DatabaseTransaction;

use super::stage::{Stage, Step};
use super::who::Act;
use super::{HandoverError, begin, mark, step};
use crate::account::By;
use crate::case::House;

/// Takes it on.
///
/// # Errors
/// [`HandoverError`].
pub async fn accept(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    id: HandoverId,
    now: DateTime<Utc>,
) -> Result<Stage, HandoverError> {
    let (_, handover) = begin(tx, house, by, (id, Act::Accept), now).await?;
    let accept = Step::Accept(mark(tx, house, by, now).await?);
    step(tx, by, &handover, (accept, Act::Accept.deed(), None), now).await
}
