//! `keniki backup` and `keniki restore`: a proved copy of the database, and back.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use keniki_app::account::By;
use keniki_app::database::Connection;
use keniki_app::database::copy::{self, Copied};

use super::{Common, attachment_key};
use crate::clock;
use crate::output::say;

/// What `backup` takes.
#[derive(Debug, Args)]
pub struct Backup {
    /// 控えを書き込む新しいファイル
    file: PathBuf,
}

/// What `restore` takes.
#[derive(Debug, Args)]
pub struct Restore {
    /// 戻す控えのファイル
    file: PathBuf,
}

/// Copies the database, which may be in use.
pub async fn make(common: &Common, words: &Backup) -> anyhow::Result<ExitCode> {
    common.must_exist()?;
    let work = async |db: &Connection| {
        let copied = copy::backup(db, &words.file, &By::command_line(), clock::now()).await?;
        say!(
            "{} に控えを取りました。{}",
            words.file.display(),
            proof(&copied)
        );
        say!("{}", attachment_key::keep(&common.key_file()));
        Ok(ExitCode::SUCCESS)
    };
    common.on_database(work).await
}

/// Puts a copy into the empty place that `--database` names.
pub async fn restore(common: &Common, words: &Restore) -> anyhow::Result<ExitCode> {
    let url = &common.database;
    let copied = copy::restore(&words.file, url, &By::command_line(), clock::now()).await?;
    say!(
        "{} を {url} に戻しました。{}「keniki doctor」で確かめてから使い始めてください。",
        words.file.display(),
        proof(&copied)
    );
    if let Some(path) = common.key_file().path() {
        say!(
            "添付ファイルがあるときは、その鍵の写しを {} に戻してください。",
            path.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn proof(copied: &Copied) -> String {
    format!(
        "{} バイト、壊れていないことと、監査記録 {} 件がそのままであることを確かめました。",
        copied.n_bytes, copied.n_proved
    )
}
