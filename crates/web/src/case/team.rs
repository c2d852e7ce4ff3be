//! `/cases/{id}/team`: who takes part in a case; another organization is found by its name and takes a part of the rule.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::case::open::Seat;
use keniki_app::case::{self, seat};
use keniki_app::database;
use keniki_app::patient::team::{self, Member};
use keniki_base::clock::jst_day;
use keniki_base::date::wareki;
use keniki_base::id::{CaseId, PatientId};
use serde::Deserialize;

use super::{show, told};
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::patient::office::Office;
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "case/team.html")]
pub struct TeamPage {
    /// Around the page.
    pub frame: Frame,
    /// The case.
    pub case: Link,
    /// Those who are there.
    pub team: Vec<Here>,
    /// In 和暦.
    pub today: String,
    /// Code and name of the rule's roles.
    pub roles: Vec<(String, String)>,
    /// What was typed.
    pub typed: Typed,
    /// Those of the name that was looked for; none: none was.
    pub found: Option<Vec<Office>>,
    /// Why nobody was added.
    pub problem: Option<String>,
}

/// An organization that is there.
#[derive(Debug, Clone)]
pub struct Here {
    /// Number of its part.
    pub id: i64,
    /// Its name.
    pub organization: String,
    /// As what.
    pub role: String,
    /// Where its part is ended; none: not by this reader.
    pub leave: Option<String>,
}

/// What is typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Part of a name.
    pub name: String,
    /// Number of the organization.
    pub organization: String,
    /// Code of the role.
    pub role: String,
    /// Who there.
    pub staff: String,
}

async fn page(
    state: &State,
    visitor: &Visitor,
    id: CaseId,
    typed: Typed,
) -> Result<TeamPage, Problem> {
    let now = state.clock.now();
    let object = case::object(&state.db, id, now).await?;
    visitor.authorize(Deed::WritePatient, &object)?;
    let shown = show::load(state, visitor, id).await?;
    let role_name = |code: &str| {
        let role = shown.program.role(code);
        role.map_or_else(|| code.to_owned(), |it| it.name.clone())
    };
    let here = shown.team.iter().filter(|it| it.valid_to.is_none());
    let patient = PatientId::new(shown.case.patient_id);
    let all = team::of_patient(&state.db, patient).await?;
    let (rule, today) = (state.definitions.patients(), jst_day(now));
    let leave = |it: &Member| format!("/patients/{patient}/team/{}/leave", it.id);
    let may_end = |it: &Member| team::may_end(rule, &all, &visitor.by, it, today);
    let found = match typed.name.trim() {
        "" => None,
        name => Some(Office::named(state, (name, &typed.organization)).await?),
    };
    Ok(TeamPage {
        frame: Frame::load(state, visitor, None).await?.at("/cases"),
        case: Link::new(format!("/cases/{id}"), shown.program.name.clone()),
        team: here
            .map(|it| {
                let role = it.case_role.as_deref().unwrap_or_default();
                Here {
                    id: it.id,
                    organization: it.organization_name.clone(),
                    role: role_name(role),
                    leave: may_end(it).then(|| leave(it)),
                }
            })
            .collect(),
        today: wareki(today),
        roles: shown
            .program
            .roles
            .iter()
            .map(|it| (it.code.clone(), it.name.clone()))
            .collect(),
        typed,
        found,
        problem: None,
    })
}

/// `GET /cases/{id}/team`.
pub(crate) async fn form(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<TeamPage>, Problem> {
    Ok(Page(
        page(&state, &visitor, id_of(&id)?, Typed::default()).await?,
    ))
}

/// `POST /cases/{id}/team`: organizations of a name, or one of them takes its part.
pub(crate) async fn join(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let (id, Form(typed), now): (CaseId, _, _) = (id_of(&id)?, typed?, state.clock.now());
    let Ok(organization) = typed.organization.parse::<i64>() else {
        return Ok(Page(page(&state, &visitor, id, typed).await?).into_response());
    };
    let seat = Seat {
        role: typed.role.clone(),
        organization: organization.into(),
        staff: typed.staff.clone(),
    };
    let added = database::write(&state.db, async |tx| {
        seat::add(tx, state.case_house(), &visitor.by, (id, &seat), now).await
    });
    let problem = match added.await {
        Ok(()) => return Ok(Redirect::to(&format!("/cases/{id}#team")).into_response()),
        Err(error) => told(error)?,
    };
    let mut page = page(&state, &visitor, id, typed).await?;
    page.problem = Some(problem);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}
