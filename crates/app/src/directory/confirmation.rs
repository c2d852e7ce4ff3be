//! Once a year an office is asked whether what is said of its services is right: a link by mail, a reminder, then 未確認.
//!
//! What it confirms counts as its own word from then on: a list that says something else proposes it (`proposal/differ.rs`).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use keniki_base::clock::jst_day;
use keniki_base::id::{AccountId, ConfirmationId, OrganizationId, ServiceId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::internal;
use super::listing::{self, Listed};
use super::show::services_of_organization;
use crate::account::policy::{self, Deed, Object, Policy, Reach, Relation};
use crate::account::{By, Refused, membership, office, person, secret};
use crate::audit::{self, Event};
use crate::bundle::{self, IsMirror};
use crate::database::instant;
use crate::definition::confirmation::ConfirmationRule;

mod ask;
mod confirm;
mod queries;
mod stage;

pub use ask::{ask, ask_due};
pub use confirm::confirm;
pub use queries::Waiting;
pub use stage::{State, Step, WrongState};

/// What asking rests on.
#[derive(Clone, Copy)]
pub struct House<'a> {
    /// The rule in force.
    pub rule: &'a ConfirmationRule,
    /// Whose people may confirm.
    pub policy: Policy<'a>,
    /// Where links come from.
    pub chance: &'a dyn Chance,
    /// Under which address people reach this site, without a slash at the end.
    pub public_url: &'a str,
}

