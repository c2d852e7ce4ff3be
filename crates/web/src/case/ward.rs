//! `/ward`: who is in the own hospital, who has a care manager, who was told.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as FromState};
use chrono::{DateTime, Utc};
use keniki_app::account::policy::Deed;
use keniki_app::case::list::{self, Ward};
use keniki_app::patient::find::Page as Slice;

use super::asked::Asked;
use super::list::{PAGE_SIZE, Row, due_words, n_unread};
use super::upload;
use crate::error::Problem;
use crate::message;
use crate::page::pages::Pages;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::wording::Day;

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
    /// Whether the reader may bring today's admissions as a table.
    pub may_upload: bool,
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
        may_upload: upload::may(&state, &visitor),
    }))
}

impl Row {
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
            no_office: match branch.and_then(|it| file?.program.course_seats(it)) {
                Some(true) => "いる（事業所は未確認）",
                Some(false) => "いない",
                None => "確かめ中",
            },
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
