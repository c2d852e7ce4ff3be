//! Sites that may be one: shown with the reasons to the person who decides, joined or left apart.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use serde::Serialize;

use super::write::{self, Ids};
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::audit::{self, Event};
use crate::bundle::{self, IsMirror};
use crate::database::{self, Lock, Writer};
use crate::directory::search::index::{self, Indexer};
use crate::directory::source::locate::Places;

mod queries;

/// One pair that waits.
#[derive(Debug, Clone, Serialize)]
pub struct Review {
    /// Its number for `--same` and `--different`.
    pub id: i64,
    /// 0 to 1.
    pub confidence: f64,
    /// In words, joined by 、.
    pub reasons: String,
    /// The site that the later list made.
    pub site: ReviewSite,
    /// The site that was there before.
    pub candidate: ReviewSite,
}

/// What a person compares.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewSite {
    /// Number of the site.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its municipality (5 digits), where known.
    pub municipality: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// Its telephone number.
    pub phone: Option<String>,
}

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// One site: what is known of both is kept on the one that was there before.
    Same,
    /// Two sites.
    Different,
}

/// Why a decision could not be taken down.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// No such number, or already decided.
    #[error("確認待ちの番号 {0} はありません。ほかの人がもう決めたか、番号が違います。")]
    NotOpen(i64),
    /// Two offices stand behind them.
    #[error(
        "どちらの拠点にも、事業所か行政の記録、またはアカウントがあるため、まとめられません。別の拠点とするか、片方を廃止として記録してください。"
    )]
    BothKept,
    /// Only bundles write the directory here.
    #[error(transparent)]
    Mirror(#[from] IsMirror),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal; nothing was changed.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// The pairs that wait, surest first.
pub async fn open_reviews<C: ConnectionTrait>(db: &C) -> Result<Vec<Review>, DbErr> {
    queries::open(db, None).await
}

/// A pair, while it waits.
pub async fn open_review<C: ConnectionTrait>(db: &C, id: i64) -> Result<Option<Review>, DbErr> {
    Ok(queries::open(db, Some(id)).await?.pop())
}

/// How many pairs wait.
pub async fn n_open<C: ConnectionTrait>(db: &C) -> Result<u64, DbErr> {
    queries::n_open(db).await
}

/// How many pairs wait of which both lie in one of these municipalities.
pub async fn n_open_in<C: ConnectionTrait>(
    db: &C,
    municipalities: &[String],
) -> Result<u64, DbErr> {
    queries::n_open_in(db, municipalities).await
}

/// Takes down a decision of `by`; two sites that are one become one.
pub async fn decide(
    db: &DatabaseConnection,
    places: &Places,
    id: i64,
    decision: Decision,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), ReviewError> {
    by.authorize(Deed::Review, &Object::new("match_review", id))?;
    let mut tx = database::begin_write_alone(db, Lock::Directory).await?;
    bundle::is_kept_here(&tx).await??;
    let pair = queries::pair(&tx, id)
        .await?
        .ok_or(ReviewError::NotOpen(id))?;
    if decision == Decision::Same
        && queries::are_both_kept(&tx, pair.site_id, pair.candidate_site_id).await?
    {
        return Err(ReviewError::BothKept);
    }
    let status = match decision {
        Decision::Same => "same",
        Decision::Different => "different",
    };
    let at = database::instant(now);
    queries::mark(&tx, id, status, &by.label(), &at).await?;
    if decision == Decision::Same {
        let services = queries::join(&tx, pair.site_id, pair.candidate_site_id).await?;
        index::remove(&tx, &services).await?;
        let mut ids = Ids::load(&tx).await?;
        let mut indexer = Indexer::load(&tx).await?;
        let sites = BTreeSet::from([pair.candidate_site_id]);
        let mut writer = Writer::new(tx);
        write::refresh_sites(
            &mut writer,
            pair.batch_id.unwrap_or_default(),
            places,
            &mut ids,
            &mut indexer,
            &sites,
        )
        .await?;
        tx = writer.end().await?;
        indexer.flush(&tx).await?;
    }
    let event = Event {
        note: Some(status),
        ..Event::done(Deed::Review.code(), "match_review", id)
    };
    audit::record(&tx, by, event, now).await?;
    tx.commit().await?;
    Ok(())
}
