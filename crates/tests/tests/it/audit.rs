//! The audit log on both engines: whoever changes, takes out, adds or moves a row is found, and nobody's row is lost.

use std::collections::BTreeSet;
use std::process::Command;

use chrono::{DateTime, Duration, Utc};
use keniki_app::account::By;
use keniki_app::account::policy::Actor;
use keniki_app::audit::{self, Event, Outcome, Verdict, Why};
use keniki_app::database::{begin_write, statement};
use keniki_app::definition::Definitions;
use keniki_base::id::{AccountId, OrganizationId};
use keniki_tests::{TestDatabase, binary, on_both};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::search::world::run;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn somebody() -> By {
    let definitions = Definitions::load(None).unwrap();
    let actor = Actor {
        account: AccountId::new(7),
        organization: OrganizationId::new(3),
        role: "hospital_discharge".to_owned(),
        municipalities: BTreeSet::new(),
        area: BTreeSet::new(),
    };
    By::actor(&actor, definitions.policy(), "192.0.2.1").in_request(Some("a-1".to_owned()))
}

/// Twelve rows over two months: six in October (Japanese time), six in November.
async fn filled(db: &DatabaseConnection) {
    let first = at("2026-10-31T14:30:00Z");
    for n in 0..12 {
        let now = first + Duration::minutes(5 * n);
        let event = Event {
            note: (n % 2 == 0).then_some("note"),
            ..Event::done("test.deed", "thing", n)
        };
        let tx = begin_write(db).await.unwrap();
        audit::record(&tx, &somebody(), event, now).await.unwrap();
        tx.commit().await.unwrap();
        if n % 5 == 4 {
            audit::seal(db, now).await.unwrap();
        }
    }
    audit::seal(db, at("2026-11-01T00:00:00Z")).await.unwrap();
}

async fn verdict(db: &DatabaseConnection) -> Verdict {
    audit::verify(db, &[]).await.unwrap()
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let row = db.query_one_raw(statement(db, sql, [])).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn a_month_s_chain_begins_at_the_head_of_the_one_before() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let whole = verdict(&db).await;
        assert_eq!((whole.n_proved, whole.n_unsealed), (12, 0));
        assert_eq!(whole.broken, None);
        let [october, november] = whole.chains.as_slice() else {
            panic!("{:?}", whole.chains)
        };
        assert_eq!((october.month.as_str(), october.n_entries), ("2026-10", 6));
        assert_eq!(
            (november.month.as_str(), november.n_entries),
            ("2026-11", 6)
        );
        assert_eq!(november.before_head, october.head);
    })
    .await;
}

/// A row committed late belongs to the newest chain: one with a successor never grows.
#[tokio::test]
async fn a_row_of_a_closed_month_goes_to_the_newest_chain() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let late = Event::done("test.deed", "thing", 99);
        audit::record(&db, &somebody(), late, at("2026-10-31T14:59:59Z"))
            .await
            .unwrap();
        assert_eq!(verdict(&db).await.n_unsealed, 1);
        assert_eq!(
            audit::seal(&db, at("2026-11-01T00:00:01Z")).await.unwrap(),
            1
        );
        let whole = verdict(&db).await;
        assert_eq!(whole.broken, None);
        assert_eq!(
            whole
                .chains
                .iter()
                .map(|it| it.n_entries)
                .collect::<Vec<_>>(),
            [6, 7]
        );
    })
    .await;
}

