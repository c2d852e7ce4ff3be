//! `/sign-in/forgot`: a link for another password. The answer is the same for every address.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State as FromState};
use axum::response::Redirect;
use keniki_app::account::invitation::{self, Purpose};
use keniki_app::database::{self, DbErr};
use serde::Deserialize;

use super::letter;
use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::Visitor;

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "account/forgot.html")]
pub struct ForgotPage {
    /// Around the page.
    pub frame: Frame,
    /// Whether a link can be sent from here.
    pub has_post: bool,
}

/// `GET /sign-in/forgot`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Page<ForgotPage>, Problem> {
    Ok(Page(ForgotPage {
        frame: Frame::load(&state, &visitor, None).await?,
        has_post: state.site.has_post,
    }))
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Typed {
    login: String,
}

/// `POST /sign-in/forgot`.
pub(crate) async fn take(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Redirect, Problem> {
    let Form(typed) = typed?;
    if !state.site.has_post {
        return Err(Problem::NotFound);
    }
    let now = state.clock.now();
    let house = state.house();
    // Too often: the same answer, and no other letter.
    if !invitation::may_ask(&state.db, house, &visitor.by, &typed.login, now).await? {
        return Ok(Redirect::to("/sign-in?done=sent"));
    }
    database::write(&state.db, async |tx| {
        let sent = invitation::for_password(tx, house, &visitor.by, &typed.login, now).await?;
        if let Some(sent) = sent {
            letter::write(tx, &state, &sent, (Purpose::Password, None), now).await?;
        }
        Ok::<_, DbErr>(())
    })
    .await?;
    Ok(Redirect::to("/sign-in?done=sent"))
}
