//! The pages and the public API: HTML on the server, a little script in the browser.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub mod api;
pub mod asset;
pub mod envelope;
pub mod state;

pub use state::State;

/// Everything this site answers, within its envelope: time limit, request id and security headers.
pub fn app(state: Arc<State>) -> Router {
    let routes = Router::new()
        .route("/assets/{file}", get(asset::get_asset))
        .merge(api::routes())
        .with_state(state.clone());
    envelope::around(routes, state)
}
