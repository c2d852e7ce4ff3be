//! `/cases`, as a table and as a board by stage.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as FromState};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use keniki_app::account::policy::Deed;
use keniki_app::case::list::{self, Line};
use keniki_app::patient::find::Page as Slice;
use keniki_base::id::CaseId;

use super::asked::{Asked, Choice, Narrowed, VIEWS, file, href, keep, offered};
use crate::error::Problem;
use crate::message;
use crate::page::chips::Chips;
use crate::page::pages::Pages;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::{Day, number, until};

/// How many a page shows.
pub(super) const PAGE_SIZE: u64 = 50;

/// How many cards a stage of the board shows.
const CARDS: u64 = 200;

/// The cases that the reader may see.
#[derive(Debug, Clone, Template)]
#[template(path = "case/list.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// Which lists there are: name, how many, whether it is this one.
    pub views: Vec<(Link, bool)>,
    /// How many there are.
    pub n: u64,
    /// A page of them.
    pub rows: Vec<Row>,
    /// The same by stage: name, how many, and cards; none: a table is shown.
    pub board: Option<Vec<(String, u64, Vec<Row>)>>,
    /// The other form.
    pub other: Link,
    /// Other pages.
    pub pages: Pages,
    /// Whether the reader may open a record in an emergency.
    pub may_open_emergency: bool,
    /// Whether cases can be begun.
    pub may_open: bool,
    /// The same as a book and as CSV, where the reader may take it away.
    pub files: Option<(String, String)>,
    /// What the list is narrowed by.
    pub narrowed: Narrowed,
    /// The same, to be taken away one by one.
    pub chips: Chips,
    /// By what stage it can be: programs, each with codes and names.
    pub stages: Vec<Choice>,
    /// Code of the list.
    pub view: String,
    /// `board`.
    pub form: String,
}

/// A case in a list.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Name, and the case.
    pub case: Link,
    /// In kana.
    pub kana: String,
    /// The rule.
    pub program: String,
    /// How far it has come.
    pub stage: String,
    /// Where the patient is, and since when.
    pub place: String,
    /// The day of discharge, as far as it is planned.
    pub planned: String,
    /// Who manages the care.
    pub care_manager: String,
    /// Why no office stands there: in the ward's list.
    pub no_office: &'static str,
    /// Until when the next is due.
    pub due: String,
    /// How many deadlines have passed.
    pub n_overdue: i64,
    /// Whether the care manager was told: in the ward's list.
    pub told: String,
    /// Messages that the reader has not read.
    pub n_unread: u64,
    /// Code of the stage.
    pub stage_code: (String, String),
}

/// `GET /cases`.
pub(crate) async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::ReadCase)?;
    let (asked, now) = (asked?.0, state.clock.now());
    if asked.whole == "1" {
        keep(&state, &session, &Narrowed::default()).await?;
        return Ok(Redirect::to(&href(&asked.view, &asked.form)).into_response());
    }
    let narrowed = Narrowed::of(&state, &session).await?;
    let (db, by) = (&state.db, &visitor.by);
    let filter = narrowed.within(asked.filter());
    let is_board = asked.form == "board";
    let page = asked.page.max(1);
    let slice = match is_board {
        true => Slice {
            first: 0,
            most: CARDS,
        },
        false => Slice {
            first: (page - 1) * PAGE_SIZE,
            most: PAGE_SIZE,
        },
    };
    let (n, lines) = list::list(db, by, &filter, slice, now).await?;
    let unread = message::unread(&state, &visitor).await?;
    let rows: Vec<Row> = lines
        .into_iter()
        .map(|line| Row {
            n_unread: n_unread(&unread, line.id),
            ..Row::of(&state, line, now)
        })
        .collect();
    let board = match is_board {
        true => Some(board(
            &state,
            list::stages(db, by, &filter, now).await?,
            &rows,
        )),
        false => None,
    };
    let other = match is_board {
        true => Link::new(href(&asked.view, ""), "表で見る"),
        false => Link::new(href(&asked.view, "board"), "段階ごとに並べる"),
    };
    let base = href(&asked.view, "");
    let sign = if base.contains('?') { '&' } else { '?' };
    Ok(Page(ListPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/cases"),
        views: views(&state, &visitor, (&asked, &narrowed, n), now).await?,
        n,
        pages: Pages::at(page, if is_board { 0 } else { n }, PAGE_SIZE, |page| {
            format!("{base}{sign}page={page}")
        }),
        rows: if is_board { Vec::new() } else { rows },
        board,
        other,
        may_open_emergency: by.ever_may(Deed::OpenEmergency),
        may_open: by.ever_may(Deed::OpenCase),
        files: match by.ever_may(Deed::ExportCases) && n > 0 {
            true => Some((file("xlsx", &asked.view), file("csv", &asked.view))),
            false => None,
        },
        stages: offered(&state, &visitor, &narrowed.stage).await?,
        chips: narrowed.chips(&state, &asked),
        narrowed,
        view: asked.view,
        form: asked.form,
    })
    .into_response())
}

