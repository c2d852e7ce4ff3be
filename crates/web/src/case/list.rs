//! `/cases`, as a table and as a board by stage; `/ward`: who is in the own hospital, who has a care manager, who was told.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as FromState};
use chrono::{DateTime, Utc};
use keniki_app::account::policy::Deed;
use keniki_app::case::list::{self, Filter, Line, Ward};
use keniki_app::patient::find::Page as Slice;
use keniki_base::id::CaseId;
use serde::Deserialize;

use crate::error::Problem;
use crate::message;
use crate::page::pages::Pages;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::wording::{Day, number, until};

/// How many a page shows.
const PAGE_SIZE: u64 = 50;

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
    /// Whether cases can be begun.
    pub may_open: bool,
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

/// Which cases; codes alone, for a person stands in no address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// `hospital`, `overdue`, `mine`, `unread`, `closed`; else all that are open.
    view: String,
    /// `board`.
    form: String,
    page: u64,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            is_closed: self.view == "closed",
            is_in_hospital: self.view == "hospital",
            is_overdue: self.view == "overdue",
            owes: self.view == "mine",
            is_unread: self.view == "unread",
            is_own_client: self.view == "clients",
            ..Filter::default()
        }
    }

    fn href(&self, view: &str, form: &str) -> String {
        match (view, form) {
            ("", "") => "/cases".to_owned(),
            (view, "") => format!("/cases?view={view}"),
            ("", form) => format!("/cases?form={form}"),
            (view, form) => format!("/cases?view={view}&form={form}"),
        }
    }
}

const VIEWS: [(&str, &str); 7] = [
    ("", "開いているもの"),
    ("mine", "対応を待たれているもの"),
    ("hospital", "入院中"),
    ("clients", "自分の利用者"),
    ("overdue", "期限を過ぎたもの"),
    ("unread", "未読の連絡があるもの"),
    ("closed", "終わったもの"),
];

/// `GET /cases`.
pub(crate) async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<ListPage>, Problem> {
    visitor.ever_may(Deed::ReadCase)?;
    let (asked, db, by, now) = (asked?.0, &state.db, &visitor.by, state.clock.now());
    let filter = asked.filter();
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
    let mut views = Vec::new();
    for (code, name) in VIEWS {
        let is_this = asked.view == code;
        let of_view = Asked {
            view: code.to_owned(),
            ..Asked::default()
        };
        let n = match is_this {
            true => n,
            false => list::count(db, by, &of_view.filter(), now).await?,
        };
        views.push((
            Link::new(
                asked.href(code, &asked.form),
                format!("{name}（{}）", number(n)),
            ),
            is_this,
        ));
    }
    let other = match is_board {
        true => Link::new(asked.href(&asked.view, ""), "表で見る"),
        false => Link::new(asked.href(&asked.view, "board"), "段階ごとに並べる"),
    };
    let base = asked.href(&asked.view, "");
    let sign = if base.contains('?') { '&' } else { '?' };
    Ok(Page(ListPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/cases"),
        views,
        n,
        pages: Pages::at(page, if is_board { 0 } else { n }, PAGE_SIZE, |page| {
            format!("{base}{sign}page={page}")
        }),
        rows: if is_board { Vec::new() } else { rows },
        board,
        other,
        may_open: by.ever_may(Deed::OpenCase),
    }))
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
    fn of(state: &State, line: Line, now: DateTime<Utc>) -> Self {
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
            n_unread: 0,
            stage_code: (line.program, line.stage),
        }
    }

    fn of_ward(state: &State, ward: Ward, now: DateTime<Utc>) -> Self {
        let file = state
            .definitions
            .program_version(&ward.program, &ward.program_version);
        let branch = ward.branch.as_ref().and_then(|code| {
            let branches = &file?.program.branches;
            branches.iter().find(|it| it.code == *code)
        });
        let since = ward
            .admitted_on
            .as_deref()
            .map(Day::text)
            .unwrap_or_default();
        Self {
            case: Link::new(
                format!("/cases/{}", ward.id),
                format!("{} {}", ward.family, ward.given),
            ),
            kana: format!("{} {}", ward.family_kana, ward.given_kana),
            stage: branch.map_or_else(String::new, |it| it.name.clone()),
            place: match ward.stay.as_deref() {
                Some("leave") => format!("{since}から（外泊中）"),
                _ => format!("{since}から"),
            },
            planned: ward
                .discharge_planned_on
                .as_deref()
                .map(Day::text)
                .unwrap_or_default(),
            care_manager: ward.care_manager.unwrap_or_default(),
            due: due_words(ward.next_due_at.as_deref(), now),
            n_overdue: ward.n_overdue,
            told: match ward.told.as_deref() {
                Some("met" | "late") => "知らせました".to_owned(),
                Some("missed") => "知らせていません（期限を過ぎています）".to_owned(),
                Some("waiting") => "まだ知らせていません".to_owned(),
                Some("waived") => "不要".to_owned(),
                _ => String::new(),
            },
            ..Self::default()
        }
    }
}

fn n_unread(unread: &BTreeMap<CaseId, u64>, case: i64) -> u64 {
    unread.get(&CaseId::new(case)).copied().unwrap_or_default()
}

fn due_words(due: Option<&str>, now: DateTime<Utc>) -> String {
    let at = due.and_then(|text| text.parse().ok());
    at.map_or_else(String::new, |at| until(now, at))
}

/// Who is in the own hospital.
#[derive(Debug, Clone, Template)]
#[template(path = "case/ward.html")]
pub struct WardPage {
    /// Around the page.
    pub frame: Frame,
    /// How many there are.
    pub n: u64,
    /// A page of them.
    pub rows: Vec<Row>,
    /// Other pages.
    pub pages: Pages,
}

/// `GET /ward`.
pub(crate) async fn ward(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<WardPage>, Problem> {
    visitor.ever_may(Deed::ReadCase)?;
    let (now, page) = (state.clock.now(), asked?.0.page.max(1));
    let slice = Slice {
        first: (page - 1) * PAGE_SIZE,
        most: PAGE_SIZE,
    };
    let (n, lines) = list::ward(&state.db, &visitor.by, slice, now).await?;
    let unread = message::unread(&state, &visitor).await?;
    Ok(Page(WardPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/ward"),
        n,
        rows: lines
            .into_iter()
            .map(|it| Row {
                n_unread: n_unread(&unread, it.id),
                ..Row::of_ward(&state, it, now)
            })
            .collect(),
        pages: Pages::at(page, n, PAGE_SIZE, |page| format!("/ward?page={page}")),
    }))
}
