//! Work that runs behind the pages: it waits in the database, is taken by a worker, and is taken up again where one ended.
//!
//! A handler does its work in one transaction that can tell afterwards that it was done (`import_batch.job_id`), so that what
//! is taken up again after a crash is not done twice. Which kinds there are is said by the table of handlers, which `cli` fills.

use std::collections::HashMap;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use keniki_base::id::{JobId, MembershipId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde::Serialize;
use serde_json::Value;

use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::audit::{self, Event};
use crate::database::instant;

mod queries;
mod stage;
mod worker;

pub use stage::{State, Step, WrongState};
pub use worker::{Bench, Reporter, run_next};

/// A job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// Code of its handler.
    pub kind: String,
    /// What it works on.
    pub input: Value,
    /// Where it stands.
    pub state: State,
    /// What it is doing, in words.
    pub stage: Option<String>,
    /// How much of it is done.
    pub n_done: Option<i64>,
    /// Of how much.
    pub n_total: Option<i64>,
    /// How often it was taken.
    pub attempts: i64,
    /// Whose it is.
    pub organization: Option<OrganizationId>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// What came of it.
    pub result: Option<Value>,
    /// Why nothing did.
    pub reason: Option<String>,
    account: Option<i64>,
    membership: Option<MembershipId>,
    origin: String,
}

impl Job {
    /// As the policy asks after it.
    #[must_use]
    pub fn object(&self) -> Object {
        Object {
            organization: self.organization,
            ..Object::new("job", self.id)
        }
    }

    fn of(row: queries::Row) -> Result<Self, DbErr> {
        let wrong = |what: &str| DbErr::Custom(format!("job {}: {what} cannot be read", row.id));
        let at = |text: &str| text.parse().map_err(|_| wrong("an instant"));
        let json = |text: &str| serde_json::from_str(text).map_err(|_| wrong("its JSON"));
        Ok(Self {
            id: row.id.into(),
            input: json(&row.input)?,
            state: State::of(&row.state).ok_or_else(|| wrong("its state"))?,
            created_at: at(&row.created_at)?,
            ended_at: row.ended_at.as_deref().map(at).transpose()?,
            result: row.result.as_deref().map(json).transpose()?,
            kind: row.kind,
            stage: row.stage,
            n_done: row.n_done,
            n_total: row.n_total,
            attempts: row.attempts,
            organization: row.organization_id.map(OrganizationId::new),
            reason: row.reason,
            account: row.account_id,
            membership: row.membership_id.map(MembershipId::new),
            origin: row.origin,
        })
    }
}

/// Why a job did not do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A Japanese sentence for whoever asked for it.
    pub reason: String,
    /// Whether it is worth another try later.
    pub is_passing: bool,
}

impl Failure {
    /// One that another try would not change.
    pub fn lasting(reason: impl ToString) -> Self {
        Self {
            reason: reason.to_string(),
            is_passing: false,
        }
    }

    /// One of the moment.
    pub fn passing(reason: impl ToString) -> Self {
        Self {
            reason: reason.to_string(),
            is_passing: true,
        }
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        tracing::warn!(%error, "the database refused a job");
        Self::passing("データベースが応答しませんでした。")
    }
}

/// What a job gives, or why not.
pub type Outcome = Result<Value, Failure>;

/// Does the work of one kind of jobs, on behalf of whoever asked for it.
pub type Handler =
    Box<dyn Fn(Job, By, Reporter) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// The handlers by kind.
pub type Handlers = HashMap<&'static str, Handler>;

/// Work to be done.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a, T> {
    /// Code of its handler.
    pub kind: &'a str,
    /// What it works on.
    pub input: &'a T,
    /// In which role it was asked for; none: by the program itself.
    pub membership: Option<MembershipId>,
    /// The job that it goes on from: one goes on from each.
    pub after: Option<JobId>,
}

