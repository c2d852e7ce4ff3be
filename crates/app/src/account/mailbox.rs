//! Mailboxes of an organization's functions: work is addressed to them, and whoever answers them changes.

use chrono::{DateTime, Utc};
use keniki_base::id::{AccountId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::policy::Deed;
use super::{By, Refused, membership, person};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::Definitions;
use crate::definition::account::MailboxKind;
use crate::mail;

mod queries;

/// A mailbox, and who could answer it.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Code of its kind.
    pub purpose: String,
    /// 退院支援の窓口.
    pub name: String,
    /// Who could answer it by their role: number, name, whether they do.
    pub people: Vec<(AccountId, String, bool)>,
}

/// Why those who answer a mailbox stay the same.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// No such mailbox there.
    #[error("その窓口はありません。")]
    NotThere,
    /// Somebody whose role does not answer it.
    #[error("この窓口に応じられる役割のない人が含まれています。ページを開きなおしてください。")]
    WrongRole,
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// The mailboxes of an organization: those that somebody there could answer today.
pub async fn of(
    db: &impl ConnectionTrait,
    kinds: &[MailboxKind],
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<Mailbox>, DbErr> {
    let day = keniki_base::clock::jst_day(now).to_string();
    let answering = queries::answering(db, organization.into()).await?;
    let members = person::members(db, organization).await?;
    let holds = |member: &&person::Member| {
        member.valid_from <= day && member.valid_to.as_ref().is_none_or(|to| *to >= day)
    };
    let members: Vec<_> = members.iter().filter(holds).collect();
    let mailboxes = kinds.iter().map(|kind| {
        let mut people: Vec<(AccountId, String, bool)> = Vec::new();
        for member in members.iter().filter(|it| kind.roles.contains(&it.role)) {
            let account = AccountId::new(member.account_id);
            if people.iter().all(|(known, _, _)| *known != account) {
                let answers = answering
                    .iter()
                    .any(|it| it.purpose == kind.code && it.account_id == member.account_id);
                people.push((account, member.name.clone(), answers));
            }
        }
        Mailbox {
            purpose: kind.code.clone(),
            name: kind.name.clone(),
            people,
        }
    });
    Ok(mailboxes.filter(|it| !it.people.is_empty()).collect())
}

/// A letter to whoever answers a mailbox; where nobody does, to whoever works there with patients. It says of nobody.
pub(crate) async fn letter(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    (organization, purpose): (OrganizationId, &str),
    (subject, body): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let day = keniki_base::clock::jst_day(now).to_string();
    let mut people = queries::addresses(tx, (organization.get(), purpose), &day).await?;
    if people.is_empty() {
        let deed = (organization, Deed::WritePatient);
        people = who_may(tx, definitions, deed, &day).await?;
    }
    for recipient in &people {
        let draft = mail::Draft {
            recipient,
            subject,
            body,
        };
        mail::write(tx, draft, now).await?;
    }
    Ok(())
}

/// Whether anybody works in an organization on the day of `now` who may do `deed` there.
pub(crate) async fn is_answered(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    (organization, deed): (OrganizationId, Deed),
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let day = keniki_base::clock::jst_day(now).to_string();
    let people = who_may(tx, definitions, (organization, deed), &day).await?;
    Ok(!people.is_empty())
}

/// Mail addresses of who works in an organization on a day in a role that may do a deed.
async fn who_may(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    (organization, deed): (OrganizationId, Deed),
    day: &str,
) -> Result<Vec<String>, DbErr> {
    let policy = definitions.policy();
    let roles = policy.who_may(deed);
    let roles: Vec<&str> = roles.map(|(role, _)| role.code.as_str()).collect();
    queries::addresses_of_roles(tx, organization.get(), &roles, day).await
}

/// Who answers which mailbox: code of its kind, and number.
pub(super) async fn answered(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<(String, AccountId)>, DbErr> {
    let answering = queries::answering(db, organization.into()).await?;
    let pair = |it: queries::Answering| (it.purpose, it.account_id.into());
    Ok(answering.into_iter().map(pair).collect())
}

/// Somebody answers a mailbox, too. Whether they may was asked by whoever calls this.
pub(super) async fn join(
    tx: &DatabaseTransaction,
    by: &By,
    (organization, purpose): (OrganizationId, &str),
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let at = instant(now);
    let id = queries::put(tx, organization.into(), purpose, &at).await?;
    queries::join(tx, id, account.into(), &at).await?;
    let event = Event {
        note: Some("mailbox"),
        ..Event::done(Deed::InviteAccount.code(), "mailbox", id)
    };
    audit::record(tx, by, event, now).await
}

/// Says who answers a mailbox from now on; what was addressed to it stays there.
pub async fn put_people(
    tx: &DatabaseTransaction,
    kinds: &[MailboxKind],
    by: &By,
    (organization, purpose): (OrganizationId, &str),
    people: &[AccountId],
    now: DateTime<Utc>,
) -> Result<(), MailboxError> {
    let object = membership::object(tx, organization).await?;
    by.authorize(Deed::InviteAccount, &object)?;
    let mailboxes = of(tx, kinds, organization, now).await?;
    let mailbox = mailboxes.iter().find(|it| it.purpose == purpose);
    let mailbox = mailbox.ok_or(MailboxError::NotThere)?;
    let may = |account: &AccountId| mailbox.people.iter().any(|(it, _, _)| it == account);
    if !people.iter().all(may) {
        return Err(MailboxError::WrongRole);
    }
    let at = instant(now);
    let id = queries::put(tx, organization.into(), purpose, &at).await?;
    let people: Vec<i64> = people.iter().map(|account| account.get()).collect();
    queries::put_people(tx, id, &people, &at).await?;
    let event = Event {
        note: Some("mailbox"),
        ..Event::done(Deed::InviteAccount.code(), "mailbox", id)
    };
    Ok(audit::record(tx, by, event, now).await?)
}