/// Every column of a sealed row, every deletion and every exchange of two rows.
#[tokio::test]
async fn whatever_is_done_to_a_row_breaks_the_chain_there() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let id = number(
            &db,
            "select id from audit_entry where chain = '2026-10' and seq = 3",
        )
        .await;
        let other = number(
            &db,
            "select id from audit_entry where chain = '2026-11' and seq = 2",
        )
        .await;
        let set = |what: &str| format!("update audit_entry set {what} where id = {id}");
        let any = statement(&db, "select * from audit_entry limit 1", []);
        let row = db.query_one_raw(any).await.unwrap().unwrap();
        let mut untouched: BTreeSet<String> = row.column_names().into_iter().collect();
        for (what, why) in [
            ("at = '2026-10-31T14:40:00.000001Z'", Why::Changed),
            ("account_id = 8", Why::Changed),
            ("organization_id = null", Why::Changed),
            ("role = 'operator'", Why::Changed),
            ("deed = 'test.other'", Why::Changed),
            ("object_kind = 'stuff'", Why::Changed),
            ("object_id = '22'", Why::Changed),
            ("outcome = 'refused'", Why::Changed),
            ("origin = '192.0.2.2'", Why::Changed),
            ("request_id = 'a-2'", Why::Changed),
            ("note = null", Why::Changed),
            ("content_hash = 'x'", Why::Changed),
            ("link = 'x'", Why::Moved),
            ("seq = 33", Why::Missing),
            ("chain = '2026-09'", Why::Missing),
            ("seq = null", Why::Missing),
        ] {
            untouched.remove(what.split(' ').next().unwrap());
            broken_by(&db, &[set(what)], (Some("2026-10"), Some(3)), why).await;
        }
        untouched.remove("id");
        assert_eq!(
            untouched,
            BTreeSet::new(),
            "a column that nobody tampered with"
        );
        let delete = |sql: &str| format!("delete from audit_entry where {sql}");
        for (sql, place) in [
            ("chain = '2026-10' and seq = 1", ("2026-10", 1)),
            ("chain = '2026-10' and seq = 6", ("2026-10", 6)),
            ("chain = '2026-11' and seq = 6", ("2026-11", 6)),
            ("chain = '2026-11'", ("2026-11", 1)),
        ] {
            broken_by(
                &db,
                &[delete(sql)],
                (Some(place.0), Some(place.1)),
                Why::Missing,
            )
            .await;
        }
        let exchange = [
            format!("update audit_entry set seq = -1 where id = {id}"),
            format!("update audit_entry set chain = '2026-10', seq = 3 where id = {other}"),
            format!("update audit_entry set chain = '2026-11', seq = 2 where id = {id}"),
        ];
        broken_by(&db, &exchange, (Some("2026-10"), Some(3)), Why::Moved).await;
        let chain = |sql: &str| format!("update audit_chain set {sql} where month = '2026-10'");
        broken_by(
            &db,
            &[chain("head = 'x'")],
            (Some("2026-10"), None),
            Why::Head,
        )
        .await;
        broken_by(
            &db,
            &[chain("n_entries = 5")],
            (Some("2026-10"), Some(6)),
            Why::Added,
        )
        .await;
        let lost = "delete from audit_chain where month = '2026-10'".to_owned();
        broken_by(&db, &[lost], (Some("2026-11"), None), Why::Head).await;
        assert_eq!(verdict(&db).await.broken, None, "everything was put back");
    })
    .await;
}

/// Tampers in a transaction that is taken back after the look.
async fn broken_by(
    db: &DatabaseConnection,
    sql: &[String],
    place: (Option<&str>, Option<i64>),
    why: Why,
) {
    let keep = ["audit_entry", "audit_chain"];
    for table in keep {
        run(
            db,
            &format!("create table kept_{table} as select * from {table}"),
        )
        .await;
    }
    for sql in sql {
        run(db, sql).await;
    }
    let broken = verdict(db).await.broken;
    let broken = broken.unwrap_or_else(|| panic!("{sql:?} was not seen"));
    assert_eq!(
        (broken.month.as_deref(), broken.seq, broken.why),
        (place.0, place.1, why),
        "{sql:?}: {broken}"
    );
    for table in keep {
        run(db, &format!("delete from {table}")).await;
        let overriding = match keniki_app::database::is_sqlite(db) || table == "audit_chain" {
            true => "",
            false => "overriding system value",
        };
        run(
            db,
            &format!("insert into {table} {overriding} select * from kept_{table}"),
        )
        .await;
        run(db, &format!("drop table kept_{table}")).await;
    }
}

/// Whoever makes the whole chain anew is found by a head that was kept elsewhere.
#[tokio::test]
async fn an_anchor_kept_elsewhere_shows_a_chain_that_was_made_anew() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let anchors: Vec<_> = verdict(&db)
            .await
            .chains
            .iter()
            .map(audit::Chain::anchor)
            .collect();
        assert_eq!(audit::verify(&db, &anchors).await.unwrap().broken, None);
        run(&db, "delete from audit_entry where object_id = '2'").await;
        run(
            &db,
            "update audit_entry set chain = null, seq = null, link = null",
        )
        .await;
        run(&db, "delete from audit_chain").await;
        audit::seal(&db, at("2026-11-01T01:00:00Z")).await.unwrap();
        assert_eq!(verdict(&db).await.broken, None, "by itself it looks whole");
        let broken = audit::verify(&db, &anchors).await.unwrap().broken.unwrap();
        assert_eq!(broken.why, Why::Anchor);
    })
    .await;
}

