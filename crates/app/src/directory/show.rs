//! Everything that the public may know of one service: what, where, when, for whom, and which list says so.
//!
//! What only professionals may know (a ward's direct telephone) is never read here.

use keniki_base::text::squeeze;
use sea_orm::{ConnectionTrait, DbErr};

use super::listing::{self, Listed, Source};
use super::search::{self, Query, Sort, Thesaurus};
use super::source::Said;
use super::source::bed_report::place_and_unit;
use super::source::said::Filing;

mod queries;

pub use queries::{services_of_organization, services_of_site};

/// One service with everything around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// As in a list.
    pub service: Listed,
    /// `NNN-NNNN`.
    pub postal_code: Option<String>,
    /// FAX of the site.
    pub fax: Option<String>,
    /// For whom.
    pub eligibility: Option<String>,
    /// Where it goes.
    pub area_served: Option<String>,
    /// The day it closed, where it did.
    pub closed_on: Option<String>,
    /// By weekday (1 Monday … 7 Sunday, 8 public holiday) and slot; a day without a row is unknown.
    pub hours: Vec<Hours>,
    /// What else the list says of days and hours.
    pub hours_note: Option<String>,
    /// What it can do, since when, by which filing.
    pub capabilities: Vec<Capability>,
    /// Numbers of the lists by their own heads (beds by kind, doctors, …).
    pub figures: Vec<Figure>,
    /// Every filing (施設基準の届出) of this service.
    pub filings: Vec<Filing>,
    /// Whom the public may call.
    pub contacts: Vec<Contact>,
    /// Places or beds as each list has them, the newest list first.
    pub capacities: Vec<(i64, Source)>,
    /// Which list says what.
    pub provenance: Vec<Provenance>,
    /// Other services at the same site.
    pub siblings: Vec<Listed>,
    /// The nearest of the same category elsewhere, with their distance in km.
    pub near: Vec<(Listed, f64)>,
}

/// A number that a list tells of the service.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// By the list's own head.
    pub name: String,
    /// As told.
    pub number: f64,
    /// In what it counts: 床, 人, 件, 日.
    pub unit: &'static str,
}

/// Opening hours of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// 1 Monday … 7 Sunday, 8 public holiday.
    pub weekday: i64,
    /// False: closed that day.
    pub is_open: bool,
    /// `HH:MM` to `HH:MM`; `None`: open, but nobody says when.
    pub times: Option<(String, String)>,
}

/// Something it can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    /// Code in `definitions/capabilities.toml`.
    pub code: String,
    /// ISO day.
    pub since: Option<String>,
    /// 受理記号 and 受理番号.
    pub filing: Option<String>,
    /// 区分, or that it is not told.
    pub note: Option<String>,
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// What for.
    pub purpose: String,
    /// Name of the window.
    pub name: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// FAX.
    pub fax: Option<String>,
    /// Mail.
    pub email: Option<String>,
    /// When.
    pub hours_note: Option<String>,
}

/// A field and the list that its value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Which field.
    pub field: Field,
    /// The list; `None` where no list says so: it was worked out, or written by hand.
    pub source: Option<Source>,
}

/// What may have come from a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// 名称.
    Name,
    /// フリガナ.
    Kana,
    /// 運営する法人.
    Organization,
    /// 住所.
    Address,
    /// 位置.
    Point,
    /// 電話番号.
    Phone,
    /// ホームページ.
    Url,
    /// 定員・病床数.
    Capacity,
    /// 曜日と時間.
    Hours,
    /// できること.
    Capabilities,
}

/// What one list says of the service or its site.
struct Record {
    said: Said,
    source: Source,
    is_of_service: bool,
}

/// How many near services are shown.
const N_NEAR: u64 = 6;

/// The service of this id; closed ones can be seen, with the day on which they closed.
pub async fn service(
    db: &impl ConnectionTrait,
    thesaurus: &Thesaurus,
    id: i64,
) -> Result<Option<Shown>, DbErr> {
    let (Some(service), Some(rest)) = (listing::one(db, id).await?, queries::rest(db, id).await?)
    else {
        return Ok(None);
    };
    let hours = queries::hours(db, id).await?;
    let capabilities = queries::capabilities(db, id).await?;
    let records = queries::records(db, service.site_id, id).await?;
    let mut siblings = queries::services_of_site(db, service.site_id).await?;
    siblings.retain(|other| *other != id);
    let filings = records.iter().filter(|record| record.is_of_service);
    Ok(Some(Shown {
        filings: filings
            .flat_map(|record| record.said.filings.clone())
            .collect(),
        capacities: capacities(&records),
        provenance: provenance(&service, !hours.is_empty(), &records),
        contacts: queries::public_contacts(db, service.site_id, id).await?,
        siblings: listing::of(db, &siblings).await?,
        near: near(db, thesaurus, &service).await?,
        postal_code: rest.postal_code,
        fax: rest.fax,
        eligibility: rest.eligibility,
        area_served: rest.area_served,
        closed_on: rest.closed_on,
        hours_note: rest.hours_note,
        figures: rest.detail.as_deref().map_or_else(Vec::new, figures),
        hours,
        capabilities,
        service,
    }))
}

