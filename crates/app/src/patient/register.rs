//! Writes down somebody who is not there yet, and shows before whom it may be.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::PatientId;
use sea_orm::{DatabaseTransaction, DbErr};

use super::identifier::Identifier;
use super::look_up::{self, Hit, LookUp, LookUpError};
use super::name::Use;
use super::record::Record;
use super::same::{self, Same};
use super::{PatientError, find, queries, team};
use crate::account::By;
use crate::account::policy::{Deed, Object};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::Definitions;
use crate::definition::patient::PatientRule;

/// Somebody to be registered.
#[derive(Debug, Clone)]
pub struct NewPatient {
    /// What is said of them.
    pub record: Record,
    /// Code of the part that the registering organization takes in the standing care team.
    pub role: String,
    /// Who there, in words.
    pub staff: String,
}

/// Registers somebody; from then on the registering organization is in the standing care team.
///
/// # Errors
/// [`PatientError`], also where nobody acts for an organization.
pub async fn register(
    tx: &DatabaseTransaction,
    rule: &PatientRule,
    by: &By,
    new: NewPatient,
    now: DateTime<Utc>,
) -> Result<PatientId, PatientError> {
    let organization = by
        .organization
        .ok_or(PatientError::Unknown("登録する組織"))?;
    let object = Object {
        care_team: [organization].into(),
        ..Object::new("patient", 0)
    };
    by.authorize(Deed::WritePatient, &object)?;
    let record = new.record.checked(jst_day(now))?;
    let id = queries::insert(tx, &record, (by.account, organization), &instant(now)).await?;
    let event = Event {
        note: Some("registered"),
        ..Event::done(Deed::WritePatient.code(), "patient", id)
    };
    audit::record(tx, by, event, now).await?;
    let part = team::Part {
        patient: id.into(),
        case: None,
        organization,
        role: new.role,
        case_role: None,
        staff: new.staff,
        valid_from: jst_day(now),
    };
    team::put(tx, rule, by, &part, now).await?;
    Ok(id.into())
}

/// Whom a new record may be of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// Those within one's own reach.
    pub own: Vec<(find::Listed, Same)>,
    /// Others in the area, as far as a look-up tells; none: it was not made, for want of a right, of a whole day of birth, or
    /// because there were too many in this hour.
    pub elsewhere: Option<Vec<Hit>>,
}

/// Looks before somebody is registered whether they are there already. The look-up in the area is written down.
///
/// # Errors
/// The engine's.
pub async fn candidates(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    by: &By,
    record: &Record,
    now: DateTime<Utc>,
) -> Result<Candidates, DbErr> {
    let own = same::candidates(tx, by, record, now).await?;
    let mut elsewhere = None;
    if let Some(asked) = asked(record).filter(|_| by.ever_may(Deed::LookUpPatient)) {
        elsewhere = match look_up::look_up(tx, definitions, by, &asked, now).await {
            Ok(hits) => Some(hits),
            Err(LookUpError::Database(error)) => return Err(error),
            Err(_) => None,
        };
    }
    if let Some(hits) = &mut elsewhere {
        hits.retain(|hit| own.iter().all(|(listed, _)| listed.id != hit.patient));
    }
    Ok(Candidates { own, elsewhere })
}

/// By what a record is looked up: its number, or else its name and birth.
fn asked(record: &Record) -> Option<LookUp> {
    let insured = record.identifiers.iter().find_map(|it| match it {
        Identifier::CareInsurance { number, .. } => Some(number.clone()),
        Identifier::MedicalRecord { .. } => None,
    });
    let by_name = || {
        let born_on: NaiveDate = record.birth.born.day()?;
        let official = record.names.iter().find(|it| it.used_as == Use::Official)?;
        Some(LookUp::Name(official.whole_kana(), born_on))
    };
    insured.map(LookUp::InsuredNumber).or_else(by_name)
}
