//! Finds services as people ask for them: words in Japanese, filters, a place, a time.
//!
//! Words, filters and map cells become one full-text condition, so that the engine counts all of it
//! and the total is exact; only the distance itself is measured on what is left.

use chrono::{DateTime, Utc};
use keniki_base::geo::{self, Point};
use keniki_base::text;
use sea_orm::{ConnectionTrait, DbErr};

use expression::Expression;
use filter::{Filter, Opening};
pub use thesaurus::Thesaurus;

mod expression;
mod filter;
pub mod index;
pub mod kind;
pub mod opening;
mod queries;
mod thesaurus;

/// The most services on one page.
pub const MAX_PAGE_SIZE: u64 = 200;

/// What somebody looks for. The default finds every service.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Words as typed; every one must occur, in the name, the operator, the address or what the service is.
    pub text: String,
    /// One of the five views.
    pub view: Option<String>,
    /// Any of these categories.
    pub categories: Vec<String>,
    /// All of these capabilities.
    pub capabilities: Vec<String>,
    /// Two digits.
    pub prefecture: Option<String>,
    /// Any of these municipalities (5 digits), such as the members of an area; `None`: anywhere.
    pub municipalities: Option<Vec<String>>,
    /// Where one is.
    pub near: Option<Point>,
    /// Only what lies within so many km of `near` in a straight line.
    pub within_km: Option<f64>,
    /// Only what is known to be open then.
    pub open_at: Option<DateTime<Utc>>,
    /// Only what is known to answer round the clock.
    pub is_24h: bool,
    /// Active or suspended only. (Closed services are not searched.)
    pub status: Option<Status>,
    /// In which order.
    pub sort: Sort,
    /// From 1.
    pub page: u64,
    /// Services a page, at most [`MAX_PAGE_SIZE`].
    pub page_size: u64,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: String::new(),
            view: None,
            categories: Vec::new(),
            capabilities: Vec::new(),
            prefecture: None,
            municipalities: None,
            near: None,
            within_km: None,
            open_at: None,
            is_24h: false,
            status: None,
            sort: Sort::Relevance,
            page: 1,
            page_size: 20,
        }
    }
}

/// Whether a service is working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 活動中.
    Active,
    /// 休止中.
    Suspended,
}

impl Status {
    /// As in `service.status`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// What is called so or is of that kind first, then what only has the words elsewhere.
    Relevance,
    /// The nearest to `near` first, those without a place last. Without `near` as [`Sort::Relevance`].
    Distance,
}

/// One page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Of all pages; exact.
    pub total: u64,
    /// Services of this page, in order.
    pub service_ids: Vec<i64>,
    /// Where `open_at` was asked: how many more fulfil the rest but do not say whether they are open then.
    pub n_open_unknown: Option<u64>,
    /// Where `within_km` was asked: how many more fulfil the rest but have no known place.
    pub n_unplaced: Option<u64>,
}

/// Finds a page of services.
pub async fn find(
    db: &impl ConnectionTrait,
    thesaurus: &Thesaurus,
    query: &Query,
) -> Result<Found, DbErr> {
    find_page(db, thesaurus, query, Page::of(query)).await
}

/// Finds the first `most` services whatever the page, such as those that a map draws.
pub async fn find_first(
    db: &impl ConnectionTrait,
    thesaurus: &Thesaurus,
    query: &Query,
    most: u64,
) -> Result<Found, DbErr> {
    let page = Page {
        limit: most,
        offset: 0,
    };
    find_page(db, thesaurus, query, page).await
}

async fn find_page(
    db: &impl ConnectionTrait,
    thesaurus: &Thesaurus,
    query: &Query,
    page: Page,
) -> Result<Found, DbErr> {
    let opening = match query.open_at {
        Some(instant) => Some(Opening::at(db, instant).await?),
        None => None,
    };
    let filter = Filter::of(thesaurus, query);
    if let Some(phone) = text::phone_key(&query.text) {
        let wanted = thesaurus.visible(Expression::all(filter.parts().collect()));
        let written = text::format_phone(&query.text);
        let services = queries::services_of_phone(db, &phone, &written).await?;
        return among(db, &services, &wanted, page).await;
    }
    let words = text::query_phrases(&query.text);
    let anywhere = |in_name: bool| {
        let ways = words
            .iter()
            .filter_map(|word| thesaurus.word(word, in_name, &filter));
        let mut parts: Vec<Expression> = ways.collect();
        parts.extend(filter.parts());
        parts
    };
    let without_time = thesaurus.visible(Expression::all(anywhere(false)));
    let timed = |mut parts: Vec<Expression>| {
        parts.extend(opening.as_ref().map(|opening| opening.open.clone()));
        thesaurus.visible(Expression::all(parts))
    };
    let wanted = timed(anywhere(false));
    let place = query.near.map(|near| Place {
        near,
        within_km: query.within_km,
    });

    let n_open_unknown = match &opening {
        Some(opening) => {
            let unknown = without_time.without(opening.stated.clone());
            Some(count(db, &unknown, place).await?)
        }
        None => None,
    };
    let n_unplaced = match place.and_then(|place| place.within_km) {
        Some(_) => {
            let unplaced =
                Expression::all(vec![wanted.clone(), Expression::token(index::UNPLACED)]);
            Some(queries::count(db, &unplaced).await?)
        }
        None => None,
    };
    let total = count(db, &wanted, place).await?;
    let service_ids = match place {
        Some(place) if query.sort == Sort::Distance => {
            nearest(db, &wanted, place, total, page).await?
        }
        _ if words.is_empty() => unsorted(db, &wanted, place, page).await?,
        _ => {
            let first = timed(anywhere(true));
            let mut ids = unsorted(db, &first, place, page).await?;
            if (ids.len() as u64) < page.limit {
                let n_first = count(db, &first, place).await?;
                let rest = wanted.without(first);
                let page = page.after(n_first, ids.len() as u64);
                ids.extend(unsorted(db, &rest, place, page).await?);
            }
            ids
        }
    };
    Ok(Found {
        total,
        service_ids,
        n_open_unknown,
        n_unplaced,
    })
}

