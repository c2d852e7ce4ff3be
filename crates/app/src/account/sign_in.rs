//! Signing in: the password first, then the second factor. One answer for a wrong password and for nobody.

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use keniki_base::id::AccountId;
use sea_orm::{DatabaseConnection, DbErr};

use super::deed::OwnDeed;
use super::factor::{self, FactorError, Proof};
use super::passkey::KeySite;
use super::prove::{self, Answer};
use super::session::{self, Browser, Opened, Session};
use super::stage::{Stage, Step, WrongStage};
use super::{By, person, throttle};
use crate::audit::{self, Event, Outcome};
use crate::database;
use crate::definition::account::SignInRule;

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Nobody has that address, the password is wrong, or the account is stopped: which one is not told.
    #[error("メールアドレスかパスワードが違います。")]
    WrongPair,
    /// Too many attempts.
    #[error(
        "続けて失敗したため、しばらくのあいだサインインできません。{0}分ほどおいてからお試しください。"
    )]
    TooMany(i64),
    /// The password was right, but nothing else is set up.
    #[error(
        "二つめの確認方法がまだ登録されていません。所属先のアカウントの管理者に「二つめの確認の登録し直し」を頼んでください。"
    )]
    NoFactor,
    /// The second factor was not proved.
    #[error(transparent)]
    Factor(#[from] FactorError),
    /// The engine's refusal.
    #[error("データベースを使えません（{0}）。")]
    Database(#[from] DbErr),
}

impl From<WrongStage> for SignInError {
    fn from(wrong: WrongStage) -> Self {
        Self::Factor(wrong.into())
    }
}

/// What signing in rests on.
#[derive(Clone, Copy)]
pub struct House<'a> {
    /// The rule in force.
    pub rule: &'a SignInRule,
    /// Where tokens come from.
    pub chance: &'a dyn Chance,
    /// This site as keys know it; none: keys cannot be used here.
    pub site: Option<&'a KeySite>,
}

/// The first step. Where it was right, the second factor comes next.
pub async fn with_password(
    db: &DatabaseConnection,
    house: House<'_>,
    (by, browser): (&By, Browser<'_>),
    (login, password): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Opened, SignInError> {
    let login = person::login(login);
    let account = match prove::password(db, house, browser, (&login, password), now).await? {
        Answer::Right(account) => account,
        Answer::TooMany(account) => {
            refuse(db, by, account, "throttled", now).await?;
            return Err(too_many(house.rule));
        }
        Answer::Wrong(account) => {
            refuse(db, by, account, "password", now).await?;
            return Err(SignInError::WrongPair);
        }
    };
    if factor::of(db, account).await?.is_none() {
        refuse(db, by, Some(account), "no factor", now).await?;
        return Err(SignInError::NoFactor);
    }
    database::write(db, async |tx| {
        prove::forgive(tx, house.rule, &login, now).await?;
        let stage = Stage::Second;
        Ok(session::begin(tx, house.chance, account, stage, None, browser, now).await?)
    })
    .await
}

pub(super) fn attempted(account: AccountId) -> String {
    format!("factor {account}")
}

/// The second step; in a full session, the proof that it is still the same person.
pub async fn with_factor(
    db: &DatabaseConnection,
    house: House<'_>,
    (by, session, browser): (&By, &Session, Browser<'_>),
    proof: Proof<'_>,
    now: DateTime<Utc>,
) -> Result<Opened, SignInError> {
    let stage = session.stage.after(Step::ProveFactor)?;
    let what = attempted(session.account);
    if !throttle::attempt(db, house.rule, &what, browser.origin, now).await? {
        refuse(db, by, Some(session.account), "throttled", now).await?;
        return Err(too_many(house.rule));
    }
    let by = &by.known_as(session.account);
    let done = database::write(db, async |tx| {
        factor::prove(tx, house.site, session, proof, now).await?;
        throttle::forgive(tx, house.rule, &what, now).await?;
        let before = Some(session);
        let account = session.account;
        let opened = session::begin(tx, house.chance, account, stage, before, browser, now).await?;
        let deed = match session.stage {
            Stage::Full => OwnDeed::Confirm,
            Stage::Second | Stage::Enroll | Stage::Ended => OwnDeed::SignIn,
        };
        let event = Event {
            note: matches!(proof, Proof::RecoveryCode(_)).then_some("recovery code"),
            ..Event::done(deed.code(), "account", account.into())
        };
        audit::record(tx, by, event, now).await?;
        Ok::<_, FactorError>(opened)
    })
    .await;
    if let Err(FactorError::WrongCode | FactorError::WrongRecoveryCode | FactorError::Key(_)) =
        &done
    {
        refuse(db, by, Some(session.account), "factor", now).await?;
    }
    Ok(done?)
}

/// Signs in, or confirms, without any proof. Only for the invented people of a demo: whoever calls this has made sure.
pub async fn as_persona(
    db: &DatabaseConnection,
    house: House<'_>,
    (by, browser): (&By, Browser<'_>),
    (account, before): (AccountId, Option<&Session>),
    now: DateTime<Utc>,
) -> Result<Opened, SignInError> {
    let by = &by.known_as(account);
    database::write(db, async |tx| {
        let stage = Stage::Full;
        let opened = session::begin(tx, house.chance, account, stage, before, browser, now).await?;
        let event = Event {
            note: Some("demo"),
            ..Event::done(OwnDeed::SignIn.code(), "account", account.into())
        };
        audit::record(tx, by, event, now).await?;
        Ok(opened)
    })
    .await
}

fn too_many(rule: &SignInRule) -> SignInError {
    SignInError::TooMany(rule.failures_within().num_minutes())
}

async fn refuse(
    db: &DatabaseConnection,
    by: &By,
    account: Option<AccountId>,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let event = Event {
        outcome: Outcome::Refused,
        note: Some(why),
        ..Event::done(
            OwnDeed::FailSignIn.code(),
            "account",
            account.map_or(0, i64::from),
        )
    };
    database::write(db, async |tx| audit::record(tx, by, event, now).await).await
}
