//! `/filings` and `/services/{id}/filings`: filings and inspections, recorded by the authority, with what is to follow.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as FromState};
use axum::response::Redirect;
use axum::routing::{get, post};
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::definition::filing::Form as FilingForm;
use keniki_app::directory::filing::{self, Filing, FilingError, State as Stand};
use keniki_app::directory::{internal, listing};
use keniki_app::draft::find;
use keniki_base::clock::jst_day;
use keniki_base::date::wareki;
use keniki_base::id::{FilingId, ServiceId};
use serde::Deserialize;

use crate::draft::Draft;
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::service::list::state_word;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::Day;

pub mod form;

use form::Sent;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/filings", get(list))
        .route("/filings/{id}/follow", post(follow))
        .route("/filings/{id}/take-back", post(take_back))
        .route("/services/{id}/filings", get(of_service).post(form::record))
        .route("/services/{id}/filings/draft", post(form::save))
        .route("/services/{id}/filings/draft/discard", post(form::discard))
}

/// A filing or inspection on a page.
#[derive(Debug, Clone)]
pub struct Line {
    /// Number.
    pub id: i64,
    /// The filings of its service.
    pub service: Link,
    /// What it is.
    pub kind: String,
    /// By which law.
    pub law: String,
    /// Its day, in 和暦.
    pub day: String,
    /// The authority's number.
    pub number: Option<String>,
    /// What it changes, and from when on.
    pub effects: Vec<String>,
    /// What was found.
    pub finding: Option<String>,
    /// What is to follow, and until when.
    pub follow_up: Option<(String, String)>,
    /// The day is over.
    pub is_overdue: bool,
    /// Where it stands.
    pub state: Stand,
    /// Who wrote it down, and who ended it.
    pub who: String,
}

impl Line {
    fn of(state: &State, filing: Filing) -> Self {
        let definitions = &state.definitions;
        let known = definitions.filings().kind(&filing.kind);
        let can = |code: &String| {
            let known = definitions.capability(code);
            known.map_or(code, |known| &known.name).clone()
        };
        let mut effects = Vec::new();
        if let Some(status) = &filing.status {
            let word = state_word(status).unwrap_or("活動中");
            effects.push(format!("{word}（{}から）", Day::text(&filing.effective_on)));
        }
        let granted = filing
            .granted
            .iter()
            .map(|code| (code, "できるようになった"));
        let withdrawn = filing.withdrawn.iter().map(|code| (code, "できなくなった"));
        for (code, word) in granted.chain(withdrawn) {
            effects.push(format!(
                "{}：{word}（{}から）",
                can(code),
                Day::text(&filing.effective_on)
            ));
        }
        let stand = filing.state();
        let today = jst_day(state.clock.now()).to_string();
        let due = filing.follow_up_due.clone().unwrap_or_default();
        let who = [
            filing.account_name.map(|name| format!("記録：{name}")),
            filing
                .ender_name
                .map(|name| format!("{}：{name}", stand.words())),
        ];
        Self {
            id: filing.id,
            service: Link::new(
                format!("/services/{}/filings", filing.service_id),
                filing.service_name,
            ),
            kind: known.map_or(filing.kind, |known| known.name.clone()),
            law: known.map_or_else(String::new, |known| known.law.clone()),
            day: Day::text(&filing.day),
            number: filing.number,
            effects,
            finding: filing.finding,
            is_overdue: stand == Stand::Waiting && due < today,
            follow_up: filing.follow_up.map(|text| (text, Day::text(&due))),
            state: stand,
            who: who.into_iter().flatten().collect::<Vec<_>>().join("、"),
        }
    }
}

/// All filings that the reader may see.
#[derive(Debug, Clone, Template)]
#[template(path = "filing/list.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// What is due first, or the newest.
    pub lines: Vec<Line>,
    /// Only those where something is to follow.
    pub is_waiting: bool,
    /// How many of them there are.
    pub n_waiting: u64,
    /// Where older ones are.
    pub older: Option<String>,
}

/// Which filings are shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// `all`: those where nothing is to follow, too.
    state: String,
    /// Those with a lower number.
    before: String,
}

/// How many a page shows.
const PAGE_SIZE: usize = 50;

/// `GET /filings`.
async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<ListPage>, Problem> {
    visitor.ever_may(Deed::ReadFiling)?;
    let (asked, db, by) = (asked?.0, &state.db, &visitor.by);
    let is_waiting = asked.state != "all";
    let before = asked.before.parse().unwrap_or(i64::MAX);
    // What waits is to be seen at once; of the rest a page at a time.
    let most = if is_waiting {
        MOST_WAITING
    } else {
        PAGE_SIZE + 1
    };
    let mut all = filing::list(db, by, (is_waiting, before), most as u64).await?;
    let has_more = !is_waiting && all.len() > PAGE_SIZE;
    if !is_waiting {
        all.truncate(PAGE_SIZE);
    }
    let last = all.last().filter(|_| has_more).map(|it| it.id);
    let today = jst_day(state.clock.now());
    Ok(Page(ListPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/filings"),
        is_waiting,
        n_waiting: filing::n_waiting(db, by, today).await?.0,
        older: last.map(|id| format!("/filings?state=all&before={id}")),
        lines: all.into_iter().map(|it| Line::of(&state, it)).collect(),
    }))
}

