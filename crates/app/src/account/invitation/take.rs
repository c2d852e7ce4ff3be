//! Takes a link: a new account or role, another password, another second factor.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;

use super::super::deed::OwnDeed;
use super::super::prove::{self, Answer};
use super::super::session::{self, Browser, Opened};
use super::super::sign_in::House;
use super::super::stage::Stage;
use super::super::{By, factor, password, person};
use super::{InvitationError, Purpose, find, queries};
use crate::audit::{self, Event};
use crate::database::{self, instant};

/// Takes a link: makes the account where there is none, gives the role, sets or asks the password.
///
/// What comes next is the second factor: to be proved where one is set up, else to be set up.
pub async fn take(
    db: &DatabaseConnection,
    house: House<'_>,
    (by, browser): (&By, Browser<'_>),
    (token, typed): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Opened, InvitationError> {
    let link = find(db, token, now).await?;
    let link = link.ok_or(InvitationError::NotThere)?;
    // A link for a password alone never leads to a new second factor: the mailbox would be the account.
    if link.purpose == Purpose::Password
        && let Some(account) = link.account
        && factor::of(db, account).await?.is_none()
    {
        return Err(InvitationError::NoFactor);
    }
    let hash = match link.asks_password() {
        // Whoever holds the link of somebody with an account must know the password, too.
        true => match prove::password(db, house, browser, (&link.login, typed), now).await? {
            Answer::Right(_) => None,
            Answer::Wrong(_) | Answer::TooMany(_) => return Err(InvitationError::WrongPassword),
        },
        false => {
            password::check(typed, house.rule, &[&link.login, &link.name])?;
            Some(password::hash(typed.to_owned(), house.chance).await)
        }
    };
    database::write(db, async |tx| {
        if !queries::take(tx, link.id.into(), &instant(now)).await? {
            return Err(InvitationError::NotThere);
        }
        let account = match link.account {
            Some(account) => account,
            None => person::create(tx, &link.login, &link.name, now).await?,
        };
        let by = &by.known_as(account);
        link.keep_word(tx, by, account, now).await?;
        if let Some(hash) = &hash {
            person::put_password(tx, account, hash, now).await?;
            let event = Event::done(OwnDeed::SetPassword.code(), "account", account.into());
            audit::record(tx, by, event, now).await?;
        }
        if link.purpose == Purpose::Factor {
            factor::forget_all(tx, account).await?;
        }
        if link.purpose != Purpose::Invite {
            session::end_others(tx, account, None, now).await?;
        }
        let deed = match link.purpose {
            Purpose::Invite => OwnDeed::TakeInvitation,
            Purpose::Password => OwnDeed::TakePasswordLink,
            Purpose::Factor => OwnDeed::TakeFactorLink,
        };
        let event = Event::done(deed.code(), "invitation", link.id.into());
        audit::record(tx, by, event, now).await?;
        let stage = match factor::of(tx, account).await?.is_none() {
            true => Stage::Enroll,
            false => Stage::Second,
        };
        Ok(session::begin(tx, house.chance, account, stage, None, browser, now).await?)
    })
    .await
}
