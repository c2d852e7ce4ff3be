//! One record whole, by the version it was written under, and that it was seen.

use chrono::{DateTime, Utc};
use keniki_base::id::FormRecordId;
use sea_orm::{ConnectionTrait, DbErr};

use super::queries::{self, Attached, Row};
use super::{KIND, RecordError, find, list, version};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::definition::Definitions;
use crate::definition::form::Form;
use crate::form::difference::{Difference, differences};
use crate::form::value::Values;
use crate::patient;

/// A record.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Who wrote it when.
    pub row: Row,
    /// Its form, in its version.
    pub form: Form,
    /// The answers.
    pub values: Values,
    /// The one it began from, and what it says otherwise; none where that is none for this reader.
    pub former: Option<(Row, Vec<Difference>)>,
    /// Its files.
    pub files: Vec<Attached>,
    /// Those that began from it.
    pub following: Vec<Row>,
    /// Whether the reader may write of the same.
    pub may_write: bool,
    /// Whether the reader may annul it.
    pub may_annul: bool,
}

/// Shows a record, and writes down that it was seen and for what (`how`: a page, a print, a workbook).
///
/// # Errors
/// [`RecordError`].
pub async fn show(
    tx: &impl ConnectionTrait,
    definitions: &Definitions,
    by: &By,
    (id, how): (FormRecordId, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Shown, RecordError> {
    let row = find(tx, (by, Deed::ReadForm), id, now).await?;
    let form = version(tx, definitions, (&row.form, &row.form_version)).await?;
    let values = values(&row)?;
    let former = match row.former_id {
        None => None,
        Some(id) => match find(tx, (by, Deed::ReadForm), id.into(), now).await {
            Ok(former) => Some(former),
            Err(RecordError::Database(error)) => return Err(error.into()),
            Err(_) => None,
        },
    };
    let former = match former {
        Some(former) => {
            let said = differences(&form, &self::values(&former)?, &values);
            Some((former, said))
        }
        None => None,
    };
    let within = list::within(by, now);
    let case = row.case_id.map(Into::into);
    let object = patient::object_of(tx, row.patient_id.into(), case, now).await?;
    let may_write = by.may(Deed::WriteForm, &object).is_some();
    let is_own = row.organization_id == by.organization.map(i64::from);
    let event = Event {
        note: how,
        ..Event::done(Deed::ReadForm.code(), KIND, id.get())
    };
    audit::record(tx, by, event, now).await?;
    Ok(Shown {
        files: queries::files(tx, id.get()).await?,
        following: queries::following(tx, id.get(), &within).await?,
        may_annul: may_write && is_own && row.annulled_at.is_none(),
        form: form.into_owned(),
        values,
        former,
        may_write,
        row,
    })
}

/// A record as it was written, without what came before and after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Handed {
    /// Who wrote it when.
    pub row: Row,
    /// Its form, in its version.
    pub form: Form,
    /// The answers.
    pub values: Values,
}

/// The record that goes with a handover. Whether it may be seen is asked, and that it was is written down, by whoever calls this.
///
/// # Errors
/// [`RecordError`].
pub async fn handed(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    id: FormRecordId,
) -> Result<Option<Handed>, RecordError> {
    let Some(row) = queries::by_id(db, id.get()).await? else {
        return Ok(None);
    };
    let form = version(db, definitions, (&row.form, &row.form_version)).await?;
    Ok(Some(Handed {
        form: form.into_owned(),
        values: values(&row)?,
        row,
    }))
}

/// The answers of a record.
pub(super) fn values(row: &Row) -> Result<Values, DbErr> {
    Values::from_json(&row.content).map_err(|error| DbErr::Json(error.to_string()))
}
