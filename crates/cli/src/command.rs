//! The words of the command line; each command has a file of its own in `command/`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::output::say;
use crate::wording;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use keniki_app::attachment::key::KeyFile;
use keniki_app::database;
use keniki_app::definition::Definitions;
use keniki_app::definition::fault::Fault;

mod area;
mod attachment_key;
mod audit;
mod backup;
mod bundle;
mod demo;
mod directory;
mod doctor;
mod export;
mod office;
mod operator;
mod person;
mod provider;
mod sample;
mod serve;
mod worker;

/// 圏域（二次医療圏）の地域資源を調べ、つなぎ、測るプログラム。
#[derive(Debug, Parser)]
#[command(name = "keniki", version)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Reads the command line; wrong use ends the process with 2.
    pub fn read() -> Self {
        Self::from_line(std::env::args_os()).unwrap_or_else(|wrong| wording::exit(&wrong))
    }

    fn from_line(
        line: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        Self::of(&wording::japanese(Self::command()).try_get_matches_from(line)?)
    }

    fn of(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = Self::from_arg_matches(matches)?;
        let named = |matches: &ArgMatches| {
            matches.value_source("database") == Some(ValueSource::CommandLine)
        };
        arguments.common.is_database_named =
            named(matches) || matches.subcommand().is_some_and(|(_, sub)| named(sub));
        Ok(arguments)
    }
}

/// What every command understands.
#[derive(Debug, Args)]
pub struct Common {
    /// データベース（sqlite://ファイル名 または postgres://…。指定しないと sqlite://keniki.db、demo では一時フォルダーのファイル）
    #[arg(
        long,
        env = "KENIKI_DATABASE",
        hide_env_values = true,
        default_value = "sqlite://keniki.db",
        hide_default_value = true,
        global = true
    )]
    pub database: String,
    /// 組込みの定義ファイルに重ねる、この地域の定義ファイルのフォルダー
    #[arg(long, env = "KENIKI_DEFINITIONS", global = true)]
    pub definitions: Option<PathBuf>,
    /// 添付ファイルの鍵のファイル（指定しないと、SQLiteのファイルの隣の ….attachment-key。PostgreSQLでは指定が要る）
    #[arg(long, env = "KENIKI_ATTACHMENT_KEY", global = true)]
    pub attachment_key: Option<PathBuf>,
    /// データベースの構造を更新しない（古いときは起動しない）
    #[arg(long, global = true)]
    pub no_migrate: bool,
    /// Whether `--database` stands on the command line itself.
    #[arg(skip)]
    pub is_database_named: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// データベースの構造を最新にする
    Migrate,
    /// 地域資源の名簿
    #[command(subcommand)]
    Directory(directory::Verb),
    /// 定義ファイル、データベース、データを調べ、気になる点とすべきことを示す
    Doctor(doctor::Doctor),
    /// 地域資源をCSVやExcelのファイルに書き出す
    #[command(subcommand)]
    Export(export::What),
    /// 公開ページとAPIを動かす（SIGTERMかCtrl-Cで止まる）
    Serve(serve::Serve),
    /// 架空の圏域を空のデータベースに作る（試用・負荷試験）
    Sample(sample::Sample),
    /// 架空の圏域を専用のデータベース（一時フォルダーに毎回作り直すファイル）に作り、すぐに画面を開けるようにする
    Demo(demo::Demo),
    /// 圏域
    #[command(subcommand)]
    Area(area::Verb),
    /// データベースの控えを取る（動かしたままでよい。SQLiteのとき）
    Backup(backup::Backup),
    /// 控えを、まだ何もないところ（--database）に戻す
    Restore(backup::Restore),
    /// もう一つの網（LGWANなど）へ名簿を運ぶ、署名した束
    #[command(subcommand)]
    Bundle(bundle::Verb),
    /// 裏で動く処理（名簿の取込みなど）だけを行う（serve --no-worker と組で。PostgreSQLでは並べて動かせる）
    Worker,
    /// 名簿にない組織（保健所、市町村、団体など）
    #[command(subcommand)]
    Office(office::Verb),
    /// システムの運用者
    #[command(subcommand)]
    Operator(operator::Verb),
    /// 所属先のサインイン（市町村などの認証基盤、OpenID Connect）
    #[command(subcommand)]
    Provider(provider::Verb),
    /// 働く人の個人情報（開示、消去）
    #[command(subcommand)]
    Person(person::Verb),
    /// 添付ファイルの鍵
    #[command(subcommand)]
    AttachmentKey(attachment_key::Verb),
    /// 監査記録（だれが、いつ、何をしたか）
    #[command(subcommand)]
    Audit(audit::Verb),
}

