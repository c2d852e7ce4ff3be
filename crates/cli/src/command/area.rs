//! `keniki area load`: areas from a folder of public files.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use keniki_app::account::By;
use keniki_app::area::load::{Progress, Scope, load};
use keniki_app::database::Connection;
use keniki_base::code::{AreaRef, PrefectureCode};

use crate::clock;
use crate::output::{Steps, say};

/// What can be done with areas.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 圏域・人口・将来推計・境界・町字を、公表データのフォルダーから読み込む
    Load(Load),
}

/// The words of `area load`.
#[derive(Debug, Args)]
pub struct Load {
    /// 公表データのフォルダー（docs/data.md にあるファイルを置いたもの）
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// この圏域（二次医療圏4桁、市区町村5・6桁、都道府県2桁）と隣の都道府県だけを読み込み、最初の画面の圏域にする
    #[arg(long, value_name = "CODE", conflicts_with = "prefecture")]
    area: Option<AreaRef>,
    /// この都道府県（2桁）だけを読み込む
    #[arg(long, value_name = "CODE")]
    prefecture: Option<PrefectureCode>,
}

/// Runs the verb.
pub async fn run(db: &Connection, verb: Verb) -> anyhow::Result<ExitCode> {
    let Verb::Load(words) = verb;
    let scope = match (words.area, words.prefecture) {
        (Some(area), _) => Scope::Area(area),
        (None, Some(prefecture)) => Scope::Prefecture(prefecture),
        (None, None) => Scope::Nation,
    };
    let steps = Steps::start();
    let summary = load(
        db,
        &words.data,
        scope,
        &By::command_line(),
        clock::now(),
        |step| show(&steps, &step),
    )
    .await?;
    steps.end();
    say!(
        "{}個のファイルを読み込みました（変わった行 {}、圏域のデータでないファイル {}個）。",
        summary.n_files,
        summary.changed,
        summary.n_passed_over
    );
    Ok(ExitCode::SUCCESS)
}

fn show(steps: &Steps, step: &Progress<'_>) {
    match step {
        Progress::Found { n_files } => steps.expect(*n_files),
        Progress::Loaded {
            file,
            title,
            changed,
            notes,
        } => {
            for note in *notes {
                steps.note(&format!("{file}: {note}"));
            }
            steps.done(&format!(
                "読み込み: {file}（{title}、変わった行 {changed}）"
            ));
        }
        Progress::PassedOver { file, why } => steps.note(&format!("読みません: {file}（{why}）")),
    }
}
