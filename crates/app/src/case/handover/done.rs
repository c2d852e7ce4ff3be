//! What a handover asked for is done, as the recipient says.

use chrono::{DateTime, Utc};
use keniki_base::id::HandoverId;
use sea_orm::DatabaseTransaction;

use super::stage::{Stage, Step};
use super::who::Act;
use super::{HandoverError, begin, step};
use crate::account::By;
use crate::case::House;

/// Says so.
///
/// # Errors
/// [`HandoverError`].
pub async fn done(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    id: HandoverId,
    now: DateTime<Utc>,
) -> Result<Stage, HandoverError> {
    let (_, handover) = begin(tx, house, by, (id, Act::Finish), now).await?;
    let finish = (Step::Finish(now), Act::Finish.deed(), None);
    step(tx, by, &handover, finish, now).await
}
