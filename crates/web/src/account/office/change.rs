//! Ends roles, stops accounts, takes invitations back, and says who answers a mailbox.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::response::Redirect;
use keniki_app::account::{invitation, mailbox, membership, person};
use keniki_app::database;
use keniki_base::clock::jst_day;
use keniki_base::id::{AccountId, OrganizationId};
use serde::Deserialize;

use super::id_of;
use crate::error::Problem;
use crate::state::State;
use crate::visitor::{Confirmed, SignedIn};

/// `POST /offices/{id}/invitations/{invitation}/revoke`.
pub(crate) async fn revoke(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((office, id)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let office = id_of(&office)?;
    let (id, now) = (id_of(&id)?, state.clock.now());
    let done = database::write(&state.db, async |tx| {
        invitation::revoke(tx, &visitor.by, id, now).await
    });
    done.await?;
    Ok(back(office, "revoked"))
}

fn back(office: i64, done: &str) -> Redirect {
    Redirect::to(&format!("/offices/{office}?done={done}"))
}

/// On whose page a form was.
#[derive(Debug, Deserialize)]
pub(crate) struct On {
    office: i64,
}

/// `POST /memberships/{id}/end`: it held to the end of yesterday.
pub(crate) async fn end_membership(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, .. }): Confirmed,
    Path(id): Path<String>,
    on: Result<Form<On>, FormRejection>,
) -> Result<Redirect, Problem> {
    let (id, Form(on), now) = (id_of(&id)?, on?, state.clock.now());
    let roles = state.definitions.roles();
    let yesterday = jst_day(now).pred_opt().unwrap_or_else(|| jst_day(now));
    let done = database::write(&state.db, async |tx| {
        membership::end(tx, &visitor.by, roles, (id, yesterday), now).await
    });
    done.await?;
    Ok(back(on.office, "ended"))
}

/// Stopped, or let in again.
#[derive(Debug, Deserialize)]
pub(crate) struct Status {
    office: i64,
    status: String,
}

/// `POST /accounts/{id}/status`.
pub(crate) async fn put_status(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, .. }): Confirmed,
    Path(id): Path<String>,
    typed: Result<Form<Status>, FormRejection>,
) -> Result<Redirect, Problem> {
    let (id, Form(typed), now) = (id_of(&id)?, typed?, state.clock.now());
    let (roles, is_active) = (state.definitions.roles(), typed.status == "active");
    let done = database::write(&state.db, async |tx| {
        person::put_active(tx, &visitor.by, roles, (id, is_active), now).await
    });
    done.await?;
    Ok(back(typed.office, "status"))
}

/// `POST /offices/{id}/mailboxes/{purpose}`: who answers from now on. The body names each as `account=…`.
pub(crate) async fn put_mailbox(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, purpose)): Path<(String, String)>,
    typed: Result<Form<Vec<(String, i64)>>, FormRejection>,
) -> Result<Redirect, Problem> {
    let organization: OrganizationId = id_of(&id)?;
    let (Form(typed), now) = (typed?, state.clock.now());
    let people: Vec<AccountId> = typed
        .into_iter()
        .filter(|(name, _)| name == "account")
        .map(|(_, account)| account.into())
        .collect();
    let kinds = state.definitions.mailboxes();
    let done = database::write(&state.db, async |tx| {
        let which = (organization, purpose.as_str());
        mailbox::put_people(tx, kinds, &visitor.by, which, &people, now).await
    });
    done.await?;
    Ok(back(organization.get(), "mailbox"))
}
