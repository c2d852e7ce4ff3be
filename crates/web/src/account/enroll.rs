//! `/account/factors/…`: sets up passkeys and authenticator apps, shows recovery codes once, takes them away.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::factor::{self, FactorError, NewFactor, SetUp};
use keniki_app::account::one_time;
use keniki_app::account::session::Session;
use keniki_app::account::stage::Stage;
use keniki_app::database;
use keniki_base::id::PasskeyId;
use serde::Deserialize;

use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{Confirmed, Visitor, with_token};

/// Where a factor is set up.
#[derive(Debug, Clone, Template)]
#[template(path = "account/enroll.html")]
pub struct EnrollPage {
    /// Around the page.
    pub frame: Frame,
    /// The first one: nothing is set up yet.
    pub is_first: bool,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// Why keys cannot be used here; none where they can.
    pub no_keys: bool,
    /// What the app is told by hand, in groups of four.
    pub secret: String,
    /// The same as a picture that the app reads.
    pub picture: Option<String>,
}

/// The recovery codes, once.
#[derive(Debug, Clone, Template)]
#[template(path = "account/codes.html")]
pub struct CodesPage {
    /// Around the page.
    pub frame: Frame,
    /// To be written down.
    pub codes: Vec<String>,
}

/// Somebody who may set up a factor: sent here by a link, or signed in and sure to be the same person.
fn may_enroll(state: &State, visitor: &Visitor) -> Result<Arc<Session>, Problem> {
    let session = visitor.session.clone().ok_or(Problem::SignIn {
        stage: None,
        next: String::new(),
    })?;
    let (rule, now) = (state.definitions.sign_in(), state.clock.now());
    match session.stage {
        Stage::Enroll => Ok(session),
        Stage::Full if session.is_confirmed(rule, now) => Ok(session),
        Stage::Full => Err(Problem::Confirm {
            next: "/account/factors/new".to_owned(),
        }),
        stage @ (Stage::Second | Stage::Ended) => Err(Problem::SignIn {
            stage: Some(stage),
            next: String::new(),
        }),
    }
}

impl EnrollPage {
    async fn load(state: &State, visitor: &Visitor, session: &Session) -> Result<Self, Problem> {
        let secret = database::write(&state.db, async |tx| {
            factor::ask_app(tx, &*state.chance, session).await
        });
        let secret = secret.await?;
        let frame = Frame::load(state, visitor, None).await?;
        let uri = one_time::uri(&secret, &session.login, frame.name());
        let groups: Vec<String> = secret
            .as_bytes()
            .chunks(4)
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        Ok(Self {
            is_first: factor::of(&state.db, session.account).await?.is_none(),
            problem: None,
            no_keys: state.house().site.is_none(),
            secret: groups.join(" "),
            picture: uri
                .and_then(|uri| keniki_chart::code::draw(&uri, "確認アプリで読み取る二次元コード")),
            frame,
        })
    }
}

/// `GET /account/factors/new`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Page<EnrollPage>, Problem> {
    let session = may_enroll(&state, &visitor)?;
    Ok(Page(EnrollPage::load(&state, &visitor, &session).await?))
}

/// The first code of an app.
#[derive(Deserialize)]
pub(crate) struct Code {
    code: String,
}

/// `POST /account/factors/app`.
pub(crate) async fn add_app(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    typed: Result<Form<Code>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(typed) = typed?;
    add(&state, &visitor, NewFactor::App { code: &typed.code }).await
}

/// A new key's answer.
#[derive(Deserialize)]
pub(crate) struct Answer {
    answer: String,
    name: String,
}

/// `POST /account/factors/key`.
pub(crate) async fn add_key(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    typed: Result<Form<Answer>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(typed) = typed?;
    let new = NewFactor::Key {
        answer: &typed.answer,
        name: &typed.name,
    };
    add(&state, &visitor, new).await
}

async fn add(state: &State, visitor: &Visitor, new: NewFactor<'_>) -> Result<Response, Problem> {
    let session = may_enroll(state, visitor)?;
    let (house, now) = (state.house(), state.clock.now());
    let by = visitor.by.known_as(session.account);
    let done = database::write(&state.db, async |tx| {
        let who = (&by, &*session, visitor.browser());
        factor::add(tx, house.chance, house.site, who, new, now).await
    })
    .await;
    match done {
        Ok(SetUp {
            opened,
            recovery_codes,
        }) if recovery_codes.is_empty() => Ok(with_token(
            state,
            &opened.token,
            Redirect::to("/account?done=factor"),
        )),
        Ok(SetUp {
            opened,
            recovery_codes,
        }) => {
            let page = CodesPage {
                frame: Frame::load(state, visitor, None).await?,
                codes: recovery_codes,
            };
            Ok(with_token(state, &opened.token, Page(page)))
        }
        Err(FactorError::Database(error)) => Err(error.into()),
        Err(wrong) => {
            let mut page = EnrollPage::load(state, visitor, &session).await?;
            page.problem = Some(wrong.to_string());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
    }
}

/// `POST /account/factors/key/question`: what the browser asks a new key; JSON.
pub(crate) async fn ask_key(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let session = may_enroll(&state, &visitor)?;
    let site = state.house().site.ok_or(Problem::NotFound)?;
    let asked = database::write(&state.db, async |tx| {
        factor::ask_new_key(tx, site, &session).await
    });
    let asked = asked.await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], asked).into_response())
}

/// `POST /account/factors/codes`: new recovery codes.
pub(crate) async fn renew_codes(
    FromState(state): FromState<Arc<State>>,
    Confirmed(who): Confirmed,
) -> Result<Page<CodesPage>, Problem> {
    let now = state.clock.now();
    let codes = database::write(&state.db, async |tx| {
        factor::renew_codes(tx, &*state.chance, &who.visitor.by, &who.session, now).await
    });
    Ok(Page(CodesPage {
        codes: codes.await?,
        frame: Frame::load(&state, &who.visitor, None).await?,
    }))
}

/// `POST /account/factors/keys/{id}/remove`.
pub(crate) async fn remove_key(
    FromState(state): FromState<Arc<State>>,
    Confirmed(who): Confirmed,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    let id: PasskeyId = id.parse().map_err(|_| Problem::NotFound)?;
    let now = state.clock.now();
    let done = database::write(&state.db, async |tx| {
        factor::remove_key(tx, &who.visitor.by, &who.session, id, now).await
    });
    done.await?;
    Ok(Redirect::to("/account?done=removed"))
}

/// `POST /account/factors/app/remove`.
pub(crate) async fn remove_app(
    FromState(state): FromState<Arc<State>>,
    Confirmed(who): Confirmed,
) -> Result<Redirect, Problem> {
    let now = state.clock.now();
    let done = database::write(&state.db, async |tx| {
        factor::remove_app(tx, &who.visitor.by, &who.session, now).await
    });
    done.await?;
    Ok(Redirect::to("/account?done=removed"))
}
