//! `/proposals`: what offices want to be said of their services, proposed on a form, looked at field by field, decided.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::directory::proposal::sheet::Taken;
use keniki_app::directory::proposal::{
    self, Decision, FIELDS, Filter, Proposal, ProposalError, State as Stand, Texts,
};
use keniki_app::import::content::field_name;
use keniki_base::clock::near_text;
use keniki_base::id::ProposalId;
use serde::Deserialize;

use crate::error::Problem;
use crate::file;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

pub mod form;
pub mod history;
pub mod sheet;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/proposals", get(list))
        .route("/proposals/sheet", post(sheet::take).layer(file::limit()))
        .route("/services/edit.xlsx", get(sheet::hand_out))
        .route("/proposals/{id}", get(show))
        .route("/proposals/{id}/decide", post(decide))
        .route("/proposals/{id}/withdraw", post(withdraw))
        .route("/services/{id}/propose", get(form::show).post(form::send))
        .route("/services/{id}/propose/draft", post(form::save))
        .route("/services/{id}/propose/draft/discard", post(form::discard))
        .route("/services/{id}/history", get(history::show))
}

pub(crate) fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// The proposals that the reader may see.
#[derive(Debug, Clone, Template)]
#[template(path = "proposal/list.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// The newest first.
    pub lines: Vec<Line>,
    /// Those that wait, or those that are over.
    pub is_open: bool,
    /// How many wait.
    pub n_open: u64,
    /// Where older ones are.
    pub older: Option<String>,
    /// Whether the reader may propose.
    pub may_propose: bool,
    /// Why a table was not taken.
    pub problem: Option<String>,
    /// What came of a table.
    pub taken: Option<Taken>,
}

/// A proposal in a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page, and the service.
    pub link: Link,
    /// The fields.
    pub fields: String,
    /// Who proposed it.
    pub who: String,
    /// When.
    pub at: String,
    /// Where it stands.
    pub state: Stand,
}

/// Which proposals are shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// `over`: those that were decided or taken back.
    state: String,
    /// Those with a lower number.
    before: String,
}

/// `GET /proposals`.
async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<ListPage>, Problem> {
    if !visitor.by.ever_may(Deed::Approve) {
        visitor.ever_may(Deed::Propose)?;
    }
    Ok(Page(ListPage::load(&state, &visitor, &asked?.0).await?))
}

/// How many a page shows.
const PAGE_SIZE: usize = 50;

impl ListPage {
    async fn load(state: &State, visitor: &Visitor, asked: &Asked) -> Result<Self, Problem> {
        let (db, by, now) = (&state.db, &visitor.by, state.clock.now());
        let filter = Filter {
            is_open: asked.state != "over",
            before: asked.before.parse().unwrap_or(i64::MAX),
        };
        let mut all = proposal::list(db, by, filter, PAGE_SIZE as u64 + 1).await?;
        let has_more = all.len() > PAGE_SIZE;
        all.truncate(PAGE_SIZE);
        let last = all.last().filter(|_| has_more).map(|it| it.id);
        let state_of = if filter.is_open { "" } else { "state=over&" };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/proposals"),
            may_propose: by.ever_may(Deed::Propose),
            is_open: filter.is_open,
            n_open: proposal::n_open(db, by).await?,
            older: last.map(|id| format!("/proposals?{state_of}before={id}")),
            problem: None,
            taken: None,
            lines: all
                .into_iter()
                .map(|it| Line {
                    fields: names(&it.fields),
                    who: who(&it),
                    at: near_text(now, it.created_at),
                    state: it.state,
                    link: Link::new(format!("/proposals/{}", it.id), it.service_name),
                })
                .collect(),
        })
    }
}

fn names(fields: &Texts) -> String {
    let names: Vec<&str> = fields.keys().map(|field| field_name(field)).collect();
    names.join("、")
}

fn who(proposal: &Proposal) -> String {
    if let Some(list) = &proposal.list {
        return format!("名簿との違い（{list}）");
    }
    let parts = [&proposal.organization_name, &proposal.account_name];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    match proposal.account {
        Some(_) => parts.join(" "),
        None => format!("{}（確認のメールのリンクから）", parts.join(" ")),
    }
}

