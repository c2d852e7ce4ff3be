//! `/cases/{id}`: who it is, where they are, what is due, what happened, who is there; one primary action, the next step.

use std::cmp::Reverse;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::Response;
use chrono::{DateTime, Utc};
use keniki_app::account::policy::{Deed, Relation};
use keniki_app::case::engine::{Obligation, Standing};
use keniki_app::case::show::{self, Shown};
use keniki_app::{case, database};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseEventId, CaseId};

use super::done::DoneForm;
use super::{Now, hidden};
use crate::error::Problem;
use crate::file;
use crate::message;
use crate::page::{Frame, Link, Page};
use crate::patient::{self, words};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::Day;

pub mod around;
mod lines;

use around::{Around, Written};
pub(crate) use lines::When;
use lines::{due_line, facts, stay_of, stay_words, team, timeline};

/// A case.
#[derive(Debug, Clone, Template)]
#[template(path = "case/show.html")]
pub struct CasePage {
    /// Around the page.
    pub frame: Frame,
    /// Its number.
    pub id: i64,
    /// Whom it is about: name, and the record.
    pub patient: Link,
    /// In kana.
    pub kana: String,
    /// Birth and age, sex.
    pub born: String,
    /// The rule, and its page.
    pub program: Link,
    /// How far it has come.
    pub stage: String,
    /// Which course it takes.
    pub branch: Option<String>,
    /// 入院中（汐見病院、11月24日から）.
    pub stay: String,
    /// The day of discharge, as far as it is planned.
    pub planned: Option<String>,
    /// What the reader must know first.
    pub alerts: Vec<String>,
    /// What is known: name and word.
    pub facts: Vec<(String, String)>,
    /// What is due, or was left out: the own first.
    pub due: Vec<DueLine>,
    /// What is over.
    pub over: Vec<DueLine>,
    /// What happened, the newest first.
    pub timeline: Vec<Entry>,
    /// Who is there.
    pub team: Vec<Seat>,
    /// What the reader may tell: code and name.
    pub events: Vec<(String, String)>,
    /// Whether they may record that something was done.
    pub may_tell: bool,
    /// Whether they may end it, and why: code and name.
    pub closings: Vec<(String, String)>,
    /// Since when it is over, and why.
    pub closed: Option<String>,
    /// Whether they may let it go on.
    pub may_reopen: bool,
    /// Messages that the reader has not read; none: they read no messages.
    pub n_unread: Option<u64>,
    /// Handovers, inquiries, forms, and who may see all this.
    pub around: Around,
    /// The form's own number.
    pub key: String,
}

/// An organization of the care team.
#[derive(Debug, Clone)]
pub struct Seat {
    /// ケアマネジャー.
    pub role: String,
    /// Its name.
    pub organization: String,
    /// Where it is called.
    pub phone: Option<Link>,
    /// Who there.
    pub staff: String,
    /// From when, and until when.
    pub days: String,
}

/// Something due.
#[derive(Debug, Clone)]
pub struct DueLine {
    /// Code of the step.
    pub step: String,
    /// The event with which it began.
    pub cause: i64,
    /// 入院の連絡.
    pub name: String,
    /// From whom to whom.
    pub who: String,
    /// Until when, in 和暦 and the time; none: whenever.
    pub due: Option<String>,
    /// あと2日.
    pub remaining: Option<String>,
    /// How it stands.
    pub standing: &'static str,
    /// Nothing was done, and the time is over.
    pub is_missed: bool,
    /// The reader's own organization owes it.
    pub is_own: bool,
    /// It owes it or gets it: it says that it was done.
    pub may_record: bool,
    /// What the reader tells when it is done: with that it is recorded, and in no other way.
    pub tells: Vec<Link>,
    /// When it was done, or why it is not asked for.
    pub outcome: Option<String>,
    /// How the fees stand.
    pub fees: Vec<String>,
    /// What to keep in mind.
    pub note: Option<String>,
    /// The form that goes with it, for the reader's own.
    pub form: Option<Link>,
    /// Where it is handed over, for the reader's own.
    pub handover: Option<String>,
    /// The role that gets it, where nobody in the care team has it.
    pub nobody: Option<String>,
    /// The form as it was written for it last.
    pub written: Option<Link>,
    /// The stay to which it belongs, where there are several and it is the first of it in the list.
    pub stay: Option<String>,
    /// The form that says that it was done.
    pub done: DoneForm,
}