/// A page of these few services that fulfil the filter; time and distance are not asked of them.
async fn among(
    db: &impl ConnectionTrait,
    services: &[i64],
    wanted: &Expression,
    page: Page,
) -> Result<Found, DbErr> {
    let service_ids = queries::among(db, services, wanted).await?;
    let first = usize::try_from(page.offset).unwrap_or(usize::MAX);
    Ok(Found {
        total: service_ids.len() as u64,
        service_ids: service_ids
            .into_iter()
            .skip(first)
            .take(page.limit as usize)
            .collect(),
        n_open_unknown: None,
        n_unplaced: None,
    })
}

fn any_token<'a>(
    codes: impl Iterator<Item = &'a str>,
    token: impl Fn(&str) -> String,
) -> Expression {
    Expression::any(codes.map(|code| Expression::token(token(code))).collect())
}

#[derive(Clone, Copy)]
struct Place {
    near: Point,
    within_km: Option<f64>,
}

#[derive(Clone, Copy)]
struct Page {
    limit: u64,
    offset: u64,
}

impl Page {
    fn of(query: &Query) -> Self {
        let limit = query.page_size.min(MAX_PAGE_SIZE);
        Self {
            limit,
            offset: query.page.saturating_sub(1).saturating_mul(limit),
        }
    }

    /// What is left of the page behind a list of `n_before`, of which `n_taken` are on it.
    fn after(self, n_before: u64, n_taken: u64) -> Self {
        Self {
            limit: self.limit - n_taken,
            offset: self.offset.saturating_sub(n_before),
        }
    }

    fn end(self) -> u64 {
        self.offset + self.limit
    }
}

/// A wider circle has so many map cells that they no longer help.
const WIDEST_KM: f64 = 150.0;

/// `wanted`, and in one of the map cells that a circle around `near` touches.
fn in_cells(wanted: &Expression, near: Point, km: f64) -> Expression {
    if km > WIDEST_KM {
        return wanted.clone();
    }
    let cells = geo::mesh2_around(near, km);
    let cells = cells
        .into_iter()
        .map(|cell| Expression::token(index::mesh_token(cell)));
    Expression::all(vec![wanted.clone(), Expression::any(cells.collect())])
}

async fn count(
    db: &impl ConnectionTrait,
    wanted: &Expression,
    place: Option<Place>,
) -> Result<u64, DbErr> {
    match place {
        Some(Place {
            near,
            within_km: Some(km),
        }) => queries::count_within(db, &in_cells(wanted, near, km), near, km).await,
        _ => queries::count(db, wanted).await,
    }
}

async fn unsorted(
    db: &impl ConnectionTrait,
    wanted: &Expression,
    place: Option<Place>,
    page: Page,
) -> Result<Vec<i64>, DbErr> {
    if page.limit == 0 {
        return Ok(Vec::new());
    }
    match place {
        Some(Place {
            near,
            within_km: Some(km),
        }) => {
            let wanted = in_cells(wanted, near, km);
            queries::page_within_by_id(db, &wanted, near, km, page.limit, page.offset).await
        }
        _ => queries::page(db, wanted, page.limit, page.offset).await,
    }
}

/// Up to so many services are simply all measured.
const FEW: u64 = 3_000;
/// Rings that are tried, in km, before all are measured.
const RINGS_KM: [f64; 3] = [4.0, 16.0, 64.0];

/// The page of those nearest to `place`; those without a known place come last.
async fn nearest(
    db: &impl ConnectionTrait,
    wanted: &Expression,
    place: Place,
    total: u64,
    page: Page,
) -> Result<Vec<i64>, DbErr> {
    let Place { near, within_km } = place;
    let Page { limit, offset } = page;
    if let Some(km) = within_km {
        let cells = in_cells(wanted, near, km);
        return queries::page_within(db, &cells, near, Some(km), limit, offset).await;
    }
    if total > FEW {
        for km in RINGS_KM {
            let cells = in_cells(wanted, near, km);
            if queries::count_within(db, &cells, near, km).await? >= page.end() {
                return queries::page_within(db, &cells, near, Some(km), limit, offset).await;
            }
        }
    }
    let mut ids = queries::page_within(db, wanted, near, None, limit, offset).await?;
    if (ids.len() as u64) < limit {
        let unplaced = Expression::all(vec![wanted.clone(), Expression::token(index::UNPLACED)]);
        let n_placed = total - queries::count(db, &unplaced).await?;
        let page = page.after(n_placed, ids.len() as u64);
        ids.extend(queries::page(db, &unplaced, page.limit, page.offset).await?);
    }
    Ok(ids)
}
