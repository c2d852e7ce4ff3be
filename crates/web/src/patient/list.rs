//! `GET /patients`: those within reach. What is asked for comes by POST and stays in the session: no address says of whom.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State as FromState};
use axum::response::Redirect;
use chrono::NaiveDate;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::account::session::{self, Session};
use keniki_app::database;
use keniki_app::patient::find::{self, Search};
use keniki_app::patient::level::Level;
use keniki_app::patient::line::{self, Line};
use keniki_base::clock::jst_day;
use serde::{Deserialize, Serialize};

use super::words;
use crate::error::Problem;
use crate::page::chips::Chips;
use crate::page::pages::Pages;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording;

/// Under which name the session keeps what is asked for.
const LIST: &str = "patients";

/// How many a page shows.
const PAGE_SIZE: u64 = 50;

/// Only one's own.
const OWN: &str = "あなたの組織が続けて受け持つ人だけ";

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Name, kana, number, telephone or birth.
    pub text: String,
    /// Code of a level.
    pub level: String,
    /// `yes`: somebody answers for them; `no`: nobody does.
    pub answered: String,
    /// `1`: one's own organization is in the standing care team.
    pub own: String,
}

impl Asked {
    pub(super) async fn of(state: &State, session: &Session) -> Result<Self, Problem> {
        let kept = session::filter(&state.db, session.id, LIST).await?;
        Ok(kept.unwrap_or_default())
    }

    pub(super) fn search(&self) -> Search {
        Search {
            text: self.text.clone(),
            born_on: None,
            level: Level::of(&self.level),
            is_answered_for: match self.answered.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            is_own: self.own == "1",
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn chips(&self) -> Chips {
        let answered = match self.answered.as_str() {
            "yes" => "担当がいる",
            "no" => "担当がいない",
            _ => "",
        };
        let level = Level::of(&self.level).map_or("", Level::words);
        let own = if self.own == "1" { OWN } else { "" };
        let text = match self.text.as_str() {
            "" => String::new(),
            text => format!("「{text}」"),
        };
        let each = [
            ("text", text),
            ("level", level.to_owned()),
            ("answered", answered.to_owned()),
            ("own", own.to_owned()),
        ];
        Chips {
            action: "/patients",
            kept: Vec::new(),
            each: each
                .into_iter()
                .filter(|(_, words)| !words.is_empty())
                .collect(),
        }
    }

    /// The same without one field, or without any.
    fn without(self, field: &str) -> Self {
        let none = String::new;
        match field {
            "text" => Self {
                text: none(),
                ..self
            },
            "level" => Self {
                level: none(),
                ..self
            },
            "answered" => Self {
                answered: none(),
                ..self
            },
            "own" => Self {
                own: none(),
                ..self
            },
            _ => Self::default(),
        }
    }
}

/// The list.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/list.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// What is asked for.
    pub asked: Asked,
    /// The same, to be taken away one by one.
    pub chips: Chips,
    /// How many there are.
    pub total: u64,
    /// Those of this page.
    pub rows: Vec<Row>,
    /// Pages around this one.
    pub pages: Pages,
    /// Whether the reader may register.
    pub may_write: bool,
    /// Whether they may look somebody up in the area.
    pub may_look_up: bool,
    /// Whether they may open a record in an emergency.
    pub may_open: bool,
    /// Whether they may take the list away as a file.
    pub may_export: bool,
    /// Whether they may merge.
    pub may_merge: bool,
    /// Codes and words.
    pub levels: Vec<(&'static str, &'static str)>,
}

/// A patient in the list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Name and page.
    pub link: Link,
    /// Name in kana.
    pub kana: String,
    /// When they were born.
    pub birth: String,
    /// How old they are.
    pub age: String,
    /// Where they live.
    pub town: String,
    /// Their level.
    pub level: String,
    /// The last day of it.
    pub level_to: String,
    /// What must be known of it.
    pub alerts: Vec<String>,
    /// Who answers for them.
    pub answers: String,
    /// In which hospital they are.
    pub hospital: String,
}

impl Row {
    pub(super) fn of(state: &State, line: Line, today: NaiveDate) -> Self {
        let record = &line.listed.record;
        Self {
            link: words::link(&line.listed),
            kana: words::name(record).1,
            birth: words::birth(record.birth),
            age: words::age(record.birth, record.died_on.unwrap_or(today)),
            town: line.town.unwrap_or_default(),
            level: line
                .level
                .as_ref()
                .map_or("", |it| it.level.words())
                .to_owned(),
            level_to: line
                .level
                .and_then(|it| it.valid_to)
                .map(keniki_base::date::wareki)
                .unwrap_or_default(),
            alerts: words::alerts(state.definitions.patients(), record, today),
            answers: line.answers.map(|(name, _)| name).unwrap_or_default(),
            hospital: line.hospital.unwrap_or_default(),
        }
    }
}

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct At {
    page: String,
}

impl At {
    /// From 1.
    pub(super) fn number(&self) -> u64 {
        self.page.parse().unwrap_or(1).clamp(1, 100_000)
    }
}

/// `GET /patients`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    at: Result<Query<At>, QueryRejection>,
) -> Result<Page<ListPage>, Problem> {
    visitor.ever_may(Deed::ReadPatient)?;
    let at = at?.0.number();
    let asked = Asked::of(&state, &session).await?;
    state
        .note_read(&visitor.by, Deed::ReadPatient, &Object::new("patient", 0))
        .await?;
    Ok(Page(ListPage::load(&state, &visitor, asked, at).await?))
}

impl ListPage {
    async fn load(
        state: &State,
        visitor: &Visitor,
        asked: Asked,
        at: u64,
    ) -> Result<Self, Problem> {
        let (by, now) = (&visitor.by, state.clock.now());
        let page = find::Page {
            first: (at - 1) * PAGE_SIZE,
            most: PAGE_SIZE,
        };
        let what = (&asked.search(), page);
        let (total, lines) =
            line::lines(&state.db, state.definitions.patients(), by, what, now).await?;
        let today = jst_day(now);
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/patients"),
            total,
            rows: lines
                .into_iter()
                .map(|line| Row::of(state, line, today))
                .collect(),
            pages: Pages::at(at, total, PAGE_SIZE, |page| {
                format!("/patients?page={page}")
            }),
            may_write: by.ever_may(Deed::WritePatient),
            may_look_up: by.ever_may(Deed::LookUpPatient),
            may_open: by.ever_may(Deed::OpenEmergency),
            may_export: by.ever_may(Deed::ExportPatients),
            may_merge: by.ever_may(Deed::MergePatient),
            levels: Level::ALL
                .map(|level| (level.code(), level.words()))
                .to_vec(),
            chips: asked.chips(),
            asked,
        })
    }
}

/// What is asked for, or which field of what is kept goes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    #[serde(flatten)]
    asked: Asked,
    drop: String,
}

/// `POST /patients`: keeps what is asked for in the session.
pub(crate) async fn filter(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::ReadPatient)?;
    let Form(Sent { mut asked, drop }) = sent?;
    if !drop.is_empty() {
        asked = Asked::of(&state, &session).await?.without(&drop);
    }
    asked.text = asked.text.trim().chars().take(100).collect();
    let kept = database::write(&state.db, async |tx| {
        session::put_filter(tx, session.id, (LIST, &asked)).await
    });
    kept.await?;
    Ok(Redirect::to("/patients"))
}
