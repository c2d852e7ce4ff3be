//! `/patients/{id}/cases/new`: begins a case under a program in which the own organization may; who else is in it is found by name.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::case::open::{self, Opening, Seat};
use keniki_app::case::{self, CaseError};
use keniki_app::database;
use keniki_app::definition::program::Program;
use keniki_app::patient::show::{self, View};
use keniki_base::clock::jst_day;
use keniki_base::id::PatientId;

use super::told;
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::patient::office::Office;
use crate::patient::{object, words};
use crate::proposal::id_of;
use crate::sent::Sent;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The form that begins a case.
#[derive(Debug, Clone, Template)]
#[template(path = "case/open.html")]
pub struct OpenPage {
    /// Around the page.
    pub frame: Frame,
    /// Whom it is about.
    pub patient: Link,
    /// Programs and the own role in each: code of both, program, role, what it is, whether it is chosen.
    pub choices: Vec<Choice>,
    /// Who there, in words.
    pub staff: String,
    /// The organization that was looked for, and in which role: code and name of the roles that can be filled.
    pub looked_for: String,
    /// The organizations of that name.
    pub found: Option<Vec<Office>>,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// The case that is open already.
    pub known: Option<String>,
    /// The form's own number.
    pub key: String,
}

/// A program in which the own organization may begin a case.
#[derive(Debug, Clone)]
pub struct Choice {
    /// `discharge_support care_manager`.
    pub code: String,
    /// 入退院支援.
    pub program: String,
    /// ケアマネジャー.
    pub role: String,
    /// It is chosen.
    pub is_chosen: bool,
}

/// `GET /patients/{id}/cases/new`.
pub(crate) async fn form(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<OpenPage>, Problem> {
    visitor.ever_may(Deed::OpenCase)?;
    Ok(Page(
        page(&state, &visitor, id_of(&id)?, &Sent::default()).await?,
    ))
}

async fn page(
    state: &State,
    visitor: &Visitor,
    id: PatientId,
    sent: &Sent,
) -> Result<OpenPage, Problem> {
    object(state, visitor, (Deed::OpenCase, id)).await?;
    let now = state.clock.now();
    let view = database::write(&state.db, async |tx| {
        show::show(tx, &visitor.by, id, now).await
    });
    let View::Here(shown) = view.await? else {
        return Err(Problem::NotFound);
    };
    let name = sent.word("name");
    Ok(OpenPage {
        frame: Frame::load(state, visitor, None).await?.at("/patients"),
        patient: words::link(&shown.listed),
        choices: choices(state, visitor, sent.word("choice")),
        staff: sent.word("staff").to_owned(),
        looked_for: name.to_owned(),
        found: match name.is_empty() {
            true => None,
            false => {
                Some(Office::fitting(state, (name, sent.word("organization")), "hospital").await?)
            }
        },
        problem: None,
        known: None,
        key: sent.key().unwrap_or_else(|| state.next_request_id()),
    })
}

/// The programs that hold today, in the roles in which the reader's own role opens cases.
fn choices(state: &State, visitor: &Visitor, chosen: &str) -> Vec<Choice> {
    let (definitions, today) = (&state.definitions, jst_day(state.clock.now()));
    let own = visitor.by.role.as_deref().unwrap_or_default();
    let mut choices = Vec::new();
    for file in definitions.programs() {
        let program = &file.program;
        let is_newest = definitions.program_on(&program.code, today) == Some(file);
        let roles = program.roles.iter().filter(|it| is_newest && it.opens);
        for role in roles.filter(|it| definitions.works_in(own, &it.team_role)) {
            let code = format!("{} {}", program.code, role.code);
            choices.push(Choice {
                is_chosen: code == chosen,
                code,
                program: program.name.clone(),
                role: role.name.clone(),
            });
        }
    }
    let is_chosen = choices.iter().any(|it| it.is_chosen);
    if let (false, Some(first)) = (is_chosen, choices.first_mut()) {
        first.is_chosen = true;
    }
    choices
}

/// The case that is open is not the reader's to see.
const ELSEWHERE: &str = "この人の同じ申し合わせのケースが、あなたの組織の加わっていないところで、すでに開いています。入院先の病院など、担当の組織に連絡して、そのケースの支援チームに加えてもらってください。";

/// `POST /patients/{id}/cases/new`: looks for an organization, or begins.
pub(crate) async fn open(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Problem> {
    let (id, sent): (PatientId, _) = (id_of(&id)?, sent?.0);
    object(&state, &visitor, (Deed::OpenCase, id)).await?;
    if sent.word("do") == "find" {
        return Ok(Page(page(&state, &visitor, id, &sent).await?).into_response());
    }
    let now = state.clock.now();
    let (program, role) = sent.word("choice").split_once(' ').unwrap_or_default();
    let file = state.definitions.program_on(program, jst_day(now));
    let opening = Opening {
        program: program.to_owned(),
        role: role.to_owned(),
        staff: sent.word("staff").to_owned(),
        seats: file.map_or_else(Vec::new, |file| seats(&file.program, role, &sent)),
        event: None,
        form_key: sent.key(),
    };
    let done = database::write(&state.db, async |tx| {
        open::open(tx, state.case_house(), &visitor.by, (id, &opening), now).await
    });
    let error = match done.await {
        Ok(case) => {
            // What it begins with is told next.
            let first = file.and_then(|file| first_event(&file.program, role));
            let next = first.map_or_else(
                || format!("/cases/{case}"),
                |kind| format!("/cases/{case}/tell?kind={kind}"),
            );
            return Ok(Redirect::to(&next).into_response());
        }
        Err(error) => error,
    };
    let (known, problem) = match error {
        CaseError::AlreadyOpen(case) => {
            let object = case::object(&state.db, case, now).await?;
            match visitor.by.may(Deed::ReadCase, &object).is_some() {
                true => (Some(format!("/cases/{case}")), told(error)?),
                false => (None, ELSEWHERE.to_owned()),
            }
        }
        error => (None, told(error)?),
    };
    let page = OpenPage {
        problem: Some(problem),
        known,
        ..page(&state, &visitor, id, &sent).await?
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// The organization that was chosen takes the first part of a hospital that is not the opener's own.
fn seats(program: &Program, own: &str, sent: &Sent) -> Vec<Seat> {
    let Ok(organization) = sent.word("organization").parse::<i64>() else {
        return Vec::new();
    };
    let mut roles = program.roles.iter();
    let role = roles.find(|it| it.team_role == "hospital" && it.code != own);
    let seat = role.map(|role| Seat {
        role: role.code.clone(),
        organization: organization.into(),
        staff: String::new(),
    });
    seat.into_iter().collect()
}

/// The first event that the role tells.
fn first_event<'a>(program: &'a Program, role: &str) -> Option<&'a str> {
    let mut events = program.events.iter();
    let first = events.find(|it| it.from.iter().any(|from| from == role))?;
    Some(&first.code)
}
