//! People who are cared for: who they are, what was agreed, who looks after them, and who saw their record in an emergency.
//!
//! The word `person` means the holder of an account. Whoever may see a patient is in the care team with their organization
//! ([`team`]) or has opened the record in an emergency ([`emergency`]); whoever may not learns of a person only by [`look_up`].

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::code::WrongCode;
use keniki_base::date::WrongDate;
use keniki_base::id::{CaseId, PatientId};
use sea_orm::{ConnectionTrait, DbErr};

use crate::account::Refused;
use crate::account::policy::Object;

pub mod birth;
pub mod bulk;
pub mod change;
pub mod consent;
pub mod emergency;
pub mod find;
pub mod identifier;
pub mod level;
pub mod line;
pub mod look_up;
pub mod merge;
pub mod name;
mod queries;
pub mod recognize;
pub mod record;
pub mod register;
pub mod same;
pub mod show;
pub mod team;
pub mod unmerge;

/// Why nothing of a patient was written or shown.
#[derive(Debug, thiserror::Error)]
pub enum PatientError {
    /// No such record, or one that is none for this reader.
    #[error("その記録はありません。")]
    NotThere,
    /// Somebody else has changed it.
    #[error(
        "ほかの人が先にこの記録を変えました。ページを開きなおして、いまの内容を確かめてください。"
    )]
    Stale,
    /// A name that is none.
    #[error(transparent)]
    Name(#[from] name::WrongName),
    /// A day that cannot be.
    #[error(transparent)]
    Birth(#[from] birth::WrongBirth),
    /// A text that is no day.
    #[error(transparent)]
    Date(#[from] WrongDate),
    /// 保険者番号 that does not hold.
    #[error(transparent)]
    Code(#[from] WrongCode),
    /// A number that is none.
    #[error(transparent)]
    Number(#[from] identifier::WrongNumber),
    /// Died before birth, or in the future.
    #[error(
        "亡くなった日が、生まれた日より前か、今日より後になっています。日付を確かめてください。"
    )]
    WrongDeath,
    /// Ends before it begins.
    #[error("「{0}」の終わりの日が、始まりの日より前になっています。日付を確かめてください。")]
    Reversed(&'static str),
    /// Too long, or with signs that cannot be shown.
    #[error("「{0}」は{1}文字までで、改行のほかの制御文字を除いて書いてください。")]
    WrongText(&'static str, usize),
    /// Nothing is there.
    #[error("「{0}」を書いてください。")]
    Missing(&'static str),
    /// A code that no definition has.
    #[error("「{0}」を選び直してください。")]
    Unknown(&'static str),
    /// A part of the care team that is not one's own to end.
    #[error(
        "「{0}」を支援チームから外せるのは、その組織と、その組織を加えた組織、担当の組織（ケアマネジャーなど）だけです。どれかの組織に連絡してください。"
    )]
    OthersPart(String),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// A patient as the policy asks after them, on the day and at the moment of `now`.
///
/// # Errors
/// [`PatientError::NotThere`], also for a record that was merged into another.
pub async fn object(
    db: &impl ConnectionTrait,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<Object, PatientError> {
    if !queries::is_going_on(db, patient.get()).await? {
        return Err(PatientError::NotThere);
    }
    let day = jst_day(now).to_string();
    let emergency = queries::opened_by(db, patient.get(), &crate::database::instant(now)).await?;
    Ok(Object {
        care_team: queries::team(db, "patient_id", patient.get(), &day).await?,
        emergency,
        ..Object::new("patient", patient)
    })
}

/// A case as the policy asks after it: its own care team, and who opened the record in an emergency while the case goes on.
///
/// # Errors
/// The engine's.
pub async fn object_of_case(
    db: &impl ConnectionTrait,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Object, DbErr> {
    let day = jst_day(now).to_string();
    let now = crate::database::instant(now);
    Ok(Object {
        care_team: queries::team(db, "case_id", case.get(), &day).await?,
        emergency: queries::case_opened_by(db, case.get(), &now).await?,
        ..Object::new("care_case", case)
    })
}

/// What is written of a patient, or in a case of theirs: the care team of the one or of the other.
///
/// # Errors
/// [`PatientError::NotThere`], also for another patient's case.
pub async fn object_of(
    db: &impl ConnectionTrait,
    patient: PatientId,
    case: Option<CaseId>,
    now: DateTime<Utc>,
) -> Result<Object, PatientError> {
    match case {
        None => object(db, patient, now).await,
        Some(case) if team::queries::is_case_of(db, case.get(), patient.get()).await? => {
            Ok(object_of_case(db, case, now).await?)
        }
        Some(_) => Err(PatientError::NotThere),
    }
}

/// A text is too long, or has signs that cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotPlain;

/// A text as it is kept: without blanks at its ends; none where nothing is left.
pub(crate) fn tidy(typed: &str, most: usize) -> Result<Option<String>, NotPlain> {
    let typed = typed.trim();
    let is_hidden = |c: char| c.is_control() && c != '\n' && c != '\r' && c != '\t';
    if typed.chars().count() > most || typed.chars().any(is_hidden) {
        return Err(NotPlain);
    }
    Ok(Some(typed.to_owned()).filter(|text| !text.is_empty()))
}

/// The same, named where it is not one.
fn text(what: &'static str, typed: &str, most: usize) -> Result<Option<String>, PatientError> {
    tidy(typed, most).map_err(|NotPlain| PatientError::WrongText(what, most))
}

/// A text that must be there.
pub(crate) fn needed(what: &'static str, typed: &str, most: usize) -> Result<String, PatientError> {
    text(what, typed, most)?.ok_or(PatientError::Missing(what))
}

/// From one day to another, or open.
fn in_order(
    what: &'static str,
    from: NaiveDate,
    to: Option<NaiveDate>,
) -> Result<(), PatientError> {
    match to {
        Some(to) if to < from => Err(PatientError::Reversed(what)),
        _ => Ok(()),
    }
}
