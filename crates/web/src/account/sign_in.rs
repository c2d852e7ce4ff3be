//! `/sign-in`: mail address and password; in a demo, everybody of the sample at one click.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::sign_in::{self, SignInError};
use keniki_app::sample::persona;
use keniki_base::id::AccountId;
use serde::Deserialize;

use super::provider::{self, Offer};
use crate::error::Problem;
use crate::page::{Frame, Page, encode};
use crate::state::State;
use crate::visitor::{Visitor, is_own_path, with_token};

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    next: String,
    done: String,
}

/// What has just happened, for those who come here afterwards.
const DONE: [(&str, &str); 2] = [
    ("out", "サインアウトしました。"),
    (
        "sent",
        "メールアドレスが登録されていれば、パスワードを決め直すリンクを送りました。メールをお確かめください。",
    ),
];

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "account/sign_in.html")]
pub struct SignInPage {
    /// Around the page.
    pub frame: Frame,
    /// What has just happened.
    pub done: Option<&'static str>,
    /// Why nobody was let in.
    pub problem: Option<String>,
    /// As it was typed.
    pub login: String,
    /// Where to go on.
    pub next: String,
    /// Other ways in: the providers of organizations.
    pub providers: Vec<Offer>,
    /// The people of a demo: number, name, role, organization.
    pub personas: Vec<Persona>,
    /// Whether letters of the demo can be read on a page.
    pub has_letters: bool,
}

/// Somebody invented.
#[derive(Debug, Clone)]
pub struct Persona {
    /// Number of the account.
    pub account: i64,
    /// What they are called.
    pub name: String,
    /// Their role.
    pub role: String,
    /// Where they work.
    pub organization: String,
}

impl SignInPage {
    async fn load(state: &State, visitor: &Visitor, next: String) -> Result<Self, Problem> {
        let mut personas = Vec::new();
        if state.site.is_demo {
            let roles = state.definitions.roles();
            for persona in persona::all(&state.db, roles).await? {
                let role = state.definitions.role(&persona.role);
                personas.push(Persona {
                    account: persona.account_id,
                    name: persona.name,
                    role: role.map_or(persona.role, |role| role.name.clone()),
                    organization: persona.organization_name,
                });
            }
        }
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?,
            done: None,
            problem: None,
            login: String::new(),
            next,
            providers: provider::offers(state, |_| true).await?,
            personas,
            has_letters: state.site.is_demo && state.site.mail_folder.is_some(),
        })
    }
}

/// `GET /sign-in`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    if visitor.signed_in().is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    let mut page = SignInPage::load(&state, &visitor, asked.next).await?;
    let done = DONE.iter().find(|(code, _)| *code == asked.done);
    page.done = done.map(|(_, sentence)| *sentence);
    Ok(Page(page).into_response())
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Typed {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`.
pub(crate) async fn take(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(typed) = typed?;
    let pair = (typed.login.as_str(), typed.password.as_str());
    let who = (&visitor.by, visitor.browser());
    let now = state.clock.now();
    match sign_in::with_password(&state.db, state.house(), who, pair, now).await {
        Ok(opened) => {
            let mut to = "/sign-in/factor".to_owned();
            put_next(&mut to, &typed.next);
            Ok(with_token(&state, &opened.token, Redirect::to(&to)))
        }
        Err(SignInError::Database(error)) => Err(error.into()),
        Err(wrong) => {
            let status = match wrong {
                SignInError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let mut page = SignInPage::load(&state, &visitor, typed.next).await?;
            page.problem = Some(wrong.to_string());
            page.login = typed.login;
            Ok((status, Page(page)).into_response())
        }
    }
}

/// Which of the invented people.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    account: i64,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in/persona`: nowhere but in a demo.
pub(crate) async fn take_persona(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    chosen: Result<Form<Chosen>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(chosen) = chosen?;
    let account = AccountId::new(chosen.account);
    if !state.site.is_demo || !persona::is_one(&state.db, account).await? {
        return Err(Problem::NotFound);
    }
    let who = (&visitor.by, visitor.browser());
    let now = state.clock.now();
    let opened = sign_in::as_persona(&state.db, state.house(), who, (account, None), now).await;
    let opened = opened?;
    let to = Redirect::to(go_on(&chosen.next));
    Ok(with_token(&state, &opened.token, to))
}

/// Where a sign-in leads: where somebody wanted to go, else to their work.
pub(super) fn go_on(next: &str) -> &str {
    if is_own_path(next) { next } else { "/" }
}

/// Hands on where somebody wanted to go.
pub(super) fn put_next(to: &mut String, next: &str) {
    if is_own_path(next) {
        to.push_str("?next=");
        encode(next, to);
    }
}
