//! `/audit`: who did what, looked at regularly: filtered, marked, signed off, and given out as CSV.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::{Days, NaiveDate};
use keniki_app::account::deed::OwnDeed;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::audit::review::{self, Counts, Filter, ReviewError, SignOff};
use keniki_app::audit::table;
use keniki_app::database;
use keniki_app::sheet::write::{CsvTable, Table};
use keniki_base::clock::jst_day;
use keniki_base::date::wareki_short;
use serde::Deserialize;

use crate::error::Problem;
use crate::file;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{Confirmed, SignedIn, Visitor};
use crate::wording::{self, Day};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/audit", get(show))
        .route("/audit.csv", get(export))
        .route("/audit/marks", post(mark))
        .route("/audit/reviews", post(sign_off))
}

mod asked;
mod row;

pub use asked::{Asked, WrongDay};
pub use row::Row;

/// Rows of a page.
const ROWS: u64 = 100;

/// A longer table is for the command line.
const MOST_ROWS: u64 = 50_000;

/// The days that a sign-off takes in: those of the filter that are over.
#[derive(Debug, Clone)]
pub struct Signing {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Rows of those days, whatever else the filter says.
    pub n_entries: i64,
    /// Whether days that are not over were asked for.
    pub leaves_out: bool,
}

impl Signing {
    async fn of(
        state: &State,
        visitor: &Visitor,
        filter: &Filter,
    ) -> Result<Option<Self>, Problem> {
        let today = jst_day(state.clock.now());
        let (from, to) = (filter.from, filter.to.min(today - Days::new(1)));
        if from > to || !visitor.by.ever_may(Deed::SignOffAudit) {
            return Ok(None);
        }
        let counts = review::count(&state.db, &visitor.by, &Filter::days(from, to)).await?;
        Ok(Some(Self {
            from,
            to,
            n_entries: counts.n_entries,
            leaves_out: to < filter.to,
        }))
    }

    fn n_days(&self) -> i64 {
        (self.to - self.from).num_days() + 1
    }
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    /// Around the page.
    pub frame: Frame,
    /// What was asked for.
    pub asked: Asked,
    /// The days that hold, or what was typed.
    pub from: String,
    /// Likewise.
    pub to: String,
    /// Which of them does not hold.
    pub wrong: Option<WrongDay>,
    /// How many rows there are.
    pub counts: Counts,
    /// The rows of this page.
    pub rows: Vec<Row>,
    /// From 1.
    pub page: u64,
    /// Who looked at which days.
    pub signed: Vec<SignOff>,
    /// Whether the reader may mark and sign off.
    pub may_sign: bool,
    /// What a sign-off would take in; none where no day of it is over.
    pub signing: Option<Signing>,
    /// What was found, as typed.
    pub finding: String,
    /// What has just happened.
    pub done: Option<&'static str>,
    /// Why something did not happen.
    pub problem: Option<String>,
}

const DONE: [(&str, &str); 2] = [
    ("mark", "印を付けました。"),
    ("signed", "確認したことを記録しました。"),
];

impl AuditPage {
    async fn load(state: &State, visitor: &Visitor, asked: Asked) -> Result<Self, Problem> {
        let (db, by) = (&state.db, &visitor.by);
        let (asked, done) = asked.without_news();
        let mut page = Self {
            frame: Frame::load(state, visitor, None).await?.at("/audit"),
            from: asked.from.clone(),
            to: asked.to.clone(),
            wrong: None,
            counts: Counts::default(),
            rows: Vec::new(),
            page: 1,
            signed: review::signed(db, by).await?,
            may_sign: by.ever_may(Deed::SignOffAudit),
            signing: None,
            finding: String::new(),
            done: DONE
                .iter()
                .find(|(code, _)| *code == done)
                .map(|(_, sentence)| *sentence),
            problem: None,
            asked,
        };
        match page.asked.filter(jst_day(state.clock.now())) {
            Ok(filter) => page.fill(state, visitor, &filter).await?,
            Err(wrong) => page.wrong = Some(wrong),
        }
        Ok(page)
    }

    async fn fill(
        &mut self,
        state: &State,
        visitor: &Visitor,
        filter: &Filter,
    ) -> Result<(), Problem> {
        let (db, by) = (&state.db, &visitor.by);
        self.counts = review::count(db, by, filter).await?;
        let last = (self.counts.n_entries.unsigned_abs().div_ceil(ROWS)).max(1);
        self.page = self.asked.page.parse::<u64>().unwrap_or(1).clamp(1, last);
        let lines = review::lines(db, by, filter, ((self.page - 1) * ROWS, ROWS)).await?;
        let row = |line| Row::of(state, visitor, &self.asked, line);
        self.rows = lines.into_iter().map(row).collect();
        self.signing = Signing::of(state, visitor, filter).await?;
        (self.from, self.to) = (wareki_short(filter.from), wareki_short(filter.to));
        Ok(())
    }

    /// The fields of the period: name, label, what stands in it.
    fn days(&self) -> [(&'static str, &'static str, &str); 2] {
        [
            ("from", "この日から", &self.from),
            ("to", "この日まで", &self.to),
        ]
    }

