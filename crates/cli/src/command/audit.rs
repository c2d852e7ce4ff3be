//! `keniki audit`: proves the record of what was done, and prints its head to be kept elsewhere.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use keniki_app::audit::review::instants;
use keniki_app::audit::{self, Anchor, Verdict, table};
use keniki_app::database::Connection;
use keniki_app::sheet::write::{CsvTable, Table};
use keniki_base::date::{WrongDate, parse_day};

use super::Common;
use crate::output::{Format, say};

/// What can be done with the audit log.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 監査記録が書き換えられていないことを確かめ、あれば最初の箇所を示す（あれば終了コード1）
    Verify(Verify),
    /// 期間の監査記録をCSVで書き出す（定期的な確認のため）
    List(List),
    /// いまの最後の値を控えとして書き出す（紙や別の機械に残し、verify --anchor で照らし合わせる）
    Anchor,
}

/// The words of `audit verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// 控えておいた値のファイル（keniki audit anchor の行を集めたもの）
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
    /// 結果の書き方
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// The words of `audit list`.
#[derive(Debug, Args)]
pub struct List {
    /// この日から（R8.11.1、令和8年11月1日、2026-11-01 のように。日本時間）
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: NaiveDate,
    /// この日まで（その日を含む）
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: NaiveDate,
}

/// A day in every way that the page takes, but for one without its year.
fn day(text: &str) -> Result<NaiveDate, WrongDate> {
    parse_day(text, None)
}

/// Runs one verb.
pub async fn run(common: &Common, verb: &Verb) -> anyhow::Result<ExitCode> {
    common.must_exist()?;
    let work = async |db: &Connection| match verb {
        Verb::Verify(words) => verify(db, words).await,
        Verb::List(words) => list(db, words).await,
        Verb::Anchor => anchor(db).await,
    };
    common.on_database(work).await
}

async fn verify(db: &Connection, words: &Verify) -> anyhow::Result<ExitCode> {
    let anchors = match &words.anchor {
        Some(path) => read_anchors(path)?,
        None => Vec::new(),
    };
    let verdict = audit::verify(db, &anchors).await?;
    match words.format {
        Format::Text => say!("{}", sentences(&verdict, anchors.len())),
        Format::Json => say!("{}", serde_json::to_string_pretty(&verdict)?),
    }
    Ok(match verdict.broken {
        None => ExitCode::SUCCESS,
        Some(_) => ExitCode::FAILURE,
    })
}

fn read_anchors(path: &std::path::Path) -> anyhow::Result<Vec<Anchor>> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!(
            "{} を読めません。場所と権限を確かめてください",
            path.display()
        )
    })?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Ok(lines.map(str::parse).collect::<Result<_, _>>()?)
}

fn sentences(verdict: &Verdict, n_anchors: usize) -> String {
    let mut lines: Vec<String> = verdict
        .chains
        .iter()
        .map(|chain| {
            let erased = chain
                .erased_at
                .as_ref()
                .map(|_| "（保存期間を過ぎて消去ずみ）");
            format!(
                "{}  {} 件{}",
                chain.month,
                chain.n_entries,
                erased.unwrap_or_default()
            )
        })
        .collect();
    if verdict.n_unsealed > 0 {
        lines.push(format!(
            "封をする前の記録が {} 件あります（keniki serve の動作中は1秒以内に封をします）。",
            verdict.n_unsealed
        ));
    }
    lines.push(match &verdict.broken {
        None if verdict.n_proved == 0 => "監査記録はまだありません。".to_owned(),
        None if n_anchors > 0 => format!(
            "{} 件の記録は書き換えられていません。控え {n_anchors} 件とも合っています。",
            verdict.n_proved
        ),
        None => format!("{} 件の記録は書き換えられていません。", verdict.n_proved),
        Some(broken) => format!("{broken}これより後の記録は確かめられません。データベースの写しを残して、調べてください。"),
    });
    lines.join("\n")
}

/// Rows that are held at a time.
const AT_A_TIME: u64 = 1_000;

async fn list(db: &Connection, words: &List) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(words.from <= words.to, "--from が --to より後です。");
    let (from, to) = instants(words.from, words.to);
    let mut out = CsvTable::new(std::io::stdout().lock(), &table::HEADS)?;
    let mut behind = 0;
    loop {
        let entries = audit::entries(db, from, to, behind, AT_A_TIME).await?;
        let Some(last) = entries.last() else { break };
        behind = last.id;
        for entry in &entries {
            out.row(&table::cells(entry))?;
        }
    }
    out.end()?;
    Ok(ExitCode::SUCCESS)
}

async fn anchor(db: &Connection) -> anyhow::Result<ExitCode> {
    let verdict = audit::verify(db, &[]).await?;
    if let Some(broken) = verdict.broken {
        anyhow::bail!("監査記録が合わないので、控えを書き出しません。{broken}");
    }
    if let Some(newest) = verdict.chains.last() {
        say!("{}", newest.anchor());
    }
    Ok(ExitCode::SUCCESS)
}
