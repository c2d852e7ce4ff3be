//! `GET /areas`, and `/` where no home area is set: which areas are here.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State as FromState;
use keniki_app::area::show;
use keniki_app::area::show::people;

use crate::error::Problem;
use crate::page::{Frame, Nav, Page};
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording;

/// `GET /areas`.
pub(crate) async fn list_areas(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Page<AreaListPage>, Problem> {
    Ok(Page(
        AreaListPage::load(&state, &visitor, Some(Nav::Area)).await?,
    ))
}

impl AreaListPage {
    /// Every area that is loaded.
    pub(crate) async fn load(
        state: &State,
        visitor: &Visitor,
        current: Option<Nav>,
    ) -> Result<Self, Problem> {
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        let areas = show::medical_areas(&state.db).await?;
        let totals = people::totals(&state.db, &areas).await?;
        for (area, population) in areas.into_iter().zip(totals) {
            let prefecture = area.prefecture_code.clone().unwrap_or_default();
            if !groups.contains_key(&prefecture) {
                let name = show::prefecture_name(&state.db, &prefecture)
                    .await?
                    .unwrap_or_default();
                groups.insert(
                    prefecture.clone(),
                    Group {
                        name,
                        areas: Vec::new(),
                    },
                );
            }
            groups.entry(prefecture).and_modify(|group| {
                group.areas.push(Line {
                    href: format!("/areas/{}", area.code),
                    n_municipalities: area.members.len(),
                    name: area.name,
                    population,
                });
            });
        }
        Ok(Self {
            frame: Frame::load(state, visitor, current).await?,
            groups: groups.into_values().collect(),
        })
    }
}

/// The areas of this installation.
#[derive(Debug, Clone, Template)]
#[template(path = "area/list.html")]
pub struct AreaListPage {
    /// Around the page.
    pub frame: Frame,
    /// Prefectures with their medical areas.
    pub groups: Vec<Group>,
}

/// A prefecture's areas.
#[derive(Debug, Clone)]
pub struct Group {
    /// Name of the prefecture.
    pub name: String,
    /// Its medical areas.
    pub areas: Vec<Line>,
}

/// An area of the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// Name.
    pub name: String,
    /// Municipalities in it.
    pub n_municipalities: usize,
    /// People; none where not loaded.
    pub population: Option<i64>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<AreaListPage> {
        let line = |name: &str, population| Line {
            href: "/areas/9901".to_owned(),
            name: name.to_owned(),
            n_municipalities: 5,
            population,
        };
        let full = AreaListPage {
            frame: Frame::sample(Some(crate::page::Nav::Area)),
            groups: vec![Group {
                name: "架空県".to_owned(),
                areas: vec![line("汐見圏域", Some(220_431)), line("遠野瀬圏域", None)],
            }],
        };
        vec![
            AreaListPage {
                groups: vec![],
                ..full.clone()
            },
            full,
        ]
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }
}