/// So many of those that wait are shown.
const MOST_WAITING: usize = 200;

/// The filings of a service, and the form for another.
#[derive(Debug, Clone, Template)]
#[template(path = "filing/service.html")]
pub struct ServicePage {
    /// Around the page.
    pub frame: Frame,
    /// The service, and its page.
    pub service: Link,
    /// Where the form goes; none for who may not record.
    pub action: Option<String>,
    /// The roles that may.
    pub recorders: String,
    /// The newest first.
    pub lines: Vec<Line>,
    /// Heading, then codes and names.
    pub kinds: [(&'static str, Vec<(String, String)>); 2],
    /// Codes and names.
    pub capabilities: Vec<(String, String)>,
    /// In 和暦.
    pub today: String,
    /// What was typed.
    pub typed: Sent,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// Where it saves what is typed.
    pub draft: Draft,
}

impl ServicePage {
    async fn load(state: &State, visitor: &Visitor, id: ServiceId) -> Result<Self, Problem> {
        let object = internal::object(&state.db, id).await?;
        let object = object.ok_or(Problem::NotFound)?;
        visitor.authorize(Deed::ReadFiling, &object)?;
        let service = listing::one(&state.db, id.get()).await?;
        let service = service.ok_or(Problem::NotFound)?;
        let all = filing::of_service(&state.db, &visitor.by, id).await?;
        let may = visitor.by.may(Deed::RecordFiling, &object);
        let definitions = &state.definitions;
        let policy = definitions.policy();
        let recorders = policy.who_may(Deed::RecordFiling);
        let recorders: Vec<&str> = recorders.map(|(role, _)| &*role.name).collect();
        let kinds = |form: FilingForm| {
            let kinds = definitions.filings().kinds.iter();
            let own = kinds.filter(move |kind| kind.form == form);
            own.map(|kind| (kind.code.clone(), kind.name.clone()))
                .collect()
        };
        let capabilities = definitions.capabilities().iter();
        let own = capabilities.filter(|it| it.applies_to.contains(&service.category));
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/filings"),
            service: Link::new(format!("/services/{id}"), service.name),
            action: may.map(|_| format!("/services/{id}/filings")),
            recorders: recorders.join("、"),
            lines: all.into_iter().map(|it| Line::of(state, it)).collect(),
            kinds: [
                ("届出", kinds(FilingForm::Filing)),
                ("検査・指導", kinds(FilingForm::Inspection)),
            ],
            capabilities: own.map(|it| (it.code.clone(), it.name.clone())).collect(),
            today: wareki(jst_day(state.clock.now())),
            typed: Sent::default(),
            problem: None,
            draft: Draft::of(state, &format!("/services/{id}/filings"), None),
        })
    }
}

/// `GET /services/{id}/filings`.
async fn of_service(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ServicePage>, Problem> {
    let id: ServiceId = id_of(&id)?;
    let mut page = ServicePage::load(&state, &visitor, id).await?;
    let kept = (Deed::RecordFiling, id.get());
    if let Some(kept) = find(&state.db, &visitor.by, kept).await? {
        page.typed = kept.typed;
        page.draft = Draft::of(
            &state,
            &format!("/services/{id}/filings"),
            Some(kept.saved_at),
        );
    }
    Ok(Page(page))
}

/// `POST /filings/{id}/follow`.
async fn follow(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::RecordFiling)?;
    let (id, now): (FilingId, _) = (id_of(&id)?, state.clock.now());
    let done = database::write(&state.db, async |tx| {
        filing::follow_up(tx, &visitor.by, id, now).await
    });
    let service = done.await.map_err(hidden)?;
    Ok(Redirect::to(&format!("/services/{service}/filings")))
}

/// `POST /filings/{id}/take-back`.
async fn take_back(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::RecordFiling)?;
    let (id, now): (FilingId, _) = (id_of(&id)?, state.clock.now());
    let service = filing::take_back(&state.db, &visitor.by, id, now).await;
    let service = service.map_err(hidden)?;
    Ok(Redirect::to(&format!("/services/{service}/filings")))
}

/// To who may not see a filing there is none.
fn hidden(error: FilingError) -> Problem {
    match error {
        FilingError::NotThere => Problem::NotFound,
        other => other.into(),
    }
}

#[cfg(test)]
mod tests;
