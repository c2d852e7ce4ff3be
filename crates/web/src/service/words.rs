//! Categories, capabilities and views in a reader's words.

use std::collections::BTreeSet;

use keniki_app::definition::Definitions;
use keniki_app::directory::held::{Held, Uncovered};
use keniki_base::text::fold;
use keniki_chart::theme::Symbol;

use super::asked::{Asked, Field};
use super::list::{Choice, Choices, Unlisted};
use crate::page::Link;

/// What can be asked for on a public page, and what of it no source covers.
#[must_use]
pub fn choices(definitions: &Definitions, held: &Held, places: &BTreeSet<String>) -> Choices {
    let categories = definitions.views().iter().map(|view| {
        let categories = definitions
            .categories_of_view(&view.code)
            .filter(|category| category.resident_visible)
            .map(|category| Choice {
                code: category.code.clone(),
                text: with_term(&category.plain, &category.name),
                unlisted: !held.has_category(&category.code, places),
            });
        (view.name.clone(), categories.collect())
    });
    Choices {
        categories: categories.collect(),
        capabilities: capabilities(definitions, held, places),
        municipalities: Vec::new(),
        views: Vec::new(),
    }
}

/// All, and the five views, each with the address that shows it alone.
#[must_use]
pub fn views(definitions: &Definitions, asked: &Asked) -> Vec<(Link, bool)> {
    let anything = asked.with(Field::Category, "");
    let link = |code: &str, text: &str| {
        let href = anything.with(Field::View, code).href();
        (
            Link::new(href, text),
            asked.view == code && asked.category.is_empty(),
        )
    };
    let views = definitions
        .views()
        .iter()
        .map(|view| link(&view.code, &view.name));
    std::iter::once(link("", "すべて")).chain(views).collect()
}

/// Capabilities under their headings.
#[must_use]
pub fn capabilities(
    definitions: &Definitions,
    held: &Held,
    places: &BTreeSet<String>,
) -> Vec<(String, Vec<Choice>)> {
    let groups = definitions.groups().iter().map(|group| {
        let capabilities = definitions
            .capabilities()
            .iter()
            .filter(|capability| capability.group == group.code && capability.resident_visible)
            .map(|capability| Choice {
                code: capability.code.clone(),
                text: capability.plain.clone(),
                unlisted: !held.has_capability(&capability.code, places),
            });
        (group.name.clone(), capabilities.collect())
    });
    groups.collect()
}

/// The plain words and the technical term, where it is another.
#[must_use]
pub fn with_term(plain: &str, term: &str) -> String {
    if plain.contains(term) {
        plain.to_owned()
    } else {
        format!("{plain}（{term}）")
    }
}

/// What a category is called in a list; a code that no file defines stands for itself.
#[must_use]
pub fn category<'a>(definitions: &'a Definitions, code: &'a str) -> &'a str {
    definitions
        .category(code)
        .map_or(code, |category| &category.plain)
}

/// What a capability is called in a list.
#[must_use]
pub fn capability<'a>(definitions: &'a Definitions, code: &'a str) -> &'a str {
    definitions
        .capability(code)
        .map_or(code, |capability| &capability.plain)
}

/// Title and publisher of a list by its format.
#[must_use]
pub fn source(definitions: &Definitions, format: &str) -> String {
    let source = definitions.source(format);
    source.map_or_else(
        || {
            if format == "sample" {
                "架空の見本データ".to_owned()
            } else {
                format.to_owned()
            }
        },
        |source| format!("{}「{}」", source.publisher, source.name),
    )
}

/// Code of the view of a category and its shape on a map.
#[must_use]
pub fn marker<'a>(definitions: &'a Definitions, category: &str) -> (&'a str, Symbol) {
    let view = definitions
        .category(category)
        .and_then(|category| definitions.view(&category.view));
    view.map_or(("medical", Symbol::Circle), |view| {
        let symbol = Symbol::ALL
            .get(usize::from(view.marker))
            .copied()
            .unwrap_or(Symbol::Circle);
        (view.code.as_str(), symbol)
    })
}

