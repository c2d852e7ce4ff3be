//! What a user, and apart from them the family, agreed to: for what, on what it rests, from when to when, until it was withdrawn.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{ConsentId, PatientId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::{PatientError, in_order, needed, object, text};
use crate::account::By;
use crate::account::policy::Deed;
use crate::attachment::key::KeyFile;
use crate::attachment::{self, AttachmentError, Opened, Paper};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::patient::{Basis, ConsentScope, Fact, PatientRule};

mod queries;

pub use queries::Row as Consent;

/// Who agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GivenBy {
    /// The user, for what is said of them.
    User,
    /// The family, for what is said of the family.
    Family,
}

impl GivenBy {
    /// Both.
    pub const ALL: [Self; 2] = [Self::User, Self::Family];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Family => "family",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::User => "本人",
            Self::Family => "家族（家族の情報について）",
        }
    }
}

/// Consent to be recorded.
#[derive(Debug, Clone)]
pub struct NewConsent {
    /// Of whose record.
    pub patient: PatientId,
    /// Who agreed.
    pub given_by: GivenBy,
    /// The name of who signed; the family is named, the user need not be.
    pub giver: String,
    /// Code of a scope of `patients.toml`.
    pub scope: String,
    /// What for, in words.
    pub purpose: String,
    /// On what it rests.
    pub basis: Basis,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
}

/// Why consent was not recorded or withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// The scope does not rest on that.
    #[error("「{0}」は{1}を根拠にできません。根拠を選び直してください。")]
    WrongBasis(String, &'static str),
    /// It was withdrawn already.
    #[error("この同意は、すでに撤回されています。")]
    Withdrawn,
    /// A law holds whoever objects.
    #[error("法令による提供は、撤回できません。")]
    ByLaw,
    /// Before it began, or after today.
    #[error("撤回の日は、同意の始まりの日から今日までの日付にしてください。")]
    WrongDay,
    /// The signed paper.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// A record, a text or the engine.
    #[error(transparent)]
    Patient(#[from] PatientError),
}

impl From<DbErr> for ConsentError {
    fn from(error: DbErr) -> Self {
        PatientError::from(error).into()
    }
}

/// Records what was agreed, with the signed paper, or on what else it rests that something may be told.
///
/// # Errors
/// [`ConsentError`].
pub async fn record(
    tx: &DatabaseTransaction,
    rule: &PatientRule,
    by: &By,
    (new, scan): (&NewConsent, Paper<'_>),
    now: DateTime<Utc>,
) -> Result<ConsentId, ConsentError> {
    let object = object(tx, new.patient, now).await?;
    by.authorize(Deed::RecordConsent, &object)
        .map_err(PatientError::from)?;
    let scope = rule.consent_scope(&new.scope);
    let scope = scope.ok_or(PatientError::Unknown("同意の範囲"))?;
    if !scope.bases.contains(&new.basis) {
        return Err(ConsentError::WrongBasis(
            scope.name.clone(),
            new.basis.words(),
        ));
    }
    in_order("同意の期間", new.valid_from, new.valid_to)?;
    let giver = match new.given_by {
        GivenBy::User => text("同意した人", &new.giver, 100)?,
        GivenBy::Family => Some(needed("同意した家族", &new.giver, 100)?),
    };
    let purpose = needed("目的", &new.purpose, 500)?;
    let who = (by.account.map(i64::from), by.organization.map(i64::from));
    let scan = attachment::put_paper(tx, by, scan, now).await?;
    let texts = (giver, &*purpose, scan.map(i64::from));
    let id = queries::insert(tx, new, texts, who, &instant(now)).await?;
    let event = Event {
        note: Some(new.basis.code()),
        ..Event::done(Deed::RecordConsent.code(), "consent", id)
    };
    audit::record(tx, by, event, now)
        .await
        .map_err(PatientError::from)?;
    Ok(id.into())
}

/// From `on` on it no longer holds.
///
/// # Errors
/// [`ConsentError`].
pub async fn withdraw(
    tx: &DatabaseTransaction,
    by: &By,
    (consent, on): (ConsentId, NaiveDate),
    now: DateTime<Utc>,
) -> Result<(), ConsentError> {
    let row = queries::by_id(tx, consent.get()).await?;
    let row = row.ok_or(PatientError::NotThere)?;
    let object = object(tx, row.patient_id.into(), now).await?;
    by.authorize(Deed::RecordConsent, &object)
        .map_err(PatientError::from)?;
    if row.basis == Basis::Law.code() {
        return Err(ConsentError::ByLaw);
    }
    let day = on.to_string();
    if day < row.valid_from || on > jst_day(now) {
        return Err(ConsentError::WrongDay);
    }
    if !queries::withdraw(tx, consent.get(), &day).await? {
        return Err(ConsentError::Withdrawn);
    }
    let event = Event {
        note: Some("consent: withdrawn"),
        ..Event::done(Deed::RecordConsent.code(), "consent", consent.get())
    };
    Ok(audit::record(tx, by, event, now).await?)
}

/// The signed paper of a consent, for whoever may see the record, and that it was opened.
///
/// # Errors
/// [`ConsentError`], also where the consent is of another record.
pub async fn scan(
    tx: &DatabaseTransaction,
    by: &By,
    (patient, consent, keys): (PatientId, ConsentId, &KeyFile),
    now: DateTime<Utc>,
) -> Result<Opened, ConsentError> {
    let object = object(tx, patient, now).await?;
    by.authorize(Deed::ReadPatient, &object)
        .map_err(PatientError::from)?;
    let row = queries::by_id(tx, consent.get()).await?;
    let row = row.filter(|row| row.patient_id == patient.get());
    let file = row.and_then(|row| row.attachment_id);
    let file = file.ok_or(PatientError::NotThere)?;
    let event = Event::done(Deed::ReadPatient.code(), "consent", consent.get());
    audit::record(tx, by, event, now).await?;
    Ok(attachment::open(tx, file.into(), keys).await?)
}

/// All that was recorded, the newest first. Whether it may be seen is asked by whoever calls this.
///
/// # Errors
/// The engine's.
pub async fn of_patient(
    db: &impl ConnectionTrait,
    patient: PatientId,
) -> Result<Vec<Consent>, DbErr> {
    queries::of_patient(db, patient.get()).await
}

/// On what it rests on a day that something of the user, or of the family, may be told within a scope; none: it may not.
/// Consent comes before what needs none.
///
/// # Errors
/// The engine's.
pub async fn holds(
    db: &impl ConnectionTrait,
    patient: PatientId,
    (given_by, scope): (GivenBy, &str),
    day: NaiveDate,
) -> Result<Option<Basis>, DbErr> {
    let whose = (patient.get(), given_by.code(), scope);
    let bases = queries::bases_on(db, whose, &day.to_string()).await?;
    let is_there = |basis: &Basis| bases.iter().any(|it| it == basis.code());
    Ok(Basis::ALL.into_iter().find(is_there))
}

/// What may be told of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May<'a> {
    /// All that the scope needs.
    TellAll,
    /// The legal minimum alone.
    Tell(&'a BTreeSet<Fact>),
    /// Nothing.
    TellNothing,
}

/// What may be told within a scope where it rests on `basis`: without consent the legal minimum.
#[must_use]
pub fn may_tell(scope: &ConsentScope, basis: Option<Basis>) -> May<'_> {
    match basis {
        Some(Basis::Consent) => May::TellAll,
        Some(Basis::Notice | Basis::Law) => May::Tell(&scope.minimum),
        None => May::TellNothing,
    }
}
