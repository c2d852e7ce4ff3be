//! Sends a handover to the mailbox of an organization of the case, or to somebody outside of the network.

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseEventId, CaseId, HandoverId, OrganizationId};
use keniki_base::text::read_phone;
use sea_orm::DatabaseTransaction;

use super::who::Act;
use super::{
    HandoverError, Loaded, OTHER, find, form, is_allowed, load, needed, object, queries, text,
};
use crate::account::policy::Deed;
use crate::account::{By, mailbox};
use crate::attachment::{self, NewAttachment, Sealing};
use crate::audit::{self, Event as AuditEvent};
use crate::case::channel::Channel;
use crate::case::engine::{Content, State, code};
use crate::case::receipt::{self, Receipt};
use crate::case::save::{letter, save};
use crate::case::{CaseError, House, queries as cases};
use crate::database::instant;

/// What is handed over, as somebody typed it.
#[derive(Clone, Default)]
pub struct Sending {
    /// Code of the step, or [`OTHER`].
    pub purpose: String,
    /// The event with which the step's obligation began; none: the oldest that is open.
    pub cause: Option<CaseEventId>,
    /// To whom; none: who has the step's role in the case.
    pub to: Option<OrganizationId>,
    /// To whom outside of the network, in its place.
    pub outside: Option<Outside>,
    /// The one in whose place it is sent.
    pub former: Option<HandoverId>,
    /// What it is about.
    pub subject: String,
    /// Plain text.
    pub words: String,
    /// The form that goes with it.
    pub form_record: Option<i64>,
    /// Files that go with it.
    pub files: Vec<NewAttachment>,
    /// The form's own number: sent twice, it is one handover.
    pub form_key: Option<String>,
}

/// Somebody outside of the network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outside {
    /// Who: organization and person.
    pub recipient: String,
    /// FAX number; empty: a link.
    pub fax: String,
}

/// To whom it goes.
struct Recipient {
    organization: Option<OrganizationId>,
    role: Option<String>,
    outside: Option<(String, Option<String>)>,
}

