//! Which person at a provider is which account here: made, found, taken away.

use chrono::{DateTime, Utc};
use keniki_base::id::{AccountId, ProviderId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::super::deed::OwnDeed;
use super::super::session::{self, Session};
use super::super::{By, factor, person};
use super::{ProviderError, queries};
use crate::audit::{self, Event};
use crate::database::instant;

pub use queries::Link;

/// The providers that an account is linked to.
pub async fn links(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Link>, DbErr> {
    queries::links(db, account.into()).await
}

/// Whose account the person is that a provider names so.
pub(super) async fn account(
    db: &impl ConnectionTrait,
    provider: ProviderId,
    subject: &str,
) -> Result<Option<AccountId>, DbErr> {
    let found = queries::account(db, provider.into(), subject).await?;
    Ok(found.map(AccountId::new))
}

/// Links them; false where one of the two is linked otherwise.
pub(super) async fn put(
    tx: &DatabaseTransaction,
    (provider, subject): (ProviderId, &str),
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let which = (provider.into(), subject);
    queries::insert_link(tx, which, account.into(), &instant(now)).await
}

/// Takes a link away, unless nothing else lets its owner in; what began by it elsewhere ends.
pub async fn unlink(
    tx: &DatabaseTransaction,
    by: &By,
    session: &Session,
    provider: ProviderId,
    now: DateTime<Utc>,
) -> Result<(), ProviderError> {
    let account = session.account;
    let has_own =
        person::has_password(tx, account).await? && !factor::of(tx, account).await?.is_none();
    let links = links(tx, account).await?;
    if !has_own && links.iter().all(|link| link.provider_id == provider.get()) {
        return Err(ProviderError::OnlyWay);
    }
    if !queries::delete_link(tx, provider.into(), account.into()).await? {
        return Err(ProviderError::NotThere);
    }
    session::end_of_provider(tx, session, provider, now).await?;
    let event = Event::done(OwnDeed::UnlinkProvider.code(), "provider", provider.into());
    Ok(audit::record(tx, by, event, now).await?)
}
