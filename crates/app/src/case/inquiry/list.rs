//! The board: inquiries of one's own cases with their answers, and those that one's organization was asked.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, InquiryId, InquiryTargetId};
use sea_orm::{ConnectionTrait, DbErr};

use super::queries::{self, InquiryRow};
use super::show::{self, Target};
use super::stage::{State, TargetState, Why};
use super::{InquiryError, Profile, moment, object, profile, state_of, state_of_target};
use crate::account::By;
use crate::account::policy::{Deed, condition, condition_of_case};
use crate::patient::find;

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
    /// What is told of the person; none, where another was chosen or it ended.
    pub profile: Option<Profile>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: TargetState,
    /// Why it ended without a choice.
    pub why: Option<Why>,
}

/// So many are shown.
const MOST: u64 = 200;

/// Whether an inquiry (`q`) is of a case within reach.
pub(super) fn mine(by: &By, now: DateTime<Utc>) -> String {
    condition_of_case(&by.reach(Deed::ReadInquiry), "q.case_id", jst_day(now))
}

/// Whether one of those asked (`t`) is one's own organization.
pub(super) fn theirs(by: &By) -> String {
    condition(&by.reach(Deed::ReadInquiry), "t.organization_id", "''")
}

/// The inquiries of the cases within reach, those that are open first.
///
/// # Errors
/// The engine's.
pub async fn sent(
    db: &impl ConnectionTrait,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Vec<Sent>, InquiryError> {
    let rows = queries::inquiries(db, &mine(by, now), MOST).await?;
    with_answers(db, rows).await
}

/// The inquiries of a case.
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
    let rows = queries::inquiries(db, &format!("q.case_id = {case}"), MOST).await?;
    with_answers(db, rows).await
}

async fn with_answers(
    db: &impl ConnectionTrait,
    rows: Vec<InquiryRow>,
) -> Result<Vec<Sent>, InquiryError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut targets = queries::targets(db, &ids).await?;
    let mut all = Vec::new();
    let mut names: BTreeMap<i64, String> = BTreeMap::new();
    for row in rows {
        let whose = match names.get(&row.case_id) {
            Some(known) => known.clone(),
            None => whose(db, row.case_id).await?,
        };
        names.insert(row.case_id, whose.clone());
        let (own, rest) = targets.into_iter().partition(|it| it.inquiry_id == row.id);
        targets = rest;
        all.push(Sent {
            id: row.id.into(),
            case: row.case_id.into(),
            whose,
            sent_at: moment(Some(&row.sent_at)),
            state: state_of(&row)?,
            why: row.closed_why.as_deref().and_then(Why::of),
            targets: show::targets(own)?,
            title: row.title,
        });
    }
    Ok(all)
}

async fn whose(db: &impl ConnectionTrait, case: i64) -> Result<String, DbErr> {
    let Some(case) = crate::case::queries::by_id(db, case).await? else {
        return Ok(String::new());
    };
    let listed = find::listed(db, &[case.patient_id]).await?.pop();
    let name = listed.as_ref().and_then(|it| it.record.name());
    Ok(name.map_or_else(String::new, |it| format!("{} {}", it.family, it.given)))
}

/// What one's organization was asked, what waits for an answer first. Of what it lost there is a line with the reason, and nothing of
/// the person.
///
/// # Errors
/// The engine's.
pub async fn received(db: &impl ConnectionTrait, by: &By) -> Result<Vec<Received>, InquiryError> {
    let mut all = Vec::new();
    for row in queries::received(db, &theirs(by), MOST).await? {
        let inquiry = queries::by_id(db, row.inquiry_id).await?;
        let inquiry = inquiry.ok_or(InquiryError::NotThere)?;
        let state = state_of_target(&row)?;
        all.push(Received {
            id: row.id.into(),
            office: inquiry.office.clone().unwrap_or_default(),
            service: row.service_id.map(|_| row.name),
            profile: match state.is_seen() {
                true => Some(profile(db, &inquiry).await?),
                false => None,
            },
            sent_at: moment(Some(&inquiry.sent_at)),
            why: inquiry.closed_why.as_deref().and_then(Why::of),
            title: inquiry.title,
            state,
        });
    }
    Ok(all)
}

/// How many wait for an answer of one's organization.
///
/// # Errors
/// The engine's.
pub async fn n_waiting(db: &impl ConnectionTrait, by: &By) -> Result<u64, DbErr> {
    queries::n_waiting(db, &theirs(by)).await
}
