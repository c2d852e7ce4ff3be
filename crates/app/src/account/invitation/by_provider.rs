//! Takes a link without a password: the link proves the mailbox, the provider the person.

use chrono::{DateTime, Utc};
use keniki_base::id::{AccountId, InvitationId};
use sea_orm::DatabaseTransaction;

use super::super::deed::OwnDeed;
use super::super::provider::Provider;
use super::super::{By, factor, person, session};
use super::{Invitation, InvitationError, Purpose, queries};
use crate::audit::{self, Event};
use crate::database::instant;

impl Invitation {
    /// Whether the people of a provider can take it: a role in one of its organizations, or a lost second factor.
    /// A password is never set by it.
    #[must_use]
    pub fn may_be_taken_by(&self, provider: &Provider) -> bool {
        match (self.purpose, &self.term) {
            (Purpose::Invite, Some(term)) => provider.opens(term.organization),
            (Purpose::Factor, _) => true,
            (Purpose::Invite, None) | (Purpose::Password, _) => false,
        }
    }
}

/// Takes a link for whoever came by `provider`, linked to `known` where they are: whose account it is now.
pub(in super::super) async fn take_by_provider(
    tx: &DatabaseTransaction,
    by: &By,
    id: InvitationId,
    (provider, known): (&Provider, Option<AccountId>),
    now: DateTime<Utc>,
) -> Result<AccountId, InvitationError> {
    let row = queries::open_by_id(tx, id.into()).await?;
    let link = match row {
        Some(row) => super::known(tx, row).await?,
        None => return Err(InvitationError::NotThere),
    };
    if !link.may_be_taken_by(provider) || !queries::take(tx, id.into(), &instant(now)).await? {
        return Err(InvitationError::NotThere);
    }
    let account = match (link.account, known) {
        (Some(account), Some(known)) if account == known => account,
        (None, None) => person::create(tx, &link.login, &link.name, now).await?,
        (Some(_), _) => return Err(InvitationError::NotLinked),
        (None, Some(_)) => return Err(InvitationError::LinkedElsewhere),
    };
    let person = person::by_id(tx, account).await?;
    if !person.is_some_and(|person| person.is_active()) {
        return Err(InvitationError::NotThere);
    }
    link.keep_word(tx, &by.known_as(account), account, now)
        .await?;
    if link.purpose == Purpose::Factor {
        factor::forget_all(tx, account).await?;
        session::end_others(tx, account, None, now).await?;
    }
    let event = Event::done(OwnDeed::TakeInvitation.code(), "invitation", id.into());
    audit::record(tx, &by.known_as(account), event, now).await?;
    Ok(account)
}
