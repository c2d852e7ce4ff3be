//! One database, two engines: connects to SQLite or PostgreSQL by URL and brings the schema up to date.
//!
//! Where the engines differ stands here and in `directory/search/queries.rs`, nowhere else.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

/// What the database answers when it fails; the faces pass it on without depending on the driver.
pub use sea_orm::DbErr;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, IsolationLevel, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
};

use crate::directory::search::index;

pub mod copy;
pub mod migration;

pub mod one;
pub mod queries;
mod writer;

pub use writer::Writer;

/// An open database: a pool of connections to one of the two engines.
pub type Connection = DatabaseConnection;

/// What an action runs in.
pub type Transaction = DatabaseTransaction;

/// Why the database could not be used. `Display` is a Japanese sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL is of neither engine.
    #[error(
        "データベースの指定「{0}」を読めません。sqlite://ファイル名 または postgres://… の形で指定してください。"
    )]
    WrongUrl(String),
    /// `--no-migrate` was given and the schema is behind.
    #[error(
        "データベースの構造が古いままです（未適用 {0} 件）。--no-migrate を外して起動すると更新されます。"
    )]
    Behind(usize),
    /// A newer program has written there.
    #[error(
        "このデータベースは、新しい版の keniki が使っています（{0}）。古い版では開けません。新しい版のプログラムをお使いください。"
    )]
    Newer(String),
    /// Nothing could be opened there.
    #[error(
        "データベース {url} を開けません（{cause}）。SQLiteなら、フォルダーがあって書き込めるか、PostgreSQLなら、サーバーが動いていて接続先が正しいかを確かめてください。"
    )]
    NotOpened {
        /// Without its password.
        url: String,
        /// In the engine's words.
        cause: String,
    },
    /// There is no copy to go back to, so nothing is migrated.
    #[error("データベースの構造を新しくする前の控えを取れません。{0}")]
    NotCopied(#[from] Box<copy::CopyError>),
    /// The engine's own refusal.
    #[error("データベースを使えません: {0}")]
    Engine(#[from] DbErr),
}

/// Opens the database at `url` (`sqlite://path`, `sqlite::memory:` or `postgres://…`) without touching its schema.
///
/// SQLite files are made when missing, in WAL mode, with `synchronous=FULL`: a commit that was
/// answered survives a power cut.
pub async fn connect(url: &str) -> Result<DatabaseConnection, DatabaseError> {
    let is_sqlite = url.starts_with("sqlite:");
    if !is_sqlite && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(DatabaseError::WrongUrl(without_password(url)));
    }
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(if url.contains(":memory:") { 1 } else { 8 })
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false);
    if is_sqlite {
        options.map_sqlx_sqlite_opts(|o| {
            use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            o.create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(30))
                .foreign_keys(true)
                .pragma("cache_size", "-16384")
                .pragma("temp_store", "memory")
                // What is erased is overwritten, not only forgotten.
                .pragma("secure_delete", "on")
                .statement_cache_capacity(256)
        });
    } else {
        // Every page's query is short: to compile one takes longer than to run it.
        options.map_sqlx_postgres_opts(|o| o.options([("jit", "off")]));
    }
    let opened = Database::connect(options).await;
    opened.map_err(|error| DatabaseError::NotOpened {
        url: without_password(url),
        cause: innermost(&error.to_string()).to_owned(),
    })
}

/// The file of a SQLite URL; none for a database in memory and for the other engine.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    let file = path.split('?').next().unwrap_or(path);
    (!file.is_empty() && file != ":memory:").then(|| PathBuf::from(file))
}

/// The SQLite file of `url`, where it does not exist yet.
#[must_use]
pub fn missing_file(url: &str) -> Option<PathBuf> {
    sqlite_file(url).filter(|file| !file.exists())
}

/// The driver tells its cause again at each of its layers: the last one says it all.
fn innermost(cause: &str) -> &str {
    cause.rsplit(": ").next().unwrap_or(cause)
}

/// Opens the database and brings its schema up to date, or refuses where `may_migrate` is false and it is behind.
pub async fn open(url: &str, may_migrate: bool) -> Result<DatabaseConnection, DatabaseError> {
    let db = connect(url).await?;
    match (migration::pending(&db).await?, may_migrate) {
        (0, _) => {}
        (n, false) => return Err(DatabaseError::Behind(n)),
        (_, true) => {
            copy::before_migrating(&db, url).await.map_err(Box::new)?;
            migration::up(&db).await?;
        }
    }
    if may_migrate && index::is_stale(&db).await? {
        index::rebuild(&db).await?;
    }
    Ok(db)
}

