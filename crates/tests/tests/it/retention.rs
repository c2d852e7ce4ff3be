//! What is over its time goes, on both engines: nothing younger with it, a few rows at a time, and whoever ends in the middle goes on.

use std::collections::BTreeMap;
use std::time::Duration as Pause;

use chrono::{DateTime, Duration, Utc};
use keniki_app::account::By;
use keniki_app::audit::erase::EraseError;
use keniki_app::audit::{self, Event, Verdict, Why};
use keniki_app::database::{begin_write, statement};
use keniki_app::definition::Definitions;
use keniki_app::definition::retention::Kept;
use keniki_app::job::{self, Reporter, State};
use keniki_app::retention::{self, ask_daily, erase, standing};
use keniki_tests::on_both;
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::search::world::run;

/// The day after the last of February: a year before, the first that is kept is the first of March.
const NOW: &str = "2027-02-28T18:00:00Z";
const LAST: &str = "2026-02-28T14:59:59.999999Z";
const FIRST_KEPT: &str = "2026-02-28T15:00:00.000000Z";
const LAST_OF_TEN_YEARS: &str = "2017-02-28T14:59:59.999999Z";
const KEPT_TEN_YEARS: &str = "2017-02-28T15:00:00.000000Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let row = db.query_one_raw(statement(db, sql, [])).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

async fn erased(db: &DatabaseConnection, now: &str) -> BTreeMap<Kept, u64> {
    let (definitions, by) = (Definitions::load(None).unwrap(), By::program("test"));
    let done = erase(db, &definitions, &by, &Reporter::default(), at(now)).await;
    done.unwrap()
}

