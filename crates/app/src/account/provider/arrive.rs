//! Back from a provider: the state must be this browser's, the code is taken to the provider, and the errand is done.

use chrono::{DateTime, Utc};
use keniki_base::id::{AccountId, ProviderId};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::super::deed::OwnDeed;
use super::super::invitation;
use super::super::secret;
use super::super::session::{self, Browser, Opened, Session};
use super::super::sign_in::House;
use super::super::stage::{Stage, Step, WrongStage};
use super::super::{By, factor, person, throttle};
use super::protocol::{self, Fault, Kept, Named};
use super::visit::{attempted, errand};
use super::{Provider, ProviderError, Road, link, queries};
use crate::audit::{self, Event, Outcome};
use crate::database::{self, instant};

/// What the browser brought.
#[derive(Clone, Copy)]
pub struct Callback<'a> {
    /// At whose address it came back.
    pub provider: ProviderId,
    /// From its cookie.
    pub token: &'a str,
    /// Which way it was.
    pub state: &'a str,
    /// To be taken to the provider; empty where it let nobody in.
    pub code: &'a str,
    /// Why it let nobody in; empty where it did.
    pub error: &'a str,
    /// Who answers (RFC 9207); empty where it does not say.
    pub issuer: &'a str,
}

/// What came of the way.
#[derive(Debug)]
pub enum Arrived {
    /// Signed in, or confirmed: how far, and where to go on.
    In(Opened, String),
    /// The person there is linked to the account here.
    Linked,
}

/// Ends a way to a provider.
pub async fn arrive(
    db: &DatabaseConnection,
    (house, road): (House<'_>, Road<'_>),
    (by, browser, session): (&By, Browser<'_>, Option<&Session>),
    callback: Callback<'_>,
    now: DateTime<Utc>,
) -> Result<Arrived, ProviderError> {
    let mut about = None;
    let done = async {
        let (provider, visit) = take_visit(db, house, callback, now).await?;
        let named = ask(road, &provider, callback, &visit, now).await?;
        about = link::account(db, provider.id, &named.subject).await?;
        let by = match about {
            Some(account) => by.known_as(account),
            None => by.clone(),
        };
        let errand = Doing {
            house,
            by: &by,
            browser,
            session,
            provider: &provider,
            visit: &visit,
            named: &named,
            account: about,
            now,
        };
        database::write(db, async |tx| {
            let arrived = errand.run(tx).await?;
            let what = attempted(callback.state);
            throttle::forgive(tx, house.rule, &what, now).await?;
            Ok(arrived)
        })
        .await
    }
    .await;
    match done {
        Err(error) => Err(fail(db, by, about, error, now).await?),
        done => done,
    }
}

/// The way of this state, where it began in this browser; it cannot be gone twice.
async fn take_visit(
    db: &DatabaseConnection,
    house: House<'_>,
    callback: Callback<'_>,
    now: DateTime<Utc>,
) -> Result<(Provider, queries::Visit), ProviderError> {
    let since = instant(now - house.rule.second_factor_within());
    let which = queries::Which {
        provider: callback.provider.into(),
        state_hash: &secret::hash(callback.state),
        browser_hash: &secret::hash(callback.token),
        since: &since,
    };
    let taken = database::write(db, async |tx| {
        Ok::<_, DbErr>(match queries::visit(tx, &which).await? {
            Some(visit) if queries::delete_visit(tx, visit.id).await? => Some(visit),
            Some(_) | None => None,
        })
    });
    let visit = taken.await?.ok_or(ProviderError::WrongVisit)?;
    let provider = super::find(db, callback.provider).await?;
    Ok((provider.ok_or(ProviderError::WrongVisit)?, visit))
}

/// Whom the provider names for the code.
async fn ask(
    road: Road<'_>,
    provider: &Provider,
    callback: Callback<'_>,
    visit: &queries::Visit,
    now: DateTime<Utc>,
) -> Result<Named, ProviderError> {
    if !callback.issuer.is_empty() && callback.issuer != provider.issuer {
        return Err(ProviderError::of(provider, Fault::OtherIssuer));
    }
    match (callback.error, callback.code) {
        ("access_denied", _) => return Err(ProviderError::Cancelled(provider.label.clone())),
        ("", "") => return Err(ProviderError::of(provider, Fault::Unreadable)),
        ("", _) => {}
        (_, _) => return Err(ProviderError::Denied(provider.label.clone())),
    }
    let kept = Kept {
        code: callback.code,
        nonce: &visit.nonce,
        code_verifier: &visit.code_verifier,
        asked_at: session::stored(&visit.created_at)?,
    };
    let named = protocol::redeem(road, provider, kept, now).await;
    named.map_err(|fault| ProviderError::of(provider, fault))
}

/// An errand with all that it takes.
struct Doing<'a> {
    house: House<'a>,
    by: &'a By,
    browser: Browser<'a>,
    session: Option<&'a Session>,
    provider: &'a Provider,
    visit: &'a queries::Visit,
    named: &'a Named,
    /// Who is linked to the person there.
    account: Option<AccountId>,
    now: DateTime<Utc>,
}

