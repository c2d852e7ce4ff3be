//! What goes around every answer: a request id, a time limit, the security headers and one log line.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, MatchedPath, Request, State as FromState};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, extract::DefaultBodyLimit};

use crate::state::State;

/// After this a request is given up: no page may take longer.
const LONGEST: Duration = Duration::from_secs(30);

/// No form or query of the public pages is larger.
const LARGEST_BODY_BYTES: usize = 64 * 1024;

/// What a reader may quote to whoever runs this site.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Scripts, styles, pictures and requests from this site alone; `blob:` is for the map's workers and tiles' images.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

pub(crate) fn around(routes: Router, state: Arc<State>) -> Router {
    routes
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .layer(from_fn_with_state(state, seal))
}

async fn seal(
    FromState(state): FromState<Arc<State>>,
    path: Option<Extension<MatchedPath>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = state.next_request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let begun = state.clock.now();
    let method = request.method().clone();
    let path = path.map_or_else(String::new, |path| path.as_str().to_owned());
    let mut response = match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "時間内に処理できませんでした。しばらくしてからもう一度お試しください。",
        )
            .into_response(),
    };
    let milliseconds = (state.clock.now() - begun).num_milliseconds();
    let status = response.status().as_u16();
    tracing::info!(id, %method, path, status, milliseconds, "answered");
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.insists_on_tls() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(&REQUEST_ID, id);
    }
    response
}
