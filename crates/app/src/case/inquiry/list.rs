//! The board: inquiries of one's own cases with their answers, and those that one's organization was asked.

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseId, InquiryId, InquiryTargetId};
use sea_orm::ConnectionTrait;

use super::queries::{self, InquiryRow};
use super::show::{self, Target, is_hidden, seen_by};
use super::stage::{State, TargetState, Why};
use super::{InquiryError, Profile, moment, object, profile_with, state_of, state_of_target};
use crate::account::By;
use crate::account::policy::{Deed, condition, condition_of_case};

/// An inquiry that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Number.
    pub id: InquiryId,
    /// Of which case.
    pub case: CaseId,
    /// What is asked.
    pub title: String,
    /// Whom it is about.
    pub whose: String,
    /// When.
    pub sent_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: State,
    /// Why it ended without a choice.
    pub why: Option<Why>,
    /// Who was asked.
    pub targets: Vec<Target>,
}

/// An inquiry that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Number.
    pub id: InquiryTargetId,
    /// What is asked.
    pub title: String,
    /// Who asks.
    pub office: String,
    /// For which of one's services; none: as coordination office.
    pub service: Option<String>,
    /// What is told of the person, without the needs; none, where another was chosen or it ended.
    pub profile: Option<Profile>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: TargetState,
    /// Why it ended without a choice.
    pub why: Option<Why>,
}

/// So many are shown.
pub const MOST: u64 = 200;

/// Which of those that were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outgoing {
    /// All that the own organization sent. Those of others stand on the pages of their cases alone: beside an anonymous one that came
    /// to the reader they would tell whom it is about.
    All,
    /// Sent by the own organization, with an answer, and nobody is chosen yet.
    Answered,
}

/// Which of those that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming {
    /// All of them.
    All,
    /// Those that wait for an answer.
    Waiting,
}

/// Whether an inquiry (`q`) is of a case within reach.
pub(super) fn mine(by: &By, now: DateTime<Utc>) -> String {
    condition_of_case(&by.reach(Deed::ReadInquiry), "q.case_id", now)
}

/// Whether one of those asked (`t`) is one's own organization.
pub(super) fn theirs(by: &By) -> String {
    condition(&by.reach(Deed::ReadInquiry), "t.organization_id", "''")
}

fn outgoing(by: &By, which: Outgoing, now: DateTime<Utc>) -> String {
    let within = mine(by, now);
    let own = by.organization.map_or(0, i64::from);
    match which {
        Outgoing::All => queries::sent_by(&within, own),
        Outgoing::Answered => queries::answered(&within, own),
    }
}

fn incoming(by: &By, which: Incoming) -> String {
    match which {
        Incoming::All => theirs(by),
        Incoming::Waiting => queries::waiting(&theirs(by)),
    }
}

/// The inquiries that the own organization sent of cases within reach, those that are open first: how many, and at most `most`; of those that are answered
/// the oldest first.
///
/// # Errors
/// The engine's.
pub async fn sent(
    db: &impl ConnectionTrait,
    by: &By,
    (which, most): (Outgoing, u64),
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Sent>), InquiryError> {
    let within = outgoing(by, which, now);
    let is_oldest_first = which == Outgoing::Answered;
    let rows = queries::inquiries(db, &within, (is_oldest_first, most)).await?;
    let n = queries::n_inquiries(db, &within).await?;
    Ok((n, with_answers(db, by, rows).await?))
}

/// The inquiries of a case. An anonymous one that came to the reader is not told to be of this case before the reader is chosen.
///
/// # Errors
/// [`InquiryError`].
pub async fn of_case(
    db: &impl ConnectionTrait,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Vec<Sent>, InquiryError> {
    by.authorize(Deed::ReadInquiry, &object(db, case, now).await?)?;
    let rows = queries::inquiries(db, &format!("q.case_id = {case}"), (false, MOST)).await?;
    with_answers(db, by, rows).await
}

async fn with_answers(
    db: &impl ConnectionTrait,
    by: &By,
    rows: Vec<InquiryRow>,
) -> Result<Vec<Sent>, InquiryError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let cases: Vec<i64> = rows.iter().map(|row| row.case_id).collect();
    let mut targets = queries::targets(db, &ids).await?;
    let names = queries::names_of_cases(db, &cases).await?;
    let mut all = Vec::new();
    for row in rows {
        let (own, rest) = targets.into_iter().partition(|it| it.inquiry_id == row.id);
        targets = rest;
        if is_hidden(by, &row, &own) {
            continue;
        }
        all.push(Sent {
            id: row.id.into(),
            case: row.case_id.into(),
            whose: names.get(&row.case_id).cloned().unwrap_or_default(),
            sent_at: moment(Some(&row.sent_at)),
            state: state_of(&row)?,
            why: row.closed_why.as_deref().and_then(Why::of),
            targets: show::targets(seen_by(by, own))?,
            title: row.title,
        });
    }
    Ok(all)
}

/// What one's organization was asked, what waits for an answer first: how many, and at most `most`. Of what it lost there is a line
/// with the reason, and nothing of the person.
///
/// # Errors
/// The engine's.
pub async fn received(
    db: &impl ConnectionTrait,
    by: &By,
    (which, most): (Incoming, u64),
) -> Result<(u64, Vec<Received>), InquiryError> {
    let within = incoming(by, which);
    let is_oldest_first = which == Incoming::Waiting;
    let rows = queries::received(db, &within, (is_oldest_first, most)).await?;
    let ids: Vec<i64> = rows.iter().map(|it| it.inquiry_id).collect();
    let inquiries = queries::by_ids(db, &ids).await?;
    let mut all = Vec::new();
    for row in rows {
        let inquiry = inquiries.get(&row.inquiry_id);
        let inquiry = inquiry.ok_or(InquiryError::NotThere)?;
        let state = state_of_target(&row)?;
        all.push(Received {
            id: row.id.into(),
            office: inquiry.office.clone().unwrap_or_default(),
            service: row.service_id.map(|_| row.name),
            profile: state.is_seen().then(|| profile_with(inquiry, Vec::new())),
            sent_at: moment(Some(&inquiry.sent_at)),
            why: inquiry.closed_why.as_deref().and_then(Why::of),
            title: inquiry.title.clone(),
            state,
        });
    }
    Ok((queries::n_received(db, &within).await?, all))
}
