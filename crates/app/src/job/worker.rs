//! Takes one job after the other, hears how far it is, and writes down how it ended.

use std::sync::{Arc, Mutex};
use std::time::Duration as Pause;

use chrono::Duration;
use keniki_base::clock::Clock;
use keniki_base::id::AccountId;
use sea_orm::{DatabaseConnection, DbErr};
use serde_json::Value;
use tokio::task::JoinSet;

use super::queries::{self, End};
use super::{Failure, Handlers, Job, Outcome, State, Step};
use crate::account::policy::Policy;
use crate::account::{By, membership, person};
use crate::database::{self, instant};

/// A worker that is not heard of for so long has ended; another one takes its job up.
const LEASE: Duration = Duration::seconds(60);

/// How often a worker is heard of.
const BETWEEN_SIGNS: Pause = Pause::from_secs(2);

/// How often a job is tried.
const TRIES: i64 = 5;

/// What a handler says of how far it is; written down every other second, so that it may say so as often as it likes.
#[derive(Debug, Clone, Default)]
pub struct Reporter(Arc<Mutex<Progress>>);

#[derive(Debug, Clone, Default)]
struct Progress {
    stage: String,
    n_done: Option<i64>,
    n_total: Option<i64>,
}

impl Reporter {
    /// What it is doing now.
    pub fn stage(&self, stage: &str) {
        let stage = stage.to_owned();
        *self.held() = Progress {
            stage,
            ..Progress::default()
        };
    }

    /// How much of that is done.
    pub fn at(&self, n_done: u64) {
        self.held().n_done = i64::try_from(n_done).ok();
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Progress> {
        self.0.lock().expect("nobody panics while reporting")
    }
}

/// What a worker works with.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    /// Who may do what.
    pub policy: Policy<'a>,
    /// What does the work.
    pub handlers: &'a Handlers,
    /// Says what time it is.
    pub clock: &'a dyn Clock,
    /// No other worker has this name.
    pub worker: &'a str,
}

/// Takes the oldest job that is due and works on it to its end; false where none is.
pub async fn run_next(db: &DatabaseConnection, bench: Bench<'_>) -> Result<bool, DbErr> {
    let now = bench.clock.now();
    if !queries::has_due(db, &instant(now)).await? {
        return Ok(false);
    }
    let taken = database::write(db, async |tx| {
        let (at, until) = (instant(now), instant(now + LEASE));
        queries::take(tx, bench.worker, &at, &until).await
    });
    let Some(row) = taken.await? else {
        return Ok(false);
    };
    let job = Job::of(row)?;
    let outcome = match job.attempts > TRIES {
        true => Err(Failure::lasting(
            "途中で何度も止まったため、やめました。運用者に知らせてください。",
        )),
        false => work(db, bench, &job).await?,
    };
    end(db, bench, &job, outcome).await?;
    Ok(true)
}

async fn work(db: &DatabaseConnection, bench: Bench<'_>, job: &Job) -> Result<Outcome, DbErr> {
    let Some(handler) = bench.handlers.get(job.kind.as_str()) else {
        let reason = format!(
            "この版のプログラムには「{}」という処理がありません。",
            job.kind
        );
        return Ok(Err(Failure::lasting(reason)));
    };
    let by = match by(db, bench, job).await? {
        Some(by) => by,
        None => {
            let reason = "頼んだ人の役割が終わったか、アカウントが止まっています。いまの担当の人が、もう一度頼んでください。";
            return Ok(Err(Failure::lasting(reason)));
        }
    };
    let reporter = Reporter::default();
    let signs = give_signs(db, bench, job, &reporter);
    // On a task of its own: a fault in the handler ends the job, not the program; and it ends when this does.
    let mut tasks = JoinSet::new();
    tasks.spawn(handler(job.clone(), by, reporter.clone()));
    tokio::select! {
        ended = tasks.join_next() => Ok(ended.and_then(Result::ok).unwrap_or_else(|| {
            tracing::error!(job = %job.id, kind = job.kind, "the handler of a job panicked");
            Err(Failure::lasting(
                "プログラムの異常で止まりました。運用者に、この処理の番号を知らせてください。",
            ))
        })),
        never = signs => match never {},
    }
}

/// On whose behalf: as they may today, not as they might when they asked.
async fn by(db: &DatabaseConnection, bench: Bench<'_>, job: &Job) -> Result<Option<By>, DbErr> {
    let (account, wanted) = match (job.account, job.membership) {
        (None, None) => return Ok(Some(By::program(&job.origin))),
        (Some(account), Some(wanted)) => (account, wanted),
        (Some(_), None) | (None, Some(_)) => return Ok(None),
    };
    let now = bench.clock.now();
    if !person::is_active(db, AccountId::new(account)).await? {
        return Ok(None);
    }
    let desks = membership::desks(db, AccountId::new(account), now).await?;
    let desk = desks.iter().find(|desk| desk.membership == wanted);
    let request = Some(format!("job {}", job.id));
    Ok(desk.map(|desk| By::actor(&desk.actor, bench.policy, &job.origin).in_request(request)))
}

/// Renews the lease and writes down the progress until the work is over. On SQLite a long write of the handler's own
/// keeps this waiting: then the lease may run out, but nobody else can write, either.
async fn give_signs(
    db: &DatabaseConnection,
    bench: Bench<'_>,
    job: &Job,
    reporter: &Reporter,
) -> std::convert::Infallible {
    loop {
        tokio::time::sleep(BETWEEN_SIGNS).await;
        let Progress {
            stage,
            n_done,
            n_total,
        } = reporter.held().clone();
        let until = instant(bench.clock.now() + LEASE);
        let whose = (job.id.get(), bench.worker);
        let progress = (stage.as_str(), n_done, n_total);
        if let Err(error) = queries::put_progress(db, whose, progress, &until).await {
            tracing::debug!(%error, "a job's progress could not be written");
        }
    }
}

async fn end(
    db: &DatabaseConnection,
    bench: Bench<'_>,
    job: &Job,
    outcome: Outcome,
) -> Result<(), DbErr> {
    let now = bench.clock.now();
    let step = match &outcome {
        Ok(_) => Step::Finish,
        Err(failure) if failure.is_passing && job.attempts < TRIES => Step::PutOff,
        Err(_) => Step::Fail,
    };
    let state = State::Running.after(step);
    let state = state.map_err(|wrong| DbErr::Custom(wrong.to_string()))?;
    let (at, again) = (instant(now), instant(now + pause(job.attempts)));
    let result = outcome.as_ref().ok().map(Value::to_string);
    let end = End {
        state: state.code(),
        run_at: &again,
        ended_at: state.is_over().then_some(at.as_str()),
        result: result.as_deref(),
        reason: outcome
            .as_ref()
            .err()
            .map(|failure| failure.reason.as_str()),
    };
    let whose = (job.id.get(), bench.worker);
    database::write(db, async |tx| queries::put_end(tx, whose, &end).await).await?;
    Ok(())
}

/// Ten seconds, then twice as long each time.
fn pause(attempts: i64) -> Duration {
    Duration::seconds(10 << attempts.clamp(1, 10).saturating_sub(1))
}
