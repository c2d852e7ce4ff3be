//! Approves a proposal, which then counts before every list; declines it; takes one's own back.

use chrono::{DateTime, Utc};
use keniki_base::id::ProposalId;
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::{Proposal, ProposalError, State, Step, current, field, find, queries, seen};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::bundle;
use crate::database::{self, Lock, instant};
use crate::directory::source::locate::Places;
use crate::import::fold::OFFICE;
use crate::import::office::{self, Word};
use crate::mail::{self, Draft};

/// What somebody decided.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// Yes, or no.
    pub is_yes: bool,
    /// What they say to it.
    pub note: &'a str,
    /// What they saw was said then ([`seen`]).
    pub seen: &'a str,
}

/// Decides a proposal of somebody else, an action of its own; who made it gets a letter where letters go out, with the
/// address under which people reach this site.
pub async fn decide(
    db: &DatabaseConnection,
    public_url: Option<&str>,
    by: &By,
    (id, decision): (ProposalId, Decision<'_>),
    now: DateTime<Utc>,
) -> Result<(), ProposalError> {
    let places = Places::load(db).await?;
    let tx = database::begin_write_alone(db, Lock::Directory).await?;
    let proposal = find(&tx, by, id).await?;
    by.authorize(Deed::Approve, proposal.object())?;
    if proposal.is_of(by) {
        return Err(ProposalError::Own);
    }
    let step = match decision.is_yes {
        true => Step::Approve,
        false => Step::Reject,
    };
    let state = proposal.state.after(step)?;
    if !decision.is_yes && decision.note.trim().is_empty() {
        return Err(ProposalError::NoReason);
    }
    let (tx, batch) = match decision.is_yes {
        true => write(tx, &places, by, &proposal, decision, now).await?,
        false => (tx, None),
    };
    let end = queries::End {
        state: state.code(),
        by: by.account.map(i64::from),
        at: &instant(now),
        note: Some(decision.note.trim()).filter(|note| !note.is_empty()),
        batch,
    };
    if !queries::put_end(&tx, id.get(), &end).await? {
        return Err(super::WrongState.into());
    }
    let event = Event {
        note: Some(state.code()),
        ..Event::done(Deed::Approve.code(), "service", proposal.service.get())
    };
    audit::record(&tx, by, event, now).await?;
    if let Some(public_url) = public_url {
        tell(&tx, public_url, &proposal, state, now).await?;
    }
    Ok(tx.commit().await?)
}

/// A letter to who made it, without a word of what it says.
async fn tell(
    tx: &DatabaseTransaction,
    public_url: &str,
    proposal: &Proposal,
    state: State,
    now: DateTime<Utc>,
) -> Result<(), ProposalError> {
    let Some(recipient) = queries::login_of(tx, proposal.id.get()).await? else {
        return Ok(());
    };
    let (subject, what) = match state {
        State::Approved => (
            "変更の申し出が承認されました",
            "承認され、公開の内容になりました",
        ),
        State::Rejected | State::Open | State::Withdrawn => (
            "変更の申し出が見送られました",
            "見送られました。理由は次のページにあります",
        ),
    };
    let body = format!(
        "申し出いただいた内容の変更は、{what}。\n\n{public_url}/proposals/{}\n",
        proposal.id
    );
    let draft = Draft {
        recipient: &recipient,
        subject,
        body: &body,
    };
    Ok(mail::write(tx, draft, now).await?)
}

async fn write(
    tx: DatabaseTransaction,
    places: &Places,
    by: &By,
    proposal: &Proposal,
    decision: Decision<'_>,
    now: DateTime<Utc>,
) -> Result<(DatabaseTransaction, Option<i64>), ProposalError> {
    bundle::is_kept_here(&tx).await??;
    if seen(&current(&tx, proposal.service).await?) != decision.seen {
        return Err(ProposalError::Changed);
    }
    let mut said = office::said(&tx, proposal.service).await?;
    field::put(&mut said, &proposal.fields);
    let word = Word {
        teller: OFFICE,
        title: format!("申し出 {}", proposal.id),
        assured_by: Some("事業所の申し出"),
        said: vec![(proposal.service, said)],
    };
    Ok(office::put(tx, places, by, &word, now).await?)
}

/// Takes one's own proposal back while it waits.
pub async fn withdraw(
    tx: &DatabaseTransaction,
    by: &By,
    id: ProposalId,
    now: DateTime<Utc>,
) -> Result<(), ProposalError> {
    let proposal = find(tx, by, id).await?;
    if proposal.account != by.account {
        return Err(ProposalError::NotThere);
    }
    let state = proposal.state.after(Step::Withdraw)?;
    let end = queries::End {
        state: state.code(),
        by: by.account.map(i64::from),
        at: &instant(now),
        note: None,
        batch: None,
    };
    if !queries::put_end(tx, id.get(), &end).await? {
        return Err(super::WrongState.into());
    }
    let event = Event {
        note: Some(state.code()),
        ..Event::done(Deed::Propose.code(), "service", proposal.service.get())
    };
    Ok(audit::record(tx, by, event, now).await?)
}
