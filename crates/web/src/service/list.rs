//! `GET /services`: search, filters, list and map of the same selection.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query as FromQuery, State as FromState};
use keniki_app::account::policy::Deed;
use keniki_app::directory::listing::{self, Listed};
use keniki_app::directory::search;
use keniki_base::clock::jst_day;
use keniki_base::code::PrefectureCode;
use keniki_base::geo::{self, Point};

use super::asked::{Asked, Field};
use super::map::{self, SelectionMap};
use super::scope::{PAGE_SIZE, Scope};
use super::words;
use crate::error::Problem;
use crate::page::pages::Pages;
use crate::page::{Frame, Link, Nav, Page};
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::{self, UNLISTED};

/// What a row says of what a service can do.
const MOST_CAPABILITIES: usize = 2;

/// `GET /services`.
pub(crate) async fn list_services(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    asked: Result<FromQuery<Asked>, QueryRejection>,
) -> Result<Page<ServiceListPage>, Problem> {
    let FromQuery(mut asked) = asked?;
    let (definitions, km) = (&state.definitions, state.definitions.coverage().km);
    let scope = Scope::of(&state, &asked).await?;
    let held = state.held().await?;
    let places = scope.held_in(&held, &asked);
    let now = state.clock.now();
    let mut query = scope.query(&asked, km, now);
    let mut found = search::find(&state.db, &state.thesaurus, &query).await?;
    if found.service_ids.is_empty() && found.total > 0 {
        // Behind the last page, as an old link may lead: the last one.
        asked.page = found.total.div_ceil(PAGE_SIZE).to_string();
        query = scope.query(&asked, km, now);
        found = search::find(&state.db, &state.thesaurus, &query).await?;
    }
    let listed = listing::of(&state.db, &found.service_ids).await?;
    let chips = scope.chips(&asked, definitions, km);
    let all = match chips.is_empty() {
        true => found.total,
        false => {
            search::find(&state.db, &state.thesaurus, &scope.everything())
                .await?
                .total
        }
    };
    let choices = Choices {
        municipalities: scope.municipalities(),
        views: words::views(definitions, &asked),
        ..words::choices(definitions, &held, &places)
    };
    Ok(Page(ServiceListPage {
        frame: Frame::load(&state, &visitor, Some(Nav::Search)).await?,
        may_propose: visitor.by.ever_may(Deed::Propose),
        choices,
        chips,
        total: found.total,
        all,
        first: (query.page - 1) * PAGE_SIZE + 1,
        rows: listed
            .into_iter()
            .map(|listed| Row::of(listed, &state, scope.point))
            .collect(),
        open_unknown: found.n_open_unknown,
        unlisted_words: held
            .unlisted_words(definitions, &asked.q, &places)
            .into_iter()
            .map(|found| words::unlisted(found, scope.members()))
            .collect(),
        unlisted: asked
            .kinds()
            .iter()
            .find_map(|kind| held.unlisted(definitions, kind, &places))
            .map(|found| words::unlisted(found, scope.members())),
        map: map::of_search(&state, &asked, &scope, &query, found.total).await?,
        pages: Pages::at(asked.page_number(), found.total, PAGE_SIZE, |page| {
            asked.with(Field::Page, &page.to_string()).href()
        }),
        near: scope.near,
        asked,
    }))
}

/// The list of services that fit what was asked.
#[derive(Debug, Clone, Template)]
#[template(path = "service/list.html")]
pub struct ServiceListPage {
    /// Around the page.
    pub frame: Frame,
    /// What was asked.
    pub asked: Asked,
    /// Whether the reader may propose that something else is said.
    pub may_propose: bool,
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
    /// What the words typed name and no source covers, whatever else they find.
    pub unlisted_words: Vec<Unlisted>,
    /// The same selection on a map; none where it is too large for one.
    pub map: Option<SelectionMap>,
    /// Pages around this one.
    pub pages: Pages,
}

/// What can be asked.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// The five views, each with the address that shows it alone, and whether it is shown alone now.
    pub views: Vec<(Link, bool)>,
    /// Categories under the name of their view.
    pub categories: Vec<(String, Vec<Choice>)>,
    /// Capabilities under their headings.
    pub capabilities: Vec<(String, Vec<Choice>)>,
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
    /// 未収載 or 一部は未収載, where lists do not cover it.
    pub unlisted: Option<&'static str>,
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

/// A category or capability that lists do not cover everywhere.
#[derive(Debug, Clone)]
pub struct Unlisted {
    /// Its plain name.
    pub name: String,
    /// How it gets in, for those who run this site.
    pub how: String,
    /// Where it is missing, as a phrase (米子市以外の市町村); none: everywhere.
    pub place: Option<String>,
}

