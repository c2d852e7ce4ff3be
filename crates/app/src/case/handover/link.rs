//! A link for a recipient outside of the network: opens a handover once, with a code that the sender tells by telephone.

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use keniki_base::id::{AttachmentId, HandoverId};
use keniki_base::text::squeeze;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::list::name_of_patient;
use super::show::Attached;
use super::stage::{At, Mark, Step};
use super::who::Act;
use super::{
    Handover, HandoverError, begin, cases, file, find, needed, queries as handovers, step,
};
use crate::account::By;
use crate::account::policy::Deed;
use crate::account::secret::{self, Token};
use crate::attachment::key::KeyFile;
use crate::attachment::{AttachmentError, Opened as OpenedFile};
use crate::audit::{self, Event as AuditEvent, Outcome};
use crate::case::House;
use crate::case::channel::Channel;
use crate::database::instant;
use crate::definition::patient::HandoverRule;
use crate::form::record::RecordError;
use crate::form::record::show::{Handed, handed};

pub(super) mod queries;

/// A link that was made: token and code are shown once, and kept as hashes alone.
#[derive(Debug)]
pub struct Made {
    /// Goes out in the link.
    pub token: Token,
    /// Is told by telephone.
    pub code: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Makes a link; one that was not used is good no longer.
///
/// # Errors
/// [`HandoverError`].
pub async fn make(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (id, chance): (HandoverId, &dyn Chance),
    now: DateTime<Utc>,
) -> Result<Made, HandoverError> {
    let (_, handover) = begin(tx, house, by, (id, Act::Link), now).await?;
    if handover.to.is_some() {
        return Err(HandoverError::NotOutside);
    }
    let rule = house.definitions.patients().handover;
    let made = Made {
        token: Token::new(chance),
        code: new_code(chance, rule.code_digits),
        expires_at: now + rule.lasts(),
    };
    let hashes = (
        made.token.hash(),
        code_hash(made.token.as_str(), &made.code),
    );
    let account = by.account.map(i64::from);
    let times = (account, &*instant(made.expires_at), &*instant(now));
    queries::insert_link(tx, id.get(), (&hashes.0, &hashes.1), times).await?;
    let event = AuditEvent {
        note: Some("handover: outside"),
        ..AuditEvent::done(Deed::SendHandover.code(), "handover", id.get())
    };
    audit::record(tx, by, event, now).await?;
    Ok(made)
}

fn new_code(chance: &dyn Chance, digits: u32) -> String {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    let number = u64::from_le_bytes(bytes) % 10_u64.pow(digits);
    format!("{number:0width$}", width = digits as usize)
}

/// Bound to the token, which the database does not have: so few digits could be guessed from their hash alone.
fn code_hash(token: &str, code: &str) -> String {
    secret::hash(&format!("{token}:{code}"))
}

/// Whether a link still opens.
///
/// # Errors
/// The engine's.
pub async fn is_good(
    db: &impl ConnectionTrait,
    rule: HandoverRule,
    token: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let Some(link) = queries::link(db, &secret::hash(token)).await? else {
        return Ok(false);
    };
    let handover = find(db, link.handover_id.into()).await?;
    Ok(handover.is_some_and(|it| opens(rule, &link, &it, now)))
}

/// In its time, not used, not guessed at too often, and the handover waits for an answer.
fn opens(
    rule: HandoverRule,
    link: &queries::Link,
    handover: &Handover,
    now: DateTime<Utc>,
) -> bool {
    link.used_at.is_none()
        && link.expires_at > instant(now)
        && link.failures < i64::from(rule.tries)
        && matches!(handover.stage.at(), At::Sent | At::Read)
}

/// A handover as somebody outside of the network sees it.
#[derive(Debug)]
pub struct HandedOver {
    /// Itself.
    pub handover: Handover,
    /// Of whom.
    pub patient: String,
    /// Its files.
    pub files: Vec<Attached>,
    /// The form that goes with it.
    pub form: Option<Handed>,
    /// Telephone of who sent it.
    pub phone: Option<String>,
}

/// What came of a code.
#[derive(Debug)]
pub enum Opened {
    /// The handover, this once, with all that goes with it.
    Shown(Box<HandedOver>),
    /// It was wrong; so many tries are left.
    Wrong(u32),
    /// The link opens no more.
    Gone,
}

/// Opens a handover for who holds the link and was told the code; who they are stands in the receipt.
///
/// # Errors
/// [`HandoverError`]. A wrong code is no error: it must be counted.
pub async fn open(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (token, code, name): (&str, &str, &str),
    now: DateTime<Utc>,
) -> Result<Opened, HandoverError> {
    let name = needed("お名前", name, 100)?;
    let rule = house.definitions.patients().handover;
    let Some((link, handover)) = locked(tx, token).await? else {
        return Ok(Opened::Gone);
    };
    if !opens(rule, &link, &handover, now) {
        return Ok(Opened::Gone);
    }
    if !is_code(&link, token, code) {
        return wrong(tx, rule, by, &link, now).await;
    }
    queries::put_used(tx, link.id, &instant(now)).await?;
    let read = Mark {
        at: now,
        account: None,
        name,
        role: handover.to_name.clone(),
        channel: Channel::Here,
    };
    let note = Some("handover: link");
    match handover.stage.at() {
        At::Sent => {
            let what = (Step::Read(read), Act::Read.deed(), note);
            step(tx, by, &handover, what, now).await?;
        }
        At::Read | At::Accepted | At::Returned | At::Done | At::Cancelled => {
            let event = AuditEvent {
                note,
                ..AuditEvent::done(Act::Read.deed().code(), "handover", link.handover_id)
            };
            audit::record(tx, by, event, now).await?;
        }
    }
    let shown = handed_over(tx, house, by, handover, now).await?;
    Ok(Opened::Shown(Box::new(shown)))
}

/// What the link shows; that a form was seen with it is written down.
async fn handed_over(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    handover: Handover,
    now: DateTime<Utc>,
) -> Result<HandedOver, HandoverError> {
    let form = match handover.form_record {
        Some(id) => {
            handed(tx, house.definitions, id.into())
                .await
                .map_err(|error| match error {
                    RecordError::Database(error) => error,
                    other => DbErr::Custom(other.to_string()),
                })?
        }
        None => None,
    };
    if let Some(form) = &form {
        let event = AuditEvent {
            note: Some("handover: link"),
            ..AuditEvent::done(Deed::ReadForm.code(), "form_record", form.row.id)
        };
        audit::record(tx, by, event, now).await?;
    }
    Ok(HandedOver {
        patient: name_of_patient(tx, handover.patient).await?,
        files: handovers::files(tx, handover.id.get()).await?,
        phone: handovers::numbers_of(tx, handover.from.get()).await?.0,
        form,
        handover,
    })
}

/// The link and its handover, whose case waits for nobody else.
async fn locked(
    tx: &DatabaseTransaction,
    token: &str,
) -> Result<Option<(queries::Link, Handover)>, DbErr> {
    let hash = secret::hash(token);
    let Some(link) = queries::link(tx, &hash).await? else {
        return Ok(None);
    };
    if let Some(case) = handovers::case_of(tx, link.handover_id).await? {
        cases::lock_case(tx, case.get()).await?;
    }
    let link = queries::link(tx, &hash).await?;
    match link {
        Some(link) => Ok(find(tx, link.handover_id.into())
            .await?
            .map(|handover| (link, handover))),
        None => Ok(None),
    }
}

fn is_code(link: &queries::Link, token: &str, typed: &str) -> bool {
    let digits: String = squeeze(typed).replace([' ', '-'], "");
    code_hash(token, &digits) == link.code_hash
}

async fn wrong(
    tx: &DatabaseTransaction,
    rule: HandoverRule,
    by: &By,
    link: &queries::Link,
    now: DateTime<Utc>,
) -> Result<Opened, HandoverError> {
    queries::put_failure(tx, link.id).await?;
    let event = AuditEvent {
        note: Some("handover: wrong code"),
        outcome: Outcome::Refused,
        ..AuditEvent::done(Act::Read.deed().code(), "handover", link.handover_id)
    };
    audit::record(tx, by, event, now).await?;
    let failures = u32::try_from(link.failures).unwrap_or(u32::MAX);
    match rule.tries.saturating_sub(failures.saturating_add(1)) {
        0 => Ok(Opened::Gone),
        left => Ok(Opened::Wrong(left)),
    }
}

/// A file of a handover that a link opened a short while ago; wrong codes count as they do there.
///
/// # Errors
/// [`HandoverError`]; none: the link gives nothing.
pub async fn fetch(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (token, code, wanted, keys): (&str, &str, AttachmentId, &KeyFile),
    now: DateTime<Utc>,
) -> Result<Option<OpenedFile>, HandoverError> {
    let rule = house.definitions.patients().handover;
    let Some((link, handover)) = locked(tx, token).await? else {
        return Ok(None);
    };
    let since = instant(now - rule.keeps_files());
    let is_open = link.used_at.as_ref().is_some_and(|used| *used > since);
    if !is_open || link.failures >= i64::from(rule.tries) {
        return Ok(None);
    }
    if !is_code(&link, token, code) {
        wrong(tx, rule, by, &link, now).await?;
        return Ok(None);
    }
    match file::open(tx, (handover.id, wanted), keys).await {
        Ok(opened) => Ok(Some(opened)),
        Err(HandoverError::Attachment(AttachmentError::Unknown(_))) => Ok(None),
        Err(error) => Err(error),
    }
}
