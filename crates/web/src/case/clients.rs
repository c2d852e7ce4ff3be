//! `/clients`: who of those in one's own care is in hospital, where, since when, and what one owes; the same as a file.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State as FromState};
use axum::response::{Redirect, Response};
use chrono::{DateTime, Utc};
use keniki_app::account::policy::Deed;
use keniki_app::account::session::{self, Session};
use keniki_app::case::clients::{self, Client, Counts, Line, Owed};
use keniki_app::database;
use keniki_app::patient::find::Page as Slice;
use keniki_app::sheet::write::Cell;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::export::{MOST_ROWS, full, too_many};
use super::list::{PAGE_SIZE, due_words};
use crate::error::Problem;
use crate::page::pages::Pages;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::table;
use crate::visitor::SignedIn;
use crate::wording::Day;

/// The clients of one's own organization.
#[derive(Debug, Clone, Template)]
#[template(path = "case/clients.html")]
pub struct ClientsPage {
    /// Around the page.
    pub frame: Frame,
    /// How many there are.
    pub counts: Counts,
    /// A page of them.
    pub rows: Vec<Row>,
    /// Other pages.
    pub pages: Pages,
    /// Whether the reader may take the list away as a file.
    pub may_export: bool,
    /// What was looked for.
    pub text: String,
}

/// Under which name the session keeps what was looked for: a name stands in no address.
const LIST: &str = "clients";

/// By what the list is narrowed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Narrowed {
    /// Name, kana, number, telephone or birth.
    text: String,
}

impl Narrowed {
    async fn of(state: &State, session: &Session) -> Result<Self, Problem> {
        let kept = session::filter(&state.db, session.id, LIST).await?;
        Ok(kept.unwrap_or_default())
    }
}

/// `POST /clients`: keeps what is looked for in the session.
pub(crate) async fn narrow(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    sent: Result<Form<Narrowed>, FormRejection>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::ReadPatient)?;
    let narrowed = Narrowed {
        text: sent?.0.text.trim().chars().take(100).collect(),
    };
    let kept = database::write(&state.db, async |tx| {
        session::put_filter(tx, session.id, (LIST, &narrowed)).await
    });
    kept.await?;
    Ok(Redirect::to("/clients"))
}

/// A client.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Name and record.
    pub patient: Link,
    /// In kana.
    pub kana: String,
    /// Where, and the case; none: in no hospital that is known of.
    pub hospital: Option<Link>,
    /// As it was told with the admission.
    pub ward: String,
    /// Since when.
    pub since: String,
    /// The day of discharge, as far as it is planned.
    pub planned: String,
    /// What is owed next, and the case.
    pub next: Option<Link>,
    /// Until when.
    pub due: String,
    /// How much else is owed.
    pub n_more: usize,
    /// How much is too late.
    pub n_missed: usize,
}

impl Row {
    fn of(state: &State, client: &Client, now: DateTime<Utc>) -> Self {
        let Line {
            patient_id,
            family,
            given,
            ..
        } = &client.line;
        let day = |text: &Option<String>| text.as_deref().map(Day::text).unwrap_or_default();
        let next = client.next.as_ref();
        Self {
            patient: Link::new(
                format!("/patients/{patient_id}"),
                format!("{family} {given}").trim(),
            ),
            kana: format!("{} {}", client.line.family_kana, client.line.given_kana),
            hospital: hospital(&client.line),
            ward: client.ward.clone().unwrap_or_default(),
            since: day(&client.line.admitted_on),
            planned: day(&client.line.discharge_planned_on),
            next: next.map(|owed| Link::new(format!("/cases/{}", owed.case_id), step(state, owed))),
            due: due_words(next.and_then(|owed| owed.due_at.as_deref()), now),
            n_more: client.n_owed.saturating_sub(1),
            n_missed: client.n_missed,
        }
    }

    fn cells(state: &State, client: &Client, now: DateTime<Utc>) -> [Cell; 9] {
        let row = Self::of(state, client, now);
        let next = client.next.as_ref();
        [
            row.patient.text.into(),
            row.kana.into(),
            row.hospital.map(|link| link.text).into(),
            row.ward.into(),
            row.since.into(),
            row.planned.into(),
            row.next.map(|link| link.text).into(),
            next.and_then(|owed| full(owed.due_at.as_deref()?)).into(),
            i64::try_from(row.n_missed).unwrap_or(i64::MAX).into(),
        ]
    }
}

fn hospital(line: &Line) -> Option<Link> {
    let case = line.case_id?;
    let name = line.hospital.as_deref().unwrap_or("病院（不明）");
    let text = match line.stay.as_deref() {
        Some("leave") => format!("{name}（外泊中）"),
        _ => name.to_owned(),
    };
    Some(Link::new(format!("/cases/{case}"), text))
}

fn step(state: &State, owed: &Owed) -> String {
    let file = state
        .definitions
        .program_version(&owed.program, &owed.program_version);
    let step = file.and_then(|file| file.program.step(&owed.step));
    step.map_or_else(|| owed.step.clone(), |step| step.name.clone())
}

/// `GET /clients`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<ClientsPage>, Problem> {
    visitor.ever_may(Deed::ReadPatient)?;
    let (by, now, page) = (&visitor.by, state.clock.now(), asked?.0.page.max(1));
    let slice = Slice {
        first: (page - 1) * PAGE_SIZE,
        most: PAGE_SIZE,
    };
    let Narrowed { text } = Narrowed::of(&state, &session).await?;
    let asked = (&*text, slice);
    let (counts, clients) = clients::list(&state.db, &state.definitions, by, asked, now).await?;
    Ok(Page(ClientsPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/clients"),
        counts,
        rows: clients.iter().map(|it| Row::of(&state, it, now)).collect(),
        pages: Pages::at(page, counts.n, PAGE_SIZE, |page| {
            format!("/clients?page={page}")
        }),
        may_export: by.ever_may(Deed::ExportPatients),
        text,
    }))
}

/// The file's, and the sheet's.
const NAMES: (&str, &str) = ("clients", "利用者");

const HEADS: [&str; 9] = [
    "名前",
    "カナ",
    "入院先",
    "病棟",
    "入院した日",
    "退院予定",
    "次にすること",
    "期限",
    "期限を過ぎた対応事項",
];

async fn rows(
    state: &State,
    SignedIn { visitor, session }: &SignedIn,
) -> Result<Vec<[Cell; 9]>, Problem> {
    visitor.ever_may(Deed::ExportPatients)?;
    let Narrowed { text } = Narrowed::of(state, session).await?;
    let now = state.clock.now();
    let exported = database::write(&state.db, async |tx| {
        let asked = (&*text, MOST_ROWS);
        clients::export(tx, &state.definitions, &visitor.by, asked, now).await
    });
    let clients = exported.await?.ok_or_else(too_many)?;
    let cells = |client| Row::cells(state, client, now);
    Ok(clients.iter().map(cells).collect())
}

/// `GET /clients.csv`, `GET /clients.xlsx`.
pub(crate) async fn file(
    form: table::Form,
    FromState(state): FromState<Arc<State>>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    let rows = rows(&state, &signed_in).await?;
    table::answer(form, NAMES, HEADS, &rows)
}
