//! `keniki operator create`: the first account, by a link for whoever will look after the installation.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use keniki_app::account::By;
use keniki_app::account::office;
use keniki_app::account::sign_in::House;
use keniki_app::database;
use keniki_base::clock::full_text;

use super::Common;
use crate::chance::SystemChance;
use crate::clock;
use crate::output::say;

/// The verbs of `operator`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// システムの運用者を招くリンクを作る（最初のアカウントはこれで作る）
    Create(Create),
}

/// What `operator create` takes.
#[derive(Debug, Args)]
pub struct Create {
    /// 運用者の組織の名前（なければ作る）
    #[arg(long)]
    pub organization: String,
    /// 運用者のメールアドレス
    #[arg(long)]
    pub mail: String,
    /// 運用者のお名前
    #[arg(long)]
    pub name: String,
    /// 利用者がこのサイトを開くときのアドレス
    #[arg(long, default_value = "http://localhost:8080")]
    pub public_url: String,
}

/// Makes the link and says it.
pub async fn run(common: &Common, verb: Verb) -> anyhow::Result<ExitCode> {
    let Verb::Create(create) = verb;
    let definitions = common.definitions()?;
    let work = async |db: &database::Connection| {
        let (house, now) = (
            House {
                rule: definitions.sign_in(),
                chance: &SystemChance,
                site: None,
            },
            clock::now(),
        );
        let who = (
            create.organization.as_str(),
            create.mail.as_str(),
            create.name.as_str(),
        );
        let (by, roles) = (By::command_line(), definitions.roles());
        let sent = database::write(db, async |tx| {
            office::invite_operator(tx, house, roles, &by, who, now).await
        })
        .await?;
        let until = full_text(now + definitions.sign_in().invitation());
        say!(
            "次のアドレスを開いて、パスワードと二つめの確認を決めてください（{until} まで、一度だけ使えます）。"
        );
        say!(
            "{}/invitations/{}",
            create.public_url.trim_end_matches('/'),
            sent.token.as_str()
        );
        Ok(ExitCode::SUCCESS)
    };
    common.on_database(work).await
}
