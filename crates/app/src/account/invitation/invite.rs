//! Invites somebody to a role, takes an invitation back, and says which roles may be given.

use chrono::{DateTime, Utc};
use keniki_base::id::{InvitationId, MembershipId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::super::By;
use super::super::membership;
use super::super::person;
use super::super::policy::{Deed, Role};
use super::super::secret::Token;
use super::super::sign_in::House;
use super::{Guest, InvitationError, Purpose, Sent, queries};
use crate::audit::{self, Event};
use crate::database::instant;

/// The roles that `by` may give in an organization.
pub async fn roles_to_give<'a>(
    db: &impl ConnectionTrait,
    roles: &'a [Role],
    by: &By,
    organization: OrganizationId,
) -> Result<Vec<&'a Role>, DbErr> {
    let object = membership::object(db, organization).await?;
    if by.may(Deed::InviteAccount, &object).is_none() {
        return Ok(Vec::new());
    }
    let workplaces = membership::workplaces(db, organization).await?;
    let may_all = by.reach(Deed::InviteAccount).any;
    let may = |role: &&Role| !role.held_in.is_disjoint(&workplaces) && (may_all || !role.is_high());
    Ok(roles.iter().filter(may).collect())
}

/// Invites somebody to a role. A person with an account elsewhere keeps it.
pub async fn invite(
    tx: &DatabaseTransaction,
    house: House<'_>,
    roles: &[Role],
    by: &By,
    guest: &Guest,
    now: DateTime<Utc>,
) -> Result<Sent, InvitationError> {
    let object = membership::object(tx, guest.term.organization).await?;
    by.authorize(Deed::InviteAccount, &object)?;
    let role = roles.iter().find(|role| role.code == guest.term.role);
    let role = role.ok_or(InvitationError::WrongRole)?;
    if role.is_high() && !by.reach(Deed::InviteAccount).any {
        return Err(InvitationError::RoleTooHigh);
    }
    let workplaces = membership::workplaces(tx, guest.term.organization).await?;
    if role.held_in.is_disjoint(&workplaces) {
        return Err(InvitationError::RoleElsewhere);
    }
    let (login, name) = checked(guest)?;
    let person = person::by_login(tx, &login).await?;
    if let Some(person) = &person {
        let desks = membership::desks(tx, person.account(), now).await?;
        let term = &guest.term;
        let has = |desk: &membership::Desk| {
            desk.actor.organization == term.organization && desk.actor.role == term.role
        };
        if desks.iter().any(has) {
            return Err(InvitationError::HasRole);
        }
    }
    let at = instant(now);
    let organization = guest.term.organization.get();
    queries::revoke_same(tx, &login, organization, &guest.term.role, &at).await?;
    let (from, to) = (
        guest.term.from.to_string(),
        guest.term.to.map(|day| day.to_string()),
    );
    let token = Token::new(house.chance);
    let new = queries::New {
        token_hash: &token.hash(),
        purpose: Purpose::Invite.code(),
        account: person.map(|person| person.id),
        login: &login,
        name,
        organization: Some(organization),
        role: Some(&guest.term.role),
        valid_from: Some(&from),
        valid_to: to.as_deref(),
        created_at: &at,
        created_by: by.account.map(i64::from),
        expires_at: &instant(now + house.rule.invitation()),
    };
    let id = queries::insert(tx, &new).await?;
    let event = Event::done(Deed::InviteAccount.code(), "invitation", id);
    audit::record(tx, by, event, now).await?;
    let id = id.into();
    Ok(Sent { id, login, token })
}

fn checked(guest: &Guest) -> Result<(String, &str), InvitationError> {
    let login = person::login(&guest.login);
    if !person::is_address(&login) {
        return Err(InvitationError::WrongLogin);
    }
    let name = guest.name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.contains(char::is_control) {
        return Err(InvitationError::WrongName);
    }
    if guest.term.to.is_some_and(|to| to < guest.term.from) {
        return Err(InvitationError::WrongDays);
    }
    Ok((login, name))
}

/// Takes an invitation back.
pub async fn revoke(
    tx: &DatabaseTransaction,
    by: &By,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<(), InvitationError> {
    let row = queries::open_by_id(tx, id.into()).await?;
    let organization = row.and_then(|row| row.organization_id);
    let organization = organization.ok_or(InvitationError::NotThere)?;
    let object = membership::object(tx, organization.into()).await?;
    by.authorize(Deed::InviteAccount, &object)?;
    if !queries::revoke(tx, id.into(), &instant(now)).await? {
        return Err(InvitationError::NotThere);
    }
    let event = Event {
        note: Some("revoked"),
        ..Event::done(Deed::InviteAccount.code(), "invitation", id.into())
    };
    Ok(audit::record(tx, by, event, now).await?)
}

/// Somebody with a role and no password, such as an invented person of a sample.
pub async fn admit(
    tx: &DatabaseTransaction,
    by: &By,
    guest: &Guest,
    now: DateTime<Utc>,
) -> Result<MembershipId, InvitationError> {
    let object = membership::object(tx, guest.term.organization).await?;
    by.authorize(Deed::InviteAccount, &object)?;
    let (login, name) = checked(guest)?;
    let account = match person::by_login(tx, &login).await? {
        Some(person) => person.account(),
        None => person::create(tx, &login, name, now).await?,
    };
    let membership = membership::give(tx, account, &guest.term, now).await?;
    let event = Event::done(Deed::InviteAccount.code(), "membership", membership.into());
    audit::record(tx, by, event, now).await?;
    Ok(membership)
}
