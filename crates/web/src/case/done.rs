//! `/cases/{id}/done`: that a step was done by whichever way, with its paper; where it is not taken, the form with all that was typed.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::case::channel::Channel;
use keniki_app::case::receipt::{self, Receipt};
use keniki_app::{case, database};
use keniki_base::id::{CaseEventId, CaseId};
use serde::Deserialize;

use super::show::{DueLine, load};
use super::tell::unprocessable;
use super::{Now, told};
use crate::error::Problem;
use crate::file::{self, Posted};
use crate::page::{Frame, Link, Page};
use crate::patient::words;
use crate::proposal::id_of;
use crate::sent::Sent;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The form that says that a step was done.
#[derive(Debug, Clone, Default)]
pub struct DoneForm {
    /// Where it goes.
    pub action: String,
    /// Code of the step.
    pub step: String,
    /// What it is called.
    pub name: String,
    /// The event with which it began; empty: the oldest that is open.
    pub cause: String,
    /// The form's own number.
    pub key: String,
    /// Ways: code, word, whether it is chosen.
    pub channels: Vec<(&'static str, &'static str, bool)>,
    /// When.
    pub now: Now,
    /// To whom.
    pub whom: String,
    /// What else there is to say.
    pub note: String,
    /// What may be attached.
    pub may_be_attached: String,
}

fn channels(chosen: Channel) -> Vec<(&'static str, &'static str, bool)> {
    let all = Channel::ALL.into_iter();
    all.map(|it| (it.code(), it.words(), it == chosen))
        .collect()
}

impl DoneForm {
    /// For a line of the case's page; the number of the form is its page's and the line's.
    pub(super) fn begun(
        state: &State,
        (case, it): (i64, &DueLine),
        (key, now): (String, Now),
    ) -> Self {
        Self {
            action: format!("/cases/{case}/done"),
            step: it.step.clone(),
            name: it.name.clone(),
            cause: it.cause.to_string(),
            key,
            channels: channels(Channel::ALL[0]),
            now,
            may_be_attached: file::may_be_attached(state),
            ..Self::default()
        }
    }

    fn of(state: &State, (case, name): (CaseId, String), sent: &Sent) -> Self {
        let word = |field| sent.word(field).to_owned();
        Self {
            action: format!("/cases/{case}/done"),
            step: word("step"),
            name,
            cause: word("cause"),
            key: word("key"),
            channels: channels(channel(sent)),
            now: Now {
                day: word("day"),
                time: word("time"),
            },
            whom: word("whom"),
            note: word("note"),
            may_be_attached: file::may_be_attached(state),
        }
    }
}

fn channel(sent: &Sent) -> Channel {
    Channel::of(sent.word("channel")).unwrap_or(Channel::Phone)
}

/// The form again.
#[derive(Debug, Clone, Template)]
#[template(path = "case/done.html")]
pub struct DonePage {
    /// Around the page.
    pub frame: Frame,
    /// The case.
    pub case: Link,
    /// With what was typed.
    pub form: DoneForm,
    /// Why it was not taken.
    pub problem: Option<String>,
}

/// Which step, and the event with which it began.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    step: String,
    cause: String,
}

/// `GET /cases/{id}/done`: the form of one step, for who comes from its form or its list.
pub(crate) async fn form(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Page<DonePage>, Problem> {
    let (id, Query(which), now): (CaseId, _, _) = (id_of(&id)?, which?, state.clock.now());
    visitor.authorize(Deed::TellCase, &case::object(&state.db, id, now).await?)?;
    let shown = load(&state, &visitor, id).await?;
    let step = shown.program.step(&which.step).ok_or(Problem::NotFound)?;
    Ok(Page(DonePage {
        frame: Frame::load(&state, &visitor, None).await?.at("/cases"),
        case: Link::new(format!("/cases/{id}"), words::name(&shown.patient.record).0),
        form: DoneForm {
            action: format!("/cases/{id}/done"),
            step: step.code.clone(),
            name: step.name.clone(),
            cause: which.cause,
            key: state.next_request_id(),
            channels: channels(Channel::ALL[0]),
            now: Now::at(now),
            may_be_attached: file::may_be_attached(&state),
            ..DoneForm::default()
        },
        problem: None,
    }))
}

/// `POST /cases/{id}/done`.
pub(crate) async fn done(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (id, now): (CaseId, _) = (id_of(&id)?, state.clock.now());
    visitor.authorize(Deed::TellCase, &case::object(&state.db, id, now).await?)?;
    let posted = Posted::of(request).await?;
    let (status, problem) = match receipt(&state, &posted) {
        Err(refused) => refused,
        Ok(receipt) => {
            let written = database::write(&state.db, async |tx| {
                let what = (&receipt, posted.paper(&state, "file"));
                receipt::done(tx, state.case_house(), &visitor.by, id, what, now).await
            });
            match written.await {
                Ok(_) => return Ok(Redirect::to(&format!("/cases/{id}#due")).into_response()),
                Err(error) => unprocessable(told(error)?),
            }
        }
    };
    let page = page(&state, &visitor, id, (&posted.sent, problem)).await?;
    Ok((status, Page(page)).into_response())
}

fn receipt(state: &State, posted: &Posted) -> Result<Receipt, (StatusCode, String)> {
    if let Some(refused) = &posted.refused {
        return Err(refused.clone());
    }
    let sent = &posted.sent;
    let moment = sent.moment(state.clock.now());
    Ok(Receipt {
        step: sent.word("step").to_owned(),
        cause: cause(sent),
        happened_at: moment.map_err(unprocessable)?,
        channel: channel(sent),
        whom: sent.word("whom").to_owned(),
        note: sent.word("note").to_owned(),
        form_record: None,
        form_key: sent.key(),
    })
}

pub(super) fn cause(sent: &Sent) -> Option<CaseEventId> {
    sent.word("cause").parse().ok()
}

async fn page(
    state: &State,
    visitor: &Visitor,
    id: CaseId,
    (sent, problem): (&Sent, String),
) -> Result<DonePage, Problem> {
    let shown = load(state, visitor, id).await?;
    let step = shown.program.step(sent.word("step"));
    let name = step.map_or_else(|| "対応".to_owned(), |step| step.name.clone());
    Ok(DonePage {
        frame: Frame::load(state, visitor, None).await?.at("/cases"),
        case: Link::new(format!("/cases/{id}"), words::name(&shown.patient.record).0),
        form: DoneForm::of(state, (id, name), sent),
        problem: Some(problem),
    })
}
