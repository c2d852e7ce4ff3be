//! Another password, by whoever knows the one of now; every other session ends.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DbErr};

use super::deed::OwnDeed;
use super::password::{self, WrongPassword};
use super::prove::{self, Answer};
use super::session::{self, Browser, Opened, Session};
use super::sign_in::House;
use super::stage::{Step, WrongStage};
use super::{By, person};
use crate::audit::{self, Event};
use crate::database;

/// Why the password stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The one of now is another.
    #[error("いまのパスワードが違います。")]
    WrongNow,
    /// The new one cannot be chosen.
    #[error(transparent)]
    New(#[from] WrongPassword),
    /// Nothing follows on the session.
    #[error(transparent)]
    Stage(#[from] WrongStage),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// Changes the password from `old` to `new`; the session goes on under a new token.
pub async fn change_password(
    db: &DatabaseConnection,
    house: House<'_>,
    (by, session, browser): (&By, &Session, Browser<'_>),
    (old, new): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Opened, ChangeError> {
    let stage = session.stage.after(Step::ProveFactor)?;
    match prove::password(db, house, browser, (&session.login, old), now).await? {
        Answer::Right(_) => {}
        Answer::Wrong(_) | Answer::TooMany(_) => return Err(ChangeError::WrongNow),
    }
    password::check(new, house.rule, &[&session.login, &session.name])?;
    let hash = password::hash(new.to_owned(), house.chance).await;
    database::write(db, async |tx| {
        prove::forgive(tx, house.rule, &session.login, now).await?;
        person::put_password(tx, session.account, &hash, now).await?;
        session::end_others(tx, session.account, Some(session.id), now).await?;
        let event = Event::done(
            OwnDeed::SetPassword.code(),
            "account",
            session.account.into(),
        );
        audit::record(tx, by, event, now).await?;
        let (chance, account, before) = (house.chance, session.account, Some(session));
        Ok(session::begin(tx, chance, account, stage, before, browser, now).await?)
    })
    .await
}
