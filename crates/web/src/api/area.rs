//! `GET /api/v1/areas/{code}`: who lives there, who will, and what there is.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as FromState};
use keniki_app::area::show::{self, people};
use keniki_app::directory::rate;
use keniki_base::code::AreaRef;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Problem, Refusal};
use crate::state::State;

/// An area.
#[derive(Debug, Serialize, ToSchema)]
pub struct Area {
    /// 2 digits (prefecture), 4 (medical area) or 5 (municipality or ward).
    pub code: String,
    /// Name.
    pub name: String,
    /// `prefecture`, `medical_area`, `municipality`, ….
    pub kind: String,
    /// What it is made of.
    pub municipalities: Vec<Municipality>,
    /// People on a day; null where no count is loaded.
    pub population: Option<Population>,
    /// Projected people; empty where no projection is loaded.
    pub projection: Vec<ProjectedYear>,
    /// What there is.
    pub services: Services,
}

/// A municipality or ward.
#[derive(Debug, Serialize, ToSchema)]
pub struct Municipality {
    /// 5 digits.
    pub code: String,
    /// Name.
    pub name: String,
}

/// People on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Population {
    /// Day of the count.
    pub date: String,
    /// All.
    pub total: Option<i64>,
    /// 75 and older; null where a municipality's cells are blank.
    pub age_75_plus: Option<i64>,
    /// Title and publisher.
    pub source: String,
}

/// Projected people of a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectedYear {
    /// Western year.
    pub year: i32,
    /// All.
    pub total: Option<i64>,
    /// 65 and older.
    pub age_65_plus: Option<i64>,
    /// 75 and older.
    pub age_75_plus: Option<i64>,
}

/// Services by what they are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Services {
    /// By code of the category: how many are active; null is 未収載 (no loaded list covers it), never 0.
    pub by_category: BTreeMap<String, Option<u64>>,
    /// The same per 10,000 people of 75 and older.
    pub per_10000_age_75_plus: BTreeMap<String, Option<f64>>,
}

/// 地域の人口と地域資源
#[utoipa::path(get, path = "/api/v1/areas/{code}",
    params(("code" = String, Path, description = "地域のコード（2桁・4桁・5桁・6桁）")),
    responses((status = 200, body = Area), (status = 400, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn show_area(
    FromState(state): FromState<Arc<State>>,
    Path(code): Path<String>,
) -> Result<Json<Area>, Refusal> {
    let wanted = code
        .parse::<AreaRef>()
        .map_err(|error| super::parameter::WrongParameter {
            name: "code".to_owned(),
            value: code.clone(),
            advice: format!("{error}。"),
        })?;
    let unknown = || Refusal::Unknown(format!("コード「{code}」の地域は登録されていません。"));
    let area = show::find(&state.db, wanted).await?.ok_or_else(unknown)?;
    let codes = area.member_codes();
    let population = people::population(&state.db, &codes).await?;
    let projection = people::projection(&state.db, &codes).await?;
    let n_75_plus = population
        .as_ref()
        .and_then(|people| people.age_75_plus)
        .map(|n| n as f64);
    let held = state.held().await?;
    let municipalities = codes.into_iter().collect();
    let rates = rate::of_area(
        &state.db,
        &state.definitions,
        &held,
        &municipalities,
        n_75_plus,
    )
    .await?;
    Ok(Json(Area {
        code: area.code,
        name: area.name,
        kind: area.kind,
        municipalities: area.members.into_iter().map(Municipality::from).collect(),
        population: population.map(Population::from),
        projection: projection.map_or_else(Vec::new, |it| {
            it.years.into_iter().map(ProjectedYear::from).collect()
        }),
        services: Services::from(rates),
    }))
}

impl From<show::Member> for Municipality {
    fn from(member: show::Member) -> Self {
        Self {
            code: member.code,
            name: member.name,
        }
    }
}

impl From<people::Population> for Population {
    fn from(people: people::Population) -> Self {
        Self {
            date: people.counted_on,
            total: people.total,
            age_75_plus: people.age_75_plus,
            source: people.source,
        }
    }
}

impl From<people::Year> for ProjectedYear {
    fn from(year: people::Year) -> Self {
        Self {
            year: year.year,
            total: year.total,
            age_65_plus: year.age_65_plus,
            age_75_plus: year.age_75_plus,
        }
    }
}

impl From<Vec<rate::Rate>> for Services {
    fn from(rates: Vec<rate::Rate>) -> Self {
        let per_10_000 = rates
            .iter()
            .map(|rate| (rate.category.clone(), rate.per_10_000))
            .collect();
        let by_category = rates
            .into_iter()
            .map(|rate| (rate.category, rate.n))
            .collect();
        Self {
            by_category,
            per_10000_age_75_plus: per_10_000,
        }
    }
}
