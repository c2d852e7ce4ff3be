//! `GET /services/{id}`: one service: what, where, when, for whom, how to reach, and how sure all this is.

use askama::Template;

use super::map::SelectionMap;
use crate::page::{Frame, Link};
use crate::wording::{self, Day};

/// One service at a site.
#[derive(Debug, Clone, Template)]
#[template(path = "service/show.html")]
pub struct ServicePage {
    /// Around the page.
    pub frame: Frame,
    /// Name of the site.
    pub name: String,
    /// Its reading.
    pub kana: Option<String>,
    /// What it is in plain words, the technical term, and a sentence on it.
    pub kind: Kind,
    /// Who runs it.
    pub organization: Option<String>,
    /// Not the usual state: 休止中, 令和7年3月31日に閉鎖.
    pub state: Option<String>,
    /// Where.
    pub address: Option<Address>,
    /// Telephone as written, and its `tel:` address.
    pub phone: Option<Link>,
    /// As written.
    pub fax: Option<String>,
    /// Its own site.
    pub website: Option<String>,
    /// Windows that the public may call.
    pub contacts: Vec<Contact>,
    /// Opening hours by weekday; empty where not known.
    pub hours: Vec<Hours>,
    /// Remarks on the hours.
    pub hours_note: Option<String>,
    /// What is known of this moment.
    pub opening: Opening,
    /// What it can do.
    pub capabilities: Vec<Capability>,
    /// How many at once, with its unit.
    pub capacity: Option<String>,
    /// For whom.
    pub eligibility: Option<String>,
    /// Where it comes to.
    pub area_served: Option<String>,
    /// Anything else the source says, as (word, value).
    pub details: Vec<(String, String)>,
    /// Other services of the same site.
    pub siblings: Vec<Link>,
    /// The same kind nearby.
    pub near: Vec<NearOne>,
    /// When and by whom it was last confirmed.
    pub assured: Option<(Day, String)>,
    /// Where all this comes from.
    pub sources: Vec<Source>,
    /// Where it lies.
    pub map: Option<SelectionMap>,
}

/// What a service is.
#[derive(Debug, Clone)]
pub struct Kind {
    /// In plain words.
    pub plain: String,
    /// The ministry's term.
    pub term: String,
    /// What that is.
    pub sentence: String,
    /// All of this kind.
    pub href: String,
}

/// Where it is.
#[derive(Debug, Clone)]
pub struct Address {
    /// 〒 and seven digits.
    pub postal_code: Option<String>,
    /// As written, with the building.
    pub text: String,
    /// Only the middle of the town is known.
    pub is_rough: bool,
}

/// A window.
#[derive(Debug, Clone)]
pub struct Contact {
    /// What it is for.
    pub purpose: String,
    /// Telephone as written, and its `tel:` address.
    pub phone: Option<Link>,
    /// When.
    pub hours: Option<String>,
}

/// Whether it is open now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It is.
    Open,
    /// It is not.
    Closed,
    /// Its hours are not known.
    Unknown,
}

impl Opening {
    fn word(self) -> &'static str {
        match self {
            Self::Open => "いま開いています",
            Self::Closed => "いまは時間外です",
            Self::Unknown => "時間は不明です",
        }
    }
}

/// Hours of one weekday.
#[derive(Debug, Clone)]
pub struct Hours {
    /// 月 … 日, 祝.
    pub day: &'static str,
    /// `9:00–12:00`, `休み`, `開いています（時間は不明）` or 不明.
    pub spans: Vec<String>,
    /// Today is such a day.
    pub is_today: bool,
}

/// What it can do.
#[derive(Debug, Clone)]
pub struct Capability {
    /// In plain words.
    pub plain: String,
    /// The technical term.
    pub term: String,
    /// By which filing it is known, and since when.
    pub basis: Option<String>,
}

