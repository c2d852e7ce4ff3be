//! The lists of who is signed in: 100,000 records of each kind, 500 organizations, 50 people under the policy, a page each per 5 s.

use std::collections::BTreeMap;
use std::sync::Arc;

use keniki_app::account::secret;
use keniki_app::database::{Connection, instant, is_sqlite, statement};
use keniki_tests::TestDatabase;
use sea_orm::ConnectionTrait;

use super::Line;
use super::process::run;
use super::search::line;
use super::serve::{N_PAGES, N_READERS, PAUSE, Server, get};

/// Areas of about 800 services each.
const SCALE: &str = "125";
/// Organizations with people.
const N_OFFICES: usize = 500;

/// Roles by turns, and the lists that their people open.
const ROLES: [(&str, &[&str]); 5] = [
    (
        "health_center_planning",
        &[
            "/",
            "/services",
            "/proposals",
            "/proposals?state=over",
            "/filings",
            "/filings?state=all",
            "/confirmations",
            "/jobs",
            "/offices",
        ],
    ),
    (
        "municipality",
        &[
            "/",
            "/services",
            "/proposals",
            "/proposals?state=over",
            "/confirmations",
            "/jobs",
        ],
    ),
    (
        "clinic",
        &[
            "/",
            "/services",
            "/proposals",
            "/proposals?state=over",
            "/jobs",
        ],
    ),
    (
        "care_manager",
        &[
            "/",
            "/services?category=visiting_nursing",
            "/proposals",
            "/jobs",
        ],
    ),
    ("auditor", &["/", "/audit", "/offices", "/jobs"]),
];

/// On SQLite, and on PostgreSQL where there is one.
pub fn measure() -> Vec<Line> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let mut lines = engine(&runtime, "SQLite", TestDatabase::sqlite());
    if let Some(database) = runtime.block_on(TestDatabase::postgres()) {
        lines.extend(engine(&runtime, "PostgreSQL", database));
    }
    lines
}

fn engine(runtime: &tokio::runtime::Runtime, name: &str, database: TestDatabase) -> Vec<Line> {
    run(&["--database", &database.url, "sample", "--scale", SCALE]);
    let (cookies, counts) = runtime.block_on(async {
        let db = database.open().await;
        let cookies = fill(&db).await;
        let counts = counts(&db).await;
        db.close().await.expect("an idle connection closes");
        (cookies, counts)
    });
    let (server, _) = Server::start(&database.url);
    let figures = runtime.block_on(read(&server.address, cookies));
    let all: Vec<f64> = figures.values().flatten().copied().collect();
    let mut lines = vec![line(
        &format!(
            "lists of people signed in on {name}, {N_READERS} people, a page each per 5 s ({counts})"
        ),
        &all,
        "p95 ≤ 150 ms",
    )];
    for (path, milliseconds) in figures {
        lines.push(line(&format!("… {path} on {name}"), &milliseconds, "–"));
    }
    lines
}

async fn counts(db: &Connection) -> String {
    let mut counts = Vec::new();
    for table in [
        "service",
        "proposal",
        "filing",
        "job",
        "audit_entry",
        "account",
    ] {
        let sql = format!("select count(*) from {table}");
        let row = db
            .query_one_raw(statement(db, sql, []))
            .await
            .expect("counted");
        let n: i64 = row.expect("a count").try_get_by_index(0).expect("a number");
        counts.push(format!("{table} {n}"));
    }
    counts.join(", ")
}

