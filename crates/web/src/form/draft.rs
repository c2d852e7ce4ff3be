//! A form that is not sent yet: saved while it is typed, or thrown away.

use std::sync::Arc;

use axum::extract::{Path, State as FromState};
use axum::http::StatusCode;
use axum::response::Redirect;
use keniki_app::account::policy::Deed;

use super::edit::{Pairs, Place, Sent};
use crate::draft;
use crate::error::Problem;
use crate::state::State;
use crate::visitor::SignedIn;

/// `POST /patients/{id}/forms/{code}/new/draft`: what is typed so far.
pub(super) async fn save(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, code)): Path<(String, String)>,
    pairs: Pairs,
) -> Result<StatusCode, Problem> {
    visitor.ever_may(Deed::WriteForm)?;
    let sent = Sent::of(pairs?.0)?;
    let place = Place::of(&state, (&id, &code), sent.case)?;
    let object = place.authorize(&state, &visitor).await?;
    let form = (Deed::WriteForm, &*place.draft_code());
    draft::save(&state, &visitor, (form, &object), Some(&sent)).await
}

/// `POST /patients/{id}/forms/{code}/new/draft/discard`.
pub(super) async fn discard(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, code)): Path<(String, String)>,
    pairs: Pairs,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::WriteForm)?;
    let sent = Sent::of(pairs?.0)?;
    let place = Place::of(&state, (&id, &code), sent.case)?;
    let object = place.authorize(&state, &visitor).await?;
    let form = (Deed::WriteForm, &*place.draft_code());
    draft::discard(&state, &visitor, (form, object.id)).await?;
    let end = sent
        .case
        .map_or_else(String::new, |case| format!("?case={case}"));
    Ok(Redirect::to(&format!("{}{end}", place.path("new"))))
}
