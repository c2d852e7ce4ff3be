//! `keniki person`: gives out what is held of somebody who works here, erases who they were, or keeps that from being erased.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use keniki_app::account::By;
use keniki_app::account::disclosure::{self, DisclosureError};
use keniki_app::account::erase::{self, NAME};
use keniki_app::account::hold;
use keniki_app::database::{self, Connection};

use super::Common;
use crate::clock;
use crate::output::say;

/// The verbs of `person`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 本人に開示するため、その人についての記録のすべてをExcelのファイルに書き出す
    Disclose(Disclose),
    /// 所属がすべて終わった人の個人情報（名前、メールアドレス、パスワード、確認方法、サインイン、メール）を消す
    Erase(Erase),
    /// 訴訟や調査のために、その人を消さないでおく（期限が来ても、求めがあっても）
    Hold(Hold),
}

/// What `person disclose` takes.
#[derive(Debug, Args)]
pub struct Disclose {
    /// その人のメールアドレス
    login: String,
    /// 書き込む新しいファイル（.xlsx）
    #[arg(long)]
    out: PathBuf,
}

/// What `person erase` takes.
#[derive(Debug, Args)]
pub struct Erase {
    /// その人のメールアドレス
    login: String,
    /// 確かめずに消す（消したものは戻せません）
    #[arg(long)]
    yes: bool,
}

/// What `person hold` takes.
#[derive(Debug, Args)]
pub struct Hold {
    /// その人のメールアドレス
    login: String,
    /// 消さない理由
    #[arg(long, required_unless_present = "release")]
    reason: Option<String>,
    /// もう消してよい
    #[arg(long, conflicts_with = "reason")]
    release: bool,
}

/// Runs one verb.
pub async fn run(common: &Common, verb: &Verb) -> anyhow::Result<ExitCode> {
    common.must_exist()?;
    let work = async |db: &Connection| match verb {
        Verb::Disclose(words) => disclose(common, db, words).await,
        Verb::Erase(words) => erase(common, db, words).await,
        Verb::Hold(words) => hold(db, words).await,
    };
    common.on_database(work).await
}

/// The file first, then the row in the audit log: what is written down was given out.
async fn disclose(common: &Common, db: &Connection, words: &Disclose) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        !words.out.exists(),
        "{} はもうあります。新しいファイルの名前を指定してください。",
        words.out.display()
    );
    let definitions = common.definitions()?;
    let (by, now) = (By::command_line(), clock::now());
    database::write(db, async |tx| {
        let roles = definitions.roles();
        let book = disclosure::disclose(tx, &by, roles, &words.login, now).await?;
        Ok::<_, DisclosureError>(book.save(&words.out)?)
    })
    .await?;
    say!(
        "{} に書き出しました。本人であることを確かめてから渡し、控えは残さないでください。",
        words.out.display()
    );
    Ok(ExitCode::SUCCESS)
}

async fn erase(common: &Common, db: &Connection, words: &Erase) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        words.yes,
        "消したものは戻せません。求めがあったことと、開示がすんでいることを確かめて、--yes を付けてください。"
    );
    let definitions = common.definitions()?;
    let (by, now) = (By::command_line(), clock::now());
    let erased = database::write(db, async |tx| {
        erase::erase(tx, &by, &definitions, &words.login, now).await
    });
    let erased = erased.await?;
    say!(
        "消しました。これからは「{NAME}」（アカウント {} 番）と表示します。前に取った控え（バックアップ）には残っています。",
        erased.account
    );
    if erased.n_contacts > 0 {
        say!(
            "地域資源の連絡先に、同じ名前かメールアドレスが {} 件あります。その事業所に、連絡先の変更を頼んでください。",
            erased.n_contacts
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn hold(db: &Connection, words: &Hold) -> anyhow::Result<ExitCode> {
    let (by, now) = (By::command_line(), clock::now());
    let held = database::write(db, async |tx| {
        let what = (words.login.as_str(), words.reason.as_deref());
        hold::hold(tx, &by, what, now).await
    });
    held.await?;
    say!(
        "{}",
        match words.release {
            true => "消してよいことにしました。",
            false => "外すまで消しません。",
        }
    );
    Ok(ExitCode::SUCCESS)
}
