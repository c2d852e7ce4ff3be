//! Letters that go out: written in the transaction of the deed, sent afterwards, tried again where the post fails.
//!
//! A letter says that something waits, and where; never about whom. Its text goes once it was sent, for it holds a link.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use crate::database::{self, instant};

mod queries;

pub use queries::Letter;

/// Takes a letter to where it goes. A mail server, or a folder.
pub trait Post: Send + Sync {
    /// Hands it over; the reason where it was not taken.
    fn hand_over(&self, letter: &Letter) -> impl Future<Output = Result<(), String>> + Send;
}

/// How often a letter is tried.
const TRIES: i64 = 8;

/// A letter to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Mail address.
    pub recipient: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// Plain text.
    pub body: &'a str,
}

/// Writes a letter in the transaction of the deed that it tells of.
pub async fn write(
    tx: &DatabaseTransaction,
    draft: Draft<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    queries::insert(tx, draft, &instant(now)).await
}

/// Hands over what is due; answers how many letters went. One that is not taken waits twice as long each time.
pub async fn send(
    db: &DatabaseConnection,
    post: &impl Post,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let mut n_sent = 0;
    for letter in queries::due(db, &instant(now), TRIES).await? {
        // Whoever takes it first sends it; where the program ends meanwhile, it is due again later.
        let again = instant(now + Duration::minutes(1_i64 << letter.attempts.clamp(0, 10)));
        let is_mine = database::write(db, async |tx| {
            queries::take(tx, letter.id, letter.attempts, &again).await
        });
        if !is_mine.await? {
            continue;
        }
        let handed = post.hand_over(&letter).await;
        database::write(db, async |tx| match &handed {
            Ok(()) => queries::put_sent(tx, letter.id, &instant(now)).await,
            Err(reason) => queries::put_reason(tx, letter.id, reason).await,
        })
        .await?;
        n_sent += u64::from(handed.is_ok());
    }
    Ok(n_sent)
}
