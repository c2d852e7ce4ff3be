//! People who can sign in: made, found, given a password, stopped and let in again.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{AccountId, OrganizationId};
use keniki_base::text::squeeze;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::policy::{Deed, Object, Role};
use super::{By, Refused, membership, session};
use crate::audit::{self, Event};
use crate::database::instant;

mod queries;

pub use queries::{Member, Office};

/// Somebody who can sign in, with what only the program compares.
#[derive(Clone, sea_orm::FromQueryResult)]
pub struct Person {
    pub(super) id: i64,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) password_hash: Option<String>,
    pub(super) totp_secret: Option<String>,
    pub(super) totp_last_step: Option<i64>,
}

impl Person {
    /// Which.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.id.into()
    }

    /// Mail address.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.login
    }

    /// What they are called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether nothing says any more who this was.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.status == super::erase::STATUS
    }

    /// Whether they may sign in.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }
}

/// A mail address as accounts know it: half-width, lower case, without blanks around it.
#[must_use]
pub fn login(typed: &str) -> String {
    squeeze(typed).to_lowercase()
}

/// Whether a text has the form of a mail address; the link that is sent there proves it.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| !c.is_whitespace() && !c.is_control())
    };
    text.len() <= 254
        && text.split_once('@').is_some_and(|(name, host)| {
            is_part(name)
                && is_part(host)
                && !host.contains('@')
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !text.contains(['<', '>', ',', ';', '"', '(', ')'])
        })
}

/// Somebody by their mail address.
pub(super) async fn by_login(
    db: &impl ConnectionTrait,
    login: &str,
) -> Result<Option<Person>, DbErr> {
    queries::by_login(db, login).await
}

/// Somebody by their number.
pub(super) async fn by_id(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Option<Person>, DbErr> {
    queries::by_id(db, account.into()).await
}

/// Whether an account lets anybody in.
pub(crate) async fn is_active(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<bool, DbErr> {
    let person = by_id(db, account).await?;
    Ok(person.is_some_and(|person| person.is_active()))
}

/// Whether somebody has a password.
pub async fn has_password(db: &impl ConnectionTrait, account: AccountId) -> Result<bool, DbErr> {
    let person = by_id(db, account).await?;
    Ok(person.is_some_and(|person| person.password_hash.is_some()))
}

/// Somebody new, who cannot sign in before a link was taken.
pub(super) async fn create(
    tx: &DatabaseTransaction,
    login: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<AccountId, DbErr> {
    let id = queries::insert(tx, login, name, &instant(now)).await?;
    Ok(id.into())
}

pub(super) async fn put_password(
    tx: &DatabaseTransaction,
    account: AccountId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    queries::put_password(tx, account.into(), hash, &instant(now)).await
}

/// Takes a code's step; false where one as late was taken meanwhile.
pub(super) async fn take_step(
    tx: &DatabaseTransaction,
    account: AccountId,
    step: i64,
) -> Result<bool, DbErr> {
    queries::take_step(tx, account.into(), step).await
}

/// Keeps the secret of an authenticator app with the step of its first code, or forgets it.
pub(super) async fn put_totp(
    tx: &DatabaseTransaction,
    account: AccountId,
    secret: Option<&str>,
    step: Option<i64>,
) -> Result<(), DbErr> {
    queries::put_totp(tx, account.into(), secret, step).await
}

/// Why an account could not be stopped or let in again.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// No such account in that organization.
    #[error("そのアカウントはありません。")]
    NotThere,
    /// Nobody is behind it any more.
    #[error("このアカウントは削除されています。もう使えるようにはできません。")]
    Erased,
    /// One's own.
    #[error("ご自分のアカウントは止められません。ほかの管理者に頼んでください。")]
    Own,
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// Stops an account, ending its sessions, or lets it in again.
///
/// An account with roles in several organizations is stopped by whoever may do so in each of them.
pub async fn put_active(
    tx: &DatabaseTransaction,
    by: &By,
    roles: &[Role],
    (account, is_active): (AccountId, bool),
    now: DateTime<Utc>,
) -> Result<(), StatusError> {
    let person = by_id(tx, account).await?;
    if person.ok_or(StatusError::NotThere)?.is_erased() {
        return Err(StatusError::Erased);
    }
    if by.account == Some(account) {
        return Err(StatusError::Own);
    }
    for object in objects(tx, roles, account, now).await? {
        by.authorize(Deed::SuspendAccount, &object)?;
    }
    let status = if is_active { "active" } else { "suspended" };
    queries::put_status(tx, account.into(), status).await?;
    session::end_others(tx, account, None, now).await?;
    let event = Event {
        note: Some(status),
        ..Event::done(Deed::SuspendAccount.code(), "account", account.into())
    };
    Ok(audit::record(tx, by, event, now).await?)
}

/// What the policy asks after before an account as a whole is touched: each organization in which it has a role today or later.
/// One with a role that watches over others is nobody's: only who may do everything with accounts reaches it.
pub(super) async fn objects(
    db: &impl ConnectionTrait,
    roles: &[Role],
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Object>, DbErr> {
    let mut objects = Vec::new();
    for desk in membership::desks_to_come(db, account, now).await? {
        let organization = membership::object_of_role(db, roles, &desk.actor).await?;
        objects.push(Object {
            kind: "account",
            id: account.into(),
            ..organization
        });
    }
    if objects.is_empty() {
        objects.push(Object::new("account", account));
    }
    Ok(objects)
}

/// The people of an organization, each with their roles, those of today first.
pub async fn members(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<Member>, DbErr> {
    queries::members(db, organization.into()).await
}

/// The organizations with accounts whose accounts `by` may see.
pub async fn offices(
    db: &impl ConnectionTrait,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Vec<Office>, DbErr> {
    let reach = by.reach(Deed::ReadAccount);
    let mut offices = queries::offices(db, &jst_day(now).to_string()).await?;
    offices.retain(|office| {
        let object = Object {
            municipality: office.municipality_code.clone(),
            ..Object::new("organization", office.id).of(office.id.into())
        };
        reach.holds(&object).is_some()
    });
    Ok(offices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_however_it_is_typed() {
        assert_eq!(login(" Ｈａｎａｋｏ@Example.JP "), "hanako@example.jp");
        for good in ["a@b.jp", "first.last+x@sub.example.co.jp"] {
            assert!(is_address(good), "{good}");
        }
        for wrong in [
            "",
            "a",
            "@b.jp",
            "a@",
            "a@b",
            "a b@c.jp",
            "a@b.jp,c@d.jp",
            "a@b@c.jp",
            "<a@b.jp>",
        ] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
