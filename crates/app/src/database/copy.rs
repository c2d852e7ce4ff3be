//! Copies of a SQLite database: taken while it is served, put back into an empty place, taken before it is migrated.
//!
//! PostgreSQL has tools of its own (`pg_dump`), which know its roles and its server. A copy is whole or is not there: it
//! is made under another name and takes its own when it was proved.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;

use super::{Connection, DatabaseError, connect, is_sqlite, migration, sqlite_file};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Break, Event};
use crate::sheet::read::refusal;

mod queries;

/// Databases from before this migration keep no audit log.
const FIRST_WITH_AUDIT: &str = "0009";

/// Why there is no copy. `Display` is a Japanese sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Another engine.
    #[error(
        "PostgreSQLのデータベースの控えは、pg_dump で取り、pg_restore で戻してください（docs/install.md）。"
    )]
    NotSqlite,
    /// Nothing is written over.
    #[error("{} はすでにあります。上書きはしません。別の名前にするか、先に移してください。", .0.display())]
    Exists(PathBuf),
    /// No such file.
    #[error("{} を読めません（{cause}）。場所と権限を確かめてください。", path.display())]
    NotRead {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        cause: String,
    },
    /// No room, no permission.
    #[error("{} に書き込めません（{cause}）。場所と権限、ディスクの空きを確かめてください。何も残していません。", path.display())]
    NotWritten {
        /// Which.
        path: PathBuf,
        /// The operating system's or the engine's words.
        cause: String,
    },
    /// Not a database of ours, or a broken one.
    #[error("{} は keniki の控えとして使えません（{cause}）。", path.display())]
    Broken {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// Its audit log was tampered with.
    #[error("{} の監査記録が合いません。{at}戻していません。", path.display())]
    Tampered {
        /// Which.
        path: PathBuf,
        /// Where.
        at: Break,
    },
    /// The database's own refusal.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// A copy that was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Its bytes.
    pub n_bytes: u64,
    /// Rows of its audit log that were proved.
    pub n_proved: u64,
}

/// Copies the database to a new file while others read and write it; the copy is of one moment.
pub async fn backup(
    db: &DatabaseConnection,
    to: &Path,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Copied, CopyError> {
    if !is_sqlite(db) {
        return Err(CopyError::NotSqlite);
    }
    let partial = new_beside(to)?;
    let made = match queries::copy_into(db, &partial).await {
        Ok(()) => prove(&partial).await,
        Err(error) => Err(not_written(to, &error)),
    };
    let copied = settle(made, &partial, to)?;
    let event = Event::done(Deed::MakeBackup.code(), "database", 0);
    audit::record(db, by, event, now).await.map_err(refused)?;
    Ok(copied)
}

/// Puts a copy into the place of `url`, where there must be no database yet.
pub async fn restore(
    from: &Path,
    url: &str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Copied, CopyError> {
    let to = sqlite_file(url).ok_or(CopyError::NotSqlite)?;
    let partial = new_beside(&to)?;
    std::fs::File::open(from).map_err(|cause| CopyError::NotRead {
        path: from.to_owned(),
        cause: refusal(&cause),
    })?;
    let made = match std::fs::copy(from, &partial) {
        Ok(_) => prove(&partial).await.map_err(|error| error.of(from)),
        Err(cause) => Err(not_written(&to, &refusal(&cause))),
    };
    let copied = settle(made, &partial, &to)?;
    let db = super::open(url, true).await?;
    let event = Event::done(Deed::RestoreBackup.code(), "database", 0);
    audit::record(&db, by, event, now).await.map_err(refused)?;
    audit::seal(&db, now).await.map_err(refused)?;
    db.close().await.map_err(refused)?;
    Ok(copied)
}

/// Copies a database that has something in it and is about to be migrated, beside it: `keniki.db.before-0010_account`.
/// A copy of the same schema that is there stays.
pub(super) async fn before_migrating(db: &Connection, url: &str) -> Result<(), CopyError> {
    let newest = migration::newest(db).await.map_err(refused)?;
    let (Some(file), Some(newest)) = (sqlite_file(url), newest) else {
        return Ok(());
    };
    let to = beside(&file, &format!(".before-{newest}"));
    if to.exists() {
        return Ok(());
    }
    let partial = new_beside(&to)?;
    let made = queries::copy_into(db, &partial).await;
    settle(
        made.map_err(|error| not_written(&to, &error)),
        &partial,
        &to,
    )
}

impl CopyError {
    /// The same of the file that the user named, not of its copy.
    fn of(self, file: &Path) -> Self {
        match self {
            Self::Broken { cause, .. } => Self::Broken {
                path: file.to_owned(),
                cause,
            },
            Self::Tampered { at, .. } => Self::Tampered {
                path: file.to_owned(),
                at,
            },
            other => other,
        }
    }
}

/// Where a copy is made before it is whole.
fn new_beside(to: &Path) -> Result<PathBuf, CopyError> {
    if to.exists() {
        return Err(CopyError::Exists(to.to_owned()));
    }
    let partial = beside(to, ".partial");
    match std::fs::remove_file(&partial) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(not_written(to, &cause)),
        _ => Ok(partial),
    }
}

/// The file of the same name with an end to it.
fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Gives a copy that was made its name, or leaves nothing.
fn settle<T>(made: Result<T, CopyError>, partial: &Path, to: &Path) -> Result<T, CopyError> {
    let named = made.and_then(|copied| {
        std::fs::File::open(partial)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(partial, to))
            .map_err(|cause| not_written(to, &cause))?;
        Ok(copied)
    });
    if named.is_err() {
        for end in ["", "-wal", "-shm"] {
            // What is not there need not go.
            let _ = std::fs::remove_file(beside(partial, end));
        }
    }
    named
}

