//! What a row of a table does in its transaction: registers, begins a case, or tells the admission in one that is open.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::date::wareki;
use keniki_base::id::{CaseId, OrganizationId, PatientId};
use sea_orm::{DatabaseTransaction, DbErr};

use super::Agreed;
use super::read::Admission;
use super::take::Outcome;
use crate::account::{By, Refused};
use crate::case::open::{self, Opening};
use crate::case::seat::Seating;
use crate::case::tell::{self, Telling};
use crate::case::{CaseError, House, queries};
use crate::patient::find::{self, Listed};
use crate::patient::identifier::Identifier;
use crate::patient::look_up::LookUpError;
use crate::patient::recognize::Known;
use crate::patient::record::Record;
use crate::patient::register::{NewPatient, register};
use crate::patient::{PatientError, change, team};

/// What the rows are taken with.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub house: House<'a>,
    pub by: &'a By,
    pub agreed: &'a Agreed<'a>,
    pub own: OrganizationId,
    pub is_trial: bool,
    pub now: DateTime<Utc>,
}

/// Why a row is not taken.
pub(super) enum RowError {
    Told(Vec<String>),
    Refused(Box<Refused>),
    Database(DbErr),
}

pub(super) const OTHERS: &str = "この人のケースは、ほかの組織が始めています。担当の組織に電話で知らせ、病院をケースに加えてもらってください。";

impl From<DbErr> for RowError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl From<LookUpError> for RowError {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::Database(error) => Self::Database(error),
            LookUpError::Refused(refused) => Self::Refused(Box::new(refused)),
            other => Self::Told(vec![other.to_string()]),
        }
    }
}

impl From<PatientError> for RowError {
    fn from(error: PatientError) -> Self {
        match error {
            PatientError::Database(error) => Self::Database(error),
            PatientError::Refused(refused) => Self::Refused(Box::new(refused)),
            other => Self::Told(vec![other.to_string()]),
        }
    }
}

impl From<CaseError> for RowError {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Database(error) => Self::Database(error),
            CaseError::Refused(refused) => Self::Refused(Box::new(refused)),
            CaseError::Patient(error) => error.into(),
            CaseError::AlreadyOpen(_) => Self::Told(vec![OTHERS.to_owned()]),
            other => Self::Told(vec![other.to_string()]),
        }
    }
}

/// What a row does, of whom it recognized.
pub(super) async fn act(
    tx: &DatabaseTransaction,
    desk: Desk<'_>,
    admission: &Admission,
    known: Known,
) -> Result<(Outcome, Option<CaseId>), RowError> {
    match known {
        Known::Unsure(why) => Err(RowError::Told(why)),
        Known::Nobody => {
            let new = NewPatient {
                record: admission.record.clone(),
                role: desk.agreed.part.code.clone(),
                staff: String::new(),
            };
            let rule = desk.house.definitions.patients();
            let patient = register(tx, rule, desk.by, new, desk.now).await?;
            let case = begin(tx, desk, (patient, admission)).await?;
            Ok((Outcome::Registered, Some(case)))
        }
        Known::Elsewhere(hit) => {
            let case = begin(tx, desk, (hit.patient, admission)).await?;
            number(tx, desk, hit.patient, admission).await?;
            let answers = hit.answers.map(|it| it.name);
            Ok((Outcome::Opened(answers), Some(case)))
        }
        Known::Own(listed) => go_on(tx, desk, &listed, admission).await,
    }
}

/// Somebody whom the hospital knows: their case goes on, or a new one begins.
async fn go_on(
    tx: &DatabaseTransaction,
    desk: Desk<'_>,
    listed: &Listed,
    admission: &Admission,
) -> Result<(Outcome, Option<CaseId>), RowError> {
    let patient = listed.id;
    let (opened, told) = keys(desk, admission);
    let keys = (opened.as_str(), told.as_str());
    if let Some(case) = queries::told_by_forms(tx, patient.get(), keys).await? {
        return Ok((Outcome::Already, Some(case.into())));
    }
    let code = &desk.agreed.program.code;
    let open = queries::open_of(tx, patient.get()).await?;
    let (outcome, case) = match open.into_iter().find(|it| it.program == *code) {
        Some(case) if is_there(&case, desk, admission) => {
            return Ok((Outcome::Already, Some(case.id.into())));
        }
        Some(case) if is_in(&case) => return Err(elsewhere_or_since(&case, desk)),
        Some(case) => {
            let telling = telling(tx, desk, (patient, admission)).await?;
            let case = case.id.into();
            tell::tell(tx, desk.house, desk.by, case, (&telling, None), desk.now).await?;
            plan(tx, desk, case, admission).await?;
            (Outcome::Told, case)
        }
        None => {
            let case = begin(tx, desk, (patient, admission)).await?;
            (Outcome::Opened(None), case)
        }
    };
    number(tx, desk, patient, admission).await?;
    Ok((outcome, Some(case)))
}

/// Somebody told of this admission by hand.
fn is_there(case: &queries::Case, desk: Desk<'_>, admission: &Admission) -> bool {
    let day = admission.day().to_string();
    is_in(case)
        && case.hospital_id == Some(desk.own.get())
        && case.admitted_on.as_deref() == Some(&day)
}

