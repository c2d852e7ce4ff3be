//! What somebody does in an organization, between two days; and for which places an organization answers.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{AccountId, MembershipId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::policy::{Actor, Deed, Object, Workplace};
use super::{By, Refused};
use crate::audit::{self, Event};
use crate::database::instant;

mod queries;

pub(super) use queries::MUNICIPALITY_OF_O;

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
            match place.kind.as_str() {
                "municipality" => municipalities.insert(place.municipality_code),
                _ => area.insert(place.municipality_code),
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

/// For which place an organization answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// 市町村, 地域包括支援センター: code of the municipality.
    Municipality(String),
    /// 保健所, 県, coordinator: code of the area.
    Area(String),
}

/// Takes down that `organization` answers for `place`.
pub async fn put_place(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    place: &Place,
) -> Result<(), DbErr> {
    let (kind, code) = match place {
        Place::Municipality(code) => ("municipality", code),
        Place::Area(code) => ("area", code),
    };
    queries::put_place(tx, organization.into(), kind, code).await
}

/// Which roles can be held in an organization: by what it answers for, and whether it runs sites.
pub async fn workplaces(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<BTreeSet<Workplace>, DbErr> {
    let kinds = queries::kinds(db, organization.into()).await?;
    let mut workplaces: BTreeSet<Workplace> = kinds
        .iter()
        .filter_map(|kind| match kind.as_str() {
            "area" => Some(Workplace::Area),
            "municipality" => Some(Workplace::Municipality),
            "site" => Some(Workplace::Provider),
            _ => None,
        })
        .collect();
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
    membership: MembershipId,
    last: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), EndError> {
    let row = queries::by_id(tx, membership.into()).await?;
    let row = row.ok_or(EndError::NotThere)?;
    let object = object(tx, row.organization_id.into()).await?;
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