impl Doing<'_> {
    async fn run(&self, tx: &DatabaseTransaction) -> Result<Arrived, ProviderError> {
        match self.visit.errand.as_str() {
            errand::SIGN_IN => self.sign_in(tx).await,
            errand::CONFIRM => self.confirm(tx).await,
            errand::LINK => self.link(tx).await,
            errand::INVITE => self.take_invitation(tx).await,
            _ => Err(ProviderError::WrongVisit),
        }
    }

    fn label(&self) -> String {
        self.provider.label.clone()
    }

    /// The session from which they set out, where it still holds in this browser.
    fn own_session(&self) -> Result<&Session, ProviderError> {
        let is_same = |session: &&Session| Some(session.id.get()) == self.visit.session_id;
        let session = self.session.filter(is_same).ok_or(WrongStage)?;
        session.stage.after(Step::AskProvider)?;
        Ok(session)
    }

    async fn sign_in(&self, tx: &DatabaseTransaction) -> Result<Arrived, ProviderError> {
        let stranger = || ProviderError::NotRegistered(self.label());
        let account = self.account.ok_or_else(stranger)?;
        let person = person::by_id(tx, account).await?;
        person
            .filter(person::Person::is_active)
            .ok_or_else(stranger)?;
        let desks = super::desks(tx, self.provider.id, account, self.now).await?;
        if desks.is_empty() {
            return Err(ProviderError::NoDesk(self.label()));
        }
        let stage = match self.named.has_second_factor {
            true => Stage::Full,
            false if factor::of(tx, account).await?.is_none() => {
                return Err(ProviderError::NoFactor(self.label()));
            }
            false => Stage::Second,
        };
        self.begin(tx, account, stage).await
    }

    async fn confirm(&self, tx: &DatabaseTransaction) -> Result<Arrived, ProviderError> {
        let session = self.own_session()?;
        if self.account != Some(session.account) {
            return Err(ProviderError::OtherPerson(self.label()));
        }
        if !self.named.is_fresh || !self.named.has_second_factor {
            return Err(ProviderError::NotAgain(self.label()));
        }
        let (chance, account, before) = (self.house.chance, session.account, Some(session));
        let stage = Stage::Full;
        let opened =
            session::begin(tx, chance, account, stage, before, self.browser, self.now).await?;
        self.record(tx, OwnDeed::Confirm, ("account", account.get()))
            .await?;
        Ok(Arrived::In(opened, self.visit.next.clone()))
    }

    async fn link(&self, tx: &DatabaseTransaction) -> Result<Arrived, ProviderError> {
        let session = self.own_session()?;
        self.put_link(tx, session.account).await?;
        Ok(Arrived::Linked)
    }

    async fn take_invitation(&self, tx: &DatabaseTransaction) -> Result<Arrived, ProviderError> {
        let id = self.visit.invitation_id.ok_or(ProviderError::WrongVisit)?;
        let who = (self.provider, self.account);
        let account = invitation::take_by_provider(tx, self.by, id.into(), who, self.now).await?;
        let doing = Doing {
            by: &self.by.known_as(account),
            ..*self
        };
        if self.account.is_none() {
            doing.put_link(tx, account).await?;
        }
        let stage = match self.named.has_second_factor {
            true => Stage::Full,
            false if factor::of(tx, account).await?.is_none() => Stage::Enroll,
            false => Stage::Second,
        };
        doing.begin(tx, account, stage).await
    }

    async fn put_link(
        &self,
        tx: &DatabaseTransaction,
        account: AccountId,
    ) -> Result<(), ProviderError> {
        let which = (self.provider.id, self.named.subject.as_str());
        if !link::put(tx, which, account, self.now).await? {
            return Err(ProviderError::Taken(self.label()));
        }
        self.record(
            tx,
            OwnDeed::LinkProvider,
            ("provider", self.provider.id.get()),
        )
        .await?;
        Ok(())
    }

    async fn begin(
        &self,
        tx: &DatabaseTransaction,
        account: AccountId,
        stage: Stage,
    ) -> Result<Arrived, ProviderError> {
        let chance = self.house.chance;
        let opened =
            session::begin(tx, chance, account, stage, None, self.browser, self.now).await?;
        session::put_provider(tx, &opened, self.provider.id).await?;
        if stage == Stage::Full {
            self.record(tx, OwnDeed::SignIn, ("account", account.get()))
                .await?;
        }
        Ok(Arrived::In(opened, self.visit.next.clone()))
    }

    async fn record(
        &self,
        tx: &DatabaseTransaction,
        deed: OwnDeed,
        (kind, id): (&'static str, i64),
    ) -> Result<(), DbErr> {
        let note = format!("provider {}", self.provider.id);
        let event = Event {
            note: Some(&note),
            ..Event::done(deed.code(), kind, id)
        };
        audit::record(tx, self.by, event, self.now).await
    }
}

