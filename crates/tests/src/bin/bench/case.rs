//! Cases: the state of one with 200 events, the sweep of 100,000 deadlines, and the pages of 50 people over 100,000 patients.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Duration, Utc};
use keniki_app::case::House;
use keniki_app::case::engine::{Content, Event, Known, code, state};
use keniki_app::case::sweep::sweep;
use keniki_app::database::{Connection, is_sqlite, statement};
use keniki_app::definition::Definitions;
use keniki_tests::TestDatabase;
use sea_orm::ConnectionTrait;

use super::Line;
use super::desk::{now, sign_in};
use super::process::run;
use super::search::line;
use super::serve::{N_PAGES, N_READERS, PAUSE, Server, get};

const N_EVENTS: i64 = 200;
const N_DUE: i64 = 100_000;
const N_ORGANIZATIONS: usize = 500;
/// Areas, and stays in each: about 100,000 patients and 1,200,000 events.
const SCALE: &str = "125";
const EPISODES: &str = "1090";

/// Roles by turns, and what their people open.
const ROLES: [(&str, &str, &[&str]); 4] = [
    ("hospital_discharge", "hospital", &["/", "/ward", "/cases"]),
    (
        "care_manager",
        "care_management",
        &["/", "/cases", "/patients"],
    ),
    ("visiting_nursing", "visiting_nursing", &["/", "/cases"]),
    ("clinic", "clinic", &["/", "/cases"]),
];

/// On SQLite, and on PostgreSQL where there is one.
pub fn measure() -> Vec<Line> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let mut lines = vec![engine()];
    lines.extend(database(&runtime, "SQLite", TestDatabase::sqlite()));
    if let Some(postgres) = runtime.block_on(TestDatabase::postgres()) {
        lines.extend(database(&runtime, "PostgreSQL", postgres));
    }
    lines
}

/// Twenty stays of ten events.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the wall clock"
)]
fn engine() -> Line {
    let definitions = Definitions::load(None).expect("the built-in definitions are whole");
    let file = definitions
        .programs()
        .iter()
        .find(|it| it.program.code == "discharge_support")
        .expect("it is built in");
    let events: Vec<Event> = (0..N_EVENTS).map(event).collect();
    let known = Known {
        facts: [("care_manager".to_owned(), "yes".to_owned())].into(),
        ..Known::default()
    };
    let mut figures = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        let state = state(
            &file.program,
            definitions.fees(),
            &known,
            &events,
            begin() + Duration::days(900),
        );
        figures.push(begun.elapsed().as_secs_f64() * 1_000.0);
        assert!(state.obligations.len() > 50, "{}", state.obligations.len());
    }
    line("state of a case with 200 events", &figures, "≤ 1 ms")
}

fn begin() -> DateTime<Utc> {
    "2024-01-09T01:00:00Z".parse().expect("an instant")
}

fn event(at: i64) -> Event {
    let (stay, step) = (at / 10, at % 10);
    let (kind, done, day) = match step {
        0 => ("admitted", None, 0),
        1 => (code::DONE, Some("admission_notice"), 0),
        2 => (code::DONE, Some("admission_information"), 1),
        3 => ("screened", None, 2),
        4 => (code::DONE, Some("first_contact"), 3),
        5 => ("discharge_planned", None, 8),
        6 => (code::DONE, Some("discharge_notice"), 9),
        7 => (code::DONE, Some("discharge_summary"), 14),
        8 => ("discharged_home", None, 15),
        _ => ("service_started", None, 16),
    };
    let happened_at = begin() + Duration::days(stay * 25 + day) + Duration::minutes(step);
    let content = Content {
        day: (step == 5).then(|| (happened_at + Duration::days(7)).date_naive()),
        facts: match step {
            3 => [("need".to_owned(), "must".to_owned())].into(),
            _ => Default::default(),
        },
        ..Content::default()
    };
    Event {
        id: (at + 1).into(),
        kind: kind.to_owned(),
        step: done.map(str::to_owned),
        about: None,
        happened_at,
        content,
    }
}

fn database(runtime: &tokio::runtime::Runtime, name: &str, database: TestDatabase) -> Vec<Line> {
    let words = ["sample", "--scale", SCALE, "--episodes", EPISODES];
    run(&[&["--database", &*database.url][..], &words].concat());
    let (cookies, counts, swept) = runtime.block_on(async {
        let db = database.open().await;
        let cookies = people(&db).await;
        let counts = counts(&db).await;
        let swept = sweep_all(&db, name).await;
        db.close().await.expect("an idle connection closes");
        (cookies, counts, swept)
    });
    let (server, _) = Server::start(&database.url);
    let mut lines = vec![swept];
    for (what, is_home) in [("home page", true), ("their lists and home pages", false)] {
        let figures = runtime.block_on(read(&server.address, &cookies, is_home));
        let what = format!("{what} on {name}, {N_READERS} people, a page each per 5 s ({counts})");
        lines.push(line(&what, &figures, "p95 ≤ 150 ms"));
    }
    lines
}

