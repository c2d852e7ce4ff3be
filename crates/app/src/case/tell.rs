//! Tells what happened in a case: an event of its program, by whoever the rule lets tell it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::id::{AttachmentId, CaseEventId, CaseId, FormRecordId, OrganizationId};
use sea_orm::DatabaseTransaction;

use super::channel::Channel;
use super::engine::{Content, Event, State, code};
use super::fit;
use super::inquiry;
use super::load::{Loaded, load};
use super::queries::{self, NewEvent};
use super::save::save;
use super::seat::{self, Seating};
use super::{CaseError, House, checked_moment, object, text, who};
use crate::account::By;
use crate::account::policy::Deed;
use crate::attachment::{self, Paper};
use crate::audit::{self, Event as AuditEvent};
use crate::database::instant;
use crate::definition::program::{EventRule, Kind, Program, Trigger};
use crate::patient::find;

/// Something that happened, as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct Telling {
    /// Code of the program's event.
    pub kind: String,
    /// When it was so.
    pub happened_at: DateTime<Utc>,
    /// The day that it tells.
    pub day: Option<NaiveDate>,
    /// Facts, by code.
    pub facts: BTreeMap<String, String>,
    /// Criteria that were found.
    pub criteria: BTreeSet<String>,
    /// Where: the organization.
    pub organization: Option<OrganizationId>,
    /// Who has the role of which it says that somebody has it.
    pub seating: Seating,
    /// The form by which it is told.
    pub form_record: Option<FormRecordId>,
    /// Ward, destination, what else there is to say.
    pub note: String,
    /// By which way it was learned; none: it is told here.
    pub channel: Option<Channel>,
    /// Who said so, where somebody else did.
    pub whom: String,
    /// The form's own number: sent twice, it is told once.
    pub form_key: Option<String>,
}

/// Tells an event, with the paper that came with it; answers it and the state after it.
///
/// # Errors
/// [`CaseError`]; nothing is written then.
pub async fn tell(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    case: CaseId,
    (telling, paper): (&Telling, Paper<'_>),
    now: DateTime<Utc>,
) -> Result<(CaseEventId, State), CaseError> {
    by.authorize(Deed::TellCase, &object(tx, case, now).await?)?;
    queries::lock_case(tx, case.get()).await?;
    let mut loaded = load(tx, house.definitions, case).await?;
    if let Some(key) = &telling.form_key
        && let Some(known) = queries::by_form(tx, case.get(), key).await?
    {
        return Ok((known.into(), loaded.state(house.definitions, now)));
    }
    let before = loaded.state(house.definitions, now);
    if before.closed.is_some() {
        return Err(CaseError::Over);
    }
    may_tell(&loaded, by, &telling.kind)?;
    let seated = seat::told(tx, house, by, &mut loaded, telling, now).await?;
    let attachment = attachment::put_paper(tx, by, paper, now).await?;
    let with = (seated, attachment);
    let id = write(tx, by, &mut loaded, (telling, with), now).await?;
    fit::can_be(&loaded, &before, &telling.kind, telling.happened_at)?;
    let state = fit::fits(house, &loaded, id, now)?;
    end_inquiries(tx, house, by, &loaded, id, now).await?;
    let what = (id, &*telling.kind, &state);
    tell_others(tx, house, by, &mut loaded, what, now).await?;
    let event = AuditEvent {
        note: Some(&telling.kind),
        ..AuditEvent::done(Deed::TellCase.code(), "care_case", case.get())
    };
    audit::record(tx, by, event, now).await?;
    let state = match state.died_at {
        Some(at) if before.died_at.is_none() => {
            save(tx, house, by, &loaded, now).await?;
            super::end::died(tx, house, by, &loaded, at, now).await?;
            loaded.state(house.definitions, now)
        }
        _ => save(tx, house, by, &loaded, now).await?,
    };
    Ok((id, state))
}

/// Whoever was admitted, or went elsewhere, is no longer asked for, but by where they are.
async fn end_inquiries(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    loaded: &Loaded<'_>,
    id: CaseEventId,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let Some(event) = loaded.events.iter().find(|it| it.id == id) else {
        return Ok(());
    };
    let rule = loaded.program.event(&event.kind).map(|it| it.kind);
    let here = match rule {
        Some(Kind::Admitted) => event.content.organization.map(Into::into),
        Some(Kind::Moved) => None,
        _ => return Ok(()),
    };
    let why = (loaded.id, inquiry::Why::Admitted, here);
    Ok(inquiry::close_all(tx, house, by, why, now).await?)
}

/// Whether the organization has a role in the case that tells this.
fn may_tell(loaded: &Loaded<'_>, by: &By, kind: &str) -> Result<(), CaseError> {
    let rule = loaded
        .program
        .event(kind)
        .ok_or(CaseError::Unknown("出来事"))?;
    // Whoever may everything acts for nobody.
    let Some(organization) = by.organization else {
        return Ok(());
    };
    is_told_by(rule, loaded.roles_of(organization))
}

/// One of these roles tells such an event.
pub(super) fn is_told_by<'a>(
    rule: &EventRule,
    mut roles: impl Iterator<Item = &'a str>,
) -> Result<(), CaseError> {
    match roles.any(|role| rule.from.iter().any(|it| it == role)) {
        true => Ok(()),
        false => Err(CaseError::WrongRole(rule.name.clone())),
    }
}

