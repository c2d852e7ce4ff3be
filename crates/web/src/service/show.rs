//! `GET /services/{id}`: one service: what, where, when, for whom, how to reach, and how sure all this is.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::Redirect;
use keniki_app::directory::listing;
use keniki_app::directory::show::{self, Figure, Shown};
use keniki_app::directory::spot;

use super::asked::Asked;
use super::hours::{Hours, Opening, week};
use super::list::{is_unconfirmed, short_address, state_word};
use super::map::{self, SelectionMap};
use super::staff::Staff;
use super::words;
use crate::error::Problem;
use crate::page::{Frame, Link, Nav, Page};
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::{self, Day};

/// `GET /services/{id}`.
pub(crate) async fn show_service(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Page<ServicePage>, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let shown = show::service(&state.db, &state.thesaurus, id)
        .await?
        .ok_or(Problem::NotFound)?;
    let mut page = ServicePage::of(&state, &shown);
    page.frame = Frame::load(&state, &visitor, Some(Nav::Search)).await?;
    page.map = map_of(&state, &shown).await?;
    page.staff = Staff::of(&state, &visitor, id.into()).await?;
    Ok(Page(page))
}

/// `GET /sites/{id}`: to the first service of a site, as the data checks name sites by their number.
pub(crate) async fn show_site(
    FromState(state): FromState<Arc<State>>,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let services = show::services_of_site(&state.db, id).await?;
    let first = services.first().ok_or(Problem::NotFound)?;
    Ok(Redirect::to(&format!("/services/{first}")))
}

/// The service in its municipality; none where its place is not known.
async fn map_of(state: &State, shown: &Shown) -> Result<Option<SelectionMap>, Problem> {
    let found = spot::of(&state.db, &[shown.service.id]).await?;
    if found.iter().all(|spot| spot.point.is_none()) {
        return Ok(None);
    }
    let municipality: Vec<String> = shown.service.municipality_code.iter().cloned().collect();
    let ground = map::Ground::load(state, &municipality).await?;
    let asked = Asked {
        id: shown.service.id.to_string(),
        area: municipality.concat(),
        ..Asked::default()
    };
    Ok(Some(map::of_spots(state, "場所", &ground, &found, &asked)))
}

/// One service at a site.
#[derive(Debug, Clone, Template)]
#[template(path = "service/show.html")]
pub struct ServicePage {
    /// Around the page.
    pub frame: Frame,
    /// Its address at this site.
    pub href: String,
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
    /// How many at once.
    pub capacity: Option<Capacity>,
    /// For whom.
    pub eligibility: Option<String>,
    /// Where it comes to.
    pub area_served: Option<String>,
    /// The numbers that it reported, each with its unit.
    pub details: Vec<(String, String)>,
    /// Other services of the same site.
    pub siblings: Vec<Link>,
    /// The same kind nearby.
    pub near: Vec<NearOne>,
    /// When and by whom it was last confirmed.
    pub assured: Option<(Day, String)>,
    /// That is too long ago, or never was.
    pub is_unconfirmed: bool,
    /// Where all this comes from.
    pub sources: Vec<Source>,
    /// Where it lies.
    pub map: Option<SelectionMap>,
    /// What only who is signed in sees.
    pub staff: Option<Staff>,
}

impl ServicePage {
    /// What the directory says, without what lies around.
    pub(super) fn of(state: &State, shown: &Shown) -> Self {
        let (definitions, now) = (&state.definitions, state.clock.now());
        let listed = &shown.service;
        let category = definitions.category(&listed.category);
        let plain = category.map_or(listed.category.clone(), |category| category.plain.clone());
        Self {
            frame: Frame::bare(state),
            href: format!("/services/{}", listed.id),
            name: listed.name.clone(),
            kana: listed.kana.clone(),
            kind: Kind {
                term: category.map_or(plain.clone(), |category| category.name.clone()),
                sentence: category
                    .map(|category| category.sentence.clone())
                    .unwrap_or_default(),
                href: Asked::category(&listed.category).href(),
                plain,
            },
            organization: listed.organization.clone(),
            state: state_text(shown),
            address: listed.address.as_ref().map(|address| Address {
                postal_code: shown.postal_code.clone(),
                text: [
                    address.as_str(),
                    listed.building.as_deref().unwrap_or_default(),
                ]
                .join(" ")
                .trim()
                .to_owned(),
                is_rough: listed.precision == "town",
            }),
            phone: words::telephone(listed.phone.as_deref()),
            fax: shown.fax.clone(),
            website: listed
                .url
                .clone()
                .filter(|url| url.starts_with("http://") || url.starts_with("https://")),
            contacts: shown.contacts.iter().map(Contact::of).collect(),
            hours: week(shown, now),
            hours_note: shown.hours_note.clone(),
            opening: Opening::at(shown, now),
            capabilities: shown
                .capabilities
                .iter()
                .filter_map(|ability| Capability::of(state, ability))
                .collect(),
            capacity: listed.capacity.map(|n| Capacity::of(state, shown, n)),
            eligibility: shown.eligibility.clone(),
            area_served: shown.area_served.clone(),
            details: shown.figures.iter().map(reported).collect(),
            siblings: shown
                .siblings
                .iter()
                .map(|other| {
                    let kind = words::category(definitions, &other.category);
                    Link::new(
                        format!("/services/{}", other.id),
                        format!("{kind}（{}）", other.name),
                    )
                })
                .collect(),
            near: shown
                .near
                .iter()
                .map(|(other, km)| NearOne {
                    link: Link::new(format!("/services/{}", other.id), &other.name),
                    place: other
                        .address
                        .as_deref()
                        .map_or(wording::UNKNOWN, short_address)
                        .to_owned(),
                    distance: wording::distance(
                        *km,
                        listed.precision == "town" || other.precision == "town",
                    ),
                })
                .collect(),
            is_unconfirmed: is_unconfirmed(listed, state),
            assured: listed.last_assured.as_ref().and_then(|assured| {
                Some((
                    Day::parse(&assured.on)?,
                    assured
                        .by
                        .clone()
                        .unwrap_or_else(|| "確認した人は不明".to_owned()),
                ))
            }),
            sources: listed
                .sources
                .iter()
                .map(|source| Source {
                    title: words::source(definitions, &source.format),
                    as_of: source.as_of.as_deref().and_then(Day::parse),
                    is_gone: source.is_gone,
                })
                .collect(),
            map: None,
            staff: None,
        }
    }
}

