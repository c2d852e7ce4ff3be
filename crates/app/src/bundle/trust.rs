//! Whose bundles are taken here: a key is trusted after two people have compared it, and may be distrusted at any time.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::key::PublicKey;
use super::{BundleError, queries};
use crate::account::By;
use crate::account::policy::{Deed, Object};
use crate::audit::{self, Event};
use crate::database::instant;

/// A key that is or was trusted.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct TrustedKey {
    /// By which it is named.
    pub id: i64,
    /// Its digits.
    pub public_key: String,
    /// Whose it is.
    pub name: String,
    /// ISO instant.
    pub trusted_at: String,
    /// ISO instant; none: it is trusted.
    pub distrusted_at: Option<String>,
    /// Number of the last bundle taken from it.
    pub last_serial: Option<i64>,
}

/// Takes this key's bundles from now on; answers its number.
pub async fn trust(
    tx: &DatabaseTransaction,
    by: &By,
    (key, name): (&PublicKey, &str),
    now: DateTime<Utc>,
) -> Result<i64, BundleError> {
    by.authorize(Deed::TrustBundleKey, &Object::new("bundle_key", 0))?;
    let id = queries::put_key(tx, key.digits(), name, &instant(now)).await?;
    let event = Event {
        note: Some("trusted"),
        ..Event::done(Deed::TrustBundleKey.code(), "bundle_key", id)
    };
    audit::record(tx, by, event, now).await?;
    Ok(id)
}

/// Takes no more bundles of this key; what was taken stays.
pub async fn distrust(
    tx: &DatabaseTransaction,
    by: &By,
    id: i64,
    now: DateTime<Utc>,
) -> Result<(), BundleError> {
    by.authorize(Deed::TrustBundleKey, &Object::new("bundle_key", id))?;
    if !queries::end_key(tx, id, &instant(now)).await? {
        return Err(BundleError::NoSuchKey(id));
    }
    let event = Event {
        note: Some("distrusted"),
        ..Event::done(Deed::TrustBundleKey.code(), "bundle_key", id)
    };
    Ok(audit::record(tx, by, event, now).await?)
}

/// Every key that was ever trusted here.
///
/// # Errors
/// The database's own.
pub async fn keys(db: &impl ConnectionTrait) -> Result<Vec<TrustedKey>, DbErr> {
    queries::keys(db).await
}
