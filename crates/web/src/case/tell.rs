//! `/cases/{id}/tell`: the form of an event as its rule asks for it; and that a step is not asked for.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, Request, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::case::channel::Channel;
use keniki_app::case::receipt;
use keniki_app::case::tell::{self, Telling};
use keniki_app::definition::program::{EventRule, Program};
use keniki_app::{case, database};
use keniki_base::clock::jst_day;
use keniki_base::id::CaseId;
use serde::Deserialize;

use super::done::cause;
use super::seat::{SeatAsked, seating};
use super::show::load;
use super::{Now, hidden};
use crate::error::Problem;
use crate::file::{self, Posted};
use crate::page::{Frame, Link, Page};
use crate::patient::words;
use crate::proposal::id_of;
use crate::sent::Sent;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The form of an event.
#[derive(Debug, Clone, Template)]
#[template(path = "case/tell.html")]
pub struct TellPage {
    /// Around the page.
    pub frame: Frame,
    /// The case.
    pub case: Link,
    /// Where the form goes.
    pub action: String,
    /// What is told.
    pub event: Asked,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// What stands in the fields.
    pub now: Now,
    /// What may be attached.
    pub may_be_attached: String,
    /// The form's own number.
    pub key: String,
}

/// Something that can be chosen: code, words, whether it is.
pub type Offered = (String, String, bool);

/// What the rule asks for with an event.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Code.
    pub code: String,
    /// 退院日の見込み・決定.
    pub name: String,
    /// What the day that it tells is called, and what was typed.
    pub day: Option<(String, String)>,
    /// Facts: code, name, and the choices with the one that was chosen.
    pub facts: Vec<(String, String, Vec<Offered>)>,
    /// Criteria: code, name, whether it was found.
    pub criteria: Vec<Offered>,
    /// Why it may be told without consent.
    pub basis: Option<String>,
    /// Which office has the role that it tells of.
    pub seat: Option<SeatAsked>,
    /// The form by which it is told, too.
    pub form: Option<Link>,
    /// What was typed beside.
    pub note: String,
}

impl Asked {
    pub(super) fn of(program: &Program, rule: &EventRule, sent: &Sent) -> Self {
        let facts = rule.asks.iter().filter_map(|code| {
            let fact = program.fact(code)?;
            let chosen = sent.word(&format!("fact_{code}")).to_owned();
            let choices = fact.choices.iter();
            let choices = choices.map(|it| (it.code.clone(), it.name.clone(), it.code == chosen));
            Some((fact.code.clone(), fact.name.clone(), choices.collect()))
        });
        let criteria = program
            .criteria
            .iter()
            .filter(|_| rule.asks_criteria)
            .map(|it| {
                let is_found = sent.all("criterion").any(|code| code == it.code);
                (it.code.clone(), it.name.clone(), is_found)
            });
        Self {
            code: rule.code.clone(),
            name: rule.name.clone(),
            day: rule
                .day
                .as_ref()
                .map(|name| (name.clone(), sent.word("told_day").to_owned())),
            facts: facts.collect(),
            criteria: criteria.collect(),
            basis: rule.basis.clone(),
            seat: None,
            form: None,
            note: sent.word("note").to_owned(),
        }
    }
}

/// Which event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    kind: String,
}

