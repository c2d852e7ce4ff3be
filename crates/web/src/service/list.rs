//! `GET /services`: search, filters, list and map of the same selection.

use askama::Template;

use super::asked::{Asked, Field};
use super::map::SelectionMap;
use crate::page::{Frame, Link};
use crate::wording::{self, UNLISTED};

/// The list of services that fit what was asked.
#[derive(Debug, Clone, Template)]
#[template(path = "service/list.html")]
pub struct ServiceListPage {
    /// Around the page.
    pub frame: Frame,
    /// What was asked.
    pub asked: Asked,
    /// What can be asked.
    pub choices: Choices,
    /// The filters that hold now, each with the address without it.
    pub chips: Vec<Link>,
    /// How many fit.
    pub total: u64,
    /// How many there are without any filter.
    pub all: u64,
    /// Number of the first row shown, from 1.
    pub first: u64,
    /// The rows of this page.
    pub rows: Vec<Row>,
    /// The place distances are measured from, as understood.
    pub near: Near,
    /// Asked for what is open now: how many say nothing of their hours at this time.
    pub open_unknown: Option<u64>,
    /// What was asked is covered by no source: its name and what to do.
    pub unlisted: Option<Unlisted>,
    /// The same selection on a map.
    pub map: SelectionMap,
    /// Pages around this one.
    pub pages: Pages,
}

/// What can be asked.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Categories under the name of their view.
    pub categories: Vec<(String, Vec<Choice>)>,
    /// Capabilities.
    pub capabilities: Vec<Choice>,
    /// Municipalities.
    pub municipalities: Vec<Choice>,
}

/// One choice of a field.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Value.
    pub code: String,
    /// Words, plain first.
    pub text: String,
    /// No source covers it.
    pub unlisted: bool,
}

/// What became of the typed place.
#[derive(Debug, Clone, Default)]
pub enum Near {
    /// None was typed.
    #[default]
    NotAsked,
    /// Its name as the town list has it.
    Found(String),
    /// Several towns have such a name.
    Several(Vec<Link>),
    /// No town has such a name.
    NotFound,
}

impl Near {
    fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound)
    }
}

/// A category or capability that no source covers.
#[derive(Debug, Clone)]
pub struct Unlisted {
    /// Its name.
    pub name: String,
    /// How it gets in, for those who run this site.
    pub how: String,
}

/// One service at a site.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its page.
    pub href: String,
    /// Name of the site.
    pub name: String,
    /// What it is, in plain words.
    pub kind: String,
    /// Municipality and town.
    pub place: String,
    /// Telephone as written, and its `tel:` address.
    pub phone: Option<Link>,
    /// Straight distance in km from the place asked for; none where its own place is not known.
    pub km: Option<f64>,
    /// What it can do, in plain words; a few.
    pub can: Vec<String>,
    /// Not the usual state: 休止中.
    pub state: Option<String>,
}

/// Pages around this one.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// The page before.
    pub before: Option<String>,
    /// The next page.
    pub next: Option<String>,
    /// This page's number.
    pub current: u64,
    /// How many there are.
    pub last: u64,
}

impl Pages {
    /// Pages of `size` rows over `total`, around the one asked for.
    #[must_use]
    pub fn of(asked: &Asked, total: u64, size: u64) -> Self {
        let last = total.div_ceil(size).max(1);
        let current = asked.page_number().min(last);
        let link = |page: u64| asked.with(Field::Page, &page.to_string()).href();
        Self {
            before: (current > 1).then(|| link(current - 1)),
            next: (current < last).then(|| link(current + 1)),
            current,
            last,
        }
    }
}

impl ServiceListPage {
    /// Whether there is more than this page.
    fn spills(&self) -> bool {
        !self.rows.is_empty() && self.total > self.rows.len() as u64
    }

    fn last(&self) -> u64 {
        self.first + self.rows.len() as u64 - 1
    }

    fn measures_distance(&self) -> bool {
        matches!(self.near, Near::Found(_))
    }

    /// The conditions in words, for the title of page and print.
    fn conditions(&self) -> String {
        let words: Vec<&str> = self.chips.iter().map(|chip| chip.text.as_str()).collect();
        if words.is_empty() {
            "すべて".to_owned()
        } else {
            words.join("・")
        }
    }

