//! Categories, capabilities and views in a reader's words.

use std::collections::BTreeSet;

use keniki_app::area::show::Member;
use keniki_app::definition::Definitions;
use keniki_app::directory::held::{self, Held, Reach};
use keniki_app::directory::search::kind::Kind;
use keniki_chart::theme::Symbol;

use super::asked::{Asked, Field};
use super::list::{Choice, Choices, Unlisted};
use crate::page::Link;
use crate::wording::{PARTLY_UNLISTED, UNLISTED};

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
                unlisted: mark(held, Kind::Category(category.code.clone()), places),
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
                unlisted: mark(held, Kind::Capability(capability.code.clone()), places),
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

/// What stands beside a kind that lists do not cover in each of the places.
#[must_use]
pub fn mark(held: &Held, kind: Kind, places: &BTreeSet<String>) -> Option<&'static str> {
    match held.reach(&kind, places) {
        Reach::Everywhere => None,
        Reach::Partly => Some(PARTLY_UNLISTED),
        Reach::Nowhere => Some(UNLISTED),
    }
}

/// What no list covers, and of the area's municipalities the names where it is so.
#[must_use]
pub fn unlisted(found: held::Unlisted, members: &[Member]) -> Unlisted {
    let (without, with): (Vec<&Member>, Vec<&Member>) = members
        .iter()
        .partition(|member| found.places.contains(&member.code));
    let joined = |members: Vec<&Member>| {
        let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
        names.join("・")
    };
    let place = match (found.is_everywhere, with.len() < without.len()) {
        (true, _) => None,
        (false, _) if without.is_empty() => Some("一部の地域".to_owned()),
        (false, true) => Some(format!("{}以外の市町村", joined(with))),
        (false, false) => Some(joined(without)),
    };
    Unlisted {
        name: with_term(&found.plain, &found.name),
        how: found.how,
        place,
    }
}

/// A telephone number that can be dialled by a touch; none where it has too few digits to be one.
#[must_use]
pub fn telephone(written: Option<&str>) -> Option<Link> {
    let written = written?.trim();
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 9).then(|| Link::new(format!("tel:{digits}"), written))
}

/// The same that stands also where it cannot be dialled: without an address then.
#[must_use]
pub fn phone_link(written: &str) -> Link {
    telephone(Some(written)).unwrap_or_else(|| Link::new(String::new(), written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewer_municipalities_are_named() {
        let definitions = Definitions::load(None).unwrap();
        let members = [
            ("31202", "米子市"),
            ("31204", "境港市"),
            ("31384", "日吉津村"),
        ];
        let members = members.map(|(code, name)| Member {
            code: code.to_owned(),
            name: name.to_owned(),
        });
        let places = |codes: &[&str]| codes.iter().map(ToString::to_string).collect();
        let kind = Kind::Category("visiting_nursing".to_owned());
        let nowhere = Held::default()
            .unlisted(&definitions, &kind, &BTreeSet::new())
            .unwrap();
        let place = |codes: &[&str], is_everywhere| {
            let found = held::Unlisted {
                places: places(codes),
                is_everywhere,
                ..nowhere.clone()
            };
            unlisted(found, &members).place
        };
        assert_eq!(place(&["31202", "31204", "31384"], true), None);
        assert_eq!(place(&["31204"], false).as_deref(), Some("境港市"));
        assert_eq!(
            place(&["31204", "31384"], false).as_deref(),
            Some("米子市以外の市町村")
        );
        assert_eq!(place(&["33"], false).as_deref(), Some("一部の地域"));
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
