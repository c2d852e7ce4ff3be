//! Organizations that have accounts without running a site: health centers, municipalities, associations, the operator.

use chrono::{DateTime, Utc};
use keniki_base::id::OrganizationId;
use keniki_base::text::name_key;
use sea_orm::{DatabaseTransaction, DbErr};

use super::By;
use super::invitation::{self, Guest, InvitationError, Sent};
use super::membership::{self, Place};
use super::policy::{Deed, Object, Role};
use super::sign_in::House;
use crate::audit::{self, Event};
use crate::database::{self, Lock};
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