/// Opens a copy as what it is said to be: a database of ours, sound, with an audit log that nobody touched.
async fn prove(copy: &Path) -> Result<Copied, CopyError> {
    let opened = connect(&format!("sqlite://{}", copy.display())).await;
    let db = opened.map_err(|_| not_ours(copy))?;
    let proved = proved_rows(&db, copy).await;
    db.close().await.map_err(refused)?;
    let n_proved = proved?;
    let size = std::fs::metadata(copy).map_err(|cause| not_written(copy, &cause))?;
    Ok(Copied {
        n_bytes: size.len(),
        n_proved,
    })
}

async fn proved_rows(db: &DatabaseConnection, copy: &Path) -> Result<u64, CopyError> {
    let broken = |cause: &str| CopyError::Broken {
        path: copy.to_owned(),
        cause: cause.to_owned(),
    };
    match queries::fault(db).await {
        Ok(None) => {}
        Ok(Some(_)) => return Err(broken("中身が壊れています")),
        Err(_) => return Err(not_ours(copy)),
    }
    migration::pending(db).await?;
    let newest = migration::newest(db).await.map_err(refused)?;
    let newest = newest.ok_or_else(|| broken("keniki のデータベースではありません"))?;
    if newest.as_str() < FIRST_WITH_AUDIT {
        return Ok(0);
    }
    let verdict = audit::verify(db, &[]).await.map_err(refused)?;
    match verdict.broken {
        None => Ok(verdict.n_proved),
        Some(at) => Err(CopyError::Tampered {
            path: copy.to_owned(),
            at,
        }),
    }
}

fn not_ours(copy: &Path) -> CopyError {
    CopyError::Broken {
        path: copy.to_owned(),
        cause: "SQLiteのデータベースではないか、壊れています".to_owned(),
    }
}

fn not_written(to: &Path, cause: &dyn std::fmt::Display) -> CopyError {
    CopyError::NotWritten {
        path: to.to_owned(),
        cause: cause.to_string(),
    }
}

fn refused(error: sea_orm::DbErr) -> CopyError {
    CopyError::Database(error.into())
}
