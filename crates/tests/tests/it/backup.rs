//! A copy of the database: the same rows back, the audit log intact, and nothing half written where it fails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::audit::{self, Event};
use keniki_app::database::copy::{CopyError, backup, restore};
use keniki_app::database::{connect, migration, open, sqlite_file, statement};
use keniki_tests::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::search::world::run;

fn now() -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse().expect("an instant")
}

fn by() -> By {
    By::command_line()
}

async fn filled(database: &TestDatabase) -> DatabaseConnection {
    let db = database.open().await;
    for n in 1..=40 {
        run(
            &db,
            &format!("insert into setting (name, value) values ('name {n}', 'value {n}')"),
        )
        .await;
        audit::record(&db, &by(), Event::done("test.deed", "thing", n), now())
            .await
            .unwrap();
    }
    audit::seal(&db, now()).await.unwrap();
    db
}

/// Every row of every table that is not the audit log's or the engine's own, as text.
async fn rows(db: &DatabaseConnection) -> BTreeMap<String, Vec<String>> {
    let tables = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'
        and name not like 'audit_%' and name not like 'service_text%' order by name";
    let mut all = BTreeMap::new();
    for table in texts(db, tables).await {
        let columns = texts(
            db,
            &format!("select name from pragma_table_info('{table}')"),
        )
        .await;
        let quoted: Vec<String> = columns
            .iter()
            .map(|name| format!("quote({name})"))
            .collect();
        let sql = format!(
            "select {} from {table} order by 1",
            quoted.join(" || '|' || ")
        );
        all.insert(table, texts(db, &sql).await);
    }
    all
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(statement(db, sql, [])).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

fn left_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_copy_taken_while_others_write_comes_back_with_the_same_rows() {
    let database = TestDatabase::sqlite();
    let db = filled(&database).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    let writer = {
        let db = db.clone();
        tokio::spawn(async move {
            for n in 0..200 {
                run(
                    &db,
                    &format!("insert into setting (name, value) values ('later {n}', '')"),
                )
                .await;
            }
        })
    };
    let copied = backup(&db, &file, &by(), now()).await.unwrap();
    writer.await.unwrap();
    assert_eq!(copied.n_proved, 40);
    assert_eq!(left_in(folder.path()), ["copy.db"]);

    let place = folder.path().join("back.db");
    let url = format!("sqlite://{}", place.display());
    assert_eq!(restore(&file, &url, &by(), now()).await.unwrap(), copied);
    let (copy, back) = (
        open(&format!("sqlite://{}", file.display()), false)
            .await
            .unwrap(),
        open(&url, false).await.unwrap(),
    );
    let (expected, found) = (rows(&copy).await, rows(&back).await);
    assert!(expected["setting"].len() >= 40 && expected.len() > 20);
    assert_eq!(found, expected);
    let verdict = audit::verify(&back, &[]).await.unwrap();
    assert_eq!(
        (verdict.broken, verdict.n_proved),
        (None, 41),
        "the restoring is on record"
    );
}

#[tokio::test]
async fn nothing_is_written_over_and_nothing_half_written_stays() {
    let database = TestDatabase::sqlite();
    let db = filled(&database).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let there = path("there.db");
    std::fs::write(&there, "mine").unwrap();
    let refused = backup(&db, &there, &by(), now()).await.unwrap_err();
    assert!(matches!(refused, CopyError::Exists(_)), "{refused}");
    let nowhere = path("no such folder").join("copy.db");
    let refused = backup(&db, &nowhere, &by(), now()).await.unwrap_err();
    assert!(matches!(refused, CopyError::NotWritten { .. }), "{refused}");

    let copy = path("copy.db");
    backup(&db, &copy, &by(), now()).await.unwrap();
    let back = format!("sqlite://{}", path("back.db").display());
    let restored = async |from: &Path| restore(from, &back, &by(), now()).await.unwrap_err();
    assert!(matches!(
        restored(&path("none.db")).await,
        CopyError::NotRead { .. }
    ));
    assert!(
        matches!(restored(&there).await, CopyError::Broken { .. }),
        "no database at all"
    );
    let cut = path("cut.db");
    let bytes = std::fs::read(&copy).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    assert!(
        matches!(restored(&cut).await, CopyError::Broken { .. }),
        "cut in half"
    );
    let foreign = path("foreign.db");
    let other = connect(&format!("sqlite://{}", foreign.display()))
        .await
        .unwrap();
    run(&other, "create table a (b text)").await;
    other.close().await.unwrap();
    assert!(
        matches!(restored(&foreign).await, CopyError::Broken { .. }),
        "another program's"
    );
    let tampered = path("tampered.db");
    std::fs::copy(&copy, &tampered).unwrap();
    let other = connect(&format!("sqlite://{}", tampered.display()))
        .await
        .unwrap();
    run(&other, "delete from audit_entry where object_id = '7'").await;
    other.close().await.unwrap();
    assert!(matches!(
        restored(&tampered).await,
        CopyError::Tampered { .. }
    ));
    assert_eq!(
        left_in(folder.path()),
        ["copy.db", "cut.db", "foreign.db", "tampered.db", "there.db"]
    );
    let occupied = format!("sqlite://{}", copy.display());
    let refused = restore(&copy, &occupied, &by(), now()).await.unwrap_err();
    assert!(matches!(refused, CopyError::Exists(_)), "{refused}");
}

#[tokio::test]
async fn postgresql_is_left_to_its_own_tools() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let db = database.open().await;
    let file = PathBuf::from("copy.db");
    let refused = backup(&db, &file, &by(), now()).await.unwrap_err();
    assert!(matches!(refused, CopyError::NotSqlite) && refused.to_string().contains("pg_dump"));
    let refused = restore(&file, &database.url, &by(), now())
        .await
        .unwrap_err();
    assert!(matches!(refused, CopyError::NotSqlite));
}

#[tokio::test]
async fn a_copy_is_taken_before_a_database_with_something_in_it_is_migrated() {
    let database = TestDatabase::sqlite();
    let file = sqlite_file(&database.url).unwrap();
    let folder = file.parent().unwrap();
    database.open().await.close().await.unwrap();
    assert_eq!(
        left_in(folder),
        ["keniki.db"],
        "a new database has nothing to lose"
    );
    std::fs::remove_file(&file).unwrap();

    let before = connect(&database.url).await.unwrap();
    migration::up_by(&before, 5).await.unwrap();
    run(
        &before,
        "insert into setting (name, value) values ('home_area', '9901')",
    )
    .await;
    before.close().await.unwrap();
    database.open().await.close().await.unwrap();
    let kept = "keniki.db.before-0005_search_place";
    assert_eq!(left_in(folder), ["keniki.db", kept]);
    let url = format!("sqlite://{}", folder.join(kept).display());
    let old = connect(&url).await.unwrap();
    assert_eq!(
        migration::newest(&old).await.unwrap().as_deref(),
        Some("0005_search_place")
    );
    assert_eq!(
        texts(&old, "select value from setting where name = 'home_area'").await,
        ["9901"]
    );
}
