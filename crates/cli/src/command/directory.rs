//! `keniki directory …`: brings public lists in, takes a batch back, shows what waits for a person.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Common;
use crate::output::Format;

mod import;

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 公開されている名簿を読み込む（形式は見出しの行から判断します）
    Import(Import),
}

/// What to read and how.
#[derive(Debug, Args)]
pub struct Import {
    /// 読み込むファイル（CSVまたはXLSX）
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// 試すだけで、何も書き込まない
    #[arg(long)]
    pub dry_run: bool,
    /// 問題のある行を除き、残りの行だけを書き込む
    #[arg(long)]
    pub valid_rows_only: bool,
    /// 結果の書き方
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// Runs one verb.
pub async fn run(common: &Common, verb: Verb) -> anyhow::Result<ExitCode> {
    match verb {
        Verb::Import(input) => import::run(common, input).await,
    }
}
