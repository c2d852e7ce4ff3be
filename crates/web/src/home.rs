//! `GET /`: the home area: who lives here, how to find care, whom to ask.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State as FromState;
use axum::response::{IntoResponse, Response};
use keniki_app::area::show::people;
use keniki_app::area::show::{self, Area};
use keniki_app::directory::held::{Held, Reach};
use keniki_app::directory::listing;
use keniki_app::directory::search::kind::{self, Kind};
use keniki_app::directory::search::{self, Query, Status};
use keniki_chart::map::Shape;

use crate::area::figures::Subject;
use crate::area::full_name;
use crate::area::list::AreaListPage;
use crate::area::show::projection_figure;
use crate::error::Problem;
use crate::figure::Figure;
use crate::page::{Frame, Link, Page};
use crate::service::asked::Asked;
use crate::service::list::short_address;
use crate::service::{map, words};
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::{self, PARTLY_UNLISTED, UNLISTED};
use crate::work::WorkPage;

/// What residents come for, and the code of the category or capability that answers it.
const NEEDS: [(&str, &str); 10] = [
    ("お医者さんに、家へ来てほしい", "home_medical_management"),
    ("夜や休みの日も、診てもらえるようにしたい", "home_care_24h"),
    ("看護師に、家へ来てほしい", "visiting_nursing"),
    ("ケアマネジャーをさがしたい", "care_management"),
    ("薬のことで、薬剤師に家へ来てほしい", "pharmacist_visit"),
    ("歯医者さんに、家へ来てほしい", "dental_visit"),
    ("ヘルパーに、家の手伝いを頼みたい", "home_help"),
    ("日帰りで、通えるところがほしい", "day_care"),
    ("短いあいだ、泊まれるところがほしい", "short_stay"),
    ("最期まで、家で過ごしたい", "home_palliative_care"),
];

/// How many windows are shown.
const N_WINDOWS: u64 = 12;

/// `GET /`: the home area, or the list of areas where none is set; one's work for whoever is signed in.
pub(crate) async fn show_home(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    if visitor.signed_in().is_some() {
        return Ok(Page(WorkPage::load(&state, &visitor).await?).into_response());
    }
    match show::home(&state.db).await? {
        Some(home) => Ok(Page(HomePage::of(&state, &visitor, home).await?).into_response()),
        None => Ok(Page(AreaListPage::load(&state, &visitor, None).await?).into_response()),
    }
}

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
    /// Where no list of the windows is loaded, as a phrase (米子市以外の市町村); none where each municipality has one.
    pub windows_missing: Option<String>,
    /// Its municipalities on a map, for wide and narrow screens; none without outlines.
    pub map: Option<(String, String)>,
    /// The trend of people, with its table.
    pub trend: Option<Figure>,
}

/// What residents come for, with how many there are.
async fn needs(state: &State, held: &Held, home: &Area) -> Result<Vec<Need>, Problem> {
    let definitions = &state.definitions;
    let municipalities: BTreeSet<String> = home.member_codes().into_iter().collect();
    let mut needs = Vec::new();
    for (wish, code) in NEEDS {
        let Some(kind) = Kind::of_code(definitions, code) else {
            continue;
        };
        let reach = held.reach(&kind, &municipalities);
        let count = match reach {
            Reach::Nowhere => None,
            Reach::Partly | Reach::Everywhere => {
                Some(kind::count_active(&state.db, &kind, &municipalities).await?)
            }
        };
        needs.push(Need {
            wish,
            term: kind
                .words(definitions)
                .map_or(code, |words| words.name)
                .to_owned(),
            href: Asked::kind(&kind).href(),
            count,
            is_partial: reach == Reach::Partly,
        });
    }
    Ok(needs)
}

