//! The error pages: what happened, whose side it is on, what to do, and an id to quote.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Extension, Request, State as FromState};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::Refused;
use keniki_app::account::stage::Stage;
use keniki_app::audit;
use keniki_app::database::DbErr;
use tower_http::csrf::ProtectionError;

use crate::envelope::RequestId;
use crate::limit;
use crate::page::{Frame, Page, encode};
use crate::state::State;
use crate::visitor::Visitor;

mod of_action;

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
    /// What cannot be done as things stand: a sentence that says why and what to do.
    NotNow(String),
    /// The policy refused it: logged, and told as if there were nothing.
    Refused(Refused),
    /// Somebody must sign in first, or go on with it.
    SignIn {
        /// How far they have come.
        stage: Option<Stage>,
        /// Where to go on afterwards.
        next: String,
    },
    /// They must prove again who they are.
    Confirm {
        /// Where to go on afterwards.
        next: String,
    },
    /// They asked for too much in a short time.
    TooMany {
        /// After so many seconds they may go on.
        seconds: u64,
    },
    /// A form came from another site.
    Foreign,
    /// Our fault.
    Failed,
}

impl Problem {
    /// The status that goes with it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::Refused(_) => StatusCode::NOT_FOUND,
            Self::WrongRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotNow(_) => StatusCode::CONFLICT,
            Self::SignIn { .. } | Self::Confirm { .. } => StatusCode::SEE_OTHER,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound | Self::Refused(_) => "ページが見つかりません",
            Self::WrongRequest(_) => "アドレスを読み取れません",
            Self::NotNow(_) => "この操作はできませんでした",
            Self::SignIn { .. } => "サインインしてください",
            Self::Confirm { .. } => "本人であることを確かめてください",
            Self::TooMany { .. } => "短い間にたくさん開かれました",
            Self::Foreign => "ほかのサイトから送られた操作は受け取れません",
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

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<FormRejection> for Problem {
    fn from(_: FormRejection) -> Self {
        Self::WrongRequest(
            "送られた入力を読み取れません。ページを開きなおして、もう一度お試しください。"
                .to_owned(),
        )
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

/// Around every page: meets the visitor, keeps what they see out of caches, and makes an error page of a [`Problem`].
pub(crate) async fn dress(
    FromState(state): FromState<Arc<State>>,
    id: Option<Extension<RequestId>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = match Visitor::meet(&state, &parts).await {
        Ok(visitor) => visitor,
        Err(error) => return show(&state, None, id, error.into()).await,
    };
    if let Some(seconds) = limit::seconds_to_wait(&state, &parts, Some(&visitor)) {
        let page = show(&state, None, id, Problem::TooMany { seconds }).await;
        return limit::with_wait(seconds, page);
    }
    let is_private = visitor.session.is_some();
    parts.extensions.insert(visitor.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let foreign = response.extensions_mut().remove::<ProtectionError>();
    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = foreign.map(|_| Problem::Foreign).or(problem) {
        response = show(&state, Some(&visitor), id, problem).await;
    }
    if is_private {
        let never = header::HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, never);
    }
    response
}

/// The answer to a problem: a page, or the way to where it is solved.
async fn show(
    state: &State,
    visitor: Option<&Visitor>,
    id: Option<Extension<RequestId>>,
    problem: Problem,
) -> Response {
    match &problem {
        Problem::SignIn { stage, next } => return to_sign_in(*stage, next).into_response(),
        Problem::Confirm { next } => return with_next("/confirm", next).into_response(),
        Problem::Refused(refused) => {
            if let Err(error) = audit::refuse(&state.db, refused, state.clock.now()).await {
                tracing::error!(%error, "a refused deed could not be written to the audit log");
            }
        }
        Problem::NotFound
        | Problem::WrongRequest(_)
        | Problem::NotNow(_)
        | Problem::TooMany { .. }
        | Problem::Foreign
        | Problem::Failed => {}
    }
    let frame = match visitor {
        Some(visitor) => Frame::load(state, visitor, None).await.ok(),
        None => None,
    };
    let frame = frame.unwrap_or_else(|| Frame::bare(state));
    let id = id.map_or_else(String::new, |Extension(RequestId(id))| id);
    (problem.status(), Page(ErrorPage { frame, problem, id })).into_response()
}

fn to_sign_in(stage: Option<Stage>, next: &str) -> Redirect {
    match stage {
        Some(Stage::Second) => with_next("/sign-in/factor", next),
        Some(Stage::Enroll) => Redirect::to("/account/factors/new"),
        Some(Stage::Full | Stage::Ended) | None => with_next("/sign-in", next),
    }
}

fn with_next(path: &str, next: &str) -> Redirect {
    match next {
        "" | "/" => Redirect::to(path),
        next => {
            let mut to = format!("{path}?next=");
            encode(next, &mut to);
            Redirect::to(&to)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<ErrorPage> {
        let problems = [
            Problem::NotFound,
            Problem::WrongRequest("「within_km」は数で書いてください。".to_owned()),
            Problem::NotNow("この招待は、もう取り消されています。".to_owned()),
            Problem::TooMany { seconds: 12 },
            Problem::Foreign,
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
