//! `GET /cases.csv`, `GET /cases.xlsx`: what the list shows, all pages of it, as a file that the log knows of.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as FromState};
use axum::response::Response;
use chrono::{DateTime, Utc};
use keniki_app::account::policy::Deed;
use keniki_app::case::list::{self, Line};
use keniki_app::database;
use keniki_app::sheet::write::Cell;
use keniki_base::clock::full_text;

use super::asked::{Asked, Narrowed};
use super::list::Row;
use crate::error::Problem;
use crate::state::State;
use crate::table::{self, Form};
use crate::visitor::SignedIn;
use crate::wording::Day;

/// More cases are in no file.
pub(super) const MOST_ROWS: u64 = 2_000;

/// The file's, and the sheet's.
const NAMES: (&str, &str) = ("cases", "ケース");

const HEADS: [&str; 10] = [
    "名前",
    "カナ",
    "申し合わせ",
    "段階",
    "いまいるところ",
    "退院予定",
    "ケアマネジャー",
    "次の期限",
    "期限を過ぎた対応事項",
    "終わった日",
];

async fn rows(
    state: &State,
    SignedIn { visitor, session }: &SignedIn,
    asked: &Asked,
) -> Result<Vec<[Cell; 10]>, Problem> {
    visitor.ever_may(Deed::ExportCases)?;
    let now = state.clock.now();
    let filter = Narrowed::of(state, session).await?.within(asked.filter());
    let exported = database::write(&state.db, async |tx| {
        list::export(tx, &visitor.by, (&filter, MOST_ROWS), now).await
    });
    let lines = exported.await?.ok_or_else(too_many)?;
    let row = |line: Line| row(state, line, now);
    Ok(lines.into_iter().map(row).collect())
}

pub(super) fn too_many() -> Problem {
    Problem::NotNow(format!(
        "{MOST_ROWS}件より多いので、ひとつのファイルにできません。条件でしぼってください。"
    ))
}

fn row(state: &State, line: Line, now: DateTime<Utc>) -> [Cell; 10] {
    let due = line.next_due_at.as_deref().and_then(full);
    let closed = line.closed_at.as_deref().map(Day::text);
    let row = Row::of(state, line, now);
    [
        row.case.text.into(),
        row.kana.into(),
        row.program.into(),
        row.stage.into(),
        row.place.into(),
        row.planned.into(),
        row.care_manager.into(),
        due.into(),
        row.n_overdue.into(),
        closed.into(),
    ]
}

/// An instant of the database for what is read on another day.
pub(super) fn full(text: &str) -> Option<String> {
    text.parse::<DateTime<Utc>>().ok().map(full_text)
}

/// `GET /cases.csv`, `GET /cases.xlsx`.
pub(crate) async fn file(
    form: Form,
    FromState(state): FromState<Arc<State>>,
    signed_in: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let rows = rows(&state, &signed_in, &asked?.0).await?;
    table::answer(form, NAMES, HEADS, &rows)
}
