//! Both engines, from an empty database to the newest schema.

use keniki_app::database::{migration, statement};
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
