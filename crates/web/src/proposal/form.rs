//! The form on which an office asks for something else to be said of a service, signed in or by a link.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form as FormOf, Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::By;
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::directory::proposal::{self, FIELDS, ProposalError, Texts};
use keniki_app::directory::{history, internal, listing};
use keniki_app::import::content::field_name;
use keniki_base::id::{ProposalId, ServiceId};
use serde::Deserialize;

use super::id_of;
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The form.
#[derive(Debug, Clone, Template)]
#[template(path = "proposal/form.html")]
pub struct FormPage {
    /// Around the page.
    pub frame: Frame,
    /// The service, and its page.
    pub service: Link,
    /// Where the form goes.
    pub action: String,
    /// Code, name and text of each field.
    pub fields: Vec<(&'static str, String, String)>,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// Code of the field that is wrong.
    pub wrong: Option<String>,
    /// For whoever decides.
    pub note: String,
}

impl FormPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.as_deref() == Some(field)
    }
}

/// Who asks for something else to be said of a service, and where that is asked.
#[derive(Debug)]
pub(crate) struct Form {
    /// On whose behalf.
    pub by: By,
    /// Of which service.
    pub service: ServiceId,
    /// Where the form goes.
    pub action: String,
    /// Where one goes back to.
    pub back: String,
}

impl Form {
    /// The form of somebody signed in.
    fn of(visitor: &Visitor, service: ServiceId) -> Self {
        Self {
            by: visitor.by.clone(),
            service,
            action: format!("/services/{service}/propose"),
            back: format!("/services/{service}"),
        }
    }

    /// With what is said now, or with what was typed.
    pub(crate) async fn page(
        &self,
        state: &State,
        visitor: &Visitor,
        typed: Option<(&Texts, &str)>,
    ) -> Result<FormPage, Problem> {
        let object = internal::object(&state.db, self.service).await?;
        self.by
            .authorize(Deed::Propose, &object.ok_or(Problem::NotFound)?)?;
        let listed = listing::one(&state.db, self.service.get()).await?;
        let listed = listed.ok_or(Problem::NotFound)?;
        let current = proposal::current(&state.db, self.service).await?;
        let (texts, note) = typed.unwrap_or((&current, ""));
        Ok(FormPage {
            frame: Frame::load(state, visitor, None).await?.at("/proposals"),
            service: Link::new(&*self.back, listed.name),
            action: self.action.clone(),
            fields: FIELDS
                .iter()
                .map(|field| {
                    let text = texts.get(*field).cloned().unwrap_or_default();
                    (*field, field_name(field).to_owned(), text)
                })
                .collect(),
            problem: None,
            wrong: None,
            note: note.to_owned(),
        })
    }

    /// The proposal; or the form again, which keeps what was typed.
    pub(crate) async fn send(
        &self,
        state: &State,
        visitor: &Visitor,
        typed: &Texts,
    ) -> Result<Result<ProposalId, Response>, Problem> {
        let (note, now) = (
            typed.get("note").map_or("", String::as_str),
            state.clock.now(),
        );
        let done = database::write(&state.db, async |tx| {
            proposal::propose(tx, &self.by, self.service, (typed, note), now).await
        });
        match done.await {
            Ok(id) => Ok(Ok(id)),
            Err(wrong @ (ProposalError::Nothing | ProposalError::Field(_))) => {
                let mut page = self.page(state, visitor, Some((typed, note))).await?;
                page.problem = Some(wrong.to_string());
                if let ProposalError::Field(wrong) = wrong {
                    page.wrong = Some(wrong.field);
                }
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Ok(Err((status, Page(page)).into_response()))
            }
            Err(ProposalError::NotThere) => Err(Problem::NotFound),
            Err(other) => Err(other.into()),
        }
    }
}

/// The edition to go back to, where one was chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    record: Option<i64>,
    batch: Option<i64>,
}

/// `GET /services/{id}/propose`: with what is said now, or what an earlier edition said.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    back: Result<Query<Back>, QueryRejection>,
) -> Result<Page<FormPage>, Problem> {
    let (service, Query(back)): (ServiceId, _) = (id_of(&id)?, back?);
    let texts = match back.record.zip(back.batch) {
        Some(edition) => {
            let object = internal::object(&state.db, service).await?;
            let object = object.ok_or(Problem::NotFound)?;
            history::texts(&state.db, &visitor.by, &object, edition).await?
        }
        None => None,
    };
    let typed = texts.as_ref().map(|texts| (texts, ""));
    let form = Form::of(&visitor, service);
    Ok(Page(form.page(&state, &visitor, typed).await?))
}

/// `POST /services/{id}/propose`.
pub(crate) async fn send(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<FormOf<Texts>, FormRejection>,
) -> Result<Response, Problem> {
    let typed = typed?.0;
    let form = Form::of(&visitor, id_of(&id)?);
    match form.send(&state, &visitor, &typed).await? {
        Ok(id) => Ok(Redirect::to(&format!("/proposals/{id}")).into_response()),
        Err(again) => Ok(again),
    }
}