fn state_text(shown: &Shown) -> Option<String> {
    let word = state_word(&shown.service.status)?;
    let day = shown.closed_on.as_deref().and_then(Day::parse);
    Some(day.map_or_else(
        || word.to_owned(),
        |day| format!("{word}（{}）", day.plain()),
    ))
}

/// A number in words: a mean of days or of doctors has a decimal, a count has none.
fn reported(figure: &Figure) -> (String, String) {
    let decimals = usize::from(figure.number.fract() != 0.0);
    let number = keniki_chart::theme::number(figure.number, decimals);
    (figure.name.clone(), format!("{number} {}", figure.unit))
}

impl Capacity {
    fn of(state: &State, shown: &Shown, n: i64) -> Self {
        let is_inpatient = ["hospital", "clinic"].contains(&shown.service.category.as_str());
        let sources = &shown.service.sources;
        let has_report = sources.iter().any(listing::Source::is_bed_report);
        let (word, unit) = match (is_inpatient, has_report && shown.capacities.is_empty()) {
            // Nothing but a bed report tells it.
            (true, true) => ("一般・療養病床数", "床"),
            (true, false) => ("病床数", "床"),
            (false, _) => ("定員", "人"),
        };
        let written = |n: i64| format!("{} {unit}", wording::number(n));
        let list = |source: &listing::Source| {
            let title = words::source(&state.definitions, &source.format);
            let day = source.as_of.as_deref().and_then(Day::parse);
            day.map_or(title.clone(), |day| format!("{title}、{}現在", day.plain()))
        };
        let (same, others): (Vec<_>, Vec<_>) = shown
            .capacities
            .iter()
            .partition(|(capacity, _)| *capacity == n);
        Self {
            word,
            number: written(n),
            source: same.first().map(|(_, source)| list(source)),
            others: others
                .iter()
                .map(|(other, source)| format!("{}（{}）", written(*other), list(source)))
                .collect(),
        }
    }
}

impl Contact {
    fn of(contact: &show::Contact) -> Self {
        Self {
            purpose: contact
                .name
                .clone()
                .unwrap_or_else(|| contact.purpose.clone()),
            phone: words::telephone(contact.phone.as_deref()),
            hours: contact.hours_note.clone(),
        }
    }
}

impl Capability {
    fn of(state: &State, ability: &show::Capability) -> Option<Self> {
        let known = state
            .definitions
            .capability(&ability.code)
            .filter(|known| known.resident_visible)?;
        let since = ability
            .since
            .as_deref()
            .and_then(Day::parse)
            .map(|day| format!("{}から", day.plain()));
        let parts: Vec<String> = [ability.filing.clone(), ability.note.clone(), since]
            .into_iter()
            .flatten()
            .collect();
        Some(Self {
            plain: known.plain.clone(),
            term: known.name.clone(),
            basis: (!parts.is_empty()).then(|| format!("届出：{}", parts.join("・"))),
        })
    }
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

/// Beds or places, and what other lists say.
#[derive(Debug, Clone)]
pub struct Capacity {
    /// What is counted.
    pub word: &'static str,
    /// With its unit.
    pub number: String,
    /// The list that says so, with its day.
    pub source: Option<String>,
    /// Another number of another list, with that list.
    pub others: Vec<String>,
}

/// Another of the same kind.
#[derive(Debug, Clone)]
pub struct NearOne {
    /// Its page.
    pub link: Link,
    /// Municipality and town.
    pub place: String,
    /// Straight distance, in words.
    pub distance: String,
}

/// Where facts come from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Title and publisher.
    pub title: String,
    /// As of.
    pub as_of: Option<Day>,
    /// Its newest edition no longer has it.
    pub is_gone: bool,
}

#[cfg(test)]
pub(crate) mod tests;