/// Writes down that somebody did not get in; what is the provider's fault stands in the log, too.
pub(super) async fn fail(
    db: &DatabaseConnection,
    by: &By,
    account: Option<AccountId>,
    error: ProviderError,
    now: DateTime<Utc>,
) -> Result<ProviderError, DbErr> {
    let (account, why) = (account.map_or(0, i64::from), note(&error));
    let event = Event {
        outcome: Outcome::Refused,
        note: Some(why),
        ..Event::done(OwnDeed::FailSignIn.code(), "account", account)
    };
    match &error {
        ProviderError::Database(_) => return Ok(error),
        ProviderError::Fault { .. } => tracing::warn!(why, "nobody gets in by a provider"),
        _ => {}
    }
    database::write(db, async |tx| audit::record(tx, by, event, now).await).await?;
    Ok(error)
}

/// What the audit log keeps of a refusal.
fn note(error: &ProviderError) -> &'static str {
    match error {
        ProviderError::WrongVisit | ProviderError::NotThere | ProviderError::Stage(_) => {
            "provider: state"
        }
        ProviderError::Cancelled(_) => "provider: cancelled",
        ProviderError::Denied(_) => "provider: denied",
        ProviderError::Fault { fault, .. } => match fault {
            Fault::Unreachable => "provider: unreachable",
            Fault::OtherIssuer => "provider: issuer",
            Fault::Unreadable => "provider: unreadable",
            Fault::ClientRefused => "provider: client",
            Fault::CodeRefused => "provider: code",
            Fault::Forged => "provider: signature",
            Fault::OtherAudience => "provider: audience",
            Fault::WrongNonce => "provider: nonce",
            Fault::WrongTime => "provider: time",
        },
        ProviderError::NotRegistered(_) => "provider: not registered",
        ProviderError::NoDesk(_) => "provider: no organization",
        ProviderError::NoFactor(_) => "provider: no factor",
        ProviderError::NotAgain(_) => "provider: not again",
        ProviderError::OtherPerson(_) => "provider: other person",
        ProviderError::Taken(_) => "provider: taken",
        ProviderError::Invitation(_) => "provider: invitation",
        ProviderError::TooMany(_) => "throttled",
        ProviderError::OnlyWay | ProviderError::Refused(_) | ProviderError::Database(_) => {
            "provider"
        }
    }
}
