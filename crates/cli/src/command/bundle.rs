//! `keniki bundle`: keys, and the signed file that carries the directory from one network into the other.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use keniki_app::account::By;
use keniki_app::bundle::export::{Order, export};
use keniki_app::bundle::import::take;
use keniki_app::bundle::key::{self, PrivateKey, PublicKey, public_file};
use keniki_app::bundle::trust::{self, TrustedKey};
use keniki_app::database::{self, Connection};
use keniki_base::clock::jst_day;

use super::Common;
use crate::chance::SystemChance;
use crate::clock;
use crate::output::say;

/// The verbs of `bundle`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 束に署名する鍵を作る（束を作る側）
    Key(Key),
    /// 名簿を、署名した束に書き出す（束を作る側）
    Export(Export),
    /// 鍵を信用する（束を受け取る側）
    Trust(Trust),
    /// 信用している鍵、信用をやめた鍵を並べる
    Keys,
    /// 鍵の信用をやめる（取り込んだ名簿は残る）
    Distrust(Distrust),
    /// 束を確かめて取り込む（束を受け取る側）
    Import(Import),
}

/// What `bundle key` takes.
#[derive(Debug, Args)]
pub struct Key {
    /// 秘密の鍵を書き込む新しいファイル。公開する鍵は、同じ名前に .pub を付けたファイルになる
    #[arg(long)]
    out: PathBuf,
}

/// What `bundle export` takes.
#[derive(Debug, Args)]
pub struct Export {
    /// 署名する秘密の鍵のファイル
    #[arg(long)]
    key: PathBuf,
    /// 束を書き込む新しいファイル
    #[arg(long)]
    out: PathBuf,
    /// 番号をこれより後にする（データベースを控えから戻したとき）
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    after: i64,
}

/// What `bundle trust` takes.
#[derive(Debug, Args)]
pub struct Trust {
    /// 公開する鍵のファイル（.pub）
    file: PathBuf,
    /// だれの鍵か
    #[arg(long, default_value = "")]
    name: String,
}

/// What `bundle distrust` takes.
#[derive(Debug, Args)]
pub struct Distrust {
    /// keniki bundle keys に出る番号
    number: i64,
}

/// What `bundle import` takes.
#[derive(Debug, Args)]
pub struct Import {
    /// 束のファイル
    file: PathBuf,
}

pub(super) async fn run(common: &Common, verb: Verb) -> anyhow::Result<ExitCode> {
    common.must_exist()?;
    let work = async |db: &Connection| {
        match verb {
            Verb::Key(words) => make_key(db, &words).await?,
            Verb::Export(words) => make(db, &words).await?,
            Verb::Trust(words) => put_key(db, &words).await?,
            Verb::Keys => trust::keys(db).await?.iter().for_each(print),
            Verb::Distrust(words) => end_key(db, &words).await?,
            Verb::Import(words) => import(db, &words).await?,
        }
        Ok(ExitCode::SUCCESS)
    };
    common.on_database(work).await
}

async fn make_key(db: &Connection, words: &Key) -> anyhow::Result<()> {
    let (by, now) = (By::command_line(), clock::now());
    let public = key::make(db, &by, (&words.out, &SystemChance), now).await?;
    say!("{public}");
    say!(
        "秘密の鍵は {} です。束を作る機械から出さないでください。{} を受け取る側に渡し、上の文字が同じことを電話などで確かめ合ってください。",
        words.out.display(),
        public_file(&words.out).display()
    );
    Ok(())
}

async fn make(db: &Connection, words: &Export) -> anyhow::Result<()> {
    let order = Order {
        to: &words.out,
        key: &PrivateKey::read(&words.key)?,
        after: words.after,
        chance: &SystemChance,
    };
    let made = export(db, &By::command_line(), &order, clock::now()).await?;
    let rows = |table: &str| {
        let found = made.n_rows.iter().find(|(name, _)| *name == table);
        found.map_or(0, |(_, n)| *n)
    };
    say!(
        "{} に束 {} 番を書き出しました（拠点 {}、サービス {}、{} バイト）。",
        words.out.display(),
        made.serial,
        rows("site"),
        rows("service"),
        made.n_bytes
    );
    Ok(())
}

async fn put_key(db: &Connection, words: &Trust) -> anyhow::Result<()> {
    let (public, by) = (PublicKey::read(&words.file)?, By::command_line());
    let id = database::write(db, async |tx| {
        trust::trust(tx, &by, (&public, &words.name), clock::now()).await
    });
    let id = id.await?;
    say!("{public}");
    say!("この鍵を信用します（{id} 番）。作った側に見えている文字と同じことを確かめてください。");
    Ok(())
}

async fn end_key(db: &Connection, words: &Distrust) -> anyhow::Result<()> {
    let (by, now) = (By::command_line(), clock::now());
    let done = database::write(db, async |tx| {
        trust::distrust(tx, &by, words.number, now).await
    });
    done.await?;
    say!(
        "鍵 {} 番の信用をやめました。取り込んだ名簿は残ります。",
        words.number
    );
    Ok(())
}

async fn import(db: &Connection, words: &Import) -> anyhow::Result<()> {
    let taken = take(db, &By::command_line(), &words.file, clock::now()).await?;
    say!(
        "束 {} 番を取り込みました。サービス {}（新しいもの {}）、なくなって廃止としたもの {}。",
        taken.serial,
        taken.n_services,
        taken.n_new,
        taken.n_closed
    );
    Ok(())
}

fn print(key: &TrustedKey) {
    let day = |at: &str| {
        let at = at.parse::<chrono::DateTime<chrono::Utc>>();
        at.map_or_else(|_| "日付不明".to_owned(), |at| jst_day(at).to_string())
    };
    let state = match &key.distrusted_at {
        None => format!("{} から信用", day(&key.trusted_at)),
        Some(at) => format!("{} に信用をやめた", day(at)),
    };
    let last = match key.last_serial {
        Some(serial) => format!("最後の束 {serial} 番"),
        None => "束はまだ".to_owned(),
    };
    say!(
        "{} {} {}（{state}、{last}）",
        key.id,
        key.public_key,
        key.name
    );
}
