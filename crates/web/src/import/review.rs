//! `/reviews`: sites that may be one, side by side, for the person who decides.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State as FromState};
use axum::response::Redirect;
use keniki_app::account::policy::Deed;
use keniki_app::area::show as area;
use keniki_app::directory::source::locate::Places;
use keniki_app::import::review::{self, Decision, Review, ReviewSite};
use serde::Deserialize;

use crate::error::Problem;
use crate::page::pages::Pages;
use crate::page::{Frame, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The pairs that wait.
#[derive(Debug, Clone, Template)]
#[template(path = "import/reviews.html")]
pub struct ReviewsPage {
    /// Around the page.
    pub frame: Frame,
    /// Those of the home area first, the surest first.
    pub lines: Vec<Line>,
    /// How many there are.
    pub n: u64,
    /// Pages around this one.
    pub pages: Pages,
}

/// A pair in the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// The site of the later list, and the one that was there.
    pub names: [String; 2],
    /// Why they may be one.
    pub reasons: String,
    /// In percent.
    pub confidence: String,
}

/// Two sites beside each other.
#[derive(Debug, Clone, Template)]
#[template(path = "import/review.html")]
pub struct ReviewPage {
    /// Around the page.
    pub frame: Frame,
    /// The pair.
    pub line: Line,
    /// What is compared: name, of the one, of the other, and whether they differ.
    pub rows: Vec<(&'static str, String, String, bool)>,
}

/// How many a page shows.
const PAGE_SIZE: u64 = 50;

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    page: String,
}

/// `GET /reviews`.
pub(crate) async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<ReviewsPage>, Problem> {
    visitor.ever_may(Deed::Review)?;
    let page: u64 = asked?.0.page.parse().unwrap_or(1).max(1);
    let home = area::home(&state.db).await?;
    let home = home.map(|home| home.member_codes()).unwrap_or_default();
    let is_ours = |site: &ReviewSite| {
        site.municipality
            .as_ref()
            .is_some_and(|it| home.contains(it))
    };
    let mut all = review::open_reviews(&state.db).await?;
    all.sort_by_key(|one| !is_ours(&one.site) && !is_ours(&one.candidate));
    let n = all.len() as u64;
    let first = usize::try_from((page - 1).saturating_mul(PAGE_SIZE)).unwrap_or(usize::MAX);
    let some = all.into_iter().skip(first).take(PAGE_SIZE as usize);
    Ok(Page(ReviewsPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/imports"),
        n,
        pages: Pages::at(page, n, PAGE_SIZE, |page| format!("/reviews?page={page}")),
        lines: some.map(|one| Line::of(&one)).collect(),
    }))
}

/// `GET /reviews/{id}`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ReviewPage>, Problem> {
    visitor.ever_may(Deed::Review)?;
    Ok(Page(ReviewPage::load(&state, &visitor, id_of(&id)?).await?))
}

/// What somebody decided.
#[derive(Debug, Deserialize)]
pub(crate) struct Decided {
    decision: String,
}

/// `POST /reviews/{id}`.
pub(crate) async fn decide(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Decided>, FormRejection>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::Review)?;
    let decision = match &*typed?.0.decision {
        "same" => Decision::Same,
        "different" => Decision::Different,
        _ => return Err(Problem::NotFound),
    };
    let (places, now) = (Places::load(&state.db).await?, state.clock.now());
    review::decide(&state.db, &places, id_of(&id)?, decision, &visitor.by, now).await?;
    Ok(Redirect::to("/reviews"))
}

impl Line {
    fn of(one: &Review) -> Self {
        Self {
            id: one.id,
            names: [one.site.name.clone(), one.candidate.name.clone()],
            reasons: one.reasons.clone(),
            confidence: format!("{:.0} %", one.confidence * 100.0),
        }
    }
}

impl ReviewPage {
    async fn load(state: &State, visitor: &Visitor, id: i64) -> Result<Self, Problem> {
        let one = review::open_review(&state.db, id).await?;
        let one = one.ok_or(Problem::NotFound)?;
        let row = |head, of: fn(&ReviewSite) -> Option<&String>| {
            let text = |site| of(site).cloned().unwrap_or_default();
            let (site, candidate) = (text(&one.site), text(&one.candidate));
            let differs = site != candidate;
            (head, site, candidate, differs)
        };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/imports"),
            rows: vec![
                row("名称", |site| Some(&site.name)),
                row("住所", |site| site.address.as_ref()),
                row("電話番号", |site| site.phone.as_ref()),
                row("市町村コード", |site| site.municipality.as_ref()),
            ],
            line: Line::of(&one),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::check::{SCRIPT, sound};

    #[test]
    fn two_sites_stand_side_by_side_and_joining_them_says_that_it_stays() {
        let line = Line {
            id: 7,
            names: [SCRIPT.to_owned(), "見本".to_owned()],
            reasons: SCRIPT.to_owned(),
            confidence: "84 %".to_owned(),
        };
        let page = ReviewPage {
            frame: Frame::sample_of_staff(),
            line: line.clone(),
            rows: vec![
                ("名称", SCRIPT.to_owned(), String::new(), true),
                ("住所", "a".to_owned(), "a".to_owned(), false),
            ],
        };
        let html = sound(&page);
        assert!(html.contains("元に戻せません") && html.contains("（なし）"));
        let mut list = ReviewsPage {
            frame: Frame::sample_of_staff(),
            lines: vec![line],
            n: 51,
            pages: Pages::at(1, 51, PAGE_SIZE, |page| format!("/reviews?page={page}")),
        };
        assert!(sound(&list).contains("/reviews/7"));
        list.lines.clear();
        assert!(sound(&list).contains("待っているものはありません"));
    }
}
