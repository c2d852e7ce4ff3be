//! `GET /api/v1/services` and `GET /api/v1/services/{id}`.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query as FromQuery, State as FromState};
use keniki_app::area;
use keniki_app::directory::listing::{self, Listed};
use keniki_app::directory::search::kind::Kind;
use keniki_app::directory::search::{self, Thesaurus};
use keniki_app::directory::show;
use keniki_base::geo::{self, Point};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::detail::ServiceDetail;
use super::{Problem, Refusal, parameter};
use crate::state::State;

/// One page of services.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServicePage {
    /// Over all pages; exact.
    pub total: u64,
    /// From 1.
    pub page: u64,
    /// Services a page.
    pub page_size: u64,
    /// With `open_at`: how many more fulfil the rest but do not say whether they are open then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_unknown: Option<u64>,
    /// With `within_km`: how many more fulfil the rest but whose place is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_unknown: Option<u64>,
    /// What of the question the loaded lists do not cover, so that `total` is no count of it (未収載); usually empty.
    pub unlisted: Vec<Unlisted>,
    /// In the order asked for.
    pub services: Vec<Service>,
}

/// A category or capability that no loaded list covers in some of the places asked about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unlisted {
    /// Code of the category or capability.
    pub code: String,
    /// The official term.
    pub name: String,
    /// How it gets in.
    pub how: String,
    /// Where it is missing: codes of municipalities or prefectures; empty: nothing is loaded anywhere.
    pub places: Vec<String>,
}

/// A service at a site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Service {
    /// Lasts as long as the record.
    pub id: i64,
    /// The service's own name, else the site's.
    pub name: String,
    /// Name of the site.
    pub site: String,
    /// Who runs it.
    pub organization: Option<String>,
    /// `medical`, `care`, `prevention`, `support` or `housing`.
    pub view: Option<String>,
    /// Codes of what it is.
    pub categories: Vec<String>,
    /// Codes of what it can do.
    pub capabilities: Vec<String>,
    /// 5 digits.
    pub municipality: Option<String>,
    /// As the source has it.
    pub address: Option<String>,
    /// Where it is.
    pub location: Location,
    /// Codes of its site.
    pub codes: Vec<Code>,
    /// `active`, `suspended` or `closed`.
    pub status: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Home page.
    pub url: Option<String>,
    /// Persons or beds.
    pub capacity: Option<i64>,
    /// The day on which somebody last stood for it.
    pub last_assured: Option<String>,
    /// The lists that name it.
    pub sources: Vec<Source>,
    /// With `near`: km in a straight line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_km: Option<f64>,
}

/// A point and how far to trust it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Location {
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lng: Option<f64>,
    /// `exact`, `town` (middle of its town) or `none`.
    pub precision: String,
}

/// A code of a site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Code {
    /// `place` (10 characters), `iryojoho` or `bed_report`.
    pub system: String,
    /// The code.
    pub code: String,
}

/// A list that names a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    /// Which list.
    pub format: String,
    /// The file as it was called.
    pub file_name: String,
    /// The day for which the list holds.
    pub as_of: Option<String>,
    /// When it was imported.
    pub imported_at: String,
    /// Whether its newest edition no longer has it.
    pub is_gone: bool,
}

impl Service {
    pub(crate) fn of(listed: Listed, thesaurus: &Thesaurus, near: Option<Point>) -> Self {
        let distance_km = near
            .zip(listed.point)
            .map(|(near, point)| rounded(geo::km(near, point)));
        Self {
            id: listed.id,
            view: thesaurus.view_of(&listed.category).map(str::to_owned),
            categories: vec![listed.category],
            name: listed.name,
            site: listed.site,
            organization: listed.organization,
            capabilities: listed.capabilities,
            municipality: listed.municipality_code,
            address: listed.address,
            location: Location {
                lat: listed.point.map(|point| point.lat),
                lng: listed.point.map(|point| point.lng),
                precision: listed.precision,
            },
            codes: listed.codes.into_iter().map(Code::from).collect(),
            status: listed.status,
            phone: listed.phone,
            url: listed.url,
            capacity: listed.capacity,
            last_assured: listed.last_assured.map(|assurance| assurance.on),
            sources: listed.sources.into_iter().map(Source::from).collect(),
            distance_km,
        }
    }
}

impl From<listing::Code> for Code {
    fn from(code: listing::Code) -> Self {
        Self {
            system: code.system,
            code: code.code,
        }
    }
}

impl From<listing::Source> for Source {
    fn from(source: listing::Source) -> Self {
        Self {
            format: source.format,
            file_name: source.file_name,
            as_of: source.as_of,
            imported_at: super::here(&source.imported_at),
            is_gone: source.is_gone,
        }
    }
}

/// To a metre: more would only look exact.
pub(super) fn rounded(km: f64) -> f64 {
    (km * 1_000.0).round() / 1_000.0
}

