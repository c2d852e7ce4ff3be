//! What only professionals may know of a service (a ward's direct telephone), and who they are: always asked of the policy.

use keniki_base::id::{OrganizationId, ServiceId};
use sea_orm::{ConnectionTrait, DbErr};

use crate::account::By;
use crate::account::policy::{Deed, Object};

mod queries;

pub use queries::Contact;

/// A service as the policy asks after it; none where there is no such one.
pub async fn object(db: &impl ConnectionTrait, id: ServiceId) -> Result<Option<Object>, DbErr> {
    let whose = queries::whose(db, id.get()).await?;
    Ok(whose.map(|whose| Object {
        organization: whose.organization_id.map(OrganizationId::new),
        municipality: whose.municipality_code,
        ..Object::new("service", id)
    }))
}

/// Whom professionals call there; nobody for who may not know.
pub async fn contacts(
    db: &impl ConnectionTrait,
    by: &By,
    object: &Object,
) -> Result<Vec<Contact>, DbErr> {
    match by.may(Deed::ReadInternal, object) {
        Some(_) => queries::contacts(db, object.id).await,
        None => Ok(Vec::new()),
    }
}
