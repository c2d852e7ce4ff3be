//! Runs the data checks of the definitions against the directory in use.

use std::time::Duration;

use chrono::NaiveDate;
use sea_orm::{DatabaseConnection, DbErr};

use crate::definition::Definitions;
use crate::definition::check::{Check, Codes, Column};
use crate::definition::fault::Fault;

pub mod installation;
mod queries;

/// Longest time that one statement of a check may take.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// What a check found.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The check.
    pub check: &'a Check,
    /// How it went.
    pub outcome: Outcome,
}

/// How a check went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It ran: how many rows are wrong, and the first of them as texts under the heads of the check.
    /// An unknown value is empty.
    Ran {
        /// All rows found.
        count: u64,
        /// The first of them.
        rows: Vec<Vec<String>>,
    },
    /// It took longer than [`TIMEOUT`].
    TimedOut,
}

impl Report<'_> {
    /// Whether nothing wrong was found.
    pub fn is_clean(&self) -> bool {
        matches!(self.outcome, Outcome::Ran { count: 0, .. })
    }
}

/// Has the database read every statement of every check without running it.
///
/// # Errors
/// The faults of the files whose statements the database in use does not take.
pub async fn prepare(
    db: &DatabaseConnection,
    definitions: &Definitions,
    today: NaiveDate,
) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let refused = |error: DbErr| {
        format!("データベースがこの文を受け付けません（{error}）。列名と書き方を確かめてください。")
    };
    for check in definitions.checks() {
        if let Err(error) = queries::explain(db, &check.count_sql(today)).await {
            faults.push(check.count_fault(refused(error)));
        }
        if let Err(error) = queries::explain(db, &check.rows_sql(today)).await {
            faults.push(check.rows_fault(refused(error)));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// Runs every check on the day `today`, each with its first `n_rows` rows.
///
/// # Errors
/// Where the database fails otherwise than by taking too long.
pub async fn run<'a>(
    db: &DatabaseConnection,
    definitions: &'a Definitions,
    today: NaiveDate,
    n_rows: u64,
) -> Result<Vec<Report<'a>>, DbErr> {
    let mut reports = Vec::with_capacity(definitions.checks().len());
    for check in definitions.checks() {
        let outcome = run_one(db, definitions, check, today, n_rows).await?;
        reports.push(Report { check, outcome });
    }
    Ok(reports)
}

async fn run_one(
    db: &DatabaseConnection,
    definitions: &Definitions,
    check: &Check,
    today: NaiveDate,
    n_rows: u64,
) -> Result<Outcome, DbErr> {
    let Some(count) = queries::count(db, &check.count_sql(today)).await? else {
        return Ok(Outcome::TimedOut);
    };
    if count == 0 {
        return Ok(Outcome::Ran {
            count,
            rows: Vec::new(),
        });
    }
    let n_columns = check.columns.len();
    let Some(rows) = queries::rows(db, &check.rows_sql(today), n_columns, n_rows).await? else {
        return Ok(Outcome::TimedOut);
    };
    let in_words = |row: Vec<Option<String>>| {
        let cells = row.into_iter().zip(&check.columns);
        cells
            .map(|(cell, column)| in_words(definitions, cell.unwrap_or_default(), column))
            .collect()
    };
    Ok(Outcome::Ran {
        count,
        rows: rows.into_iter().map(in_words).collect(),
    })
}

fn in_words(definitions: &Definitions, cell: String, column: &Column) -> String {
    let word = match column.codes {
        None => None,
        Some(Codes::Category) => definitions.category(&cell).map(|category| &category.name),
        Some(Codes::Capability) => definitions
            .capability(&cell)
            .map(|capability| &capability.name),
    };
    word.cloned().unwrap_or(cell)
}
