//! What somebody does in an organization, between two days; and for which places an organization answers.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{AccountId, MembershipId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::deed::OwnDeed;
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
    desks_between(db, account, (&day, &day)).await
}

/// Those, and the ones at which they will sit from a later day on.
pub async fn desks_to_come(
    db: &impl ConnectionTrait,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Desk>, DbErr> {
    let day = jst_day(now).to_string();
    desks_between(db, account, (&day, "9999-12-31")).await
}

async fn desks_between(
    db: &impl ConnectionTrait,
    account: AccountId,
    days: (&str, &str),
) -> Result<Vec<Desk>, DbErr> {
    let mut desks = Vec::new();
    for held in queries::held(db, account.into(), days).await? {
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
    // Who comes back does not answer again what they answered once.
    leave_where_over(tx, account.into(), term.organization.into(), now).await?;
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

/// Ends a role with the day `last`.
pub async fn end(
    tx: &DatabaseTransaction,
    by: &By,
    roles: &[Role],
    (membership, last): (MembershipId, NaiveDate),
    now: DateTime<Utc>,
) -> Result<(), EndError> {
    let row = reachable(tx, by, roles, (membership, Deed::SuspendAccount)).await?;
    if row
        .valid_to
        .as_ref()
        .is_some_and(|to| *to < last.to_string())
    {
        return Err(EndError::Ended);
    }
    write_last(tx, by, (&row, Some(last)), now).await
}

/// Says which day is the last of a role, or that none is. To make it longer is to give it.
pub(super) async fn put_last(
    tx: &DatabaseTransaction,
    by: &By,
    roles: &[Role],
    (membership, last): (MembershipId, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<(), EndError> {
    let row = reachable(tx, by, roles, (membership, Deed::SuspendAccount)).await?;
    let text = last.map(|day| day.to_string());
    let is_longer = match (&text, &row.valid_to) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(text), Some(to)) => text > to,
    };
    let deed = match is_longer {
        true => Deed::InviteAccount,
        false => Deed::SuspendAccount,
    };
    let row = reachable(tx, by, roles, (row.id.into(), deed)).await?;
    write_last(tx, by, (&row, last), now).await
}

/// What the policy says to somebody who names a role by its number alone; none: it is within reach, or there is none.
pub(super) async fn refusal(
    tx: &DatabaseTransaction,
    by: &By,
    roles: &[Role],
    membership: MembershipId,
) -> Result<Option<Refused>, DbErr> {
    match reachable(tx, by, roles, (membership, Deed::SuspendAccount)).await {
        Err(EndError::Refused(refused)) => Ok(Some(refused)),
        Err(EndError::Database(error)) => Err(error),
        Ok(_) | Err(EndError::NotThere | EndError::Ended) => Ok(None),
    }
}

/// A role with which `by` may do `deed`.
async fn reachable(
    tx: &DatabaseTransaction,
    by: &By,
    roles: &[Role],
    (membership, deed): (MembershipId, Deed),
) -> Result<queries::Row, EndError> {
    let row = queries::by_id(tx, membership.into()).await?;
    let row = row.ok_or(EndError::NotThere)?;
    let actor = Actor {
        account: row.account_id.into(),
        organization: row.organization_id.into(),
        role: row.role.clone(),
        municipalities: BTreeSet::new(),
        area: BTreeSet::new(),
    };
    let object = object_of_role(tx, roles, &actor).await?;
    by.authorize(deed, &object)?;
    Ok(row)
}

/// Whoever has no role there any more leaves the organization's mailboxes.
async fn write_last(
    tx: &DatabaseTransaction,
    by: &By,
    (row, last): (&queries::Row, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<(), EndError> {
    let text = last.map(|day| day.to_string());
    queries::put_end(tx, row.id, text.as_deref()).await?;
    leave_where_over(tx, row.account_id, row.organization_id, now).await?;
    let event = Event {
        note: Some(text.as_deref().unwrap_or("no end")),
        ..Event::done(OwnDeed::PutLastDay.code(), "membership", row.id)
    };
    Ok(audit::record(tx, by, event, now).await?)
}

async fn leave_where_over(
    tx: &DatabaseTransaction,
    account: i64,
    organization: i64,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let today = jst_day(now).to_string();
    queries::leave_mailboxes(tx, account, organization, &today).await
}
