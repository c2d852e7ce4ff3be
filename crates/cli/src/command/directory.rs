//! `keniki directory …`: brings public lists in, takes a batch back, shows what waits for a person.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use keniki_app::database::Connection;

use super::Common;
use crate::output::Format;

mod batches;
mod import;
mod review;
mod undo;

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 公開されている名簿を読み込む（形式は見出しの行から判断します）
    Import(Import),
    /// これまでの取込みを、番号とともに一覧にする
    Batches {
        /// 結果の書き方
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// 取込みを取り消す（後から別の取込みが書いたものは残し、一覧にします）
    Undo {
        /// 取込みの結果に書いてある番号
        batch: i64,
        /// 結果の書き方
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// 同じ施設かもしれない組を一覧にし、どちらかに決める
    Review(Review),
}

/// Which pair, and what of it.
#[derive(Debug, Args)]
pub struct Review {
    /// この番号の組を、同じ施設としてまとめる
    #[arg(long, value_name = "番号", conflicts_with = "different")]
    pub same: Option<i64>,
    /// この番号の組を、別の施設とする
    #[arg(long, value_name = "番号")]
    pub different: Option<i64>,
    /// 結果の書き方
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
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
    /// 問題のある行をすべて書き出すCSVファイル
    #[arg(long, value_name = "ファイル")]
    pub problems_csv: Option<PathBuf>,
    /// 元の表に「取込みの結果」の列を足したXLSXを書き出すフォルダー
    #[arg(long, value_name = "フォルダー")]
    pub problems_xlsx: Option<PathBuf>,
    /// 結果の書き方
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// Runs one verb.
pub async fn run(common: &Common, verb: Verb) -> anyhow::Result<ExitCode> {
    let definitions = common.definitions()?;
    if !matches!(verb, Verb::Import(_)) {
        common.must_exist()?;
    }
    let work = async move |db: &Connection| match verb {
        Verb::Import(input) => import::run(db, definitions, input).await,
        Verb::Batches { format } => batches::run(db, format).await,
        Verb::Undo { batch, format } => undo::run(db, batch, format).await,
        Verb::Review(input) => review::run(db, input).await,
    };
    common.on_database(work).await
}
