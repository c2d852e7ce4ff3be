//! What stands around every page: the frame, and the answer that carries it.

use std::fmt::Write as _;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use keniki_app::account::policy::Deed;
use keniki_app::area::show;
use keniki_app::database::DbErr;
use keniki_app::definition::patient::Setting;
use keniki_app::definition::vocabulary::Publisher;
use keniki_base::clock::jst_day;

use crate::about::LoadedSource;
use crate::area::full_name;
use crate::sources;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::Day;

pub mod chips;
pub mod pages;

#[cfg(test)]
pub(crate) mod check;

/// The four words of the public navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// さがす: `/services`.
    Search,
    /// 地域のようす: `/areas`.
    Area,
    /// 在宅医療とは: `/guide`.
    Guide,
    /// このサイトについて: `/about`.
    About,
}

/// Around every page: whose area it is, where we are, what the reader must know first.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Name of the home area; none where several are loaded and none is set.
    pub area: Option<String>,
    /// Where 地域のようす leads: the home area, or the list.
    pub area_href: String,
    /// The word of the navigation that this page belongs to.
    pub current: Option<Nav>,
    /// What every reader must know first, such as that all data is invented.
    pub banner: Option<String>,
    /// What must be known of this one page before all else: that a record is open in an emergency, and until when.
    pub alert: Option<String>,
    /// Who runs this installation: name and how to reach it; empty where it has not said.
    pub operator: Publisher,
    /// Publishers whose data is loaded.
    pub publishers: Vec<String>,
    /// The newest day any data was loaded.
    pub updated: Option<Day>,
    /// Today, for print.
    pub today: Day,
    /// Who is signed in; none on the public side.
    pub seat: Option<Seat>,
    /// The staff's word of the navigation that this page belongs to, by its address; empty for none.
    pub staff_page: &'static str,
}

/// Somebody signed in, as the header says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// What they are called.
    pub name: String,
    /// For which organization they work here.
    pub organization: String,
    /// In which role.
    pub role: String,
    /// Where they may go: the words of the staff's navigation.
    pub links: Vec<Link>,
}

impl Seat {
    fn of(state: &State, visitor: &Visitor) -> Option<Self> {
        let session = visitor.signed_in()?;
        let desk = session.desk.as_ref();
        let role = desk.map_or("", |desk| desk.actor.role.as_str());
        let role = state.definitions.role(role);
        let may = |deed| visitor.by.ever_may(deed);
        let parts = || {
            let code = role.map_or("", |role| &role.code);
            state.definitions.patients().parts_held_by(code)
        };
        let in_hospital = parts().any(|part| part.setting == Setting::Hospital);
        let has_clients = parts().any(|part| part.answers > 0);
        let links = [
            (true, "/", "今日の仕事"),
            (may(Deed::ReadPatient), "/patients", "患者"),
            (may(Deed::OpenEmergency), "/patients/look_up", "緊急時閲覧"),
            (may(Deed::ReadCase) && has_clients, "/clients", "利用者"),
            (may(Deed::ReadCase) && in_hospital, "/ward", "入院"),
            (may(Deed::ReadCase), "/cases", "ケース"),
            (may(Deed::ReadHandover), "/handovers", "引継ぎ"),
            (may(Deed::ReadInquiry), "/inquiries", "照会"),
            (true, "/services", "資源"),
            (true, "/programs", "申し合わせ"),
            (
                may(Deed::Propose) || may(Deed::Approve),
                "/proposals",
                "申し出",
            ),
            (may(Deed::AskConfirmation), "/confirmations", "確認"),
            (may(Deed::ReadFiling), "/filings", "届出"),
            (may(Deed::Import), "/imports", "取込み"),
            (may(Deed::ReadJob), "/jobs", "処理"),
            (may(Deed::ReadAccount), "/offices", "管理"),
            (may(Deed::ReadAudit), "/audit", "監査"),
        ];
        let links = links.into_iter().filter(|(is_theirs, _, _)| *is_theirs);
        Some(Self {
            name: session.name.clone(),
            organization: desk
                .map_or("所属なし", |desk| &desk.organization_name)
                .to_owned(),
            role: role.map_or("役割なし", |role| &role.name).to_owned(),
            links: links.map(|(_, href, text)| Link::new(href, text)).collect(),
        })
    }

    /// Whether a page is one of their navigation's.
    #[must_use]
    pub fn leads_to(&self, href: &str) -> bool {
        self.links.iter().any(|link| link.href == href)
    }
}