/// What is asked for and covered by no source, with how it gets in.
#[must_use]
pub fn unlisted(
    definitions: &Definitions,
    held: &Held,
    places: &BTreeSet<String>,
    category: &str,
    capability: &str,
) -> Option<Unlisted> {
    let of_category = definitions
        .category(category)
        .filter(|found| !held.has_category(&found.code, places))
        .map(|found| (&found.plain, Uncovered::category(definitions, found)));
    let of_capability = || {
        definitions
            .capability(capability)
            .filter(|found| !held.has_capability(&found.code, places))
            .map(|found| (&found.plain, Uncovered::capability(definitions, found)))
    };
    let (name, uncovered) = of_category.or_else(of_capability)?;
    Some(Unlisted {
        name: name.clone(),
        how: uncovered.how.join(""),
    })
}

/// The category or capability that the typed words are the name of, where no source covers any that goes by it.
#[must_use]
pub fn unlisted_word(
    definitions: &Definitions,
    held: &Held,
    places: &BTreeSet<String>,
    typed: &str,
) -> Option<Unlisted> {
    let typed = fold(typed.trim());
    let is_named = |name: &String, plain: &String, aliases: &[String]| {
        let mut names = [name, plain].into_iter().chain(aliases);
        names.any(|name| fold(name) == typed)
    };
    let categories = definitions
        .categories()
        .iter()
        .filter(|it| is_named(&it.name, &it.plain, &it.aliases))
        .map(|it| {
            let is_held = held.has_category(&it.code, places);
            (is_held, Uncovered::category(definitions, it))
        });
    let capabilities = definitions
        .capabilities()
        .iter()
        .filter(|it| is_named(&it.name, &it.plain, &it.aliases))
        .map(|it| {
            let is_held = held.has_capability(&it.code, places);
            (is_held, Uncovered::capability(definitions, it))
        });
    let named: Vec<(bool, Uncovered)> = categories.chain(capabilities).collect();
    if named.iter().any(|(is_held, _)| *is_held) {
        return None;
    }
    let (_, uncovered) = named.into_iter().next()?;
    Some(Unlisted {
        name: uncovered.name,
        how: uncovered.how.join(""),
    })
}

/// A telephone number that can be dialled by a touch; none where it has too few digits to be one.
#[must_use]
pub fn telephone(written: Option<&str>) -> Option<Link> {
    let written = written?.trim();
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 9).then(|| Link::new(format!("tel:{digits}"), written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_names_an_unlisted_category_is_told_apart() {
        let definitions = Definitions::load(None).unwrap();
        let nothing = (Held::default(), BTreeSet::from(["31".to_owned()]));
        let word = |typed| {
            unlisted_word(&definitions, &nothing.0, &nothing.1, typed).map(|found| found.name)
        };
        assert_eq!(word(" 訪問看護 ").as_deref(), Some("訪問看護"));
        assert_eq!(word("胃ろう").as_deref(), Some("胃瘻の管理"));
        assert_eq!(word("ﾎｳﾓﾝｶﾝｺﾞの里"), None);
        assert_eq!(word(""), None);
    }

    #[test]
    fn a_number_too_short_to_be_one_is_not_dialled() {
        assert_eq!(
            telephone(Some("0859-21-8151")).unwrap().href,
            "tel:0859218151"
        );
        assert_eq!(telephone(Some("内線21")), None);
        assert_eq!(telephone(None), None);
    }

    #[test]
    fn every_view_has_a_shape_of_its_own() {
        let definitions = Definitions::load(None).unwrap();
        let shapes: BTreeSet<Symbol> = definitions
            .categories()
            .iter()
            .map(|category| marker(&definitions, &category.code).1)
            .collect();
        assert_eq!(shapes.len(), definitions.views().len());
    }
}
