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
use keniki_app::draft::find;
use keniki_app::import::content::field_name;
use keniki_base::id::{ProposalId, ServiceId};
use serde::Deserialize;

use super::id_of;
use crate::draft::{self, Draft};
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The field for whoever decides.
const NOTE: &str = "note";

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
    /// Codes of the fields that are wrong, and how they are written.
    pub wrong: Vec<(String, String)>,
    /// For whoever decides.
    pub note: String,
    /// Where it saves what is typed; none for who comes by a link.
    pub draft: Option<Draft>,
}

impl FormPage {
    /// With what was typed instead of what is said.
    fn with(mut self, typed: &Texts) -> Self {
        for (field, _, text) in &mut self.fields {
            if let Some(typed) = typed.get(*field) {
                text.clone_from(typed);
            }
        }
        self.note = typed.get(NOTE).cloned().unwrap_or_default();
        self
    }

    fn wrong(&self, field: &str) -> Option<&str> {
        let found = self.wrong.iter().find(|(code, _)| code == field);
        found.map(|(_, how)| how.as_str())
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
    /// It saves what is typed: not for who comes by a link.
    pub keeps: bool,
}

impl Form {
    /// The form of somebody signed in.
    fn of(visitor: &Visitor, service: ServiceId) -> Self {
        Self {
            by: visitor.by.clone(),
            service,
            action: format!("/services/{service}/propose"),
            back: format!("/services/{service}"),
            keeps: true,
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
            wrong: Vec::new(),
            note: note.to_owned(),
            draft: self.keeps.then(|| Draft::of(state, &self.action, None)),
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
            typed.get(NOTE).map_or("", String::as_str),
            state.clock.now(),
        );
        let done = database::write(&state.db, async |tx| {
            proposal::propose(tx, &self.by, self.service, (typed, note), now).await
        });
        match done.await {
            Ok(id) => Ok(Ok(id)),
            Err(wrong @ (ProposalError::Nothing | ProposalError::Fields(_))) => {
                let mut page = self.page(state, visitor, Some((typed, note))).await?;
                page.problem = Some(wrong.to_string());
                if let ProposalError::Fields(wrong) = wrong {
                    page.problem = Some("直すところがあります。まだ申し出ていません。".to_owned());
                    let wrong = wrong.into_iter();
                    page.wrong = wrong
                        .map(|one| (one.field.clone(), one.to_string()))
                        .collect();
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
    let form = Form::of(&visitor, service);
    let edition = back.record.zip(back.batch);
    let texts = match edition {
        Some(edition) => {
            let object = internal::object(&state.db, service).await?;
            let object = object.ok_or(Problem::NotFound)?;
            history::texts(&state.db, &visitor.by, &object, edition).await?
        }
        None => None,
    };
    let typed = texts.as_ref().map(|texts| (texts, ""));
    let mut page = form.page(&state, &visitor, typed).await?;
    let kept = (Deed::Propose, service.get());
    if edition.is_none()
        && let Some(kept) = find::<Texts>(&state.db, &visitor.by, kept).await?
    {
        page = page.with(&kept.typed);
        page.draft = Some(Draft::of(&state, &form.action, Some(kept.saved_at)));
    }
    Ok(Page(page))
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

/// `POST /services/{id}/propose/draft`: what is typed so far.
pub(crate) async fn save(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<FormOf<Texts>, FormRejection>,
) -> Result<StatusCode, Problem> {
    let (typed, service): (_, ServiceId) = (typed?.0, id_of(&id)?);
    let object = internal::object(&state.db, service).await?;
    let object = object.ok_or(Problem::NotFound)?;
    visitor.authorize(Deed::Propose, &object)?;
    let mut unsent = proposal::unsent(&state.db, service, &typed).await?;
    let note = typed.get(NOTE).filter(|note| !note.trim().is_empty());
    unsent.extend(note.map(|note| (NOTE.to_owned(), note.clone())));
    let unsent = Some(&unsent).filter(|unsent| !unsent.is_empty());
    draft::save(&state, &visitor, (Deed::Propose, &object), unsent).await
}

/// `POST /services/{id}/propose/draft/discard`.
pub(crate) async fn discard(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    let service: ServiceId = id_of(&id)?;
    draft::discard(&state, &visitor, (Deed::Propose, service.get())).await?;
    Ok(Redirect::to(&Form::of(&visitor, service).action))
}
