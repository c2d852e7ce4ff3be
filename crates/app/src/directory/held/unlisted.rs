//! What is 未収載, where, and how to load it.

use std::collections::BTreeSet;

use keniki_base::text::fold;

use super::Held;
use crate::definition::Definitions;
use crate::directory::search::kind::Kind;

/// A category or capability that no loaded list covers in some of the places asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// What it is.
    pub kind: Kind,
    /// The category's or capability's name.
    pub name: String,
    /// The same in plain words.
    pub plain: String,
    /// How it gets in: a sentence for each list that would cover it.
    pub how: String,
    /// The places without: municipalities or prefectures.
    pub places: BTreeSet<String>,
    /// Whether these are all that were asked about.
    pub is_everywhere: bool,
}

/// In how many of the places asked about a kind is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// In each: its count is a count.
    Everywhere,
    /// In some.
    Partly,
    /// In none.
    Nowhere,
}

impl Held {
    /// In how many of these places a kind is covered.
    #[must_use]
    pub fn reach(&self, kind: &Kind, places: &BTreeSet<String>) -> Reach {
        match self.without(kind, places).len() {
            n if n == places.len() => Reach::Nowhere,
            0 => Reach::Everywhere,
            _ => Reach::Partly,
        }
    }

    fn without(&self, kind: &Kind, places: &BTreeSet<String>) -> BTreeSet<String> {
        let is_without = |place: &&String| !self.has(kind, &BTreeSet::from([(*place).clone()]));
        places.iter().filter(is_without).cloned().collect()
    }

    /// What of a kind is not covered in these places; none where all of it is.
    #[must_use]
    pub fn unlisted(
        &self,
        definitions: &Definitions,
        kind: &Kind,
        places: &BTreeSet<String>,
    ) -> Option<Unlisted> {
        let reach = self.reach(kind, places);
        if reach == Reach::Everywhere {
            return None;
        }
        let words = kind.words(definitions)?;
        Some(Unlisted {
            kind: kind.clone(),
            name: words.name.to_owned(),
            plain: words.plain.to_owned(),
            how: how(definitions, words.sources),
            is_everywhere: reach == Reach::Nowhere,
            places: self.without(kind, places),
        })
    }

    /// The kind that the typed words are the name of, where none that goes by it is covered everywhere.
    #[must_use]
    pub fn unlisted_word(
        &self,
        definitions: &Definitions,
        typed: &str,
        places: &BTreeSet<String>,
    ) -> Option<Unlisted> {
        let unlisted: Option<Vec<Unlisted>> = named(definitions, typed)
            .iter()
            .map(|kind| self.unlisted(definitions, kind, places))
            .collect();
        unlisted?.into_iter().min_by_key(|found| found.places.len())
    }
}

/// The categories and capabilities that the typed words are the name of, else those that go by it.
fn named(definitions: &Definitions, typed: &str) -> Vec<Kind> {
    let typed = fold(typed.trim());
    let is_typed = |name: &String| fold(name) == typed;
    let categories = definitions.categories().iter().map(|it| {
        let kind = Kind::Category(it.code.clone());
        (kind, [&it.name, &it.plain], &it.aliases)
    });
    let capabilities = definitions.capabilities().iter().map(|it| {
        let kind = Kind::Capability(it.code.clone());
        (kind, [&it.name, &it.plain], &it.aliases)
    });
    let (mut named, mut called) = (Vec::new(), Vec::new());
    for (kind, names, aliases) in categories.chain(capabilities) {
        if names.into_iter().any(is_typed) {
            named.push(kind);
        } else if aliases.iter().any(is_typed) {
            called.push(kind);
        }
    }
    if named.is_empty() { called } else { named }
}

fn how(definitions: &Definitions, sources: &[String]) -> String {
    let mut sentences: Vec<&str> = sources
        .iter()
        .filter_map(|code| definitions.source(code))
        .map(|source| source.how.as_str())
        .collect();
    sentences.dedup();
    sentences.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(codes: &[&str]) -> BTreeSet<String> {
        codes.iter().map(ToString::to_string).collect()
    }

    fn held(place: &str, category: &str) -> Held {
        let mut held = Held::default();
        let codes = held.categories.entry(place.to_owned()).or_default();
        codes.insert(category.to_owned());
        held
    }

    #[test]
    fn a_word_that_names_an_unlisted_category_is_told_apart() {
        let definitions = Definitions::load(None).unwrap();
        let word = |typed| {
            Held::default()
                .unlisted_word(&definitions, typed, &places(&["31"]))
                .map(|found| found.name)
        };
        assert_eq!(word(" 訪問看護 ").as_deref(), Some("訪問看護"));
        assert_eq!(word("胃ろう").as_deref(), Some("胃瘻の管理"));
        assert_eq!(word("ﾎｳﾓﾝｶﾝｺﾞの里"), None);
        assert_eq!(word(""), None);
    }

    #[test]
    fn a_name_goes_before_what_others_also_go_by() {
        let definitions = Definitions::load(None).unwrap();
        // Filings tell of hospitals whose nurses visit, which go by 訪問看護, too.
        assert_eq!(
            named(&definitions, "訪問看護"),
            [Kind::Category("visiting_nursing".to_owned())]
        );
        assert!(named(&definitions, "認定看護師").len() == 1);
    }

    #[test]
    fn what_is_missing_says_how_to_load_it() {
        let definitions = Definitions::load(None).unwrap();
        let kind = Kind::Category("visiting_nursing".to_owned());
        let missing = Held::default()
            .unlisted(&definitions, &kind, &places(&["31"]))
            .unwrap();
        assert_eq!(missing.name, "訪問看護");
        assert!(
            missing.how.contains("keniki directory import"),
            "{missing:?}"
        );
    }

    #[test]
    fn a_list_of_one_town_leaves_the_others_unlisted() {
        let definitions = Definitions::load(None).unwrap();
        let held = held("31202", "community_support_center");
        let word = |asked: &[&str]| {
            held.unlisted_word(&definitions, "地域包括支援センター", &places(asked))
        };
        assert_eq!(word(&["31202"]), None);
        let partly = word(&["31202", "31204"]).unwrap();
        assert_eq!(
            (partly.places, partly.is_everywhere),
            (places(&["31204"]), false)
        );
        assert!(word(&["31204"]).unwrap().is_everywhere);
        assert!(word(&[]).unwrap().is_everywhere, "nothing is loaded at all");
    }
}
