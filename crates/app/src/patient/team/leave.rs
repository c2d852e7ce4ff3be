//! A part of a care team ends: by the organization itself, by who brought it in, or by who answers for the patient.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::OrganizationId;
use sea_orm::{DatabaseTransaction, DbErr};

use super::queries::{self, Row};
use super::{end, of_patient};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::definition::patient::PatientRule;
use crate::patient::{PatientError, in_order, object, object_of_case};

/// A part ends with `last`; what the organization helped with it sees for the days of its setting.
///
/// # Errors
/// [`PatientError`], also where it is another's and one's own organization neither brought it in nor answers for the patient.
pub async fn leave(
    tx: &DatabaseTransaction,
    rule: &PatientRule,
    by: &By,
    (member, last): (i64, NaiveDate),
    now: DateTime<Utc>,
) -> Result<(), PatientError> {
    let row = queries::by_id(tx, member)
        .await?
        .ok_or(PatientError::NotThere)?;
    let of = match row.case_id {
        None => object(tx, row.patient_id.into(), now).await?,
        Some(case) => object_of_case(tx, case.into(), now).await?,
    };
    by.authorize(Deed::WritePatient, &of)?;
    let team = of_patient(tx, row.patient_id.into()).await?;
    if !may_end(rule, &team, by, &row, jst_day(now)) {
        return Err(PatientError::OthersPart(row.organization_name));
    }
    let first: NaiveDate = row.valid_from.parse().map_err(|_| PatientError::NotThere)?;
    in_order("支援チームにいる期間", first, Some(last))?;
    end(tx, rule, &row, last).await?;
    let event = Event {
        note: Some("left"),
        ..Event::done(Deed::WritePatient.code(), "care_team", member)
    };
    Ok(audit::record(tx, by, event, now).await?)
}

/// Whether a part may be ended by somebody who may write of it: one's own, one that one's own organization brought in, and any
/// where it answers for the patient. `team`: all care teams of the patient.
#[must_use]
pub fn may_end(rule: &PatientRule, team: &[Row], by: &By, part: &Row, day: NaiveDate) -> bool {
    // Whoever may everything acts for nobody.
    let Some(own) = by.organization.map(i64::from) else {
        return true;
    };
    let day = day.to_string();
    let is_here = |it: &&Row| {
        it.organization_id == own
            && it.valid_from <= day
            && it.valid_to.as_ref().is_none_or(|to| *to >= day)
            && !it.is_void()
            && (it.case_id.is_none() || it.case_id == part.case_id)
    };
    let answers = |it: &Row| rule.team_role(&it.role).is_some_and(|it| it.answers > 0);
    part.organization_id == own
        || part.brought_by == Some(own)
        || team.iter().filter(is_here).any(answers)
}

/// The part that an event made never was: access to it is over at once, as nobody was meant to have it. `told_at`: when the
/// event was recorded.
///
/// # Errors
/// The engine's.
pub async fn take_back(
    tx: &DatabaseTransaction,
    by: &By,
    team: &[Row],
    (organization, case_role, told_at): (OrganizationId, &str, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let is_it = |it: &&Row| {
        it.organization_id == organization.get()
            && it.case_role.as_deref() == Some(case_role)
            && it.told_at.as_deref() == Some(told_at)
            && it.valid_to.is_none()
    };
    for row in team.iter().filter(is_it) {
        let today = jst_day(now);
        let before = today.pred_opt().unwrap_or(today);
        queries::end(tx, row.id, (&today.to_string(), &before.to_string())).await?;
        let event = Event {
            note: Some("taken back"),
            ..Event::done(Deed::WritePatient.code(), "care_team", row.id)
        };
        audit::record(tx, by, event, now).await?;
    }
    Ok(())
}
