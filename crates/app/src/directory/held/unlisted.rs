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

impl Reach {
    /// Of so many places without, among so many; where nothing is loaded at all, nothing is covered.
    fn of(n_without: usize, n_places: usize) -> Self {
        match n_without {
            n if n == n_places => Self::Nowhere,
            0 => Self::Everywhere,
            _ => Self::Partly,
        }
    }
}

impl Held {
    /// In how many of these places a kind is covered.
    #[must_use]
    pub fn reach(&self, kind: &Kind, places: &BTreeSet<String>) -> Reach {
        Reach::of(self.without(kind, places).len(), places.len())
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
        let without = self.without(kind, places);
        let reach = Reach::of(without.len(), places.len());
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
            places: without,
        })
    }

    /// The kinds that the typed words name and that are not covered everywhere, the likeliest first.
    #[must_use]
    pub fn unlisted_words(
        &self,
        definitions: &Definitions,
        typed: &str,
        places: &BTreeSet<String>,
    ) -> Vec<Unlisted> {
        named(definitions, typed)
            .iter()
            .filter_map(|kind| self.unlisted(definitions, kind, places))
            .collect()
    }
}

/// A word of fewer letters is part of too many names.
const LETTERS_LEAST: usize = 2;

/// Of how many names a word may be a part and still mean one of them: 介護 means none.
const PARTS_MOST: usize = 8;

/// The categories and capabilities that one of the typed words is the name of (訪問看護 境港市), else goes by; and the
/// categories whose name has it as a part (特養).
fn named(definitions: &Definitions, typed: &str) -> Vec<Kind> {
    let mut words: Vec<String> = typed.split_whitespace().map(fold).collect();
    words.push(fold(typed.trim()));
    let is_typed = |name: &str| words.contains(&fold(name));
    let has_typed = |name: &str| {
        let name = fold(name);
        let is_part = |word: &str| word.chars().count() >= LETTERS_LEAST && name.contains(word);
        words.iter().any(|word| is_part(word))
    };
    let categories = definitions.categories().iter().map(|it| {
        let kind = Kind::Category(it.code.clone());
        (
            kind,
            [&it.name, &it.plain],
            &it.aliases,
            it.resident_visible,
        )
    });
    let capabilities = definitions.capabilities().iter().map(|it| {
        let kind = Kind::Capability(it.code.clone());
        (kind, [&it.name, &it.plain], &it.aliases, false)
    });
    let (mut named, mut called, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, names, aliases, counts_parts) in categories.chain(capabilities) {
        if names.iter().any(|name| is_typed(name)) {
            named.push(kind);
        } else if aliases.iter().any(|name| is_typed(name)) {
            called.push(kind);
        } else if counts_parts && names.iter().any(|name| has_typed(name)) {
            parts.push(kind);
        }
    }
    if parts.len() > PARTS_MOST {
        parts.clear();
    }
    let best = if named.is_empty() { called } else { named };
    best.into_iter().chain(parts).collect()
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

    fn words(held: &Held, typed: &str, asked: &[&str]) -> Vec<String> {
        let definitions = Definitions::load(None).unwrap();
        let found = held.unlisted_words(&definitions, typed, &places(asked));
        found.into_iter().map(|found| found.name).collect()
    }

    #[test]
    fn a_word_that_names_an_unlisted_category_is_told_apart() {
        let first = |typed| words(&Held::default(), typed, &["31"]).into_iter().next();
        assert_eq!(first(" 訪問看護 ").as_deref(), Some("訪問看護"));
        assert_eq!(first("訪問看護 境港市").as_deref(), Some("訪問看護"));
        assert_eq!(first("境港市　ケアマネ").as_deref(), Some("居宅介護支援"));
        assert_eq!(first("胃ろう").as_deref(), Some("胃瘻の管理"));
        assert_eq!(first("ﾎｳﾓﾝｶﾝｺﾞの里"), None);
        assert_eq!(first("看"), None);
        assert_eq!(first(""), None);
    }

    #[test]
    fn a_word_that_some_lists_cover_still_tells_of_the_others() {
        let small = held("31", "community_nursing_home");
        let homes = words(&small, "特養", &["31"]);
        assert_eq!(homes.first().map(String::as_str), Some("介護老人福祉施設"));
        let day_care = words(&Held::default(), "デイサービス", &["31"]);
        assert!(
            day_care.iter().any(|name| name == "通所介護"),
            "{day_care:?}"
        );
    }

    #[test]
    fn a_name_goes_before_what_others_also_go_by() {
        let definitions = Definitions::load(None).unwrap();
        // Filings tell of hospitals whose nurses visit, which go by 訪問看護, too.
        assert_eq!(
            named(&definitions, "訪問看護").first(),
            Some(&Kind::Category("visiting_nursing".to_owned()))
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
            let mut found =
                held.unlisted_words(&definitions, "地域包括支援センター", &places(asked));
            found.pop()
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