/// Writes the event behind the others; what it tells was looked at.
pub(super) async fn write(
    tx: &DatabaseTransaction,
    by: &By,
    loaded: &mut Loaded<'_>,
    (telling, (seated, attachment)): (&Telling, (Option<OrganizationId>, Option<AttachmentId>)),
    now: DateTime<Utc>,
) -> Result<CaseEventId, CaseError> {
    let rule = loaded
        .program
        .event(&telling.kind)
        .ok_or(CaseError::Unknown("出来事"))?
        .clone();
    let born = born_on(tx, loaded).await?;
    checked_moment(telling.happened_at, born, now)?;
    let mut content = content(&loaded.program, &rule, telling)?;
    content.seated = seated.map(i64::from);
    if rule.kind == Kind::Admitted && content.organization.is_none() {
        content.organization = hospital(loaded, by).map(i64::from);
    }
    let is_same = |it: &Event| {
        it.kind == telling.kind
            && it.happened_at == telling.happened_at
            && it.content.day == content.day
    };
    if loaded
        .events
        .iter()
        .any(|it| is_same(it) && !is_annulled(loaded, it.id))
    {
        return Err(CaseError::Twice);
    }
    let event = Event {
        id: 0.into(),
        kind: telling.kind.clone(),
        step: None,
        about: None,
        happened_at: telling.happened_at,
        content,
    };
    let way = Way {
        channel: telling.channel.unwrap_or(Channel::Here),
        whom: text("だれから", &telling.whom, 100)?,
        attachment,
        form_key: telling.form_key.as_deref(),
    };
    insert(tx, by, loaded, event, way, now).await
}

pub(super) fn is_annulled(loaded: &Loaded<'_>, id: CaseEventId) -> bool {
    let annuls = |it: &Event| it.kind == code::ANNULLED && it.about == Some(id);
    loaded.events.iter().any(annuls)
}

/// The first day on which the patient can have been born.
pub(super) async fn born_on(
    tx: &DatabaseTransaction,
    loaded: &Loaded<'_>,
) -> Result<Option<NaiveDate>, CaseError> {
    let listed = find::listed(tx, &[loaded.patient.get()]).await?;
    Ok(listed.first().map(|it| it.record.birth.born.first()))
}

/// By which way something was told.
pub(super) struct Way<'a> {
    pub channel: Channel,
    pub whom: Option<String>,
    pub attachment: Option<AttachmentId>,
    pub form_key: Option<&'a str>,
}

impl<'a> Way<'a> {
    /// Told here, by a form of this number.
    pub(super) fn here(form_key: Option<&'a str>) -> Self {
        Self {
            channel: Channel::Here,
            whom: None,
            attachment: None,
            form_key,
        }
    }
}