/// `GET /cases/{id}/tell`.
pub(crate) async fn form(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Page<TellPage>, Problem> {
    let id: CaseId = id_of(&id)?;
    let object = case::object(&state.db, id, state.clock.now()).await?;
    visitor.authorize(Deed::TellCase, &object)?;
    let kind = which?.0.kind;
    let sent = Sent::default();
    Ok(Page(page(&state, &visitor, id, (&kind, &sent)).await?))
}

async fn page(
    state: &State,
    visitor: &Visitor,
    id: CaseId,
    (kind, sent): (&str, &Sent),
) -> Result<TellPage, Problem> {
    let shown = load(state, visitor, id).await?;
    let rule = shown.program.event(kind).ok_or(Problem::NotFound)?;
    Ok(TellPage {
        frame: Frame::load(state, visitor, None).await?.at("/cases"),
        case: Link::new(format!("/cases/{id}"), words::name(&shown.patient.record).0),
        action: format!("/cases/{id}/tell"),
        event: Asked {
            seat: SeatAsked::of(state, (&shown, rule), sent).await?,
            form: rule.form.as_ref().and_then(|from| {
                let form = state
                    .definitions
                    .form(&from.code, jst_day(state.clock.now()))?;
                let (patient, code) = (shown.case.patient_id, &form.code);
                let href = format!("/patients/{patient}/forms/{code}/new?case={id}");
                Some(Link::new(href, form.name.clone()))
            }),
            ..Asked::of(&shown.program, rule, sent)
        },
        problem: None,
        may_be_attached: file::may_be_attached(state),
        now: match sent.word("day").is_empty() {
            true => Now::at(state.clock.now()),
            false => Now {
                day: sent.word("day").to_owned(),
                time: sent.word("time").to_owned(),
            },
        },
        key: sent.key().unwrap_or_else(|| state.next_request_id()),
    })
}

/// What was typed, as the action takes it; the sentence of what cannot be read.
pub(super) fn telling(state: &State, sent: &Sent) -> Result<Telling, String> {
    let now = state.clock.now();
    let day = sent.told_day(now)?;
    Ok(Telling {
        kind: sent.word("kind").to_owned(),
        happened_at: sent.moment(now)?,
        day,
        facts: sent
            .beginning("fact_")
            .map(|(code, choice)| (code.to_owned(), choice.to_owned()))
            .collect(),
        criteria: sent.all("criterion").map(str::to_owned).collect(),
        organization: sent.word("organization").parse().ok(),
        seating: seating(sent),
        form_record: None,
        note: sent.word("note").to_owned(),
        channel: Channel::of(sent.word("channel")),
        whom: sent.word("whom").to_owned(),
        form_key: sent.key(),
    })
}

/// `POST /cases/{id}/tell`.
pub(crate) async fn tell(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (id, now): (CaseId, _) = (id_of(&id)?, state.clock.now());
    visitor.authorize(Deed::TellCase, &case::object(&state.db, id, now).await?)?;
    let posted = Posted::of(request).await?;
    let sent = &posted.sent;
    if sent.word("do") == "find" && posted.refused.is_none() {
        let page = page(&state, &visitor, id, (sent.word("kind"), sent)).await?;
        return Ok(Page(page).into_response());
    }
    let told = match &posted.refused {
        Some(refused) => Err(refused.clone()),
        None => telling(&state, sent).map_err(unprocessable),
    };
    let (status, problem) = match told {
        Err(refused) => refused,
        Ok(telling) => {
            let done = database::write(&state.db, async |tx| {
                let what = (&telling, posted.paper(&state, "file"));
                tell::tell(tx, state.case_house(), &visitor.by, id, what, now).await
            });
            match done.await {
                Ok(_) => return Ok(Redirect::to(&format!("/cases/{id}")).into_response()),
                Err(error) => unprocessable(super::told(error)?),
            }
        }
    };
    let mut page = page(&state, &visitor, id, (sent.word("kind"), sent)).await?;
    page.problem = Some(problem);
    Ok((status, Page(page)).into_response())
}

/// The page again, with what is wrong.
pub(super) fn unprocessable(sentence: String) -> (StatusCode, String) {
    (StatusCode::UNPROCESSABLE_ENTITY, sentence)
}

/// `POST /cases/{id}/waive`.
pub(crate) async fn waive(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Redirect, Problem> {
    let (id, sent): (CaseId, _) = (id_of(&id)?, sent?.0);
    let now = state.clock.now();
    let what = (id, sent.word("step"), cause(&sent));
    let done = database::write(&state.db, async |tx| {
        let why = (sent.word("reason"), sent.key());
        receipt::waive(tx, state.case_house(), &visitor.by, what, why, now).await
    });
    done.await.map_err(hidden)?;
    Ok(Redirect::to(&format!("/cases/{id}#due")))
}
