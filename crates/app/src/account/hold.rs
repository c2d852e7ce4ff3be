//! Keeps an account from being erased, by request and by the clock, while a court or an inquiry needs it.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use super::policy::{Deed, Object};
use super::{By, Refused, person};
use crate::audit::{self, Event};

mod queries;

/// Why an account was not held.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Nobody has that address.
    #[error("そのメールアドレスのアカウントはありません。")]
    NotThere,
    /// No reason, or a very long one.
    #[error("消さない理由を1文字から200文字までで書いてください。")]
    NoReason,
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// Holds an account for a reason, or lets it go.
pub async fn hold(
    tx: &DatabaseTransaction,
    by: &By,
    (login, reason): (&str, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), HoldError> {
    let found = person::by_login(tx, &person::login(login)).await?;
    let id = found.ok_or(HoldError::NotThere)?.id;
    by.authorize(Deed::HoldAccount, &Object::new("account", id))?;
    let reason = reason.map(str::trim);
    if reason.is_some_and(|reason| !(1..=200).contains(&reason.chars().count())) {
        return Err(HoldError::NoReason);
    }
    queries::put(tx, id, reason).await?;
    let note = if reason.is_some() { "hold" } else { "release" };
    let event = Event {
        note: Some(note),
        ..Event::done(Deed::HoldAccount.code(), "account", id)
    };
    Ok(audit::record(tx, by, event, now).await?)
}
