//! What somebody does in an organization, between two days; and for which places an organization answers.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{AccountId, MembershipId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::policy::{Actor, Deed, Object, Role, Workplace};
use super::{By, Refused};
use crate::audit::{self, Event};
use crate::database::instant;

mod queries;

pub(crate) use queries::MUNICIPALITY_OF_O;

/// A role of somebody in an organization, that they can work in now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Which.
    pub membership: MembershipId,
    /// Name of the organization.
    pub organization_name: String,
    /// Who acts, for the policy.
    pub actor: Actor,
}

/// The desks at which somebody may sit today.
pub async fn desks(
    db: &impl ConnectionTrait,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Desk>, DbErr> {
    let day = jst_day(now).to_string();
    let mut desks = Vec::new();
    for held in queries::held(db, account.into(), &day).await? {
        let (mut municipalities, mut area) = (BTreeSet::new(), BTreeSet::new());
        for place in queries::places(db, held.organization_id).await? {
            match place.is_area {
                true => area.insert(place.municipality_code),
                false => municipalities.insert(place.municipality_code),
            };
        }
        desks.push(Desk {
            membership: held.id.into(),
            organization_name: held.organization_name,
            actor: Actor {
                account,
                organization: held.organization_id.into(),
                role: held.role,
                municipalities,
                area,
            },
        });
    }
    Ok(desks)
}

/// For which place an organization answers, and as what: a code of the area or municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As what.
    pub workplace: Workplace,
    /// 2, 4 or 5 digits.
    pub code: String,
}

impl Place {
    /// An authority's area.
    #[must_use]
    pub fn area(code: &str) -> Self {
        Self::of(Workplace::Area, code)
    }

    /// A place of an organization that is `workplace`.
    #[must_use]
    pub fn of(workplace: Workplace, code: &str) -> Self {
        Self {
            workplace,
            code: code.to_owned(),
        }
    }
}

/// Takes down that `organization` answers for `place`.
pub async fn put_place(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    place: &Place,
) -> Result<(), DbErr> {
    let kind = place.workplace.code();
    queries::put_place(tx, organization.into(), kind, &place.code).await
}

/// Which roles can be held in an organization: by what it answers for, and whether it runs sites.
pub async fn workplaces(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<BTreeSet<Workplace>, DbErr> {
    let kinds = queries::kinds(db, organization.into()).await?;
    let is_there = |workplace: &Workplace| kinds.iter().any(|kind| kind == workplace.code());
    let mut workplaces: BTreeSet<Workplace> = Workplace::ALL.into_iter().filter(is_there).collect();
    if workplaces.is_empty() {
        workplaces.insert(Workplace::Provider);
    }
    Ok(workplaces)
}

/// A role from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Where.
    pub organization: OrganizationId,
    /// Code of the role.
    pub role: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// Gives somebody a role.
pub(super) async fn give(
    tx: &DatabaseTransaction,
    account: AccountId,
    term: &Term,
    now: DateTime<Utc>,
) -> Result<MembershipId, DbErr> {
    let to = term.to.map(|day| day.to_string());
    let new = queries::New {
        account: account.into(),
        organization: term.organization.into(),
        role: &term.role,
        valid_from: &term.from.to_string(),
        valid_to: to.as_deref(),
        created_at: &instant(now),
    };
    Ok(queries::insert(tx, &new).await?.into())
}

/// An organization as the policy asks after it, for what is done with its accounts.
pub async fn object(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Object, DbErr> {
    Ok(Object {
        municipality: queries::municipality_of(db, organization.into()).await?,
        ..Object::new("organization", organization).of(organization)
    })
}

/// A role of somebody as the policy asks after it: their organization's, or nobody's where it watches over others.
pub(super) async fn object_of_role(
    db: &impl ConnectionTrait,
    roles: &[Role],
    actor: &Actor,
) -> Result<Object, DbErr> {
    let is_high = |role: &Role| role.code == actor.role && role.is_high();
    match roles.iter().any(is_high) {
        true => Ok(Object::new("organization", actor.organization)),
        false => object(db, actor.organization).await,
    }
}

/// Name of an organization; none where there is no such one.
pub async fn organization_name(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Option<String>, DbErr> {
    queries::organization_name(db, organization.into()).await
}

/// Why a role could not be ended.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    /// No such role, or not within reach.
    #[error("その所属はありません。")]
    NotThere,
    /// It ended before.
    #[error("その所属は、もう終わっています。")]
    Ended,
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// Ends a role with the day `last`; whoever has no other there leaves the organization's mailboxes.
pub async fn end(
    tx: &DatabaseTransaction,
    by: &By,
    roles: &[Role],
    (membership, last): (MembershipId, NaiveDate),
    now: DateTime<Utc>,
) -> Result<(), EndError> {
    let row = queries::by_id(tx, membership.into()).await?;
    let row = row.ok_or(EndError::NotThere)?;
    let actor = Actor {
        account: row.account_id.into(),
        organization: row.organization_id.into(),
        role: row.role,
        municipalities: BTreeSet::new(),
        area: BTreeSet::new(),
    };
    let object = object_of_role(tx, roles, &actor).await?;
    by.authorize(Deed::SuspendAccount, &object)?;
    let last = last.to_string();
    if row.valid_to.is_some_and(|to| to < last) {
        return Err(EndError::Ended);
    }
    queries::put_end(tx, row.id, &last).await?;
    queries::leave_mailboxes(tx, row.account_id, row.organization_id, &last).await?;
    let event = Event::done(Deed::SuspendAccount.code(), "membership", row.id);
    Ok(audit::record(tx, by, event, now).await?)
}
