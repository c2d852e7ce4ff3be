//! Who sits at a browser: sessions begin, are found by their token, are listed and ended.

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use keniki_base::id::{AccountId, MembershipId, ProviderId, SessionId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::By;
use super::deed::OwnDeed;
use super::membership::{self, Desk};
use super::provider;
use super::secret::{self, Token};
use super::stage::{Stage, Step, WrongStage};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::account::SignInRule;

mod queries;

pub use queries::Asked;

/// Somebody at a browser.
#[derive(Debug, Clone)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// Their mail address.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// How far they have come.
    pub stage: Stage,
    /// For which organization they work here, in which role; none: in none that holds today.
    pub desk: Option<Desk>,
    /// By which provider they signed in; it reaches that one's organizations and no others.
    pub provider: Option<ProviderId>,
    /// When they signed in.
    pub created_at: DateTime<Utc>,
    /// When they were last here, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When they last proved who they are.
    pub confirmed_at: DateTime<Utc>,
    /// From where they signed in.
    pub origin: String,
    /// With which browser.
    pub agent: Option<String>,
}

/// A session that has just begun: its token goes to the browser, once.
#[derive(Debug)]
pub struct Opened {
    /// For the cookie.
    pub token: Token,
    /// What comes next.
    pub stage: Stage,
}

/// From where a browser comes.
#[derive(Debug, Clone, Copy)]
pub struct Browser<'a> {
    /// The client's address.
    pub origin: &'a str,
    /// How it calls itself.
    pub agent: Option<&'a str>,
    /// What it has been so far: it ends when another begins there (ASVS 7.2.4).
    pub session: Option<SessionId>,
}

/// How long a visit goes unwritten: seconds.
const SEEN_EVERY: i64 = 60;

/// How much of a browser's name is kept.
const AGENT_LONGEST: usize = 200;

impl Session {
    /// Whether it is over by the rule: not used for long, or old.
    fn is_over(&self, rule: &SignInRule, now: DateTime<Utc>) -> bool {
        let idle = match self.stage {
            Stage::Full => rule.idle(),
            Stage::Second | Stage::Enroll | Stage::Ended => rule.second_factor_within(),
        };
        now - self.seen_at > idle || now - self.created_at > rule.longest()
    }

    /// Whether the last proof of who this is is new enough for what matters most.
    #[must_use]
    pub fn is_confirmed(&self, rule: &SignInRule, now: DateTime<Utc>) -> bool {
        now - self.confirmed_at <= rule.confirmed_for()
    }

    fn of(row: queries::Row, desk: Option<Desk>) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.id.into(),
            account: row.account_id.into(),
            stage: Stage::of(&row.stage),
            provider: row.provider_id.map(ProviderId::new),
            created_at: stored(&row.created_at)?,
            seen_at: stored(&row.seen_at)?,
            confirmed_at: stored(&row.confirmed_at)?,
            login: row.login,
            name: row.name,
            origin: row.origin,
            agent: row.agent,
            desk,
        })
    }
}

/// An instant as the database keeps it.
pub(super) fn stored(text: &str) -> Result<DateTime<Utc>, DbErr> {
    text.parse()
        .map_err(|_| DbErr::Custom(format!("{text} is no instant")))
}

