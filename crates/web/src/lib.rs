//! The pages and the public API: HTML on the server, a little script in the browser.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::serve::{Listener, ListenerExt};
use tower_http::csrf::CsrfLayer;

pub mod about;
pub mod account;
pub mod api;
pub mod area;
pub mod asset;
pub mod audit;
pub mod case;
pub mod confirmation;
pub mod demo;
pub mod draft;
pub mod envelope;
pub mod error;
pub mod figure;
pub mod file;
pub mod filing;
pub mod form;
pub mod guide;
pub mod handover;
pub mod home;
pub mod import;
pub mod inquiry;
pub mod job;
mod limit;
pub mod message;
pub mod page;
pub mod patient;
pub mod print;
pub mod program;
pub mod proposal;
pub mod public;
pub mod readers;
mod sent;
pub mod service;
pub mod sources;
pub mod state;
mod table;
pub mod tls;
pub mod visitor;
pub mod window;
pub mod wording;
pub mod work;

pub use state::State;

/// Everything this site answers, within its envelope: time limit, request id and security headers.
pub fn app(state: Arc<State>) -> Router {
    let routes = Router::new()
        .route("/assets/{file}", get(asset::get_asset))
        .merge(api::routes().layer(from_fn_with_state(state.clone(), limit::hold)))
        .merge(pages(&state))
        .with_state(state.clone());
    envelope::around(routes, state)
}

/// The pages, dressed in error pages where they fail; no form of another site gets in.
fn pages(state: &Arc<State>) -> Router<Arc<State>> {
    let own = CsrfLayer::new();
    let own = match own.clone().add_trusted_origin(&state.site.public_url) {
        Ok(trusting) => trusting,
        Err(_) => own,
    };
    public::routes()
        .merge(account::routes())
        .merge(demo::routes())
        .merge(import::routes())
        .merge(inquiry::routes())
        .merge(job::routes())
        .merge(proposal::routes())
        .merge(readers::routes())
        .merge(patient::routes())
        .merge(confirmation::routes())
        .merge(filing::routes())
        .merge(case::routes())
        .merge(program::routes())
        .merge(window::routes())
        .merge(form::routes())
        .merge(handover::routes())
        .merge(message::routes())
        .merge(audit::routes())
        .fallback(error::show_nothing)
        .layer(own)
        .layer(from_fn_with_state(state.clone(), error::dress))
}

/// Answers on `listener` until `stop` is done and the requests under way have ended.
pub async fn serve(
    listener: impl Listener<Addr = SocketAddr>,
    state: Arc<State>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = app(state).into_make_service_with_connect_info::<SocketAddr>();
    // Tapped, any listener's address is known to the handlers.
    axum::serve(listener.tap_io(|_| ()), app)
        .with_graceful_shutdown(stop)
        .await
}