/// Every list with how many it has under what it is narrowed by; `n` of the one that is shown.
async fn views(
    state: &State,
    visitor: &Visitor,
    (asked, narrowed, n): (&Asked, &Narrowed, u64),
    now: DateTime<Utc>,
) -> Result<Vec<(Link, bool)>, Problem> {
    let mut views = Vec::new();
    for (code, name) in VIEWS {
        let is_this = asked.view == code;
        let filter = narrowed.within(Asked::of_view(code).filter());
        let n = match is_this {
            true => n,
            false => list::count(&state.db, &visitor.by, &filter, now).await?,
        };
        let text = format!("{name}（{}）", number(n));
        views.push((Link::new(href(code, &asked.form), text), is_this));
    }
    Ok(views)
}

fn board(
    state: &State,
    stages: Vec<((String, String), u64)>,
    rows: &[Row],
) -> Vec<(String, u64, Vec<Row>)> {
    let order = |(program, stage): &(String, String)| {
        let versions = state.definitions.programs().iter();
        let rule = versions
            .rev()
            .map(|it| &it.program)
            .find(|it| it.code == *program);
        let place = rule.and_then(|it| it.stages.iter().position(|it| it.code == *stage));
        (program.clone(), place.unwrap_or(usize::MAX))
    };
    let mut stages = stages;
    stages.sort_by_key(|(key, _)| order(key));
    let column = |(key, n): ((String, String), u64)| {
        let own: Vec<Row> = rows
            .iter()
            .filter(|it| it.stage_code == key)
            .cloned()
            .collect();
        let name = own.first().map_or_else(
            || key.1.clone(),
            |it| format!("{}：{}", it.program, it.stage),
        );
        (name, n, own)
    };
    stages.into_iter().map(column).collect()
}

impl Row {
    pub(super) fn of(state: &State, line: Line, now: DateTime<Utc>) -> Self {
        let file = state
            .definitions
            .program_version(&line.program, &line.program_version);
        let program = file.map(|it| &it.program);
        let stage = program.and_then(|it| it.stage(&line.stage));
        let hospital = line.hospital.unwrap_or_default();
        let since = line
            .admitted_on
            .as_deref()
            .map(Day::text)
            .unwrap_or_default();
        let until = line
            .discharged_on
            .as_deref()
            .map(Day::text)
            .unwrap_or_default();
        Self {
            case: Link::new(
                format!("/cases/{}", line.id),
                format!("{} {}", line.family, line.given),
            ),
            kana: format!("{} {}", line.family_kana, line.given_kana),
            program: program.map_or_else(|| line.program.clone(), |it| it.name.clone()),
            stage: stage.map_or_else(|| line.stage.clone(), |it| it.name.clone()),
            place: match line.stay.as_deref() {
                Some("in") => format!("{hospital}に入院中（{since}から）"),
                Some("leave") => format!("{hospital}から外泊中"),
                Some("out") => format!("退院（{until}）"),
                Some("died") => "死亡".to_owned(),
                _ => String::new(),
            },
            planned: line
                .discharge_planned_on
                .as_deref()
                .map(Day::text)
                .unwrap_or_default(),
            care_manager: line.care_manager.unwrap_or_default(),
            due: due_words(line.next_due_at.as_deref(), now),
            n_overdue: line.n_overdue,
            told: String::new(),
            no_office: "",
            n_unread: 0,
            stage_code: (line.program, line.stage),
        }
    }
}

/// How many messages of a case its reader has not read.
pub(super) fn n_unread(unread: &BTreeMap<CaseId, u64>, case: i64) -> u64 {
    unread.get(&CaseId::new(case)).copied().unwrap_or_default()
}

pub(super) fn due_words(due: Option<&str>, now: DateTime<Utc>) -> String {
    let at = due.and_then(|text| text.parse().ok());
    at.map_or_else(String::new, |at| until(now, at))
}
