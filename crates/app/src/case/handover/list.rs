//! The handovers of an organization, in and out, and of a case.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, OrganizationId, PatientId};
use sea_orm::{ConnectionTrait, DbErr};

use super::{Handover, HandoverError, object, queries};
use crate::account::By;
use crate::account::policy::{Deed, condition_of_case};
use crate::patient::find as patient;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pile {
    /// Came in.
    In,
    /// Went out.
    Out,
}

/// A page of them.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// How many there are.
    pub n: u64,
    /// The newest first.
    pub handovers: Vec<Handover>,
    /// What their patients are called.
    pub names: BTreeMap<PatientId, String>,
}

/// Those of the organization for which `by` acts, of cases within their reach; those that are over only where `all`.
///
/// # Errors
/// The engine's.
pub async fn list(
    db: &impl ConnectionTrait,
    by: &By,
    (which, all): (Pile, bool),
    (first, most): (u64, u64),
    now: DateTime<Utc>,
) -> Result<Listed, DbErr> {
    let Some(own) = by.organization else {
        return Ok(Listed::default());
    };
    let mine = mine(by, (which, own), now);
    let handovers = queries::list(db, (&mine, all), (first, most)).await?;
    let patients: BTreeSet<i64> = handovers.iter().map(|it| it.patient.get()).collect();
    let patients: Vec<i64> = patients.into_iter().collect();
    let listed = patient::listed(db, &patients).await?;
    Ok(Listed {
        n: queries::n(db, (&mine, all)).await?,
        handovers,
        names: listed.iter().map(|it| (it.id, name(it))).collect(),
    })
}

fn name(listed: &patient::Listed) -> String {
    listed
        .record
        .name()
        .map_or_else(String::new, |it| it.whole())
}

/// What a patient is called.
pub(super) async fn name_of_patient(
    db: &impl ConnectionTrait,
    patient: PatientId,
) -> Result<String, DbErr> {
    let listed = patient::listed(db, &[patient.get()]).await?;
    Ok(listed.first().map_or_else(String::new, name))
}

/// How many came in that nobody has read.
///
/// # Errors
/// The engine's.
pub async fn n_unread(
    db: &impl ConnectionTrait,
    by: &By,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let Some(own) = by.organization else {
        return Ok(0);
    };
    queries::n_unread(db, &mine(by, (Pile::In, own), now)).await
}

fn mine(by: &By, (which, own): (Pile, OrganizationId), now: DateTime<Utc>) -> queries::Mine {
    let reach = by.reach(Deed::ReadHandover);
    queries::Mine {
        is_out: which == Pile::Out,
        own: own.get(),
        within: condition_of_case(&reach, "h.case_id", jst_day(now)),
    }
}

/// The handovers of a case, the newest first.
///
/// # Errors
/// [`HandoverError`].
pub async fn of_case(
    db: &impl ConnectionTrait,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Vec<Handover>, HandoverError> {
    by.authorize(Deed::ReadHandover, &object(db, case, now).await?)?;
    Ok(queries::of_case(db, case.get()).await?)
}
