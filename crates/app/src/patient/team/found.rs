//! The one way into a care team from outside: who was looked up and found is joined with a reason, and the others there are told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{OrganizationId, PatientId};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{Part, of_patient, put, queries};
use crate::account::policy::{Deed, Object};
use crate::account::{By, mailbox};
use crate::audit::{self, Event};
use crate::definition::Definitions;
use crate::patient::{PatientError, look_up, needed};

/// As what somebody joins.
#[derive(Debug, Clone, Default)]
pub struct Joining {
    /// Code of the part.
    pub role: String,
    /// Who there, in words; may be empty.
    pub staff: String,
    /// Why.
    pub reason: String,
}

/// One's own organization takes a standing part for somebody whom one has found in the area within the hour. Who looked knew a
/// number, or name and birth; that they looked stands in the audit log. Whoever is in the standing team gets a letter.
///
/// # Errors
/// [`PatientError::NotThere`] where they were not found, or are in closed programs alone; a part that their role does not hold; no
/// reason.
pub async fn join_found(
    tx: &DatabaseTransaction,
    (definitions, public_url): (&Definitions, &str),
    by: &By,
    (patient, joining): (PatientId, &Joining),
    now: DateTime<Utc>,
) -> Result<i64, PatientError> {
    by.authorize(Deed::LookUpPatient, &Object::new("patient", patient))?;
    let organization = by.organization.ok_or(PatientError::NotThere)?;
    let own = Object {
        care_team: [organization].into(),
        ..Object::new("patient", patient)
    };
    by.authorize(Deed::WritePatient, &own)?;
    if !look_up::has_found(tx, by, patient, now).await? {
        return Err(PatientError::NotThere);
    }
    let rule = definitions.patients();
    let held = by.role.as_deref().unwrap_or_default();
    if !rule
        .parts_held_by(held)
        .any(|part| part.code == joining.role)
    {
        return Err(PatientError::Unknown("支援チームでの役割"));
    }
    let reason = needed("支援チームに入る理由", &joining.reason, 200)?;
    let part = Part {
        patient,
        case: None,
        organization,
        role: joining.role.clone(),
        case_role: None,
        staff: joining.staff.clone(),
        valid_from: jst_day(now),
    };
    let is_there = queries::open_part(tx, &part).await?.is_some();
    let event = Event {
        note: Some("joined"),
        ..Event::done(Deed::WritePatient.code(), "patient", patient.get())
    };
    audit::record(tx, by, event, now).await?;
    let id = put(tx, rule, by, &part, now).await?;
    if !is_there {
        queries::put_reason(tx, id, &reason).await?;
        tell_team(tx, (definitions, public_url), (patient, organization), now).await?;
    }
    Ok(id)
}

/// A letter to each other organization of the standing care team, to the mailbox of its part. It says of nobody.
async fn tell_team(
    tx: &DatabaseTransaction,
    (definitions, public_url): (&Definitions, &str),
    (patient, own): (PatientId, OrganizationId),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (rule, day) = (definitions.patients(), jst_day(now).to_string());
    let team = of_patient(tx, patient).await?;
    let is_there = |it: &&queries::Row| {
        it.case_id.is_none()
            && it.organization_id != own.get()
            && it.valid_to.as_ref().is_none_or(|to| *to >= day)
    };
    let others: BTreeMap<i64, &str> = team
        .iter()
        .filter(is_there)
        .map(|it| (it.organization_id, rule.mailbox(&it.role)))
        .collect();
    let body = format!(
        "支援チームで関わっている方の支援チームに、新しい組織が自分から入りました。\n\
         だれの支援チームに、どの組織がなぜ入ったかは、サインインして次のページで確かめてください。\n\n\
         {public_url}/patients/{patient}\n"
    );
    for (organization, mailbox) in others {
        let to = (organization.into(), mailbox);
        let letter = ("支援チームに新しい組織が入りました", &*body);
        mailbox::letter(tx, definitions, to, letter, now).await?;
    }
    Ok(())
}
