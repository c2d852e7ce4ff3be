//! `/confirmations/{token}`: what is said of an organization's services, to be confirmed or to be said otherwise, without signing in.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::directory::confirmation::{self, Link as Opened};
use keniki_app::directory::proposal::{self, FIELDS, Filter, Texts};
use keniki_app::import::content::field_name;
use keniki_base::id::ServiceId;
use serde::Deserialize;

use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::proposal::form::Form as Asking;
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::Visitor;

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "confirmation/link.html")]
pub struct LinkPage {
    /// Around the page.
    pub frame: Frame,
    /// Who is asked, and where the forms go; none where the link is not good any more.
    pub organization: Option<Link>,
    /// Those to be confirmed first.
    pub services: Vec<Service>,
}

/// A service of the organization.
#[derive(Debug, Clone)]
pub struct Service {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Is to be confirmed.
    pub is_due: bool,
    /// When it was confirmed last.
    pub confirmed_on: Option<String>,
    /// Name and text of each field.
    pub fields: Vec<(&'static str, String)>,
    /// What waits to be approved: names of the fields.
    pub proposed: Vec<String>,
}

impl LinkPage {
    fn n_due(&self) -> usize {
        self.services.iter().filter(|one| one.is_due).count()
    }
}

/// So many proposals of an organization are looked at.
const MOST_WAITING: u64 = 500;

/// A link that is good now.
async fn opened(state: &State, token: &str) -> Result<Option<Opened>, Problem> {
    Ok(confirmation::link(
        &state.db,
        state.definitions.policy(),
        token,
        state.clock.now(),
    )
    .await?)
}

/// `GET /confirmations/{token}`: looking confirms nothing, since some mail programs look at links.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let frame = Frame::load(&state, &visitor, None).await?;
    let Some(opened) = opened(&state, &token).await? else {
        let page = LinkPage {
            frame,
            organization: None,
            services: Vec::new(),
        };
        return Ok((StatusCode::GONE, Page(page)).into_response());
    };
    let (db, rule) = (&state.db, state.definitions.confirmation());
    let waiting =
        proposal::list(db, &opened.holder(&visitor.by), Filter::OPEN, MOST_WAITING).await?;
    let now = state.clock.now();
    let mut services = Vec::new();
    for (listed, is_due) in confirmation::services(db, rule, opened.organization, now).await? {
        let texts = proposal::current(db, listed.id.into()).await?;
        let proposed = waiting.iter().filter(|it| it.service.get() == listed.id);
        services.push(Service {
            id: listed.id,
            is_due,
            confirmed_on: listed.last_assured.map(|assured| assured.on),
            fields: FIELDS
                .iter()
                .filter_map(|field| Some((field_name(field), texts.get(*field)?.clone())))
                .collect(),
            proposed: proposed
                .flat_map(|it| it.fields.keys())
                .map(|field| field_name(field).to_owned())
                .collect(),
            name: listed.name,
        });
    }
    Ok(Page(LinkPage {
        frame,
        organization: Some(Link::new(
            format!("/confirmations/{token}"),
            opened.organization_name,
        )),
        services,
    })
    .into_response())
}

/// A service, or all that are to be confirmed where it is empty.
#[derive(Debug, Deserialize)]
pub(crate) struct Confirmed {
    #[serde(default)]
    service: String,
}

/// `POST /confirmations/{token}`.
pub(crate) async fn confirm(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(token): Path<String>,
    typed: Result<Form<Confirmed>, FormRejection>,
) -> Result<Response, Problem> {
    let (Form(typed), now) = (typed?, state.clock.now());
    let Some(opened) = opened(&state, &token).await? else {
        return Ok(back(&token));
    };
    let (db, rule) = (&state.db, state.definitions.confirmation());
    let services: Vec<ServiceId> = match typed.service.as_str() {
        "" => confirmation::services(db, rule, opened.organization, now)
            .await?
            .into_iter()
            .filter_map(|(listed, is_due)| is_due.then_some(listed.id.into()))
            .collect(),
        one => vec![id_of(one)?],
    };
    confirmation::confirm(db, rule, &opened.holder(&visitor.by), &services, now).await?;
    Ok(back(&token))
}

/// To the page of the link, which says so where it is not good any more.
fn back(token: &str) -> Response {
    Redirect::to(&format!("/confirmations/{token}")).into_response()
}

fn asking(visitor: &Visitor, token: &str, opened: &Opened, service: ServiceId) -> Asking {
    Asking {
        by: opened.holder(&visitor.by),
        service,
        action: format!("/confirmations/{token}/services/{service}"),
        back: format!("/confirmations/{token}"),
        keeps: false,
    }
}

/// `GET /confirmations/{token}/services/{id}`.
pub(crate) async fn form(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path((token, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let Some(opened) = opened(&state, &token).await? else {
        return Ok(back(&token));
    };
    let asking = asking(&visitor, &token, &opened, id_of(&id)?);
    let page = asking.page(&state, &visitor, None).await?;
    Ok(Page(page).into_response())
}

/// `POST /confirmations/{token}/services/{id}`.
pub(crate) async fn propose(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path((token, id)): Path<(String, String)>,
    typed: Result<Form<Texts>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(typed) = typed?;
    let Some(opened) = opened(&state, &token).await? else {
        return Ok(back(&token));
    };
    let asking = asking(&visitor, &token, &opened, id_of(&id)?);
    match asking.send(&state, &visitor, &typed).await? {
        Ok(_) => Ok(back(&token)),
        Err(again) => Ok(again),
    }
}