fn is_in(case: &queries::Case) -> bool {
    matches!(case.stay.as_deref(), Some("in" | "leave"))
}

/// A stay that goes on, in another hospital or since another day, is ended or corrected by people.
fn elsewhere_or_since(case: &queries::Case, desk: Desk<'_>) -> RowError {
    let since = case.admitted_on.as_deref().and_then(|day| day.parse().ok());
    let since = since.map(wareki).unwrap_or_default();
    let sentence = match case.hospital_id == Some(desk.own.get()) {
        true => format!(
            "すでに入院中（{since}から）と記録されています。入院日がちがうときは、ケースで訂正してください。"
        ),
        false => format!(
            "ほかの病院に入院中（{since}から）と記録されています。先に、ケースで退院か転院を記録してください。"
        ),
    };
    RowError::Told(vec![sentence])
}

/// By what an admission is known again: one of a patient in a hospital on a day. With the first a case begins.
fn keys(desk: Desk<'_>, admission: &Admission) -> (String, String) {
    let key = format!("admission {} {}", desk.own, admission.day());
    let told = format!("{key} told");
    (key, told)
}

async fn begin(
    tx: &DatabaseTransaction,
    desk: Desk<'_>,
    (patient, admission): (PatientId, &Admission),
) -> Result<CaseId, RowError> {
    let opening = Opening {
        program: desk.agreed.program.code.clone(),
        role: desk.agreed.role.code.clone(),
        event: Some(telling(tx, desk, (patient, admission)).await?),
        form_key: Some(keys(desk, admission).0),
        ..Opening::default()
    };
    let case = open::open(tx, desk.house, desk.by, (patient, &opening), desk.now).await?;
    plan(tx, desk, case, admission).await?;
    Ok(case)
}

async fn telling(
    tx: &DatabaseTransaction,
    desk: Desk<'_>,
    (patient, admission): (PatientId, &Admission),
) -> Result<Telling, DbErr> {
    let agreed = desk.agreed;
    let rule = match admission.is_to_backup_bed {
        true => agreed.emergency.unwrap_or(agreed.admitted),
        false => agreed.admitted,
    };
    let mut facts = BTreeMap::new();
    let asks = rule.asks.iter().any(|fact| fact == "care_manager");
    if let Some(has_one) = admission.has_care_manager.filter(|_| asks) {
        // Who stands in the care team counts for more than what the ward did not know.
        if has_one || !has_standing(tx, patient).await? {
            let choice = if has_one { "yes" } else { "no" };
            facts.insert("care_manager".to_owned(), choice.to_owned());
        }
    }
    Ok(Telling {
        kind: rule.code.clone(),
        happened_at: admission.at,
        facts,
        organization: Some(desk.own),
        // A table names no office; who stands in the care team has the part already.
        seating: Seating::NotKnown,
        note: admission.ward.clone(),
        form_key: Some(keys(desk, admission).1),
        ..Telling::default()
    })
}

async fn has_standing(tx: &DatabaseTransaction, patient: PatientId) -> Result<bool, DbErr> {
    let team = team::of_patient(tx, patient).await?;
    let is_one = |it: &team::Member| {
        it.case_id.is_none()
            && it.valid_to.is_none()
            && ["care_management", "support_center"].contains(&it.role.as_str())
    };
    Ok(team.iter().any(is_one))
}

/// Tells the planned day of discharge, where it is known.
async fn plan(
    tx: &DatabaseTransaction,
    desk: Desk<'_>,
    case: CaseId,
    admission: &Admission,
) -> Result<(), RowError> {
    let (Some(day), Some(rule)) = (admission.planned_on, desk.agreed.planned) else {
        return Ok(());
    };
    let telling = Telling {
        kind: rule.code.clone(),
        happened_at: admission.at,
        day: Some(day),
        form_key: Some(format!("{} planned", keys(desk, admission).0)),
        ..Telling::default()
    };
    tell::tell(tx, desk.house, desk.by, case, (&telling, None), desk.now).await?;
    Ok(())
}

/// The hospital's own number is written to the record, where it has none of this hospital.
async fn number(
    tx: &DatabaseTransaction,
    desk: Desk<'_>,
    patient: PatientId,
    admission: &Admission,
) -> Result<(), RowError> {
    let is_own = |record: &Record| {
        let mut numbers = record.medical_records();
        numbers.any(|(organization, _)| organization == desk.own)
    };
    let own = admission.record.identifiers.iter();
    let own = own
        .filter(|it| matches!(it, Identifier::MedicalRecord { .. }))
        .cloned();
    let own: Vec<Identifier> = own.collect();
    let Some(mut listed) = find::listed(tx, &[patient.get()]).await?.pop() else {
        return Ok(());
    };
    if own.is_empty() || is_own(&listed.record) {
        return Ok(());
    }
    listed.record.identifiers.extend(own);
    let version = (patient, listed.version);
    Ok(change::change(tx, desk.by, version, listed.record, desk.now).await?)
}
