//! The public JSON API: services, areas, its own description, and whether the server is well.

use std::sync::Arc;

use axum::extract::State as FromState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use keniki_app::database::DbErr;

use crate::limit::with_wait;
use crate::state::State;

pub mod area;
pub mod detail;
pub mod parameter;
pub mod service;

#[derive(OpenApi)]
#[openapi(info(
    title = "圏域の地域資源 API",
    description = "医療・介護・予防・生活支援・住居の地域資源を探すための公開APIです。\
        分からない値は null であり、0 ではありません。時刻はISO 8601（+09:00）です。",
    license(name = "MIT OR Apache-2.0")
))]
struct Description;

pub(crate) fn routes() -> Router<Arc<State>> {
    let (router, description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(service::list_services))
        .routes(routes!(service::show_service))
        .routes(routes!(area::show_area))
        .routes(routes!(show_health))
        .split_for_parts();
    router.route("/api/openapi.json", get(async || Json(description)))
}

/// Whether the server and its database answer.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`
    status: &'static str,
}

/// サーバーとデータベースが応答しているか
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = Health), (status = 503, body = Problem)))]
async fn show_health(FromState(state): FromState<Arc<State>>) -> Result<Json<Health>, Refusal> {
    state.db.ping().await?;
    Ok(Json(Health { status: "ok" }))
}

/// Why there is no answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A sentence that says what to do.
    error: String,
    /// The parameter that is wrong, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
}

/// A request that cannot be answered.
#[derive(Debug)]
pub enum Refusal {
    /// A parameter that cannot be read: 400.
    Parameter(parameter::WrongParameter),
    /// Nothing of that name: 404 and a sentence.
    Unknown(String),
    /// They asked for too much: 429, and when to come again.
    TooMany {
        /// After so many seconds.
        seconds: u64,
    },
    /// The database failed: 503, and the reason in the log only.
    Database(DbErr),
}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl From<parameter::WrongParameter> for Refusal {
    fn from(wrong: parameter::WrongParameter) -> Self {
        Self::Parameter(wrong)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let wait = match self {
            Self::TooMany { seconds } => Some(seconds),
            Self::Parameter(_) | Self::Unknown(_) | Self::Database(_) => None,
        };
        let (status, parameter, error) = match self {
            Self::Parameter(wrong) => (
                StatusCode::BAD_REQUEST,
                Some(wrong.name.clone()),
                wrong.to_string(),
            ),
            Self::Unknown(sentence) => (StatusCode::NOT_FOUND, None, sentence),
            Self::TooMany { seconds } => {
                let sentence = format!(
                    "短い間に多くの要求がありました。{seconds}秒ほど待ってから、もう一度お試しください。"
                );
                (StatusCode::TOO_MANY_REQUESTS, None, sentence)
            }
            Self::Database(error) => {
                tracing::error!(%error, "the database refused a query");
                let sentence =
                    "データベースが応答しません。しばらくしてからもう一度お試しください。";
                (StatusCode::SERVICE_UNAVAILABLE, None, sentence.to_owned())
            }
        };
        let response = (status, Json(Problem { error, parameter })).into_response();
        match wait {
            Some(seconds) => with_wait(seconds, response),
            None => response,
        }
    }
}

/// A stored instant as people here write it: `2026-04-01T09:00:00+09:00`.
fn here(instant: &str) -> String {
    chrono::DateTime::parse_from_rfc3339(instant).map_or_else(
        |_| instant.to_owned(),
        |instant| {
            let here = instant.with_timezone(&keniki_base::clock::JST);
            here.to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
        },
    )
}