impl Frame {
    /// What the header calls this site.
    #[must_use]
    pub fn name(&self) -> &str {
        self.area.as_deref().unwrap_or("圏域の医療と介護")
    }

    /// Whether this page belongs to that word of the navigation.
    #[must_use]
    pub fn is(&self, nav: Nav) -> bool {
        self.current == Some(nav)
    }
}

impl Frame {
    /// The frame as the database has it now.
    ///
    /// # Errors
    /// The database's own.
    pub async fn load(
        state: &State,
        visitor: &Visitor,
        current: Option<Nav>,
    ) -> Result<Self, DbErr> {
        let home = show::home(&state.db).await?;
        let area = match &home {
            Some(home) => Some(full_name(state, home).await?),
            None => None,
        };
        let sources = sources::loaded(state).await?;
        let mut publishers: Vec<String> = sources.iter().filter_map(publisher).collect();
        publishers.sort();
        publishers.dedup();
        Ok(Self {
            area_href: home.as_ref().map_or_else(
                || "/areas".to_owned(),
                |home| format!("/areas/{}", home.code),
            ),
            area,
            current,
            banner: keniki_app::sample::is_made(&state.db)
                .await?
                .then(|| SAMPLE.to_owned()),
            publishers,
            updated: sources.iter().filter_map(|source| source.loaded_on).max(),
            seat: Seat::of(state, visitor),
            staff_page: match current {
                Some(Nav::Search) => "/services",
                Some(Nav::Area | Nav::Guide | Nav::About) | None => "",
            },
            ..Self::bare(state)
        })
    }

    /// A frame that needs no database.
    #[must_use]
    pub fn bare(state: &State) -> Self {
        Self {
            area: None,
            area_href: "/areas".to_owned(),
            current: None,
            banner: None,
            alert: None,
            operator: state.definitions.publisher().clone(),
            publishers: Vec::new(),
            updated: None,
            today: Day(jst_day(state.clock.now())),
            seat: None,
            staff_page: "",
        }
    }

    /// The same, at this word of the staff's navigation.
    #[must_use]
    pub fn at(self, staff_page: &'static str) -> Self {
        Self { staff_page, ..self }
    }
}

/// Who published a source, without what follows the name; what this project wrote itself has none.
fn publisher(source: &LoadedSource) -> Option<String> {
    let name = source
        .publisher
        .split([' ', '（'])
        .next()
        .unwrap_or_default();
    (!name.is_empty() && name != "Keniki").then(|| name.to_owned())
}

/// On every page of a sample.
const SAMPLE: &str = "これは見本です。人・場所・事業所・電話番号・数字はすべて架空のものです。";

/// A link of a page: where it leads and its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Address, percent-encoded.
    pub href: String,
    /// Words.
    pub text: String,
}

impl Link {
    /// A link.
    pub fn new(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            text: text.into(),
        }
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub(crate) fn encode(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
}

/// Answers with a rendered page.
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => ([(header::CACHE_CONTROL, "no-cache")], Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "a template could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

#[cfg(test)]
impl Frame {
    /// A frame of the invented area that the samples share.
    pub(crate) fn sample(current: Option<Nav>) -> Self {
        let day = |text| Day::parse(text).expect("a day");
        Self {
            operator: Publisher {
                name: "みほん保健所".to_owned(),
                contact: "電話 0859-00-0000".to_owned(),
            },
            area: Some("汐見圏域".to_owned()),
            area_href: "/areas/9901".to_owned(),
            current,
            banner: Some("これは見本です。人・場所・数字はすべて架空のものです。".to_owned()),
            alert: None,
            publishers: vec![
                "総務省".to_owned(),
                "厚生労働省".to_owned(),
                "国土交通省".to_owned(),
            ],
            updated: Some(day("2026-11-20")),
            today: day("2026-11-22"),
            seat: None,
            staff_page: "",
        }
    }

    /// The same with somebody signed in.
    pub(crate) fn sample_of_staff() -> Self {
        Self {
            seat: Some(Seat {
                name: "見本 千歳".to_owned(),
                organization: "汐見圏域保健所".to_owned(),
                role: "保健所（企画調整）".to_owned(),
                links: vec![
                    Link::new("/", "今日の仕事"),
                    Link::new("/services", "資源"),
                    Link::new("/offices", "管理"),
                ],
            }),
            ..Self::sample(None)
        }
    }
}
