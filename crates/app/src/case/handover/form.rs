//! What a form for a handover offers: the steps that the organization owes, and who is in the case.

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseId, OrganizationId, PatientId};
use sea_orm::{ConnectionTrait, DbErr};

use super::list::name_of_patient;
use super::{Handover, HandoverError, OTHER, load, object};
use crate::account::By;
use crate::account::policy::Deed;
use crate::case::{House, load::program};
use crate::definition::program::StepRule;
use crate::form::record::{Row, list};

/// What is offered.
#[derive(Debug, Clone)]
pub struct Form {
    /// Of whom.
    pub patient: String,
    /// Code and name of each step that is handed over, to which role.
    pub steps: Vec<(String, String, String)>,
    /// Code of each step that is done with a form, and code of that form.
    pub step_forms: Vec<(String, String)>,
    /// The others in the case: number, name, role.
    pub others: Vec<(OrganizationId, String, String)>,
    /// What was written in the case and can go with it, the newest first.
    pub records: Vec<Row>,
}

/// What was written of this patient in this case, stands, and the reader reads.
pub(super) async fn records(
    db: &impl ConnectionTrait,
    by: &By,
    (patient, case): (PatientId, CaseId),
    now: DateTime<Utc>,
) -> Result<Vec<Row>, DbErr> {
    let mut records = list::list(db, by, patient, now).await?;
    records.retain(|it| it.case_id == Some(case.get()) && it.annulled_at.is_none());
    Ok(records)
}

/// The form for a case.
///
/// # Errors
/// [`HandoverError`].
pub async fn form(
    db: &impl ConnectionTrait,
    house: House<'_>,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Form, HandoverError> {
    by.authorize(Deed::SendHandover, &object(db, case, now).await?)?;
    let loaded = load(db, house.definitions, case).await?;
    let own = by.organization;
    let has = |role: &str| own.is_some_and(|own| loaded.roles_of(own).any(|it| it == role));
    let name = |role: &str| {
        let known = loaded.program.role(role);
        known.map_or(role, |it| &it.name).to_owned()
    };
    let steps = loaded.program.steps.iter();
    let steps = steps.filter(|it| it.handover && has(&it.from));
    let with_form = |it: &StepRule| Some((it.code.clone(), it.form.clone()?));
    let others = loaded.team.iter();
    let others =
        others.filter(|it| it.valid_to.is_none() && own != Some(it.organization_id.into()));
    Ok(Form {
        records: records(db, by, (loaded.patient, case), now).await?,
        patient: name_of_patient(db, loaded.patient).await?,
        step_forms: steps.clone().filter_map(with_form).collect(),
        steps: steps
            .map(|it| {
                let to = it.to.as_deref().map_or_else(String::new, name);
                (it.code.clone(), it.name.clone(), to)
            })
            .collect(),
        others: others
            .filter_map(|it| {
                let role = name(it.case_role.as_deref()?);
                Some((
                    it.organization_id.into(),
                    it.organization_name.clone(),
                    role,
                ))
            })
            .collect(),
    })
}

/// What a handover's purpose is called, in the version of its case.
///
/// # Errors
/// The engine's.
pub async fn purpose_name(
    db: &impl ConnectionTrait,
    house: House<'_>,
    handover: &Handover,
) -> Result<String, DbErr> {
    let case = crate::case::queries::by_id(db, handover.case.get()).await?;
    let name = match case {
        Some(case) if handover.purpose != OTHER => {
            let version = (&*case.program, &*case.program_version);
            let program = program(db, house.definitions, version.0, version.1).await?;
            program.step(&handover.purpose).map(|it| it.name.clone())
        }
        _ => None,
    };
    Ok(name.unwrap_or_else(|| "そのほかの引継ぎ".to_owned()))
}
