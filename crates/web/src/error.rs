//! The error pages: what happened, whose side it is on, what to do, and an id to quote.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Request, State as FromState};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use keniki_app::database::DbErr;

use crate::envelope::RequestId;
use crate::page::{Frame, Page};
use crate::state::State;

/// A page for what went wrong.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Around the page.
    pub frame: Frame,
    /// What went wrong.
    pub problem: Problem,
    /// To quote in a call or mail; also in the log.
    pub id: String,
}

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// There is no such page.
    NotFound,
    /// The address says something that cannot be: a sentence that says what.
    WrongRequest(String),
    /// Our fault.
    Failed,
}

impl Problem {
    /// The status that goes with it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongRequest(_) => StatusCode::BAD_REQUEST,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "ページが見つかりません",
            Self::WrongRequest(_) => "アドレスを読み取れません",
            Self::Failed => "表示できませんでした",
        }
    }
}

impl IntoResponse for Problem {
    /// The status alone; `dress` makes the page of it.
    fn into_response(self) -> Response {
        (self.status(), Extension(self)).into_response()
    }
}

impl From<DbErr> for Problem {
    fn from(error: DbErr) -> Self {
        tracing::error!(%error, "the database refused a query of a page");
        Self::Failed
    }
}

impl From<QueryRejection> for Problem {
    fn from(_: QueryRejection) -> Self {
        Self::WrongRequest("同じ条件が二度書かれているか、文字が途中で切れています。".to_owned())
    }
}

/// Answers an address that leads nowhere.
pub(crate) async fn show_nothing() -> Problem {
    Problem::NotFound
}

/// Around every page: makes an error page of a [`Problem`].
pub(crate) async fn dress(
    FromState(state): FromState<Arc<State>>,
    id: Option<Extension<RequestId>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let frame = Frame::load(&state, None)
        .await
        .unwrap_or_else(|_| Frame::bare(&state));
    let id = id.map_or_else(String::new, |Extension(RequestId(id))| id);
    (problem.status(), Page(ErrorPage { frame, problem, id })).into_response()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<ErrorPage> {
        let problems = [
            Problem::NotFound,
            Problem::WrongRequest("「within_km」は数で書いてください。".to_owned()),
            Problem::Failed,
        ];
        problems
            .map(|problem| ErrorPage {
                frame: Frame::sample(None),
                problem,
                id: "4f1c-22ab".to_owned(),
            })
            .to_vec()
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }

    #[test]
    fn an_error_tells_an_id_to_quote() {
        for page in samples() {
            assert!(
                page.render()
                    .unwrap()
                    .contains("お問い合わせ番号：4f1c-22ab")
            );
        }
    }
}
