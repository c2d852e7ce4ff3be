//! What the definitions call things, folded once, so that a typed word also finds by kind and ability.

use keniki_base::text;

use super::expression::Expression;
use super::filter::Filter;
use super::index;
use crate::definition::Definitions;

/// The words for categories and capabilities, and which categories make a view.
#[derive(Debug, Clone, Default)]
pub struct Thesaurus {
    terms: Vec<Term>,
    /// View and category.
    views: Vec<(String, String)>,
    /// Tokens.
    around_the_clock: Vec<String>,
    /// Tokens of what no public page shows.
    hidden: Vec<String>,
}

#[derive(Debug, Clone)]
struct Term {
    /// The filter token of the category or capability.
    token: String,
    /// Everything it is called, folded.
    names: Vec<String>,
}

impl Thesaurus {
    /// Of everything the definitions name.
    pub fn of(definitions: &Definitions) -> Self {
        let mut thesaurus = Self::default();
        for category in definitions.categories() {
            let token = index::category_token(&category.code);
            let names = [&category.name, &category.plain];
            let names = names
                .into_iter()
                .chain(&category.aliases)
                .chain(&category.care_service_names);
            if category.is_24h {
                thesaurus.around_the_clock.push(token.clone());
            }
            if !category.resident_visible {
                thesaurus.hidden.push(token.clone());
            }
            thesaurus
                .views
                .push((category.view.clone(), category.code.clone()));
            thesaurus.add(token, names);
        }
        for capability in definitions.capabilities() {
            let token = index::capability_token(&capability.code);
            let names = [&capability.name, &capability.plain];
            let symbols = capability.filings.iter().map(|filing| &filing.symbol);
            if capability.is_24h {
                thesaurus.around_the_clock.push(token.clone());
            }
            thesaurus.add(
                token,
                names.into_iter().chain(&capability.aliases).chain(symbols),
            );
        }
        thesaurus
    }

    fn add<'a>(&mut self, token: String, names: impl IntoIterator<Item = &'a String>) {
        let names = names
            .into_iter()
            .map(|name| text::fold(name))
            .filter(|name| !name.is_empty())
            .collect();
        self.terms.push(Term { token, names });
    }

    /// The categories of a view, by code.
    pub fn categories_of<'a>(&'a self, view: &'a str) -> impl Iterator<Item = &'a str> {
        self.views
            .iter()
            .filter(move |(of, _)| of == view)
            .map(|(_, category)| category.as_str())
    }

    /// The view that a category belongs to.
    pub fn view_of(&self, category: &str) -> Option<&str> {
        self.views
            .iter()
            .find(|(_, code)| code == category)
            .map(|(view, _)| view.as_str())
    }

    /// What by its own definition answers round the clock.
    pub(super) fn around_the_clock(&self) -> Expression {
        Expression::any(
            self.around_the_clock
                .iter()
                .map(Expression::token)
                .collect(),
        )
    }

    /// Only what public pages show.
    pub(super) fn visible(&self, wanted: Expression) -> Expression {
        if self.hidden.is_empty() {
            return wanted;
        }
        wanted.without(Expression::any(
            self.hidden.iter().map(Expression::token).collect(),
        ))
    }

    /// One typed word, as the bigrams that `text::query_phrases` cut it into: in the text, or as the name of a kind.
    /// `None` where the filter holds only what goes by that name: 訪問看護 among the services of 訪問看護.
    pub(super) fn word(
        &self,
        bigrams: &[String],
        in_name: bool,
        filter: &Filter,
    ) -> Option<Expression> {
        let word = joined(bigrams);
        let named: Vec<&str> = self
            .terms
            .iter()
            .filter(|term| term.is_named(&word))
            .map(|term| term.token.as_str())
            .collect();
        let is_named = |token: &String| named.contains(&token.as_str());
        let kinds = filter.categories.as_ref();
        if filter.capabilities.iter().any(is_named)
            || kinds.is_some_and(|kinds| !kinds.is_empty() && kinds.iter().all(is_named))
        {
            return None;
        }
        let written = match bigrams {
            [start] if start.chars().count() == 1 => Expression::Prefix {
                start: start.clone(),
                in_name,
            },
            _ => Expression::Phrase {
                bigrams: bigrams.to_vec(),
                in_name,
            },
        };
        let mut ways = vec![written];
        ways.extend(named.into_iter().map(Expression::token));
        Some(Expression::any(ways))
    }
}

impl Term {
    fn is_named(&self, word: &str) -> bool {
        self.names.iter().any(|name| name.contains(word))
    }
}

/// The word that was cut into these bigrams.
fn joined(bigrams: &[String]) -> String {
    let mut word = bigrams.first().cloned().unwrap_or_default();
    word.extend(
        bigrams
            .iter()
            .skip(1)
            .filter_map(|bigram| bigram.chars().last()),
    );
    word
}
