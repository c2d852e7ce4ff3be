//! Who looks after a patient, always or in a case: organizations by their part, each with its days and its access.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::id::{CaseId, OrganizationId, PatientId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::{PatientError, object_of, text};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::patient::PatientRule;

mod found;
mod leave;
mod office;
pub(super) mod queries;

pub use found::{Joining, join_found};
pub use leave::{leave, may_end, take_back};
pub use office::{Found, Site, organizations_for, organizations_named};
pub use queries::Row as Member;
pub(super) use queries::Standing;

/// A part that an organization takes.
#[derive(Debug, Clone)]
pub struct Part {
    /// Of whose care team.
    pub patient: PatientId,
    /// In which case; none: always.
    pub case: Option<CaseId>,
    /// Who.
    pub organization: OrganizationId,
    /// Code of the part, of `patients.toml`.
    pub role: String,
    /// Code of the program's role that it is in the case.
    pub case_role: Option<String>,
    /// Who there, in words; may be empty.
    pub staff: String,
    /// First day.
    pub valid_from: NaiveDate,
}

/// An organization takes a part; it sees the patient, or the case, from the first day on. One that it has stays as it is.
///
/// # Errors
/// [`PatientError`].
pub async fn join(
    tx: &DatabaseTransaction,
    rule: &PatientRule,
    by: &By,
    part: &Part,
    now: DateTime<Utc>,
) -> Result<i64, PatientError> {
    let of = object_of(tx, part.patient, part.case, now).await?;
    by.authorize(Deed::WritePatient, &of)?;
    put(tx, rule, by, part, now).await
}

/// The same, where whoever calls this has asked the policy: of a new record, or of a case that begins.
///
/// # Errors
/// A part or an organization that is none, or a text that is too long.
pub async fn put(
    tx: &DatabaseTransaction,
    rule: &PatientRule,
    by: &By,
    part: &Part,
    now: DateTime<Utc>,
) -> Result<i64, PatientError> {
    rule.team_role(&part.role)
        .ok_or(PatientError::Unknown("支援チームでの役割"))?;
    let staff = text("担当者", &part.staff, 100)?;
    if !queries::is_organization(tx, part.organization.get()).await? {
        return Err(PatientError::Unknown("組織"));
    }
    if let Some(known) = queries::open_part(tx, part).await? {
        return Ok(known);
    }
    let who = (by.account.map(i64::from), by.organization.map(i64::from));
    let id = queries::insert(tx, part, staff, who, &instant(now)).await?;
    let event = Event {
        note: Some(&part.role),
        ..Event::done(Deed::WritePatient.code(), "care_team", id)
    };
    audit::record(tx, by, event, now).await?;
    Ok(id)
}

/// A part was made by an event that is recorded now.
pub(crate) async fn is_told(
    tx: &DatabaseTransaction,
    part: i64,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    queries::put_told(tx, part, &instant(now)).await
}

async fn end(
    tx: &DatabaseTransaction,
    rule: &PatientRule,
    row: &Member,
    last: NaiveDate,
) -> Result<(), DbErr> {
    let until = rule.access_until(&row.role, last);
    queries::end(tx, row.id, (&last.to_string(), &until.to_string())).await
}

/// A case has ended: its care team sees it for the days of each one's setting. Whose standing part was for episodes alone and
/// who is in no other open case of the patient ends that, too. Whoever ends the case writes it down.
///
/// # Errors
/// The engine's.
pub async fn end_of_case(
    tx: &DatabaseTransaction,
    rule: &PatientRule,
    case: CaseId,
    closed_on: NaiveDate,
) -> Result<(), DbErr> {
    let team = queries::open_parts_of_case(tx, case.get()).await?;
    for row in &team {
        end(tx, rule, row, closed_on).await?;
    }
    let is_episodic = |row: &Member| rule.team_role(&row.role).is_some_and(|it| it.is_episodic);
    for row in queries::standing_without_case(tx, case.get()).await? {
        if is_episodic(&row) {
            end(tx, rule, &row, closed_on).await?;
        }
    }
    Ok(())
}

/// A case goes on that was closed on a day: whoever left with it is there again.
///
/// # Errors
/// The engine's.
pub async fn reopen_case(
    tx: &DatabaseTransaction,
    case: CaseId,
    closed_on: NaiveDate,
) -> Result<(), DbErr> {
    queries::reopen(tx, case.get(), &closed_on.to_string()).await
}

/// The standing care team and those of all cases, whoever is there now first. Whether they may be seen is asked by whoever
/// calls this.
///
/// # Errors
/// The engine's.
pub async fn of_patient(
    db: &impl ConnectionTrait,
    patient: PatientId,
) -> Result<Vec<Member>, DbErr> {
    queries::of(db, "patient_id", patient.get()).await
}

/// The care team of a case.
///
/// # Errors
/// The engine's.
pub async fn of_case(db: &impl ConnectionTrait, case: CaseId) -> Result<Vec<Member>, DbErr> {
    queries::of(db, "case_id", case.get()).await
}

/// Who answers for each of several people on a day: name of the organization and telephone.
pub(super) async fn answering_each(
    db: &impl ConnectionTrait,
    rule: &PatientRule,
    patients: &[i64],
    day: &str,
) -> Result<BTreeMap<i64, Standing>, DbErr> {
    let mut answering: BTreeMap<i64, (u32, Standing)> = BTreeMap::new();
    for part in queries::standing(db, patients, day).await? {
        let answers = rule.team_role(&part.role).map_or(0, |role| role.answers);
        let known = answering.get(&part.patient_id);
        if answers > 0 && known.is_none_or(|(rank, _)| answers < *rank) {
            answering.insert(part.patient_id, (answers, part));
        }
    }
    let each = answering.into_iter();
    Ok(each.map(|(id, (_, part))| (id, part)).collect())
}

/// Who answers for somebody on a day: of the standing care team, the part that is named first for it.
pub(super) async fn answering(
    db: &impl ConnectionTrait,
    rule: &PatientRule,
    patient: PatientId,
    day: &str,
) -> Result<Option<Standing>, DbErr> {
    let mut each = answering_each(db, rule, &[patient.get()], day).await?;
    Ok(each.remove(&patient.get()))
}