/// Another of the same kind.
#[derive(Debug, Clone)]
pub struct NearOne {
    /// Its page.
    pub link: Link,
    /// Municipality and town.
    pub place: String,
    /// Straight distance in km.
    pub km: f64,
}

/// Where facts come from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Title and publisher.
    pub title: String,
    /// As of.
    pub as_of: Option<Day>,
    /// It is no longer in that list since this day.
    pub gone: Option<Day>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<ServicePage> {
        let full = ServicePage {
            frame: Frame::sample(Some(crate::page::Nav::Search)),
            name: "みなと内科医院".to_owned(),
            kana: Some("みなとないかいいん".to_owned()),
            kind: Kind {
                plain: "診療所・医院・クリニック".to_owned(),
                term: "診療所".to_owned(),
                sentence: "入院のベッドがないか、19床以下の医療機関です。".to_owned(),
                href: "/services?category=clinic".to_owned(),
            },
            organization: Some("医療法人みなと会".to_owned()),
            state: None,
            address: Some(Address {
                postal_code: Some("999-0001".to_owned()),
                text: "汐見市港町1丁目2番3号".to_owned(),
                is_rough: true,
            }),
            phone: Some(Link::new("tel:0990123456", "0990-12-3456")),
            fax: Some("0990-12-3457".to_owned()),
            website: Some("https://minato.example/".to_owned()),
            contacts: vec![Contact {
                purpose: "訪問診療の相談".to_owned(),
                phone: Some(Link::new("tel:0990123458", "0990-12-3458")),
                hours: Some("平日 9:00〜17:00".to_owned()),
            }],
            hours: vec![
                Hours {
                    day: "月",
                    spans: vec!["9:00〜12:00".to_owned(), "14:00〜18:00".to_owned()],
                    is_today: true,
                },
                Hours {
                    day: "日",
                    spans: vec!["休み".to_owned()],
                    is_today: false,
                },
                Hours {
                    day: "祝日",
                    spans: vec!["不明".to_owned()],
                    is_today: false,
                },
            ],
            hours_note: Some("水曜の午後は訪問診療のため休みです。".to_owned()),
            opening: Opening::Open,
            capabilities: vec![Capability {
                plain: "夜間や休日も往診してくれる".to_owned(),
                term: "在宅療養支援診療所".to_owned(),
                basis: Some("届出：支援診３（平成30年4月1日から）".to_owned()),
            }],
            capacity: Some("12 床".to_owned()),
            eligibility: None,
            area_served: Some("汐見市・朝凪町".to_owned()),
            details: vec![("診療科".to_owned(), "内科、小児科".to_owned())],
            siblings: vec![Link::new("/services/2", "通所リハビリテーション")],
            near: vec![NearOne {
                link: Link::new("/services/3", "しおみ在宅クリニック"),
                place: "汐見市浜町".to_owned(),
                km: 1.2,
            }],
            assured: Day::parse("2026-10-01").map(|day| (day, "事業所".to_owned())),
            sources: vec![Source {
                title: "届出受理医療機関名簿（地方厚生局）".to_owned(),
                as_of: Day::parse("2026-10-01"),
                gone: Day::parse("2026-11-01"),
            }],
            map: Some(super::super::map::tests::sample()),
        };
        let bare = ServicePage {
            kana: None,
            organization: None,
            state: Some("休止中".to_owned()),
            address: None,
            phone: None,
            fax: None,
            website: None,
            contacts: vec![],
            hours: vec![],
            hours_note: None,
            opening: Opening::Unknown,
            capabilities: vec![],
            capacity: None,
            area_served: None,
            details: vec![],
            siblings: vec![],
            near: vec![],
            assured: None,
            sources: vec![],
            map: None,
            ..full.clone()
        };
        vec![full, bare]
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }

    #[test]
    fn what_is_not_known_is_said_and_not_left_out() {
        let html = samples()[1].render().unwrap();
        assert!(html.contains("<dt>電話</dt><dd>不明"));
        assert!(html.contains("未確認"));
    }
}
