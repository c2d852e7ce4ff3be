//! A fictitious area from a seed: every name, place and number is invented, and the database says so.
//!
//! Invented prefectures have the codes 50–99 and lie in the open Pacific. The same seed on the same day makes the
//! same rows; dates are relative to that day.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::mpsc;

use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database;
use crate::definition::Definitions;
use care::Cared;
use dice::Dice;
use directory::Catalog;
use region::Region;
use write::{Rows, Scene};

pub mod care;
mod contact;
mod dice;
mod directory;
mod hours;
mod land;
mod mix;
mod name;
mod number;
mod owner;
mod people;
pub mod persona;
mod queries;
mod region;
mod said;
mod skill;
mod standing;
mod title;
mod write;

/// The most areas there is room for: 40 prefectures of 16.
pub const MAX_SCALE: u32 = land::AREAS_PER_PREFECTURE * land::PREFECTURES;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Where chance begins.
    pub seed: u64,
    /// How many areas side by side, 1 to [`MAX_SCALE`].
    pub scale: u32,
    /// About how many stays in hospital its people have had in three years, in each area.
    pub episodes: u32,
}

/// What was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// Areas.
    pub n_areas: u64,
    /// Sites in the directory.
    pub n_sites: u64,
    /// Services at them.
    pub n_services: u64,
    /// People.
    pub n_people: u64,
    /// Those of them who went to hospital, and what was forgotten.
    pub cared: Cared,
}

/// Why no sample was made. `Display` is a Japanese sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// A sample stands alone, so that nobody takes it for real data.
    #[error(
        "このデータベースにはすでにデータがあります（圏域 {n_areas}件、サービス {n_services}件、読み込んだファイル {n_batches}件）。\
         見本は空のデータベースにだけ作れます。--database sqlite://見本.db のように、別のデータベースを指定してください。"
    )]
    NotEmpty {
        /// Areas that are there.
        n_areas: i64,
        /// Services that are there.
        n_services: i64,
        /// Batches that are there.
        n_batches: i64,
    },
    /// Too many areas, or none.
    #[error("--scale は 1 から {MAX_SCALE} までの数で指定してください（{0} は使えません）。")]
    Scale(u32),
    /// An overlay took a category away.
    #[error(
        "定義ファイルに、見本で使う種類「{0}」がありません。categories.toml を確かめてください。"
    )]
    Undefined(String),
    /// The engine's own refusal.
    #[error("データベースに書き込めません: {0}")]
    Database(#[from] DbErr),
}

/// Makes the areas of `plan` in an empty database, each in one transaction; `progress` hears how many stand.
///
/// # Errors
/// [`SampleError`]; areas that were finished before stay.
pub async fn make(
    db: &DatabaseConnection,
    definitions: Arc<Definitions>,
    plan: Plan,
    by: &By,
    now: DateTime<Utc>,
    mut progress: impl FnMut(&Made),
) -> Result<Made, SampleError> {
    if plan.scale == 0 || plan.scale > MAX_SCALE {
        return Err(SampleError::Scale(plan.scale));
    }
    check_empty(db).await?;
    // Drawn on a thread of its own, one area ahead of the one being written.
    let (sender, mut scenes) = mpsc::channel(1);
    let drawn_with = definitions.clone();
    let artist =
        tokio::task::spawn_blocking(move || draw_all(&drawn_with, plan, jst_day(now), &sender));
    let mut made = Made::default();
    let mut number = 0;
    while let Some(scene) = scenes.recv().await {
        let rows = write_one(db, &scene, plan, by, now).await?;
        made.n_areas += 1;
        made.n_sites += rows.n_sites;
        made.n_services += rows.n_services;
        made.n_people += u64::from(people::PEOPLE);
        let cared = care::make(db, &definitions, (plan, number), by, now).await?;
        made.cared.add(&cared);
        number += 1;
        progress(&made);
    }
    match artist.await {
        Ok(Ok(())) => Ok(made),
        Ok(Err(what)) => Err(SampleError::Undefined(format!("{what:?}"))),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// Whether the database holds a sample.
pub async fn is_made(db: &DatabaseConnection) -> Result<bool, DbErr> {
    queries::is_marked(db).await
}

/// A prefecture or city runs too much to be one office.
fn is_public(organization: &str) -> bool {
    organization.ends_with(['県', '市', '町', '村'])
}

async fn check_empty(db: &DatabaseConnection) -> Result<(), SampleError> {
    let queries::Held {
        n_areas,
        n_services,
        n_batches,
    } = queries::held(db).await?;
    if n_areas + n_services + n_batches == 0 {
        return Ok(());
    }
    Err(SampleError::NotEmpty {
        n_areas,
        n_services,
        n_batches,
    })
}

async fn write_one(
    db: &DatabaseConnection,
    scene: &Scene,
    plan: Plan,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Rows, DbErr> {
    let tx = database::begin_write(db).await?;
    database::lock(&tx, database::Lock::Directory).await?;
    let rows = write::scene(&tx, scene, plan, now).await?;
    let event = Event::done(Deed::MakeSample.code(), "import_batch", rows.batch);
    audit::record(&tx, by, event, now).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Draws area after area until nobody takes them any more.
fn draw_all(
    definitions: &Definitions,
    plan: Plan,
    today: NaiveDate,
    to: &mpsc::Sender<Scene>,
) -> Result<(), mix::What> {
    let catalog = Catalog::new(definitions)?;
    for number in 0..plan.scale {
        if to
            .blocking_send(draw(&catalog, plan.seed, number, today))
            .is_err()
        {
            break;
        }
    }
    Ok(())
}

fn draw(catalog: &Catalog<'_>, seed: u64, number: u32, today: NaiveDate) -> Scene {
    let region = Region::draw(seed, number);
    let people = people::count(&mut Dice::new(seed, "people", number.into()));
    let totals = people.each_ref().map(people::People::total);
    let directory = directory::draw(seed, number, &region, &totals, catalog, today);
    Scene {
        number,
        region,
        people,
        directory,
    }
}

/// Every word that invented names are made of, so that a test can hold them against the real ones.
pub fn every_stem() -> impl Iterator<Item = String> {
    name::all_stems().into_iter().map(|stem| stem.text)
}
