//! `POST /handovers/{id}/{act}`: what a side does with a handover.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDateTime, Utc};
use keniki_app::case::channel::Channel;
use keniki_app::case::handover::who::Act;
use keniki_app::case::handover::{self, HandoverError, Reply, Said, link};
use keniki_app::database;
use keniki_base::clock::jst_instant;
use keniki_base::id::HandoverId;
use serde::Deserialize;

use super::house;
use super::show::ShowPage;
use crate::error::Problem;
use crate::page::Page;
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// What was typed with it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Why it is sent back or taken back.
    pub reason: String,
    /// Code of what the other side said.
    pub said: String,
    /// Code of the way by which it came.
    pub channel: String,
    /// Who said so.
    pub whom: String,
    /// When; empty: now.
    pub at: String,
}

/// `POST /handovers/{id}/{act}`.
pub(crate) async fn answer(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, act)): Path<(String, String)>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let (id, Form(typed)): (HandoverId, _) = (id_of(&id)?, typed?);
    let act = Act::ALL.into_iter().find(|it| it.code() == act);
    let act = act.ok_or(Problem::NotFound)?;
    let error = match act {
        Act::Link => match make_link(&state, &visitor, id).await {
            Ok(made) => {
                let mut page = ShowPage::load(&state, &visitor, id).await?;
                page.made = Some(made);
                return Ok(Page(page).into_response());
            }
            Err(error) => NotDone::Refused(error),
        },
        act => match done(&state, &visitor, (id, act), &typed).await? {
            Ok(()) => return Ok(Redirect::to(&format!("/handovers/{id}")).into_response()),
            Err(error) => error,
        },
    };
    let problem = match error {
        NotDone::Unread(what) => format!("「{what}」を選び直してください。"),
        NotDone::Refused(
            error @ (HandoverError::Refused(_)
            | HandoverError::Database(_)
            | HandoverError::NotThere),
        ) => return Err(error.into()),
        NotDone::Refused(error) => error.to_string(),
    };
    // What somebody typed is theirs: it stands on the page again, also where another was faster.
    let mut page = ShowPage::load(&state, &visitor, id).await?;
    page.problem = Some(problem);
    page.typed = Some((act, typed));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// Why something was not done.
enum NotDone {
    /// A field of the reply that is none of those offered.
    Unread(&'static str),
    /// What the handover refuses.
    Refused(HandoverError),
}

async fn done(
    state: &State,
    visitor: &Visitor,
    (id, act): (HandoverId, Act),
    typed: &Typed,
) -> Result<Result<(), NotDone>, Problem> {
    let (house, by, now) = (house(state), &visitor.by, state.clock.now());
    let reply = match act {
        Act::Reply => match reply(typed, now) {
            Ok(reply) => Some(reply),
            Err(what) => return Ok(Err(NotDone::Unread(what))),
        },
        Act::See | Act::SendAgain => return Err(Problem::NotFound),
        Act::Read | Act::Accept | Act::Return | Act::Finish | Act::Withdraw | Act::Link => None,
    };
    let reason = typed.reason.as_str();
    let done = database::write(&state.db, async |tx| match (act, &reply) {
        (Act::Read, _) => handover::read(tx, house, by, id, now).await,
        (Act::Accept, _) => handover::accept(tx, house, by, id, now).await,
        (Act::Return, _) => handover::return_back(tx, house, by, (id, reason), now).await,
        (Act::Finish, _) => handover::done(tx, house, by, id, now).await,
        (Act::Withdraw, _) => handover::cancel(tx, house, by, (id, reason), now).await,
        (_, Some(reply)) => handover::receipt_by(tx, house, by, (id, reply), now).await,
        (_, None) => Err(HandoverError::NotThere),
    });
    Ok(done.await.map(drop).map_err(NotDone::Refused))
}

/// Link and code.
async fn make_link(
    state: &State,
    visitor: &Visitor,
    id: HandoverId,
) -> Result<(String, String), HandoverError> {
    let (house, now) = (house(state), state.clock.now());
    let made = database::write(&state.db, async |tx| {
        link::make(tx, house, &visitor.by, (id, &*state.chance), now).await
    });
    let made = made.await?;
    let url = &state.site.public_url;
    Ok((
        format!("{url}/handovers/link/{}", made.token.as_str()),
        made.code,
    ))
}

/// The reply; or the label of the field that cannot be read.
fn reply(typed: &Typed, now: DateTime<Utc>) -> Result<Reply, &'static str> {
    let said = match typed.said.as_str() {
        "read" => Said::Read,
        "accepted" => Said::Accepted,
        "returned" => Said::Returned(typed.reason.clone()),
        "done" => Said::Done,
        _ => return Err("返事"),
    };
    let at = match typed.at.as_str() {
        "" => now,
        at => NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M")
            .map(|at| jst_instant(at.date(), at.time()))
            .map_err(|_| "返事の日時")?,
    };
    Ok(Reply {
        said,
        channel: Channel::of(&typed.channel).ok_or("方法")?,
        whom: typed.whom.clone(),
        at,
    })
}