/// Puts a job into the queue, in the transaction of the deed that asks for it; what is asked for twice is there once.
pub async fn enqueue<T: Serialize>(
    tx: &DatabaseTransaction,
    by: &By,
    order: Order<'_, T>,
    now: DateTime<Utc>,
) -> Result<JobId, DbErr> {
    let input = serde_json::to_string(order.input);
    let input = input.map_err(|error| DbErr::Custom(error.to_string()))?;
    if let Some(after) = order.after
        && let Some(known) = queries::by_former(tx, after.into()).await?
    {
        return Ok(known.into());
    }
    let new = queries::New {
        after: order.after.map(i64::from),
        kind: order.kind,
        input: &input,
        account: by.account.map(i64::from),
        membership: order.membership.map(i64::from),
        organization: by.organization.map(i64::from),
        origin: &by.origin,
        now: &instant(now),
    };
    Ok(queries::insert(tx, &new).await?.into())
}

/// A job by its number.
pub async fn find(db: &impl ConnectionTrait, id: JobId) -> Result<Option<Job>, DbErr> {
    let row = queries::by_id(db, id.into()).await?;
    row.map(Job::of).transpose()
}

/// The newest job of a kind.
pub async fn newest_of(db: &impl ConnectionTrait, kind: &str) -> Result<Option<Job>, DbErr> {
    let row = queries::newest_of(db, kind).await?;
    row.map(Job::of).transpose()
}

/// The newest job of a kind that did its work.
pub async fn last_done(db: &impl ConnectionTrait, kind: &str) -> Result<Option<Job>, DbErr> {
    let row = queries::last_done(db, kind).await?;
    row.map(Job::of).transpose()
}

/// How many jobs are looked at for a list.
const NEWEST: u64 = 500;

/// Which jobs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// In this state; none: in any.
    pub state: Option<State>,
    /// Older than this one.
    pub before: Option<JobId>,
}

/// The newest jobs that `by` may see.
pub async fn list(db: &impl ConnectionTrait, by: &By) -> Result<Vec<Job>, DbErr> {
    some(db, by, Filter::default(), NEWEST).await
}

/// The newest jobs of a filter that `by` may see.
pub async fn some(
    db: &impl ConnectionTrait,
    by: &By,
    filter: Filter,
    most: u64,
) -> Result<Vec<Job>, DbErr> {
    let Some(whose) = whose(by) else {
        return Ok(Vec::new());
    };
    let state = filter.state.map_or("", State::code);
    let before = filter.before.map_or(i64::MAX, i64::from);
    let rows = queries::newest(db, whose, state, before, most).await?;
    rows.into_iter().map(Job::of).collect()
}

/// How many jobs `by` may see, in each state that has any.
pub async fn counts(db: &impl ConnectionTrait, by: &By) -> Result<Vec<(State, i64)>, DbErr> {
    let Some(whose) = whose(by) else {
        return Ok(Vec::new());
    };
    let rows = queries::counts(db, whose).await?;
    let known = |(code, n): (String, i64)| Some((State::of(&code)?, n));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// Whose jobs `by` may see: 0 for all. A job lies nowhere and is about nobody: its organization is all that counts.
fn whose(by: &By) -> Option<i64> {
    let reach = by.reach(Deed::ReadJob);
    match (reach.any, reach.organization) {
        (true, _) => Some(0),
        (false, own) => own.map(i64::from),
    }
}

/// Why a job was not called off.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// No such job.
    #[error("その処理はありません。")]
    NotThere,
    /// It is under way, or over.
    #[error(transparent)]
    State(#[from] WrongState),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// Calls off a job that waits.
pub async fn cancel(
    tx: &DatabaseTransaction,
    by: &By,
    id: JobId,
    now: DateTime<Utc>,
) -> Result<(), CancelError> {
    let job = find(tx, id).await?.ok_or(CancelError::NotThere)?;
    by.authorize(Deed::CancelJob, &job.object())?;
    job.state.after(Step::Cancel)?;
    if !queries::cancel(tx, id.into(), &instant(now)).await? {
        return Err(WrongState.into());
    }
    let event = Event::done(Deed::CancelJob.code(), "job", id.into());
    Ok(audit::record(tx, by, event, now).await?)
}
