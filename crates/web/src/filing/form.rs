//! The form on which the authority records a filing or an inspection of a service.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use keniki_app::account::policy::Deed;
use keniki_app::directory::filing::{self, FilingError, Typed};
use keniki_app::directory::internal;
use keniki_base::clock::jst_day;
use keniki_base::date::parse_day;
use keniki_base::id::ServiceId;
use serde::{Deserialize, Serialize};

use super::ServicePage;
use crate::draft;
use crate::error::Problem;
use crate::page::Page;
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::SignedIn;

/// The form as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Sent {
    pub(super) kind: String,
    pub(super) day: String,
    pub(super) number: String,
    pub(super) effective_on: String,
    pub(super) granted: String,
    pub(super) withdrawn: String,
    pub(super) finding: String,
    pub(super) follow_up: String,
    pub(super) follow_up_due: String,
}

impl Sent {
    /// What it says; or what cannot be read.
    pub(super) fn typed(&self, today: NaiveDate) -> Result<Typed, String> {
        let day = |name: &str, text: &str| {
            parse_day(text, Some(today)).map_err(|wrong| format!("「{name}」：{wrong}"))
        };
        let maybe = |name: &str, text: &str| match text.trim() {
            "" => Ok(None),
            text => day(name, text).map(Some),
        };
        Ok(Typed {
            kind: self.kind.clone(),
            day: day("届出・検査の日", &self.day)?,
            number: self.number.clone(),
            effective_on: maybe("効力の始まる日", &self.effective_on)?,
            granted: self.granted.clone(),
            withdrawn: self.withdrawn.clone(),
            finding: self.finding.clone(),
            follow_up: self.follow_up.clone(),
            follow_up_due: maybe("いつまでに", &self.follow_up_due)?,
        })
    }
}

/// `POST /services/{id}/filings`: what was typed is kept where it cannot be taken.
pub(super) async fn record(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Problem> {
    let (Form(sent), now) = (sent?, state.clock.now());
    let id: ServiceId = id_of(&id)?;
    let object = internal::object(&state.db, id).await?;
    visitor.authorize(Deed::RecordFiling, &object.ok_or(Problem::NotFound)?)?;
    let problem = match sent.typed(jst_day(now)) {
        Err(problem) => problem,
        Ok(typed) => {
            let (db, by) = (&state.db, &visitor.by);
            match filing::record(db, &state.definitions, by, (id, &typed), now).await {
                Ok(()) => {
                    let to = format!("/services/{id}/filings");
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(error @ (FilingError::Refused(_) | FilingError::Database(_))) => {
                    return Err(error.into());
                }
                Err(wrong) => wrong.to_string(),
            }
        }
    };
    let mut page = ServicePage::load(&state, &visitor, id).await?;
    page.problem = Some(problem);
    page.typed = sent;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// `POST /services/{id}/filings/draft`: what is typed so far.
pub(super) async fn save(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<StatusCode, Problem> {
    let Form(mut sent) = sent?;
    let object = internal::object(&state.db, id_of(&id)?).await?;
    let object = object.ok_or(Problem::NotFound)?;
    // Today stands in the form before anybody types.
    let today = jst_day(state.clock.now());
    if parse_day(&sent.day, Some(today)) == Ok(today) {
        sent.day.clear();
    }
    let sent = Some(&sent).filter(|sent| **sent != Sent::default());
    draft::save(&state, &visitor, (Deed::RecordFiling, &object), sent).await
}

/// `POST /services/{id}/filings/draft/discard`.
pub(super) async fn discard(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    let id: ServiceId = id_of(&id)?;
    draft::discard(&state, &visitor, (Deed::RecordFiling, id.get())).await?;
    Ok(Redirect::to(&format!("/services/{id}/filings#new")))
}
