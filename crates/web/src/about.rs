//! `GET /about`: where the information comes from, how sure it is, and how to use this site.

use std::sync::Arc;

use askama::Template;
use axum::extract::State as FromState;
use keniki_app::directory::search::kind::Kind;

use crate::error::Problem;
use crate::page::{Frame, Nav, Page};
use crate::service::scope::Scope;
use crate::sources;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::{Day, PARTLY_UNLISTED, UNKNOWN, UNLISTED};

/// `GET /about`.
pub(crate) async fn show_about(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Page<AboutPage>, Problem> {
    let definitions = &state.definitions;
    let held = state.held().await?;
    let places = Scope::of(&state, &Default::default())
        .await?
        .held_in(&held, &Default::default());
    let missing = definitions
        .categories()
        .iter()
        .filter(|category| category.resident_visible)
        .filter_map(|category| {
            held.unlisted(definitions, &Kind::Category(category.code.clone()), &places)
        });
    Ok(Page(AboutPage {
        frame: Frame::load(&state, &visitor, Some(Nav::About)).await?,
        sources: sources::loaded(&state).await?,
        unlisted: missing
            .map(|found| match found.is_everywhere {
                true => (found.name, found.how),
                false => (format!("{}（{PARTLY_UNLISTED}）", found.name), found.how),
            })
            .collect(),
        has_scripts: crate::asset::BUNDLED,
    }))
}

/// About this site.
#[derive(Debug, Clone, Template)]
#[template(path = "about.html")]
pub struct AboutPage {
    /// Around the page.
    pub frame: Frame,
    /// Every loaded source.
    pub sources: Vec<LoadedSource>,
    /// What no source covers: name and how it gets in.
    pub unlisted: Vec<(String, String)>,
    /// Whether the browser's files were bundled when this program was built.
    pub has_scripts: bool,
}

/// A source that is loaded.
#[derive(Debug, Clone)]
pub struct LoadedSource {
    /// Title.
    pub title: String,
    /// Publisher.
    pub publisher: String,
    /// As of.
    pub as_of: Option<Day>,
    /// Loaded here on.
    pub loaded_on: Option<Day>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<AboutPage> {
        let full = AboutPage {
            frame: Frame::sample(Some(crate::page::Nav::About)),
            sources: vec![LoadedSource {
                title: "住民基本台帳に基づく人口".to_owned(),
                publisher: "総務省".to_owned(),
                as_of: Day::parse("2026-01-01"),
                loaded_on: Day::parse("2026-11-20"),
            }],
            unlisted: vec![(
                "訪問看護".to_owned(),
                "一覧を読み込んでください。".to_owned(),
            )],
            has_scripts: true,
        };
        vec![
            AboutPage {
                sources: vec![],
                unlisted: vec![],
                has_scripts: false,
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