impl Unlisted {
    /// 「訪問看護」は、米子市以外の市町村では未収載です。
    pub(crate) fn sentence(&self) -> String {
        match &self.place {
            None => format!("「{}」は{UNLISTED}です。", self.name),
            Some(place) => format!("「{}」は、{place}では{UNLISTED}です。", self.name),
        }
    }
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
    /// Straight distance from the place asked for, in words; none where its own place is not known.
    pub distance: Option<String>,
    /// What it can do, in plain words; a few.
    pub can: Vec<String>,
    /// Not the usual state: 休止中.
    pub state: Option<String>,
    /// Nobody confirmed it for too long.
    pub is_unconfirmed: bool,
}

impl Row {
    fn of(listed: Listed, state: &State, near: Option<Point>) -> Self {
        let definitions = &state.definitions;
        let known = listed
            .capabilities
            .iter()
            .filter_map(|code| definitions.capability(code));
        let mut visible: Vec<_> = known.filter(|known| known.resident_visible).collect();
        // What comes to the home is what most readers look for.
        visible.sort_by_key(|known| (!known.is_home_visit, !known.is_24h));
        Self {
            href: format!("/services/{}", listed.id),
            kind: words::category(definitions, &listed.category).to_owned(),
            place: listed.address.as_deref().map_or_else(
                || wording::UNKNOWN.to_owned(),
                |address| short_address(address).to_owned(),
            ),
            phone: words::telephone(listed.phone.as_deref()),
            distance: near.zip(listed.point).map(|(near, point)| {
                wording::distance(geo::km(near, point), listed.precision == "town")
            }),
            can: visible
                .into_iter()
                .take(MOST_CAPABILITIES)
                .map(|known| known.plain.clone())
                .collect(),
            state: state_word(&listed.status)
                .or_else(|| listed.is_gone().then_some("名簿から消えています"))
                .map(str::to_owned),
            is_unconfirmed: is_unconfirmed(&listed, state),
            name: listed.name,
        }
    }
}

/// Whether a service reads 未確認: it was confirmed too long ago, or was asked in vain. One that nobody has ever asked does
/// not, in a list: that would be most of them, and say nothing.
pub(super) fn is_unconfirmed(listed: &Listed, state: &State) -> bool {
    let rule = state.definitions.confirmation();
    match &listed.last_assured {
        Some(assured) => rule.is_unconfirmed(Some(&assured.on), jst_day(state.clock.now())),
        None => listed.has_lapsed,
    }
}

/// An address without its prefecture, an invented one included.
#[must_use]
pub fn short_address(address: &str) -> &str {
    if let Some((_, rest)) = PrefectureCode::strip_name(address) {
        return rest;
    }
    let prefecture = address
        .char_indices()
        .take(4)
        .find(|(_, letter)| *letter == '県');
    prefecture.map_or(address, |(at, letter)| &address[at + letter.len_utf8()..])
}

/// What must be said of a status that is not the usual one.
#[must_use]
pub fn state_word(status: &str) -> Option<&'static str> {
    match status {
        "suspended" => Some("休止中"),
        "closed" => Some("閉鎖"),
        _ => None,
    }
}

/// So many kinds are named before the rest is only counted.
const MOST_NAMED: usize = 4;

impl ServiceListPage {
    /// What of the typed words is not in the lists, in a sentence or two.
    fn missing(&self) -> String {
        let mut sentences: Vec<String> = Vec::new();
        let named = self.unlisted_words.iter().take(MOST_NAMED);
        let mut places: Vec<&Option<String>> = named.clone().map(|it| &it.place).collect();
        places.dedup();
        for place in places {
            let names: Vec<&str> = named
                .clone()
                .filter(|it| it.place == *place)
                .map(|it| it.name.as_str())
                .collect();
            let all = Unlisted {
                name: names.join("」「"),
                how: String::new(),
                place: place.clone(),
            };
            sentences.push(all.sentence());
        }
        let rest = self.unlisted_words.len().saturating_sub(MOST_NAMED);
        if rest > 0 {
            sentences.push(format!("ほかに {rest} 種類も{UNLISTED}です。"));
        }
        sentences.concat()
    }

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

    fn without_open(&self) -> String {
        self.asked.with(Field::Open, "").href()
    }

    fn without_place(&self) -> String {
        self.asked.with(Field::Near, "").href()
    }
}

#[cfg(test)]
pub(crate) mod tests;
