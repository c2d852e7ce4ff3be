//! A form as a workbook: out with what is known, back filled in, and out again with what is wrong beside each field.

use std::sync::Arc;

use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use keniki_app::account::policy::Deed;
use keniki_app::definition::form::Form;
use keniki_app::form::read::{FieldFault, read};
use keniki_app::form::{Raw, sheet};
use keniki_base::clock::jst_day;

use super::edit::{Asked, EditPage, Filled, Pairs, Place, Sent, begun};
use crate::error::Problem;
use crate::file;
use crate::file::File;
use crate::page::Page;
use crate::state::State;
use crate::visitor::SignedIn;

/// A form as a file that is called after nobody.
pub(super) fn answer(form: &Form, raw: &Raw, faults: &[FieldFault]) -> Result<Response, Problem> {
    let bytes = sheet::book(form, raw, faults).map_err(|error| {
        tracing::error!(%error, "a form could not be handed out");
        Problem::Failed
    })?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file::answer(bytes, kind, &format!("{}.xlsx", form.code)))
}

/// `GET /patients/{id}/forms/{code}/new.xlsx`: with what is known and was said before.
pub(super) async fn hand_out(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, code)): Path<(String, String)>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::WriteForm)?;
    let asked = asked?.0;
    let place = Place::of(&state, (&id, &code), asked.case)?;
    let filled = begun(&state, &visitor, &place, asked.former).await?;
    answer(place.form, &filled.raw, &[])
}

/// `POST /patients/{id}/forms/{code}/new.xlsx`: with what is typed, and what is wrong with it.
pub(super) async fn give_back(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, code)): Path<(String, String)>,
    pairs: Pairs,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::WriteForm)?;
    let sent = Sent::of(pairs?.0)?;
    let place = Place::of(&state, (&id, &code), sent.case)?;
    place.authorize(&state, &visitor).await?;
    let raw = sent.raw();
    let reading = read(place.form, &raw, jst_day(state.clock.now()));
    answer(place.form, &raw, &reading.faults)
}

/// `POST /patients/{id}/forms/{code}/sheet`: what stands in a workbook comes onto the page, to be looked at and sent.
pub(super) async fn take(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, code)): Path<(String, String)>,
    asked: Result<Query<Asked>, QueryRejection>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::WriteForm)?;
    let place = Place::of(&state, (&id, &code), asked?.0.case)?;
    place.authorize(&state, &visitor).await?;
    let own = place.form.clone();
    let typed = match File::of(form).await {
        Ok(file) => file.read(move |path| sheet::read(&own, path)).await,
        Err(problem) => Err(problem),
    };
    let started = begun(&state, &visitor, &place, None).await?;
    let (status, filled) = match typed {
        Err((status, problem)) => (
            status,
            Filled {
                note: Some(problem),
                ..started
            },
        ),
        Ok(raw) => {
            let faults = read(place.form, &raw, jst_day(state.clock.now())).faults;
            let status = match faults.is_empty() {
                true => StatusCode::OK,
                false => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let note =
                "Excelの内容を読み込みました。まだ保存していません。確かめて、保存してください。";
            let filled = Filled {
                raw,
                faults,
                note: Some(note.to_owned()),
                ..started
            };
            (status, filled)
        }
    };
    let page = EditPage::of(&state, &visitor, &place, filled).await?;
    Ok((status, Page(page)).into_response())
}
