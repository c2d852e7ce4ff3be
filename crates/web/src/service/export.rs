//! `GET /services.csv`, `GET /services.xlsx`: exactly what the list shows, all pages of it, as a file.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query as FromQuery, State as FromState};
use axum::response::Response;
use keniki_app::directory::export::{self, ExportError, Form};
use keniki_app::directory::search;
use keniki_app::sheet::write::Book;

use super::asked::Asked;
use super::scope::Scope;
use crate::error::Problem;
use crate::file;
use crate::state::State;

/// A longer list is for the command line.
const MOST_ROWS: u64 = 20_000;

/// `GET /services.csv`: one table of every kind.
pub(crate) async fn export_csv(
    FromState(state): FromState<Arc<State>>,
    asked: Result<FromQuery<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let FromQuery(asked) = asked?;
    let ids = selection(&state, &asked).await?;
    let mut bytes = Vec::new();
    export::csv(
        &state.db,
        &state.definitions,
        Form::Everything,
        &ids,
        &mut bytes,
    )
    .await?;
    Ok(file::answer(
        bytes,
        "text/csv; charset=utf-8",
        "services.csv",
    ))
}

/// `GET /services.xlsx`: a sheet for each 推奨データセット, the rest on a third.
pub(crate) async fn export_xlsx(
    FromState(state): FromState<Arc<State>>,
    asked: Result<FromQuery<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let FromQuery(asked) = asked?;
    let ids = selection(&state, &asked).await?;
    let book = export::book(&state.db, &state.definitions, None, &ids).await?;
    book_file("services.xlsx", book)
}

/// A book as a file.
pub(crate) fn book_file(name: &str, book: Book) -> Result<Response, Problem> {
    let bytes = book.into_bytes().map_err(ExportError::from)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file::answer(bytes, kind, name))
}

pub(crate) async fn selection(state: &State, asked: &Asked) -> Result<Vec<i64>, Problem> {
    let scope = Scope::of(state, asked).await?;
    let query = scope.query(asked, state.definitions.coverage().km, state.clock.now());
    let found = search::find_first(&state.db, &state.thesaurus, &query, MOST_ROWS).await?;
    if found.total > MOST_ROWS {
        let sentence = format!(
            "{MOST_ROWS}件より多いので、ひとつのファイルにできません。市町村や種類をしぼってください。"
        );
        return Err(Problem::WrongRequest(sentence));
    }
    Ok(found.service_ids)
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        tracing::error!(%error, "a list could not be handed out");
        Self::Failed
    }
}
