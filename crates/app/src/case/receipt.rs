//! Records that a step was done, by whichever way, or that it is not asked for, and why.

use chrono::{DateTime, Utc};
use keniki_base::clock::full_text;
use keniki_base::id::{AttachmentId, CaseEventId, CaseId, FormRecordId};
use sea_orm::DatabaseTransaction;

use super::channel::Channel;
use super::engine::{Content, Event, State, code};
use super::load::{Loaded, load};
use super::queries;
use super::save::save;
use super::tell::{self, Way};
use super::{CaseError, House, checked_moment, needed, object, text};
use crate::account::By;
use crate::account::policy::Deed;
use crate::attachment::{self, Paper};
use crate::audit::{self, Event as AuditEvent};
use crate::definition::program::Program;

/// That a step was done: when, by which way, to whom.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Code of the step.
    pub step: String,
    /// Of which obligation: the event with which it began; none: the oldest that is open.
    pub cause: Option<CaseEventId>,
    /// When it was so.
    pub happened_at: DateTime<Utc>,
    /// By which way.
    pub channel: Channel,
    /// To whom, or from whom.
    pub whom: String,
    /// What else there is to say.
    pub note: String,
    /// The form that is the deed.
    pub form_record: Option<FormRecordId>,
    /// The form's own number: sent twice, it is recorded once.
    pub form_key: Option<String>,
}

/// Records that a step was done, with the paper: a PDF or a scan counts as the form. What comes after the case ended is still a receipt.
///
/// # Errors
/// [`CaseError`].
pub async fn done(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    case: CaseId,
    (receipt, paper): (&Receipt, Paper<'_>),
    now: DateTime<Utc>,
) -> Result<State, CaseError> {
    let content = Content {
        note: text("補足", &receipt.note, 500)?,
        form_record: receipt.form_record.map(i64::from),
        ..Content::default()
    };
    let done = (code::DONE, receipt, content);
    record(tx, house, by, case, (done, paper), now).await
}

/// Records that a step is not asked for, and why.
///
/// # Errors
/// [`CaseError`].
pub async fn waive(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (case, step, cause): (CaseId, &str, Option<CaseEventId>),
    (reason, form_key): (&str, Option<String>),
    now: DateTime<Utc>,
) -> Result<State, CaseError> {
    let reason = needed("不要とする理由", reason, 500)?;
    let receipt = Receipt {
        step: step.to_owned(),
        cause,
        happened_at: now,
        channel: Channel::Here,
        whom: String::new(),
        note: String::new(),
        form_record: None,
        form_key,
    };
    let content = Content {
        reason: Some(reason),
        ..Content::default()
    };
    let waived = (code::WAIVED, &receipt, content);
    record(tx, house, by, case, (waived, None), now).await
}

/// What is written: code of the event, receipt, and what it tells.
pub(super) type Written<'a> = (&'a str, &'a Receipt, Content);

async fn record(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    case: CaseId,
    (what, paper): (Written<'_>, Paper<'_>),
    now: DateTime<Utc>,
) -> Result<State, CaseError> {
    by.authorize(Deed::TellCase, &object(tx, case, now).await?)?;
    queries::lock_case(tx, case.get()).await?;
    let mut loaded = load(tx, house.definitions, case).await?;
    if let Some(key) = &what.1.form_key
        && queries::by_form(tx, case.get(), key).await?.is_some()
    {
        return Ok(loaded.state(house.definitions, now));
    }
    may_record(&loaded, by, what.0, &what.1.step)?;
    let state = loaded.state(house.definitions, now);
    if what.0 == code::DONE
        && let Some(known) = done_before(&loaded, &state, what.1)
    {
        return Err(twice(tx, &loaded, known).await?);
    }
    let attachment = attachment::put_paper(tx, by, paper, now).await?;
    write(tx, by, &mut loaded, (what, attachment), now).await?;
    Ok(save(tx, house, by, &loaded, now).await?)
}

/// The receipt by which this obligation was done already.
fn done_before<'a>(loaded: &'a Loaded<'_>, state: &State, receipt: &Receipt) -> Option<&'a Event> {
    let cause = receipt.cause?;
    let mut owed = state.obligations.iter();
    let it = owed.find(|it| it.step == receipt.step && it.cause == cause)?;
    let (met, _) = it.met?;
    let mut events = loaded.events.iter();
    events.find(|it| it.id == met && it.kind == code::DONE)
}

/// Who recorded it, and when.
async fn twice(
    tx: &DatabaseTransaction,
    loaded: &Loaded<'_>,
    known: &Event,
) -> Result<CaseError, CaseError> {
    let rows = queries::events(tx, loaded.id.get()).await?;
    let row = rows.iter().find(|it| it.id == known.id.get());
    let row = row.ok_or(CaseError::NotThere)?;
    let who = [row.organization_name.clone(), row.account_name.clone()];
    let who: Vec<String> = who.into_iter().flatten().collect();
    let at = row.recorded_at.parse().map(full_text).unwrap_or_default();
    let step = loaded.program.step(&receipt_step(known));
    let name = step.map_or_else(|| receipt_step(known), |step| step.name.clone());
    Ok(CaseError::DoneBefore(
        name,
        format!("{}（{at}）", who.join("・")),
    ))
}

fn receipt_step(event: &Event) -> String {
    event.step.clone().unwrap_or_default()
}

/// Writes the receipt behind the other events; the case waits for nobody else.
pub(super) async fn write(
    tx: &DatabaseTransaction,
    by: &By,
    loaded: &mut Loaded<'_>,
    ((kind, receipt, content), attachment): (Written<'_>, Option<AttachmentId>),
    now: DateTime<Utc>,
) -> Result<CaseEventId, CaseError> {
    loaded
        .program
        .step(&receipt.step)
        .ok_or(CaseError::Unknown("対応事項"))?;
    let born = tell::born_on(tx, loaded).await?;
    checked_moment(receipt.happened_at, born, now)?;
    let event = Event {
        id: 0.into(),
        kind: kind.to_owned(),
        step: Some(receipt.step.clone()),
        about: receipt.cause,
        happened_at: receipt.happened_at,
        content,
    };
    let way = Way {
        channel: receipt.channel,
        whom: text("だれに", &receipt.whom, 100)?,
        attachment,
        form_key: receipt.form_key.as_deref(),
    };
    let id = tell::insert(tx, by, loaded, event, way, now).await?;
    let note = AuditEvent {
        note: Some(&receipt.step),
        ..AuditEvent::done(Deed::TellCase.code(), "care_case", loaded.id.get())
    };
    audit::record(tx, by, note, now).await?;
    Ok(id)
}

/// Whether the organization is on a side of the step that records this.
pub(super) fn may_record(
    loaded: &Loaded<'_>,
    by: &By,
    kind: &str,
    step: &str,
) -> Result<(), CaseError> {
    // Whoever may everything acts for nobody.
    match by.organization {
        Some(own) => is_side(&loaded.program, loaded.roles_ever_of(own), (kind, step)),
        None => Ok(()),
    }
}

/// Whether one of these roles is on a side of the step that records this.
pub(super) fn is_side<'a>(
    program: &Program,
    mut roles: impl Iterator<Item = &'a str>,
    (kind, step): (&str, &str),
) -> Result<(), CaseError> {
    let rule = program.step(step).ok_or(CaseError::Unknown("対応事項"))?;
    match roles.any(|role| rule.is_recorded_by(role, kind == code::DONE)) {
        true => Ok(()),
        false => Err(CaseError::WrongRole(rule.name.clone())),
    }
}
