//! Mends what was told: a correction stands for an event, an annulment takes it away; both point at it, and nothing is erased.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::id::{CaseEventId, CaseId};
use sea_orm::DatabaseTransaction;

use super::engine::{Content, Event, State, code};
use super::fit;
use super::inquiry;
use super::load::{Loaded, load};
use super::queries::{self, EventRow};
use super::save::save;
use super::tell::{self, Way};
use super::{CaseError, House, checked_moment, needed, object, text};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event as AuditEvent};
use crate::definition::program::Kind;
use crate::patient::team;

pub(super) mod who;

/// What an event tells from now on.
#[derive(Debug, Clone)]
pub struct Correction {
    /// When it was so.
    pub happened_at: DateTime<Utc>,
    /// The day that it tells.
    pub day: Option<NaiveDate>,
    /// Ward, destination, what else there is to say.
    pub note: String,
    /// Why it is corrected.
    pub reason: String,
}

/// An event was so, not as it was told.
///
/// # Errors
/// [`CaseError`].
pub async fn correct(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (case, event): (CaseId, CaseEventId),
    (correction, form_key): (&Correction, Option<String>),
    now: DateTime<Utc>,
) -> Result<State, CaseError> {
    let reason = needed("訂正の理由", &correction.reason, 500)?;
    let note = text("補足", &correction.note, 500)?;
    let mended = Mended {
        kind: code::CORRECTED,
        event,
        form_key,
    };
    mend(tx, house, by, case, mended, now, |loaded, first| {
        let told = last_told(loaded, first);
        let day = match loaded.program.event(&first.kind) {
            Some(rule) => fit::told_day(rule, correction.day.or(told.day), correction.happened_at)?,
            None => None,
        };
        let content = Content {
            day,
            reason: Some(reason.clone()),
            note: note.clone(),
            ..told.clone()
        };
        Ok((correction.happened_at, content))
    })
    .await
}

/// An event never was.
///
/// # Errors
/// [`CaseError`].
pub async fn annul(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (case, event): (CaseId, CaseEventId),
    (reason, form_key): (&str, Option<String>),
    now: DateTime<Utc>,
) -> Result<State, CaseError> {
    let reason = needed("取り消す理由", reason, 500)?;
    let mended = Mended {
        kind: code::ANNULLED,
        event,
        form_key,
    };
    mend(tx, house, by, case, mended, now, |_, _| {
        let content = Content {
            reason: Some(reason.clone()),
            ..Content::default()
        };
        Ok((now, content))
    })
    .await
}

/// What the last correction of an event tells, or the event itself.
fn last_told<'a>(loaded: &'a Loaded<'_>, first: &'a Event) -> &'a Content {
    let corrects = |it: &&Event| it.kind == code::CORRECTED && it.about == Some(first.id);
    let last = loaded.events.iter().rev().find(corrects);
    last.map_or(&first.content, |it| &it.content)
}

struct Mended {
    kind: &'static str,
    event: CaseEventId,
    form_key: Option<String>,
}

