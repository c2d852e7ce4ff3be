//! Invites people to an organization, and gives links to those who lost a password or a second factor.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use keniki_app::account::invitation::{self, Guest, InvitationError, Purpose, Sent};
use keniki_app::account::membership::Term;
use keniki_app::account::person;
use keniki_app::database::{self, DbErr};
use keniki_base::clock::jst_day;
use keniki_base::date::parse_day;
use keniki_base::id::{AccountId, OrganizationId};
use serde::Deserialize;

use super::super::letter;
use super::{OfficePage, Typed, id_of};
use crate::error::Problem;
use crate::page::Page;
use crate::state::State;
use crate::visitor::{Confirmed, SignedIn, Visitor};

/// A day of a form: empty is none, what is no day is a problem.
fn day(text: &str, label: &str, today: NaiveDate) -> Result<Option<NaiveDate>, String> {
    match text.trim() {
        "" => Ok(None),
        text => parse_day(text, Some(today)).map(Some).map_err(|_| {
            format!("{label}を読み取れません。R9.4.1、2027-04-01、4/1 のように書いてください。")
        }),
    }
}

/// `POST /offices/{id}/invitations`.
pub(crate) async fn invite(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, .. }): Confirmed,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(typed) = typed?;
    let organization: OrganizationId = id_of(&id)?;
    let now = state.clock.now();
    let mut page = OfficePage::load(&state, &visitor, organization).await?;
    page.typed = typed.clone();
    let today = jst_day(now);
    let from = day(&typed.from, "始まりの日", today);
    let to = day(&typed.to, "終わりの日", today);
    let (from, to) = match (from, to) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(wrong), _) | (_, Err(wrong)) => return Ok(page.with_problem(wrong)),
    };
    let guest = Guest {
        login: typed.login,
        name: typed.name,
        term: Term {
            organization,
            role: typed.role,
            from: from.unwrap_or(today),
            to,
        },
    };
    if !state.site.has_post && was_just_invited(&state, &guest, now).await? {
        return Ok(page.with_problem(
            "この人には、いま、この役割の招待リンクを出したところです。そのリンクは使えるままです。控えていないときは、「返事を待っている招待」で取り消してから、もう一度招待してください。",
        ));
    }
    let (house, roles, name) = (state.house(), state.definitions.roles(), page.name.clone());
    let sent = database::write(&state.db, async |tx| {
        let sent = invitation::invite(tx, house, roles, &visitor.by, &guest, now).await?;
        post(tx, &state, &sent, (Purpose::Invite, Some(&name)), now).await?;
        Ok::<_, InvitationError>(sent)
    })
    .await;
    answer(&state, &visitor, page, sent, "invited").await
}

/// Whether the same person got a link for the same role within the last minute: a page that is loaded again asks again.
async fn was_just_invited(state: &State, guest: &Guest, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let waiting = invitation::waiting(&state.db, guest.term.organization, now).await?;
    let fresh = now + state.definitions.sign_in().invitation() - Duration::minutes(1);
    let login = person::login(&guest.login);
    Ok(waiting.iter().any(|it| {
        it.login == login && it.role.as_deref() == Some(&guest.term.role) && it.expires_at > fresh
    }))
}

/// Writes the letter, where there is a post.
async fn post(
    tx: &database::Transaction,
    state: &State,
    sent: &Sent,
    what: (Purpose, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), InvitationError> {
    if state.site.has_post {
        letter::write(tx, state, sent, what, now).await?;
    }
    Ok(())
}

/// What became of a link: a letter is on its way, or it is shown to be handed over, or why there is none.
async fn answer(
    state: &State,
    visitor: &Visitor,
    page: OfficePage,
    sent: Result<Sent, InvitationError>,
    done: &str,
) -> Result<Response, Problem> {
    match sent {
        Ok(_) if state.site.has_post => {
            let to = format!("/offices/{}?done={done}", page.id);
            Ok(Redirect::to(&to).into_response())
        }
        Ok(sent) => {
            let mut page = OfficePage::load(state, visitor, page.id.into()).await?;
            page.link = Some(letter::href(state, &sent));
            Ok(Page(page).into_response())
        }
        Err(InvitationError::Refused(refused)) => Err(refused.into()),
        Err(InvitationError::Database(error)) => Err(error.into()),
        Err(wrong) => Ok(page.with_problem(wrong)),
    }
}

/// A link for another password or second factor.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    office: i64,
    purpose: String,
}

/// `POST /accounts/{id}/link`.
pub(crate) async fn send_link(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, .. }): Confirmed,
    Path(id): Path<String>,
    wanted: Result<Form<Wanted>, FormRejection>,
) -> Result<Response, Problem> {
    let (id, Form(wanted), now): (AccountId, _, _) = (id_of(&id)?, wanted?, state.clock.now());
    let purpose = match wanted.purpose.as_str() {
        "password" => Purpose::Password,
        "factor" => Purpose::Factor,
        _ => return Err(Problem::NotFound),
    };
    let page = OfficePage::load(&state, &visitor, wanted.office.into()).await?;
    let (house, roles) = (state.house(), state.definitions.roles());
    let sent = database::write(&state.db, async |tx| {
        let sent =
            invitation::for_account(tx, house, roles, &visitor.by, (id, purpose), now).await?;
        post(tx, &state, &sent, (purpose, None), now).await?;
        Ok::<_, InvitationError>(sent)
    })
    .await;
    answer(&state, &visitor, page, sent, "linked").await
}
