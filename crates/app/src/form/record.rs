//! Forms that were filled in and are kept, of a patient and maybe in a case: never changed, only followed by another or annulled.
//!
//! A record of a case is seen by the care team of that case, one without a case by the care team of the patient.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use keniki_base::id::{FormRecordId, PatientId};
use sea_orm::{ConnectionTrait, DbErr};

use super::begin::Dropped;
use super::raw::Raw;
use super::read::Reading;
use crate::account::policy::Deed;
use crate::account::{By, Refused};
use crate::attachment::AttachmentError;
use crate::definition::Definitions;
use crate::definition::form::Form;
use crate::patient::{self, PatientError};

pub mod annul;
pub mod export;
pub mod file;
pub mod known;
pub mod list;
mod queries;
pub mod show;
pub mod start;
pub mod write;

pub use queries::{Attached, Row};

/// What an audit row, an object and a page call it.
const KIND: &str = "form_record";

/// Why a form was not kept, shown or annulled.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// No such record, or one that is none for this reader.
    #[error("その様式の記録はありません。")]
    NotThere,
    /// No such form, or none that is begun today.
    #[error("その様式は、いま書けません。様式の一覧から選び直してください。")]
    NoForm,
    /// What is wrong with it.
    #[error("直すところが{}件あります。", .0.faults.len())]
    Faults(Box<Reading>),
    /// The page was of an older version.
    #[error(
        "書いているあいだに様式が新しくなりました。書いた内容を新しい様式に移しました。確かめて、もう一度保存してください。"
    )]
    Newer(Box<(Raw, Vec<Dropped>)>),
    /// The page was sent before, and said something else.
    #[error(
        "この画面からは、すでに保存しました。続けて書くときは、その記録をもとに新しく書いてください。"
    )]
    Sent(FormRecordId),
    /// It was annulled before.
    #[error("この記録は、すでに取り消されています。")]
    Annulled,
    /// Another organization wrote it.
    #[error("ほかの組織が書いた記録は取り消せません。書いた組織に知らせてください。")]
    NotOwn,
    /// A file could not be kept, or does not open.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// A patient, a text or a case.
    #[error(transparent)]
    Patient(#[from] PatientError),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// A record with which `by` may do `deed`.
async fn find(
    db: &impl ConnectionTrait,
    (by, deed): (&By, Deed),
    id: FormRecordId,
    now: DateTime<Utc>,
) -> Result<Row, RecordError> {
    let row = queries::by_id(db, id.get()).await?;
    let row = row.ok_or(RecordError::NotThere)?;
    let case = row.case_id.map(Into::into);
    let object = patient::object_of(db, row.patient_id.into(), case, now).await?;
    by.authorize(deed, &object)?;
    Ok(row)
}

/// Of whom records are. Whether they may be seen is asked by whoever calls this.
///
/// # Errors
/// [`RecordError`].
pub async fn whom(
    db: &impl ConnectionTrait,
    patient: PatientId,
) -> Result<patient::record::Record, RecordError> {
    let listed = patient::find::listed(db, &[patient.get()]).await?.pop();
    Ok(listed.ok_or(PatientError::NotThere)?.record)
}

/// A version of a form by the words that were kept with its first record, or else by its file.
///
/// # Errors
/// [`RecordError::NoForm`]: neither is there, or cannot be read any more.
pub async fn version<'a>(
    db: &impl ConnectionTrait,
    definitions: &'a Definitions,
    (code, version): (&str, &str),
) -> Result<Cow<'a, Form>, RecordError> {
    let filed = definitions.form_version(code, version);
    match queries::text(db, (code, version)).await? {
        Some((_, text)) if filed.is_some_and(|form| form.text == text) => {}
        Some((file, text)) => {
            let form = Form::parse(&file, &text).map_err(|_| RecordError::NoForm)?;
            return Ok(Cow::Owned(form));
        }
        None => {}
    }
    filed.map(Cow::Borrowed).ok_or(RecordError::NoForm)
}
