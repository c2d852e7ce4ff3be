//! `/cases/{id}/events/{event}`: mends what was told; and what ends a case or lets it go on.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::case::end;
use keniki_app::case::engine::code;
use keniki_app::case::mend::{self, Correction};
use keniki_app::{case, database};
use keniki_base::id::{CaseEventId, CaseId};

use super::show::load;
use super::{Now, hidden, told};
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::patient::words;
use crate::proposal::id_of;
use crate::sent::Sent;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::Day;

/// The form that mends an event.
#[derive(Debug, Clone, Template)]
#[template(path = "case/mend.html")]
pub struct MendPage {
    /// Around the page.
    pub frame: Frame,
    /// The case.
    pub case: Link,
    /// Where the form goes.
    pub action: String,
    /// What was told.
    pub name: String,
    /// What the day that it tells is called, and which it was.
    pub day: Option<(String, String)>,
    /// When it was told to be so.
    pub now: Now,
    /// What was told beside.
    pub note: String,
    /// An organization has its part by it.
    pub seats: bool,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// The form's own number.
    pub key: String,
}

/// `GET /cases/{id}/events/{event}`.
pub(crate) async fn form(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, event)): Path<(String, String)>,
) -> Result<Page<MendPage>, Problem> {
    Ok(Page(
        page(&state, &visitor, (id_of(&id)?, id_of(&event)?)).await?,
    ))
}

async fn page(
    state: &State,
    visitor: &Visitor,
    (id, event): (CaseId, CaseEventId),
) -> Result<MendPage, Problem> {
    let object = case::object(&state.db, id, state.clock.now()).await?;
    visitor.authorize(Deed::TellCase, &object)?;
    let shown = load(state, visitor, id).await?;
    if let Some(own) = visitor.by.organization {
        shown.may_mend(own, event).map_err(hidden)?;
    }
    let row = shown.events.iter().find(|it| it.id == event.get());
    let row = row.ok_or(Problem::NotFound)?;
    let told = row.event().map_err(Problem::from)?;
    let rule = shown.program.event(&row.kind);
    let step = row
        .step
        .as_deref()
        .and_then(|code| shown.program.step(code));
    let is_receipt = [code::DONE, code::WAIVED].contains(&row.kind.as_str());
    let name = match (rule, step) {
        (Some(rule), _) => rule.name.clone(),
        (None, Some(step)) if is_receipt => format!("{}の記録", step.name),
        (None, _) => return Err(Problem::NotFound),
    };
    let day = rule.and_then(|rule| rule.day.clone());
    Ok(MendPage {
        frame: Frame::load(state, visitor, None).await?.at("/cases"),
        case: Link::new(format!("/cases/{id}"), words::name(&shown.patient.record).0),
        action: format!("/cases/{id}/events/{event}"),
        name,
        day: day.map(|name| {
            (
                name,
                told.content
                    .day
                    .map_or_else(String::new, |day| Day(day).plain()),
            )
        }),
        now: Now::at(told.happened_at),
        seats: told.content.seated.is_some(),
        note: told.content.note.unwrap_or_default(),
        problem: None,
        key: state.next_request_id(),
    })
}

/// `POST /cases/{id}/events/{event}`.
pub(crate) async fn correct(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, event)): Path<(String, String)>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Problem> {
    let (ids, sent): ((CaseId, CaseEventId), _) = ((id_of(&id)?, id_of(&event)?), sent?.0);
    let now = state.clock.now();
    let refused = match correction(&state, &sent) {
        Err(sentence) => sentence,
        Ok(correction) => {
            let done = database::write(&state.db, async |tx| {
                mend::correct(
                    tx,
                    state.case_house(),
                    &visitor.by,
                    ids,
                    (&correction, sent.key()),
                    now,
                )
                .await
            });
            match done.await {
                Ok(_) => return Ok(Redirect::to(&format!("/cases/{id}#timeline")).into_response()),
                Err(error) => told(error)?,
            }
        }
    };
    again(&state, &visitor, ids, refused).await
}

fn correction(state: &State, sent: &Sent) -> Result<Correction, String> {
    let now = state.clock.now();
    let day = sent.told_day(now)?;
    Ok(Correction {
        happened_at: sent.moment(now)?,
        day,
        note: sent.word("note").to_owned(),
        reason: sent.word("reason").to_owned(),
    })
}

/// `POST /cases/{id}/events/{event}/annul`.
pub(crate) async fn annul(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, event)): Path<(String, String)>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Problem> {
    let (ids, sent): ((CaseId, CaseEventId), _) = ((id_of(&id)?, id_of(&event)?), sent?.0);
    let now = state.clock.now();
    let done = database::write(&state.db, async |tx| {
        let why = (sent.word("reason"), sent.key());
        mend::annul(tx, state.case_house(), &visitor.by, ids, why, now).await
    });
    match done.await {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}#timeline")).into_response()),
        Err(error) => again(&state, &visitor, ids, told(error)?).await,
    }
}

async fn again(
    state: &State,
    visitor: &Visitor,
    ids: (CaseId, CaseEventId),
    refused: String,
) -> Result<Response, Problem> {
    let mut page = page(state, visitor, ids).await?;
    page.problem = Some(refused);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// `POST /cases/{id}/close`.
pub(crate) async fn close(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Redirect, Problem> {
    let (id, sent): (CaseId, _) = (id_of(&id)?, sent?.0);
    let now = state.clock.now();
    let done = database::write(&state.db, async |tx| {
        let why = (sent.word("reason"), sent.word("note"));
        end::close(tx, state.case_house(), &visitor.by, id, why, now).await
    });
    done.await.map_err(hidden)?;
    Ok(Redirect::to(&format!("/cases/{id}")))
}

/// `POST /cases/{id}/reopen`.
pub(crate) async fn reopen(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Redirect, Problem> {
    let (id, sent): (CaseId, _) = (id_of(&id)?, sent?.0);
    let now = state.clock.now();
    let done = database::write(&state.db, async |tx| {
        end::reopen(
            tx,
            state.case_house(),
            &visitor.by,
            id,
            sent.word("reason"),
            now,
        )
        .await
    });
    done.await.map_err(hidden)?;
    Ok(Redirect::to(&format!("/cases/{id}")))
}
