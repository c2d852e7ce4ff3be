//! The second factor: passkeys, an authenticator app, recovery codes; set up, proved, taken away.

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use keniki_base::id::{AccountId, PasskeyId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::deed::OwnDeed;
use super::passkey::{KeySite, WrongKey};
use super::secret::{self, recovery_code, typed_recovery_code};
use super::session::{self, Browser, Opened, Session};
use super::stage::{Step, WrongStage};
use super::{By, one_time, person, provider};
use crate::audit::{self, Event};
use crate::database::instant;

mod queries;

pub use queries::Key;

/// How many recovery codes there are.
const N_CODES: usize = 10;

/// How long the name of a key may be.
const NAME_LONGEST: usize = 40;

/// With what somebody proves who they are.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// Six digits of an authenticator app.
    Code(&'a str),
    /// One of the codes that were written down.
    RecoveryCode(&'a str),
    /// The browser's answer for a key, as JSON.
    Key(&'a str),
}

/// What somebody has set up.
#[derive(Clone)]
pub struct Factors {
    /// Passkeys and security keys.
    pub keys: Vec<Key>,
    /// Whether an authenticator app is set up.
    pub has_app: bool,
    /// Recovery codes that were not used yet.
    pub n_codes_left: u64,
}

impl Factors {
    /// Whether nothing is set up that could prove anything.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.keys.is_empty() && !self.has_app
    }
}

/// Why a factor was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// The digits are wrong, late, or were used before.
    #[error("番号が違うか、時間が過ぎました。アプリに今出ている6桁の番号を入れてください。")]
    WrongCode,
    /// No such recovery code, or used before.
    #[error("予備の番号が違うか、もう使われています。")]
    WrongRecoveryCode,
    /// The key does not prove its owner.
    #[error(transparent)]
    Key(#[from] WrongKey),
    /// Nothing was asked, or the question was answered.
    #[error("時間が過ぎました。もう一度はじめからお試しください。")]
    NotAsked,
    /// One organization's provider must not add what opens another organization.
    #[error(
        "この入り方では変えられません。メールアドレスとパスワードでサインインし直してください。できないときは、所属先のアカウントの管理者に、確認方法を決め直すリンクを頼んでください。"
    )]
    OtherWay,
    /// The last one cannot be taken away.
    #[error("最後の一つは外せません。先に別の確認方法を加えてください。")]
    Last,
    /// No such key.
    #[error("そのパスキーは、もう外してあります。")]
    NotThere,
    /// A name without letters, or a long one.
    #[error("パスキーの名前は1文字から{NAME_LONGEST}文字までにしてください。")]
    WrongName,
    /// Nothing follows on it.
    #[error(transparent)]
    Stage(#[from] WrongStage),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// What `account` has set up.
pub async fn of(db: &impl ConnectionTrait, account: AccountId) -> Result<Factors, DbErr> {
    let person = person::by_id(db, account).await?;
    Ok(Factors {
        keys: queries::keys(db, account.into()).await?,
        has_app: person.is_some_and(|person| person.totp_secret.is_some()),
        n_codes_left: queries::n_codes_left(db, account.into()).await?,
    })
}

fn credentials(keys: &[Key]) -> Vec<String> {
    keys.iter().map(|key| key.credential.clone()).collect()
}

/// Asks the browser for one of the account's keys; the JSON goes to it.
pub async fn ask_key(
    tx: &DatabaseTransaction,
    site: &KeySite,
    session: &Session,
) -> Result<String, FactorError> {
    session.stage.after(Step::ProveFactor)?;
    let keys = queries::keys(tx, session.account.into()).await?;
    let question = site.ask(&credentials(&keys))?;
    session::put_challenge(tx, session.id, Some(&question.kept)).await?;
    Ok(question.asked)
}

/// Checks a proof in the transaction that acts on it: a code or an answer is used up there.
pub(super) async fn prove(
    tx: &DatabaseTransaction,
    site: Option<&KeySite>,
    session: &Session,
    proof: Proof<'_>,
    now: DateTime<Utc>,
) -> Result<(), FactorError> {
    match proof {
        Proof::Code(code) => prove_code(tx, session.account, code, now).await,
        Proof::RecoveryCode(typed) => {
            let hash = secret::hash(&typed_recovery_code(typed));
            match queries::use_code(tx, session.account.into(), &hash, &instant(now)).await? {
                true => Ok(()),
                false => Err(FactorError::WrongRecoveryCode),
            }
        }
        Proof::Key(answer) => {
            let site = site.ok_or(WrongKey::NotProved)?;
            let asked = session::asked(tx, session.id).await?.challenge;
            let asked = asked.ok_or(FactorError::NotAsked)?;
            let keys = queries::keys(tx, session.account.into()).await?;
            let proved = site.proved(&asked, answer, &credentials(&keys))?;
            let key = keys
                .iter()
                .find(|key| key.credential_id == proved.credential_id);
            let key = key.ok_or(WrongKey::NotProved)?;
            session::put_challenge(tx, session.id, None).await?;
            Ok(queries::put_used(tx, key.id, &proved.credential, &instant(now)).await?)
        }
    }
}

async fn prove_code(
    tx: &DatabaseTransaction,
    account: AccountId,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(), FactorError> {
    let person = person::by_id(tx, account).await?;
    let person = person.ok_or(FactorError::WrongCode)?;
    let secret = person
        .totp_secret
        .as_deref()
        .ok_or(FactorError::WrongCode)?;
    let step = one_time::step_of(secret, code, now, person.totp_last_step);
    let step = step.ok_or(FactorError::WrongCode)?;
    match person::take_step(tx, account, step).await? {
        true => Ok(()),
        false => Err(FactorError::WrongCode),
    }
}

/// Makes a secret for an authenticator app and keeps it with the session until its first code comes.
pub async fn ask_app(
    tx: &DatabaseTransaction,
    chance: &dyn Chance,
    session: &Session,
) -> Result<String, FactorError> {
    session.stage.after(Step::SetUpFactor)?;
    let kept = session::asked(tx, session.id).await?.new_totp_secret;
    let secret = kept.unwrap_or_else(|| one_time::new_secret(chance));
    session::put_new_totp_secret(tx, session.id, Some(&secret)).await?;
    Ok(secret)
}

/// Asks the browser to make a new key; the JSON goes to it.
pub async fn ask_new_key(
    tx: &DatabaseTransaction,
    site: &KeySite,
    session: &Session,
) -> Result<String, FactorError> {
    session.stage.after(Step::SetUpFactor)?;
    let keys = queries::keys(tx, session.account.into()).await?;
    let has = credentials(&keys);
    let question = site.ask_new(session.account, &session.login, &session.name, &has)?;
    session::put_challenge(tx, session.id, Some(&question.kept)).await?;
    Ok(question.asked)
}

/// A factor that is being set up.
#[derive(Debug, Clone, Copy)]
pub enum NewFactor<'a> {
    /// The first code of the app.
    App {
        /// Six digits.
        code: &'a str,
    },
    /// A new key.
    Key {
        /// The browser's answer, as JSON.
        answer: &'a str,
        /// What its owner calls it.
        name: &'a str,
    },
}

/// What setting up a factor gives.
#[derive(Debug)]
pub struct SetUp {
    /// The session goes on under a new token.
    pub opened: Opened,
    /// The recovery codes, shown once, where the account had none left.
    pub recovery_codes: Vec<String>,
}

/// Sets up a factor. With the first one come the recovery codes.
pub async fn add(
    tx: &DatabaseTransaction,
    chance: &dyn Chance,
    site: Option<&KeySite>,
    (by, session, browser): (&By, &Session, Browser<'_>),
    new: NewFactor<'_>,
    now: DateTime<Utc>,
) -> Result<SetUp, FactorError> {
    let stage = session.stage.after(Step::SetUpFactor)?;
    may_change(tx, session, now).await?;
    let asked = session::asked(tx, session.id).await?;
    let (kind, id) = match new {
        NewFactor::App { code } => {
            let secret = asked.new_totp_secret.ok_or(FactorError::NotAsked)?;
            let step = one_time::step_of(&secret, code, now, None);
            let step = step.ok_or(FactorError::WrongCode)?;
            person::put_totp(tx, session.account, Some(&secret), Some(step)).await?;
            ("totp", session.account.get())
        }
        NewFactor::Key { answer, name } => {
            let name = name.trim();
            if name.is_empty() || name.chars().count() > NAME_LONGEST {
                return Err(FactorError::WrongName);
            }
            let asked = asked.challenge.ok_or(FactorError::NotAsked)?;
            let site = site.ok_or(WrongKey::NotProved)?;
            let key = site.registered(&asked, answer)?;
            let (at, key) = (instant(now), (&*key.credential_id, &*key.credential));
            let id = queries::insert_key(tx, session.account.into(), key, name, &at).await?;
            ("passkey", id)
        }
    };
    let event = Event::done(OwnDeed::AddFactor.code(), kind, id);
    audit::record(tx, by, event, now).await?;
    let recovery_codes = match queries::n_codes_left(tx, session.account.into()).await? {
        0 => new_codes(tx, chance, session.account).await?,
        _ => Vec::new(),
    };
    let before = Some(session);
    let opened = session::begin(tx, chance, session.account, stage, before, browser, now).await?;
    Ok(SetUp {
        opened,
        recovery_codes,
    })
}

/// Factors open every organization of somebody: who came in by a provider changes them only where it opens all of these.
async fn may_change(
    tx: &DatabaseTransaction,
    session: &Session,
    now: DateTime<Utc>,
) -> Result<(), FactorError> {
    match session.provider {
        Some(by) if !provider::opens_all(tx, by, session.account, now).await? => {
            Err(FactorError::OtherWay)
        }
        _ => Ok(()),
    }
}

async fn new_codes(
    tx: &DatabaseTransaction,
    chance: &dyn Chance,
    account: AccountId,
) -> Result<Vec<String>, DbErr> {
    let codes: Vec<String> = (0..N_CODES).map(|_| recovery_code(chance)).collect();
    let hashes: Vec<String> = codes.iter().map(|code| secret::hash(code)).collect();
    queries::put_codes(tx, account.into(), &hashes).await?;
    Ok(codes)
}

/// New recovery codes; the former ones are void.
pub async fn renew_codes(
    tx: &DatabaseTransaction,
    chance: &dyn Chance,
    by: &By,
    session: &Session,
    now: DateTime<Utc>,
) -> Result<Vec<String>, FactorError> {
    session.stage.after(Step::ProveFactor)?;
    may_change(tx, session, now).await?;
    let codes = new_codes(tx, chance, session.account).await?;
    let event = Event::done(
        OwnDeed::MakeRecoveryCodes.code(),
        "account",
        session.account.into(),
    );
    audit::record(tx, by, event, now).await?;
    Ok(codes)
}

/// Takes a key away, unless it is the last factor.
pub async fn remove_key(
    tx: &DatabaseTransaction,
    by: &By,
    session: &Session,
    key: PasskeyId,
    now: DateTime<Utc>,
) -> Result<(), FactorError> {
    may_change(tx, session, now).await?;
    let factors = of(tx, session.account).await?;
    if factors.keys.len() == 1 && !factors.has_app {
        return Err(FactorError::Last);
    }
    if !queries::delete_key(tx, session.account.into(), key.into()).await? {
        return Err(FactorError::NotThere);
    }
    let event = Event::done(OwnDeed::RemoveFactor.code(), "passkey", key.into());
    Ok(audit::record(tx, by, event, now).await?)
}

/// Takes the authenticator app away, unless it is the last factor.
pub async fn remove_app(
    tx: &DatabaseTransaction,
    by: &By,
    session: &Session,
    now: DateTime<Utc>,
) -> Result<(), FactorError> {
    may_change(tx, session, now).await?;
    if of(tx, session.account).await?.keys.is_empty() {
        return Err(FactorError::Last);
    }
    person::put_totp(tx, session.account, None, None).await?;
    let event = Event::done(OwnDeed::RemoveFactor.code(), "totp", session.account.into());
    Ok(audit::record(tx, by, event, now).await?)
}

/// Forgets all of them: what was lost may be in wrong hands.
pub(super) async fn forget_all(tx: &DatabaseTransaction, account: AccountId) -> Result<(), DbErr> {
    queries::delete_all(tx, account.into()).await
}