/// Bed reports count general and long-term beds only: their number is another one.
fn capacities(records: &[Record]) -> Vec<(i64, Source)> {
    let present = records.iter().rev().filter(|record| {
        record.is_of_service && !record.source.is_gone && !record.source.is_bed_report()
    });
    let told = present.filter_map(|record| Some((record.said.capacity?, record.source.clone())));
    let mut by_list: Vec<(i64, Source)> = Vec::new();
    for (capacity, source) in told {
        if by_list
            .iter()
            .all(|(_, other)| other.format != source.format)
        {
            by_list.push((capacity, source));
        }
    }
    by_list
}

async fn near(
    db: &impl ConnectionTrait,
    thesaurus: &Thesaurus,
    service: &Listed,
) -> Result<Vec<(Listed, f64)>, DbErr> {
    let Some(point) = service.point else {
        return Ok(Vec::new());
    };
    let query = Query {
        categories: vec![service.category.clone()],
        near: Some(point),
        within_km: Some(50.0),
        sort: Sort::Distance,
        page_size: N_NEAR + 3,
        ..Query::default()
    };
    let found = search::find(db, thesaurus, &query).await?;
    let others = listing::of(db, &found.service_ids).await?;
    Ok(others
        .into_iter()
        .filter(|other| other.site_id != service.site_id)
        .filter_map(|other| {
            let km = keniki_base::geo::km(point, other.point?);
            Some((other, km))
        })
        .take(N_NEAR as usize)
        .collect())
}

/// The numbers that the import keeps in `service.detail`, as the report has them in order; other lists tell beds by kind.
fn figures(detail: &str) -> Vec<Figure> {
    let numbers: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(detail).unwrap_or_default();
    let mut figures: Vec<(usize, Figure)> = numbers
        .into_iter()
        .filter_map(|(name, number)| {
            let (place, unit) = place_and_unit(&name).unwrap_or((0, "床"));
            let number = number.as_f64()?;
            Some((place, Figure { name, number, unit }))
        })
        .collect();
    figures.sort_by_key(|(place, _)| *place);
    figures.into_iter().map(|(_, figure)| figure).collect()
}

/// For every field that has a value: the newest list that says just that.
fn provenance(service: &Listed, has_hours: bool, records: &[Record]) -> Vec<Provenance> {
    let say = |holds: &dyn Fn(&Record) -> bool| {
        records
            .iter()
            .rev()
            .find(|record| holds(record))
            .map(|record| record.source.clone())
    };
    let text = |field, value: Option<&String>, of: &dyn Fn(&Said) -> Option<&String>| {
        let value = value?;
        let source =
            say(&|record| of(&record.said).is_some_and(|said| squeeze(said) == squeeze(value)));
        Some(Provenance { field, source })
    };
    let service_field = |field, is_there: bool, holds: &dyn Fn(&Said) -> bool| {
        is_there.then(|| Provenance {
            field,
            source: say(&|record| record.is_of_service && holds(&record.said)),
        })
    };
    let at = service.point;
    let is_here = |said: &Said| {
        let Some((point, (lat, lng))) = at.zip(said.lat.zip(said.lng)) else {
            return false;
        };
        (point.lat - lat).abs() < 1e-6 && (point.lng - lng).abs() < 1e-6
    };
    [
        text(Field::Name, Some(&service.site), &|said| Some(&said.name)),
        text(Field::Kana, service.kana.as_ref(), &|said| {
            said.kana.as_ref()
        }),
        text(
            Field::Organization,
            service.organization.as_ref(),
            &|said| said.organization.as_ref(),
        ),
        text(Field::Address, service.address.as_ref(), &|said| {
            said.address.as_ref()
        }),
        at.map(|_| Provenance {
            field: Field::Point,
            source: say(&|record| is_here(&record.said)),
        }),
        text(Field::Phone, service.phone.as_ref(), &|said| {
            said.phone.as_ref()
        }),
        text(Field::Url, service.url.as_ref(), &|said| said.url.as_ref()),
        service_field(Field::Capacity, service.capacity.is_some(), &|said| {
            said.capacity == service.capacity
        }),
        service_field(Field::Hours, has_hours, &|said| !said.hours.is_empty()),
        service_field(
            Field::Capabilities,
            !service.capabilities.is_empty(),
            &|said| {
                said.capabilities
                    .iter()
                    .any(|capability| service.capabilities.contains(&capability.code))
            },
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}
