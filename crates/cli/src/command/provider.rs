//! `keniki provider`: registers an organization's own sign-in (OpenID Connect), lists them, gives another secret, removes one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use keniki_app::account::By;
use keniki_app::account::membership;
use keniki_app::account::provider::{self, Mfa, NewProvider, Provider, Road};
use keniki_app::database;

use super::Common;
use crate::clock;
use crate::output::say;
use crate::wire::Network;

/// The verbs of `provider`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 所属先のサインインを登録する（先に、そのサーバーにつないで確かめる）
    Add(Add),
    /// 登録を一覧にする
    List,
    /// 新しい秘密に入れ替える（期限が切れる前に）
    Secret(Secret),
    /// 登録を外す（これで入っていた人はサインアウトし、メールで知らせる）
    Remove(Which),
}

/// What `provider add` takes.
#[derive(Debug, Args)]
pub struct Add {
    /// サインインのページに出す名前（みほん市職員 など）
    #[arg(long)]
    pub label: String,
    /// 発行元（issuer）のアドレス。サーバーの示すとおりに、https:// から書く
    #[arg(long)]
    pub issuer: String,
    /// サーバーの側で、この仕組みに付けたクライアントID
    #[arg(long)]
    pub client_id: String,
    #[command(flatten)]
    pub secret: SecretFile,
    /// この方法で入れる組織の番号。いくつも書ける
    #[arg(long, required = true)]
    pub organization: Vec<i64>,
    /// 二つめの確認が済んだとみなす印（amr=mfa、acr=値）。書かなければ、ここで二つめの確認をする
    #[arg(long)]
    pub mfa: Option<Mfa>,
    /// 利用者がこのサイトを開くときのアドレス
    #[arg(long, default_value = "http://localhost:8080")]
    pub public_url: String,
}

/// Where the secret lies: never on the command line, which everybody on the machine sees.
#[derive(Debug, Args)]
pub struct SecretFile {
    /// クライアントの秘密だけを1行で書いたファイル
    #[arg(long, env = "KENIKI_CLIENT_SECRET_FILE")]
    pub client_secret_file: PathBuf,
}

/// What `provider secret` takes.
#[derive(Debug, Args)]
pub struct Secret {
    /// 登録の番号
    pub id: i64,
    #[command(flatten)]
    pub secret: SecretFile,
}

/// What `provider remove` takes.
#[derive(Debug, Args)]
pub struct Which {
    /// 登録の番号
    pub id: i64,
}

/// Does it, and says what the operator does next.
pub async fn run(common: &Common, verb: Verb) -> anyhow::Result<ExitCode> {
    common.must_exist()?;
    let work = async |db: &database::Connection| {
        match verb {
            Verb::Add(add) => register(db, add).await?,
            Verb::List => list(db).await?,
            Verb::Secret(Secret { id, secret }) => {
                let secret = read(&secret.client_secret_file)?;
                let (by, now) = (By::command_line(), clock::now());
                database::write(db, async |tx| {
                    provider::put_secret(tx, &by, (id.into(), &secret), now).await
                })
                .await?;
                say!("{id} 番の秘密を入れ替えました。");
            }
            Verb::Remove(Which { id }) => {
                let (by, now) = (By::command_line(), clock::now());
                let told = database::write(db, async |tx| {
                    provider::remove(tx, &by, id.into(), now).await
                });
                say!(
                    "{id} 番の登録を外しました。これで入っていた {} 人に、メールで知らせます（メールを送る設置のとき）。",
                    told.await?
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    };
    common.on_database(work).await
}

async fn register(db: &database::Connection, add: Add) -> anyhow::Result<()> {
    let new = NewProvider {
        label: add.label,
        issuer: add.issuer,
        client_id: add.client_id,
        client_secret: read(&add.secret.client_secret_file)?,
        mfa: add.mfa,
        organizations: add.organization.into_iter().map(Into::into).collect(),
    };
    let (network, by) = (Network::open()?, By::command_line());
    let public_url = add.public_url.trim_end_matches('/');
    let road = Road {
        wire: &network,
        public_url,
    };
    let id = provider::add(db, road, &by, &new, clock::now()).await?;
    say!(
        "「{}」を {id} 番で登録しました。そのサーバーに、次の戻り先（リダイレクトURI）を登録してください。",
        new.label
    );
    say!("{}", Provider::callback(id, public_url));
    Ok(())
}

async fn list(db: &database::Connection) -> anyhow::Result<()> {
    for provider in provider::all(db).await? {
        let mut names = Vec::new();
        for organization in &provider.organizations {
            let name = membership::organization_name(db, *organization).await?;
            names.push(name.unwrap_or_else(|| organization.to_string()));
        }
        let mfa = provider.mfa.map_or_else(
            || "ここで二つめの確認をする".to_owned(),
            |mfa| mfa.to_string(),
        );
        say!(
            "{}\t{}\t{}\t{}\t{mfa}\t{}",
            provider.id,
            provider.label,
            provider.issuer,
            provider.client_id,
            names.join("、")
        );
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("秘密のファイル {} を読めません", file.display()))?;
    Ok(text.trim().to_owned())
}
