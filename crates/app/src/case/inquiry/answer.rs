//! Answers an inquiry: by whoever was asked, or as the sender heard it on the telephone.

use chrono::{DateTime, Days, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{InquiryTargetId, OrganizationId};
use sea_orm::DatabaseTransaction;

use super::queries::{self, InquiryRow, NewAnswer, TargetRow};
use super::stage::{Answer, State, TargetStep};
use super::{
    InquiryError, News, letter, object_of_target, over, phone_of, state_of, state_of_target, text,
    to_be_changed,
};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::case::channel::Channel;
use crate::case::load::{Loaded, load};
use crate::case::{CaseError, House, who};
use crate::database::instant;

/// What is answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// What.
    pub answer: Answer,
    /// Code of the reason why not.
    pub reason: String,
    /// What else there is to say, or what is asked back.
    pub words: String,
    /// From when there is a place.
    pub free_from: Option<NaiveDate>,
    /// Whom to call back.
    pub phone: String,
    /// The version of the answer that was seen when this was written.
    pub seen: i64,
}

/// Answers for one's own organization, or answers anew.
///
/// # Errors
/// [`InquiryError`]; where somebody else answered meanwhile, it says who and what.
pub async fn answer(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (target, reply): (InquiryTargetId, &Reply),
    now: DateTime<Utc>,
) -> Result<(), InquiryError> {
    let (row, inquiry) = locked(tx, by, target).await?;
    let way = (Deed::AnswerInquiry, Channel::Here);
    if !write(tx, house, by, (&row, &inquiry), (reply, way), now).await? {
        return Ok(());
    }
    let loaded = load(tx, house.definitions, inquiry.case_id.into()).await?;
    let Some((sender, part)) = sender(&loaded, &inquiry) else {
        return Ok(());
    };
    let news = News {
        subject: "受入れ照会に返事がありました",
        what: "送った受入れ照会に返事がありました。",
        path: format!("/inquiries/{}", inquiry.id),
    };
    Ok(letter(tx, house, (sender, &part), news, now).await?)
}

/// Writes down what one of those asked answered by telephone, FAX or face to face.
///
/// # Errors
/// [`InquiryError`].
pub async fn answer_for(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (target, reply, channel): (InquiryTargetId, &Reply, Channel),
    now: DateTime<Utc>,
) -> Result<(), InquiryError> {
    let row = queries::target(tx, target.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    let inquiry = to_be_changed(tx, by, row.inquiry_id.into(), now).await?;
    let loaded = load(tx, house.definitions, inquiry.case_id.into()).await?;
    super::may_ask(&loaded, by, &inquiry.kind)?;
    if channel == Channel::Here {
        return Err(CaseError::Unknown("聞いた方法").into());
    }
    let row = queries::target(tx, target.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    let way = (Deed::SendInquiry, channel);
    write(tx, house, by, (&row, &inquiry), (reply, way), now).await?;
    Ok(())
}

/// One of those asked and its inquiry for whoever answers for it, as they are now that nobody else changes them.
pub(super) async fn locked(
    tx: &DatabaseTransaction,
    by: &By,
    target: InquiryTargetId,
) -> Result<(TargetRow, InquiryRow), InquiryError> {
    let row = queries::target(tx, target.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    by.authorize(Deed::AnswerInquiry, &object_of_target(&row))?;
    let inquiry = queries::by_id(tx, row.inquiry_id).await?;
    let inquiry = inquiry.ok_or(InquiryError::NotThere)?;
    crate::case::queries::lock_case(tx, inquiry.case_id).await?;
    let row = queries::target(tx, target.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    let inquiry = queries::by_id(tx, row.inquiry_id).await?;
    Ok((row, inquiry.ok_or(InquiryError::NotThere)?))
}

/// Who asked, and in which part of the care team.
fn sender(loaded: &Loaded<'_>, inquiry: &InquiryRow) -> Option<(OrganizationId, String)> {
    let sender: OrganizationId = inquiry.organization_id?.into();
    let role = loaded
        .roles_of(sender)
        .find_map(|role| loaded.program.role(role));
    Some((sender, role.map_or("", |it| &it.team_role).to_owned()))
}

/// Whether something was written: the same sent twice is written once.
async fn write(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (row, inquiry): (&TargetRow, &InquiryRow),
    (reply, (deed, channel)): (&Reply, (Deed, Channel)),
    now: DateTime<Utc>,
) -> Result<bool, InquiryError> {
    if state_of(inquiry)? != State::Open {
        return Err(over(inquiry));
    }
    let after = state_of_target(row)?.after(TargetStep::Answer);
    let after = after.map_err(|_| over(inquiry))?;
    let at = instant(now);
    let checked = checked(house, reply, jst_day(now))?;
    let new = NewAnswer {
        state: after.code(),
        answer: reply.answer.code(),
        reason: checked.reason.as_deref(),
        words: checked.words.as_deref(),
        free_from: checked.free_from.map(|day| day.to_string()),
        phone: checked.phone.as_deref(),
        channel: channel.code(),
        who: who(by),
        now: &at,
    };
    if row.version != reply.seen {
        return match is_same(row, &new) {
            true => Ok(false),
            false => Err(stale(row)),
        };
    }
    queries::put_answer(tx, row.id, &new).await?;
    let event = Event {
        note: Some(reply.answer.code()),
        ..Event::done(deed.code(), "inquiry_target", row.id)
    };
    audit::record(tx, by, event, now).await?;
    Ok(true)
}

fn is_same(row: &TargetRow, new: &NewAnswer<'_>) -> bool {
    row.answered_by == new.who.0
        && row.answer.as_deref() == Some(new.answer)
        && row.reason.as_deref() == new.reason
        && row.words.as_deref() == new.words
        && row.free_from == new.free_from
        && row.phone.as_deref() == new.phone
}

pub(super) fn stale(row: &TargetRow) -> InquiryError {
    let answer = row.answer.as_deref().and_then(Answer::of);
    InquiryError::Stale {
        answer: answer.map_or("返事なし", Answer::words),
        who: row.answered_by_name.clone().unwrap_or_default(),
    }
}

struct Checked {
    reason: Option<String>,
    words: Option<String>,
    free_from: Option<NaiveDate>,
    phone: Option<String>,
}

fn checked(house: House<'_>, reply: &Reply, today: NaiveDate) -> Result<Checked, InquiryError> {
    let rule = house.definitions.inquiries();
    let words = text("補足", &reply.words, rule.longest)?;
    let reason = match reply.answer {
        Answer::Cannot => {
            let reason = rule.reason(&reply.reason);
            let reason = reason.ok_or(CaseError::Unknown("できない理由"))?;
            if reason.asks_words && words.is_none() {
                return Err(CaseError::Missing("補足").into());
            }
            Some(reason.code.clone())
        }
        Answer::More if words.is_none() => return Err(CaseError::Missing("知りたいこと").into()),
        Answer::Can | Answer::Waiting | Answer::More => None,
        Answer::Forwarded => return Err(CaseError::Unknown("返事").into()),
    };
    let has_day = reply.answer.can_be_chosen();
    let free_from = reply.free_from.filter(|_| has_day);
    if free_from.is_some_and(|day| day < today || day > today + Days::new(366)) {
        return Err(InquiryError::WrongDay("受け入れられる日"));
    }
    Ok(Checked {
        reason,
        words,
        free_from,
        phone: phone_of(&reply.phone)?,
    })
}