/// Sends a handover. For a step it is the step's receipt in the same transaction.
///
/// # Errors
/// [`HandoverError`]; nothing is written then.
pub async fn send(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    case: CaseId,
    (sending, sealing): (Sending, Sealing<'_>),
    now: DateTime<Utc>,
) -> Result<HandoverId, HandoverError> {
    by.authorize(Deed::SendHandover, &object(tx, case, now).await?)?;
    cases::lock_case(tx, case.get()).await?;
    let mut loaded = load(tx, house.definitions, case).await?;
    if let Some(key) = &sending.form_key
        && let Some(known) = queries::by_form(tx, case.get(), key).await?
    {
        return Ok(known.into());
    }
    let state = loaded.state(house.definitions, now);
    if state.closed.is_some() {
        return Err(CaseError::Over.into());
    }
    let (own, role) = sender(&loaded, by, &sending.purpose)?;
    let to = recipient(tx, house, &loaded, &sending, now).await?;
    let subject = needed("件名", &sending.subject, 100)?;
    let words = text("伝えること", &sending.words, 4_000)?;
    let words = words.ok_or(CaseError::Missing("伝えること"))?;
    let former = former(tx, by, case, sending.former).await?;
    let cause = cause(&state, &sending)?;
    let outside = to.outside.as_ref().map(|(recipient, _)| recipient.as_str());
    let fax = to.outside.as_ref().and_then(|(_, fax)| fax.as_deref());
    if let Some(record) = sending.form_record {
        let records = form::records(tx, by, (loaded.patient, case), now).await?;
        if !records.iter().any(|it| it.id == record) {
            return Err(CaseError::Unknown("付ける様式").into());
        }
    }
    let cause_id = cause.map(i64::from);
    let purpose = (case.get(), &*sending.purpose, cause_id, &*subject);
    let whom = (to.organization.map(i64::from), outside);
    if let Some(live) = queries::live(tx, purpose, whom).await? {
        return Err(HandoverError::AlreadyLive(live.into()));
    }
    let receipt = match sending.purpose.as_str() {
        OTHER => None,
        step => Some(receive(tx, by, &mut loaded, (step, cause, &to), now).await?),
    };
    let team_role = |role: &str| house.definitions.patients().team_role(role);
    let rule = to
        .role
        .as_deref()
        .and_then(|role| loaded.program.role(role));
    let rule = rule.and_then(|it| team_role(&it.team_role));
    let new = queries::New {
        case: case.get(),
        purpose: &sending.purpose,
        cause: cause.map(i64::from),
        former: former.map(i64::from),
        from: (own.get(), &role),
        to: (whom.0, to.role.as_deref(), rule.map(|it| &*it.mailbox)),
        outside: (outside, fax),
        subject: &subject,
        words: &words,
        form_record: sending.form_record,
        receipt: receipt.map(i64::from),
        form_key: sending.form_key.as_deref(),
        account: by.account.map(i64::from),
        now: &instant(now),
    };
    let id = queries::insert(tx, &new).await?;
    for file in sending.files {
        let attachment = attachment::put(tx, by, (file, sealing), now).await?;
        queries::attach(tx, id, attachment.get()).await?;
    }
    let event = AuditEvent {
        note: to.outside.is_some().then_some("handover: outside"),
        ..AuditEvent::done(Deed::SendHandover.code(), "handover", id)
    };
    audit::record(tx, by, event, now).await?;
    save(tx, house, by, &loaded, now).await?;
    if let (Some(organization), Some(role)) = (to.organization, to.role.as_deref()) {
        let what = "あなたの組織の窓口に、引継ぎが届いています。\nだれの、何の引継ぎか";
        let said = ("引継ぎが届いています", what);
        letter(tx, house, &loaded, (organization, role), said, now).await?;
    }
    Ok(id.into())
}

/// The organization that sends, and in which of the case's roles: the one that owes the step.
fn sender(
    loaded: &Loaded<'_>,
    by: &By,
    purpose: &str,
) -> Result<(OrganizationId, String), CaseError> {
    let step = match purpose {
        OTHER => None,
        code => {
            let step = loaded.program.step(code).filter(|step| step.handover);
            Some(step.ok_or(CaseError::Unknown("用件"))?)
        }
    };
    let name = step.map_or("引継ぎ", |it| &it.name);
    let wrong = || CaseError::WrongRole(name.to_owned());
    let own = by.organization.ok_or_else(wrong)?;
    let role = loaded
        .roles_of(own)
        .find(|role| step.is_none_or(|step| step.from == *role));
    Ok((own, role.ok_or_else(wrong)?.to_owned()))
}

/// To whom it goes, where they are there and can answer.
async fn recipient(
    tx: &DatabaseTransaction,
    house: House<'_>,
    loaded: &Loaded<'_>,
    sending: &Sending,
    now: DateTime<Utc>,
) -> Result<Recipient, HandoverError> {
    let step = loaded.program.step(&sending.purpose);
    let asked = step.and_then(|step| step.to.as_deref());
    if let Some(outside) = &sending.outside {
        return Ok(Recipient {
            organization: None,
            role: asked.map(str::to_owned),
            outside: Some(whom(outside)?),
        });
    }
    let name = asked.and_then(|role| loaded.program.role(role));
    let nobody = || HandoverError::NoRecipient(name.map_or("受ける側", |it| &it.name).to_owned());
    let organization = match (sending.to, asked) {
        (Some(to), _) => to,
        (None, Some(role)) => loaded.organization_of(role).ok_or_else(nobody)?,
        (None, None) => return Err(nobody()),
    };
    let mut roles = loaded.roles_of(organization);
    let role = roles.find(|role| asked.is_none_or(|asked| asked == *role));
    let role = role.ok_or_else(nobody)?.to_owned();
    let member = loaded
        .team
        .iter()
        .find(|it| it.organization_id == organization.get());
    let name = || member.map_or_else(String::new, |it| it.organization_name.clone());
    if queries::is_closed(tx, organization.get()).await? {
        return Err(HandoverError::ClosedRecipient(name()));
    }
    let deed = (organization, Deed::AnswerHandover);
    if !mailbox::is_answered(tx, house.definitions, deed, now).await? {
        return Err(HandoverError::NobodyAnswers(name()));
    }
    Ok(Recipient {
        organization: Some(organization),
        role: Some(role),
        outside: None,
    })
}

fn whom(outside: &Outside) -> Result<(String, Option<String>), CaseError> {
    let recipient = text("送り先", &outside.recipient, 100)?;
    let recipient = recipient.ok_or(CaseError::Missing("送り先"))?;
    let fax = read_phone(&outside.fax).map_err(|_| CaseError::Unknown("FAX番号"))?;
    Ok((recipient, fax))
}

/// The one in whose place it is sent: the organization's own, of this case, that was sent back or taken back.
async fn former(
    tx: &DatabaseTransaction,
    by: &By,
    case: CaseId,
    former: Option<HandoverId>,
) -> Result<Option<HandoverId>, HandoverError> {
    if let Some(id) = former {
        let found = find(tx, id).await?.filter(|it| it.case == case);
        is_allowed(by, &found.ok_or(HandoverError::NotThere)?, Act::SendAgain)?;
    }
    Ok(former)
}

/// Which obligation of the step it is about: the one that was named, the oldest that is open, or the last.
fn cause(state: &State, sending: &Sending) -> Result<Option<CaseEventId>, CaseError> {
    let of_step = || {
        let all = state.obligations.iter();
        all.filter(|it| it.step == sending.purpose)
    };
    match sending.cause {
        Some(cause) if of_step().any(|it| it.cause == cause) => Ok(Some(cause)),
        Some(_) => Err(CaseError::Unknown("対応事項")),
        None => {
            let open = of_step().find(|it| it.met.is_none());
            Ok(open.or_else(|| of_step().next_back()).map(|it| it.cause))
        }
    }
}

/// The step is done by sending: to the mailbox here, outside of the network by link or FAX.
async fn receive(
    tx: &DatabaseTransaction,
    by: &By,
    loaded: &mut Loaded<'_>,
    (step, cause, to): (&str, Option<CaseEventId>, &Recipient),
    now: DateTime<Utc>,
) -> Result<CaseEventId, CaseError> {
    let is_fax = matches!(&to.outside, Some((_, Some(_))));
    let whom = to.outside.as_ref().map(|(recipient, _)| recipient.clone());
    let receipt = Receipt {
        step: step.to_owned(),
        cause,
        happened_at: now,
        channel: if is_fax { Channel::Fax } else { Channel::Here },
        whom: whom.unwrap_or_default(),
        note: String::new(),
        form_record: None,
        form_key: None,
    };
    let done = (code::DONE, &receipt, Content::default());
    receipt::write(tx, by, loaded, (done, None), now).await
}
