//! Forms that save what is typed in them until it is sent: what their page says of it, and the answers to the script that saves.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use keniki_app::account::policy::Object;
use keniki_app::database;
use keniki_app::draft::{self, DraftError, Form};
use keniki_base::clock::near_text;
use serde::Serialize;

use crate::error::Problem;
use crate::state::State;
use crate::visitor::Visitor;

/// Where a form saves what is typed, and whether it shows something saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What is typed goes there.
    pub url: String,
    /// When that was saved which is shown.
    pub saved: Option<String>,
}

impl Draft {
    /// Of the form that goes to `action`.
    pub(crate) fn of(state: &State, action: &str, saved_at: Option<DateTime<Utc>>) -> Self {
        let now = state.clock.now();
        Self {
            url: format!("{action}/draft"),
            saved: saved_at.map(|at| near_text(now, at)),
        }
    }
}

/// Saves what is typed in a form of an object.
pub(crate) async fn save<T: Serialize>(
    state: &Arc<State>,
    visitor: &Visitor,
    (form, object): (impl Into<Form<'_>>, &Object),
    typed: Option<&T>,
) -> Result<StatusCode, Problem> {
    let (by, now, form) = (&visitor.by, state.clock.now(), form.into());
    let saved = database::write(&state.db, async |tx| {
        draft::save(tx, by, (form, object, typed), now).await
    });
    match saved.await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(DraftError::Refused(refused)) => Err(refused.into()),
        Err(DraftError::Database(error)) => Err(error.into()),
    }
}

/// Throws a draft of one's own away.
pub(crate) async fn discard(
    state: &Arc<State>,
    visitor: &Visitor,
    (form, object): (impl Into<Form<'_>>, i64),
) -> Result<(), Problem> {
    let form = form.into();
    let done = database::write(&state.db, async |tx| {
        draft::discard(tx, &visitor.by, (form, object)).await
    });
    Ok(done.await?)
}
