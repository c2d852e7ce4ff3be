//! The pages and the public API: HTML on the server, a little script in the browser.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

pub mod about;
pub mod api;
pub mod area;
pub mod asset;
pub mod envelope;
pub mod error;
pub mod figure;
pub mod guide;
pub mod home;
pub mod page;
pub mod public;
pub mod service;
pub mod sources;
pub mod state;
pub mod wording;

pub use state::State;

/// Everything this site answers, within its envelope: time limit, request id and security headers.
pub fn app(state: Arc<State>) -> Router {
    let routes = Router::new()
        .route("/assets/{file}", get(asset::get_asset))
        .merge(api::routes())
        .merge(public::routes(&state))
        .with_state(state.clone());
    envelope::around(routes, state)
}

/// Answers on `listener` until `stop` is done and the requests under way have ended.
pub async fn serve(
    listener: TcpListener,
    state: Arc<State>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, app(state))
        .with_graceful_shutdown(stop)
        .await
}
