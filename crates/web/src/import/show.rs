//! `/imports/{job}`: how far a step of an import is, what would change, and what comes next.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::response::{Redirect, Response};
use keniki_app::account::policy::{Deed, Object};
use keniki_app::database;
use keniki_app::import::content::field_name;
use keniki_app::import::conversation::{self, ConversationError, TRY, Tried};
use keniki_app::import::problem_book;
use keniki_app::import::{FileReport, Group};
use keniki_app::job::{self, Job, State as Stand};
use keniki_base::id::JobId;
use serde::Deserialize;
use serde_json::Value;

use crate::error::Problem;
use crate::file;
use crate::job::what;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording;

/// A step of an import.
#[derive(Debug, Clone, Template)]
#[template(path = "import/show.html")]
pub struct StepPage {
    /// Around the page.
    pub frame: Frame,
    /// Number of the job.
    pub id: i64,
    /// What it does.
    pub what: &'static str,
    /// How far it is.
    pub state: Stand,
    /// What it is doing.
    pub stage: Option<String>,
    /// How many rows are done.
    pub n_done: Option<i64>,
    /// Why it ended otherwise.
    pub reason: Option<String>,
    /// A trial, to be confirmed.
    pub is_trial: bool,
    /// What was found.
    pub report: Option<FileReport>,
    /// What taking back a batch left where it was.
    pub kept: Option<u64>,
    /// Whether the reader may write and take back.
    pub may_import: bool,
    /// Whether they may take back.
    pub may_undo: bool,
}

/// So many changed records are shown; the book has them all.
const CHANGES_SHOWN: usize = 50;

/// So many rows of a cause are shown.
const ROWS_SHOWN: usize = 5;

impl StepPage {
    fn of(visitor: &Visitor, job: Job) -> Self {
        let result = job.result.clone().unwrap_or_default();
        let kept = result.get("kept").and_then(Value::as_array);
        let kept = kept.map(|kept| kept.len() as u64);
        let tried: Option<Tried> = serde_json::from_value(result).ok();
        Self {
            frame: Frame::default(),
            id: job.id.get(),
            what: what(&job.kind),
            state: job.state,
            stage: job.stage,
            n_done: job.n_done,
            reason: job.reason,
            is_trial: job.kind == TRY,
            report: tried.map(|tried| tried.report),
            kept,
            may_import: visitor.by.ever_may(Deed::Import),
            may_undo: visitor.by.ever_may(Deed::Undo),
        }
    }

    fn can_write_all(&self, report: &FileReport) -> bool {
        self.is_trial && self.may_import && !report.is_refused(false) && !report.is_empty()
    }

    fn can_write_valid(&self, report: &FileReport) -> bool {
        let has_rest = report.rows > report.rejected;
        self.is_trial
            && self.may_import
            && report.has_errors()
            && has_rest
            && !report.is_refused(true)
    }

    fn new_left(&self, report: &FileReport) -> u64 {
        let shown = report.new_records.len() as u64;
        report.records.new.saturating_sub(shown)
    }

    fn changes_left(&self, report: &FileReport) -> u64 {
        let shown = report.changes.len().min(CHANGES_SHOWN) as u64;
        report.records.changed.saturating_sub(shown)
    }
}

/// What kept rows out, and what is only to be known.
fn findings(report: &FileReport) -> [(&'static str, &Vec<Group>); 2] {
    [("誤り", &report.errors), ("注意", &report.warnings)]
}

/// A value of a list as people read it.
pub(crate) fn value(value: &Option<Value>) -> String {
    match value {
        None => "（なし）".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(list)) => format!("{}件", list.len()),
        Some(other) => other.to_string(),
    }
}

/// A job of whoever may see it.
async fn job_of(state: &State, visitor: &Visitor, id: &str) -> Result<Job, Problem> {
    let id: JobId = id.parse().map_err(|_| Problem::NotFound)?;
    let job = job::find(&state.db, id).await?;
    match job {
        Some(job) => {
            visitor.authorize(Deed::ReadJob, &job.object())?;
            Ok(job)
        }
        None => {
            visitor.authorize(Deed::ReadJob, &Object::new("job", id))?;
            Err(Problem::NotFound)
        }
    }
}

/// `GET /imports/{job}`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<StepPage>, Problem> {
    let job = job_of(&state, &visitor, &id).await?;
    let mut page = StepPage::of(&visitor, job);
    page.frame = Frame::load(&state, &visitor, None).await?.at("/imports");
    Ok(Page(page))
}

/// Which rows.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    rows: String,
}

/// `POST /imports/{job}/confirm`.
pub(crate) async fn confirm(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    Path(id): Path<String>,
    choice: Result<Form<Choice>, FormRejection>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::Import)?;
    let (Form(choice), now) = (choice?, state.clock.now());
    let trial: JobId = id.parse().map_err(|_| Problem::NotFound)?;
    let membership = session.desk.as_ref().map(|desk| desk.membership);
    let written = database::write(&state.db, async |tx| {
        let what = (trial, choice.rows == "valid");
        conversation::confirm(tx, &visitor.by, membership, what, now).await
    });
    let job = written.await?;
    Ok(Redirect::to(&format!("/imports/{job}")))
}

/// A step that ended well, with what it found.
async fn tried(state: &State, visitor: &Visitor, id: &str) -> Result<(Job, Tried), Problem> {
    let id: JobId = id.parse().map_err(|_| Problem::NotFound)?;
    match conversation::tried(&state.db, &visitor.by, id).await {
        Err(ConversationError::NotThere) => {
            visitor.authorize(Deed::ReadJob, &Object::new("job", id))?;
            Err(Problem::NotFound)
        }
        other => Ok(other?),
    }
}

/// `GET /imports/{job}/problems.csv`: every row with a problem, none left out.
pub(crate) async fn problems(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (_, tried) = tried(&state, &visitor, &id).await?;
    let csv = problem_book::csv_text(&[tried.report]);
    let csv = csv.map_err(|error| Problem::NotNow(error.to_string()))?;
    Ok(file::answer(csv, "text/csv; charset=utf-8", "problems.csv"))
}

/// `GET /imports/{job}/book.xlsx`: the reader's own table with a column that says what was found.
pub(crate) async fn book(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (job, tried) = tried(&state, &visitor, &id).await?;
    let laid = conversation::file(&state.db, &job).await?;
    let laid = laid.ok_or(Problem::NotFound)?;
    let made =
        tokio::task::spawn_blocking(move || problem_book::xlsx_bytes(&laid.path, &tried.report));
    let made = made.await.map_err(|_| Problem::Failed)?;
    let made = made.map_err(|error| Problem::NotNow(error.to_string()))?;
    Ok(file::answer(made, XLSX, "book.xlsx"))
}

/// The kind of a book of Excel.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[cfg(test)]
mod tests;