#[tokio::test]
async fn fifty_writers_and_two_sealers_lose_and_double_nothing() {
    on_both(async |database| {
        let db = database.open().await;
        let now = at("2026-11-02T00:00:00Z");
        let writers = (0..50_i64).map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                for n in 0..4 {
                    let tx = begin_write(&db).await.unwrap();
                    let event = Event {
                        outcome: Outcome::Refused,
                        ..Event::done("test.deed", "thing", writer * 10 + n)
                    };
                    audit::record(&tx, &By::command_line(), event, now)
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                }
            })
        });
        let sealers = (0..2).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..60 {
                    audit::seal(&db, now).await.unwrap();
                    tokio::task::yield_now().await;
                }
            })
        });
        let onlooker = std::iter::once({
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..40 {
                    let seen = audit::verify(&db, &[]).await.unwrap();
                    assert_eq!(seen.broken, None, "a sealer at work is no tampering");
                    tokio::task::yield_now().await;
                }
            })
        });
        for task in writers.chain(sealers).chain(onlooker).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        audit::seal(&db, now).await.unwrap();
        let whole = verdict(&db).await;
        assert_eq!(
            (whole.broken, whole.n_proved, whole.n_unsealed),
            (None, 200, 0)
        );
        let distinct = "select count(distinct object_id) from audit_entry";
        assert_eq!(number(&db, distinct).await, 200);
    })
    .await;
}

/// What an operator meets: the anchor of yesterday, a row that somebody changed, `verify` and `doctor`.
#[tokio::test]
async fn the_command_line_proves_the_log_and_names_the_row_that_was_changed() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    filled(&db).await;
    let keniki = |arguments: &[&str]| {
        let output = Command::new(binary())
            .args(["--database", &database.url])
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), said)
    };
    let folder = tempfile::tempdir().unwrap();
    let anchors = folder.path().join("anchors.txt");
    let (code, anchor) = keniki(&["audit", "anchor"]);
    assert_eq!(
        (code, anchor.starts_with("2026-11 6 ")),
        (Some(0), true),
        "{anchor}"
    );
    std::fs::write(&anchors, anchor).unwrap();
    let with_anchors = ["audit", "verify", "--anchor", anchors.to_str().unwrap()];
    let (code, said) = keniki(&with_anchors);
    assert!(
        code == Some(0) && said.contains("控え 1 件とも合っています"),
        "{said}"
    );
    let (code, listed) = keniki(&[
        "audit",
        "list",
        "--from",
        "2026-10-31",
        "--to",
        "2026-10-31",
    ]);
    assert_eq!((code, listed.lines().count()), (Some(0), 1 + 6), "{listed}");
    assert!(listed.contains("\n1,2026-10-31 23:30:00,7,3,hospital_discharge,test.deed,,thing,0,実行,192.0.2.1,a-1,note\r"));
    let (_, both) = keniki(&[
        "audit",
        "list",
        "--from",
        "2026-10-31",
        "--to",
        "2026-11-01",
    ]);
    assert_eq!(both.lines().count(), 1 + 12);
    let backwards = [
        "audit",
        "list",
        "--from",
        "2026-11-02",
        "--to",
        "2026-11-01",
    ];
    assert_eq!(keniki(&backwards).0, Some(1));
    let wareki = [
        "audit",
        "list",
        "--from",
        "R8.10.31",
        "--to",
        "令和8年11月1日",
    ];
    assert_eq!(keniki(&wareki).1, both, "in the ways that the page takes");
    let no_year = ["audit", "list", "--from", "11/1", "--to", "R8.11.1"];
    assert_eq!(keniki(&no_year).0, Some(2));
    assert!(keniki(&["doctor"]).1.contains("［良好］監査記録: 12 件。"));

    run(
        &db,
        "update audit_entry set role = 'operator' where chain = '2026-10' and seq = 4",
    )
    .await;
    let (code, said) = keniki(&["audit", "verify"]);
    assert!(
        code == Some(1) && said.contains("2026-10 の 4 件目"),
        "{said}"
    );
    let (code, said) = keniki(&["doctor"]);
    assert!(
        code == Some(1) && said.contains("［誤り］監査記録: 2026-10 の 4 件目"),
        "{said}"
    );
    let (code, said) = keniki(&["audit", "anchor"]);
    assert_eq!(
        (code, said.as_str()),
        (Some(1), ""),
        "no anchor of a broken chain"
    );
}
