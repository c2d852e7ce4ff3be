//! What the policy and the audit log add to a request, with fifty writers at once and a sealer beside them.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::account::policy::{Actor, Deed, Object, Policy};
use keniki_app::audit::{self, Event};
use keniki_app::database::begin_write;
use keniki_app::definition::Definitions;
use keniki_base::id::{AccountId, OrganizationId};
use keniki_tests::TestDatabase;
use sea_orm::DatabaseConnection;

use super::{Line, percentile};

const WRITERS: i64 = 50;
const DEEDS_EACH: i64 = 200;

/// On SQLite, and on PostgreSQL where there is one.
pub fn measure() -> Vec<Line> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let mut lines = vec![decisions()];
        lines.extend(engine("SQLite", TestDatabase::sqlite()).await);
        if let Some(database) = TestDatabase::postgres().await {
            lines.extend(engine("PostgreSQL", database).await);
        }
        lines
    })
}

fn decisions() -> Line {
    let definitions = Definitions::load(None).expect("the built-in files hold together");
    let policy = Policy::of(definitions.roles());
    let actor = Actor {
        account: AccountId::new(7),
        organization: OrganizationId::new(3),
        role: "health_center_planning".to_owned(),
        municipalities: std::iter::once("31202".to_owned()).collect(),
        area: (31_201..31_210).map(|code| code.to_string()).collect(),
    };
    let object = Object {
        organization: Some(OrganizationId::new(5)),
        municipality: Some("31203".to_owned()),
        ..Object::default()
    };
    let each = Deed::ALL.len();
    let rounds = 10_000;
    let (spent, allowed) = timed(|| {
        (0..rounds).fold(0, |sum, _| {
            let decided = Deed::ALL
                .iter()
                .map(|deed| policy.decide(&actor, *deed, &object));
            sum + decided.flatten().count()
        })
    });
    assert!(allowed > 0, "some deeds are allowed");
    let micros = spent.as_secs_f64() * 1e6 / (rounds * each) as f64;
    Line {
        what: format!("a policy decision (mean of {} deeds, {rounds} times)", each),
        figure: format!("{micros:.2} µs"),
        reach: "≤ 2 ms with the row",
    }
}

async fn engine(name: &str, database: TestDatabase) -> Vec<Line> {
    let db = database.open().await;
    let stop = std::sync::Arc::new(tokio::sync::Notify::new());
    let sealer = tokio::spawn({
        let (db, stop) = (db.clone(), stop.clone());
        async move {
            let mut seals = Vec::new();
            loop {
                tokio::select! {
                    () = stop.notified() => return seals,
                    () = tokio::time::sleep(Duration::from_millis(500)) => {}
                }
                let began = clock();
                audit::seal(&db, now()).await.expect("sealed");
                seals.push(began.elapsed());
            }
        }
    });
    let began = clock();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(db.clone(), writer)))
        .collect();
    let (mut rows, mut commits) = (Vec::new(), Vec::new());
    for writer in writers {
        let (row, commit) = writer.await.expect("a writer ends");
        rows.extend(row);
        commits.extend(commit);
    }
    let spent = began.elapsed();
    stop.notify_one();
    let seals = sealer.await.expect("the sealer ends");
    audit::seal(&db, now()).await.expect("sealed");
    let verdict = audit::verify(&db, &[]).await.expect("read");
    assert_eq!(verdict.broken, None);
    assert_eq!(
        verdict.n_proved,
        (WRITERS * DEEDS_EACH).unsigned_abs(),
        "no row lost or doubled"
    );
    let n = rows.len();
    vec![
        Line {
            what: format!(
                "an audit row, {WRITERS} writers on {name}, without begin and commit (n = {n})"
            ),
            figure: spread(rows),
            reach: "p95 ≤ 2 ms",
        },
        Line {
            what: format!(
                "… waiting for its begin and commit on {name}, {:.0} deeds/s",
                n as f64 / spent.as_secs_f64()
            ),
            figure: spread(commits),
            reach: "–",
        },
        Line {
            what: format!("… sealing beside them on {name} (n = {})", seals.len()),
            figure: spread(seals),
            reach: "–",
        },
    ]
}

/// A deed of one writer: how long its row took, and how long it waited for its transaction.
async fn write(db: DatabaseConnection, writer: i64) -> (Vec<Duration>, Vec<Duration>) {
    let (mut rows, mut waits) = (Vec::new(), Vec::new());
    for n in 0..DEEDS_EACH {
        let asked = clock();
        let tx = begin_write(&db).await.expect("a transaction begins");
        let begun = clock();
        let event = Event::done("test.deed", "thing", writer * DEEDS_EACH + n);
        audit::record(&tx, &By::command_line(), event, now())
            .await
            .expect("written");
        rows.push(begun.elapsed());
        tx.commit().await.expect("committed");
        waits.push(asked.elapsed() - rows[rows.len() - 1]);
    }
    (rows, waits)
}

fn spread(times: Vec<Duration>) -> String {
    let millis: Vec<f64> = times.iter().map(|it| it.as_secs_f64() * 1e3).collect();
    format!(
        "median {:.2} ms, p95 {:.2} ms, longest {:.1} ms",
        percentile(&millis, 50),
        percentile(&millis, 95),
        percentile(&millis, 100)
    )
}

fn now() -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse().expect("an instant")
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn clock() -> Instant {
    Instant::now()
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let began = clock();
    let done = work();
    (began.elapsed(), done)
}
