//! One case whole, for whoever is in its care team, and that they saw it.

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseEventId, CaseId, OrganizationId};
use sea_orm::DatabaseTransaction;

use super::engine::State;
use super::load::{self, load};
use super::mend::who::{Told, may_mend};
use super::queries;
pub use super::queries::{Case, EventRow};
use super::{CaseError, object};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::definition::Definitions;
use crate::definition::program::Program;
use crate::patient::find::{self, Listed};
use crate::patient::team::Member;

/// What a page of a case has.
#[derive(Debug, Clone)]
pub struct Shown {
    /// As the lists have it.
    pub case: Case,
    /// Of whom.
    pub patient: Listed,
    /// The rule in the version under which it began.
    pub program: Program,
    /// Where it stands.
    pub state: State,
    /// What was told, in the order in which it was.
    pub events: Vec<EventRow>,
    /// Who is in it.
    pub team: Vec<Member>,
}

impl Shown {
    /// Codes of the roles that an organization has in it and has not left.
    pub fn roles_of(&self, organization: OrganizationId) -> impl Iterator<Item = &str> {
        load::roles_of(&self.team, organization)
    }

    /// Whether an organization mends what was told with an event; the sentence of why it does not.
    ///
    /// # Errors
    /// Whoever else does.
    pub fn may_mend(&self, own: OrganizationId, event: CaseEventId) -> Result<(), CaseError> {
        let told = Told {
            program: &self.program,
            team: &self.team,
            rows: &self.events,
            stays: &self.state.stays,
        };
        may_mend(&told, own, event)
    }

    /// The same with those that it had before it left, or before the case ended.
    pub fn roles_ever_of(&self, organization: OrganizationId) -> impl Iterator<Item = &str> {
        load::roles_ever_of(&self.team, organization)
    }
}

/// Shows a case, and writes down that it was seen.
///
/// # Errors
/// [`CaseError::NotThere`], or the policy's refusal.
pub async fn show(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Shown, CaseError> {
    by.authorize(Deed::ReadCase, &object(tx, case, now).await?)?;
    let loaded = load(tx, definitions, case).await?;
    let patient = find::listed(tx, &[loaded.patient.get()]).await?.pop();
    let event = Event::done(Deed::ReadCase.code(), "care_case", case.get());
    audit::record(tx, by, event, now).await?;
    Ok(Shown {
        state: loaded.state(definitions, now),
        events: queries::events(tx, case.get()).await?,
        patient: patient.ok_or(CaseError::NotThere)?,
        program: loaded.program.into_owned(),
        team: loaded.team,
        case: loaded.row,
    })
}
