//! `/sign-in/provider/…`: out to an organization's own provider of sign-in, and back.
//!
//! A form does not lead out by itself, for `form-action 'self'` forbids it: the answer is a page that goes on.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State as FromState};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::provider::{
    self, Arrived, Callback, Errand, Fault, Provider, ProviderError,
};
use keniki_app::account::stage::Stage;
use keniki_app::database;
use keniki_base::id::ProviderId;
use serde::Deserialize;

use super::sign_in::{go_on, put_next};
use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{
    Confirmed, SignedIn, Visitor, visit_token, with_token, with_visit, without_visit,
};

/// A provider as pages offer it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Its number.
    pub id: i64,
    /// What its people call it.
    pub label: String,
}

impl From<&Provider> for Offer {
    fn from(provider: &Provider) -> Self {
        Self {
            id: provider.id.get(),
            label: provider.label.clone(),
        }
    }
}

/// The providers of which `fits` is true, for a page.
pub(super) async fn offers(
    state: &State,
    fits: impl Fn(&Provider) -> bool,
) -> Result<Vec<Offer>, Problem> {
    let all = provider::all(&state.db).await?;
    let fitting = all.iter().filter(|provider| fits(provider));
    Ok(fitting.map(Offer::from).collect())
}

/// The page that goes on to a provider.
#[derive(Debug, Clone, Template)]
#[template(path = "account/leave.html")]
pub struct LeavePage {
    /// Around the page.
    pub frame: Frame,
    /// Where it goes.
    pub address: String,
}

/// The page for whoever did not get in.
#[derive(Debug, Clone, Template)]
#[template(path = "account/provider.html")]
pub struct ProviderPage {
    /// Around the page.
    pub frame: Frame,
    /// Why, and what to do.
    pub problem: String,
    /// Whether they are signed in all the same.
    pub is_signed_in: bool,
}

/// What the forms send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    next: String,
}

/// `POST /sign-in/provider/{id}`.
pub(crate) async fn sign_in(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    leave(&state, &visitor, &id, Errand::SignIn, &typed?.next).await
}

/// `POST /confirm/provider/{id}`.
pub(crate) async fn confirm(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let errand = Errand::Confirm(&session);
    leave(&state, &visitor, &id, errand, &typed?.next).await
}

/// `POST /account/providers/{id}/link`.
pub(crate) async fn link(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, session }): Confirmed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    leave(&state, &visitor, &id, Errand::Link(&session), "").await
}

/// `POST /invitations/{token}/provider/{id}`.
pub(crate) async fn take_invitation(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path((token, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    leave(&state, &visitor, &id, Errand::Invite(&token), "").await
}

async fn leave(
    state: &State,
    visitor: &Visitor,
    id: &str,
    errand: Errand<'_>,
    next: &str,
) -> Result<Response, Problem> {
    let id: ProviderId = id.parse().map_err(|_| Problem::NotFound)?;
    let who = (&visitor.by, visitor.browser());
    let (rests_on, now) = ((state.house(), state.road()), state.clock.now());
    let what = (id, errand, go_on(next));
    match provider::set_out(&state.db, rests_on, who, what, now).await {
        Ok(out) => {
            let page = LeavePage {
                frame: Frame::load(state, visitor, None).await?,
                address: out.address,
            };
            Ok(with_visit(state, &out.token, never_kept(Page(page))))
        }
        Err(error) => refused(state, visitor, error).await,
    }
}

/// What a browser brings back in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Brought {
    code: String,
    state: String,
    error: String,
    iss: String,
}

/// `GET /sign-in/provider/{id}/callback`.
pub(crate) async fn arrive(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    brought: Result<Query<Brought>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(brought) = brought?;
    let callback = Callback {
        provider: id.parse().map_err(|_| Problem::NotFound)?,
        token: visit_token(&state, &headers).unwrap_or_default(),
        state: &brought.state,
        code: &brought.code,
        error: &brought.error,
        issuer: &brought.iss,
    };
    let who = (&visitor.by, visitor.browser(), visitor.session.as_deref());
    let (rests_on, now) = ((state.house(), state.road()), state.clock.now());
    let answer = match provider::arrive(&state.db, rests_on, who, callback, now).await {
        Ok(Arrived::In(opened, next)) => {
            let to = match opened.stage {
                Stage::Full => go_on(&next).to_owned(),
                Stage::Enroll => "/account/factors/new".to_owned(),
                Stage::Second | Stage::Ended => {
                    let mut to = "/sign-in/factor".to_owned();
                    put_next(&mut to, &next);
                    to
                }
            };
            with_token(&state, &opened.token, Redirect::to(&to))
        }
        Ok(Arrived::Linked) => Redirect::to("/account?done=linked").into_response(),
        Err(error) => refused(&state, &visitor, error).await?,
    };
    Ok(without_visit(&state, never_kept(answer)))
}

/// `POST /account/providers/{id}/unlink`.
pub(crate) async fn unlink(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, session }): Confirmed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: ProviderId = id.parse().map_err(|_| Problem::NotFound)?;
    let now = state.clock.now();
    let done = database::write(&state.db, async |tx| {
        provider::unlink(tx, &visitor.by, &session, id, now).await
    });
    match done.await {
        Ok(()) => Ok(Redirect::to("/account?done=unlinked").into_response()),
        Err(error) => refused(&state, &visitor, error).await,
    }
}

async fn refused(
    state: &State,
    visitor: &Visitor,
    error: ProviderError,
) -> Result<Response, Problem> {
    let status = match &error {
        ProviderError::Database(_) | ProviderError::Refused(_) => return Err(error.into()),
        ProviderError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        ProviderError::Fault { fault, .. } if *fault == Fault::Unreachable => {
            StatusCode::BAD_GATEWAY
        }
        ProviderError::NotThere => StatusCode::NOT_FOUND,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = ProviderPage {
        frame: Frame::load(state, visitor, None).await?,
        problem: error.to_string(),
        is_signed_in: visitor.signed_in().is_some(),
    };
    Ok((status, Page(page)).into_response())
}

/// Addresses on the way carry what is good once: no browser keeps the page.
fn never_kept(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let never = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}
