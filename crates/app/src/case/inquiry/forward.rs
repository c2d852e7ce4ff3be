//! The coordination office asks others in turn, as anonymously as it was asked.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use keniki_base::id::{InquiryTargetId, ServiceId};
use sea_orm::DatabaseTransaction;

use super::answer::locked;
use super::candidates::rule_of;
use super::queries::{self, NewAnswer};
use super::stage::{Answer, TargetStep};
use super::{InquiryError, send, state_of_target};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::case::channel::Channel;
use crate::case::load::load;
use crate::case::{House, who};
use crate::database::instant;

/// Asks services for an inquiry that came to one's office.
///
/// # Errors
/// [`InquiryError`]; nothing is written then.
pub async fn forward(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (target, services): (InquiryTargetId, &[ServiceId]),
    now: DateTime<Utc>,
) -> Result<(), InquiryError> {
    let (row, inquiry) = locked(tx, by, target).await?;
    if row.service_id.is_some() {
        return Err(InquiryError::NotThere);
    }
    let state = state_of_target(&row)?
        .after(TargetStep::Answer)
        .map_err(|_| super::over(&inquiry))?;
    let rule = rule_of(tx, house, (inquiry.case_id.into(), &inquiry.kind)).await?;
    let known = queries::targets(tx, &[inquiry.id]).await?;
    let known: BTreeSet<i64> = known.iter().filter_map(|it| it.service_id).collect();
    let is_new = |id: &&ServiceId| !known.contains(&id.get());
    let new: Vec<ServiceId> = services.iter().filter(is_new).copied().collect();
    // Sent twice, everybody is asked once.
    if new.is_empty() && !services.is_empty() {
        return Ok(());
    }
    let targets = send::places(tx, by, (&rule, &new), now).await?;
    let loaded = load(tx, house.definitions, inquiry.case_id.into()).await?;
    let part = super::team_role(&loaded, &inquiry.kind);
    send::ask(tx, house, by, (inquiry.id, part), &targets, now).await?;
    let answer = NewAnswer {
        state: state.code(),
        answer: Answer::Forwarded.code(),
        reason: None,
        words: None,
        free_from: None,
        phone: None,
        channel: Channel::Here.code(),
        who: who(by),
        now: &instant(now),
    };
    queries::put_answer(tx, row.id, &answer).await?;
    let event = Event {
        note: Some(Answer::Forwarded.code()),
        ..Event::done(Deed::AnswerInquiry.code(), "inquiry_target", row.id)
    };
    Ok(audit::record(tx, by, event, now).await?)
}
