//! `GET /patients.csv`, `GET /patients.xlsx`: what the list shows, all pages of it, as a file that the log knows of.

use std::sync::Arc;

use axum::extract::State as FromState;
use axum::response::Response;
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::patient::find;
use keniki_app::patient::line;
use keniki_app::sheet::write::Cell;
use keniki_base::clock::jst_day;

use super::list::{Asked, Row};
use crate::error::Problem;
use crate::state::State;
use crate::table::{self, Form};
use crate::visitor::SignedIn;

/// More people are in no file.
const MOST_ROWS: u64 = 2_000;

/// The file's, and the sheet's.
const NAMES: (&str, &str) = ("patients", "患者・利用者");

const HEADS: [&str; 10] = [
    "名前",
    "カナ",
    "年齢",
    "生年月日",
    "市町村",
    "要介護度",
    "認定の終わり",
    "知らせ",
    "担当",
    "入院先",
];

async fn rows(state: &State, signed_in: &SignedIn) -> Result<Vec<[Cell; 10]>, Problem> {
    let SignedIn { visitor, session } = signed_in;
    visitor.ever_may(Deed::ExportPatients)?;
    let (by, now) = (&visitor.by, state.clock.now());
    let search = Asked::of(state, session).await?.search();
    let rule = state.definitions.patients();
    let whole = find::Page {
        first: 0,
        most: MOST_ROWS,
    };
    let (total, _) = find::list(
        &state.db,
        rule,
        (by, Deed::ExportPatients),
        (&search, find::Page { first: 0, most: 1 }),
        now,
    )
    .await?;
    if total > MOST_ROWS {
        return Err(Problem::NotNow(format!(
            "{MOST_ROWS}人より多いので、ひとつのファイルにできません。条件でしぼってください。"
        )));
    }
    let exported = database::write(&state.db, async |tx| {
        line::export(tx, rule, by, (&search, whole), now).await
    });
    let (_, lines) = exported.await?;
    let today = jst_day(now);
    let rows = lines.into_iter().map(|line| Row::of(state, line, today));
    Ok(rows
        .map(|row| {
            [
                row.link.text.into(),
                row.kana.into(),
                row.age.into(),
                row.birth.into(),
                row.town.into(),
                row.level.into(),
                row.level_to.into(),
                row.alerts.join(" ").into(),
                row.answers.into(),
                row.hospital.into(),
            ]
        })
        .collect())
}

/// `GET /patients.csv`, `GET /patients.xlsx`.
pub(crate) async fn file(
    form: Form,
    FromState(state): FromState<Arc<State>>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    let rows = rows(&state, &signed_in).await?;
    table::answer(form, NAMES, HEADS, &rows)
}
