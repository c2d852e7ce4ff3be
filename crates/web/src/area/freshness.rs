//! `GET /areas/{code}/freshness`: the share of services that somebody confirmed within a year.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use keniki_app::directory::freshness::{self, Share};
use keniki_base::clock::jst_day;

use super::{area_of, full_name};
use crate::error::Problem;
use crate::page::{Frame, Link, Nav, Page};
use crate::service::asked::Asked as Search;
use crate::service::words;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording;

/// How fresh the directory is in an area.
#[derive(Debug, Clone, Template)]
#[template(path = "area/freshness.html")]
pub struct FreshnessPage {
    /// Around the page.
    pub frame: Frame,
    /// The area, and its page.
    pub area: Link,
    /// All services together.
    pub all: Share,
    /// By municipality.
    pub municipalities: Vec<Line>,
    /// By category, in the order of the definitions.
    pub categories: Vec<Line>,
}

impl FreshnessPage {
    /// Id, title, first head and rows of each table.
    fn tables(&self) -> [(&'static str, &'static str, &'static str, &[Line]); 2] {
        [
            (
                "municipalities",
                "市町村ごと",
                "市町村",
                &self.municipalities,
            ),
            ("categories", "種類ごと", "種類", &self.categories),
        ]
    }
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it counts, and the list of it.
    pub link: Link,
    /// How many.
    pub share: Share,
}

/// A share as people read it.
fn percent(share: &Share) -> String {
    match share.share() {
        Some(share) => format!("{:.0}%", share * 100.0),
        None => "―".to_owned(),
    }
}

/// `GET /areas/{code}/freshness`.
pub(crate) async fn show_freshness(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Page<FreshnessPage>, Problem> {
    let found = area_of(&state, &code).await?;
    let definitions = &state.definitions;
    let municipalities = found.member_codes().into_iter().collect();
    let today = jst_day(state.clock.now());
    let measured = freshness::measure(
        &state.db,
        definitions.confirmation(),
        &municipalities,
        today,
    )
    .await?;
    let categories = definitions.categories().iter().filter_map(|category| {
        let share = *measured.by_category.get(&category.code)?;
        let href = Search::category(&category.code).href();
        let words = words::category(definitions, &category.code);
        Some(Line {
            link: Link::new(href, words),
            share,
        })
    });
    let members = found.members.iter().map(|member| Line {
        link: Link::new(Search::municipality(&member.code).href(), &member.name),
        share: measured
            .by_municipality
            .get(&member.code)
            .copied()
            .unwrap_or_default(),
    });
    Ok(Page(FreshnessPage {
        frame: Frame::load(&state, &visitor, Some(Nav::Area)).await?,
        area: Link::new(
            format!("/areas/{}", found.code),
            full_name(&state, &found).await?,
        ),
        all: measured.all,
        municipalities: members.collect(),
        categories: categories.collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::check::{SCRIPT, sound};

    #[test]
    fn shares_are_shown_and_nothing_is_no_zero() {
        let line = |n, n_confirmed| Line {
            link: Link::new("/services?municipality=99201", SCRIPT),
            share: Share { n, n_confirmed },
        };
        let mut page = FreshnessPage {
            frame: Frame::sample(Some(Nav::Area)),
            area: Link::new("/areas/9901", "汐見圏域"),
            all: Share {
                n: 1_200,
                n_confirmed: 801,
            },
            municipalities: vec![line(8, 6), line(0, 0)],
            categories: vec![line(3, 0)],
        };
        let html = sound(&page);
        assert!(html.contains("67%") && html.contains("75%"), "{html}");
        assert!(html.contains("―") && html.contains("0%"), "{html}");
        page.all = Share::default();
        page.municipalities.clear();
        page.categories.clear();
        assert!(sound(&page).contains("まだ読み込まれていません"));
    }
}
