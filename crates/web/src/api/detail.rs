//! What `GET /api/v1/services/{id}` says beyond a line of the list.

use keniki_app::directory::search::Thesaurus;
use keniki_app::directory::show::{self, Field, Shown};
use serde::Serialize;
use utoipa::ToSchema;

use super::service::{Service, Source, rounded};

/// A service with everything the public may know.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceDetail {
    /// As in the list.
    #[serde(flatten)]
    pub service: Service,
    /// `NNN-NNNN`.
    pub postal_code: Option<String>,
    /// For whom.
    pub eligibility: Option<String>,
    /// Where it goes.
    pub area_served: Option<String>,
    /// By weekday; a day that is not listed is unknown.
    pub hours: Vec<Hours>,
    /// What else the list says of days and hours.
    pub hours_note: Option<String>,
    /// What it can do, since when, by which filing.
    pub capability_details: Vec<Capability>,
    /// Numbers of the lists by their own heads.
    pub figures: Vec<Figure>,
    /// Whom to call.
    pub contacts: Vec<Contact>,
    /// Which list says what.
    pub provenance: Vec<Provenance>,
    /// Ids of other services at the same site.
    pub same_site: Vec<i64>,
    /// The nearest of the same category.
    pub near: Vec<Near>,
}

/// Opening hours of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hours {
    /// 1 Monday … 7 Sunday, 8 public holiday.
    pub weekday: i64,
    /// False: closed that day.
    pub is_open: bool,
    /// `HH:MM`; null where nobody says when.
    pub opens: Option<String>,
    /// `HH:MM`, past midnight counted on (`26:00`).
    pub closes: Option<String>,
}

/// Something it can do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Capability {
    /// Code.
    pub code: String,
    /// Since when.
    pub since: Option<String>,
    /// 受理記号 and 受理番号.
    pub filing: Option<String>,
    /// 区分, or that it is not told.
    pub note: Option<String>,
}

/// A number of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figure {
    /// Its head in the list.
    pub name: String,
    /// The number.
    pub value: f64,
    /// In what it counts: 床, 人, 件, 日.
    pub unit: &'static str,
}

/// Whom the public may call.
#[derive(Debug, Serialize, ToSchema)]
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

/// A field and the list it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Provenance {
    /// Name of the field.
    pub field: &'static str,
    /// The list; null where the value was worked out or written by hand.
    pub source: Option<Source>,
}

/// A near service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Near {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// In a straight line.
    pub distance_km: f64,
}

impl ServiceDetail {
    pub(crate) fn of(shown: Shown, thesaurus: &Thesaurus) -> Self {
        Self {
            service: Service::of(shown.service, thesaurus, None),
            postal_code: shown.postal_code,
            eligibility: shown.eligibility,
            area_served: shown.area_served,
            hours: shown.hours.into_iter().map(Hours::from).collect(),
            hours_note: shown.hours_note,
            capability_details: shown
                .capabilities
                .into_iter()
                .map(Capability::from)
                .collect(),
            figures: shown
                .figures
                .into_iter()
                .map(|figure| Figure {
                    name: figure.name,
                    value: figure.number,
                    unit: figure.unit,
                })
                .collect(),
            contacts: shown.contacts.into_iter().map(Contact::from).collect(),
            provenance: shown.provenance.into_iter().map(Provenance::from).collect(),
            same_site: shown.siblings.iter().map(|sibling| sibling.id).collect(),
            near: shown
                .near
                .into_iter()
                .map(|(near, km)| Near {
                    id: near.id,
                    name: near.name,
                    distance_km: rounded(km),
                })
                .collect(),
        }
    }
}

impl From<show::Hours> for Hours {
    fn from(hours: show::Hours) -> Self {
        let (opens, closes) = hours.times.unzip();
        Self {
            weekday: hours.weekday,
            is_open: hours.is_open,
            opens,
            closes,
        }
    }
}

impl From<show::Capability> for Capability {
    fn from(it: show::Capability) -> Self {
        Self {
            code: it.code,
            since: it.since,
            filing: it.filing,
            note: it.note,
        }
    }
}

impl From<show::Contact> for Contact {
    fn from(it: show::Contact) -> Self {
        Self {
            purpose: it.purpose,
            name: it.name,
            phone: it.phone,
            fax: it.fax,
            email: it.email,
            hours_note: it.hours_note,
        }
    }
}

impl From<show::Provenance> for Provenance {
    fn from(it: show::Provenance) -> Self {
        let field = match it.field {
            Field::Name => "site",
            Field::Kana => "kana",
            Field::Organization => "organization",
            Field::Address => "address",
            Field::Point => "location",
            Field::Phone => "phone",
            Field::Url => "url",
            Field::Capacity => "capacity",
            Field::Hours => "hours",
            Field::Capabilities => "capabilities",
        };
        Self {
            field,
            source: it.source.map(Source::from),
        }
    }
}
