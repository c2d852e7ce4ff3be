//! Whether somebody knows the password of an account: asked in one place, so that all attempts at it count together.

use chrono::{DateTime, Utc};
use keniki_base::id::AccountId;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::person::Person;
use super::session::Browser;
use super::sign_in::House;
use super::{password, person, throttle};
use crate::definition::account::SignInRule;

/// What asking came to, with the account that was asked about where there is one.
pub(super) enum Answer {
    /// It is theirs, and they may sign in.
    Right(AccountId),
    /// It is not, nobody has that address, or they were stopped.
    Wrong(Option<AccountId>),
    /// Too many attempts; nothing was compared.
    TooMany(Option<AccountId>),
}

/// Compares `typed` with the password of whoever has `login`.
pub(super) async fn password(
    db: &DatabaseConnection,
    house: House<'_>,
    browser: Browser<'_>,
    (login, typed): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Answer, DbErr> {
    let person = person::by_login(db, login).await?;
    let account = person.as_ref().map(Person::account);
    if !throttle::attempt(db, house.rule, &attempted(login), browser.origin, now).await? {
        return Ok(Answer::TooMany(account));
    }
    let kept = person.as_ref().and_then(|it| it.password_hash.clone());
    let is_right = password::is_right(typed.to_owned(), kept).await;
    Ok(
        match person.filter(|person| is_right && person.is_active()) {
            Some(person) => Answer::Right(person.account()),
            None => Answer::Wrong(account),
        },
    )
}

/// It was right: forgets the attempts at it.
pub(super) async fn forgive(
    tx: &DatabaseTransaction,
    rule: &SignInRule,
    login: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    throttle::forgive(tx, rule, &attempted(login), now).await
}

pub(super) fn attempted(login: &str) -> String {
    format!("password {login}")
}
