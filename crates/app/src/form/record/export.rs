//! All records of one form within reach as a table.

use std::io::Write;

use chrono::{DateTime, Utc};
use keniki_base::clock::{full_text, jst_day};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{KIND, RecordError, list, queries, show};
use crate::account::By;
use crate::account::policy::{Deed, Object};
use crate::audit::{self, Event};
use crate::definition::Definitions;
use crate::form::columns::{cells, heads};
use crate::sheet::write::{Cell, CsvTable, Table, WriteError};

/// So many rows a file has.
const MOST_ROWS: u64 = 20_000;

/// Why no table went out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No such form, the policy's or the engine's refusal.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The table's own.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<DbErr> for ExportError {
    fn from(error: DbErr) -> Self {
        RecordError::from(error).into()
    }
}

/// Writes the records of the form `code` as CSV in the columns of today's version, and that they went out.
///
/// # Errors
/// [`ExportError`].
pub async fn csv(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    (by, code): (&By, &str),
    out: impl Write,
    now: DateTime<Utc>,
) -> Result<(), ExportError> {
    if !by.ever_may(Deed::ReadForm) {
        let refused = by.authorize(Deed::ReadForm, &Object::new(KIND, 0));
        refused.map_err(RecordError::from)?;
    }
    let form = definitions.form(code, jst_day(now));
    let form = form.ok_or(RecordError::NoForm)?;
    let rows = queries::of_form(tx, code, &list::within(by, now), MOST_ROWS).await?;
    let mut names: Vec<String> = ["番号", "書いた日時", "書いた組織", "版"]
        .map(str::to_owned)
        .into();
    names.extend(heads(form));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut table = CsvTable::new(out, &names)?;
    for row in &rows {
        let mut line: Vec<Cell> = vec![
            row.id.into(),
            when(&row.created_at).into(),
            row.organization_name.clone().into(),
            row.form_version.clone().into(),
        ];
        line.extend(cells(form, &show::values(row)?));
        table.row(&line)?;
    }
    table.end()?;
    let note = format!("csv {code} n={}", rows.len());
    let event = Event {
        note: Some(&note),
        ..Event::done(Deed::ReadForm.code(), KIND, 0)
    };
    Ok(audit::record(tx, by, event, now).await?)
}

/// An instant of the database as people read it.
fn when(text: &str) -> String {
    let at = text.parse::<DateTime<Utc>>();
    at.map_or_else(|_| text.to_owned(), full_text)
}
