//! Records a filing or an inspection, and takes one back that was written down by mistake.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{FilingId, ServiceId};
use sea_orm::DatabaseConnection;

use super::{FilingError, State, Step, effect, end, queries, to_be_changed};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::bundle;
use crate::database::{self, Lock, instant};
use crate::definition::Definitions;
use crate::directory::internal;
use crate::directory::source::locate::Places;
use crate::draft;

/// A filing as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Code of the kind.
    pub kind: String,
    /// When it was filed or made.
    pub day: NaiveDate,
    /// The authority's own number.
    pub number: String,
    /// From when on it counts; the same day where nothing is said.
    pub effective_on: Option<NaiveDate>,
    /// Code of a capability that the service has from then on.
    pub granted: String,
    /// Code of one that it has no more.
    pub withdrawn: String,
    /// What was found.
    pub finding: String,
    /// What is to follow.
    pub follow_up: String,
    /// Until when.
    pub follow_up_due: Option<NaiveDate>,
}

/// How long the texts may be.
const LONGEST: usize = 2_000;

/// Records it, an action of its own; what it changes counts at once, or from its day on.
pub async fn record(
    db: &DatabaseConnection,
    definitions: &Definitions,
    by: &By,
    (service, typed): (ServiceId, &Typed),
    now: DateTime<Utc>,
) -> Result<(), FilingError> {
    let kind = definitions.filings().kind(&typed.kind);
    let kind = kind.ok_or(FilingError::WrongKind)?;
    check(definitions, typed, jst_day(now))?;
    let places = Places::load(db).await?;
    let tx = database::begin_write_alone(db, Lock::Directory).await?;
    bundle::is_kept_here(&tx).await??;
    let object = internal::object(&tx, service).await?;
    by.authorize(Deed::RecordFiling, &object.ok_or(FilingError::NotThere)?)?;
    let before = match kind.status {
        Some(_) => Some(queries::standing_before(&tx, service.get()).await?),
        None => None,
    };
    let state = match typed.follow_up_due {
        Some(_) => State::Waiting,
        None => State::Recorded,
    };
    let new = queries::New {
        service: service.get(),
        typed,
        status: kind.status.map(|status| status.code()),
        before,
        state: state.code(),
        account: by.account.map(i64::from),
        organization: by.organization.map(i64::from),
        now: &instant(now),
    };
    queries::insert(&tx, &new).await?;
    let tx = effect::apply(tx, &places, by, service, now).await?;
    let event = Event {
        note: Some(&kind.code),
        ..Event::done(Deed::RecordFiling.code(), "service", service.get())
    };
    audit::record(&tx, by, event, now).await?;
    draft::discard(&tx, by, (Deed::RecordFiling, service.get())).await?;
    Ok(tx.commit().await?)
}

fn check(definitions: &Definitions, typed: &Typed, today: NaiveDate) -> Result<(), FilingError> {
    if typed.day > today {
        return Err(FilingError::WrongDay);
    }
    let is_known = |code: &str| code.is_empty() || definitions.capability(code).is_some();
    if !is_known(&typed.granted) || !is_known(&typed.withdrawn) {
        return Err(FilingError::WrongCapability);
    }
    if typed.follow_up.trim().is_empty() == typed.follow_up_due.is_some() {
        return Err(FilingError::WrongFollowUp);
    }
    for (name, text, most) in [
        ("番号", &typed.number, 100),
        ("結果・指摘", &typed.finding, LONGEST),
        ("このあとすること", &typed.follow_up, LONGEST),
    ] {
        if text.chars().count() > most {
            return Err(FilingError::TooLong(name, most));
        }
    }
    Ok(())
}

/// Takes one back, an action of its own: what it changed is as the filings that stand have it.
pub async fn take_back(
    db: &DatabaseConnection,
    by: &By,
    id: FilingId,
    now: DateTime<Utc>,
) -> Result<ServiceId, FilingError> {
    let places = Places::load(db).await?;
    let tx = database::begin_write_alone(db, Lock::Directory).await?;
    bundle::is_kept_here(&tx).await??;
    let filing = to_be_changed(&tx, by, id).await?;
    end(&tx, by, &filing, Step::TakeBack, now).await?;
    let service = ServiceId::new(filing.service_id);
    let tx = effect::apply(tx, &places, by, service, now).await?;
    tx.commit().await?;
    Ok(service)
}
