//! `keniki attachment-key`: adds a key to the file that seals attachments, and tries whether all of them still open.

use std::process::ExitCode;

use clap::Subcommand;
use keniki_app::account::By;
use keniki_app::attachment::check;
use keniki_app::attachment::key::{self, KeyError, KeyFile};
use keniki_app::database::Connection;

use super::Common;
use crate::chance::SystemChance;
use crate::clock;
use crate::output::say;

/// The verbs of `attachment-key`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 新しい鍵を加える（これからの添付ファイルに使う。前のものは前の鍵で開く）
    Rotate,
    /// すべての添付ファイルを開いてみて、開けないものを示す（あれば終了コード1）
    Check,
}

pub(super) async fn run(common: &Common, verb: &Verb) -> anyhow::Result<ExitCode> {
    common.must_exist()?;
    let file = common.key_file();
    let work = async |db: &Connection| match verb {
        Verb::Rotate => rotate(db, &file).await,
        Verb::Check => check(db, &file).await,
    };
    common.on_database(work).await
}

async fn rotate(db: &Connection, file: &KeyFile) -> anyhow::Result<ExitCode> {
    let with = (file, &SystemChance as _);
    let id = key::rotate(db, &By::command_line(), with, clock::now()).await?;
    say!("鍵「{id}」を加えました。いまから、これで暗号化します。");
    say!("{}", keep(file));
    Ok(ExitCode::SUCCESS)
}

async fn check(db: &Connection, file: &KeyFile) -> anyhow::Result<ExitCode> {
    let checked = check::every(db, &file.keys()?).await?;
    for error in &checked.closed {
        say!("{error}");
    }
    let n_closed = checked.closed.len();
    say!("開けたもの {}、開けないもの {n_closed}。", checked.n_opened);
    Ok(match n_closed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// Makes the first key where there can be one; what is amiss is said, and the rest is served all the same.
pub(super) async fn prepare(db: &Connection, file: &KeyFile) {
    let with = (file, &SystemChance as _);
    match key::make_first(db, &By::program("serve"), with, clock::now()).await {
        Ok(false) => {}
        Ok(true) => eprintln!("添付ファイルの鍵を作りました。{}", keep(file)),
        Err(error @ KeyError::NoPlace) => eprintln!("添付ファイルは受け取れません。{error}"),
        Err(error) => eprintln!("添付ファイルを扱えません。{error}"),
    }
}

/// Where the key lies, and what to do with it; nothing where it has no place.
pub(super) fn keep(file: &KeyFile) -> String {
    file.path().map_or_else(String::new, |path| {
        format!(
            "添付ファイルの鍵は {} にあり、データベースの控えには入りません。写しを、控えとは別の場所に置いてください。なくすと、添付ファイルは二度と開けません。",
            path.display()
        )
    })
}
