//! `keniki worker`: works on the jobs of the pages; `serve` does so by itself unless told not to.

use std::collections::HashMap;
use std::convert::Infallible;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use keniki_app::database::Connection;
use keniki_app::definition::Definitions;
use keniki_app::import::conversation::{self, Shop};
use keniki_app::job::{self, Bench, Handlers};
use keniki_app::retention;
use keniki_base::chance::Chance;
use keniki_base::clock::Clock;

use super::{Common, serve};
use crate::chance::SystemChance;
use crate::clock::SystemClock;
use crate::output::say;

/// How long a worker that found nothing waits.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// How long it takes at most until somebody sees that another day has begun.
const BETWEEN_DAYS: TimeDelta = TimeDelta::seconds(60);

/// Works until SIGTERM or Ctrl-C; what is under way then is taken up by the next worker.
pub async fn run(common: &Common) -> anyhow::Result<ExitCode> {
    let definitions = Arc::new(common.definitions()?);
    common.must_exist()?;
    let db = common.open().await?;
    say!("裏で動く処理を待っています。止めるには Ctrl-C を押してください。");
    tokio::select! {
        never = work_ever(db.clone(), definitions) => match never {},
        () = serve::asked_to_stop() => {}
    }
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// The table of handlers: every subject's, those of the faces included.
fn handlers(db: &Connection, definitions: &Arc<Definitions>) -> Handlers {
    let shop = Shop {
        db: db.clone(),
        definitions: definitions.clone(),
        clock: Arc::new(SystemClock),
    };
    let mut handlers = HashMap::from_iter(conversation::handlers(&shop));
    let erase = retention::handler(db, definitions, shop.clock.clone());
    handlers.insert(retention::ERASE, erase);
    handlers
}

/// Works on what is due, one job after the other.
pub async fn work_ever(db: Connection, definitions: Arc<Definitions>) -> Infallible {
    let handlers = handlers(&db, &definitions);
    let mut name = [0; 8];
    SystemChance.fill(&mut name);
    let bench = Bench {
        policy: definitions.policy(),
        handlers: &handlers,
        clock: &SystemClock,
        worker: &format!("{:016x}", u64::from_le_bytes(name)),
    };
    let mut asked_at = None;
    loop {
        let now = SystemClock.now();
        if asked_at.is_none_or(|at| now > at + BETWEEN_DAYS) {
            asked_at = Some(now);
            if let Err(error) = retention::ask_daily(&db, now).await {
                tracing::warn!(%error, "the daily job could not be asked for");
            }
        }
        match job::run_next(&db, bench).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(BETWEEN_LOOKS).await,
            Err(error) => {
                tracing::warn!(%error, "jobs could not be taken");
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        }
    }
}
