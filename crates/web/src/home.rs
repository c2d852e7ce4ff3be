//! `GET /`: the home area: who lives here, how to find care, whom to ask.

use askama::Template;

use crate::figure::Figure;
use crate::page::{Frame, Link};
use crate::wording::{self, UNLISTED};

/// The area's own page.
#[derive(Debug, Clone, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// Around the page.
    pub frame: Frame,
    /// Name of the area.
    pub area: String,
    /// Its page of numbers.
    pub area_href: String,
    /// Its prefecture.
    pub prefecture: Option<String>,
    /// Its municipalities, each with its list of services.
    pub municipalities: Vec<Link>,
    /// People living here; none where not loaded.
    pub population: Option<Population>,
    /// What people come for, in plain words.
    pub needs: Vec<Need>,
    /// Where to ask; empty where no source is loaded.
    pub windows: Vec<Window>,
    /// Its municipalities on a map, for wide and narrow screens; none without outlines.
    pub map: Option<(String, String)>,
    /// The trend of people, with its table.
    pub trend: Option<Figure>,
}

/// How many people, and how many there will be.
#[derive(Debug, Clone)]
pub struct Population {
    /// All.
    pub total: i64,
    /// 75 and older; none where a municipality's ages are blank.
    pub age_75_plus: Option<i64>,
    /// Day of the count, as a phrase (HTML of a [`wording::Day`]).
    pub counted_on: Option<wording::Day>,
    /// Last year of the projection and its numbers.
    pub projected: Option<(i32, Projected)>,
}

/// A projected year.
#[derive(Debug, Clone, Copy)]
pub struct Projected {
    /// All.
    pub total: i64,
    /// 75 and older.
    pub age_75_plus: Option<i64>,
}

/// A situation in a resident's words.
#[derive(Debug, Clone)]
pub struct Need {
    /// The wish: 看護師に家に来てほしい.
    pub wish: &'static str,
    /// The technical term: 訪問看護.
    pub term: String,
    /// The list that answers it.
    pub href: String,
    /// How many there are; none where no source covers it.
    pub count: Option<i64>,
}

/// A window where people can ask.
#[derive(Debug, Clone)]
pub struct Window {
    /// Name and page.
    pub link: Link,
    /// What kind of window.
    pub kind: String,
    /// Where.
    pub place: String,
    /// Telephone as written, and its `tel:` address.
    pub phone: Option<Link>,
}

impl HomePage {
    fn lead(&self) -> String {
        let prefecture = self.prefecture.as_deref().unwrap_or_default();
        let n = self.municipalities.len();
        match &self.population {
            Some(people) => format!(
                "{prefecture}にある{n}つの市町村で、{}人が暮らしています。",
                wording::number(people.total)
            ),
            None => format!("{prefecture}にある{n}つの市町村の、医療と介護の情報です。"),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<HomePage> {
        let full = HomePage {
            frame: Frame::sample(None),
            area: "汐見圏域".to_owned(),
            area_href: "/areas/9901".to_owned(),
            prefecture: Some("架空県".to_owned()),
            municipalities: ["汐見市", "朝凪町", "三ツ森町", "白帆町", "遠野瀬村"]
                .map(|name| Link::new("/services?municipality=99201", name))
                .to_vec(),
            population: Some(Population {
                total: 220_431,
                age_75_plus: Some(41_208),
                counted_on: wording::Day::parse("2026-01-01"),
                projected: Some((
                    2050,
                    Projected {
                        total: 163_020,
                        age_75_plus: Some(44_871),
                    },
                )),
            }),
            needs: vec![
                need("お医者さんに家へ来てほしい", "訪問診療・往診", Some(43)),
                need("看護師に家へ来てほしい", "訪問看護", None),
                need("ケアマネジャーをさがしたい", "居宅介護支援", Some(90)),
                need("薬を家まで届けてほしい", "訪問薬剤管理指導", Some(61)),
            ],
            windows: vec![Window {
                link: Link::new("/services/7", "汐見市中央地域包括支援センター"),
                kind: "地域包括支援センター".to_owned(),
                place: "汐見市港町1-2".to_owned(),
                phone: Some(Link::new("tel:0990123456", "0990-12-3456")),
            }],
            map: Some(crate::service::map::tests::drawings()),
            trend: Some(crate::area::figures::people::tests::projection_sample()),
        };
        let empty = HomePage {
            population: None,
            windows: vec![],
            trend: None,
            map: None,
            ..full.clone()
        };
        vec![full, empty]
    }

    fn need(wish: &'static str, term: &str, count: Option<i64>) -> Need {
        Need {
            wish,
            term: term.to_owned(),
            href: "/services?capability=home_care_24h".to_owned(),
            count,
        }
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }

    #[test]
    fn a_need_that_no_source_covers_reads_unlisted_and_not_zero() {
        let html = samples()[0].render().unwrap();
        let line = html
            .lines()
            .skip_while(|line| !line.contains("看護師に家へ来てほしい"))
            .nth(1)
            .unwrap();
        assert!(line.contains(UNLISTED) && !line.contains("0 件"), "{line}");
    }
}
