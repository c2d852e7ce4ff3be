//! Erases once a day what is over its time (`definitions/retention.toml`), a few rows a transaction, and writes down how many.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use keniki_base::clock::{Clock, jst_day};
use sea_orm::{DatabaseConnection, DbErr};
use serde_json::json;

use crate::account::policy::Deed;
use crate::account::{By, erase as person};
use crate::audit::erase::{self, EraseError};
use crate::audit::review::instants;
use crate::audit::{self, Event};
use crate::database::{self, instant};
use crate::definition::Definitions;
use crate::definition::retention::Kept;
use crate::job::{self, Failure, Handler, Job, Order, Outcome, Reporter, State};

mod queries;

/// The daily job.
pub const ERASE: &str = "retention.erase";

/// A day of this work begins at three in the morning, when few are waiting.
const BEGINS_AT: Duration = Duration::hours(3);

/// Rows that one transaction erases, so that no writer waits long for it.
const AT_A_TIME: u64 = 1_000;

/// Files come up to 32 MB each.
const FILES_AT_A_TIME: u64 = 10;

/// Asks for today's erasing, where nobody has yet; answers whether.
pub async fn ask_daily(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let last = job::newest_of(db, ERASE).await?;
    let day = |at: DateTime<Utc>| jst_day(at - BEGINS_AT);
    if last
        .as_ref()
        .is_some_and(|last| !last.state.is_over() || day(last.created_at) >= day(now))
    {
        return Ok(false);
    }
    // What goes on from a job is asked for once, however many workers there are.
    let order = Order {
        kind: ERASE,
        input: &(),
        membership: None,
        after: last.map(|last| last.id),
    };
    let by = By::program(ERASE);
    database::write(db, async |tx| job::enqueue(tx, &by, order, now).await).await?;
    Ok(true)
}

/// The handler of the daily job.
#[must_use]
pub fn handler(
    db: &DatabaseConnection,
    definitions: &Arc<Definitions>,
    clock: Arc<dyn Clock>,
) -> Handler {
    let (db, definitions) = (db.clone(), definitions.clone());
    Box::new(move |_, by, reporter| {
        let (db, definitions, now) = (db.clone(), definitions.clone(), clock.now());
        Box::pin(async move { erase_and_tell(&db, &definitions, &by, &reporter, now).await })
    })
}

async fn erase_and_tell(
    db: &DatabaseConnection,
    definitions: &Definitions,
    by: &By,
    reporter: &Reporter,
    now: DateTime<Utc>,
) -> Outcome {
    match erase(db, definitions, by, reporter, now).await {
        Ok(counts) => {
            let counts = counts.iter().map(|(table, n)| (table.table(), *n));
            Ok(json!(counts.collect::<BTreeMap<_, _>>()))
        }
        Err(EraseError::Database(error)) => Err(error.into()),
        Err(broken @ EraseError::Broken(_)) => Err(Failure::lasting(broken)),
    }
}

/// Erases everything that is over its time; answers how many rows of each table. A second run finds nothing.
///
/// # Errors
/// Where the audit log is not as it was written: all else is erased by then.
pub async fn erase(
    db: &DatabaseConnection,
    definitions: &Definitions,
    by: &By,
    reporter: &Reporter,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Kept, u64>, EraseError> {
    let mut counts = BTreeMap::new();
    let mut broken = None;
    for table in Kept::ALL {
        let Some(first_kept) = first_kept(definitions, table, jst_day(now)) else {
            continue;
        };
        reporter.stage(&format!("保存期間を過ぎた{}を消しています", table.words()));
        let erased = match table {
            Kept::AuditEntry => match erase::erase(db, by, first_kept, now).await {
                Err(EraseError::Broken(it)) => {
                    broken = Some(it);
                    0
                }
                other => other?,
            },
            Kept::Account => erase_people(db, first_kept, by, now).await?,
            _ => erase_rows(db, table, first_kept, by, now).await?,
        };
        if erased > 0 {
            counts.insert(table, erased);
        }
    }
    match broken {
        Some(broken) => Err(EraseError::Broken(broken)),
        None => Ok(counts),
    }
}

/// Erases rows a few at a time, each time with its own row in the audit log.
async fn erase_rows(
    db: &DatabaseConnection,
    table: Kept,
    first_kept: NaiveDate,
    by: &By,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let most = match table {
        Kept::Upload => FILES_AT_A_TIME,
        _ => AT_A_TIME,
    };
    let (before, at) = (limit(table, first_kept), instant(now));
    let mut erased = 0;
    loop {
        let n = database::write(db, async |tx| {
            let n = queries::erase_some(tx, table, &before, (most, &at)).await?;
            if n > 0 {
                let note = n.to_string();
                let event = Event {
                    note: Some(&note),
                    ..Event::done(Deed::EraseExpired.code(), table.table(), 0)
                };
                audit::record(tx, by, event, now).await?;
            }
            Ok::<_, DbErr>(n)
        })
        .await?;
        erased += n;
        if n < most {
            return Ok(erased);
        }
    }
}

/// Takes out who somebody was whose roles ended long ago, one a transaction.
async fn erase_people(
    db: &DatabaseConnection,
    first_kept: NaiveDate,
    by: &By,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let people = person::expired(db, first_kept, &limit(Kept::Account, first_kept)).await?;
    for (account, login) in &people {
        database::write(db, async |tx| {
            person::wipe(tx, *account, login, now).await?;
            let event = Event::done(Deed::EraseExpired.code(), "account", *account);
            audit::record(tx, by, event, now).await
        })
        .await?;
    }
    Ok(people.len() as u64)
}

/// The first day that is kept; none: the table is.
fn first_kept(definitions: &Definitions, table: Kept, today: NaiveDate) -> Option<NaiveDate> {
    let period = definitions.kept(table, today)?;
    Some(period.first_kept(today))
}

/// As the rows of a table have it: roles end with a day, all else at an instant.
fn limit(table: Kept, first_kept: NaiveDate) -> String {
    match table {
        Kept::Membership => first_kept.to_string(),
        _ => instant(instants(first_kept, first_kept).0),
    }
}

/// How the erasing goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// When it last came to its end.
    pub last_done: Option<DateTime<Utc>>,
    /// Why it did not, where it failed since.
    pub failed: Option<String>,
    /// What should be gone since yesterday.
    pub overdue: BTreeMap<Kept, u64>,
}

/// Looks at how the erasing goes.
pub async fn standing(
    db: &DatabaseConnection,
    definitions: &Definitions,
    now: DateTime<Utc>,
) -> Result<Standing, DbErr> {
    let yesterday = jst_day(now) - Days::new(1);
    let mut overdue = BTreeMap::new();
    for table in Kept::ALL {
        let Some(first_kept) = first_kept(definitions, table, yesterday) else {
            continue;
        };
        let n = match table {
            Kept::AuditEntry => erase::overdue(db, first_kept).await?,
            Kept::Account => {
                let before = limit(table, first_kept);
                person::expired(db, first_kept, &before).await?.len() as u64
            }
            _ => queries::n_over(db, table, &limit(table, first_kept)).await?,
        };
        if n > 0 {
            overdue.insert(table, n);
        }
    }
    let newest = job::newest_of(db, ERASE).await?;
    let failed = newest.filter(|job| job.state == State::Failed);
    Ok(Standing {
        last_done: job::last_done(db, ERASE).await?.and_then(ended),
        failed: failed.and_then(|job| job.reason),
        overdue,
    })
}

fn ended(job: Job) -> Option<DateTime<Utc>> {
    job.ended_at
}
