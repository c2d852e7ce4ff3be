//! What a reader of `/services` asked for: the address of the page, its words, and the same with one thing changed.

use keniki_app::directory::search::kind::Kind;
use serde::Deserialize;

use crate::page::encode;

/// The query of `/services`, its map and its files. Every field is what stood in the address; empty means "any".
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Words as people type them.
    pub q: String,
    /// Code of a view: 医療, 介護, ….
    pub view: String,
    /// Code of a category.
    pub category: String,
    /// Code of a capability.
    pub capability: String,
    /// 5 digits of a municipality.
    pub municipality: String,
    /// Code of an area, where several are loaded.
    pub area: String,
    /// A place as typed (`汐見市港町`): services that come to or lie within 16 km of it.
    pub near: String,
    /// `now`: only what is known to be open now.
    pub open: String,
    /// `24h`: only what is known to answer round the clock.
    pub hours: String,
    /// From 1.
    pub page: String,
    /// Of one service alone: for the map of its page.
    pub id: String,
}

/// One of the fields of [`Asked`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// [`Asked::q`].
    Q,
    /// [`Asked::view`].
    View,
    /// [`Asked::category`].
    Category,
    /// [`Asked::capability`].
    Capability,
    /// [`Asked::municipality`].
    Municipality,
    /// [`Asked::area`].
    Area,
    /// [`Asked::near`].
    Near,
    /// [`Asked::open`].
    Open,
    /// [`Asked::hours`].
    Hours,
    /// [`Asked::page`].
    Page,
}

impl Asked {
    /// Everything of one kind.
    #[must_use]
    pub fn kind(kind: &Kind) -> Self {
        match kind {
            Kind::Category(code) => Self::category(code),
            Kind::Capability(code) => Self::capability(code),
        }
    }

    /// The kinds that were asked for.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let kinds = [
            Kind::Category(self.category.clone()),
            Kind::Capability(self.capability.clone()),
        ];
        let given = |kind: &Kind| !kind.code().is_empty();
        kinds.into_iter().filter(given).collect()
    }

    /// Everything of one category.
    #[must_use]
    pub fn category(code: &str) -> Self {
        Self {
            category: code.to_owned(),
            ..Self::default()
        }
    }

    /// Everything that can do one thing.
    #[must_use]
    pub fn capability(code: &str) -> Self {
        Self {
            capability: code.to_owned(),
            ..Self::default()
        }
    }

    /// Everything in one municipality.
    #[must_use]
    pub fn municipality(code: &str) -> Self {
        Self {
            municipality: code.to_owned(),
            ..Self::default()
        }
    }

    /// The same with one field changed (empty = any); the page starts again at the first.
    #[must_use]
    pub fn with(&self, field: Field, value: &str) -> Self {
        let mut asked = self.clone();
        asked.page.clear();
        *asked.field(field) = value.to_owned();
        asked
    }

    /// The page asked for, from 1.
    #[must_use]
    pub fn page_number(&self) -> u64 {
        self.page.parse().unwrap_or(1).max(1)
    }

    /// Only what is known to be open now.
    #[must_use]
    pub fn is_open_now(&self) -> bool {
        self.open == "now"
    }

    /// Only what is known to answer round the clock.
    #[must_use]
    pub fn is_24h(&self) -> bool {
        self.hours == "24h"
    }

    /// Address of the list.
    #[must_use]
    pub fn href(&self) -> String {
        self.address("/services")
    }

    /// This query at another path.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        let mut address = path.to_owned();
        for (name, value) in self.pairs() {
            let mark = if address.len() == path.len() {
                '?'
            } else {
                '&'
            };
            address.push(mark);
            address.push_str(name);
            address.push('=');
            encode(value, &mut address);
        }
        address
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("q", &self.q),
            ("view", &self.view),
            ("category", &self.category),
            ("capability", &self.capability),
            ("municipality", &self.municipality),
            ("area", &self.area),
            ("near", &self.near),
            ("open", &self.open),
            ("hours", &self.hours),
            ("page", &self.page),
            ("id", &self.id),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, value.as_str()))
    }

    fn field(&mut self, field: Field) -> &mut String {
        match field {
            Field::Q => &mut self.q,
            Field::View => &mut self.view,
            Field::Category => &mut self.category,
            Field::Capability => &mut self.capability,
            Field::Municipality => &mut self.municipality,
            Field::Area => &mut self.area,
            Field::Near => &mut self.near,
            Field::Open => &mut self.open,
            Field::Hours => &mut self.hours,
            Field::Page => &mut self.page,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_only_what_was_asked() {
        assert_eq!(Asked::default().href(), "/services");
        let asked = Asked {
            q: "訪問 看護".into(),
            municipality: "99201".into(),
            ..Asked::default()
        };
        assert_eq!(
            asked.href(),
            "/services?q=%E8%A8%AA%E5%95%8F%20%E7%9C%8B%E8%AD%B7&municipality=99201"
        );
    }

    #[test]
    fn another_filter_starts_at_the_first_page() {
        let asked = Asked {
            page: "3".into(),
            category: "clinic".into(),
            ..Asked::default()
        };
        assert_eq!(asked.page_number(), 3);
        assert_eq!(asked.with(Field::Category, "").href(), "/services");
        assert_eq!(
            asked.with(Field::Page, "4").href(),
            "/services?category=clinic&page=4"
        );
    }

    #[test]
    fn a_page_that_is_no_number_is_the_first() {
        for page in ["", "0", "-1", "二"] {
            assert_eq!(
                Asked {
                    page: page.into(),
                    ..Asked::default()
                }
                .page_number(),
                1
            );
        }
    }
}
