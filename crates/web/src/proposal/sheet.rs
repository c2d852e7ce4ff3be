//! `/services/edit.xlsx` and `/proposals/sheet`: many proposals by a table that goes out and comes back.

use std::sync::Arc;

use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use keniki_app::account::policy::Deed;
use keniki_app::directory::proposal::sheet::{self, Taken};

use super::ListPage;
use crate::error::Problem;
use crate::file::File;
use crate::page::Page;
use crate::service::asked::Asked;
use crate::service::export;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// `GET /services/edit.xlsx`: those of the list that the reader may propose something of.
pub(crate) async fn hand_out(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::Propose)?;
    let Query(asked) = asked?;
    let ids = export::selection(&state, &asked).await?;
    let book = sheet::book(&state.db, &visitor.by, &ids).await?;
    export::book_file("proposals.xlsx", book)
}

/// `POST /proposals/sheet`.
pub(crate) async fn take(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::Propose)?;
    let rows = match File::of(form).await {
        Ok(file) => file.rows(sheet::heads()).await,
        Err(problem) => Err(problem),
    };
    match rows {
        Err((status, problem)) => {
            let page = page(&state, &visitor, None, Some(problem)).await?;
            Ok((status, page).into_response())
        }
        Ok(rows) => {
            let now = state.clock.now();
            let taken = sheet::take(&state.db, &visitor.by, &rows, now).await?;
            let status = match taken.refused.is_empty() {
                true => StatusCode::OK,
                false => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let page = page(&state, &visitor, Some(taken), None).await?;
            Ok((status, page).into_response())
        }
    }
}

async fn page(
    state: &State,
    visitor: &Visitor,
    taken: Option<Taken>,
    problem: Option<String>,
) -> Result<Page<ListPage>, Problem> {
    let page = ListPage::load(state, visitor, &super::Asked::default()).await?;
    Ok(Page(ListPage {
        taken,
        problem,
        ..page
    }))
}
