//! A database of its own for each test, on either engine.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;

use crate::postgres;

/// An empty database that nobody else sees: a SQLite file, or a schema of the throwaway PostgreSQL.
pub struct TestDatabase {
    /// As `--database` takes it.
    pub url: String,
    /// Removed with the test; a schema goes with its server.
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// A SQLite file in a folder of its own.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder can be written");
        let url = format!("sqlite://{}", folder.path().join("keniki.db").display());
        Self {
            url,
            _folder: Some(folder),
        }
    }

    /// A schema on PostgreSQL, or `None`, said loudly, where no server can be had.
    pub async fn postgres() -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let server = postgres::server_url()?;
        let schema = format!(
            "test_{}_{}",
            std::process::id(),
            MADE.fetch_add(1, Ordering::Relaxed)
        );
        let connection = keniki_app::database::connect(&server)
            .await
            .expect("the throwaway server answers");
        for sql in [
            format!("drop schema if exists {schema} cascade"),
            format!("create schema {schema}"),
        ] {
            connection
                .execute_unprepared(&sql)
                .await
                .expect("the server's owner makes schemas");
        }
        connection.close().await.expect("an idle connection closes");
        let separator = if server.contains('?') { '&' } else { '?' };
        Some(Self {
            url: format!("{server}{separator}options[search_path]={schema}"),
            _folder: None,
        })
    }

    /// A connection to it, its schema up to date.
    pub async fn open(&self) -> DatabaseConnection {
        keniki_app::database::open(&self.url, true)
            .await
            .expect("every migration applies to an empty database")
    }
}

/// Runs the same test on SQLite and then on PostgreSQL, each time on an empty database of its own.
///
/// ```no_run
/// # async fn example() {
/// keniki_tests::on_both(async |database| {
///     let connection = database.open().await;
///     connection.ping().await.unwrap();
/// })
/// .await;
/// # }
/// ```
pub async fn on_both(test: impl AsyncFn(TestDatabase)) {
    eprintln!("── on SQLite");
    test(TestDatabase::sqlite()).await;
    if let Some(database) = TestDatabase::postgres().await {
        eprintln!("── on PostgreSQL");
        test(database).await;
    }
}
