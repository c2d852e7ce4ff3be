//! The way to a provider: what is kept of it until the browser comes back, once and not for long.

use chrono::{DateTime, Utc};
use keniki_base::id::{InvitationId, ProviderId, SessionId};
use sea_orm::DatabaseConnection;

use super::super::By;
use super::super::invitation;
use super::super::secret::Token;
use super::super::session::{self, Browser, Session};
use super::super::sign_in::House;
use super::super::stage::Step;
use super::super::throttle;
use super::arrive::fail;
use super::protocol::{self, Question};
use super::{Provider, ProviderError, Road, queries};
use crate::database::{self, instant};

/// What somebody goes to a provider for.
#[derive(Debug, Clone, Copy)]
pub enum Errand<'a> {
    /// To sign in.
    SignIn,
    /// To prove that they are still the same.
    Confirm(&'a Session),
    /// To have the person there linked to the account here.
    Link(&'a Session),
    /// To take the link of this token without a password.
    Invite(&'a str),
}

/// What an errand is called in the database.
pub(super) mod errand {
    pub const SIGN_IN: &str = "sign_in";
    pub const CONFIRM: &str = "confirm";
    pub const LINK: &str = "link";
    pub const INVITE: &str = "invite";
}

/// Somebody on the way.
pub struct SetOut {
    /// Where their browser goes.
    pub address: String,
    /// What it brings back in a cookie.
    pub token: Token,
}

/// Asks the provider where to go, and remembers who went.
pub async fn set_out(
    db: &DatabaseConnection,
    (house, road): (House<'_>, Road<'_>),
    (by, browser): (&By, Browser<'_>),
    (provider, errand, next): (ProviderId, Errand<'_>, &str),
    now: DateTime<Utc>,
) -> Result<SetOut, ProviderError> {
    let provider = super::find(db, provider).await?;
    let provider = provider.ok_or(ProviderError::NotThere)?;
    let (code, session, invitation) = checked(db, &provider, errand, now).await?;
    let (state, nonce) = (Token::new(house.chance), Token::new(house.chance));
    let (code_verifier, token) = (Token::new(house.chance), Token::new(house.chance));
    // Each one counts until it comes back, so that nobody has this program ask a provider without end.
    let what = attempted(state.as_str());
    if !throttle::attempt(db, house.rule, &what, browser.origin, now).await? {
        let error = ProviderError::TooMany(house.rule.failures_within().num_minutes());
        return Err(fail(db, by, None, error, now).await?);
    }
    let question = Question {
        state: state.as_str(),
        nonce: nonce.as_str(),
        code_verifier: code_verifier.as_str(),
        is_again: matches!(errand, Errand::Confirm(_)),
    };
    let address = match protocol::address(road, &provider, question).await {
        Ok(address) => address,
        Err(fault) => {
            let error = ProviderError::of(&provider, fault);
            return Err(fail(db, by, None, error, now).await?);
        }
    };
    let since = instant(now - house.rule.second_factor_within());
    database::write(db, async |tx| {
        queries::delete_visits_before(tx, &since).await?;
        let new = queries::NewVisit {
            provider: provider.id.into(),
            state_hash: &state.hash(),
            browser_hash: &token.hash(),
            nonce: nonce.as_str(),
            code_verifier: code_verifier.as_str(),
            errand: code,
            session: session.map(i64::from),
            invitation: invitation.map(i64::from),
            next,
            now: &instant(now),
        };
        queries::insert_visit(tx, &new).await
    })
    .await?;
    Ok(SetOut { address, token })
}

/// Whether somebody may go there for that: code, session and invitation of the errand.
async fn checked(
    db: &DatabaseConnection,
    provider: &Provider,
    errand: Errand<'_>,
    now: DateTime<Utc>,
) -> Result<(&'static str, Option<SessionId>, Option<InvitationId>), ProviderError> {
    match errand {
        Errand::SignIn => Ok((errand::SIGN_IN, None, None)),
        Errand::Confirm(session) => {
            session.stage.after(Step::AskProvider)?;
            Ok((errand::CONFIRM, Some(session.id), None))
        }
        Errand::Link(session) => {
            session.stage.after(Step::AskProvider)?;
            let desks = session::desks(db, session, now).await?;
            let mut organizations = desks.iter().map(|desk| desk.actor.organization);
            match organizations.any(|it| provider.opens(it)) {
                true => Ok((errand::LINK, Some(session.id), None)),
                false => Err(ProviderError::NoDesk(provider.label.clone())),
            }
        }
        Errand::Invite(token) => {
            let link = invitation::find(db, token, now).await?;
            let link = link.ok_or(invitation::InvitationError::NotThere)?;
            match link.may_be_taken_by(provider) {
                true => Ok((errand::INVITE, None, Some(link.id))),
                false => Err(ProviderError::NotThere),
            }
        }
    }
}

/// What the attempts of one way count as.
pub(super) fn attempted(state: &str) -> String {
    format!("provider {state}")
}
