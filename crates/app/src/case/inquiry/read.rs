//! What one of those asked sees: the person without a name, and its own answer.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::id::{CaseId, InquiryTargetId};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::queries::{self, InquiryRow, TargetRow};
use super::stage::{Answer, TargetState, TargetStep};
use super::{InquiryError, Profile, day, moment, object_of_target, profile, state_of_target};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database::instant;

/// An inquiry as one of those asked sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Number.
    pub id: InquiryTargetId,
    /// All that is told of the person.
    pub profile: Profile,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// For which of its services; none: it is the coordination office.
    pub service: Option<String>,
    /// Where it stands.
    pub state: TargetState,
    /// What was answered.
    pub answer: Option<Answer>,
    /// Code of the reason.
    pub reason: Option<String>,
    /// What else was answered.
    pub words: Option<String>,
    /// From when there is a place.
    pub free_from: Option<NaiveDate>,
    /// Whom to call back there.
    pub phone: Option<String>,
    /// Who answered, and when.
    pub answered: Option<(String, DateTime<Utc>)>,
    /// The version of the answer.
    pub version: i64,
    /// Where the chosen one goes on.
    pub case: Option<CaseId>,
}

/// Shows it; that somebody of those asked saw it is written down where nobody had.
///
/// # Errors
/// [`InquiryError`]; to who was not chosen there is nothing.
pub async fn read(
    tx: &DatabaseTransaction,
    by: &By,
    target: InquiryTargetId,
    now: DateTime<Utc>,
) -> Result<Notice, InquiryError> {
    let (row, inquiry) = found(tx, by, target).await?;
    let before = state_of_target(&row)?;
    let after = before.after(TargetStep::Read);
    let after = after.map_err(|_| InquiryError::NotThere)?;
    if before != after {
        let who = by.account.map(i64::from);
        queries::put_read(tx, row.id, (after.code(), who, &instant(now))).await?;
    }
    let event = Event::done(Deed::ReadInquiry.code(), "inquiry_target", row.id);
    audit::record(tx, by, event, now).await?;
    of(tx, row, inquiry, after).await
}

/// The same as it stands, with nothing written.
///
/// # Errors
/// [`InquiryError`].
pub async fn notice(
    db: &impl ConnectionTrait,
    by: &By,
    target: InquiryTargetId,
) -> Result<Notice, InquiryError> {
    let (row, inquiry) = found(db, by, target).await?;
    let state = state_of_target(&row)?;
    of(db, row, inquiry, state).await
}

async fn found(
    db: &impl ConnectionTrait,
    by: &By,
    target: InquiryTargetId,
) -> Result<(TargetRow, InquiryRow), InquiryError> {
    let row = queries::target(db, target.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    by.authorize(Deed::ReadInquiry, &object_of_target(&row))?;
    let inquiry = queries::by_id(db, row.inquiry_id).await?;
    Ok((row, inquiry.ok_or(InquiryError::NotThere)?))
}

async fn of(
    db: &impl ConnectionTrait,
    row: TargetRow,
    inquiry: InquiryRow,
    state: TargetState,
) -> Result<Notice, InquiryError> {
    Ok(Notice {
        id: row.id.into(),
        profile: profile(db, &inquiry).await?,
        sent_at: moment(Some(&inquiry.sent_at)),
        service: row.service_id.map(|_| row.name),
        state,
        answer: row.answer.as_deref().and_then(Answer::of),
        reason: row.reason,
        words: row.words,
        free_from: day(row.free_from.as_ref()),
        phone: row.phone,
        answered: row.answered_by_name.zip(moment(row.answered_at.as_ref())),
        version: row.version,
        case: (state == TargetState::Chosen).then(|| inquiry.case_id.into()),
    })
}
