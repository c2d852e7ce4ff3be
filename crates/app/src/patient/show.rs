//! One record whole, for whoever may see it, and that they saw it.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::PatientId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::consent::{self, Consent};
use super::emergency::{self, Opening};
use super::find::{self, Listed};
use super::level::{self, Certified};
use super::merge::Merge;
use super::merge::queries as merges;
use super::team::{self, Member};
use super::{PatientError, object};
use crate::account::By;
use crate::account::policy::{self, Deed, Relation};
use crate::audit::{self, Event};

mod queries;

pub use queries::Row as Case;

/// What a page of a patient has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Who.
    pub listed: Listed,
    /// By what it may be seen.
    pub by: Relation,
    /// The level that holds today.
    pub level: Option<Certified>,
    /// The care teams, those of cases that may not be seen left out.
    pub team: Vec<Member>,
    /// The cases that may be seen.
    pub cases: Vec<Case>,
    /// What was agreed.
    pub consents: Vec<Consent>,
    /// What was merged into it.
    pub merges: Vec<Merge>,
    /// Who opened it in an emergency.
    pub openings: Vec<Opening>,
}

/// A record, or where it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// It.
    Here(Box<Shown>),
    /// The record into which it was merged.
    GoesOn(PatientId),
}

/// Shows a record, and writes down that it was seen. One that was merged leads whoever may see the other to it.
///
/// # Errors
/// [`PatientError::NotThere`], or the policy's refusal.
pub async fn show(
    tx: &DatabaseTransaction,
    by: &By,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<View, PatientError> {
    let id = find::going_on(tx, patient).await?;
    let id = id.ok_or(PatientError::NotThere)?;
    let object = object(tx, id, now).await?;
    by.authorize(Deed::ReadPatient, &object)?;
    let relation = by.may(Deed::ReadPatient, &object);
    if id != patient {
        return Ok(View::GoesOn(id));
    }
    let today = jst_day(now);
    let listed = find::listed(tx, &[id.get()]).await?.pop();
    let listed = listed.ok_or(PatientError::NotThere)?;
    let within = policy::condition_of_case(&by.reach(Deed::ReadPatient), "c.id", now);
    let cases = queries::cases(tx, id.get(), &within).await?;
    let is_seen = |member: &Member| {
        let case = member.case_id;
        case.is_none_or(|case| cases.iter().any(|it| it.id == case))
    };
    let mut team = team::of_patient(tx, id).await?;
    team.retain(is_seen);
    let event = Event::done(Deed::ReadPatient.code(), "patient", id.get());
    audit::record(tx, by, event, now).await?;
    Ok(View::Here(Box::new(Shown {
        level: level::on(&listed.record.levels, today).cloned(),
        listed,
        by: relation.unwrap_or(Relation::Any),
        team,
        cases,
        consents: consent::of_patient(tx, id).await?,
        merges: merges::into(tx, id.get()).await?,
        openings: emergency::of_patient(tx, id).await?,
    })))
}

/// How much hangs on a record besides what is said of it: consents, parts of care teams, cases. For the question before a merge;
/// whether it may be asked, whoever calls this has asked the policy.
///
/// # Errors
/// The engine's.
pub async fn hanging(
    db: &impl ConnectionTrait,
    patient: PatientId,
) -> Result<(usize, usize, usize), DbErr> {
    let consents = consent::of_patient(db, patient).await?.len();
    let team = team::of_patient(db, patient).await?.len();
    let cases = queries::cases(db, patient.get(), "1 = 1").await?.len();
    Ok((consents, team, cases))
}