/// One person in each of 500 organizations: of each role by turns, those with the most cases first.
async fn people(db: &Connection) -> Vec<(usize, String)> {
    if !is_sqlite(db) {
        // What a server that runs for some minutes has done by itself.
        db.execute_unprepared("analyze").await.expect("analyzed");
    }
    let mut ranked = Vec::new();
    for (at, (_, part, _)) in ROLES.iter().enumerate() {
        let sql = format!(
            "select organization_id from care_team where role = '{part}' group by organization_id
             order by count(*) desc, organization_id limit {N_ORGANIZATIONS}"
        );
        let rows = db
            .query_all_raw(statement(db, &sql, []))
            .await
            .expect("read");
        for (rank, row) in rows.iter().enumerate() {
            let organization: i64 = row.try_get_by_index(0).expect("a number");
            ranked.push((rank, at, organization));
        }
    }
    ranked.sort_unstable();
    // Some organizations have several roles; each has one person here.
    let mut seen = BTreeSet::new();
    ranked.retain(|&(_, _, organization)| seen.insert(organization));
    ranked.truncate(N_ORGANIZATIONS);
    ranked.sort_unstable_by_key(|&(rank, at, _)| (at, rank));
    let mut cookies = Vec::new();
    for (_, at, organization) in ranked {
        cookies.push((at, sign_in(db, organization, ROLES[at].0).await));
    }
    cookies
}

async fn counts(db: &Connection) -> String {
    let mut counts = Vec::new();
    for (what, sql) in [
        ("patients", "select count(*) from patient"),
        ("events", "select count(*) from case_event"),
        (
            "open cases",
            "select count(*) from care_case where closed_at is null",
        ),
        (
            "organizations with people",
            "select count(distinct organization_id) from membership",
        ),
    ] {
        let row = db
            .query_one_raw(statement(db, sql, []))
            .await
            .expect("counted");
        let n: i64 = row.expect("a count").try_get_by_index(0).expect("a number");
        counts.push(format!("{n} {what}"));
    }
    counts.join(", ")
}

/// Deadlines of open cases pass, all at once.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the wall clock"
)]
async fn sweep_all(db: &Connection, name: &str) -> Line {
    let definitions =
        Arc::new(Definitions::load(None).expect("the built-in definitions are whole"));
    let house = House {
        definitions: &definitions,
        public_url: "http://localhost:8080",
    };
    let now = now();
    // What has passed in the months before goes first; it is not what is measured.
    while sweep(db, house, now).await.expect("swept").n_closed > 0 {}
    let cases = format!(
        "select case_id from obligation where state = 'missed' order by id desc limit {N_DUE}"
    );
    let (due, ends) = ("2026-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z");
    for sql in [
        format!(
            "update care_case set closed_at = null, closes_at = '{ends}', next_due_at = '{due}' where id in ({cases})"
        ),
        format!(
            "update obligation set state = 'waiting', due_at = '{due}' where id in
                (select id from obligation where state = 'missed' order by id desc limit {N_DUE})"
        ),
    ] {
        db.execute_unprepared(&sql).await.expect("made due");
    }
    let begun = Instant::now();
    let swept = sweep(db, house, now).await.expect("swept");
    let milliseconds = begun.elapsed().as_secs_f64() * 1_000.0;
    let what = format!("sweep of {} open obligations on {name}", swept.n_missed);
    line(&what, &[milliseconds], "≤ 5 s")
}

async fn read(address: &str, cookies: &[(usize, String)], is_home: bool) -> Vec<f64> {
    let readers = (0..N_READERS).map(|reader| {
        let step = cookies.len() / N_READERS;
        let (role, cookie) = cookies[reader * step].clone();
        let address = address.to_owned();
        tokio::spawn(async move {
            let paths = if is_home { &["/"][..] } else { ROLES[role].2 };
            tokio::time::sleep(PAUSE * reader as u32 / N_READERS as u32).await;
            let mut figures = Vec::new();
            for page in 0..N_PAGES {
                let path = paths[(reader + page) % paths.len()];
                figures.push(get(&address, path, &cookie).await);
                tokio::time::sleep(PAUSE).await;
            }
            figures
        })
    });
    let mut all = Vec::new();
    for reader in readers.collect::<Vec<_>>() {
        all.extend(reader.await.expect("a reader reads to the end"));
    }
    all
}
