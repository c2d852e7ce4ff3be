//! `/confirmations`: who was asked whether what is said of them is right, and the page that the link in the letter opens.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State as FromState};
use axum::response::Redirect;
use axum::routing::{get, post};
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::directory::confirmation::{self, House, State as Stand, Waiting};
use keniki_base::clock::near_text;
use keniki_base::id::{OrganizationId, ServiceId};
use serde::Deserialize;

use crate::error::Problem;
use crate::page::pages::Pages;
use crate::page::{Frame, Page, encode};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

pub mod link;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/confirmations", get(list))
        .route("/confirmations/organizations/{id}/ask", post(ask))
        .route("/confirmations/organizations/{id}/address", post(address))
        .route(
            "/confirmations/services/{id}/address",
            post(address_of_service),
        )
        .route(
            "/confirmations/{token}",
            get(link::show).post(link::confirm),
        )
        .route(
            "/confirmations/{token}/services/{id}",
            get(link::form).post(link::propose),
        )
        .route("/services/{id}/confirm", post(confirm))
}

/// What asking rests on here.
#[must_use]
pub fn house(state: &State) -> House<'_> {
    House {
        rule: state.definitions.confirmation(),
        policy: state.definitions.policy(),
        chance: &*state.chance,
        public_url: &state.site.public_url,
    }
}

/// The organizations that have something to be confirmed.
#[derive(Debug, Clone, Template)]
#[template(path = "confirmation/list.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// Where shares are shown.
    pub freshness_href: String,
    /// Those that were never asked first.
    pub lines: Vec<Line>,
    /// The part of the name that was looked for.
    pub q: String,
    /// How many there are.
    pub n: u64,
    /// Pages around this one.
    pub pages: Pages,
    /// Letters go out here.
    pub has_post: bool,
    /// What was just done.
    pub said: Option<&'static str>,
}

/// An organization in the list, or a site whose lists name none.
#[derive(Debug, Clone)]
pub struct Line {
    /// Number of the organization; 0 where there is none.
    pub id: i64,
    /// Where its address goes.
    pub address_href: String,
    /// The page of one of its services.
    pub service_href: String,
    /// Name.
    pub name: String,
    /// How many of its services are to be confirmed.
    pub n_due: i64,
    /// Where the last asking stands, and since when.
    pub asked: Option<(&'static str, String)>,
    /// Waits for an answer.
    pub is_waiting: bool,
    /// Where it is asked, apart from its own people.
    pub mail: String,
    /// Its people here.
    pub n_people: i64,
}

impl Line {
    fn of(one: Waiting, now: chrono::DateTime<chrono::Utc>) -> Self {
        let state = one.state.as_deref().and_then(Stand::of);
        let since = one.reminded_at.as_ref().or(one.asked_at.as_ref());
        let since = since.and_then(|at| at.parse().ok());
        let whose = match one.id {
            0 => format!("services/{}", one.service_id),
            organization => format!("organizations/{organization}"),
        };
        Self {
            id: one.id,
            address_href: format!("/confirmations/{whose}/address"),
            service_href: format!("/services/{}", one.service_id),
            name: one.name,
            n_due: one.n_due,
            asked: state
                .zip(since)
                .map(|(state, at)| (state.words(), near_text(now, at))),
            is_waiting: matches!(state, Some(Stand::Asked | Stand::Reminded)),
            mail: one.mail.unwrap_or_default(),
            n_people: one.n_people,
        }
    }
}

/// How many organizations a page shows.
const PAGE_SIZE: u64 = 50;

/// Which page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    page: String,
    /// A part of the name.
    q: String,
    /// What was just done: `ask` or `address`.
    done: String,
}

impl Asked {
    /// What is said of it.
    fn said(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "ask" => Some("メールで頼みました。返事を待つあいだは、一覧の後ろのほうに並びます。"),
            "address" => Some("宛先を登録しました。「いま頼む」で、すぐに頼めます。"),
            _ => None,
        }
    }
}

impl ListPage {
    async fn load(state: &State, visitor: &Visitor, asked: &Asked) -> Result<Self, Problem> {
        let page: u64 = asked.page.parse().unwrap_or(1).max(1);
        let (rule, now) = (state.definitions.confirmation(), state.clock.now());
        let frame = Frame::load(state, visitor, None).await?;
        let q = asked.q.trim();
        let first = page.saturating_sub(1).saturating_mul(PAGE_SIZE);
        let part = (q, first, PAGE_SIZE);
        let (n, all) = confirmation::waiting(&state.db, rule, &visitor.by, part, now).await?;
        let mut typed = String::new();
        encode(q, &mut typed);
        let href = |page: u64| format!("/confirmations?page={page}&q={typed}");
        Ok(Self {
            freshness_href: format!("{}/freshness", frame.area_href),
            frame: frame.at("/confirmations"),
            q: q.to_owned(),
            n,
            pages: Pages::at(page, n, PAGE_SIZE, href),
            lines: all.into_iter().map(|one| Line::of(one, now)).collect(),
            has_post: state.site.has_post,
            said: asked.said(),
        })
    }
}

/// `GET /confirmations`.
async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<ListPage>, Problem> {
    visitor.ever_may(Deed::AskConfirmation)?;
    Ok(Page(ListPage::load(&state, &visitor, &asked?.0).await?))
}

/// `POST /confirmations/organizations/{id}/ask`.
async fn ask(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::AskConfirmation)?;
    let (id, now): (OrganizationId, _) = (id_of(&id)?, state.clock.now());
    database::write(&state.db, async |tx| {
        confirmation::ask(tx, house(&state), &visitor.by, id, now).await
    })
    .await?;
    Ok(Redirect::to("/confirmations?done=ask"))
}

/// A mail address.
#[derive(Debug, Deserialize)]
pub(crate) struct Address {
    mail: String,
}

/// `POST /confirmations/organizations/{id}/address`.
async fn address(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Address>, FormRejection>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::AskConfirmation)?;
    let (Form(typed), now) = (typed?, state.clock.now());
    let id: OrganizationId = id_of(&id)?;
    database::write(&state.db, async |tx| {
        confirmation::put_address(tx, &visitor.by, (id, &typed.mail), now).await
    })
    .await?;
    Ok(Redirect::to("/confirmations?done=address"))
}

/// `POST /confirmations/services/{id}/address`: of a site whose lists name no organization.
async fn address_of_service(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Address>, FormRejection>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::AskConfirmation)?;
    let (Form(typed), now) = (typed?, state.clock.now());
    let id: ServiceId = id_of(&id)?;
    database::write(&state.db, async |tx| {
        let what = (id, &*typed.mail);
        confirmation::put_address_of_service(tx, &visitor.by, what, now).await
    })
    .await?;
    Ok(Redirect::to("/confirmations?done=address"))
}

/// `POST /services/{id}/confirm`.
async fn confirm(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::Confirm)?;
    let (id, now): (ServiceId, _) = (id_of(&id)?, state.clock.now());
    let rule = state.definitions.confirmation();
    confirmation::confirm(&state.db, rule, &visitor.by, &[id], now).await?;
    Ok(Redirect::to(&format!("/services/{id}#sources")))
}

#[cfg(test)]
mod tests;
