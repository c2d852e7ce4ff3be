//! What the definitions call things, folded once, so that a typed word also finds by kind and ability.

use keniki_base::text;

use super::expression::Expression;
use super::index;

/// The words for categories and capabilities, and which categories make a view.
#[derive(Debug, Clone, Default)]
pub struct Thesaurus {
    terms: Vec<Term>,
    views: Vec<(String, String)>,
    around_the_clock: Vec<String>,
}

#[derive(Debug, Clone)]
struct Term {
    /// The filter token of the category or capability.
    token: String,
    /// Everything it is called, folded.
    names: Vec<String>,
}

impl Thesaurus {
    /// Adds a category: its view and everything people call it.
    pub fn add_category<'a>(
        &mut self,
        code: &str,
        view: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) {
        self.views.push((view.to_owned(), code.to_owned()));
        self.add(index::category_token(code), names);
    }

    /// Adds a capability: everything people call it, and whether it means round the clock.
    pub fn add_capability<'a>(
        &mut self,
        code: &str,
        is_24h: bool,
        names: impl IntoIterator<Item = &'a str>,
    ) {
        if is_24h {
            self.around_the_clock.push(code.to_owned());
        }
        self.add(index::capability_token(code), names);
    }

    fn add<'a>(&mut self, token: String, names: impl IntoIterator<Item = &'a str>) {
        let names = names
            .into_iter()
            .map(text::fold)
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

    /// The capabilities that mean round the clock, by code.
    pub fn around_the_clock(&self) -> impl Iterator<Item = &str> {
        self.around_the_clock.iter().map(String::as_str)
    }

    /// One typed word, as the bigrams that `text::query_phrases` cut it into: in the text, or as the name of a kind.
    pub(super) fn word(&self, bigrams: &[String], in_name: bool) -> Expression {
        let word = joined(bigrams);
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
        let named = self.terms.iter().filter(|term| term.is_named(&word));
        ways.extend(named.map(|term| Expression::token(term.token.as_str())));
        Expression::any(ways)
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
