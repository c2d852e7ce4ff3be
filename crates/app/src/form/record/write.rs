//! Keeps a form that was filled in: sound, in the version of today, once.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, FormRecordId, PatientId};
use sea_orm::DatabaseTransaction;

use super::file::{self, Brought};
use super::{KIND, RecordError, find, queries, version};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::Definitions;
use crate::definition::form::Form;
use crate::form::begin::{Dropped, retype};
use crate::form::raw::Raw;
use crate::form::read::{FieldFault, read};
use crate::patient;

/// A form as its page was sent.
#[derive(Clone)]
pub struct NewRecord<'a> {
    /// Of whom.
    pub patient: PatientId,
    /// In which case.
    pub case: Option<CaseId>,
    /// Code of the form.
    pub form: &'a str,
    /// The version that the page was of.
    pub version: &'a str,
    /// What was typed.
    pub raw: &'a Raw,
    /// The record that the page began from.
    pub former: Option<FormRecordId>,
    /// Files that came with it.
    pub files: Brought<'a>,
    /// Made up for the page: what is sent twice is kept once.
    pub key: Option<&'a str>,
}

/// Keeps it, and the words of its form with the first of them. Sent again, it is the same.
///
/// # Errors
/// [`RecordError`]; with [`RecordError::Faults`] and [`RecordError::Newer`] nothing typed is lost.
pub async fn write(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    by: &By,
    new: &NewRecord<'_>,
    now: DateTime<Utc>,
) -> Result<FormRecordId, RecordError> {
    let object = patient::object_of(tx, new.patient, new.case, now).await?;
    by.authorize(Deed::WriteForm, &object)?;
    let today = jst_day(now);
    let form = definitions
        .form(new.form, today)
        .ok_or(RecordError::NoForm)?;
    if let Some(former) = new.former {
        let former = find(tx, (by, Deed::ReadForm), former, now).await?;
        if (former.patient_id, &*former.form) != (new.patient.get(), new.form) {
            return Err(RecordError::NotThere);
        }
    }
    if form.version != new.version {
        let moved = newer(tx, definitions, form, (new.version, new.raw), today).await?;
        return Err(RecordError::Newer(Box::new(moved)));
    }
    let (raw, faults) = new.files.named(form, new.raw);
    let mut reading = read(form, &raw, today);
    let is_told = |it: &FieldFault| faults.iter().any(|fault| fault.item == it.item);
    reading.faults.retain(|fault| !is_told(fault));
    reading.faults.extend(faults);
    let what = (form, &mut reading);
    let hanging = new.files.hanging(tx, what, new.former).await?;
    if !reading.is_sound() {
        return Err(RecordError::Faults(Box::new(reading)));
    }
    let (which, at) = ((&*form.code, &*form.version), instant(now));
    queries::keep_text(tx, which, (&form.file, &form.text), &at).await?;
    let content = reading.values.to_json().to_string();
    let written = queries::Written {
        patient: new.patient.get(),
        case: new.case.map(i64::from),
        form: which,
        content: &content,
        former: new.former.map(i64::from),
        key: new.key,
    };
    let who = (by.account.map(i64::from), by.organization.map(i64::from));
    let Some(id) = queries::insert(tx, &written, who, &at).await? else {
        return sent_before(tx, &written, who.0).await;
    };
    for (item, file) in hanging {
        file::hang(tx, by, (id, &item, file), new.files.sealing, now).await?;
    }
    let event = Event {
        note: Some(&form.code),
        ..Event::done(Deed::WriteForm.code(), KIND, id)
    };
    audit::record(tx, by, event, now).await?;
    Ok(id.into())
}

/// The record of a page that is sent again, if it says the same.
async fn sent_before(
    tx: &DatabaseTransaction,
    written: &queries::Written<'_>,
    account: Option<i64>,
) -> Result<FormRecordId, RecordError> {
    let key = (written.patient, written.key.unwrap_or_default());
    let known = queries::sent(tx, key, account).await?;
    let known = known.ok_or(RecordError::NotThere)?;
    let is_same = (&*known.form, &*known.form_version, &*known.content)
        == (written.form.0, written.form.1, written.content);
    match is_same {
        true => Ok(known.id.into()),
        false => Err(RecordError::Sent(known.id.into())),
    }
}

/// What was typed on the page of version `old`, as it would stand on that of `form`; with it what has no place there.
///
/// # Errors
/// The engine's.
pub async fn newer(
    db: &impl sea_orm::ConnectionTrait,
    definitions: &Definitions,
    form: &Form,
    (old, raw): (&str, &Raw),
    today: NaiveDate,
) -> Result<(Raw, Vec<Dropped>), RecordError> {
    match version(db, definitions, (&form.code, old)).await {
        Ok(old) => Ok(retype(form, &old, raw, today)),
        // A version that nobody knows any more: what has the same name has the same meaning.
        Err(RecordError::NoForm) => Ok((raw.clone(), Vec::new())),
        Err(other) => Err(other),
    }
}
