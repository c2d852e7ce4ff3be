//! `/sign-in/factor` and `/confirm`: the second factor, to get in and to do what matters most.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State as FromState};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::factor::{self, Factors, Proof};
use keniki_app::account::provider::links;
use keniki_app::account::session::Session;
use keniki_app::account::sign_in::{self, SignInError};
use keniki_app::account::stage::Stage;
use keniki_app::database;
use keniki_app::sample::persona;
use serde::Deserialize;

use super::provider::{self, Offer};
use super::sign_in::go_on;
use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor, with_token};

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    next: String,
}

/// The page.
#[derive(Clone, Template)]
#[template(path = "account/factor.html")]
pub struct FactorPage {
    /// Around the page.
    pub frame: Frame,
    /// Signed in already: only to confirm.
    pub is_again: bool,
    /// What can be asked for.
    pub factors: Factors,
    /// Providers that can prove it as well: only to confirm.
    pub providers: Vec<Offer>,
    /// An invented person, who has nothing to prove anything with.
    pub is_persona: bool,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// Where to go on.
    pub next: String,
}

impl FactorPage {
    fn action(&self) -> &'static str {
        match self.is_again {
            true => "/confirm",
            false => "/sign-in/factor",
        }
    }

    async fn load(
        state: &State,
        visitor: &Visitor,
        session: &Session,
        next: String,
    ) -> Result<Self, Problem> {
        let linked = provider_links(state, session).await?;
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?,
            providers: provider::offers(state, |it| {
                it.mfa.is_some() && linked.contains(&it.id.get())
            })
            .await?,
            is_again: session.stage == Stage::Full,
            factors: factor::of(&state.db, session.account).await?,
            is_persona: is_persona(state, session).await?,
            problem: None,
            next,
        })
    }
}

/// The providers by which somebody may confirm who they are.
async fn provider_links(state: &State, session: &Session) -> Result<Vec<i64>, Problem> {
    let links = match session.stage {
        Stage::Full => links(&state.db, session.account).await?,
        Stage::Second | Stage::Enroll | Stage::Ended => Vec::new(),
    };
    Ok(links.into_iter().map(|link| link.provider_id).collect())
}

pub(super) async fn is_persona(state: &State, session: &Session) -> Result<bool, Problem> {
    Ok(state.site.is_demo && persona::is_one(&state.db, session.account).await?)
}

/// The session that waits for its second factor.
fn waiting(visitor: &Visitor) -> Result<&Session, Problem> {
    match visitor.session.as_deref() {
        Some(session) if session.stage == Stage::Second => Ok(session),
        other => Err(Problem::SignIn {
            stage: other.map(|session| session.stage),
            next: String::new(),
        }),
    }
}

/// `GET /sign-in/factor`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    if visitor.signed_in().is_some() {
        return Ok(Redirect::to(go_on(&asked.next)).into_response());
    }
    let session = waiting(&visitor)?;
    let page = FactorPage::load(&state, &visitor, session, asked.next).await?;
    Ok(Page(page).into_response())
}

/// `GET /confirm`.
pub(crate) async fn show_again(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Page<FactorPage>, Problem> {
    let page = FactorPage::load(&state, &visitor, &session, asked.next).await?;
    Ok(Page(page))
}

/// What one of the forms sends.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Typed {
    code: String,
    recovery_code: String,
    answer: String,
    next: String,
}

impl Typed {
    fn proof(&self) -> Proof<'_> {
        match (self.answer.as_str(), self.recovery_code.as_str()) {
            ("", "") => Proof::Code(&self.code),
            ("", code) => Proof::RecoveryCode(code),
            (answer, _) => Proof::Key(answer),
        }
    }
}

/// `POST /sign-in/factor`.
pub(crate) async fn take(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let session = waiting(&visitor)?;
    prove(&state, &visitor, session, typed?.0).await
}

/// `POST /confirm`.
pub(crate) async fn take_again(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(typed) = typed?;
    if !is_persona(&state, &session).await? {
        return prove(&state, &visitor, &session, typed).await;
    }
    let who = (&visitor.by, visitor.browser());
    let (before, now) = ((session.account, Some(&*session)), state.clock.now());
    let opened = sign_in::as_persona(&state.db, state.house(), who, before, now).await;
    let opened = opened?;
    let to = Redirect::to(go_on(&typed.next));
    Ok(with_token(&state, &opened.token, to))
}

async fn prove(
    state: &State,
    visitor: &Visitor,
    session: &Session,
    typed: Typed,
) -> Result<Response, Problem> {
    let who = (&visitor.by, session, visitor.browser());
    let now = state.clock.now();
    match sign_in::with_factor(&state.db, state.house(), who, typed.proof(), now).await {
        Ok(opened) => {
            let to = Redirect::to(go_on(&typed.next));
            Ok(with_token(state, &opened.token, to))
        }
        Err(SignInError::Database(error)) => Err(error.into()),
        Err(wrong) => {
            let status = match wrong {
                SignInError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let mut page = FactorPage::load(state, visitor, session, typed.next).await?;
            page.problem = Some(wrong.to_string());
            Ok((status, Page(page)).into_response())
        }
    }
}

/// `POST /sign-in/factor/key`: what the browser asks a key; JSON.
pub(crate) async fn ask_key(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let session = visitor.session.as_deref().ok_or(Problem::NotFound)?;
    let house = state.house();
    let site = house.site.ok_or(Problem::NotFound)?;
    let asked = database::write(&state.db, async |tx| {
        factor::ask_key(tx, site, session).await
    });
    let asked = asked.await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], asked).into_response())
}
