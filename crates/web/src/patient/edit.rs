//! `/patients/{id}/edit`: changes what is said of a patient, as whoever changes it saw it last.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::draft::{self as drafts, find};
use keniki_app::patient::find::{self as patients, Listed};
use keniki_app::patient::{PatientError, change};
use keniki_base::clock::jst_day;
use keniki_base::id::PatientId;

use super::field::{Fields, Typed, Wrong};
use super::register::{FAULTS, FormPage, towns};
use super::{form, frame, object, words};
use crate::draft::{self, Draft};
use crate::error::Problem;
use crate::page::Page;
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

fn action(id: PatientId) -> String {
    format!("/patients/{id}/edit")
}

/// The record, for whoever may change it.
async fn listed(state: &State, visitor: &Visitor, id: PatientId) -> Result<Listed, Problem> {
    object(state, visitor, (Deed::WritePatient, id)).await?;
    let listed = patients::listed(&state.db, &[id.get()]).await?.pop();
    listed.ok_or(Problem::NotFound)
}

async fn page(
    state: &State,
    visitor: &Visitor,
    listed: &Listed,
    (typed, wrong): (&Typed, Vec<Wrong>),
) -> Result<FormPage, Problem> {
    let mut towns = towns(state).await?;
    let home = listed.record.home.municipality_code.clone();
    if let Some(code) = home.filter(|code| towns.iter().all(|(known, _)| known != code)) {
        towns.push((code.clone(), format!("圏域の外（{code}）")));
    }
    let fields = Fields {
        typed,
        wrong: &wrong,
    };
    Ok(FormPage {
        frame: frame(state, visitor, listed.id).await?,
        record: Some(words::link(listed)),
        action: action(listed.id),
        version: Some(typed.get("version").to_owned()),
        sections: form::sections(fields, &towns, false),
        problem: (!wrong.is_empty()).then(|| FAULTS.to_owned()),
        wrong,
        draft: Some(Draft::of(state, &action(listed.id), None)),
    })
}

/// `GET /patients/{id}/edit`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<FormPage>, Problem> {
    let id: PatientId = id_of(&id)?;
    let listed = listed(&state, &visitor, id).await?;
    let typed = form::typed(&listed.record, visitor.by.organization);
    let typed = typed.with("version", listed.version.to_string());
    let kept = find::<Typed>(&state.db, &visitor.by, (Deed::WritePatient, id.get())).await?;
    let saved_at = kept.as_ref().map(|kept| kept.saved_at);
    let typed = kept.map_or(typed, |kept| kept.typed);
    let mut page = page(&state, &visitor, &listed, (&typed, Vec::new())).await?;
    page.draft = Some(Draft::of(&state, &action(id), saved_at));
    Ok(Page(page))
}

/// `POST /patients/{id}/edit`: what was typed is kept where it cannot be taken.
pub(crate) async fn send(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let (id, now): (PatientId, _) = (id_of(&id)?, state.clock.now());
    let (Form(typed), by) = (typed?, &visitor.by);
    let listed = listed(&state, &visitor, id).await?;
    let before = (Some(&listed.record), by.organization);
    let record = match form::read(&typed, before, jst_day(now)) {
        Ok(record) => record,
        Err(wrong) => {
            let again = page(&state, &visitor, &listed, (&typed, wrong)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(again)).into_response());
        }
    };
    let version = typed.get("version").parse().unwrap_or_default();
    let done = database::write(&state.db, async |tx| {
        change::change(tx, by, (id, version), record, now).await?;
        drafts::discard(tx, by, (Deed::WritePatient, id.get())).await?;
        Ok::<_, PatientError>(())
    });
    let error = match done.await {
        Ok(()) => return Ok(Redirect::to(&format!("/patients/{id}")).into_response()),
        Err(error) => error,
    };
    let (sentence, is_stale) = (error.to_string(), matches!(error, PatientError::Stale));
    match error.into() {
        Problem::NotNow(_) => {
            let mut again = page(&state, &visitor, &listed, (&typed, Vec::new())).await?;
            again.problem = Some(sentence);
            let status = match is_stale {
                true => StatusCode::CONFLICT,
                false => StatusCode::UNPROCESSABLE_ENTITY,
            };
            Ok((status, Page(again)).into_response())
        }
        other => Err(other),
    }
}

/// `POST /patients/{id}/edit/draft`: what is typed so far; nothing, where it is what is written.
pub(crate) async fn save(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<StatusCode, Problem> {
    let (id, Form(mut typed)): (PatientId, _) = (id_of(&id)?, typed?);
    let object = object(&state, &visitor, (Deed::WritePatient, id)).await?;
    let listed = listed(&state, &visitor, id).await?;
    let written = form::typed(&listed.record, visitor.by.organization);
    typed.0.retain(|_, text| !text.trim().is_empty());
    let has_changed =
        |(name, text): (&String, &String)| name != "version" && written.get(name) != text;
    let has_gone =
        |(name, text): (&String, &String)| !text.is_empty() && typed.get(name).is_empty();
    let is_new = typed.0.iter().any(has_changed) || written.0.iter().any(has_gone);
    draft::save(
        &state,
        &visitor,
        (Deed::WritePatient, &object),
        Some(&typed).filter(|_| is_new),
    )
    .await
}

/// `POST /patients/{id}/edit/draft/discard`.
pub(crate) async fn discard(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    let id: PatientId = id_of(&id)?;
    draft::discard(&state, &visitor, (Deed::WritePatient, id.get())).await?;
    Ok(Redirect::to(&action(id)))
}
