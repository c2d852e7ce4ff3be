//! `GET /guide`: what the words of home care mean, in plain ones.

use std::sync::Arc;

use askama::Template;
use axum::extract::State as FromState;

use keniki_app::directory::search::kind::Kind;

use crate::error::Problem;
use crate::page::{Frame, Nav, Page};
use crate::service::asked::Asked;
use crate::service::scope::Scope;
use crate::service::words;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::UNLISTED;

/// `GET /guide`.
pub(crate) async fn show_guide(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Page<GuidePage>, Problem> {
    let definitions = &state.definitions;
    let held = state.held().await?;
    let places = Scope::of(&state, &Asked::default())
        .await?
        .held_in(&held, &Asked::default());
    let views = definitions.views().iter().map(|view| Group {
        id: view.code.clone(),
        name: format!("{}：{}", view.name, view.plain),
        sentence: view.sentence.clone(),
        words: definitions
            .categories_of_view(&view.code)
            .filter(|category| category.resident_visible)
            .map(|category| Word {
                plain: category.plain.clone(),
                term: other_than(&category.plain, &category.name),
                sentence: category.sentence.clone(),
                href: Asked::category(&category.code).href(),
                unlisted: words::mark(&held, Kind::Category(category.code.clone()), &places),
            })
            .collect(),
    });
    let abilities = definitions.groups().iter().map(|group| Group {
        id: format!("can-{}", group.code),
        name: group.name.clone(),
        sentence: "医療機関や事業所が、できることとして届け出たり答えたりした内容です。".to_owned(),
        words: definitions
            .capabilities()
            .iter()
            .filter(|capability| capability.group == group.code && capability.resident_visible)
            .map(|capability| Word {
                plain: capability.plain.clone(),
                term: other_than(&capability.plain, &capability.name),
                sentence: capability.sentence.clone(),
                href: Asked::capability(&capability.code).href(),
                unlisted: words::mark(&held, Kind::Capability(capability.code.clone()), &places),
            })
            .collect(),
    });
    Ok(Page(GuidePage {
        groups: views.chain(abilities).collect(),
        frame: Frame::load(&state, &visitor, Some(Nav::Guide)).await?,
    }))
}

fn other_than(plain: &str, term: &str) -> Option<String> {
    (plain != term).then(|| term.to_owned())
}

/// The words of home care.
#[derive(Debug, Clone, Template)]
#[template(path = "guide.html")]
pub struct GuidePage {
    /// Around the page.
    pub frame: Frame,
    /// Groups of words: the views, then capabilities.
    pub groups: Vec<Group>,
}

/// Words that belong together.
#[derive(Debug, Clone)]
pub struct Group {
    /// Unique in the page.
    pub id: String,
    /// Heading.
    pub name: String,
    /// A sentence on them all.
    pub sentence: String,
    /// The words.
    pub words: Vec<Word>,
}

/// A word explained.
#[derive(Debug, Clone)]
pub struct Word {
    /// Plain.
    pub plain: String,
    /// The technical term, where it is another.
    pub term: Option<String>,
    /// What it is.
    pub sentence: String,
    /// Those of the area.
    pub href: String,
    /// 未収載 or 一部は未収載, where lists do not cover it.
    pub unlisted: Option<&'static str>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<GuidePage> {
        let word = |plain: &str, term: Option<&str>, unlisted| Word {
            plain: plain.to_owned(),
            term: term.map(str::to_owned),
            sentence: "家で療養する人を、看護師が訪ねて手当てや相談をします。".to_owned(),
            href: "/services?category=visiting_nursing".to_owned(),
            unlisted,
        };
        vec![GuidePage {
            frame: Frame::sample(Some(crate::page::Nav::Guide)),
            groups: vec![Group {
                id: "medical".to_owned(),
                name: "医療".to_owned(),
                sentence: "病気やけがの診療、薬、家での看護を受けるところです。".to_owned(),
                words: vec![
                    word("看護師が家に来る", Some("訪問看護"), Some(UNLISTED)),
                    word("病院", None, None),
                ],
            }],
        }]
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }
}