    fn reason(&self, field: &str) -> Option<&str> {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map(|wrong| wrong.reason.as_str())
    }

    /// Every deed that can be asked for: code and words.
    fn deeds(&self) -> Vec<(&'static str, &'static str)> {
        let own = OwnDeed::ALL.iter().map(|deed| (deed.code(), deed.words()));
        let guarded = Deed::ALL.iter().map(|deed| (deed.code(), deed.words()));
        own.chain(guarded).collect()
    }

    fn page_href(&self, page: u64) -> String {
        self.asked.address("/audit", page)
    }

    fn has_next(&self) -> bool {
        self.page * ROWS < self.counts.n_entries.unsigned_abs()
    }

    fn csv_href(&self) -> String {
        self.asked.address("/audit.csv", 1)
    }

    fn post_href(&self, path: &str) -> String {
        self.asked.address(path, self.page)
    }
}

/// `GET /audit`. The looking is written down.
async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::ReadAudit)?;
    let Query(asked) = asked?;
    let page = AuditPage::load(&state, &visitor, asked).await?;
    note(&state, &visitor).await?;
    let status = match page.wrong {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    Ok((status, Page(page)).into_response())
}

async fn note(state: &State, visitor: &Visitor) -> Result<(), Problem> {
    let object = Object::new("audit_entry", 0);
    Ok(state
        .note_read(&visitor.by, Deed::ReadAudit, &object)
        .await?)
}

/// `GET /audit.csv`: what the page shows, all of it.
async fn export(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, .. }): Confirmed,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::ReadAudit)?;
    let Query(asked) = asked?;
    let filter = asked.filter(jst_day(state.clock.now()));
    let filter = filter.map_err(|wrong| Problem::WrongRequest(wrong.reason))?;
    let counts = review::count(&state.db, &visitor.by, &filter).await?;
    if counts.n_entries.unsigned_abs() > MOST_ROWS {
        let sentence = format!(
            "{}件あります。{}件までになるように期間を短くするか、keniki audit list で書き出してください。",
            wording::number(counts.n_entries),
            wording::number(MOST_ROWS)
        );
        return Err(Problem::NotNow(sentence));
    }
    let lines = review::lines(&state.db, &visitor.by, &filter, (0, MOST_ROWS)).await?;
    let mut bytes = Vec::new();
    let failed = |error: keniki_app::sheet::write::WriteError| {
        tracing::error!(%error, "the audit log could not be written as CSV");
        Problem::Failed
    };
    let heads = [&table::HEADS[..], &table::MORE_HEADS].concat();
    let mut out = CsvTable::new(&mut bytes, &heads).map_err(failed)?;
    for line in &lines {
        let more = table::more_cells(&state.definitions, line);
        let cells = [&table::cells(&line.entry)[..], &more].concat();
        out.row(&cells).map_err(failed)?;
    }
    out.end().map_err(failed)?;
    note(&state, &visitor).await?;
    Ok(file::answer(bytes, "text/csv; charset=utf-8", "audit.csv"))
}

/// What is to be looked into.
#[derive(Debug, Deserialize)]
pub(crate) struct Marked {
    entry: i64,
    note: String,
}

/// `POST /audit/marks`.
async fn mark(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
    typed: Result<Form<Marked>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::SignOffAudit)?;
    let (Query(asked), Form(typed), now) = (asked?, typed?, state.clock.now());
    let done = database::write(&state.db, async |tx| {
        let what = (typed.entry, typed.note.as_str());
        review::mark(tx, &visitor.by, what, now).await
    });
    answer(&state, &visitor, asked, (done.await, "mark", "")).await
}

/// Which days were looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct Signed {
    from: NaiveDate,
    to: NaiveDate,
    finding: String,
}

/// `POST /audit/reviews`.
async fn sign_off(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
    typed: Result<Form<Signed>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::SignOffAudit)?;
    let (Query(asked), Form(typed), now) = (asked?, typed?, state.clock.now());
    let done = database::write(&state.db, async |tx| {
        let days = (typed.from, typed.to);
        review::sign_off(tx, &visitor.by, days, &typed.finding, now).await
    });
    let what = (done.await, "signed", typed.finding.as_str());
    answer(&state, &visitor, asked, what).await
}

/// The same page again, with what happened or why it did not.
async fn answer(
    state: &State,
    visitor: &Visitor,
    asked: Asked,
    (done, word, finding): (Result<(), ReviewError>, &str, &str),
) -> Result<Response, Problem> {
    match done {
        Ok(()) => {
            let page = asked.page.parse().unwrap_or(1);
            let asked = Asked {
                done: word.to_owned(),
                ..asked
            };
            Ok(Redirect::to(&asked.address("/audit", page)).into_response())
        }
        Err(wrong @ (ReviewError::NoWords | ReviewError::WrongDays)) => {
            let mut page = AuditPage::load(state, visitor, asked).await?;
            page.problem = Some(wrong.to_string());
            finding.clone_into(&mut page.finding);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests;
