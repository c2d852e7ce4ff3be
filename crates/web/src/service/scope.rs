//! Where a reader of `/services` looks: the area, its municipalities, and the place distances are measured from.

use std::collections::BTreeSet;

use keniki_app::area::show::{self, Area, Member};
use keniki_app::definition::Definitions;
use keniki_app::directory::held::Held;
use keniki_app::directory::search::{Query, Sort};
use keniki_base::geo::{self, Point};

use super::asked::{Asked, Field};
use super::list::{Choice, Near};
use super::words;
use crate::error::Problem;
use crate::page::Link;
use crate::state::State;

/// Towns no farther than this from their middle are one place: 皆生一丁目 to 皆生六丁目.
const ONE_PLACE_KM: f64 = 3.0;

/// The middle of towns that are one place.
fn middle(towns: &[show::Named]) -> Option<Point> {
    #[expect(clippy::cast_precision_loss, reason = "a few towns")]
    let n = towns.len() as f64;
    let lat = towns.iter().map(|town| town.point.lat).sum::<f64>() / n;
    let lng = towns.iter().map(|town| town.point.lng).sum::<f64>() / n;
    let middle = Point { lat, lng };
    towns
        .iter()
        .all(|town| geo::km(middle, town.point) <= ONE_PLACE_KM)
        .then_some(middle)
}

/// What `area=all` stands for: everything that is loaded.
const EVERYWHERE: &str = "all";

/// Services of one page.
pub const PAGE_SIZE: u64 = 20;

/// Where a reader looks.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The area asked for, else the home area; none where everything was asked for, or no area is home.
    pub area: Option<Area>,
    /// What became of the typed place.
    pub near: Near,
    /// The point of that place.
    pub point: Option<Point>,
}

impl Scope {
    /// Reads the area and the place that were asked for.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a code of no area; the database's own.
    pub async fn of(state: &State, asked: &Asked) -> Result<Self, Problem> {
        let area = match asked.area.as_str() {
            EVERYWHERE => None,
            "" => show::home(&state.db).await?,
            code => {
                let code = code.parse().map_err(|_| Problem::NotFound)?;
                let found = show::find(&state.db, code).await?;
                Some(found.ok_or(Problem::NotFound)?)
            }
        };
        let towns = match asked.near.trim() {
            "" => {
                return Ok(Self {
                    area,
                    ..Self::default()
                });
            }
            typed => show::towns_named(&state.db, typed).await?,
        };
        let (near, point) = match towns.as_slice() {
            [] => (Near::NotFound, None),
            [town] => (Near::Found(town.name.clone()), Some(town.point)),
            towns if let Some(point) = middle(towns) => {
                (Near::Found(asked.near.trim().to_owned()), Some(point))
            }
            towns => {
                let link = |town: &show::Named| {
                    Link::new(asked.with(Field::Near, &town.name).href(), &town.name)
                };
                (Near::Several(towns.iter().map(link).collect()), None)
            }
        };
        Ok(Self { area, near, point })
    }

    /// The municipalities of the area.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        self.area.as_ref().map_or(&[], |area| &area.members)
    }

    /// The municipalities one can choose from.
    #[must_use]
    pub fn municipalities(&self) -> Vec<Choice> {
        self.members()
            .iter()
            .map(|member| Choice {
                code: member.code.clone(),
                text: member.name.clone(),
                unlisted: None,
            })
            .collect()
    }

    /// The places whose lists must cover a category: the municipality asked for, else those of the area, else all
    /// that have any.
    #[must_use]
    pub fn held_in(&self, held: &Held, asked: &Asked) -> BTreeSet<String> {
        match &self.area {
            _ if !asked.municipality.is_empty() => BTreeSet::from([asked.municipality.clone()]),
            Some(area) => area.member_codes().into_iter().collect(),
            None => held.places(),
        }
    }

    /// The search for what was asked, on the page that was asked for.
    #[must_use]
    pub fn query(&self, asked: &Asked, km: f64, now: chrono::DateTime<chrono::Utc>) -> Query {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Query {
            text: asked.q.clone(),
            view: given(&asked.view),
            categories: given(&asked.category).into_iter().collect(),
            capabilities: given(&asked.capability).into_iter().collect(),
            municipalities: self.searched(asked),
            near: self.point,
            within_km: self.point.map(|_| km),
            open_at: asked.is_open_now().then_some(now),
            is_24h: asked.is_24h(),
            sort: if self.point.is_some() {
                Sort::Distance
            } else {
                Sort::Relevance
            },
            page: asked.page_number(),
            page_size: PAGE_SIZE,
            ..self.everything()
        }
    }

    /// The search without any filter but the area, to be counted.
    #[must_use]
    pub fn everything(&self) -> Query {
        Query {
            municipalities: self.area.as_ref().map(Area::member_codes),
            page_size: 0,
            ..Query::default()
        }
    }

    /// Around a place the borders of the area do not matter, unless it was asked for.
    fn searched(&self, asked: &Asked) -> Option<Vec<String>> {
        if !asked.municipality.is_empty() {
            return Some(vec![asked.municipality.clone()]);
        }
        if self.point.is_some() && asked.area.is_empty() {
            return None;
        }
        self.area.as_ref().map(Area::member_codes)
    }

    /// The filters that hold, each with the address without it.
    #[must_use]
    pub fn chips(&self, asked: &Asked, definitions: &Definitions, km: f64) -> Vec<Link> {
        let mut chips = Vec::new();
        let mut put =
            |field, text: String| chips.push(Link::new(asked.with(field, "").href(), text));
        if !asked.q.trim().is_empty() {
            put(Field::Q, format!("「{}」", asked.q.trim()));
        }
        if !asked.view.is_empty() {
            let view = definitions
                .view(&asked.view)
                .map_or(asked.view.as_str(), |view| &view.name);
            put(Field::View, view.to_owned());
        }
        if !asked.category.is_empty() {
            put(
                Field::Category,
                words::category(definitions, &asked.category).to_owned(),
            );
        }
        if !asked.capability.is_empty() {
            put(
                Field::Capability,
                words::capability(definitions, &asked.capability).to_owned(),
            );
        }
        if !asked.municipality.is_empty() {
            let choice = self
                .municipalities()
                .into_iter()
                .find(|choice| choice.code == asked.municipality);
            put(
                Field::Municipality,
                choice.map_or_else(|| asked.municipality.clone(), |choice| choice.text),
            );
        }
        if let Some(area) = self.area.as_ref().filter(|_| !asked.area.is_empty()) {
            put(Field::Area, area.name.clone());
        }
        if let Near::Found(name) = &self.near {
            put(Field::Near, format!("{name}から{km:.0}km以内"));
        }
        if asked.is_open_now() {
            put(Field::Open, "いま開いている".to_owned());
        }
        if asked.is_24h() {
            put(Field::Hours, "24時間対応".to_owned());
        }
        chips
    }
}
