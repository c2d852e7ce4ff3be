//! `/handovers`: what came to the organization's mailboxes and what it sent, one handover, and the form for another.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as FromState};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use keniki_app::account::policy::Deed;
use keniki_app::case::House;
use keniki_app::case::handover::{self, Pile, number};
use keniki_base::clock::near_text;
use serde::Deserialize;

use crate::error::Problem;
use crate::file;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::SignedIn;

mod answer;
pub mod fax;
pub mod link;
pub mod send;
pub mod show;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/handovers", get(list))
        .route("/cases/{case}/handovers/new", get(send::form))
        .route(
            "/cases/{case}/handovers",
            post(send::send).layer(file::limit()),
        )
        .route("/handovers/{id}", get(show::show))
        .route("/handovers/{id}/{act}", post(answer::answer))
        .route("/handovers/{id}/fax.pdf", get(fax::print))
        .route("/handovers/{id}/files/{file}", get(show::file))
        .route("/handovers/link/{token}", get(link::ask).post(link::open))
        .route("/handovers/link/{token}/files/{file}", post(link::file))
}

fn house(state: &State) -> House<'_> {
    House {
        definitions: &state.definitions,
        public_url: &state.site.public_url,
    }
}

/// The handovers of an organization.
#[derive(Debug, Clone, Template)]
#[template(path = "handover/list.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// What it sent, not what came.
    pub is_out: bool,
    /// With those that are over.
    pub is_all: bool,
    /// How many came in, and went out, that are not over.
    pub counts: [u64; 2],
    /// The newest first.
    pub lines: Vec<Line>,
    /// Where older ones are.
    pub older: Option<String>,
    /// The number that was looked for and is none.
    pub wrong_number: Option<String>,
}

/// A handover in the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// What it is about.
    pub subject: String,
    /// Of whom.
    pub patient: String,
    /// Who sent it, or who gets it.
    pub other: String,
    /// Outside of the network.
    pub is_outside: bool,
    /// When it was sent.
    pub sent: String,
    /// Where it stands.
    pub state: &'static str,
    /// It waits for the reader's side.
    pub waits: bool,
}

/// Which handovers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pile: String,
    all: String,
    first: String,
    number: String,
}

const PAGE_SIZE: u64 = 50;

/// `GET /handovers`.
async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::ReadHandover)?;
    let Query(asked) = asked?;
    if let Some(id) = number::read(&asked.number) {
        return Ok(Redirect::to(&format!("/handovers/{id}")).into_response());
    }
    let (db, by, now) = (&state.db, &visitor.by, state.clock.now());
    let (is_out, is_all) = (asked.pile == "out", asked.all == "1");
    let pile = if is_out { Pile::Out } else { Pile::In };
    let first: u64 = asked.first.parse().unwrap_or(0);
    let listed = handover::list(db, by, (pile, is_all), (first, PAGE_SIZE), now).await?;
    let mut counts = [0; 2];
    for (n, pile) in counts.iter_mut().zip([Pile::In, Pile::Out]) {
        *n = handover::list(db, by, (pile, false), (0, 0), now).await?.n;
    }
    let next = first.saturating_add(PAGE_SIZE);
    let kept = (
        if is_out { "out" } else { "in" },
        if is_all { "1" } else { "" },
    );
    let line = |it: &handover::Handover| Line {
        href: format!("/handovers/{}", it.id),
        subject: it.subject.clone(),
        patient: listed.names.get(&it.patient).cloned().unwrap_or_default(),
        other: if is_out { &it.to_name } else { &it.from_name }.clone(),
        is_outside: it.to.is_none(),
        sent: near_text(now, it.sent_at),
        state: it.stage.at().words(),
        waits: show::primary(&it.acts(by)).is_some(),
    };
    let page = ListPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/handovers"),
        is_out,
        is_all,
        counts,
        lines: listed.handovers.iter().map(line).collect(),
        older: (listed.n > next)
            .then(|| format!("/handovers?pile={}&all={}&first={next}", kept.0, kept.1)),
        wrong_number: Some(asked.number).filter(|it| !it.is_empty()),
    };
    Ok(Page(page).into_response())
}

#[cfg(test)]
mod tests;
