//! `/due`: what the own organization owes in cases, all of it or that which is over, soon or later.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as FromState};
use chrono::{DateTime, Utc};
use keniki_app::account::policy::Deed;
use keniki_app::case::list::{self, Due, Owed};
use keniki_app::patient::find::Page as Slice;
use serde::Deserialize;

use super::list::PAGE_SIZE;
use crate::error::Problem;
use crate::page::pages::Pages;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::wording::{number, until};

/// The parts: code, words, which.
const PARTS: [(&str, &str, Owed); 4] = [
    ("", "すべて", Owed::All),
    ("missed", "期限を過ぎたもの", Owed::Missed),
    ("soon", "あすまでのもの", Owed::Soon),
    ("later", "そのあとのもの", Owed::Later),
];

/// What is owed.
#[derive(Debug, Clone, Template)]
#[template(path = "case/due.html")]
pub struct DuePage {
    /// Around the page.
    pub frame: Frame,
    /// The parts with how much there is, and whether it is this one.
    pub parts: Vec<(Link, bool)>,
    /// A page of it.
    pub rows: Vec<Row>,
    /// Other pages.
    pub pages: Pages,
}

/// Something that is owed.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Of whom, and the case.
    pub case: Link,
    /// What.
    pub step: String,
    /// Until when.
    pub until: String,
    /// That is over.
    pub is_missed: bool,
}

impl Row {
    pub(crate) fn of(state: &State, due: Due, now: DateTime<Utc>) -> Self {
        let file = state
            .definitions
            .program_version(&due.program, &due.program_version);
        let step = file.and_then(|file| file.program.step(&due.step));
        let at: Option<DateTime<Utc>> = due.due_at.and_then(|text| text.parse().ok());
        Self {
            case: Link::new(
                format!("/cases/{}", due.case_id),
                format!("{} {}", due.family, due.given),
            ),
            step: step.map_or(due.step, |step| step.name.clone()),
            until: at.map_or_else(|| "期限なし".to_owned(), |at| until(now, at)),
            is_missed: due.state == "missed",
        }
    }
}

/// Which part, and which page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    part: String,
    page: u64,
}

fn href(code: &str) -> String {
    match code {
        "" => "/due".to_owned(),
        code => format!("/due?part={code}"),
    }
}

/// `GET /due`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<DuePage>, Problem> {
    visitor.ever_may(Deed::ReadCase)?;
    let (asked, now, db) = (asked?.0, state.clock.now(), &state.db);
    let part = PARTS.iter().find(|(code, ..)| *code == asked.part);
    let (code, _, which) = *part.unwrap_or(&PARTS[0]);
    let page = asked.page.max(1);
    let slice = Slice {
        first: (page - 1) * PAGE_SIZE,
        most: PAGE_SIZE,
    };
    let (n, due) = list::due(db, &visitor.by, (which, slice), now).await?;
    let waiting = list::waiting(db, &visitor.by, now).await?;
    let count = |which: Owed| match which {
        Owed::All => waiting.n_missed + waiting.n_soon + waiting.n_later,
        Owed::Missed => waiting.n_missed,
        Owed::Soon => waiting.n_soon,
        Owed::Later => waiting.n_later,
    };
    let link = |(other, words, which): (&str, &str, Owed)| {
        let text = format!("{words}（{}）", number(count(which)));
        (Link::new(href(other), text), other == code)
    };
    let base = href(code);
    let sign = if base.contains('?') { '&' } else { '?' };
    Ok(Page(DuePage {
        frame: Frame::load(&state, &visitor, None).await?.at("/"),
        parts: PARTS.into_iter().map(link).collect(),
        rows: due.into_iter().map(|it| Row::of(&state, it, now)).collect(),
        pages: Pages::at(page, n, PAGE_SIZE, |page| {
            format!("{base}{sign}page={page}")
        }),
    }))
}