/// The session of `token`, where it still holds; takes down that somebody was here.
pub async fn find(
    db: &impl ConnectionTrait,
    rule: &SignInRule,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Session>, DbErr> {
    let Some(row) = queries::by_token(db, &secret::hash(token)).await? else {
        return Ok(None);
    };
    let membership = row.membership_id.map(MembershipId::new);
    let mut session = Session::of(row, None)?;
    if session.is_over(rule, now) {
        return Ok(None);
    }
    if session.stage == Stage::Full {
        let desks = desks(db, &session, now).await?;
        let is_chosen = |desk: &&Desk| Some(desk.membership) == membership;
        session.desk = desks.iter().find(is_chosen).or(desks.first()).cloned();
        if (now - session.seen_at).num_seconds() >= SEEN_EVERY {
            queries::touch(db, session.id.into(), &instant(now)).await?;
        }
    }
    Ok(Some(session))
}

/// The desks at which somebody may sit today in a session: all of theirs, or those that its provider opens.
pub async fn desks(
    db: &impl ConnectionTrait,
    session: &Session,
    now: DateTime<Utc>,
) -> Result<Vec<Desk>, DbErr> {
    match session.provider {
        Some(provider) => provider::desks(db, provider, session.account, now).await,
        None => membership::desks(db, session.account, now).await,
    }
}

/// Begins a session at `stage`. Where one goes before it that is not over, that one ends: a token is never raised.
pub(super) async fn begin(
    tx: &DatabaseTransaction,
    chance: &dyn Chance,
    account: AccountId,
    stage: Stage,
    before: Option<&Session>,
    browser: Browser<'_>,
    now: DateTime<Utc>,
) -> Result<Opened, DbErr> {
    let at = instant(now);
    let mut begun_at = at.clone();
    if let Some(former) = browser.session {
        queries::end(tx, former.into(), &at).await?;
    }
    if let Some(before) = before {
        queries::end(tx, before.id.into(), &at).await?;
        if before.stage == Stage::Full {
            begun_at = instant(before.created_at);
        }
    }
    let membership = match before.and_then(|before| before.desk.as_ref()) {
        Some(desk) => Some(desk.membership.into()),
        None => queries::last_membership(tx, account.into()).await?,
    };
    let provider = before.and_then(|before| before.provider);
    let token = Token::new(chance);
    let agent: Option<String> = browser
        .agent
        .map(|agent| agent.chars().take(AGENT_LONGEST).collect());
    let new = queries::New {
        token_hash: &token.hash(),
        account: account.into(),
        membership,
        provider: provider.map(i64::from),
        stage: stage.code(),
        begun_at: &begun_at,
        now: &at,
        origin: browser.origin,
        agent: agent.as_deref(),
    };
    queries::insert(tx, &new).await?;
    Ok(Opened { token, stage })
}

/// Takes down that a session which has just begun did so by `provider`.
pub(super) async fn put_provider(
    tx: &DatabaseTransaction,
    opened: &Opened,
    provider: ProviderId,
) -> Result<(), DbErr> {
    queries::put_provider(tx, &opened.token.hash(), provider.into()).await
}

/// The sessions of an account that hold now, the last used first.
pub async fn of_account(
    db: &impl ConnectionTrait,
    rule: &SignInRule,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Session>, DbErr> {
    let rows = queries::of_account(db, account.into()).await?;
    let sessions = rows.into_iter().map(|row| Session::of(row, None));
    let mut sessions = sessions.collect::<Result<Vec<_>, _>>()?;
    sessions.retain(|session| !session.is_over(rule, now));
    Ok(sessions)
}

/// Why a session could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// It is not one's own, or is over.
    #[error("そのサインインは、もう終わっています。")]
    NotThere,
    /// Nothing follows on it.
    #[error(transparent)]
    Stage(#[from] WrongStage),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// Signs out here.
pub async fn end(
    tx: &DatabaseTransaction,
    by: &By,
    session: &Session,
    now: DateTime<Utc>,
) -> Result<(), SessionError> {
    session.stage.after(Step::End)?;
    end_one(tx, by, session.id, now).await
}

/// Ends another of one's own sessions, say on a computer that was left.
pub async fn end_another(
    tx: &DatabaseTransaction,
    by: &By,
    session: &Session,
    other: SessionId,
    now: DateTime<Utc>,
) -> Result<(), SessionError> {
    let own = queries::of_account(tx, session.account.into()).await?;
    if !own.iter().any(|row| row.id == other.get()) {
        return Err(SessionError::NotThere);
    }
    end_one(tx, by, other, now).await
}

async fn end_one(
    tx: &DatabaseTransaction,
    by: &By,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<(), SessionError> {
    if !queries::end(tx, session.into(), &instant(now)).await? {
        return Err(SessionError::NotThere);
    }
    let event = Event::done(OwnDeed::SignOut.code(), "session", session.into());
    Ok(audit::record(tx, by, event, now).await?)
}

/// Ends every session of an account but `but`: after a new password, a lost factor, a suspension.
pub(super) async fn end_others(
    tx: &DatabaseTransaction,
    account: AccountId,
    but: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let but = but.map_or(0, i64::from);
    queries::end_others(tx, account.into(), but, &instant(now)).await
}

/// Ends what began by a provider that one gave up, but this session.
pub(super) async fn end_of_provider(
    tx: &DatabaseTransaction,
    session: &Session,
    provider: ProviderId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let which = (session.account.into(), provider.into());
    queries::end_of_provider(tx, which, session.id.into(), &instant(now)).await
}

/// Goes on in another of one's roles.
pub async fn choose_desk(
    tx: &DatabaseTransaction,
    by: &By,
    session: &Session,
    chosen: MembershipId,
    now: DateTime<Utc>,
) -> Result<(), SessionError> {
    let desks = desks(tx, session, now).await?;
    if !desks.iter().any(|desk| desk.membership == chosen) {
        return Err(SessionError::NotThere);
    }
    queries::put_membership(tx, session.id.into(), chosen.into()).await?;
    let event = Event::done(OwnDeed::ChooseDesk.code(), "membership", chosen.into());
    Ok(audit::record(tx, by, event, now).await?)
}

/// What the session's browser was last asked.
pub(super) async fn asked(db: &impl ConnectionTrait, id: SessionId) -> Result<Asked, DbErr> {
    let asked = queries::asked(db, id.into()).await?;
    Ok(asked.unwrap_or(Asked {
        challenge: None,
        new_totp_secret: None,
    }))
}

/// Keeps what a key was asked, or forgets it: a question is answered once.
pub(super) async fn put_challenge(
    tx: &DatabaseTransaction,
    id: SessionId,
    challenge: Option<&str>,
) -> Result<(), DbErr> {
    queries::put_challenge(tx, id.into(), challenge).await
}

/// Keeps the secret of an app that is being set up.
pub(super) async fn put_new_totp_secret(
    tx: &DatabaseTransaction,
    id: SessionId,
    secret: Option<&str>,
) -> Result<(), DbErr> {
    queries::put_new_totp_secret(tx, id.into(), secret).await
}

/// What this session last asked of a list of people; none: nothing, or the form has changed since.
pub async fn filter<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    id: SessionId,
    list: &str,
) -> Result<Option<T>, DbErr> {
    let mut filters = filters(db, id).await?;
    let own = filters.remove(list);
    Ok(own.and_then(|own| serde_json::from_value(own).ok()))
}

/// Keeps what is asked of a list of people: names and numbers stand in no address.
pub async fn put_filter<T: Serialize>(
    tx: &DatabaseTransaction,
    id: SessionId,
    (list, asked): (&str, &T),
) -> Result<(), DbErr> {
    let mut filters = filters(tx, id).await?;
    let wrong = |error: serde_json::Error| DbErr::Json(error.to_string());
    let asked = serde_json::to_value(asked).map_err(wrong)?;
    filters.insert(list.to_owned(), asked);
    let filters = serde_json::to_string(&filters).map_err(wrong)?;
    queries::put_filters(tx, id.into(), &filters).await
}

type Filters = serde_json::Map<String, serde_json::Value>;

async fn filters(db: &impl ConnectionTrait, id: SessionId) -> Result<Filters, DbErr> {
    let kept = queries::filters(db, id.into()).await?;
    let kept = kept.and_then(|kept| serde_json::from_str(&kept).ok());
    Ok(kept.unwrap_or_default())
}
