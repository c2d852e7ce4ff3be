//! The recipient sends a handover back with a reason: the step is open again, and the sender is told.

use chrono::{DateTime, Utc};
use keniki_base::id::HandoverId;
use sea_orm::DatabaseTransaction;

use super::stage::{Mark, Stage, Step};
use super::who::Act;
use super::{Handover, HandoverError, Loaded, begin, mark, needed, step};
use crate::account::By;
use crate::case::save::{letter, save};
use crate::case::{House, mend};

/// Sends it back.
///
/// # Errors
/// [`HandoverError`].
pub async fn return_back(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (id, reason): (HandoverId, &str),
    now: DateTime<Utc>,
) -> Result<Stage, HandoverError> {
    let (mut loaded, handover) = begin(tx, house, by, (id, Act::Return), now).await?;
    let mark = mark(tx, house, by, now).await?;
    let told = (mark, reason, None);
    let stage = give_back(tx, house, by, (&mut loaded, &handover), told, now).await?;
    let what =
        "あなたの組織が送った引継ぎが、理由を添えて返されました。\nだれの、何の引継ぎか、その理由";
    let sender = (handover.from, &*handover.from_role);
    let said = ("引継ぎが返されました", what);
    letter(tx, house, &loaded, sender, said, now).await?;
    Ok(stage)
}

/// The stage, and the receipt of the step goes.
pub(super) async fn give_back(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (loaded, handover): (&mut Loaded<'_>, &Handover),
    (mark, reason, note): (Mark, &str, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Stage, HandoverError> {
    let reason = needed("返す理由", reason, 500)?;
    let back = Step::Return(mark, reason.clone());
    let stage = step(tx, by, handover, (back, Act::Return.deed(), note), now).await?;
    if let Some(receipt) = handover.receipt {
        mend::take_back(tx, by, loaded, (receipt, &reason), now).await?;
        save(tx, house, by, loaded, now).await?;
    }
    Ok(stage)
}
