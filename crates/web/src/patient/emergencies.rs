//! `/patients/{id}/emergency` and `/emergencies`: opens a record from outside the care team, and what is looked at afterwards.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::database::{self, instant};
use keniki_app::patient::emergency::{self, EmergencyError};
use keniki_app::patient::find::Page as Part;
use keniki_app::patient::{self, PatientError};
use keniki_base::id::PatientId;

use super::field::{Control, Field, Fields, Typed, Wrong};
use super::found;
use super::show::Opened;
use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The page before a record is opened: it says nothing of whose it is.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/emergency.html")]
pub struct EmergencyPage {
    /// Around the page.
    pub frame: Frame,
    /// Number.
    pub id: i64,
    /// For how many hours.
    pub hours: i64,
    /// Why.
    pub reason: Field,
    /// Why it was not opened.
    pub problem: Option<String>,
    /// The field that is wrong.
    pub wrong: Vec<Wrong>,
}

impl EmergencyPage {
    async fn load(
        state: &State,
        visitor: &Visitor,
        id: PatientId,
        (typed, wrong): (&Typed, Vec<Wrong>),
    ) -> Result<Self, Problem> {
        let fields = Fields {
            typed,
            wrong: &wrong,
        };
        let reason = fields
            .of("reason", "なぜ、いま見る必要がありますか", Control::Area)
            .must();
        let hours = state.definitions.patients().emergency.lasts().num_hours();
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/patients"),
            id: id.get(),
            hours,
            reason: reason.help("例：意識のない状態で救急搬送された。飲んでいる薬と連絡先を確かめるため。人の名前は書かないでください。"),
            problem: (!wrong.is_empty()).then(|| "まだ開いていません。".to_owned()),
            wrong,
        })
    }
}

/// Whether the visitor sees the record anyway.
async fn is_seen(state: &State, visitor: &Visitor, id: PatientId) -> Result<bool, Problem> {
    match patient::object(&state.db, id, state.clock.now()).await {
        Ok(object) => Ok(visitor.by.may(Deed::ReadPatient, &object).is_some()),
        Err(PatientError::NotThere) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// `GET /patients/{id}/emergency`: for who has found them in the area within the hour.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: PatientId = id_of(&id)?;
    visitor.ever_may(Deed::OpenEmergency)?;
    if is_seen(&state, &visitor, id).await? {
        return Ok(Redirect::to(&format!("/patients/{id}")).into_response());
    }
    found(&state, &visitor, (Deed::OpenEmergency, id)).await?;
    let nothing = (&Typed::default(), Vec::new());
    Ok(Page(EmergencyPage::load(&state, &visitor, id, nothing).await?).into_response())
}

/// `POST /patients/{id}/emergency`.
pub(crate) async fn open(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let (id, now): (PatientId, _) = (id_of(&id)?, state.clock.now());
    let Form(typed) = typed?;
    visitor.ever_may(Deed::OpenEmergency)?;
    let to = format!("/patients/{id}");
    if is_seen(&state, &visitor, id).await? {
        return Ok(Redirect::to(&to).into_response());
    }
    found(&state, &visitor, (Deed::OpenEmergency, id)).await?;
    let site = (&*state.definitions, &*state.site.public_url);
    let done = database::write(&state.db, async |tx| {
        emergency::open(tx, site, &visitor.by, (id, typed.get("reason")), now).await
    });
    let sentence = match done.await {
        Ok(_) => return Ok(Redirect::to(&to).into_response()),
        Err(error @ EmergencyError::TooShort(_)) => error.to_string(),
        Err(EmergencyError::Patient(
            error @ (PatientError::Missing(_) | PatientError::WrongText(..)),
        )) => error.to_string(),
        Err(error) => return Err(error.into()),
    };
    let wrong = vec![("reason".to_owned(), sentence)];
    let page = EmergencyPage::load(&state, &visitor, id, (&typed, wrong)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// Openings to look at, and those of one's own patients.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/emergencies.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// How many nobody has looked at; none: the reader does not look at them.
    pub to_review: Option<(u64, Vec<Opened>)>,
    /// Those of the reader, each with whether it is still open; none: they open none.
    pub mine: Option<(u64, Vec<(Opened, bool)>)>,
    /// Of patients whose care team one's own organization is in; none: it is in none.
    pub own: Option<(u64, Vec<Opened>)>,
    /// Why a review was not taken.
    pub problem: Option<String>,
}

/// How many are shown.
const MOST: u64 = 100;

impl ListPage {
    async fn load(state: &State, visitor: &Visitor) -> Result<Self, Problem> {
        let (db, by, now) = (&state.db, &visitor.by, state.clock.now());
        let part = Part {
            first: 0,
            most: MOST,
        };
        let words = |(n, all): (u64, Vec<emergency::Opening>)| {
            (n, all.into_iter().map(|it| Opened::of(state, it)).collect())
        };
        let until = instant(now);
        let is_open = |it: emergency::Opening| {
            let is_open = it.ends_at > until;
            (Opened::of(state, it), is_open)
        };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/patients"),
            mine: match by.ever_may(Deed::OpenEmergency) {
                true => {
                    let (n, all) = emergency::own(db, by, part).await?;
                    Some((n, all.into_iter().map(is_open).collect()))
                }
                false => None,
            },
            to_review: match by.ever_may(Deed::ReviewEmergency) {
                true => Some(words(emergency::to_review(db, by, part).await?)),
                false => None,
            },
            own: match by.ever_may(Deed::WritePatient) {
                true => Some(words(emergency::of_own_patients(db, by, part, now).await?)),
                false => None,
            },
            problem: None,
        })
    }
}

/// `GET /emergencies`.
pub(crate) async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Page<ListPage>, Problem> {
    let sees_own = [Deed::WritePatient, Deed::OpenEmergency];
    if !sees_own.iter().any(|deed| visitor.by.ever_may(*deed)) {
        visitor.ever_may(Deed::ReviewEmergency)?;
    }
    Ok(Page(ListPage::load(&state, &visitor).await?))
}

/// `POST /emergencies/{id}`.
pub(crate) async fn review(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::ReviewEmergency)?;
    let (id, Form(typed), now): (i64, _, _) = (id_of(&id)?, typed?, state.clock.now());
    let done = database::write(&state.db, async |tx| {
        emergency::review(tx, &visitor.by, (id, typed.get("outcome")), now).await
    });
    let error = match done.await {
        Ok(()) => return Ok(Redirect::to("/emergencies").into_response()),
        Err(error) => error,
    };
    let sentence = error.to_string();
    match error.into() {
        Problem::NotNow(_) => {}
        other => return Err(other),
    }
    let mut page = ListPage::load(&state, &visitor).await?;
    page.problem = Some(sentence);
    Ok((StatusCode::CONFLICT, Page(page)).into_response())
}