impl Common {
    /// The definitions with the installation's own laid over them; every fault is named by file and line.
    pub fn definitions(&self) -> anyhow::Result<Definitions> {
        Definitions::load(self.definitions.as_deref()).map_err(|faults| refusal(&faults))
    }

    /// The database, with its schema up to date.
    pub async fn open(&self) -> anyhow::Result<database::Connection> {
        if let Some(file) = database::missing_file(&self.database) {
            eprintln!(
                "データベース「{}」はまだないので、新しく作ります。",
                file.display()
            );
        }
        Ok(database::open(&self.database, !self.no_migrate).await?)
    }

    /// Where the keys of attachments lie.
    pub fn key_file(&self) -> KeyFile {
        KeyFile::of(self.attachment_key.as_deref(), &self.database)
    }

    /// Refuses a SQLite file that is not there: a command that only looks would make an empty one of a mistyped name.
    fn must_exist(&self) -> anyhow::Result<()> {
        match database::missing_file(&self.database) {
            Some(file) => anyhow::bail!(
                "データベース「{}」がありません。--database の名前を確かめるか、先に keniki area load か keniki directory import で作ってください。",
                file.display()
            ),
            None => Ok(()),
        }
    }

    /// Runs `work` on the database, seals what it wrote to the audit log and closes it, so that SQLite leaves one file behind and no log beside it.
    async fn on_database(
        &self,
        work: impl AsyncFnOnce(&database::Connection) -> anyhow::Result<ExitCode>,
    ) -> anyhow::Result<ExitCode> {
        let db = self.open().await?;
        let done = work(&db).await;
        keniki_app::audit::seal(&db, crate::clock::now()).await?;
        db.close().await?;
        done
    }
}

/// Faults of definition files as one error, a line each.
fn refusal(faults: &[Fault]) -> anyhow::Error {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("定義ファイルに誤りがあります。\n{}", lines.join("\n"))
}

/// Runs one command to its exit code; an `Err` is printed as it stands and ends with 1.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { common, command } = arguments;
    match command {
        Command::Migrate => common.on_database(async |_| migrated()).await,
        Command::Doctor(doctor) => doctor::run(&common, &doctor).await,
        Command::Directory(verb) => directory::run(&common, verb).await,
        Command::Export(what) => export::run(&common, &what).await,
        Command::Serve(serve) => serve::run(&common, &serve).await,
        Command::Sample(sample) => sample::run(&common, &sample).await,
        Command::Demo(demo) => demo::run(&common, &demo).await,
        Command::Backup(words) => backup::make(&common, &words).await,
        Command::Restore(words) => backup::restore(&common, &words).await,
        Command::Bundle(verb) => bundle::run(&common, verb).await,
        Command::Worker => worker::run(&common).await,
        Command::Office(verb) => office::run(&common, verb).await,
        Command::Operator(verb) => operator::run(&common, verb).await,
        Command::Provider(verb) => provider::run(&common, verb).await,
        Command::Person(verb) => person::run(&common, &verb).await,
        Command::AttachmentKey(verb) => attachment_key::run(&common, &verb).await,
        Command::Audit(verb) => audit::run(&common, &verb).await,
        Command::Area(verb) => {
            let load = async move |db: &database::Connection| area::run(db, verb).await;
            common.on_database(load).await
        }
    }
}

fn migrated() -> anyhow::Result<ExitCode> {
    say!("データベースの構造は最新です。");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_counts_as_named_wherever_the_option_stands() {
        let is_named = |line: &str| {
            let arguments = Arguments::from_line(line.split(' ')).unwrap();
            arguments.common.is_database_named
        };
        assert!(is_named("keniki demo --database sqlite://a.db"));
        assert!(is_named("keniki --database sqlite://a.db demo"));
        assert!(!is_named("keniki demo"));
    }
}