/// Why something was not confirmed, or nobody asked.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmationError {
    /// No such service or organization.
    #[error("確かめるサービスがありません。ページを開きなおしてください。")]
    NotThere,
    /// Nobody who could be asked.
    #[error(
        "確認を頼む相手がいません。この事業所のメールアドレスを登録するか、職員を招待してください。"
    )]
    Nobody,
    /// The last letter waits for its answer.
    #[error("すでに確認を頼んでいて、返事を待っています。")]
    Waiting,
    /// Something that is no mail address.
    #[error("メールアドレスを読み取れません。office@example.jp のように書いてください。")]
    WrongMail,
    /// It was answered.
    #[error(transparent)]
    State(#[from] WrongState),
    /// Only bundles write the directory here.
    #[error(transparent)]
    Mirror(#[from] IsMirror),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// What a link opens: an organization and its services.
#[derive(Debug, Clone)]
pub struct Link {
    /// Of which asking.
    pub confirmation: ConfirmationId,
    /// Who is asked.
    pub organization: OrganizationId,
    /// Its name.
    pub organization_name: String,
    /// Who put down the address to which it went; none: it went to the organization's own people.
    pub vouched_by: Option<AccountId>,
}

impl Link {
    /// Whoever holds it may confirm and propose for the organization, and nothing else.
    #[must_use]
    pub fn holder(&self, visitor: &By) -> By {
        let reach = Reach {
            organization: Some(self.organization),
            ..Reach::default()
        };
        let deeds = [Deed::Confirm, Deed::Propose];
        let reaches = deeds.map(|deed| (deed, reach.clone()));
        visitor.by_link(self.organization, self.vouched_by, reaches)
    }
}

/// A link that is good now: in its time, and sent where the organization would be asked today.
pub async fn link(
    db: &impl ConnectionTrait,
    policy: Policy<'_>,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Link>, DbErr> {
    let row = queries::by_link(db, &secret::hash(token), &instant(now)).await?;
    let Some(row) = row else { return Ok(None) };
    let today = recipients(db, policy, row.organization_id.into(), now).await?;
    let is_asked = today.iter().any(|(mail, _)| *mail == row.recipient);
    Ok(is_asked.then(|| Link {
        confirmation: row.id.into(),
        organization: row.organization_id.into(),
        organization_name: row.organization_name,
        vouched_by: row.vouched_by.map(AccountId::new),
    }))
}

/// So many services of one organization are looked at.
const MOST: u64 = 500;

/// The services of an organization, those to be confirmed first, each with whether it is.
pub async fn services(
    db: &impl ConnectionTrait,
    rule: &ConfirmationRule,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<(Listed, bool)>, DbErr> {
    let ids = services_of_organization(db, organization.get(), MOST).await?;
    let due = rule.due_before(jst_day(now)).to_string();
    let is_due = |listed: &Listed| {
        let assured = listed.last_assured.as_ref();
        assured.is_none_or(|assured| assured.on < due)
    };
    let listed = listing::of(db, &ids).await?.into_iter();
    let mut services: Vec<_> = listed.map(|one| (is_due(&one), one)).collect();
    services.sort_by_key(|(is_due, _)| !is_due);
    Ok(services.into_iter().map(|(due, one)| (one, due)).collect())
}

/// The organizations with something to be confirmed whom `by` may ask, and the sites whose lists name none, those that were
/// never asked first: how many whose name has `name` in it, and a page of them.
pub async fn waiting(
    db: &impl ConnectionTrait,
    rule: &ConfirmationRule,
    by: &By,
    (name, first, most): (&str, u64, u64),
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Waiting>), DbErr> {
    let reach = by.reach(Deed::AskConfirmation);
    let within = [
        ("w.id", "w.municipality_code"),
        ("t.organization_id", "t.municipality_code"),
    ]
    .map(|(organization, municipality)| policy::condition(&reach, organization, municipality));
    let due = rule.due_before(jst_day(now)).to_string();
    let name = name.replace(['%', '_'], "");
    queries::waiting(db, &within, (&due, &name), (first, most)).await
}

/// Says where an organization is asked that has nobody here; an empty address takes it away.
pub async fn put_address(
    tx: &DatabaseTransaction,
    by: &By,
    (organization, mail): (OrganizationId, &str),
    now: DateTime<Utc>,
) -> Result<(), ConfirmationError> {
    let object = membership::object(tx, organization).await?;
    by.authorize(Deed::AskConfirmation, &object)?;
    let mail = person::login(mail);
    if !mail.is_empty() && !person::is_address(&mail) {
        return Err(ConfirmationError::WrongMail);
    }
    let account = by.account.map(i64::from);
    let mail = Some(mail.as_str()).filter(|mail| !mail.is_empty());
    queries::put_address(tx, organization.get(), (mail, account), &instant(now)).await?;
    let event = Event {
        note: Some("address"),
        ..Event::done(
            Deed::AskConfirmation.code(),
            "organization",
            organization.get(),
        )
    };
    Ok(audit::record(tx, by, event, now).await?)
}

/// The same for the organization of a service, which is made where no list names one.
pub async fn put_address_of_service(
    tx: &DatabaseTransaction,
    by: &By,
    (service, mail): (ServiceId, &str),
    now: DateTime<Utc>,
) -> Result<(), ConfirmationError> {
    by.authorize(Deed::AskConfirmation, &object(tx, service).await?)?;
    bundle::is_kept_here(tx).await??;
    if !person::is_address(&person::login(mail)) {
        return Err(ConfirmationError::WrongMail);
    }
    let organization = office::of_service(tx, service).await?;
    let organization = organization.ok_or(ConfirmationError::NotThere)?;
    put_address(tx, by, (organization, mail), now).await
}

/// Mail addresses of those who may confirm for an organization today; else the one that was put down for it, and by whom.
async fn recipients(
    db: &impl ConnectionTrait,
    policy: Policy<'_>,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<(String, Option<i64>)>, DbErr> {
    let day = jst_day(now).to_string();
    let confirms = |role: &str| {
        let mut roles = policy.who_may(Deed::Confirm);
        roles.any(|(it, relations)| {
            it.code == role && relations.contains(&Relation::OwnOrganization)
        })
    };
    let members = person::members(db, organization).await?.into_iter();
    let logins: BTreeSet<String> = members
        .filter(|it| it.status == "active" && confirms(&it.role))
        .filter(|it| it.valid_from <= day && it.valid_to.as_ref().is_none_or(|to| *to >= day))
        .map(|it| it.login)
        .collect();
    if logins.is_empty() {
        let address = queries::address(db, organization.get()).await?;
        return Ok(address.into_iter().collect());
    }
    Ok(logins.into_iter().map(|login| (login, None)).collect())
}

/// The service as the policy asks after it.
async fn object(
    db: &impl ConnectionTrait,
    service: ServiceId,
) -> Result<Object, ConfirmationError> {
    let object = internal::object(db, service).await?;
    object.ok_or(ConfirmationError::NotThere)
}
