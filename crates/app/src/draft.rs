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

/// What is typed: a deed, and which of its forms, where it has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form<'a> {
    deed: Deed,
    code: &'a str,
}

impl From<Deed> for Form<'_> {
    fn from(deed: Deed) -> Self {
        Self { deed, code: "" }
    }
}

impl<'a> From<(Deed, &'a str)> for Form<'a> {
    fn from((deed, code): (Deed, &'a str)) -> Self {
        Self { deed, code }
    }
}

impl Form<'_> {
    /// As the database has it.
    fn key(self) -> String {
        match self.code {
            "" => self.deed.code().to_owned(),
            code => format!("{} {code}", self.deed.code()),
        }
    }
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

/// What `by` has typed in a form of an object; none where there is nothing, or where the form has changed since.
pub async fn find<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    by: &By,
    (form, object): (impl Into<Form<'_>>, i64),
) -> Result<Option<Draft<T>>, DbErr> {
    let Some(account) = by.account else {
        return Ok(None);
    };
    let what = (&*form.into().key(), object);
    let found = queries::find(db, account.get(), what).await?;
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
    (form, object, typed): (impl Into<Form<'_>>, &Object, Option<&T>),
    now: DateTime<Utc>,
) -> Result<(), DraftError> {
    let form = form.into();
    by.authorize(form.deed, object)?;
    let Some(typed) = typed else {
        return Ok(discard(tx, by, (form, object.id)).await?);
    };
    let Some(account) = by.account else {
        return Ok(());
    };
    let content = serde_json::to_string(typed).map_err(|error| DbErr::Custom(error.to_string()))?;
    let what = (&*form.key(), object.id);
    Ok(queries::save(tx, account.get(), what, (&content, &instant(now))).await?)
}

/// The draft was sent, or is thrown away.
pub async fn discard(
    tx: &DatabaseTransaction,
    by: &By,
    (form, object): (impl Into<Form<'_>>, i64),
) -> Result<(), DbErr> {
    let what = (&*form.into().key(), object);
    match by.account {
        Some(account) => queries::discard(tx, account.get(), what).await,
        None => Ok(()),
    }
}