async fn mend(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    case: CaseId,
    mended: Mended,
    now: DateTime<Utc>,
    told: impl FnOnce(&Loaded<'_>, &Event) -> Result<(DateTime<Utc>, Content), CaseError>,
) -> Result<State, CaseError> {
    by.authorize(Deed::TellCase, &object(tx, case, now).await?)?;
    queries::lock_case(tx, case.get()).await?;
    let mut loaded = load(tx, house.definitions, case).await?;
    if let Some(key) = &mended.form_key
        && queries::by_form(tx, case.get(), key).await?.is_some()
    {
        return Ok(loaded.state(house.definitions, now));
    }
    let before = loaded.state(house.definitions, now);
    let first = loaded
        .events
        .iter()
        .find(|it| it.id == mended.event)
        .cloned();
    let first = first.ok_or(CaseError::NotToBeMended)?;
    let rows = queries::events(tx, case.get()).await?;
    if let Some(own) = by.organization {
        let told = who::Told {
            program: &loaded.program,
            team: &loaded.team,
            rows: &rows,
            stays: &before.stays,
        };
        who::may_mend(&told, own, first.id)?;
    }
    let (happened_at, content) = told(&loaded, &first)?;
    let born = tell::born_on(tx, &loaded).await?;
    checked_moment(happened_at, born, now)?;
    let what = (happened_at, content);
    write(tx, by, &mut loaded, (&mended, &first), what, now).await?;
    let state = loaded.state(house.definitions, now);
    // What did not fit before may stay so; nothing new may come to it.
    if let Some(problem) = state
        .problems
        .iter()
        .find(|it| !before.problems.contains(it))
    {
        return Err(CaseError::Misfit(problem.words()));
    }
    let rule = loaded.program.event(&first.kind).map(|it| it.kind);
    if mended.kind == code::ANNULLED {
        take_seat_back(tx, by, &mut loaded, (&first, &rows), now).await?;
    }
    if mended.kind == code::ANNULLED && rule == Some(Kind::Admitted) {
        let why = (case, inquiry::Why::Annulled, None);
        inquiry::close_all(tx, house, by, why, now).await?;
    }
    let state = save(tx, house, by, &loaded, now).await?;
    if before.died_at != state.died_at {
        super::end::put_died(tx, &loaded, &state, now).await?;
    }
    Ok(state)
}

/// The seat that an annulled event made was never meant for who has it, unless another event says that they have it.
async fn take_seat_back(
    tx: &DatabaseTransaction,
    by: &By,
    loaded: &mut Loaded<'_>,
    (first, rows): (&Event, &[EventRow]),
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let row = rows.iter().find(|it| it.id == first.id.get());
    let (Some(organization), Some(row)) = (first.content.seated, row) else {
        return Ok(());
    };
    let role = |it: &Event| {
        let rule = loaded.program.event(&it.kind)?;
        let role = loaded.program.seats(rule, &it.content.facts).next()?;
        Some(role.code.clone())
    };
    let Some(own) = role(first) else {
        return Ok(());
    };
    let says_so = |it: &Event| {
        it.id != first.id
            && it.content.seated == Some(organization)
            && role(it).as_ref() == Some(&own)
            && !tell::is_annulled(loaded, it.id)
    };
    if loaded.events.iter().any(says_so) {
        return Ok(());
    }
    let seat = (organization.into(), &*own, &*row.recorded_at);
    team::take_back(tx, by, &loaded.team, seat, now).await?;
    loaded.team = team::of_case(tx, loaded.id).await?;
    Ok(())
}

/// Writes what mends an event behind the others.
async fn write(
    tx: &DatabaseTransaction,
    by: &By,
    loaded: &mut Loaded<'_>,
    (mended, first): (&Mended, &Event),
    (happened_at, content): (DateTime<Utc>, Content),
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let event = Event {
        id: 0.into(),
        kind: mended.kind.to_owned(),
        step: first.step.clone(),
        about: Some(first.id),
        happened_at,
        content,
    };
    let way = Way::here(mended.form_key.as_deref());
    tell::insert(tx, by, loaded, event, way, now).await?;
    let note = AuditEvent {
        note: Some(mended.kind),
        ..AuditEvent::done(Deed::TellCase.code(), "case_event", mended.event.get())
    };
    Ok(audit::record(tx, by, note, now).await?)
}

/// Takes a receipt away that no longer holds, where nobody has yet; the case waits for nobody else.
pub(super) async fn take_back(
    tx: &DatabaseTransaction,
    by: &By,
    loaded: &mut Loaded<'_>,
    (event, reason): (CaseEventId, &str),
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let first = loaded.events.iter().find(|it| it.id == event).cloned();
    let Some(first) = first.filter(|_| !tell::is_annulled(loaded, event)) else {
        return Ok(());
    };
    let mended = Mended {
        kind: code::ANNULLED,
        event,
        form_key: None,
    };
    let content = Content {
        reason: Some(reason.to_owned()),
        ..Content::default()
    };
    write(tx, by, loaded, (&mended, &first), (now, content), now).await?;
    let rows = queries::events(tx, loaded.id.get()).await?;
    take_seat_back(tx, by, loaded, (&first, &rows), now).await
}