/// Two of everything that has a time: one over it by a microsecond or a day, one within it.
async fn filled(db: &DatabaseConnection) {
    run(
        db,
        "insert into organization (id, name, name_key, prefecture_code) values (1, 'o', 'o', '31')",
    )
    .await;
    run(db, &format!("insert into account (login, name, created_at) values ('a@b.jp', 'a', '{KEPT_TEN_YEARS}')")).await;
    run(db, "insert into membership (account_id, organization_id, role, valid_from, created_at) values (1, 1, 'r', '2016-01-01', 'x')").await;
    for (n, old, older) in [
        (1, LAST, LAST_OF_TEN_YEARS),
        (2, FIRST_KEPT, KEPT_TEN_YEARS),
    ] {
        let day = if n == 1 { "2017-02-28" } else { "2017-03-01" };
        for sql in [
            format!("insert into membership (account_id, organization_id, role, valid_from, valid_to, created_at) values (1, 1, 'r', '2016-01-01', '{day}', 'x')"),
            format!("insert into session (token_hash, account_id, stage, created_at, seen_at, confirmed_at, origin, ended_at)
                values ('ended {n}', 1, 'full', 'x', 'x', 'x', 'o', '{old}'), ('left {n}', 1, 'full', 'x', '{old}', 'x', 'o', null)"),
            format!("insert into sign_in_failure (at, who_hash, origin) values ('{old}', 'x', 'o')"),
            format!("insert into invitation (token_hash, purpose, login, name, created_at, expires_at, used_at, revoked_at) values
                ('u{n}', 'invite', 'a', 'a', 'x', 'x', '{old}', null), ('r{n}', 'invite', 'a', 'a', 'x', 'x', null, '{old}'),
                ('e{n}', 'invite', 'a', 'a', 'x', '{old}', null, null)"),
            format!("insert into mail (recipient, subject, body, created_at, next_at, sent_at) values
                ('a', 's', null, 'x', 'x', '{old}'), ('a', 's', 'b', 'x', '{old}', null)"),
            format!("insert into upload (file_name, sha256, size, content, created_at) values ('f', 's', 1, {}, '{old}')",
                if keniki_app::database::is_sqlite(db) { "x'00'" } else { "'\\x00'" }),
            format!("insert into job (kind, input, state, run_at, origin, created_at, ended_at) values ('k', '0', 'done', 'x', 'o', 'x', '{old}')"),
            format!("insert into audit_mark (entry_id, note, created_at) values ({n}, 'n', '{older}')"),
            format!("insert into audit_review (from_day, to_day, n_entries, n_refused, n_marked, finding, created_at) values ('x', 'x', 0, 0, 0, 'f', '{older}')"),
            format!("insert into import_batch (id, format, scope, file_name, sha256, imported_at, imported_by, source_rows, report) values ({n}, 'f', 's', 'n', 's', '{older}', 'b', 0, '0')"),
            format!("insert into site (id, organization_id, name, name_key, status, created_batch_id) values ({n}, 1, 's', 's', 'open', {n})"),
        ] {
            run(db, &sql).await;
        }
    }
    for (n, old) in [
        (1, "2027-01-29T14:59:59.999999Z"),
        (2, "2027-01-29T15:00:00.000000Z"),
    ] {
        run(db, &format!("insert into draft (account_id, deed, object_id, content, saved_at) values (1, 'd', {n}, '0', '{old}')")).await;
    }
    // A job under way, a later one that goes on from an old one.
    run(db, "insert into job (kind, input, state, run_at, origin, created_at) values ('k', '0', 'running', 'x', 'o', '2020-01-01')").await;
    run(db, "update job set after_id = 1 where id = 2").await;
}

#[tokio::test]
async fn what_is_over_its_time_goes_and_nothing_younger() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let definitions = Definitions::load(None).unwrap();
        let before = standing(&db, &definitions, at(NOW) + Duration::days(1)).await;
        let before = before.unwrap();
        let gone: BTreeMap<Kept, u64> = [
            (Kept::Session, 2),
            (Kept::SignInFailure, 1),
            (Kept::Invitation, 3),
            (Kept::Mail, 2),
            (Kept::Upload, 1),
            (Kept::Job, 1),
            (Kept::Draft, 1),
            (Kept::AuditMark, 1),
            (Kept::AuditReview, 1),
            (Kept::Membership, 1),
        ]
        .into();
        assert_eq!((before.last_done, &before.overdue), (None, &gone));
        assert_eq!(
            erased(&db, "2027-02-28T14:59:59Z").await,
            BTreeMap::new(),
            "the day before"
        );
        assert_eq!(erased(&db, NOW).await, gone);
        for (sql, left) in [
            ("select count(*) from session", 2),
            ("select count(*) from sign_in_failure", 1),
            ("select count(*) from invitation", 3),
            ("select count(*) from mail", 2),
            ("select count(*) from upload", 2),
            (
                "select count(*) from upload where content is null and id = 1",
                1,
            ),
            ("select count(*) from job", 2),
            ("select count(*) from job where after_id is not null", 0),
            ("select count(*) from audit_mark", 1),
            ("select count(*) from audit_review", 1),
            ("select count(*) from membership", 2),
            ("select count(*) from account where name = 'a'", 1),
        ] {
            assert_eq!(number(&db, sql).await, left, "{sql}");
        }
        let n_told = number(&db, "select count(*) from audit_entry").await;
        assert_eq!(n_told, gone.len() as i64, "a row in the log a table");
        assert_eq!(erased(&db, NOW).await, BTreeMap::new(), "the second run");
        assert_eq!(
            number(&db, "select count(*) from audit_entry").await,
            n_told
        );
    })
    .await;
}

#[tokio::test]
async fn many_rows_go_a_few_at_a_time_and_whoever_ends_in_the_middle_goes_on() {
    on_both(async |database| {
        let db = database.open().await;
        let rows: Vec<String> = (0..4_500)
            .map(|_| format!("('{LAST}', 'x', 'o')"))
            .collect();
        run(
            &db,
            &format!(
                "insert into sign_in_failure (at, who_hash, origin) values {}",
                rows.join(",")
            ),
        )
        .await;
        let left = "select count(*) from sign_in_failure";
        let some_went = async {
            while number(&db, left).await == 4_500 {
                tokio::time::sleep(Pause::from_millis(1)).await;
            }
        };
        tokio::select! {
            biased;
            () = some_went => {}
            _ = erased(&db, NOW) => {}
        }
        let after_kill = number(&db, left).await;
        assert_eq!(after_kill % 500, 0, "whole transactions: {after_kill}");
        erased(&db, NOW).await;
        assert_eq!(number(&db, left).await, 0);
        let told = "select sum(cast(note as bigint)) from audit_entry";
        let most = "select max(cast(note as bigint)) from audit_entry";
        let told = number(&db, &format!("select cast(({told}) as bigint)")).await;
        assert_eq!((told, number(&db, most).await), (4_500, 1_000));
    })
    .await;
}