/// Windows of the area, in the order of the definitions.
async fn windows(state: &State, municipalities: &[String]) -> Result<Vec<Window>, Problem> {
    let definitions = &state.definitions;
    let kinds = definitions
        .categories()
        .iter()
        .filter(|category| category.is_consultation && category.code != "care_management");
    let query = Query {
        categories: kinds.map(|category| category.code.clone()).collect(),
        municipalities: Some(municipalities.to_vec()),
        status: Some(Status::Active),
        ..Query::default()
    };
    let found = search::find_first(&state.db, &state.thesaurus, &query, N_WINDOWS).await?;
    let listed = listing::of(&state.db, &found.service_ids).await?;
    let windows = listed.into_iter().map(|listed| Window {
        link: Link::new(format!("/services/{}", listed.id), listed.name),
        kind: words::category(definitions, &listed.category).to_owned(),
        place: listed
            .address
            .as_deref()
            .map_or(wording::UNKNOWN, short_address)
            .to_owned(),
        phone: words::telephone(listed.phone.as_deref()),
    });
    Ok(windows.collect())
}

/// Where no list of community support centers, everybody's first window, is loaded.
fn windows_missing(state: &State, held: &Held, home: &Area) -> Option<String> {
    let centers = Kind::Category("community_support_center".to_owned());
    let municipalities = home.member_codes().into_iter().collect();
    let found = held.unlisted(&state.definitions, &centers, &municipalities)?;
    let place = words::unlisted(found, &home.members).place;
    Some(place.unwrap_or_else(|| "この地域".to_owned()))
}

/// The municipalities, each leading to its services.
async fn outline_map(state: &State, home: &Area) -> Result<Option<(String, String)>, Problem> {
    let outlines = show::outlines(&state.db, &home.member_codes()).await?;
    let shapes: Vec<Shape> = outlines
        .into_iter()
        .map(|drawn| Shape {
            rings: drawn.rings,
            title: Some(format!("{}の医療と介護をさがす", drawn.name)),
            label: Some(drawn.name),
            href: Some(Asked::municipality(&drawn.code).href()),
            ..Shape::default()
        })
        .collect();
    if shapes.is_empty() {
        return Ok(None);
    }
    let source = map::Ground::source(state, &home.member_codes()).await?;
    let ground = map::Ground { shapes, source };
    Ok(Some(map::draw("市町村", &ground, &[], &[])))
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
    pub count: Option<u64>,
    /// Counted in the municipalities that lists cover only.
    pub is_partial: bool,
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
    async fn of(state: &State, visitor: &Visitor, home: Area) -> Result<Self, Problem> {
        let codes = home.member_codes();
        let held = state.held().await?;
        let people = people::population(&state.db, &codes).await?;
        let projection = people::projection(&state.db, &codes).await?;
        let last = projection
            .as_ref()
            .and_then(|projection| projection.years.last());
        let population = people.and_then(|people| {
            Some(Population {
                total: people.total?,
                age_75_plus: people.age_75_plus,
                counted_on: wording::Day::parse(&people.counted_on),
                projected: last.and_then(|last| {
                    Some((
                        last.year,
                        Projected {
                            total: last.total?,
                            age_75_plus: last.age_75_plus,
                        },
                    ))
                }),
            })
        });
        let prefecture = match &home.prefecture_code {
            Some(code) => show::prefecture_name(&state.db, code).await?,
            None => None,
        };
        let area = full_name(state, &home).await?;
        let subject = Subject {
            code: &home.code,
            name: &area,
            query: "",
        };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?,
            area_href: format!("/areas/{}", home.code),
            prefecture,
            municipalities: home
                .members
                .iter()
                .map(|member| Link::new(Asked::municipality(&member.code).href(), &member.name))
                .collect(),
            population,
            needs: needs(state, &held, &home).await?,
            windows: windows(state, &codes).await?,
            windows_missing: windows_missing(state, &held, &home),
            map: outline_map(state, &home).await?,
            trend: projection.as_ref().map(|it| projection_figure(subject, it)),
            area,
        })
    }

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
pub(crate) mod tests;