/// What `list_services` takes; read by [`parameter::read`], which says in Japanese what is wrong.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters to the reader of the API"
)]
struct Parameters {
    /// 検索する言葉。空白で区切ると、すべてを含むもの
    q: Option<String>,
    /// medical, care, prevention, support, housing のいずれか
    view: Option<String>,
    /// 種類のコード（カンマ区切りは、いずれか）
    category: Option<String>,
    /// できることのコード（カンマ区切りは、すべて）
    capability: Option<String>,
    /// 都道府県コード（2桁）
    prefecture: Option<String>,
    /// 地域のコード（2・4・5・6桁）
    area: Option<String>,
    /// 市区町村コード（5・6桁。カンマ区切りは、いずれか）
    municipality: Option<String>,
    /// 緯度,経度
    near: Option<String>,
    /// near からの直線距離（km、200以下）
    within_km: Option<f64>,
    /// この時刻に開いていると分かっているもの（ISO 8601、または now）
    open_at: Option<String>,
    /// 24時間対応と分かっているもの
    is_24h: Option<bool>,
    /// active または suspended
    status: Option<String>,
    /// relevance または distance
    sort: Option<String>,
    /// ページ（1から）
    page: Option<u64>,
    /// 1ページの件数（200まで。指定しないと20）
    page_size: Option<u64>,
}

/// 地域資源（事業所のサービス）を探す
#[utoipa::path(get, path = "/api/v1/services", params(Parameters),
    responses((status = 200, body = ServicePage), (status = 400, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn list_services(
    FromState(state): FromState<Arc<State>>,
    FromQuery(pairs): FromQuery<Vec<(String, String)>>,
) -> Result<Json<ServicePage>, Refusal> {
    let asked = parameter::read(&pairs, &state.definitions, state.clock.now())?;
    let query = within_area(&state, asked).await?;
    let unlisted = unlisted(&state, &query).await?;
    let found = search::find(&state.db, &state.thesaurus, &query).await?;
    let services = listing::of(&state.db, &found.service_ids).await?;
    Ok(Json(ServicePage {
        total: found.total,
        page: query.page,
        page_size: query.page_size,
        open_unknown: found.n_open_unknown,
        location_unknown: found.n_unplaced,
        unlisted,
        services: services
            .into_iter()
            .map(|listed| Service::of(listed, &state.thesaurus, query.near))
            .collect(),
    }))
}

/// What lists do not cover of the kinds that were asked for, or that the words are the name of.
async fn unlisted(state: &State, query: &search::Query) -> Result<Vec<Unlisted>, Refusal> {
    let held = state.held().await?;
    let places: BTreeSet<String> = match (&query.municipalities, &query.prefecture) {
        (Some(codes), _) => codes.iter().cloned().collect(),
        (None, Some(prefecture)) => BTreeSet::from([prefecture.clone()]),
        (None, None) => held.places(),
    };
    let categories = query.categories.iter().cloned().map(Kind::Category);
    let capabilities = query.capabilities.iter().cloned().map(Kind::Capability);
    let asked = categories
        .chain(capabilities)
        .filter_map(|kind| held.unlisted(&state.definitions, &kind, &places));
    let named = held.unlisted_words(&state.definitions, &query.text, &places);
    let unlisted = asked.chain(named);
    Ok(unlisted
        .map(|found| Unlisted {
            code: found.kind.code().to_owned(),
            name: found.name,
            how: found.how,
            places: found.places.into_iter().collect(),
        })
        .collect())
}

/// The search limited to the members of the area that was asked for.
async fn within_area(state: &State, asked: parameter::Asked) -> Result<search::Query, Refusal> {
    let mut query = asked.query;
    for code in query.municipalities.iter().flatten() {
        let known = match code.parse() {
            Ok(code) => area::show::find(&state.db, code).await?,
            Err(_) => None,
        };
        if known.is_none() {
            return Err(Refusal::Unknown(format!(
                "コード「{code}」の市区町村は登録されていません。"
            )));
        }
    }
    if let Some(code) = asked.area {
        let area = area::show::find(&state.db, code).await?;
        let unknown = || Refusal::Unknown(format!("コード「{code}」の地域は登録されていません。"));
        let members = area.ok_or_else(unknown)?.member_codes();
        query.municipalities = Some(match query.municipalities {
            Some(codes) => codes
                .into_iter()
                .filter(|code| members.contains(code))
                .collect(),
            None => members,
        });
    }
    Ok(query)
}

/// 地域資源をひとつ見る
#[utoipa::path(get, path = "/api/v1/services/{id}", params(("id" = i64, Path, description = "サービスのid")),
    responses((status = 200, body = ServiceDetail), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn show_service(
    FromState(state): FromState<Arc<State>>,
    Path(id): Path<String>,
) -> Result<Json<ServiceDetail>, Refusal> {
    let shown = match id.parse::<i64>() {
        Ok(id) => show::service(&state.db, &state.thesaurus, id).await?,
        Err(_) => None,
    };
    let unknown = || Refusal::Unknown(format!("id「{id}」のサービスはありません。"));
    Ok(Json(ServiceDetail::of(
        shown.ok_or_else(unknown)?,
        &state.thesaurus,
    )))
}