/// What became of something that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mended {
    /// Another entry stands for it.
    Corrected,
    /// It never was.
    Annulled,
}

impl Mended {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Corrected => "訂正済み",
            Self::Annulled => "取消し済み",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// 今日 14:30.
    pub at: String,
    /// What.
    pub title: String,
    /// What it tells.
    pub lines: Vec<String>,
    /// Who recorded it, by which way it was learned.
    pub who: String,
    /// It no longer holds as it stands there.
    pub mended: Option<Mended>,
    /// The form by which it was told.
    pub form: Option<Link>,
    /// The paper that came with it.
    pub file: Option<Link>,
    /// Where it is mended.
    pub mend: Option<String>,
}

/// `GET /cases/{id}`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<CasePage>, Problem> {
    let page = whole(&state, &visitor, (id_of(&id)?, false)).await?;
    let unread = message::unread(&state, &visitor).await?;
    let id = CaseId::new(page.id);
    let object = case::object(&state.db, id, state.clock.now()).await?;
    let reads = visitor.by.may(Deed::ReadMessage, &object).is_some();
    Ok(Page(CasePage {
        n_unread: reads.then(|| unread.get(&id).copied().unwrap_or_default()),
        ..page
    }))
}

/// Everything that the reader may see of a case; `is_paper`: moments in full.
pub(super) async fn whole(
    state: &State,
    visitor: &Visitor,
    (id, is_paper): (CaseId, bool),
) -> Result<CasePage, Problem> {
    let shown = load(state, visitor, id).await?;
    let now = state.clock.now();
    let frame = frame(state, visitor, (&shown, now)).await?.at("/cases");
    let when = When { now, is_paper };
    let around = Around::load(state, visitor, (&shown, when)).await?;
    let page = CasePage::of(state, visitor, frame, (shown, &around.written, when));
    Ok(CasePage { around, ..page })
}

/// The lines of obligations that stand by their stay; where there are several, the first of each says which.
fn by_stay(
    shown: &Shown,
    all: &[&Obligation],
    line: impl Fn(&Obligation) -> DueLine,
) -> Vec<DueLine> {
    let names =
        |it: &Obligation| stay_of(shown, it).map_or("入院の前".to_owned(), |(_, name)| name);
    let mut lines: Vec<DueLine> = Vec::new();
    let mut last = String::new();
    for it in all {
        let name = names(it);
        let is_first = shown.state.stays.len() > 1 && name != last;
        lines.push(DueLine {
            stay: is_first.then(|| name.clone()),
            ..line(it)
        });
        last = name;
    }
    lines
}

/// Around the page; where the reader sees the case by an emergency, it says so.
async fn frame(
    state: &State,
    visitor: &Visitor,
    (shown, now): (&Shown, DateTime<Utc>),
) -> Result<Frame, Problem> {
    let object = case::object(&state.db, shown.case.id.into(), now).await?;
    match visitor.by.may(Deed::ReadCase, &object) == Some(Relation::Emergency) {
        true => patient::frame(state, visitor, shown.case.patient_id.into()).await,
        false => Ok(Frame::load(state, visitor, None).await?),
    }
}

/// `GET /cases/{id}/events/{event}/file`.
pub(crate) async fn paper(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, event)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (id, event): (CaseId, CaseEventId) = (id_of(&id)?, id_of(&event)?);
    let now = state.clock.now();
    let opened = database::write(&state.db, async |tx| {
        let what = (id, event, &state.key_file);
        case::file::file(tx, &visitor.by, what, now).await
    });
    Ok(file::hand_out(opened.await.map_err(hidden)?))
}

/// A case for whoever may see it; that they saw it is written down.
pub(crate) async fn load(state: &State, visitor: &Visitor, id: CaseId) -> Result<Shown, Problem> {
    let now = state.clock.now();
    let shown = database::write(&state.db, async |tx| {
        show::show(tx, &state.definitions, &visitor.by, id, now).await
    });
    shown.await.map_err(hidden)
}