/// Makes people and what they work on; answers a cookie for each reader, with the role.
async fn fill(db: &Connection) -> Vec<(&'static str, String)> {
    let at = instant(now());
    for sql in [
        // Organizations with the most sites have people; the number says which role.
        format!(
            "insert into account (login, name, created_at) select 'person' || o.id || '@example.jp', 'person ' || o.id, '{at}'
             from (select organization_id as id, count(*) as n from site where organization_id is not null
                   group by organization_id order by n desc, id limit {N_OFFICES}) o"
        ),
        format!(
            "insert into membership (account_id, organization_id, role, valid_from, created_at)
             select a.id, cast(replace(replace(a.login, 'person', ''), '@example.jp', '') as bigint), case a.id % 5
                 when 0 then '{}' when 1 then '{}' when 2 then '{}' when 3 then '{}' else '{}' end, '2026-04-01', '{at}'
             from account a where a.login like 'person%'",
            ROLES[0].0, ROLES[1].0, ROLES[2].0, ROLES[3].0, ROLES[4].0
        ),
        "insert into jurisdiction (organization_id, kind, area_code)
         select m.organization_id, 'area', a.code from membership m join (
             select code, row_number() over (order by code) as n, count(*) over () as n_all from area where kind = 'medical_area') a
             on a.n = 1 + m.id % a.n_all
         where m.role = 'health_center_planning' on conflict do nothing".to_owned(),
        "insert into jurisdiction (organization_id, kind, area_code)
         select m.organization_id, 'municipality', min(t.municipality_code) from membership m
         join site t on t.organization_id = m.organization_id where m.role = 'municipality' and t.municipality_code is not null
         group by m.organization_id on conflict do nothing".to_owned(),
        format!(
            "insert into proposal (service_id, fields, before_fields, state, organization_id, created_at, decided_at)
             select s.id, '{{\"phone\":\"0990-00-0000\"}}', '{{}}', case s.id % 10 when 0 then 'open' else 'approved' end,
                 t.organization_id, '{at}', '{at}' from service s join site t on t.id = s.site_id"
        ),
        format!(
            "insert into filing (service_id, kind, day, effective_on, finding, follow_up, follow_up_due, state, is_applied, created_at)
             select id, 'inspection_medical', '2026-11-20', '2026-11-20', 'none', 'follow', '2026-12-01',
                 case id % 20 when 0 then 'waiting' else 'followed' end, true, '{at}' from service"
        ),
        format!(
            "insert into job (kind, input, state, run_at, ended_at, organization_id, origin, created_at)
             select 'import.try', '0', 'done', '{at}', '{at}', (select m.organization_id from membership m
                 where m.id = 1 + s.id % {N_OFFICES}), 'o', '{at}' from service s"
        ),
        format!(
            "insert into audit_entry (at, account_id, organization_id, role, deed, object_kind, object_id, outcome, origin, content_hash)
             select '{at}', m.account_id, m.organization_id, m.role, 'directory.read_internal', 'service', cast(s.id as text),
                 'done', '192.0.2.1', 'x' from service s join membership m on m.id = 1 + s.id % {N_OFFICES}"
        ),
    ] {
        db.execute_unprepared(&sql).await.expect("filled");
    }
    if !is_sqlite(db) {
        // What a server that runs for some minutes has done by itself.
        db.execute_unprepared("analyze").await.expect("analyzed");
    }
    let mut cookies = Vec::new();
    for reader in 0..N_READERS {
        let (role, _) = ROLES[reader % ROLES.len()];
        let token = format!("{reader:064x}");
        let sql = "insert into session (token_hash, account_id, membership_id, stage, created_at, seen_at, confirmed_at, origin)
            select $1, m.account_id, m.id, 'full', $2, $3, $4, '127.0.0.1' from membership m where m.role = $5
            order by m.id limit 1 offset $6";
        let offset = (reader / ROLES.len()) as i64;
        let values = [
            secret::hash(&token).into(),
            at.as_str().into(),
            at.as_str().into(),
            at.as_str().into(),
            role.into(),
            offset.into(),
        ];
        db.execute_raw(statement(db, sql, values))
            .await
            .expect("signed in");
        cookies.push((role, format!("keniki={token}")));
    }
    cookies
}

/// Somebody new in a role at an organization, signed in; answers the cookie.
pub async fn sign_in(db: &Connection, organization: i64, role: &str) -> String {
    let at = instant(now());
    let login = format!("{role}-{organization}@example.jp");
    let token = format!("{role:0>32}{organization:032x}");
    for (sql, values) in [
        (
            "insert into account (login, name, created_at) values ($1, 'person', $2)",
            vec![login.as_str().into(), at.as_str().into()],
        ),
        (
            "insert into membership (account_id, organization_id, role, valid_from, created_at)
             select id, $1, $2, '2026-04-01', $3 from account where login = $4",
            vec![organization.into(), role.into(), at.as_str().into(), login.as_str().into()],
        ),
        (
            "insert into session (token_hash, account_id, membership_id, stage, created_at, seen_at, confirmed_at, origin)
             select $1, m.account_id, m.id, 'full', $2, $3, $4, '127.0.0.1' from membership m
             join account a on a.id = m.account_id where a.login = $5",
            vec![
                secret::hash(&token).into(),
                at.as_str().into(),
                at.as_str().into(),
                at.as_str().into(),
                login.as_str().into(),
            ],
        ),
    ] {
        db.execute_raw(statement(db, sql, values)).await.expect("signed in");
    }
    format!("keniki={token}")
}

/// Milliseconds by page.
async fn read(
    address: &str,
    cookies: Vec<(&'static str, String)>,
) -> BTreeMap<&'static str, Vec<f64>> {
    get(address, "/services", "").await;
    let address = Arc::new(address.to_owned());
    let readers: Vec<_> = cookies
        .into_iter()
        .enumerate()
        .map(|(reader, (role, cookie))| {
            let address = address.clone();
            tokio::spawn(async move {
                let own = ROLES.iter().find(|(it, _)| *it == role);
                let paths = own.map_or(&[][..], |(_, paths)| *paths);
                tokio::time::sleep(PAUSE * reader as u32 / N_READERS as u32).await;
                let mut figures = Vec::new();
                for page in 0..N_PAGES {
                    let path = paths[(reader + page) % paths.len()];
                    figures.push((path, get(&address, path, &cookie).await));
                    tokio::time::sleep(PAUSE).await;
                }
                figures
            })
        })
        .collect();
    let mut all: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    for reader in readers {
        for (path, milliseconds) in reader.await.expect("a reader reads to the end") {
            all.entry(path).or_default().push(milliseconds);
        }
    }
    all
}

#[expect(
    clippy::disallowed_methods,
    reason = "sessions hold by the server's clock"
)]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}
