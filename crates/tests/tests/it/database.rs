//! Both engines, from an empty database to the newest schema.

use keniki_app::database::{connect, migration, open, statement};
use keniki_app::definition::Definitions;
use keniki_app::directory::search::{Query, Thesaurus, find, index};
use keniki_tests::{TestDatabase, on_both};
use sea_orm::ConnectionTrait;

#[tokio::test]
async fn every_migration_applies_to_an_empty_database_and_only_once() {
    on_both(async |database| {
        let connection = database.open().await;
        assert_eq!(migration::pending(&connection).await.unwrap(), 0);
        migration::up(&connection).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_by_name() {
    on_both(async |database| {
        let db = database.open().await;
        let newer =
            "insert into seaql_migrations (version, applied_at) values ('9999_tomorrow', 0)";
        db.execute_unprepared(newer).await.unwrap();
        let refused = open(&database.url, true).await.unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("新しい版の keniki が使っています（9999_tomorrow）"),
            "{refused}"
        );
    })
    .await;
}

/// What stood in a database of the first five migrations: one place with one service, in the index of its time.
const FILLED: [&str; 6] = [
    "insert into import_batch (id, format, scope, file_name, sha256, imported_at, imported_by, source_rows, report)
     values (1, 'care_services', 'care_services/99/訪問介護', 'a.csv', '', '2026-04-01T00:00:00Z', 'test', 1, '')",
    "insert into site (id, name, name_key, address, created_batch_id) values (1, 'なぎさ訪問介護', 'なぎさ訪問介護', '汐見市', 1)",
    "insert into service (id, site_id, category, created_batch_id) values (1, 1, 'home_help', 1)",
    "insert into service_hours (service_id, weekday, is_open) values (1, 1, true)",
    "insert into source_record (id, scope, record_key, content_hash, content, source_rows, site_id, service_id,
        created_batch_id, batch_id, seen_batch_id)
     values (1, 'care_services/99/訪問介護', '9970000001', 'h', '{\"name\":\"なぎさ訪問介護\"}', 1, 1, 1, 1, 1, 1)",
    "insert into setting (name, value) values ('home_area', '9901')",
];

#[tokio::test]
async fn a_database_filled_before_the_last_migrations_is_whole_after_them() {
    on_both(async |database| {
        let before = connect(&database.url).await.unwrap();
        migration::up_by(&before, 5).await.unwrap();
        for sql in FILLED {
            before.execute_unprepared(sql).await.unwrap();
        }
        index::put(&before, &[1]).await.unwrap();
        before.close().await.unwrap();

        let after = database.open().await;
        assert_eq!(migration::pending(&after).await.unwrap(), 0);
        let content = "select content from source_record where site_id = 1";
        let row = after.query_one_raw(statement(&after, content, [])).await;
        let content: String = row.unwrap().unwrap().try_get("", "content").unwrap();
        assert_eq!(content, "{\"name\":\"なぎさ訪問介護\"}");
        let query = Query {
            text: "なぎさ".to_owned(),
            ..Query::default()
        };
        let thesaurus = Thesaurus::of(&Definitions::load(None).unwrap());
        let found = find(&after, &thesaurus, &query).await.unwrap();
        assert_eq!(found.service_ids, [1]);
        let marks = "select count(*) as n from setting where name = 'stale'";
        let row = after.query_one_raw(statement(&after, marks, [])).await;
        assert_eq!(row.unwrap().unwrap().try_get::<i64>("", "n").unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn two_tests_never_see_each_other() {
    on_both(async |mine| {
        let connection = mine.open().await;
        connection
            .execute_unprepared("insert into setting (name, value) values ('a', 'b')")
            .await
            .unwrap();
        let other = if mine.url.starts_with("sqlite") {
            TestDatabase::sqlite()
        } else {
            TestDatabase::postgres().await.unwrap()
        };
        let count = statement(&connection, "select count(*) as n from setting", []);
        let row = other
            .open()
            .await
            .query_one_raw(count)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), 0);
    })
    .await;
}