/// A proposal.
#[derive(Debug, Clone, Template)]
#[template(path = "proposal/show.html")]
pub struct ShowPage {
    /// Around the page.
    pub frame: Frame,
    /// Number.
    pub id: i64,
    /// The service, and its page.
    pub service: Link,
    /// Who proposed it.
    pub who: String,
    /// When.
    pub at: String,
    /// Why.
    pub note: Option<String>,
    /// Where it stands.
    pub state: Stand,
    /// Name of the field, what is said now or was then, what is proposed.
    pub differences: Vec<(String, String, String)>,
    /// Who decided, when, and what they said.
    pub decision: Option<(String, String, Option<String>)>,
    /// What a decision of now rests on; none where the reader decides nothing.
    pub seen: Option<String>,
    /// One's own, to be taken back.
    pub is_own: bool,
    /// Came from an address that the reader put down: somebody else decides.
    pub is_vouched: bool,
    /// When the approval was taken back.
    pub undone: Option<String>,
    /// Where it can be taken back.
    pub undo_href: Option<String>,
    /// Why it was not decided.
    pub problem: Option<String>,
}

impl ShowPage {
    async fn load(state: &State, visitor: &Visitor, id: ProposalId) -> Result<Self, Problem> {
        let (by, now) = (&visitor.by, state.clock.now());
        let found = proposal::find(&state.db, by, id).await.map_err(hidden)?;
        let current = proposal::current(&state.db, found.service).await?;
        let is_open = found.state == Stand::Open;
        let is_own = found.account == by.account;
        let may_decide =
            is_open && !found.is_of(by) && by.may(Deed::Approve, found.object()).is_some();
        let was = if is_open { &current } else { &found.before };
        let text = |texts: &Texts, field: &str| texts.get(field).cloned().unwrap_or_default();
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/proposals"),
            id: id.get(),
            service: Link::new(format!("/services/{}", found.service), &found.service_name),
            who: who(&found),
            at: near_text(now, found.created_at),
            state: found.state,
            differences: FIELDS
                .into_iter()
                .filter_map(|field| Some((field, found.fields.get(field)?)))
                .map(|(field, text_of)| {
                    let name = field_name(field).to_owned();
                    (name, text(was, field), text_of.clone())
                })
                .collect(),
            decision: found.decided_at.map(|at| {
                let by = found.decided_by.clone().unwrap_or_default();
                (by, near_text(now, at), found.decision_note.clone())
            }),
            seen: may_decide.then(|| proposal::seen(&current)),
            is_own: is_own && is_open,
            is_vouched: is_open && !is_own && found.is_of(by),
            undone: found.undone_at.map(|at| near_text(now, at)),
            undo_href: found
                .batch
                .filter(|_| found.undone_at.is_none() && by.ever_may(Deed::Undo))
                .map(|batch| format!("/batches/{batch}/undo")),
            problem: None,
            note: found.note,
        })
    }
}

/// To who may not see a proposal there is none.
fn hidden(error: ProposalError) -> Problem {
    match error {
        ProposalError::NotThere => Problem::NotFound,
        other => other.into(),
    }
}

/// `GET /proposals/{id}`.
async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ShowPage>, Problem> {
    if !visitor.by.ever_may(Deed::Approve) {
        visitor.ever_may(Deed::Propose)?;
    }
    Ok(Page(ShowPage::load(&state, &visitor, id_of(&id)?).await?))
}

/// Yes or no.
#[derive(Debug, Deserialize)]
pub(crate) struct Decided {
    decision: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    seen: String,
}

/// `POST /proposals/{id}/decide`.
async fn decide(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Decided>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::Approve)?;
    let (Form(typed), now) = (typed?, state.clock.now());
    let id: ProposalId = id_of(&id)?;
    let decision = Decision {
        is_yes: typed.decision == "yes",
        note: &typed.note,
        seen: &typed.seen,
    };
    let public_url = state.site.has_post.then_some(&*state.site.public_url);
    let what = (id, decision);
    let done = proposal::decide(&state.db, public_url, &visitor.by, what, now).await;
    let (wrong, status) = match done {
        Ok(()) => return Ok(Redirect::to(&format!("/proposals/{id}")).into_response()),
        Err(wrong @ ProposalError::Changed) => (wrong, StatusCode::CONFLICT),
        Err(wrong @ ProposalError::NoReason) => (wrong, StatusCode::UNPROCESSABLE_ENTITY),
        Err(other) => return Err(hidden(other)),
    };
    let mut page = ShowPage::load(&state, &visitor, id).await?;
    page.problem = Some(wrong.to_string());
    Ok((status, Page(page)).into_response())
}

/// `POST /proposals/{id}/withdraw`.
async fn withdraw(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::Propose)?;
    let (id, now): (ProposalId, _) = (id_of(&id)?, state.clock.now());
    let done = database::write(&state.db, async |tx| {
        proposal::withdraw(tx, &visitor.by, id, now).await
    });
    done.await.map_err(hidden)?;
    Ok(Redirect::to(&format!("/proposals/{id}")))
}

#[cfg(test)]
mod tests;
