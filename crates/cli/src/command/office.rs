//! `keniki office create`: organizations that the lists do not know, and for which area or municipality they answer.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use keniki_app::account::By;
use keniki_app::account::membership::Place;
use keniki_app::account::office;
use keniki_app::account::policy::Workplace;
use keniki_app::area::show;
use keniki_app::database;
use keniki_base::code::AreaRef;

use super::Common;
use crate::clock;
use crate::output::say;

/// The verbs of `office`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 組織を作り（あれば同じもの）、担当する圏域・市町村を登録する
    Create(Create),
}

/// What `office create` takes.
#[derive(Debug, Args)]
pub struct Create {
    /// 組織の名前
    #[arg(long)]
    pub name: String,
    /// 何として担当するか
    #[arg(long, value_enum)]
    pub kind: Kind,
    /// 担当する圏域（4桁）・都道府県（2桁）・市町村（5桁）のコード。いくつも書ける
    #[arg(long, required = true)]
    pub code: Vec<AreaRef>,
}

/// As what an organization answers for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// 保健所、県
    Area,
    /// 医師会などの団体、在宅医療・介護連携支援センター
    Association,
    /// 市町村
    Municipality,
    /// 地域包括支援センター
    SupportCenter,
}

impl Kind {
    fn workplace(self) -> Workplace {
        match self {
            Self::Area => Workplace::Area,
            Self::Association => Workplace::Association,
            Self::Municipality => Workplace::Municipality,
            Self::SupportCenter => Workplace::SupportCenter,
        }
    }
}

/// Makes the organization and says its number.
pub async fn run(common: &Common, verb: Verb) -> anyhow::Result<ExitCode> {
    let Verb::Create(create) = verb;
    common.must_exist()?;
    let work = async |db: &database::Connection| {
        let mut places = Vec::new();
        for code in &create.code {
            let found = show::find(db, *code).await?;
            let Some(area) = found else {
                anyhow::bail!(
                    "コード {code} の圏域・市町村は読み込まれていません。先に keniki area load で読み込んでください。"
                );
            };
            places.push(Place::of(create.kind.workplace(), &area.code));
        }
        let (by, now) = (By::command_line(), clock::now());
        let made = database::write(db, async |tx| {
            office::create(tx, &by, (&create.name, &places), now).await
        });
        let id = made.await?;
        say!(
            "組織「{}」は {id} 番です。人は、画面の「管理」（/offices/{id}）から招いてください。",
            create.name
        );
        Ok(ExitCode::SUCCESS)
    };
    common.on_database(work).await
}
