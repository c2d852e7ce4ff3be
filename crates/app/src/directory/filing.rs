//! Filings and inspections (届出・立入検査): recorded by the authority with day, kind, finding and what follows. They may
//! change whether a service works and what it can do: before every list and every office, and as long as they stand.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::id::{FilingId, ServiceId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::internal;
use crate::account::policy::{self, Deed, Object};
use crate::account::{By, Refused};
use crate::audit::{self, Event};
use crate::bundle::IsMirror;
use crate::database::instant;

mod effect;
mod queries;
mod record;
mod stage;

pub use effect::take_effect;
pub use queries::Row as Filing;
pub use record::{Typed, record, take_back};
pub use stage::{State, Step, WrongState};

/// Why a filing was not recorded or changed.
#[derive(Debug, thiserror::Error)]
pub enum FilingError {
    /// No such service or filing, or not within reach.
    #[error("その記録はありません。")]
    NotThere,
    /// No such kind.
    #[error("種類を選んでください。")]
    WrongKind,
    /// No such capability.
    #[error("「できること」を選び直してください。")]
    WrongCapability,
    /// A day in the future.
    #[error("届出や検査の日は、今日までの日付にしてください。")]
    WrongDay,
    /// What follows has no day, or a day has nothing that follows.
    #[error("「このあとすること」と期限は、両方を書くか、両方とも空にしてください。")]
    WrongFollowUp,
    /// Too long.
    #[error("「{0}」は{1}文字までで書いてください。")]
    TooLong(&'static str, usize),
    /// It was done, or taken back.
    #[error(transparent)]
    State(#[from] WrongState),
    /// Only bundles write the directory here.
    #[error(transparent)]
    Mirror(#[from] IsMirror),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

impl Filing {
    /// The service as the policy asks after it.
    #[must_use]
    pub fn object(&self) -> Object {
        Object {
            organization: self.owner_id.map(Into::into),
            municipality: self.municipality_code.clone(),
            ..Object::new("service", self.service_id)
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        State::of(&self.state).unwrap_or(State::TakenBack)
    }
}

/// Which rows `by` may see.
fn seen_by(by: &By) -> String {
    let reach = by.reach(Deed::ReadFiling);
    policy::condition_of_service(&reach, "f.service_id")
}

/// Filings where something is to follow, that which is due first, or the newest of all with a number below `before`.
pub async fn list(
    db: &impl ConnectionTrait,
    by: &By,
    (is_waiting, before): (bool, i64),
    most: u64,
) -> Result<Vec<Filing>, DbErr> {
    queries::list(db, &seen_by(by), (is_waiting, before), most).await
}

/// Where something is to follow: how many, and how many of them by `today`.
pub async fn n_waiting(
    db: &impl ConnectionTrait,
    by: &By,
    today: NaiveDate,
) -> Result<(u64, u64), DbErr> {
    queries::n_waiting(db, &seen_by(by), &today.to_string()).await
}

/// The filings of a service, for who may see them.
pub async fn of_service(
    db: &impl ConnectionTrait,
    by: &By,
    service: ServiceId,
) -> Result<Vec<Filing>, FilingError> {
    let object = internal::object(db, service).await?;
    by.authorize(Deed::ReadFiling, &object.ok_or(FilingError::NotThere)?)?;
    Ok(queries::of_service(db, service.get()).await?)
}

/// A filing, for who may record there.
async fn to_be_changed(
    tx: &DatabaseTransaction,
    by: &By,
    id: FilingId,
) -> Result<Filing, FilingError> {
    let filing = queries::by_id(tx, id.get()).await?;
    let filing = filing.ok_or(FilingError::NotThere)?;
    by.authorize(Deed::RecordFiling, &filing.object())?;
    Ok(filing)
}

/// Says that what was to follow is done.
pub async fn follow_up(
    tx: &DatabaseTransaction,
    by: &By,
    id: FilingId,
    now: DateTime<Utc>,
) -> Result<ServiceId, FilingError> {
    let filing = to_be_changed(tx, by, id).await?;
    end(tx, by, &filing, Step::FollowUp, now).await?;
    Ok(filing.service_id.into())
}

/// Takes a step that ends something of a filing.
async fn end(
    tx: &DatabaseTransaction,
    by: &By,
    filing: &Filing,
    step: Step,
    now: DateTime<Utc>,
) -> Result<(), FilingError> {
    let (from, to) = (filing.state(), filing.state().after(step)?);
    let who = by.account.map(i64::from);
    if !queries::put_state(tx, filing.id, (from, to), who, &instant(now)).await? {
        return Err(WrongState.into());
    }
    let event = Event {
        note: Some(to.code()),
        ..Event::done(Deed::RecordFiling.code(), "service", filing.service_id)
    };
    Ok(audit::record(tx, by, event, now).await?)
}
