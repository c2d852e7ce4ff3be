//! Pages of cases: who is in hospital, what is due, what happened; and the forms by which it is told.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use keniki_app::case::CaseError;
use keniki_base::clock::JST;

use crate::error::Problem;
use crate::file;
use crate::state::State;

mod asked;
pub mod clients;
pub mod done;
pub mod due;
pub mod export;
pub mod list;
pub mod mend;
pub mod open;
mod print;
pub mod seat;
pub mod show;
pub mod team;
pub mod tell;
pub mod upload;
pub mod ward;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/cases", get(list::list).post(asked::narrow))
        .route("/cases.csv", get(export::file))
        .route("/cases.xlsx", get(export::file))
        .route("/due", get(due::show))
        .route("/clients", get(clients::show).post(clients::narrow))
        .route("/clients.csv", get(clients::file))
        .route("/clients.xlsx", get(clients::file))
        .route("/ward", get(ward::ward))
        .route(
            "/ward/upload",
            get(upload::show).post(upload::try_out).layer(file::limit()),
        )
        .route("/ward/upload/template.xlsx", get(upload::template))
        .route(
            "/ward/upload/write",
            post(upload::write).layer(file::limit()),
        )
        .route(
            "/ward/upload/faults.xlsx",
            post(upload::faults).layer(file::limit()),
        )
        .route("/patients/{id}/cases/new", get(open::form).post(open::open))
        .route("/cases/{id}", get(show::show))
        .route("/cases/{id}/print.pdf", get(print::print))
        .route("/cases/{id}/tell", get(tell::form).post(tell::tell))
        .route("/cases/{id}/done", get(done::form).post(done::done))
        .route("/cases/{id}/waive", post(tell::waive))
        .route(
            "/cases/{id}/events/{event}",
            get(mend::form).post(mend::correct),
        )
        .route("/cases/{id}/events/{event}/file", get(show::paper))
        .route("/cases/{id}/events/{event}/annul", post(mend::annul))
        .route("/cases/{id}/team", get(team::form).post(team::join))
        .route("/cases/{id}/close", post(mend::close))
        .route("/cases/{id}/reopen", post(mend::reopen))
}

/// Now, as a form has it: the day in 和暦 and the time of day.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// 令和8年11月24日.
    pub day: String,
    /// 14:30.
    pub time: String,
}

impl Now {
    pub(crate) fn at(at: DateTime<Utc>) -> Self {
        let here = at.with_timezone(&JST);
        Self {
            day: keniki_base::date::wareki(here.date_naive()),
            time: here.format("%H:%M").to_string(),
        }
    }
}

/// To who may not see a case there is none.
pub(crate) fn hidden(error: CaseError) -> Problem {
    match error {
        CaseError::Refused(refused) => refused.into(),
        CaseError::NotThere => Problem::NotFound,
        CaseError::Database(error) => error.into(),
        CaseError::Attachment(error) => error.into(),
        other => Problem::NotNow(other.to_string()),
    }
}

/// What is told beside a form; what is not the reader's to mend is a problem of the page.
pub(crate) fn told(error: CaseError) -> Result<String, Problem> {
    match error {
        CaseError::Refused(_) | CaseError::NotThere | CaseError::Database(_) => Err(hidden(error)),
        CaseError::Attachment(error) => file::not_taken(error),
        other => Ok(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
