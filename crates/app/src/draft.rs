//! What somebody has typed in a form and not sent yet: saved while they type, shown when they come back, gone once it is sent.
//!
//! Nobody else reads a draft, so the audit log has no row of it; it has one of what is sent.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::database::instant;

mod queries;

/// A form as it was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft<T> {
    /// What was typed.
    pub typed: T,
    /// When it was last saved.
    pub saved_at: DateTime<Utc>,
}

/// Why a draft was not saved.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// It could not be sent either.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。書きかけを保存していません。")]
    Database(#[from] DbErr),
}

/// What `by` has typed for `deed` with an object; none where there is nothing, or where the form has changed since.
pub async fn find<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    by: &By,
    (deed, object): (Deed, i64),
) -> Result<Option<Draft<T>>, DbErr> {
    let Some(account) = by.account else {
        return Ok(None);
    };
    let found = queries::find(db, account.get(), (deed.code(), object)).await?;
    Ok(found.and_then(|(content, saved_at)| {
        Some(Draft {
            typed: serde_json::from_str(&content).ok()?,
            saved_at: saved_at.parse().ok()?,
        })
    }))
}

/// Saves what is typed now in place of what was saved before; where nothing is, there is no draft.
pub async fn save<T: Serialize>(
    tx: &DatabaseTransaction,
    by: &By,
    (deed, object, typed): (Deed, &Object, Option<&T>),
    now: DateTime<Utc>,
) -> Result<(), DraftError> {
    by.authorize(deed, object)?;
    let Some(typed) = typed else {
        return Ok(discard(tx, by, (deed, object.id)).await?);
    };
    let Some(account) = by.account else {
        return Ok(());
    };
    let content = serde_json::to_string(typed).map_err(|error| DbErr::Custom(error.to_string()))?;
    let what = (deed.code(), object.id);
    Ok(queries::save(tx, account.get(), what, (&content, &instant(now))).await?)
}

/// The draft was sent, or is thrown away.
pub async fn discard(
    tx: &DatabaseTransaction,
    by: &By,
    (deed, object): (Deed, i64),
) -> Result<(), DbErr> {
    match by.account {
        Some(account) => queries::discard(tx, account.get(), (deed.code(), object)).await,
        None => Ok(()),
    }
}
