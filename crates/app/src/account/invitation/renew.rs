//! Links for another password or second factor: asked for by oneself, or given by who looks after the account.

use chrono::{DateTime, Utc};
use keniki_base::id::AccountId;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::super::By;
use super::super::deed::OwnDeed;
use super::super::person;
use super::super::policy::{Deed, Role};
use super::super::secret::Token;
use super::super::sign_in::House;
use super::super::throttle;
use super::{InvitationError, Purpose, Sent, queries};
use crate::audit::{self, Event};
use crate::database::instant;

/// Whether a link may be asked for again: not more often than passwords may be tried.
pub async fn may_ask(
    db: &DatabaseConnection,
    house: House<'_>,
    by: &By,
    login: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let what = attempted(&person::login(login));
    throttle::attempt(db, house.rule, &what, &by.origin, now).await
}

pub(in super::super) fn attempted(login: &str) -> String {
    format!("link {login}")
}

/// A link for somebody who forgot the password; none where nobody has that address, which the page does not tell.
pub async fn for_password(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    login: &str,
    now: DateTime<Utc>,
) -> Result<Option<Sent>, DbErr> {
    let login = person::login(login);
    let person = person::by_login(tx, &login).await?;
    let Some(person) = person.filter(|person| person.is_active()) else {
        return Ok(None);
    };
    let sent = renew(tx, house, by, &person, Purpose::Password, now).await?;
    let event = Event::done(OwnDeed::AskPassword.code(), "account", person.id);
    audit::record(tx, by, event, now).await?;
    Ok(Some(sent))
}

/// A link for somebody who lost the password or the second factor, given by who looks after the account: they know the face.
pub async fn for_account(
    tx: &DatabaseTransaction,
    house: House<'_>,
    roles: &[Role],
    by: &By,
    (account, purpose): (AccountId, Purpose),
    now: DateTime<Utc>,
) -> Result<Sent, InvitationError> {
    let person = person::by_id(tx, account).await?;
    let person = person.filter(|person| !person.is_erased());
    let person = person.ok_or(InvitationError::NotThere)?;
    for object in person::objects(tx, roles, account, now).await? {
        by.authorize(Deed::InviteAccount, &object)?;
    }
    let sent = renew(tx, house, by, &person, purpose, now).await?;
    let event = Event {
        note: Some(purpose.code()),
        ..Event::done(Deed::InviteAccount.code(), "account", person.id)
    };
    audit::record(tx, by, event, now).await?;
    Ok(sent)
}

async fn renew(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    person: &person::Person,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Sent, DbErr> {
    queries::revoke_of_account(tx, person.id, &instant(now)).await?;
    let token = Token::new(house.chance);
    let new = queries::New {
        token_hash: &token.hash(),
        purpose: purpose.code(),
        account: Some(person.id),
        login: &person.login,
        name: &person.name,
        organization: None,
        role: None,
        valid_from: None,
        valid_to: None,
        created_at: &instant(now),
        created_by: by.account.map(i64::from),
        expires_at: &instant(now + house.rule.reset()),
    };
    let id = queries::insert(tx, &new).await?.into();
    let login = person.login.clone();
    Ok(Sent { id, login, token })
}
