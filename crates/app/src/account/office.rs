//! Organizations that no list names: health centers, municipalities, associations, the operator; and practices that are their own.

use chrono::{DateTime, Utc};
use keniki_base::id::{OrganizationId, ServiceId};
use keniki_base::text::name_key;
use sea_orm::{DatabaseTransaction, DbErr};

use super::By;
use super::invitation::{self, Guest, InvitationError, Sent};
use super::membership::{self, Place};
use super::policy::{Deed, Object, Role};
use super::sign_in::House;
use crate::audit::{self, Event};
use crate::bundle;
use crate::database::{self, Lock};
use crate::directory::internal;
use crate::directory::search::index::Indexer;
use crate::import::queries::last_id;

mod queries;

/// The role that looks after the installation.
pub const OPERATOR: &str = "operator";

/// The organization of this name, made where there is none; it answers for `places`.
pub async fn found(
    tx: &DatabaseTransaction,
    name: &str,
    places: &[Place],
) -> Result<OrganizationId, DbErr> {
    database::lock(tx, Lock::Directory).await?;
    let key = name_key(name);
    let id = match queries::by_name(tx, &key).await? {
        Some(id) => id,
        None => {
            let id = last_id(tx, "organization").await? + 1;
            queries::insert(tx, id, name, &key).await?;
            id
        }
    };
    let organization = OrganizationId::new(id);
    for place in places {
        membership::put_place(tx, organization, place).await?;
    }
    Ok(organization)
}

/// Makes an organization that the lists do not know, or says anew for which places it answers.
pub async fn create(
    tx: &DatabaseTransaction,
    by: &By,
    (name, places): (&str, &[Place]),
    now: DateTime<Utc>,
) -> Result<OrganizationId, InvitationError> {
    by.authorize(Deed::InviteAccount, &Object::new("organization", 0))?;
    let id = found(tx, name, places).await?;
    let event = Event {
        note: Some("office"),
        ..Event::done(Deed::InviteAccount.code(), "organization", id.into())
    };
    audit::record(tx, by, event, now).await?;
    Ok(id)
}

/// The organization that runs a service. Where no list names one, as of a doctor's own practice, it is made of the site and
/// stays it: accounts and letters are for organizations.
pub(crate) async fn of_service(
    tx: &DatabaseTransaction,
    service: ServiceId,
) -> Result<Option<OrganizationId>, DbErr> {
    database::lock(tx, Lock::Directory).await?;
    let Some(site) = queries::site_of(tx, service.get()).await? else {
        return Ok(None);
    };
    if let Some(known) = site.organization_id {
        return Ok(Some(known.into()));
    }
    let id = last_id(tx, "organization").await? + 1;
    queries::insert(tx, id, &site.name, &name_key(&site.name)).await?;
    queries::put_organization(tx, site.id, id).await?;
    let mut indexer = Indexer::load(tx).await?;
    indexer.put_sites(tx, &[site.id]).await?;
    indexer.flush(tx).await?;
    Ok(Some(id.into()))
}

/// Opens the organization of a service for accounts.
pub async fn open(
    tx: &DatabaseTransaction,
    by: &By,
    service: ServiceId,
    now: DateTime<Utc>,
) -> Result<OrganizationId, InvitationError> {
    let object = internal::object(tx, service).await?;
    by.authorize(
        Deed::InviteAccount,
        &object.ok_or(InvitationError::NotThere)?,
    )?;
    bundle::is_kept_here(tx).await??;
    let id = of_service(tx, service).await?;
    let id = id.ok_or(InvitationError::NotThere)?;
    let event = Event {
        note: Some("office"),
        ..Event::done(Deed::InviteAccount.code(), "organization", id.into())
    };
    audit::record(tx, by, event, now).await?;
    Ok(id)
}

/// Invites the first operator, or another one; at the command line, where nobody has signed in yet.
pub async fn invite_operator(
    tx: &DatabaseTransaction,
    house: House<'_>,
    roles: &[Role],
    by: &By,
    (organization, login, name): (&str, &str, &str),
    now: DateTime<Utc>,
) -> Result<Sent, InvitationError> {
    let organization = found(tx, organization, &[]).await?;
    let guest = Guest {
        login: login.to_owned(),
        name: name.to_owned(),
        term: invitation::from_today(organization, OPERATOR, now),
    };
    invitation::invite(tx, house, roles, by, &guest, now).await
}
