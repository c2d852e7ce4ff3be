//! `keniki demo`: a fictitious area on a database of its own, served at once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use keniki_app::account::By;
use keniki_app::attachment::key::KeyFile;
use keniki_app::database;
use keniki_app::sample::care::work;
use keniki_app::sample::persona;

use super::Common;
use super::sample::{self, Sample};
use super::serve::door::Door;
use super::serve::{self, Serve};
use crate::clock;

/// What `demo` takes.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    pub sample: Sample,
    #[command(flatten)]
    pub serve: Serve,
}

/// Makes the sample and serves it until told to stop.
///
/// Its database is a file in the folder for temporary files, made anew each time and removed at the end;
/// `KENIKI_DATABASE` is left alone. A database named by `--database` is used where it is empty or holds
/// a sample already, and stays.
pub async fn run(common: &Common, demo: &Demo) -> anyhow::Result<ExitCode> {
    let definitions = common.definitions()?;
    // First of all the port: another demo on it keeps its database.
    let door = Door::open(&demo.serve).await?;
    let port = door.port()?;
    let own_file = (!common.is_database_named).then(|| own_place(port, "db"));
    let (db, key_file) = match &own_file {
        Some(file) => {
            remove(file)?;
            let url = format!("sqlite://{}", file.display());
            (database::open(&url, true).await?, KeyFile::of(None, &url))
        }
        None => (common.open().await?, common.key_file()),
    };
    if own_file.is_some() || !keniki_app::sample::is_made(&db).await? {
        sample::make(&db, Arc::new(common.definitions()?), &demo.sample).await?;
        let (roles, by) = (definitions.roles(), By::command_line());
        persona::make(&db, roles, &by, clock::now()).await?;
        if demo.sample.episodes > 0 {
            work::make(&db, &definitions, demo.sample.seed, clock::now()).await?;
        }
    }
    eprintln!("架空の地域の見本です。止めるには Ctrl-C を押してください。");
    let mut words = demo.serve.clone();
    let own_folder = words.smtp.is_none() && words.mail_folder.is_none();
    if own_folder {
        words.mail_folder = Some(own_place(port, "mail"));
    }
    let code = serve::until_stopped(door, (db, key_file), definitions, &words, true).await?;
    if let Some(file) = &own_file {
        remove(file)?;
    }
    if own_folder && let Some(folder) = &words.mail_folder {
        // Only letters of the sample lie there.
        std::fs::remove_dir_all(folder).ok();
    }
    Ok(code)
}

/// One place a port, so that two demos do not meet.
fn own_place(port: u16, what: &str) -> PathBuf {
    std::env::temp_dir().join(format!("keniki-demo-{port}.{what}"))
}

/// Removes the database with what lies beside it.
fn remove(file: &Path) -> anyhow::Result<()> {
    for beside in ["", "-wal", "-shm", ".attachment-key"] {
        let path = PathBuf::from(format!("{}{beside}", file.display()));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| {
                    format!(
                        "前回の見本 {} を消せません。ファイルの権限を確かめてください",
                        path.display()
                    )
                });
            }
            _ => {}
        }
    }
    Ok(())
}
