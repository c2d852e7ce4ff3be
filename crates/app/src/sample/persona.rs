//! Invented people of a sample area, one for each role, so that everybody can try their own work.

use chrono::{DateTime, Utc};
use keniki_base::id::{AccountId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};

use crate::account::invitation::{self, Guest, InvitationError};
use crate::account::membership::{self, Place};
use crate::account::policy::{self, Role};
use crate::account::{By, office};
use crate::area::show::{self, Area};
use crate::database;

mod queries;

/// Where somebody in a role works.
#[derive(Debug, Clone, Copy)]
enum Workplace {
    /// An authority of the whole area, called after it.
    Area(&'static str),
    /// An association of the whole area, called after it.
    Association(&'static str),
    /// Somewhere in the area, called after it, that answers for no place.
    Somewhere(&'static str),
    /// The first municipality's office.
    Municipality,
    /// Whoever runs the largest service of a category.
    Service(&'static str),
    /// The same, which also answers for its municipality.
    ServiceOfMunicipality(&'static str),
}

/// Role, workplace, name. The family name says that nobody is called so.
const PEOPLE: [(&str, Workplace, &str); 22] = [
    (
        "health_center_planning",
        Workplace::Area("保健所"),
        "見本 千歳",
    ),
    (
        "health_center_intractable",
        Workplace::Area("保健所"),
        "見本 難波",
    ),
    (
        "health_center_mental",
        Workplace::Area("保健所"),
        "見本 こころ",
    ),
    (
        "health_center_medical_affairs",
        Workplace::Area("保健所"),
        "見本 薬子",
    ),
    (
        "health_center_infection",
        Workplace::Area("保健所"),
        "見本 清志",
    ),
    (
        "prefecture",
        Workplace::Area("担当の県庁医療政策課"),
        "見本 県太",
    ),
    ("municipality", Workplace::Municipality, "見本 町子"),
    (
        "coordinator",
        Workplace::Association("在宅医療・介護連携支援センター"),
        "見本 結",
    ),
    (
        "community_support_center",
        Workplace::ServiceOfMunicipality("community_support_center"),
        "見本 包子",
    ),
    (
        "hospital_discharge",
        Workplace::Service("hospital"),
        "見本 帰一",
    ),
    (
        "hospital_ward",
        Workplace::Service("hospital"),
        "見本 夜勤子",
    ),
    ("clinic", Workplace::Service("clinic"), "見本 往診雄"),
    ("dental", Workplace::Service("dental"), "見本 歯朶"),
    (
        "care_manager",
        Workplace::Service("care_management"),
        "見本 計",
    ),
    (
        "consultation_support",
        Workplace::Somewhere("相談支援センター"),
        "見本 相子",
    ),
    (
        "visiting_nursing",
        Workplace::Service("visiting_nursing"),
        "見本 看奈",
    ),
    ("pharmacy", Workplace::Service("pharmacy"), "見本 調"),
    ("care_provider", Workplace::Service("day_care"), "見本 介人"),
    (
        "association",
        Workplace::Association("医師会事務局"),
        "見本 会津",
    ),
    ("auditor", Workplace::Area("情報監査室"), "見本 監一"),
    ("operator", Workplace::Area("システム運用係"), "見本 運子"),
    ("manager", Workplace::Service("hospital"), "見本 管子"),
];

/// Somebody invented, to sign in as.
#[derive(Debug, Clone, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct Persona {
    /// Whose account.
    pub account_id: i64,
    /// What they are called.
    pub name: String,
    /// Code of the role.
    pub role: String,
    /// Where they work.
    pub organization_name: String,
}

/// Makes the people of the home area; what has no workplace there is left out.
pub async fn make(
    db: &DatabaseConnection,
    roles: &[Role],
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), InvitationError> {
    let Some(area) = show::home(db).await? else {
        return Ok(());
    };
    let known = |code: &str| roles.iter().any(|role| role.code == code);
    database::write(db, async |tx| {
        let mut taken = Vec::new();
        for (role, workplace, name) in PEOPLE.iter().filter(|(role, _, _)| known(role)) {
            let Some(organization) = organization(tx, &area, *workplace, &mut taken).await? else {
                continue;
            };
            let guest = Guest {
                login: login(role),
                name: (*name).to_owned(),
                term: invitation::from_today(organization, role, now),
            };
            invitation::admit(tx, by, &guest, now).await?;
        }
        Ok(())
    })
    .await
}

/// The address of whoever has the role in a sample; no mail reaches `example.jp`.
fn login(role: &str) -> String {
    format!("{}@example.jp", role.replace('_', "-"))
}

async fn organization(
    tx: &DatabaseTransaction,
    area: &Area,
    workplace: Workplace,
    taken: &mut Vec<(OrganizationId, &'static str)>,
) -> Result<Option<OrganizationId>, DbErr> {
    let members = area.member_codes();
    match workplace {
        Workplace::Area(what) => {
            let name = format!("{}{what}", area.name);
            let places = [Place::area(&area.code)];
            Ok(Some(office::found(tx, &name, &places).await?))
        }
        Workplace::Association(what) => {
            let name = format!("{}{what}", area.name);
            let places = [Place::of(policy::Workplace::Association, &area.code)];
            Ok(Some(office::found(tx, &name, &places).await?))
        }
        Workplace::Somewhere(what) => {
            let name = format!("{}{what}", area.name);
            Ok(Some(office::found(tx, &name, &[]).await?))
        }
        Workplace::Municipality => match area.members.first() {
            Some(first) => {
                let places = [Place::of(policy::Workplace::Municipality, &first.code)];
                Ok(Some(office::found(tx, &first.name, &places).await?))
            }
            None => Ok(None),
        },
        Workplace::Service(category) => {
            let found = queries::largest(tx, category, &members, taken).await?;
            let organization = found.map(|found| found.organization_id.into());
            taken.extend(organization.map(|it| (it, category)));
            Ok(organization)
        }
        Workplace::ServiceOfMunicipality(category) => {
            let Some(found) = queries::largest(tx, category, &members, taken).await? else {
                return Ok(None);
            };
            let organization = found.organization_id.into();
            if let Some(code) = found.municipality_code {
                let place = Place::of(policy::Workplace::SupportCenter, &code);
                membership::put_place(tx, organization, &place).await?;
            }
            Ok(Some(organization))
        }
    }
}

/// The invented people, in the order of the roles.
pub async fn all(db: &impl ConnectionTrait, roles: &[Role]) -> Result<Vec<Persona>, DbErr> {
    let mut all = queries::all(db).await?;
    all.retain(|persona| roles.iter().any(|role| role.code == persona.role));
    all.sort_by_key(|persona| roles.iter().position(|role| role.code == persona.role));
    Ok(all)
}

/// Whether an account is one of the invented people, and not of somebody who was invited to look.
pub async fn is_one(db: &impl ConnectionTrait, account: AccountId) -> Result<bool, DbErr> {
    let all = queries::all(db).await?;
    Ok(all
        .iter()
        .any(|persona| persona.account_id == account.get()))
}