/// Writes an event behind the others.
pub(super) async fn insert(
    tx: &DatabaseTransaction,
    by: &By,
    loaded: &mut Loaded<'_>,
    mut event: Event,
    way: Way<'_>,
    now: DateTime<Utc>,
) -> Result<CaseEventId, CaseError> {
    let content = serde_json::to_string(&event.content)
        .map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
    let new = NewEvent {
        case: loaded.id.get(),
        kind: &event.kind,
        step: event.step.as_deref(),
        about: event.about.map(i64::from),
        happened_at: &instant(event.happened_at),
        channel: way.channel.code(),
        whom: way.whom.as_deref(),
        content: &content,
        attachment: way.attachment.map(i64::from),
        form_key: way.form_key,
        who: who(by),
        now: &instant(now),
    };
    event.id = queries::insert_event(tx, &new).await?.into();
    let id = event.id;
    loaded.events.push(event);
    Ok(id)
}

/// What the event tells, as far as its rule asks for it.
fn content(program: &Program, rule: &EventRule, telling: &Telling) -> Result<Content, CaseError> {
    let day = fit::told_day(rule, telling.day, telling.happened_at)?;
    let mut facts = BTreeMap::new();
    for (fact, choice) in &telling.facts {
        let known = program.fact(fact).filter(|_| rule.asks.contains(fact));
        let known = known.ok_or(CaseError::Unknown("わかっていること"))?;
        if !known.choices.iter().any(|it| it.code == *choice) {
            return Err(CaseError::Unknown("わかっていること"));
        }
        facts.insert(fact.clone(), choice.clone());
    }
    let is_known = |code: &String| program.criteria.iter().any(|it| it.code == *code);
    if !telling.criteria.iter().all(is_known)
        || (!telling.criteria.is_empty() && !rule.asks_criteria)
    {
        return Err(CaseError::Unknown("基準"));
    }
    Ok(Content {
        day,
        facts,
        criteria: telling.criteria.clone(),
        reason: None,
        note: text("補足", &telling.note, 500)?,
        organization: telling.organization.map(i64::from),
        form_record: telling.form_record.map(i64::from),
        seated: None,
    })
}

/// Where somebody is admitted: to the hospital that tells it, or else to the one that is in the case.
fn hospital(loaded: &Loaded<'_>, by: &By) -> Option<OrganizationId> {
    let roles = || {
        let roles = loaded.program.roles.iter();
        roles.filter(|it| it.team_role == "hospital")
    };
    let own = by.organization.filter(|own| {
        let mut has = loaded.roles_of(*own);
        has.any(|role| roles().any(|it| it.code == role))
    });
    own.or_else(|| roles().find_map(|it| loaded.organization_of(&it.code)))
}

/// What the program tells by itself is done as soon as it is recorded by who owes it, where the other side is there to be told.
async fn tell_others(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    loaded: &mut Loaded<'_>,
    (event, kind, state): (CaseEventId, &str, &State),
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let Some(own) = by.organization else {
        return Ok(());
    };
    for it in &state.obligations {
        let Some(step) = loaded.program.step(&it.step).filter(|step| step.by_telling) else {
            continue;
        };
        let begins = step
            .after
            .iter()
            .any(|trigger| matches!(trigger, Trigger::Event(code) if code == kind));
        let owes = loaded.roles_of(own).any(|role| role == it.from);
        let other = it.to.as_deref().and_then(|to| loaded.organization_of(to));
        let is_open = it.met.is_none();
        if !(begins && owes && is_open) || other.is_none_or(|other| other == own) {
            continue;
        }
        let receipt = Event {
            id: 0.into(),
            kind: code::DONE.to_owned(),
            step: Some(it.step.clone()),
            about: Some(it.cause),
            happened_at: now,
            content: Content::default(),
        };
        insert(tx, by, loaded, receipt, Way::here(None), now).await?;
        let note = AuditEvent {
            note: Some(&it.step),
            ..AuditEvent::done(Deed::TellCase.code(), "case_event", event.get())
        };
        audit::record(tx, by, note, now).await?;
        if let (Some(other), Some(role)) = (other, it.to.as_deref()) {
            super::save::tell_news(tx, house, loaded, (other, role), now).await?;
        }
    }
    Ok(())
}
