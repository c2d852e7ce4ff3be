//! `keniki sample`: makes fictitious areas in an empty database.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use keniki_app::account::By;
use keniki_app::database::Connection;
use keniki_app::definition::Definitions;
use keniki_app::sample::{self, Made, Plan};

use super::Common;
use crate::clock;
use crate::output::{Meter, say};

/// What `sample` takes.
#[derive(Debug, Args)]
pub struct Sample {
    /// 乱数の種。同じ日に同じ種からは同じ見本ができる
    #[arg(long, default_value_t = 11)]
    pub seed: u64,
    /// 並べて作る圏域の数（1つに約800のサービス）
    #[arg(long, default_value_t = 1)]
    pub scale: u32,
    /// 各圏域で、過去3年の入院のおよその件数（架空の人の入退院支援のケース。0で作らない）
    #[arg(long, default_value_t = 6_000)]
    pub episodes: u32,
}

/// Makes the areas and says what was made.
pub async fn run(common: &Common, sample: &Sample) -> anyhow::Result<ExitCode> {
    let definitions = Arc::new(common.definitions()?);
    let work = async |db: &Connection| {
        let made = make(db, definitions, sample).await?;
        say!(
            "架空の圏域を{}つ作りました（人口 {}人、拠点 {}か所、サービス {}件、患者 {}人の入退院支援 {}件）。画面には見本であることを示す帯が出ます。",
            made.n_areas,
            made.n_people,
            made.n_sites,
            made.n_services,
            made.cared.n_patients,
            made.cared.n_cases
        );
        Ok(ExitCode::SUCCESS)
    };
    common.on_database(work).await
}

/// Makes the areas under a meter.
pub async fn make(
    db: &Connection,
    definitions: Arc<Definitions>,
    sample: &Sample,
) -> anyhow::Result<Made> {
    let plan = Plan {
        seed: sample.seed,
        scale: sample.scale,
        episodes: sample.episodes,
    };
    let mut meter = Meter::start("見本のサービス".to_owned(), "件");
    let made = sample::make(
        db,
        definitions,
        plan,
        &By::command_line(),
        clock::now(),
        |made| meter.at(made.n_services),
    )
    .await;
    meter.end();
    Ok(made?)
}