/// A row a month from November 2016 to February 2017, and one of today.
async fn years_of_log(db: &DatabaseConnection, n_a_month: i64) {
    for (month, day) in [
        "2016-11-10",
        "2016-12-31",
        "2017-01-05",
        "2017-02-28",
        "2027-02-27",
    ]
    .iter()
    .enumerate()
    {
        let tx = begin_write(db).await.unwrap();
        for n in 0..n_a_month {
            let event = Event::done("test.deed", "thing", month as i64 * 10_000 + n);
            let now = at(&format!("{day}T12:00:00Z"));
            audit::record(&tx, &By::program("test"), event, now)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }
    audit::seal(db, at(NOW)).await.unwrap();
}

async fn verdict(db: &DatabaseConnection) -> Verdict {
    audit::verify(db, &[]).await.unwrap()
}

#[tokio::test]
async fn months_of_the_log_go_and_the_rest_is_still_proved() {
    on_both(async |database| {
        let db = database.open().await;
        years_of_log(&db, 3).await;
        let anchors: Vec<_> = verdict(&db)
            .await
            .chains
            .iter()
            .map(audit::Chain::anchor)
            .collect();
        // The last of January 2027: January 2017 is over with it, February is not.
        assert_eq!(
            erased(&db, "2027-01-31T12:00:00Z").await,
            [(Kept::AuditEntry, 6)].into()
        );
        let left = audit::verify(&db, &anchors).await.unwrap();
        assert_eq!(left.broken, None);
        let months: Vec<_> = left
            .chains
            .iter()
            .filter(|it| it.erased_at.is_some())
            .map(|it| it.month.as_str())
            .collect();
        assert_eq!(months, ["2016-11", "2016-12"]);
        assert_eq!(erased(&db, NOW).await, [(Kept::AuditEntry, 6)].into());
        let left = verdict(&db).await;
        assert_eq!(
            (left.broken, left.n_proved),
            (None, 3 + 4),
            "and a row a month that went"
        );
        assert_eq!(erased(&db, NOW).await, BTreeMap::new());

        let mut wrong = anchors[0].clone();
        wrong.head = "0".repeat(64);
        let broken = audit::verify(&db, &[wrong]).await.unwrap().broken.unwrap();
        assert_eq!(
            broken.why,
            Why::Anchor,
            "an erased month is held against what was kept elsewhere"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_a_month_out_and_calls_it_erased_is_found() {
    on_both(async |database| {
        let db = database.open().await;
        years_of_log(&db, 3).await;
        erased(&db, "2027-01-31T12:00:00Z").await;
        let sealed = verdict(&db).await;
        assert_eq!(sealed.broken, None);
        run(
            &db,
            "update audit_chain set erased_at = 'x' where month = '2017-01'",
        )
        .await;
        let left = verdict(&db).await.broken.unwrap();
        assert_eq!(
            (left.month.as_deref(), left.why),
            (Some("2017-01"), Why::Erased)
        );
        run(&db, "delete from audit_entry where chain = '2017-01'").await;
        assert_eq!(verdict(&db).await.broken.unwrap().why, Why::Erased);
        run(
            &db,
            "update audit_chain set erased_at = null where month = '2017-01'",
        )
        .await;
        assert_eq!(verdict(&db).await.broken.unwrap().why, Why::Missing);
        run(
            &db,
            "update audit_chain set erased_at = 'x' where month = '2017-02'",
        )
        .await;
        run(
            &db,
            "update audit_chain set n_entries = 4 where month = '2016-12'",
        )
        .await;
        let left = verdict(&db).await.broken.unwrap();
        assert_eq!(
            (left.month.as_deref(), left.why),
            (Some("2016-12"), Why::Erased)
        );
    })
    .await;
}

/// A month that somebody tampered with stays, and all else goes.
#[tokio::test]
async fn a_month_that_is_not_as_it_was_written_is_not_erased() {
    on_both(async |database| {
        let db = database.open().await;
        years_of_log(&db, 3).await;
        run(&db, &format!("insert into sign_in_failure (at, who_hash, origin) values ('{LAST}', 'x', 'o')")).await;
        run(&db, "update audit_entry set role = 'x' where chain = '2016-12' and seq = 2").await;
        let (definitions, by) = (Definitions::load(None).unwrap(), By::program("test"));
        let done = erase(&db, &definitions, &by, &Reporter::default(), at(NOW)).await;
        assert!(matches!(done, Err(EraseError::Broken(broken)) if broken.month.as_deref() == Some("2016-12")));
        assert_eq!(number(&db, "select count(*) from audit_entry where chain = '2016-12'").await, 3);
        assert_eq!(number(&db, "select count(*) from sign_in_failure").await, 0);
    })
    .await;
}

/// As a run leaves it that ended between two transactions: the later rows are still there.
#[tokio::test]
async fn a_month_half_erased_is_proved_and_goes_on() {
    on_both(async |database| {
        let db = database.open().await;
        years_of_log(&db, 2_500).await;
        run(
            &db,
            "create table kept as select * from audit_entry where chain = '2016-11'",
        )
        .await;
        erased(&db, "2027-01-10T12:00:00Z").await;
        let rows = "select count(*) from audit_entry where chain = '2016-11'";
        assert_eq!(number(&db, rows).await, 0);
        let overriding = match keniki_app::database::is_sqlite(&db) {
            true => "",
            false => "overriding system value",
        };
        for (some, why) in [
            ("seq > 1000", None),
            ("seq <= 1000", Some(Why::Missing)),
            ("seq > 1000 and seq <> 1500", Some(Why::Missing)),
        ] {
            let back =
                format!("insert into audit_entry {overriding} select * from kept where {some}");
            run(&db, &back).await;
            let broken = verdict(&db).await.broken;
            assert_eq!(broken.map(|broken| broken.why), why, "{some}");
            assert_ne!(erased(&db, "2027-01-10T12:00:00Z").await, BTreeMap::new());
            assert_eq!(number(&db, rows).await, 0);
        }
        assert_eq!(verdict(&db).await.broken, None);
        let told = "select count(*) from audit_entry where deed = 'retention.erase'";
        assert_eq!(number(&db, told).await, 2, "each month is told once");
    })
    .await;
}

#[tokio::test]
async fn a_batch_whose_changes_are_erased_cannot_be_taken_back() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        run(&db, "insert into batch_change (id, batch_id, entity, entity_id, before_fields, after_fields) values
            (1, 1, 'source_record', 1, '{}', '{}'), (2, 2, 'source_record', 1, '{}', '{}')").await;
        assert_eq!(erased(&db, NOW).await[&Kept::BatchChange], 1);
        assert_eq!(number(&db, "select batch_id from batch_change").await, 2);
        let places = keniki_app::directory::source::locate::Places::load(&db).await.unwrap();
        let undone = keniki_app::import::undo::undo(&db, &places, 1, &By::command_line(), at(NOW)).await;
        assert!(undone.unwrap_err().to_string().contains("保存期間"));
    })
    .await;
}

#[tokio::test]
async fn the_job_is_asked_for_once_a_day_whoever_asks() {
    on_both(async |database| {
        let db = database.open().await;
        assert!(ask_daily(&db, at("2027-02-28T17:00:00Z")).await.unwrap());
        let later = at("2027-03-02T00:00:00Z");
        assert!(
            !ask_daily(&db, later).await.unwrap(),
            "the first one still waits"
        );
        run(
            &db,
            "update job set state = 'done', ended_at = '2027-02-28T17:00:01Z'",
        )
        .await;
        assert!(
            !ask_daily(&db, at("2027-02-28T17:59:59Z")).await.unwrap(),
            "before three in the morning"
        );
        let asked = tokio::join!(
            ask_daily(&db, later),
            ask_daily(&db, later),
            ask_daily(&db, later)
        );
        assert!(asked.0.is_ok() || asked.1.is_ok() || asked.2.is_ok());
        assert_eq!(number(&db, "select count(*) from job").await, 2);
        let newest = job::newest_of(&db, retention::ERASE)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(newest.state, State::Queued);
    })
    .await;
}
