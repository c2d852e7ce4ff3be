//! The handovers of an organization, in and out, and of a case.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseId, OrganizationId, PatientId};
use sea_orm::{ConnectionTrait, DbErr};

use super::stage::At;
use super::{Handover, HandoverError, object, queries as handovers};
use crate::account::By;
use crate::account::policy::{Deed, condition_of_case};
use crate::patient::find as patient;

mod queries;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pile {
    /// Came in.
    In,
    /// Went out.
    Out,
    /// Came in, and nobody has read it.
    Unread,
    /// Went out and was sent back, and nothing went in its place.
    Returned,
    /// Went out, and nobody has taken it on or sent it back.
    Unanswered,
}

impl Pile {
    /// Those that wait for somebody: of the own organization, or of the other side.
    pub const WAITING: [Self; 3] = [Self::Unread, Self::Returned, Self::Unanswered];

    /// Whether it is of what went out.
    #[must_use]
    pub fn is_out(self) -> bool {
        match self {
            Self::In | Self::Unread => false,
            Self::Out | Self::Returned | Self::Unanswered => true,
        }
    }
}

/// A page of them.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// How many there are.
    pub n: u64,
    /// The newest first; of those that wait the oldest.
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

/// What waits on the page of today's work.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    /// How many are in each of [`Pile::WAITING`], in its order.
    pub n: [u64; 3],
    /// The first of them, the oldest first, each with its pile.
    pub handovers: Vec<(Pile, Handover)>,
    /// What their patients are called.
    pub names: BTreeMap<PatientId, String>,
}

/// What waits in the piles of [`Pile::WAITING`]: the same as [`list`] answers of each.
///
/// # Errors
/// The engine's.
pub async fn waiting(
    db: &impl ConnectionTrait,
    by: &By,
    most: u64,
    now: DateTime<Utc>,
) -> Result<Waiting, DbErr> {
    let Some(own) = by.organization else {
        return Ok(Waiting::default());
    };
    let piles = Pile::WAITING.map(|pile| mine(by, (pile, own), now));
    let handovers = queries::waiting(db, &piles, most).await?;
    let patients: BTreeSet<i64> = handovers.iter().map(|it| it.patient.get()).collect();
    let patients: Vec<i64> = patients.into_iter().collect();
    let listed = patient::listed(db, &patients).await?;
    let pile = |it: &Handover| match (it.stage.at(), it.to == Some(own)) {
        (At::Returned, _) => Pile::Returned,
        (At::Sent, true) => Pile::Unread,
        (At::Sent | At::Read | At::Accepted | At::Done | At::Cancelled, _) => Pile::Unanswered,
    };
    Ok(Waiting {
        n: queries::n_waiting(db, &piles).await?,
        handovers: handovers.into_iter().map(|it| (pile(&it), it)).collect(),
        names: listed.iter().map(|it| (it.id, name(it))).collect(),
    })
}

fn mine(by: &By, (which, own): (Pile, OrganizationId), now: DateTime<Utc>) -> queries::Mine {
    let reach = by.reach(Deed::ReadHandover);
    queries::Mine {
        pile: which,
        own: own.get(),
        within: condition_of_case(&reach, "h.case_id", now),
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
    Ok(handovers::of_case(db, case.get()).await?)
}
