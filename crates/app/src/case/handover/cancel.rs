//! The sender takes a handover back that nobody has taken on: the step is open again, and the recipient is told.

use chrono::{DateTime, Utc};
use keniki_base::id::HandoverId;
use sea_orm::DatabaseTransaction;

use super::stage::{Stage, Step};
use super::who::Act;
use super::{HandoverError, begin, step, text};
use crate::account::By;
use crate::case::save::{letter, save};
use crate::case::{House, mend};

/// Takes it back; the reason may be empty.
///
/// # Errors
/// [`HandoverError`].
pub async fn cancel(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (id, reason): (HandoverId, &str),
    now: DateTime<Utc>,
) -> Result<Stage, HandoverError> {
    let (mut loaded, handover) = begin(tx, house, by, (id, Act::Withdraw), now).await?;
    let reason = text("取り下げる理由", reason, 500)?;
    let withdraw = Step::Withdraw(now, reason.clone());
    let what = (withdraw, Act::Withdraw.deed(), None);
    let stage = step(tx, by, &handover, what, now).await?;
    if let Some(receipt) = handover.receipt {
        let reason = reason.as_deref().unwrap_or("引継ぎを取り下げた");
        mend::take_back(tx, by, &mut loaded, (receipt, reason), now).await?;
        save(tx, house, by, &loaded, now).await?;
    }
    if let (Some(to), Some(role)) = (handover.to, handover.to_role.as_deref()) {
        let what = "あなたの組織に届いていた引継ぎが、取り下げられました。\nどの引継ぎか";
        let said = ("引継ぎが取り下げられました", what);
        letter(tx, house, &loaded, (to, role), said, now).await?;
    }
    Ok(stage)
}
