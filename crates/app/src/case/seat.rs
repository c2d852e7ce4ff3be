//! An organization takes a part in a case that is under way, by itself or with an event that tells of it: what was owed by nobody
//! is owed by it.

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseId, OrganizationId};
use sea_orm::DatabaseTransaction;

use super::load::{Loaded, load};
use super::open::{Seat, sit};
use super::save::save;
use super::tell::Telling;
use super::{CaseError, House, object, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::patient::team::{self, Member};

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
    take(tx, house, by, &loaded, seat, now).await?;
    let loaded = load(tx, house.definitions, case).await?;
    save(tx, house, by, &loaded, now).await?;
    Ok(())
}

async fn take(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    loaded: &Loaded<'_>,
    seat: &Seat,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let rule = loaded.program.role(&seat.role);
    let rule = rule.ok_or(CaseError::Unknown("役割"))?;
    let taken = loaded.sitting(&seat.role);
    if taken.is_some_and(|it| !rule.several && it != seat.organization) {
        return Err(CaseError::Misfit(
            "その役割には、別の組織がいます。その組織がケースを離れてから、加えてください。",
        ));
    }
    let whose = (loaded.patient, loaded.id);
    let program = &loaded.program;
    sit(tx, house.definitions, by, whose, program, seat, now).await
}

/// What is said of who has the role of which an event says that somebody has it.
#[derive(Debug, Clone, Default)]
pub enum Seating {
    /// Nothing: whoever has it in the case has it.
    #[default]
    Unsaid,
    /// Somebody has it, and it is not known yet who.
    NotKnown,
    /// An organization, and who there.
    Is(OrganizationId, String),
}

/// Seats whom an event tells of, before it is written: the rule lets whoever tells it say so. Answers who has the role.
pub(super) async fn told<'a>(
    tx: &DatabaseTransaction,
    house: House<'a>,
    by: &By,
    loaded: &mut Loaded<'a>,
    telling: &Telling,
    now: DateTime<Utc>,
) -> Result<Option<OrganizationId>, CaseError> {
    let rule = loaded.program.event(&telling.kind);
    let rule = rule.ok_or(CaseError::Unknown("出来事"))?;
    let Some(role) = loaded.program.seats(rule, &telling.facts).next() else {
        return Ok(None);
    };
    let known = loaded.sitting(&role.code);
    let (organization, staff) = match (&telling.seating, known) {
        (Seating::Unsaid | Seating::NotKnown, Some(known)) => return Ok(Some(known)),
        (Seating::NotKnown, None) => return Ok(None),
        (Seating::Unsaid, None) => return Err(CaseError::NoOffice(role.name.clone())),
        (Seating::Is(organization, staff), _) => (*organization, staff.clone()),
    };
    let seat = Seat {
        role: role.code.clone(),
        organization,
        staff,
    };
    let is_it = |it: &&Member| {
        it.organization_id == organization.get()
            && it.case_role.as_deref() == Some(&*seat.role)
            && it.valid_to.is_none()
    };
    let was_there = loaded.team.iter().any(|it| is_it(&it));
    take(tx, house, by, loaded, &seat, now).await?;
    *loaded = load(tx, house.definitions, loaded.id).await?;
    if let Some(made) = loaded.team.iter().find(is_it).filter(|_| !was_there) {
        team::is_told(tx, made.id, now).await?;
    }
    Ok(Some(organization))
}
