//! `/invitations/{token}`: takes an invitation, or a link for another password or second factor.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::invitation::{self, InvitationError, Purpose};
use keniki_app::account::stage::Stage;
use keniki_base::clock::near_text;
use serde::Deserialize;

use super::provider::{self, Offer};
use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{Visitor, with_token};

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "account/invitation.html")]
pub struct InvitationPage {
    /// Around the page.
    pub frame: Frame,
    /// The link; none where it is not good any more.
    pub link: Option<Link>,
    /// Why it was not taken.
    pub problem: Option<String>,
}

/// A link that is good.
#[derive(Debug, Clone)]
pub struct Link {
    /// Where its form goes.
    pub action: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it was sent to.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// Where they are invited to.
    pub organization: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// Whether the password of now is asked for, or a new one set.
    pub asks_password: bool,
    /// Whether a second factor is set up next, or the one there is asked for.
    pub enrolls: bool,
    /// Whether a password takes it at all.
    pub takes_password: bool,
    /// The providers that take it as well.
    pub providers: Vec<Offer>,
    /// Where the form of a provider goes, up to its number.
    pub provider_action: String,
    /// Characters of a new password.
    pub length: usize,
    /// Until when it is good.
    pub until: String,
}

impl InvitationPage {
    async fn load(state: &State, visitor: &Visitor, token: &str) -> Result<Self, Problem> {
        let now = state.clock.now();
        let found = invitation::find(&state.db, token, now).await?;
        let providers = match &found {
            Some(found) => provider::offers(state, |it| found.may_be_taken_by(it)).await?,
            None => Vec::new(),
        };
        let link = found.map(|found| Link {
            takes_password: found.takes_password(),
            providers,
            provider_action: format!("/invitations/{token}/provider/"),
            action: format!("/invitations/{token}"),
            purpose: found.purpose,
            asks_password: found.asks_password(),
            enrolls: found.enrolls(),
            length: state.definitions.sign_in().password_length,
            until: near_text(now, found.expires_at),
            role: found.role.map(|code| {
                let role = state.definitions.role(&code);
                role.map_or(code, |role| role.name.clone())
            }),
            login: found.login,
            name: found.name,
            organization: found.organization_name,
        });
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?,
            link,
            problem: None,
        })
    }
}

/// `GET /invitations/{token}`: looking does not use it up, since some mail programs look at links.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let page = InvitationPage::load(&state, &visitor, &token).await?;
    let status = match page.link {
        Some(_) => StatusCode::OK,
        None => StatusCode::GONE,
    };
    Ok((status, Page(page)).into_response())
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Typed {
    password: String,
}

/// `POST /invitations/{token}`.
pub(crate) async fn take(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(token): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(typed) = typed?;
    let who = (&visitor.by, visitor.browser());
    let what = (token.as_str(), typed.password.as_str());
    let now = state.clock.now();
    match invitation::take(&state.db, state.house(), who, what, now).await {
        Ok(opened) => {
            let to = match opened.stage {
                Stage::Enroll => "/account/factors/new",
                Stage::Second | Stage::Full | Stage::Ended => "/sign-in/factor",
            };
            Ok(with_token(&state, &opened.token, Redirect::to(to)))
        }
        Err(InvitationError::Database(error)) => Err(error.into()),
        Err(wrong) => {
            let mut page = InvitationPage::load(&state, &visitor, &token).await?;
            page.problem = Some(wrong.to_string());
            let status = match page.link {
                Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
                None => StatusCode::GONE,
            };
            Ok((status, Page(page)).into_response())
        }
    }
}
