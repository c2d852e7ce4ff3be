//! 緊急時閲覧: somebody outside the care team opens a record for some hours and says why; who answers for the person is told,
//! and somebody looks at it afterwards.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::PatientId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::find::Page;
use super::{PatientError, needed, object, team};
use crate::account::policy::{self, Deed, Object};
use crate::account::{By, mailbox};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::Definitions;

mod queries;

pub use queries::Row as Opening;

/// Why a record was not opened, or an opening not reviewed.
#[derive(Debug, thiserror::Error)]
pub enum EmergencyError {
    /// Too short a reason.
    #[error("なぜ見る必要があるのかを、{0}文字以上で書いてください。")]
    TooShort(usize),
    /// It is open.
    #[error("この記録は、いまの役割でそのまま見られます。緊急時閲覧は要りません。")]
    Open,
    /// Nobody signed in.
    #[error("緊急時閲覧は、サインインした人だけができます。")]
    Nobody,
    /// One's own.
    #[error("自分の緊急時閲覧は、自分では確かめられません。ほかの人に頼んでください。")]
    OwnOpening,
    /// Somebody else did.
    #[error("この緊急時閲覧は、ほかの人が先に確かめました。")]
    Reviewed,
    /// A record, a text or the engine.
    #[error(transparent)]
    Patient(#[from] PatientError),
}

impl From<DbErr> for EmergencyError {
    fn from(error: DbErr) -> Self {
        PatientError::from(error).into()
    }
}

impl From<crate::account::Refused> for EmergencyError {
    fn from(refused: crate::account::Refused) -> Self {
        PatientError::from(refused).into()
    }
}

/// Opens a record; answers until when. A record of somebody who is in closed programs alone is not there.
///
/// # Errors
/// [`EmergencyError`].
pub async fn open(
    tx: &DatabaseTransaction,
    (definitions, public_url): (&Definitions, &str),
    by: &By,
    (patient, reason): (PatientId, &str),
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, EmergencyError> {
    by.authorize(Deed::OpenEmergency, &Object::new("patient", patient))?;
    let object = object(tx, patient, now).await?;
    let (Some(account), Some(organization)) = (by.account, by.organization) else {
        return Err(EmergencyError::Nobody);
    };
    if by.may(Deed::ReadPatient, &object).is_some() {
        return Err(EmergencyError::Open);
    }
    if queries::is_closed(tx, patient.get()).await? {
        return Err(PatientError::NotThere.into());
    }
    let rule = definitions.patients();
    let reason = needed("理由", reason, 1_000)?;
    if reason.chars().filter(|c| !c.is_whitespace()).count() < rule.emergency.reason_length {
        return Err(EmergencyError::TooShort(rule.emergency.reason_length));
    }
    let until = now + rule.emergency.lasts();
    let who = (account.get(), organization.get());
    let times = (&*instant(now), &*instant(until));
    let id = queries::insert(tx, (patient.get(), &reason), who, times).await?;
    if rule.emergency.tells_owner {
        tell_owner(tx, (definitions, public_url), patient, now).await?;
    }
    let event = Event::done(Deed::OpenEmergency.code(), "patient", patient.get());
    audit::record(tx, by, event, now).await?;
    let event = Event::done(Deed::OpenEmergency.code(), "emergency_access", id);
    audit::record(tx, by, event, now).await?;
    Ok(until)
}

/// A letter to whoever answers the mailbox of the organization that answers for the person, or of the whole standing care team
/// where none does. It says of nobody.
async fn tell_owner(
    tx: &DatabaseTransaction,
    (definitions, public_url): (&Definitions, &str),
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (rule, day) = (definitions.patients(), jst_day(now).to_string());
    let owner = team::answering(tx, rule, patient, &day).await?;
    let owners: Vec<(i64, String)> = match owner {
        Some(owner) => vec![(owner.organization_id, owner.role)],
        None => {
            let members = team::of_patient(tx, patient).await?.into_iter();
            let standing = members.filter(|it| it.case_id.is_none() && it.valid_to.is_none());
            standing.map(|it| (it.organization_id, it.role)).collect()
        }
    };
    let body = format!(
        "支援チームで関わっている方の記録が、チームの外から緊急時閲覧で開かれました。\n\
         だれの記録か、だれがなぜ開いたかは、サインインして次のページで確かめてください。\n\n{public_url}/emergencies\n"
    );
    for (organization, role) in owners {
        let to = (organization.into(), rule.mailbox(&role));
        mailbox::letter(tx, definitions, to, ("緊急時閲覧がありました", &body), now).await?;
    }
    Ok(())
}

/// Openings that nobody has looked at, for whoever reviews them, the oldest first: how many, and a page of them.
///
/// # Errors
/// The engine's.
pub async fn to_review(
    db: &impl ConnectionTrait,
    by: &By,
    page: Page,
) -> Result<(u64, Vec<Opening>), DbErr> {
    let reach = by.reach(Deed::ReviewEmergency);
    let within = policy::condition(&reach, "e.organization_id", "''");
    queries::list(db, &format!("e.reviewed_at is null and {within}"), page).await
}

/// Openings of records that `by` may see without one, the newest first: what the owner was told of.
///
/// # Errors
/// The engine's.
pub async fn of_own_patients(
    db: &impl ConnectionTrait,
    by: &By,
    page: Page,
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Opening>), DbErr> {
    let reach = by.reach(Deed::WritePatient);
    let within = policy::condition_of_patient(&reach, "e.patient_id", jst_day(now), now);
    queries::list(db, &within, page).await
}

/// Openings of `by`, whether they are over or not.
///
/// # Errors
/// The engine's.
pub async fn own(
    db: &impl ConnectionTrait,
    by: &By,
    page: Page,
) -> Result<(u64, Vec<Opening>), DbErr> {
    let account = by.account.map_or(0, i64::from);
    queries::list(db, &format!("e.account_id = {account}"), page).await
}

/// Until when a record is open for whoever asks, by an emergency; none: it is not.
///
/// # Errors
/// The engine's.
pub async fn open_until(
    db: &impl ConnectionTrait,
    by: &By,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let now = instant(now);
    let all = of_patient(db, patient).await?.into_iter();
    let own = all.filter(|it| Some(it.account_id) == by.account.map(i64::from));
    let ends = own.map(|it| it.ends_at).filter(|ends_at| *ends_at > now);
    Ok(ends.max().and_then(|ends_at| ends_at.parse().ok()))
}

/// Openings of one record. Whether it may be seen is asked by whoever calls this.
pub(super) async fn of_patient(
    db: &impl ConnectionTrait,
    patient: PatientId,
) -> Result<Vec<Opening>, DbErr> {
    let page = Page {
        first: 0,
        most: 100,
    };
    let (_, openings) = queries::list(db, &format!("e.patient_id = {patient}"), page).await?;
    Ok(openings)
}

/// Somebody other than who opened it has looked at an opening, and says what they found.
///
/// # Errors
/// [`EmergencyError`].
pub async fn review(
    tx: &DatabaseTransaction,
    by: &By,
    (opening, outcome): (i64, &str),
    now: DateTime<Utc>,
) -> Result<(), EmergencyError> {
    let row = queries::by_id(tx, opening).await?;
    let row = row.ok_or(PatientError::NotThere)?;
    let object = Object::new("emergency_access", opening).of(row.organization_id.into());
    by.authorize(Deed::ReviewEmergency, &object)?;
    if by.account.map(i64::from) == Some(row.account_id) {
        return Err(EmergencyError::OwnOpening);
    }
    let outcome = needed("確かめた結果", outcome, 1_000)?;
    let who = by.account.map(i64::from);
    if !queries::put_review(tx, opening, (who, &outcome), &instant(now)).await? {
        return Err(EmergencyError::Reviewed);
    }
    let event = Event::done(Deed::ReviewEmergency.code(), "emergency_access", opening);
    Ok(audit::record(tx, by, event, now).await?)
}
