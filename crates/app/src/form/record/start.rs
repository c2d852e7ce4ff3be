//! What a form begins with: the last one of the same patient, and over it what is known by now.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, FormRecordId, PatientId};
use sea_orm::ConnectionTrait;

use super::queries::{self, Row};
use super::show::values;
use super::{RecordError, find, known, list, version};
use crate::account::By;
use crate::account::policy::Deed;
use crate::definition::Definitions;
use crate::form::begin::{Dropped, begin_from, prefill};
use crate::form::value::Values;
use crate::patient;

/// What is to be begun.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Of whom.
    pub patient: PatientId,
    /// In which case.
    pub case: Option<CaseId>,
    /// Code of the form.
    pub form: &'a str,
    /// From which record; none: the last one.
    pub former: Option<FormRecordId>,
}

/// What a form begins with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Started {
    /// The answers that are there.
    pub values: Values,
    /// The record that they are from, and what it says.
    pub former: Option<(Row, Values)>,
    /// What of it has no place any more.
    pub dropped: Vec<Dropped>,
}

/// Begins a form for whoever may write it.
///
/// # Errors
/// [`RecordError`].
pub async fn start(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    by: &By,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Started, RecordError> {
    let object = patient::object_of(db, wanted.patient, wanted.case, now).await?;
    by.authorize(Deed::WriteForm, &object)?;
    let today = jst_day(now);
    let form = definitions
        .form(wanted.form, today)
        .ok_or(RecordError::NoForm)?;
    let known = known::known(db, definitions, by, (wanted.patient, wanted.case), now).await?;
    let known = prefill(form, &known, today);
    let Some((former, said)) = former(db, by, wanted, now).await? else {
        return Ok(Started {
            values: known,
            ..Started::default()
        });
    };
    let last = version(db, definitions, (&former.form, &former.form_version)).await?;
    let begun = begin_from(form, &last, &said, today);
    Ok(Started {
        values: begun.values.with(known),
        dropped: begun.dropped,
        former: Some((former, said)),
    })
}

/// The record of the same patient and form that was asked for, or the last one; with what it says.
///
/// # Errors
/// [`RecordError`], also where the one that was asked for is of another patient.
pub async fn former(
    db: &impl ConnectionTrait,
    by: &By,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Option<(Row, Values)>, RecordError> {
    let of = (wanted.patient.get(), wanted.form);
    let found = match wanted.former {
        None => {
            let own = by.organization.map_or(0, i64::from);
            queries::last(db, of, own, &list::within(by, now)).await?
        }
        Some(id) => {
            let row = find(db, (by, Deed::ReadForm), id, now).await?;
            if (row.patient_id, &*row.form) != of {
                return Err(RecordError::NotThere);
            }
            Some(row)
        }
    };
    let Some(row) = found else {
        return Ok(None);
    };
    let said = values(&row)?;
    Ok(Some((row, said)))
}
