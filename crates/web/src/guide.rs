//! `GET /guide`: what the words of home care mean, in plain ones.

use askama::Template;

use crate::page::Frame;
use crate::wording::UNLISTED;

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
    /// No source covers it.
    pub unlisted: bool,
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
                    word("看護師が家に来る", Some("訪問看護"), true),
                    word("病院", None, false),
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