/// Begins a transaction that only reads and sees one moment throughout, whatever others write meanwhile.
pub async fn begin_read(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let one_moment = TransactionOptions {
        isolation_level: (!is_sqlite(db)).then_some(IsolationLevel::RepeatableRead),
        access_mode: (!is_sqlite(db)).then_some(AccessMode::ReadOnly),
        ..Default::default()
    };
    db.begin_with_options(one_moment).await
}

/// Begins a transaction that will write. SQLite takes its write lock at once (`BEGIN IMMEDIATE`):
/// a deferred one that reads first and writes later loses under load.
pub async fn begin_write(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    db.begin_with_options(TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    })
    .await
}

/// The same for work that only one transaction may do at a time: what is read in it stands until it ends.
pub async fn begin_write_alone(
    db: &DatabaseConnection,
    work: Lock,
) -> Result<DatabaseTransaction, DbErr> {
    let tx = begin_write(db).await?;
    lock(&tx, work).await?;
    Ok(tx)
}

/// Runs an action in one transaction: all of it is there afterwards, or nothing.
///
/// # Errors
/// The action's own, or the database's.
pub async fn write<T, E: From<DbErr>>(
    db: &DatabaseConnection,
    action: impl AsyncFnOnce(&DatabaseTransaction) -> Result<T, E>,
) -> Result<T, E> {
    let tx = begin_write(db).await?;
    match action(&tx).await {
        Ok(done) => {
            tx.commit().await?;
            Ok(done)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

/// A statement of plain SQL with `$1`-style parameters for the engine that `db` talks to.
pub fn statement<C: ConnectionTrait>(
    db: &C,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    let mut sql = sql.into();
    if is_sqlite(db)
        && let Some(plain) = unnumbered(&sql)
    {
        sql = plain;
    }
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// The SQL with `?` for `$1`, `$2`, …, where they stand in order and once each. SQLite looks a numbered one up
/// among all before it: a list of thousands takes seconds.
fn unnumbered(sql: &str) -> Option<String> {
    let mut plain = String::with_capacity(sql.len());
    let mut rest = sql;
    for number in 1.. {
        let Some(at) = rest.find('$') else { break };
        let digits = rest[at + 1..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let end = at + 1 + digits;
        if rest[at + 1..end].parse() != Ok(number) {
            return None;
        }
        plain.push_str(&rest[..at]);
        plain.push('?');
        rest = &rest[end..];
    }
    plain.push_str(rest);
    Some(plain)
}

/// True where `db` is SQLite.
pub fn is_sqlite<C: ConnectionTrait>(db: &C) -> bool {
    db.get_database_backend() == DatabaseBackend::Sqlite
}

/// `($1,$2),($3,$4)…`: the places of `n_rows` rows of `n_columns` values, for an insert of many rows.
pub fn places(n_rows: usize, n_columns: usize) -> String {
    let mut out = String::with_capacity(n_rows * n_columns * 6);
    for row in 0..n_rows {
        out.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..n_columns {
            if column > 0 {
                out.push(',');
            }
            out.push('$');
            out.push_str(&(row * n_columns + column + 1).to_string());
        }
        out.push(')');
    }
    out
}

/// The `(…)` of an `in` over `n` values that are the statement's only ones.
pub fn within<C: ConnectionTrait>(db: &C, n: usize) -> String {
    row_places(db, 1, n)
}

/// Values that one statement holds: SQLite takes 32,766.
const VALUES_MOST: usize = 32_766;

/// Inserts many rows: `head` is `insert into t (a, b) values`, `values` the rows one after the other,
/// `tail` what follows (`on conflict do nothing`) or nothing.
pub async fn insert_rows<C: ConnectionTrait>(
    tx: &C,
    head: &str,
    n_columns: usize,
    values: Vec<Value>,
    tail: &str,
) -> Result<(), DbErr> {
    insert_counted(tx, head, n_columns, values, tail)
        .await
        .map(|_| ())
}

/// [`insert_rows`] that answers how many rows changed: with an `on conflict` not all of them.
pub async fn insert_counted<C: ConnectionTrait>(
    tx: &C,
    head: &str,
    n_columns: usize,
    values: Vec<Value>,
    tail: &str,
) -> Result<u64, DbErr> {
    let mut written = 0;
    for statement in inserts(tx, head, n_columns, values, tail) {
        written += tx.execute_raw(statement).await?.rows_affected();
    }
    Ok(written)
}

/// The statements that insert these rows, each made when it is asked for. A statement has as many rows as it can hold,
/// the rest of a list goes in halves of that: a table has few statements in all, each prepared once.
pub fn inserts<'a, C: ConnectionTrait>(
    tx: &'a C,
    head: &'a str,
    n_columns: usize,
    values: Vec<Value>,
    tail: &'a str,
) -> impl Iterator<Item = Statement> + 'a {
    let most = VALUES_MOST / n_columns;
    let mut values = values.into_iter();
    std::iter::from_fn(move || {
        let power = (values.len() / n_columns).min(most).checked_ilog2()?;
        let n_rows = 1 << power;
        let some: Vec<Value> = values.by_ref().take(n_rows * n_columns).collect();
        let sql = format!("{head} {} {tail}", row_places(tx, n_rows, n_columns));
        Some(statement(tx, sql, some))
    })
}

/// [`places`], on SQLite without numbers: it would look every numbered one up among all before it.
fn row_places<C: ConnectionTrait>(db: &C, n_rows: usize, n_columns: usize) -> String {
    if !is_sqlite(db) {
        return places(n_rows, n_columns);
    }
    let row = format!("({}),", vec!["?"; n_columns].join(","));
    let mut rows = row.repeat(n_rows);
    rows.pop();
    rows
}

/// Work that only one transaction may do at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Writing the directory, so that numbers given out are given once.
    Directory,
    /// Proposing, so that what is sent twice is proposed once.
    Proposal,
    /// Changing who works in an organization by a table, so that one sent twice is written once.
    Staff,
    /// Taking a table of admissions, so that one sent twice registers nobody twice.
    Admission,
    /// Sealing the audit log.
    Audit,
}

/// Waits until no other transaction does such work. SQLite has one writer anyway.
pub async fn lock(tx: &DatabaseTransaction, work: Lock) -> Result<(), DbErr> {
    if is_sqlite(tx) {
        return Ok(());
    }
    let table = match work {
        Lock::Directory => "import_batch",
        Lock::Proposal => "proposal",
        Lock::Staff => "membership",
        // Every opening of a case keeps its program there: those wait, and nothing else does.
        Lock::Admission => "program_text",
        Lock::Audit => "audit_chain",
    };
    tx.execute_unprepared(&format!("lock table {table} in exclusive mode"))
        .await?;
    Ok(())
}

/// An instant as both engines keep it: ISO text in whole microseconds, so that it orders as text.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn without_password(url: &str) -> String {
    match (url.find("://"), url.find('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}://…{}", &url[..scheme], &url[at..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_on_through_the_rows() {
        assert_eq!(places(2, 2), "($1,$2),($3,$4)");
    }

    #[tokio::test]
    async fn every_row_of_a_long_list_is_inserted_once() {
        let db = open("sqlite::memory:", true).await.unwrap();
        let rows = |n: usize| (0..n).flat_map(|at| [format!("name {at}").into(), "value".into()]);
        for n in [0, 1, 255, 256, 601] {
            let head = "insert into setting (name, value) values";
            insert_rows(&db, head, 2, rows(n).collect(), "")
                .await
                .unwrap();
            let count = statement(&db, "select count(*) as n from setting", []);
            let row = db.query_one_raw(count).await.unwrap().unwrap();
            assert_eq!(row.try_get::<i64>("", "n").unwrap(), n as i64);
            db.execute_unprepared("delete from setting").await.unwrap();
        }
    }

    #[test]
    fn placeholders_in_order_need_no_numbers() {
        let plain = |sql| unnumbered(sql);
        assert_eq!(
            plain("a = $1 and b in ($2,$3)").as_deref(),
            Some("a = ? and b in (?,?)")
        );
        assert_eq!(plain("select 1").as_deref(), Some("select 1"));
        assert_eq!(plain("a = $1 or b = $1"), None);
        assert_eq!(plain("a = $2 or b = $1"), None);
        assert_eq!(plain("json_extract(a, '$.b') = $1"), None);
    }

    #[tokio::test]
    async fn a_place_that_cannot_be_written_is_named_with_what_to_do() {
        let error = connect("sqlite:///nonexistent/folder/k.db")
            .await
            .err()
            .unwrap();
        let said = error.to_string();
        assert!(
            said.starts_with("データベース sqlite:///nonexistent/folder/k.db を開けません"),
            "{said}"
        );
        assert_eq!(said.matches("unable to open").count(), 1, "{said}");
    }

    #[test]
    fn a_refused_url_shows_no_password() {
        assert_eq!(
            without_password("mysql://me:secret@host/db"),
            "mysql://…@host/db"
        );
    }
}
