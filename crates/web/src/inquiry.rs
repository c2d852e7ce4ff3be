//! `/inquiries`: 受入れ照会（匿名）, those that were sent with their answers side by side, and those that wait for one's own answer.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as FromState};
use axum::routing::{get, post};
use chrono::{DateTime, NaiveDate, Utc};
use keniki_app::account::policy::Deed;
use keniki_app::area::show;
use keniki_app::case::inquiry::{
    self, Incoming, MOST, Outgoing, Profile, State as Stand, Target, Why,
};
use keniki_base::clock::near_text;
use keniki_base::date::wareki;

use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

pub mod new;
pub mod received;
pub mod sent;
#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route(
            "/cases/{case}/inquiries/new",
            get(new::show).post(new::take),
        )
        .route("/inquiries", get(list))
        .route("/inquiries/{id}", get(sent::show))
        .route("/inquiries/{id}/close", post(sent::close))
        .route("/inquiries/targets/{target}/choose", post(sent::choose))
        .route("/inquiries/targets/{target}/hear", post(sent::hear))
        .route(
            "/inquiries/received/{target}",
            get(received::show).post(received::answer),
        )
        .route(
            "/inquiries/received/{target}/forward",
            post(received::forward),
        )
}

/// A day of a form; what cannot be read is said.
fn day(sent: &crate::sent::Sent, field: &str) -> Result<Option<NaiveDate>, Problem> {
    let day = sent.day(field, None);
    day.map_err(|wrong| Problem::NotNow(wrong.to_string()))
}

/// Name of a municipality; its code where it is not loaded.
async fn place_name(state: &State, code: &str) -> Result<String, Problem> {
    let area = match code.parse() {
        Ok(area) => show::find(&state.db, area).await?,
        Err(_) => None,
    };
    Ok(area.map_or_else(|| code.to_owned(), |area| area.name))
}

/// The line of what is told that can be dialled.
const CALL_BACK: &str = "折り返しの電話";

/// What the asked see, line by line.
async fn told(state: &State, profile: &Profile) -> Result<Vec<(&'static str, String)>, Problem> {
    let mut lines = vec![("年齢", profile.age_band.clone())];
    if let Some(sex) = profile.sex {
        lines.push(("性別", sex.words().to_owned()));
    }
    let level = profile.level.map_or("わかりません", |it| it.words());
    lines.push(("要介護度", level.to_owned()));
    let mut place = match &profile.municipality {
        Some(code) => place_name(state, code).await?,
        None => "書かれていません".to_owned(),
    };
    if let Some(town) = &profile.town {
        place = format!("{place}　{town}");
    }
    lines.push(("住まい", place));
    let needs: Vec<String> = profile.needs.iter().map(|it| can(state, it)).collect();
    if !needs.is_empty() {
        lines.push(("必要なこと", needs.join("、")));
    }
    let from = profile.from_on.map(|day| format!("{}から", wareki(day)));
    let until = profile.until_on.map(|day| format!("{}まで", wareki(day)));
    if from.is_some() || until.is_some() {
        let both = [from, until].into_iter().flatten().collect::<Vec<_>>();
        lines.push(("時期", both.join("　")));
    }
    if let Some(note) = &profile.note {
        lines.push(("補足", note.clone()));
    }
    lines.push(("照会元", profile.office.clone()));
    lines.push((CALL_BACK, profile.phone.clone()));
    Ok(lines)
}

/// What a capability is called.
fn can(state: &State, code: &str) -> String {
    let known = state.definitions.capability(code);
    known.map_or_else(|| code.to_owned(), |it| it.name.clone())
}

/// What somebody answered, in words.
fn answer_words(state: &State, target: &Target) -> String {
    let Some(answer) = target.answer else {
        return target.state.words().to_owned();
    };
    let reason = target.reason.as_deref().map(|code| {
        let known = state.definitions.inquiries().reason(code);
        known.map_or_else(|| code.to_owned(), |it| it.name.clone())
    });
    let day = target.free_from.map(|day| format!("{}から", wareki(day)));
    let more: Vec<String> = [reason, day].into_iter().flatten().collect();
    match more.is_empty() {
        true => answer.words().to_owned(),
        false => format!("{}（{}）", answer.words(), more.join("・")),
    }
}

/// The board.
#[derive(Debug, Clone, Template)]
#[template(path = "inquiry/list.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// What came: those that wait first.
    pub received: Vec<Received>,
    /// What was sent.
    pub sent: Vec<Sent>,
    /// Whether the reader's role sends such.
    pub may_send: bool,
    /// Which part is shown.
    pub part: Part,
}

/// A part of the board.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    #[default]
    All,
    /// What came and waits for an answer.
    Waiting,
    /// What was sent and answered, with nobody chosen.
    Answered,
}

