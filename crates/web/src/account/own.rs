//! `/account`: one's own roles, sessions, password and second factors.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::change_password::{self, ChangeError};
use keniki_app::account::factor::{self, Factors};
use keniki_app::account::person;
use keniki_app::account::provider::{self as app_provider, Link};
use keniki_app::account::session::{self, SessionError};
use keniki_app::database;
use keniki_base::clock::near_text;
use serde::Deserialize;

use super::factor::is_persona;
use super::provider::{self, Offer};
use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{Confirmed, SignedIn, Visitor, with_token, without_token};
use crate::wording::Day;

/// The page.
#[derive(Clone, Template)]
#[template(path = "account/own.html")]
pub struct OwnPage {
    /// Around the page.
    pub frame: Frame,
    /// What has just happened.
    pub done: Option<&'static str>,
    /// Why something did not happen.
    pub problem: Option<String>,
    /// What they are called.
    pub name: String,
    /// Mail address.
    pub login: String,
    /// Roles that they may work in.
    pub desks: Vec<Desk>,
    /// What is set up.
    pub factors: Factors,
    /// The providers that the account is linked to.
    pub links: Vec<Link>,
    /// Those that it may be linked to.
    pub offers: Vec<Offer>,
    /// Whether a password is set.
    pub has_password: bool,
    /// Whether this is an invented person of a demo.
    pub is_persona: bool,
    /// Where they are signed in.
    pub sessions: Vec<Place>,
    /// Characters of a password.
    pub length: usize,
}

/// A role to work in.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Its number.
    pub id: i64,
    /// Where.
    pub organization: String,
    /// As what.
    pub role: String,
    /// The one of now.
    pub is_current: bool,
}

/// A browser where somebody is signed in.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its number.
    pub id: i64,
    /// Which program.
    pub agent: String,
    /// From which address.
    pub origin: String,
    /// Since when.
    pub since: String,
    /// When last.
    pub seen: String,
    /// This one.
    pub is_this: bool,
}

const DONE: [(&str, &str); 7] = [
    ("desk", "所属と役割を切り替えました。"),
    ("factor", "確認方法を加えました。"),
    ("removed", "確認方法を外しました。"),
    ("linked", "所属先のサインインを結び付けました。"),
    ("unlinked", "所属先のサインインを外しました。"),
    ("ended", "そのサインインを終わらせました。"),
    (
        "password",
        "パスワードを変えました。ほかの端末のサインインは終わらせました。",
    ),
];

impl OwnPage {
    async fn load(
        state: &State,
        SignedIn { visitor, session }: &SignedIn,
    ) -> Result<Self, Problem> {
        let (now, rule) = (state.clock.now(), state.definitions.sign_in());
        let desks = session::desks(&state.db, session, now).await?;
        let links = app_provider::links(&state.db, session.account).await?;
        let is_linked = |id: i64| links.iter().any(|link| link.provider_id == id);
        let opens = |provider: &app_provider::Provider| {
            let mut organizations = desks.iter().map(|desk| desk.actor.organization);
            organizations.any(|it| provider.opens(it))
        };
        let offers = provider::offers(state, |it| opens(it) && !is_linked(it.id.get())).await?;
        let current = session.desk.as_ref().map(|desk| desk.membership);
        let sessions = session::of_account(&state.db, rule, session.account, now).await?;
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?,
            done: None,
            problem: None,
            name: session.name.clone(),
            login: session.login.clone(),
            desks: desks
                .into_iter()
                .map(|desk| Desk {
                    id: desk.membership.get(),
                    is_current: Some(desk.membership) == current,
                    role: state.role_name(&desk.actor.role),
                    organization: desk.organization_name,
                })
                .collect(),
            factors: factor::of(&state.db, session.account).await?,
            links,
            offers,
            is_persona: is_persona(state, session).await?,
            has_password: person::has_password(&state.db, session.account).await?,
            sessions: sessions
                .into_iter()
                .map(|it| Place {
                    id: it.id.get(),
                    agent: browser_name(it.agent.as_deref().unwrap_or_default()).to_owned(),
                    since: near_text(now, it.created_at),
                    seen: near_text(now, it.seen_at),
                    is_this: it.id == session.id,
                    origin: it.origin,
                })
                .collect(),
            length: rule.password_length,
        })
    }
}

/// What a browser calls itself, in a word that its user knows.
fn browser_name(agent: &str) -> &'static str {
    let known = [
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let found = known.iter().find(|(mark, _)| agent.contains(mark));
    found.map_or("ブラウザー", |(_, name)| name)
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    done: String,
}

/// `GET /account`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Page<OwnPage>, Problem> {
    let mut page = OwnPage::load(&state, &who).await?;
    let done = DONE.iter().find(|(code, _)| *code == asked.done);
    page.done = done.map(|(_, sentence)| *sentence);
    Ok(Page(page))
}

/// `POST /sign-out`, at whichever stage.
pub(crate) async fn sign_out(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    if let Some(session) = &visitor.session {
        let now = state.clock.now();
        let by = visitor.by.known_as(session.account);
        let done = database::write(&state.db, async |tx| {
            session::end(tx, &by, session, now).await
        });
        done.await?;
    }
    Ok(without_token(&state, Redirect::to("/sign-in?done=out")))
}

/// Which role.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    membership: i64,
}

/// `POST /account/desk`.
pub(crate) async fn choose_desk(
    FromState(state): FromState<Arc<State>>,
    who: SignedIn,
    chosen: Result<Form<Chosen>, FormRejection>,
) -> Result<Redirect, Problem> {
    let Form(chosen) = chosen?;
    let now = state.clock.now();
    let done = database::write(&state.db, async |tx| {
        let (by, membership) = (&who.visitor.by, chosen.membership.into());
        session::choose_desk(tx, by, &who.session, membership, now).await
    });
    done.await?;
    Ok(Redirect::to("/account?done=desk"))
}

/// `POST /account/sessions/{id}/end`.
pub(crate) async fn end_session(
    FromState(state): FromState<Arc<State>>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let now = state.clock.now();
    let done = database::write(&state.db, async |tx| {
        session::end_another(tx, &who.visitor.by, &who.session, id, now).await
    });
    match done.await {
        Err(SessionError::NotThere) => Err(Problem::NotFound),
        other => {
            other?;
            Ok(Redirect::to("/account?done=ended"))
        }
    }
}

/// Two passwords.
#[derive(Deserialize)]
pub(crate) struct Passwords {
    old: String,
    new: String,
}

/// `POST /account/password`.
pub(crate) async fn change_password(
    FromState(state): FromState<Arc<State>>,
    Confirmed(who): Confirmed,
    typed: Result<Form<Passwords>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(typed) = typed?;
    let me = (&who.visitor.by, &*who.session, who.visitor.browser());
    let pair = (typed.old.as_str(), typed.new.as_str());
    let now = state.clock.now();
    match change_password::change_password(&state.db, state.house(), me, pair, now).await {
        Ok(opened) => Ok(with_token(
            &state,
            &opened.token,
            Redirect::to("/account?done=password"),
        )),
        Err(ChangeError::Database(error)) => Err(error.into()),
        Err(wrong) => {
            let mut page = OwnPage::load(&state, &who).await?;
            page.problem = Some(wrong.to_string());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
    }
}
