//! A form that is sent: kept with its files; or its page again, with all that was typed.

use std::sync::Arc;

use axum::extract::{Path, Request, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::attachment::NewAttachment;
use keniki_app::form::Raw;
use keniki_app::form::record::RecordError;
use keniki_app::form::record::file::Brought;
use keniki_app::form::record::write::NewRecord;
use keniki_app::{case, database};

use super::edit::{EditPage, Filled, Place, Sent};
use super::field::FILE;
use crate::error::Problem;
use crate::file::{self, Posted};
use crate::page::Page;
use crate::state::State;
use crate::visitor::SignedIn;

/// The files that came with a form, by the codes of their items.
fn files(posted: Vec<(String, NewAttachment)>) -> Vec<(String, NewAttachment)> {
    let of_item = |(field, file): (String, NewAttachment)| {
        let code = field.strip_suffix(FILE)?.to_owned();
        Some((code, file))
    };
    posted.into_iter().filter_map(of_item).collect()
}

/// What whoever chose files and sent the form in vain must know.
const CHOOSE_AGAIN: &str = "まだ保存していません。選んだファイルは、もう一度選んでください。";

/// `POST /patients/{id}/forms/{code}/new`: kept; or the page again, with all that was typed.
pub(super) async fn send(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, code)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::WriteForm)?;
    let (posted, now) = (Posted::of(request).await?, state.clock.now());
    let (sent, files) = (Sent::of(posted.sent.0)?, files(posted.files));
    let place = Place::of(&state, (&id, &code), sent.case)?;
    let object = place.authorize(&state, &visitor).await?;
    let raw = sent.raw();
    let again = |raw: Raw| Filled {
        raw,
        former: sent.former,
        key: Some(sent.key.clone()),
        note: (!files.is_empty()).then(|| CHOOSE_AGAIN.to_owned()),
        ..Filled::default()
    };
    if let Some((status, sentence)) = posted.refused {
        let filled = Filled {
            note: Some(format!("{sentence}{CHOOSE_AGAIN}")),
            ..again(raw)
        };
        let page = EditPage::of(&state, &visitor, &place, filled).await?;
        return Ok((status, Page(page)).into_response());
    }
    if raw.adds_row(place.form).is_some() {
        let page = EditPage::of(&state, &visitor, &place, again(raw)).await?;
        return Ok(Page(page).into_response());
    }
    let new = NewRecord {
        patient: place.patient,
        case: place.case,
        form: &place.form.code,
        version: &sent.version,
        raw: &raw,
        former: sent.former,
        files: Brought {
            files: &files,
            sealing: state.sealing(),
        },
        key: Some(&*sent.key).filter(|key| !key.is_empty()),
    };
    let draft = place.draft_code();
    let written = database::write(&state.db, async |tx| {
        let id = case::form::write(tx, state.case_house(), &visitor.by, &new, now).await?;
        let kept = ((Deed::WriteForm, &*draft), object.id);
        keniki_app::draft::discard(tx, &visitor.by, kept).await?;
        Ok::<_, RecordError>(id)
    });
    let (status, filled) = match written.await {
        Ok(id) => return Ok(Redirect::to(&format!("/forms/{id}")).into_response()),
        Err(RecordError::Faults(reading)) => {
            let faults = reading.faults;
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                Filled {
                    faults,
                    ..again(raw)
                },
            )
        }
        Err(RecordError::Newer(moved)) => {
            let note = Some(RecordError::Newer(Box::default()).to_string());
            let (raw, dropped) = *moved;
            (
                StatusCode::CONFLICT,
                Filled {
                    dropped,
                    note,
                    ..again(raw)
                },
            )
        }
        Err(RecordError::Attachment(error)) => {
            let note = format!("{}{CHOOSE_AGAIN}", file::not_taken(error)?);
            let filled = Filled {
                note: Some(note),
                ..again(raw)
            };
            (StatusCode::UNPROCESSABLE_ENTITY, filled)
        }
        Err(other) => return Err(place.hidden(&visitor)(other)),
    };
    let page = EditPage::of(&state, &visitor, &place, filled).await?;
    Ok((status, Page(page)).into_response())
}