impl Part {
    fn of(code: &str) -> Self {
        match code {
            "waiting" => Self::Waiting,
            "answered" => Self::Answered,
            _ => Self::All,
        }
    }

    /// Where it is listed, and what it is called.
    pub(crate) fn link(self) -> Link {
        match self {
            Self::All => Link::new("/inquiries", "すべての照会"),
            Self::Waiting => Link::new("/inquiries?part=waiting", "返事を待たれている受入れ照会"),
            Self::Answered => Link::new(
                "/inquiries?part=answered",
                "返事が届き、まだ決めていない受入れ照会",
            ),
        }
    }
}

/// An inquiry that came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its page; none where it was lost.
    pub href: Option<String>,
    /// What is asked.
    pub title: String,
    /// 80代・要介護3; nothing where it was lost.
    pub person: String,
    /// Who asks.
    pub office: String,
    /// For which service.
    pub service: String,
    /// When.
    pub at: String,
    /// Where it stands, or why it ended.
    pub state: String,
    /// It waits for an answer.
    pub is_waiting: bool,
}

/// An inquiry that was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its page: what is asked, of whom.
    pub link: Link,
    /// When.
    pub at: String,
    /// Where it stands.
    pub state: String,
    /// It goes on.
    pub is_open: bool,
    /// Name and answer of everybody who was asked.
    pub answers: Vec<(String, String)>,
}

fn at(now: DateTime<Utc>, at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(String::new, |at| near_text(now, at))
}

fn end(state: Stand, why: Option<Why>) -> String {
    why.map_or(state.words(), Why::words).to_owned()
}

impl ListPage {
    async fn load(state: &State, visitor: &Visitor, part: Part) -> Result<Self, Problem> {
        let received = match part {
            Part::All => received(state, visitor, (Incoming::All, MOST)).await?.1,
            Part::Waiting => received(state, visitor, (Incoming::Waiting, MOST)).await?.1,
            Part::Answered => Vec::new(),
        };
        let sent = match part {
            Part::All => sent_lines(state, visitor, (Outgoing::All, MOST)).await?.1,
            Part::Answered => {
                sent_lines(state, visitor, (Outgoing::Answered, MOST))
                    .await?
                    .1
            }
            Part::Waiting => Vec::new(),
        };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/inquiries"),
            received,
            sent,
            may_send: visitor.by.ever_may(Deed::SendInquiry),
            part,
        })
    }

    fn shows_received(&self) -> bool {
        self.part != Part::Answered
    }

    fn shows_sent(&self) -> bool {
        self.part != Part::Waiting && (self.may_send || !self.sent.is_empty())
    }
}

/// Lines of what came: how many there are, and the first of them.
pub(crate) async fn received(
    state: &State,
    visitor: &Visitor,
    which: (Incoming, u64),
) -> Result<(u64, Vec<Received>), Problem> {
    let now = state.clock.now();
    let (n, found) = inquiry::received(&state.db, &visitor.by, which).await?;
    let line = |it: inquiry::Received| {
        let person = it.profile.as_ref().map(|profile| {
            let level = profile.level.map_or("要介護度不明", |it| it.words());
            format!("{}・{level}", profile.age_band)
        });
        Received {
            href: person
                .is_some()
                .then(|| format!("/inquiries/received/{}", it.id)),
            person: person.unwrap_or_default(),
            service: it.service.unwrap_or_else(|| "相談窓口として".to_owned()),
            at: at(now, it.sent_at),
            state: it.why.map_or(it.state.words(), Why::words).to_owned(),
            is_waiting: matches!(
                it.state,
                inquiry::TargetState::Asked | inquiry::TargetState::Read
            ),
            office: it.office,
            title: it.title,
        }
    };
    Ok((n, found.into_iter().map(line).collect()))
}

/// Lines of what was sent: how many there are, and the first of them.
pub(crate) async fn sent_lines(
    state: &State,
    visitor: &Visitor,
    which: (Outgoing, u64),
) -> Result<(u64, Vec<Sent>), Problem> {
    let now = state.clock.now();
    let (n, found) = inquiry::sent(&state.db, &visitor.by, which, now).await?;
    let line = |it: inquiry::Sent| Sent {
        link: Link::new(
            format!("/inquiries/{}", it.id),
            format!("{}　{}さん", it.title, it.whose),
        ),
        at: at(now, it.sent_at),
        state: end(it.state, it.why),
        is_open: it.state == Stand::Open,
        answers: it
            .targets
            .iter()
            .map(|one| (one.name.clone(), answer_words(state, one)))
            .collect(),
    };
    Ok((n, found.into_iter().map(line).collect()))
}

/// Which part of the board.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    part: String,
}

/// `GET /inquiries`.
async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<ListPage>, Problem> {
    visitor.ever_may(Deed::ReadInquiry)?;
    let part = Part::of(&asked?.0.part);
    Ok(Page(ListPage::load(&state, &visitor, part).await?))
}