    /// The same selection as a file.
    fn export(&self, format: &str) -> String {
        self.asked
            .with(Field::Page, "")
            .address(&format!("/services.{format}"))
    }

    fn without_place(&self) -> String {
        self.asked.with(Field::Near, "").href()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    fn link(text: &str) -> Link {
        Link::new("/services?municipality=99201", text)
    }

    fn row(name: &str, kind: &str, km: Option<f64>) -> Row {
        Row {
            href: "/services/1".to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            place: "汐見市港町".to_owned(),
            phone: Some(Link::new("tel:0990123456", "0990-12-3456")),
            km,
            can: vec!["24時間の訪問診療".to_owned(), "訪問の薬の管理".to_owned()],
            state: None,
        }
    }

    pub(crate) fn samples() -> Vec<ServiceListPage> {
        let choice = |code: &str, text: &str, unlisted| Choice {
            code: code.to_owned(),
            text: text.to_owned(),
            unlisted,
        };
        let asked = Asked {
            municipality: "99201".into(),
            near: "汐見市港町".into(),
            page: "2".into(),
            ..Asked::default()
        };
        let full = ServiceListPage {
            frame: Frame::sample(Some(crate::page::Nav::Search)),
            choices: Choices {
                categories: vec![
                    (
                        "医療".to_owned(),
                        vec![
                            choice("clinic", "診療所・医院・クリニック", false),
                            choice("visiting_nursing", "訪問看護", true),
                        ],
                    ),
                    (
                        "介護".to_owned(),
                        vec![choice("care_manager", "ケアマネジャー", false)],
                    ),
                ],
                capabilities: vec![choice("home_care_24h", "24時間の訪問診療", false)],
                municipalities: vec![
                    choice("99201", "汐見市", false),
                    choice("99301", "朝凪町", false),
                ],
            },
            chips: vec![link("汐見市"), link("汐見市港町から16km以内")],
            total: 43,
            all: 1_204,
            first: 21,
            rows: vec![
                row("みなと内科医院", "診療所・医院・クリニック", Some(0.65)),
                row(
                    "しおみ在宅クリニック",
                    "診療所・医院・クリニック",
                    Some(3.2),
                ),
                Row {
                    state: Some("休止中".to_owned()),
                    phone: None,
                    ..row("朝凪訪問看護ステーション", "訪問看護", None)
                },
            ],
            near: Near::Found("汐見市港町".to_owned()),
            open_unknown: Some(12),
            unlisted: None,
            map: super::super::map::tests::sample(),
            pages: Pages::of(&asked, 43, 20),
            asked,
        };
        let nothing = ServiceListPage {
            rows: vec![],
            total: 0,
            near: Near::NotFound,
            ..full.clone()
        };
        let unlisted = ServiceListPage {
            unlisted: Some(Unlisted {
                name: "訪問看護".to_owned(),
                how: "一覧を読み込んでください。".to_owned(),
            }),
            near: Near::Several(vec![link("汐見市港町"), link("白帆町港町")]),
            ..nothing.clone()
        };
        vec![full, nothing, unlisted]
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }

    #[test]
    fn the_count_says_what_the_filters_do() {
        let html = samples()[0].render().unwrap();
        assert!(html.contains("<strong>43</strong> 件に絞っています（ぜんぶで 1,204 件）"));
        assert!(html.contains("時間が分からないものが 12 件"));
        assert!(html.contains("いま 21〜23 件目です"));
    }

    #[test]
    fn the_files_are_of_the_whole_selection() {
        let html = samples()[0].render().unwrap();
        assert!(html.contains("/services.xlsx?municipality=99201&#38;near=%E6%B1%90%E8%A6%8B%E5%B8%82%E6%B8%AF%E7%94%BA\""));
    }

    #[test]
    fn pages_end_at_both_ends() {
        let pages = |page: &str| {
            Pages::of(
                &Asked {
                    page: page.into(),
                    ..Asked::default()
                },
                43,
                20,
            )
        };
        assert_eq!(
            (pages("1").before, pages("1").next),
            (None, Some("/services?page=2".to_owned()))
        );
        assert_eq!((pages("9").current, pages("9").next), (3, None));
        assert_eq!(Pages::of(&Asked::default(), 0, 20).last, 1);
    }
}
