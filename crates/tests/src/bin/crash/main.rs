//! Kills the program at random moments of thirteen kinds of write, starts it again, and counts what was acknowledged:
//! `cargo run -p keniki-tests --bin crash -- 50` (runs of each kind on each engine, 3 without a number; a word behind it
//! picks the kinds that have it in their names).
//!
//! What a browser was told is there must be there, once; what it was not told may be there, once at most.

use std::io;
use std::thread;
use std::time::Duration;

use keniki_tests::TestDatabase;
use keniki_tests::server::{Sent, Server};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sea_orm::{ConnectionTrait, DatabaseConnection};

mod handover;
mod kind;

use kind::{KINDS, Kind};

/// One request that was on its way: whether it was answered, and the SQL whose answer is 1 where it was done.
pub struct Write {
    is_acknowledged: bool,
    sql: String,
}

/// How long a worker's job stays its own after it was killed.
const LEASE: Duration = Duration::from_secs(62);

#[tokio::main]
async fn main() {
    let runs = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let runs: u32 = runs.unwrap_or(3);
    let wanted = std::env::args().nth(2).unwrap_or_default();
    let mut databases = vec![("SQLite", TestDatabase::sqlite())];
    databases.extend(TestDatabase::postgres().await.map(|it| ("PostgreSQL", it)));
    let mut is_well = true;
    println!(
        "{:12}{:28}{:>6}{:>10}{:>8}{:>8}{:>9}",
        "", "kind of write", "runs", "answered", "done", "lost", "doubled"
    );
    for (engine, database) in &databases {
        Server::demo(&database.url, "warn").kill();
        let db = database.open().await;
        let mut written = Vec::new();
        for kind in KINDS.iter().filter(|kind| kind.name.contains(&wanted)) {
            written.push((kind, run(&database.url, kind, runs)));
        }
        // Jobs that were under way are taken up again once their leases are over.
        let server = Server::demo(&database.url, "warn");
        thread::sleep(LEASE);
        while number(
            &db,
            "select count(*) from job where state in ('queued', 'running')",
        )
        .await
            > 0
        {
            thread::sleep(Duration::from_millis(500));
        }
        drop(server.stop());
        for (kind, writes) in written {
            is_well &= tell(&db, engine, kind, runs, &writes).await;
        }
        is_well &= is_consistent(&db).await;
    }
    if !is_well {
        std::process::exit(1);
    }
}

/// Writes as fast as it is answered, until the server is killed; again and again.
fn run(url: &str, kind: &Kind, runs: u32) -> Vec<Write> {
    let mut chance = ChaCha8Rng::seed_from_u64(runs.into());
    let mut writes = Vec::new();
    for run in 0..runs {
        let server = Server::demo(url, "warn");
        let Ok(ready) = (kind.prepare)(&server) else {
            server.kill();
            continue;
        };
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut writes = Vec::new();
                for n in 0.. {
                    let mark = format!("{}-{run}-{n}", kind.name.replace(' ', "-"));
                    let mut write = Write {
                        is_acknowledged: false,
                        sql: String::new(),
                    };
                    let done = (kind.act)(&server, &ready, &mark, &mut write);
                    let is_over = done.is_err();
                    write.is_acknowledged = done.unwrap_or(false);
                    writes.push(write);
                    if is_over {
                        break;
                    }
                }
                writes
            });
            thread::sleep(Duration::from_millis(chance.random_range(5..kind.longest)));
            server.signal_kill();
            writes.extend(writer.join().expect("the writer ends with the server"));
        });
        server.kill();
    }
    writes
}

async fn tell(
    db: &DatabaseConnection,
    engine: &str,
    kind: &Kind,
    runs: u32,
    writes: &[Write],
) -> bool {
    let (mut answered, mut done, mut lost, mut doubled) = (0, 0, 0, 0);
    for write in writes.iter().filter(|write| !write.sql.is_empty()) {
        let n = number(db, &write.sql).await;
        answered += u32::from(write.is_acknowledged);
        done += u32::from(n == 1);
        if write.is_acknowledged && n == 0 {
            lost += 1;
            println!("  lost: {}", write.sql);
        }
        doubled += u32::from(n > 1);
    }
    println!(
        "{engine:12}{:28}{runs:>6}{answered:>10}{done:>8}{lost:>8}{doubled:>9}",
        kind.name
    );
    lost == 0 && doubled == 0 && answered > 0
}

/// What must hold whatever was killed when.
async fn is_consistent(db: &DatabaseConnection) -> bool {
    let mut is_well = true;
    for (what, sql) in [
        (
            "an approved proposal without its batch, or the other way round",
            "select count(*) from proposal p where (p.state = 'approved') <> (p.batch_id is not null)",
        ),
        (
            "a file that nobody was asked to try",
            "select (select count(*) from upload) - (select count(*) from job where kind = 'import.try')",
        ),
        (
            "a handover without its letter, where it went to somebody of the network",
            "select abs((select count(*) from handover where to_organization_id is not null and subject like 'handover-%')
                - (select count(*) from audit_entry e join handover h on cast(h.id as text) = e.object_id
                   where e.deed = 'handover.send' and e.object_kind = 'handover' and h.to_organization_id is not null
                   and h.subject like 'handover-%' and e.note is null and e.outcome = 'done'))",
        ),
        (
            "a service without what was said of it",
            "select count(*) from service s where not exists (select 1 from source_record r where r.service_id = s.id)",
        ),
    ] {
        if number(db, sql).await != 0 {
            println!("  {what}");
            is_well = false;
        }
    }
    let verdict = keniki_app::audit::verify(db, &[]).await;
    match verdict {
        Ok(verdict) if verdict.broken.is_none() => {
            println!("  the audit log is whole: {} entries", verdict.n_proved);
        }
        other => {
            println!("  the audit log is broken: {other:?}");
            is_well = false;
        }
    }
    is_well
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = keniki_app::database::statement(db, sql, []);
    let row = db
        .query_one_raw(statement)
        .await
        .expect("the database answers");
    row.and_then(|row| row.try_get_by_index(0).ok())
        .unwrap_or_default()
}

/// A form that is answered by a way to somewhere else; none where the server went away.
fn posted(server: &Server, path: &str, cookie: &str, form: &str) -> io::Result<Option<String>> {
    let answer = server.ask("POST", path, &Sent::form(cookie, form))?;
    Ok((answer.status == 303).then(|| answer.header("location").to_owned()))
}

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> io::Result<&'a str> {
    let found = page
        .split(before)
        .nth(1)
        .and_then(|rest| rest.split(after).next());
    found.ok_or_else(|| io::Error::other(format!("no {before} on the page")))
}
