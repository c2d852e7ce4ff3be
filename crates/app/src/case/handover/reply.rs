//! The reply to a handover that came by telephone, FAX or letter: the sender types it in as the receipt.

use chrono::{DateTime, Utc};
use keniki_base::id::HandoverId;
use sea_orm::DatabaseTransaction;

use super::return_back::give_back;
use super::stage::{Mark, Stage, Step};
use super::who::Act;
use super::{HandoverError, begin, needed, step, text};
use crate::account::By;
use crate::case::channel::Channel;
use crate::case::{CaseError, House, checked_moment};

/// What the other side said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It arrived.
    Read,
    /// They take it on.
    Accepted,
    /// They do not, and why.
    Returned(String),
    /// It is done.
    Done,
}

/// A reply.
#[derive(Debug, Clone)]
pub struct Reply {
    /// What was said.
    pub said: Said,
    /// By which way it came.
    pub channel: Channel,
    /// Who said so.
    pub whom: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Types a reply in.
///
/// # Errors
/// [`HandoverError`].
pub async fn receipt_by(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (id, reply): (HandoverId, &Reply),
    now: DateTime<Utc>,
) -> Result<Stage, HandoverError> {
    let (mut loaded, handover) = begin(tx, house, by, (id, Act::Reply), now).await?;
    let name = text("返事をした人", &reply.whom, 100)?;
    let name = name.ok_or(CaseError::Missing("返事をした人"))?;
    checked_moment(reply.at, None, now)?;
    if reply.channel == Channel::Here {
        return Err(CaseError::Unknown("方法").into());
    }
    let mark = Mark {
        at: reply.at,
        account: None,
        name,
        role: handover.to_name.clone(),
        channel: reply.channel,
    };
    let note = Some("handover: paper");
    let next = match &reply.said {
        Said::Read => Step::Read(mark),
        Said::Accepted => Step::Accept(mark),
        Said::Done => Step::Finish(reply.at),
        Said::Returned(reason) => {
            let reason = needed("受けられないときの理由", reason, 500)?;
            let told = (mark, reason.as_str(), note);
            return give_back(tx, house, by, (&mut loaded, &handover), told, now).await;
        }
    };
    step(tx, by, &handover, (next, Act::Reply.deed(), note), now).await
}
