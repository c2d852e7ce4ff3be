//! An organization takes a part in a case that is under way: what was owed by nobody is owed by it.

use chrono::{DateTime, Utc};
use keniki_base::id::CaseId;
use sea_orm::DatabaseTransaction;

use super::load::load;
use super::open::{Seat, sit};
use super::save::save;
use super::{CaseError, House, object, queries};
use crate::account::By;
use crate::account::policy::Deed;

/// Adds a part; one that the organization has stays as it is. A part that only one may have is taken from nobody.
///
/// # Errors
/// [`CaseError`]; nothing is written then.
pub async fn add(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (case, seat): (CaseId, &Seat),
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    by.authorize(Deed::WritePatient, &object(tx, case, now).await?)?;
    queries::lock_case(tx, case.get()).await?;
    let loaded = load(tx, house.definitions, case).await?;
    if loaded.state(house.definitions, now).closed.is_some() {
        return Err(CaseError::Over);
    }
    let rule = loaded.program.role(&seat.role);
    let rule = rule.ok_or(CaseError::Unknown("役割"))?;
    let has = |it: &&crate::patient::team::Member| {
        it.case_role.as_deref() == Some(&*seat.role) && it.valid_to.is_none()
    };
    let taken = loaded.team.iter().find(has);
    if taken.is_some_and(|it| !rule.several && it.organization_id != seat.organization.get()) {
        return Err(CaseError::Misfit(
            "その役割には、別の組織がいます。その組織がケースを離れてから、加えてください。",
        ));
    }
    let whose = (loaded.patient, case);
    sit(tx, house.definitions, by, whose, &loaded.program, seat, now).await?;
    let loaded = load(tx, house.definitions, case).await?;
    save(tx, house, by, &loaded, now).await?;
    Ok(())
}