impl CasePage {
    fn of(
        state: &State,
        visitor: &Visitor,
        frame: Frame,
        (shown, written, when): (Shown, &[Written], When),
    ) -> Self {
        let (now, program) = (when.now, &shown.program);
        let own = visitor.by.organization.into_iter();
        let own_roles = own.flat_map(|own| shown.roles_of(own));
        let own_roles: Vec<String> = own_roles.map(str::to_owned).collect();
        let is_closed = shown.state.closed.is_some();
        let may_tell = visitor.by.ever_may(Deed::TellCase);
        let line = |it: &Obligation| due_line(state, &shown, it, (&own_roles, written), when);
        let is_open =
            |it: &&Obligation| matches!(it.standing, Standing::Waiting | Standing::Missed);
        let mut open: Vec<&Obligation> = shown.state.obligations.iter().filter(is_open).collect();
        open.sort_by_key(|it| {
            let is_own = own_roles.contains(&it.from);
            let at = it.due_at.unwrap_or(DateTime::<Utc>::MAX_UTC);
            let stay = stay_of(&shown, it).map(|(at, _)| at);
            (Reverse(stay), !is_own, it.standing == Standing::Missed, at)
        });
        let mut due = by_stay(&shown, &open, line);
        let key = state.next_request_id();
        for (at, it) in due.iter_mut().enumerate() {
            let key = format!("{key}-{}", at + 1);
            it.done = DoneForm::begun(state, (shown.case.id, it), (key, Now::at(now)));
        }
        let over = shown.state.obligations.iter().filter(|it| !is_open(it));
        let mut over: Vec<&Obligation> = over.collect();
        over.sort_by_key(|it| Reverse(stay_of(&shown, it).map(|(at, _)| at)));
        let over = by_stay(&shown, &over, line);
        let tells = |from: &[String]| own_roles.iter().any(|role| from.contains(role));
        let events = program
            .events
            .iter()
            .filter(|it| may_tell && !is_closed && tells(&it.from));
        let ever = visitor.by.organization.into_iter();
        let ever: Vec<&str> = ever.flat_map(|own| shown.roles_ever_of(own)).collect();
        let opens = |role: &&str| program.role(role).is_some_and(|it| it.opens);
        let may_end = visitor.by.ever_may(Deed::EndCase) && ever.iter().any(opens);
        let record = &shown.patient.record;
        Self {
            frame,
            id: shown.case.id,
            patient: words::link(&shown.patient),
            kana: words::name(record).1,
            born: format!(
                "{}生まれ・{}・{}",
                words::birth(record.birth),
                words::age(record.birth, jst_day(now)),
                record.sex.words()
            ),
            program: Link::new(
                format!("/programs/{}/{}", program.code, program.version),
                program.name.clone(),
            ),
            stage: program
                .stage(&shown.state.stage)
                .map_or_else(String::new, |it| it.name.clone()),
            branch: shown.state.branch.as_ref().and_then(|code| {
                let branch = program.branches.iter().find(|it| it.code == *code)?;
                Some(branch.name.clone())
            }),
            stay: stay_words(&shown),
            planned: shown.state.planned_on.map(|day| Day(day).plain()),
            alerts: shown
                .state
                .problems
                .iter()
                .map(|it| it.words().to_owned())
                .collect(),
            facts: facts(program, &shown),
            due,
            over,
            timeline: timeline(&shown, visitor.by.organization.filter(|_| may_tell), when),
            team: team(program, &shown),
            events: events
                .map(|it| (it.code.clone(), it.name.clone()))
                .collect(),
            may_tell: may_tell && !own_roles.is_empty(),
            closings: match may_end && !is_closed {
                true => program
                    .closings
                    .iter()
                    .map(|it| (it.code.clone(), it.name.clone()))
                    .collect(),
                false => Vec::new(),
            },
            closed: shown.state.closed.as_ref().map(|closed| {
                let why = program.closings.iter().find(|it| it.code == closed.reason);
                let why = why.map_or(closed.reason.as_str(), |it| &it.name);
                format!("{}に終わりました（{why}）", when.text(closed.at))
            }),
            may_reopen: may_end && is_closed,
            n_unread: None,
            around: Around::default(),
            key,
        }
    }

    /// The next step: what the reader's own organization owes first.
    fn next(&self) -> Option<&DueLine> {
        self.due.iter().find(|it| it.is_own)
    }
}
