//! `/audit`: who did what, looked at regularly: filtered, marked, signed off, and given out as CSV.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State as FromState};
use axum::http::{StatusCode, header};
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
use keniki_base::date::parse_day;
use serde::Deserialize;

use crate::error::Problem;
use crate::page::{Frame, Page, encode};
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

mod row;

pub use row::Row;

/// Rows of a page.
const ROWS: u64 = 100;

/// A longer table is for the command line.
const MOST_ROWS: u64 = 50_000;

/// What the address says; a month back where it says nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Code of a deed.
    pub deed: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Whose.
    pub account: String,
    /// For which organization.
    pub organization: String,
    /// `1`: marked ones only.
    pub marked: String,
    /// From 1.
    pub page: String,
    done: String,
}

impl Asked {
    fn filter(&self, today: NaiveDate) -> Result<Filter, Problem> {
        let day = |text: &str, usual: NaiveDate| match text.trim() {
            "" => Ok(usual),
            text => parse_day(text, Some(today)).map_err(|wrong| {
                Problem::WrongRequest(format!(
                    "{wrong}2026-11-01、R8.11.1 のように書いてください。"
                ))
            }),
        };
        let number = |text: &str| text.parse().unwrap_or(0);
        Ok(Filter {
            from: day(&self.from, today - Days::new(30))?,
            to: day(&self.to, today)?,
            deed: self.deed.clone(),
            outcome: self.outcome.clone(),
            account: number(&self.account),
            organization: number(&self.organization),
            is_marked: self.marked == "1",
            object: None,
        })
    }

    /// The same filter at another address or page.
    pub(crate) fn address(&self, path: &str, page: u64) -> String {
        let mut out = path.to_owned();
        let page = match page {
            ..=1 => String::new(),
            page => page.to_string(),
        };
        let fields = [
            ("from", &self.from),
            ("to", &self.to),
            ("deed", &self.deed),
            ("outcome", &self.outcome),
            ("account", &self.account),
            ("organization", &self.organization),
            ("marked", &self.marked),
            ("page", &page),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            out.push(if out.contains('?') { '&' } else { '?' });
            out.push_str(name);
            out.push('=');
            encode(value, &mut out);
        }
        out
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
    /// The days that hold.
    pub from: NaiveDate,
    /// Likewise.
    pub to: NaiveDate,
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
        let today = jst_day(state.clock.now());
        let filter = asked.filter(today)?;
        let (db, by) = (&state.db, &visitor.by);
        let counts = review::count(db, by, &filter).await?;
        let last = (counts.n_entries.unsigned_abs().div_ceil(ROWS)).max(1);
        let page = asked.page.parse::<u64>().unwrap_or(1).clamp(1, last);
        let lines = review::lines(db, by, &filter, ((page - 1) * ROWS, ROWS)).await?;
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/audit"),
            from: filter.from,
            to: filter.to,
            counts,
            rows: lines
                .into_iter()
                .map(|line| Row::of(state, &asked, line))
                .collect(),
            page,
            signed: review::signed(db, by).await?,
            may_sign: by.ever_may(Deed::SignOffAudit),
            done: DONE
                .iter()
                .find(|(code, _)| *code == asked.done)
                .map(|(_, sentence)| *sentence),
            problem: None,
            asked,
        })
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

    fn yesterday(&self) -> NaiveDate {
        let last = self.frame.today.0 - Days::new(1);
        self.to.min(last)
    }

    fn first_day(&self) -> Day {
        Day(self.from)
    }

    fn last_day(&self) -> Day {
        Day(self.yesterday())
    }

    fn day(text: &str) -> String {
        Day::parse(text).map_or_else(|| text.to_owned(), Day::plain)
    }
}

/// `GET /audit`. The looking is written down.
async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<AuditPage>, Problem> {
    visitor.ever_may(Deed::ReadAudit)?;
    let Query(asked) = asked?;
    let page = AuditPage::load(&state, &visitor, asked).await?;
    note(&state, &visitor).await?;
    Ok(Page(page))
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
    let filter = asked.filter(jst_day(state.clock.now()))?;
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
    let mut out = CsvTable::new(&mut bytes, &table::HEADS).map_err(failed)?;
    for line in &lines {
        out.row(&table::cells(&line.entry)).map_err(failed)?;
    }
    out.end().map_err(failed)?;
    note(&state, &visitor).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"audit.csv\"",
        ),
    ];
    Ok((headers, bytes).into_response())
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
    typed: Result<Form<Marked>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::SignOffAudit)?;
    let (Form(typed), now) = (typed?, state.clock.now());
    let done = database::write(&state.db, async |tx| {
        let what = (typed.entry, typed.note.as_str());
        review::mark(tx, &visitor.by, what, now).await
    });
    answer(&state, &visitor, done.await, "mark").await
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
    typed: Result<Form<Signed>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::SignOffAudit)?;
    let (Form(typed), now) = (typed?, state.clock.now());
    let done = database::write(&state.db, async |tx| {
        let days = (typed.from, typed.to);
        review::sign_off(tx, &visitor.by, days, &typed.finding, now).await
    });
    answer(&state, &visitor, done.await, "signed").await
}

async fn answer(
    state: &State,
    visitor: &Visitor,
    done: Result<(), ReviewError>,
    word: &str,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/audit?done={word}")).into_response()),
        Err(wrong @ (ReviewError::NoWords | ReviewError::WrongDays)) => {
            let mut page = AuditPage::load(state, visitor, Asked::default()).await?;
            page.problem = Some(wrong.to_string());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests;
