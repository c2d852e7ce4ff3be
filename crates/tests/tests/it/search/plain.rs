//! The same search as a plain filter over rows in memory, written without looking at the index.

use chrono::{Datelike, Timelike};
use keniki_app::definition::Definitions;
use keniki_app::directory::search::Query;
use keniki_base::clock::JST;
use keniki_base::{geo, text};

use super::world::{Place, World};

pub struct Filtered {
    /// In ascending order.
    pub ids: Vec<i64>,
    pub n_open_unknown: Option<u64>,
    pub n_unplaced: Option<u64>,
}

pub fn filter(world: &World, definitions: &Definitions, query: &Query) -> Filtered {
    let fits: Vec<(i64, &Place)> = world
        .numbered()
        .filter(|(_, place)| place.status != "closed" && fits(place, definitions, query))
        .collect();
    let is_open = |place: &Place| query.open_at.is_none() || open(place, query) == Some(true);
    let is_near = |place: &Place| match (query.near, query.within_km, place.point) {
        (Some(near), Some(km), Some(point)) => geo::km(near, point) <= km,
        (_, Some(_), None) => false,
        _ => true,
    };
    let count = |holds: &dyn Fn(&Place) -> bool| {
        fits.iter().filter(|(_, place)| holds(place)).count() as u64
    };
    Filtered {
        ids: fits
            .iter()
            .filter(|(_, place)| is_open(place) && is_near(place))
            .map(|(id, _)| *id)
            .collect(),
        n_open_unknown: query
            .open_at
            .map(|_| count(&|place| is_near(place) && open(place, query).is_none())),
        n_unplaced: query
            .within_km
            .map(|_| count(&|place| is_open(place) && place.point.is_none())),
    }
}

fn fits(place: &Place, definitions: &Definitions, query: &Query) -> bool {
    let category = definitions
        .category(&place.category)
        .expect("a built-in category");
    let capabilities: Vec<_> = place
        .capabilities
        .iter()
        .map(|code| definitions.capability(code).expect("a built-in capability"))
        .collect();
    let mut texts: Vec<&str> = [
        Some(place.name.as_str()),
        place.kana.as_deref(),
        place.organization.as_deref(),
        place.address.as_deref(),
    ]
    .into_iter()
    .flatten()
    .collect();
    texts.extend([category.name.as_str(), category.plain.as_str()]);
    texts.extend(
        category
            .aliases
            .iter()
            .chain(&category.care_service_names)
            .map(String::as_str),
    );
    for capability in &capabilities {
        texts.extend([capability.name.as_str(), capability.plain.as_str()]);
        texts.extend(capability.aliases.iter().map(String::as_str));
        texts.extend(
            capability
                .filings
                .iter()
                .map(|filing| filing.symbol.as_str()),
        );
    }
    let texts: Vec<String> = texts.into_iter().map(text::fold).collect();
    let has_word = |word: &str| texts.iter().any(|text| text.contains(&text::fold(word)));
    query.text.split_whitespace().all(has_word)
        && category.resident_visible
        && query
            .view
            .as_ref()
            .is_none_or(|view| *view == category.view)
        && (query.categories.is_empty() || query.categories.contains(&place.category))
        && query
            .capabilities
            .iter()
            .all(|code| place.capabilities.contains(code))
        && query
            .prefecture
            .as_ref()
            .is_none_or(|code| place.municipality.starts_with(code))
        && query
            .municipalities
            .as_ref()
            .is_none_or(|codes| codes.contains(&place.municipality))
        && (!query.is_24h
            || category.is_24h
            || capabilities.iter().any(|capability| capability.is_24h))
        && query
            .status
            .is_none_or(|status| status.code() == place.status)
}

/// Known to be open, known to be closed, or not known. (The rows of this world end before midnight; the day asked
/// is no public holiday.)
fn open(place: &Place, query: &Query) -> Option<bool> {
    let here = query.open_at?.with_timezone(&JST);
    let weekday = i64::from(here.weekday().number_from_monday());
    let minutes = here.hour() * 60 + here.minute();
    let of_day: Vec<_> = place
        .hours
        .iter()
        .filter(|hours| hours.weekday == weekday)
        .collect();
    if of_day.is_empty() {
        return None;
    }
    let mut is_open = Some(false);
    for hours in of_day {
        match (hours.is_open, &hours.times) {
            (false, _) => {}
            (true, None) => return None,
            (true, Some((opens, closes))) => {
                if (minute(opens)..minute(closes)).contains(&minutes) {
                    is_open = Some(true);
                }
            }
        }
    }
    is_open
}

fn minute(time: &str) -> u32 {
    let (hours, minutes) = time.split_once(':').expect("HH:MM");
    hours.parse::<u32>().unwrap() * 60 + minutes.parse::<u32>().unwrap()
}
