//! Pages about accounts: signing in, one's own account, the people of an organization.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::file;
use crate::service::staff::open_office;
use crate::state::State;

pub mod enroll;
pub mod factor;
pub mod forgot;
pub mod invitation;
mod letter;
pub mod office;
pub mod own;
pub mod provider;
pub mod sign_in;
pub mod staff;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::take))
        .route("/sign-in/persona", post(sign_in::take_persona))
        .route("/sign-in/factor", get(factor::show).post(factor::take))
        .route("/sign-in/factor/key", post(factor::ask_key))
        .route("/sign-in/provider/{id}", post(provider::sign_in))
        .route("/sign-in/provider/{id}/callback", get(provider::arrive))
        .route("/sign-in/forgot", get(forgot::show).post(forgot::take))
        .route("/sign-out", post(own::sign_out))
        .route("/confirm", get(factor::show_again).post(factor::take_again))
        .route(
            "/invitations/{token}",
            get(invitation::show).post(invitation::take),
        )
        .route("/confirm/provider/{id}", post(provider::confirm))
        .route(
            "/invitations/{token}/provider/{id}",
            post(provider::take_invitation),
        )
        .route("/account/providers/{id}/link", post(provider::link))
        .route("/account/providers/{id}/unlink", post(provider::unlink))
        .route("/account", get(own::show))
        .route("/account/desk", post(own::choose_desk))
        .route("/account/password", post(own::change_password))
        .route("/account/sessions/{id}/end", post(own::end_session))
        .route("/account/factors/new", get(enroll::show))
        .route("/account/factors/app", post(enroll::add_app))
        .route("/account/factors/app/remove", post(enroll::remove_app))
        .route("/account/factors/key", post(enroll::add_key))
        .route("/account/factors/key/question", post(enroll::ask_key))
        .route(
            "/account/factors/keys/{id}/remove",
            post(enroll::remove_key),
        )
        .route("/account/factors/codes", post(enroll::renew_codes))
        .route("/offices", get(office::list))
        .route("/offices/{id}", get(office::show))
        .route("/services/{id}/office", post(open_office))
        .route("/offices/{id}/invitations", post(office::invite))
        .route(
            "/offices/{id}/invitations/{invitation}/revoke",
            post(office::revoke),
        )
        .route(
            "/offices/{id}/mailboxes/{purpose}",
            post(office::put_mailbox),
        )
        .route(
            "/offices/{id}/people",
            get(staff::show).post(staff::try_out).layer(file::limit()),
        )
        .route("/offices/{id}/people.xlsx", get(staff::hand_out))
        .route(
            "/offices/{id}/people/write",
            post(staff::write).layer(file::limit()),
        )
        .route("/memberships/{id}/end", post(office::end_membership))
        .route("/accounts/{id}/status", post(office::put_status))
        .route("/accounts/{id}/link", post(office::send_link))
}

#[cfg(test)]
mod tests;
