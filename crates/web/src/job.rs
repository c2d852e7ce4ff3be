//! `/jobs`: the work behind the pages: what waits, runs, is done, failed or was called off.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as FromState};
use axum::response::Redirect;
use axum::routing::{get, post};
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::import::conversation::{TAKE_BACK, TRY, WRITE};
use keniki_app::job::{self, Filter, Job, State as Stand, Step};
use keniki_app::retention::ERASE;
use keniki_base::clock::near_text;
use serde::Deserialize;

use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/jobs", get(list))
        .route("/jobs/{id}/cancel", post(cancel))
}

/// The jobs that the reader may see.
#[derive(Debug, Clone, Template)]
#[template(path = "job.html")]
pub struct JobsPage {
    /// Around the page.
    pub frame: Frame,
    /// The filter: code, words, how many; the first is all.
    pub states: Vec<(&'static str, &'static str, String)>,
    /// Code of the state that is shown; empty for all.
    pub chosen: &'static str,
    /// Newest first.
    pub lines: Vec<Line>,
    /// The number behind which older ones lie.
    pub older: Option<i64>,
    /// Whether something of it waits or runs.
    pub is_moving: bool,
}

/// A job.
#[derive(Debug, Clone)]
pub struct Line {
    /// Number.
    pub id: i64,
    /// What it does.
    pub what: &'static str,
    /// Its page, where it has one.
    pub href: Option<String>,
    /// Where it stands.
    pub state: Stand,
    /// What it is doing, and how much is done.
    pub progress: String,
    /// Why it did not do its work.
    pub reason: Option<String>,
    /// When it was asked for.
    pub asked: String,
    /// When it ended.
    pub ended: Option<String>,
    /// Whether the reader may call it off.
    pub may_cancel: bool,
}

impl JobsPage {
    fn is_chosen(&self, code: &str) -> bool {
        self.chosen == code
    }
}

/// How many a page shows.
const MOST: usize = 50;

/// What a job does.
pub(crate) fn what(kind: &str) -> &'static str {
    match kind {
        TRY => "ファイルの確認",
        WRITE => "書き込み",
        TAKE_BACK => "取消し",
        ERASE => "保存期間を過ぎたものの消去",
        _ => "処理",
    }
}

impl Line {
    fn of(state: &State, visitor: &Visitor, job: &Job) -> Self {
        let now = state.clock.now();
        let has_page = [TRY, WRITE, TAKE_BACK].contains(&job.kind.as_str());
        let may = visitor.by.may(Deed::CancelJob, &job.object()).is_some();
        Self {
            id: job.id.get(),
            what: what(&job.kind),
            href: has_page.then(|| format!("/imports/{}", job.id)),
            state: job.state,
            progress: progress(job),
            reason: job.reason.clone(),
            asked: near_text(now, job.created_at),
            ended: job.ended_at.map(|at| near_text(now, at)),
            may_cancel: may && job.state.after(Step::Cancel).is_ok(),
        }
    }
}

/// What runs says how far it is.
fn progress(job: &Job) -> String {
    if job.state != Stand::Running {
        return String::new();
    }
    let stage = job.stage.clone().unwrap_or_default();
    match (job.n_done, job.n_total) {
        (Some(done), Some(total)) => format!(
            "{stage}（{}／{}）",
            wording::number(done),
            wording::number(total)
        ),
        (Some(done), None) => format!("{stage}（{} 件まで）", wording::number(done)),
        (None, _) => stage,
    }
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: String,
    before: Option<i64>,
}

/// `GET /jobs`.
async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<JobsPage>, Problem> {
    visitor.ever_may(Deed::ReadJob)?;
    let Query(asked) = asked?;
    let filter = Filter {
        state: Stand::of(&asked.state),
        before: asked.before.map(Into::into),
    };
    let counts = job::counts(&state.db, &visitor.by).await?;
    let n_of = |stand: Stand| {
        counts
            .iter()
            .find(|(it, _)| *it == stand)
            .map_or(0, |it| it.1)
    };
    let n_all: i64 = counts.iter().map(|(_, n)| n).sum();
    let mut states = vec![("", "すべて", wording::number(n_all))];
    states.extend(
        Stand::ALL.map(|stand| (stand.code(), stand.words(), wording::number(n_of(stand)))),
    );
    let mut jobs = job::some(&state.db, &visitor.by, filter, MOST as u64 + 1).await?;
    let has_older = jobs.len() > MOST;
    jobs.truncate(MOST);
    Ok(Page(JobsPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/jobs"),
        states,
        chosen: filter.state.map_or("", Stand::code),
        older: jobs.last().filter(|_| has_older).map(|job| job.id.get()),
        is_moving: jobs.iter().any(|job| !job.state.is_over()),
        lines: jobs
            .iter()
            .map(|job| Line::of(&state, &visitor, job))
            .collect(),
    }))
}

/// `POST /jobs/{id}/cancel`.
async fn cancel(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::CancelJob)?;
    let (id, now) = (
        id.parse().map_err(|_| Problem::NotFound)?,
        state.clock.now(),
    );
    let done = database::write(&state.db, async |tx| {
        job::cancel(tx, &visitor.by, id, now).await
    });
    done.await?;
    Ok(Redirect::to("/jobs"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::check::{SCRIPT, sound};

    fn line(state: Stand) -> Line {
        Line {
            id: 7,
            what: what(TRY),
            href: (state == Stand::Done).then(|| "/imports/7".to_owned()),
            state,
            progress: SCRIPT.to_owned(),
            reason: (state == Stand::Failed).then(|| SCRIPT.to_owned()),
            asked: "今日 14:30".to_owned(),
            ended: state.is_over().then(|| "今日 14:31".to_owned()),
            may_cancel: state == Stand::Queued,
        }
    }

    fn page(lines: Vec<Line>) -> JobsPage {
        JobsPage {
            frame: Frame::sample_of_staff(),
            states: vec![
                ("", "すべて", "5".to_owned()),
                ("queued", "順番待ち", "1".to_owned()),
            ],
            chosen: "queued",
            older: (!lines.is_empty()).then_some(3),
            is_moving: !lines.is_empty(),
            lines,
        }
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        let full = page(Stand::ALL.map(line).to_vec());
        for page in [page(Vec::new()), full.clone()] {
            sound(&page);
        }
        let html = sound(&full);
        assert_eq!(html.matches("action=\"/jobs/7/cancel\"").count(), 1);
        assert!(
            html.contains("?state=queued&#38;before=3")
                || html.contains("?state=queued&amp;before=3")
        );
    }
}
