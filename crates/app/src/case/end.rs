//! Ends a case with a reason and lets it go on; what a death ends beside it.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::CaseId;
use sea_orm::{DatabaseTransaction, DbErr};

use super::engine::{Content, Event, State, code};
use super::load::{Loaded, load};
use super::queries;
use super::save::save;
use super::tell::{self, Way};
use super::{CaseError, House, needed, object, text};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event as AuditEvent};
use crate::database::instant;
use crate::definition::program::Kind;

/// Ends a case.
///
/// # Errors
/// [`CaseError`].
pub async fn close(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    case: CaseId,
    (reason, note): (&str, &str),
    now: DateTime<Utc>,
) -> Result<State, CaseError> {
    let loaded = to_be_ended(tx, house, by, case, now).await?;
    if loaded.state(house.definitions, now).closed.is_some() {
        return Err(CaseError::Over);
    }
    if !loaded.program.closings.iter().any(|it| it.code == reason) {
        return Err(CaseError::Unknown("終了の理由"));
    }
    let content = Content {
        reason: Some(reason.to_owned()),
        note: text("補足", note, 500)?,
        ..Content::default()
    };
    record(tx, house, by, loaded, (code::CLOSED, content), now).await
}

/// Lets a case go on.
///
/// # Errors
/// [`CaseError`].
pub async fn reopen(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    case: CaseId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<State, CaseError> {
    let loaded = to_be_ended(tx, house, by, case, now).await?;
    if loaded.state(house.definitions, now).closed.is_none() {
        return Err(CaseError::NotOver);
    }
    let open = queries::open_of(tx, loaded.patient.get()).await?;
    if let Some(other) = open.iter().find(|it| it.program == loaded.row.program) {
        return Err(CaseError::AlreadyOpen(other.id.into()));
    }
    let reason = needed("再開の理由", reason, 500)?;
    let content = Content {
        reason: Some(reason),
        ..Content::default()
    };
    record(tx, house, by, loaded, (code::REOPENED, content), now).await
}

async fn to_be_ended<'a>(
    tx: &DatabaseTransaction,
    house: House<'a>,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Loaded<'a>, CaseError> {
    by.authorize(Deed::EndCase, &object(tx, case, now).await?)?;
    queries::lock_case(tx, case.get()).await?;
    let loaded = load(tx, house.definitions, case).await?;
    let opens = |role: &str| loaded.program.role(role).is_some_and(|it| it.opens);
    match by.organization {
        Some(own) if !loaded.roles_ever_of(own).any(opens) => {
            Err(CaseError::WrongRole("ケースの終了・再開".to_owned()))
        }
        Some(_) | None => Ok(loaded),
    }
}

async fn record(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    mut loaded: Loaded<'_>,
    (kind, content): (&str, Content),
    now: DateTime<Utc>,
) -> Result<State, CaseError> {
    let event = Event {
        id: 0.into(),
        kind: kind.to_owned(),
        step: None,
        about: None,
        happened_at: now,
        content,
    };
    tell::insert(tx, by, &mut loaded, event, Way::here(None), now).await?;
    let note = AuditEvent {
        note: Some(kind),
        ..AuditEvent::done(Deed::EndCase.code(), "care_case", loaded.id.get())
    };
    audit::record(tx, by, note, now).await?;
    Ok(save(tx, house, by, &loaded, now).await?)
}

/// A death that one case tells is told in the patient's other open cases, too, and stands in the record.
pub(super) async fn died(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    told: &Loaded<'_>,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let day = jst_day(at).to_string();
    queries::put_died(tx, told.patient.get(), Some(&day), &instant(now)).await?;
    for other in queries::open_of(tx, told.patient.get()).await? {
        if other.id == told.id.get() {
            continue;
        }
        queries::lock_case(tx, other.id).await?;
        let mut loaded = load(tx, house.definitions, other.id.into()).await?;
        let mut events = loaded.program.events.iter();
        let Some(death) = events
            .find(|it| it.kind == Kind::Died)
            .map(|it| it.code.clone())
        else {
            continue;
        };
        let event = Event {
            id: 0.into(),
            kind: death,
            step: None,
            about: None,
            happened_at: at,
            content: Content::default(),
        };
        tell::insert(tx, by, &mut loaded, event, Way::here(None), now).await?;
        let note = AuditEvent {
            note: Some("died"),
            ..AuditEvent::done(Deed::TellCase.code(), "care_case", other.id)
        };
        audit::record(tx, by, note, now).await?;
        save(tx, house, by, &loaded, now).await?;
    }
    Ok(())
}

/// A death was mended: the record follows.
pub(super) async fn put_died(
    tx: &DatabaseTransaction,
    told: &Loaded<'_>,
    state: &State,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let day = state.died_at.map(|at| jst_day(at).to_string());
    queries::put_died(tx, told.patient.get(), day.as_deref(), &instant(now)).await
}
