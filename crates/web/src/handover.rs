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
use crate::page::{Frame, Link, Page};
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
    /// What of it is shown, in words; none: all that is not over.
    pub part: Option<&'static str>,
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

/// Codes of the piles, and words of those that are a part.
const PILES: [(&str, Pile, Option<&str>); 5] = [
    ("in", Pile::In, None),
    ("out", Pile::Out, None),
    (
        "unread",
        Pile::Unread,
        Some("届いて、まだ読んでいない引継ぎ"),
    ),
    (
        "returned",
        Pile::Returned,
        Some("返されて、まだ送り直していない引継ぎ"),
    ),
    (
        "unanswered",
        Pile::Unanswered,
        Some("送って、まだ返事のない引継ぎ"),
    ),
];

fn pile_of(code: &str) -> (Pile, Option<&'static str>) {
    let found = PILES.into_iter().find(|(own, ..)| *own == code);
    found.map_or((Pile::In, None), |(_, pile, words)| (pile, words))
}

fn code_of(pile: Pile) -> &'static str {
    let found = PILES.into_iter().find(|(_, own, _)| *own == pile);
    found.map_or("in", |(code, ..)| code)
}

/// Where the pile is listed, and what it is called.
pub(crate) fn link_of(pile: Pile) -> Link {
    let code = code_of(pile);
    let words = pile_of(code).1.unwrap_or("引継ぎ");
    Link::new(format!("/handovers?pile={code}"), words)
}

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
    let (pile, part) = pile_of(&asked.pile);
    let (is_out, is_all) = (pile.is_out(), part.is_none() && asked.all == "1");
    let first: u64 = asked.first.parse().unwrap_or(0);
    let listed = handover::list(db, by, (pile, is_all), (first, PAGE_SIZE), now).await?;
    let mut counts = [0; 2];
    for (n, pile) in counts.iter_mut().zip([Pile::In, Pile::Out]) {
        *n = handover::list(db, by, (pile, false), (0, 0), now).await?.n;
    }
    let next = first.saturating_add(PAGE_SIZE);
    let kept = (code_of(pile), if is_all { "1" } else { "" });
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
        part,
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
