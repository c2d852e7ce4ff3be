//! What offices want to be said of their services: proposed by who works there, looked at field by field, approved by who may.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::id::{AccountId, OrganizationId, ProposalId, ServiceId};
use sea_orm::{ConnectionTrait, DbErr};

use super::internal;
use crate::account::policy::{self, Deed, Object};
use crate::account::{By, Refused};
use crate::bundle::IsMirror;
use crate::database::instant;
use crate::digest;
use crate::directory::source::Said;

mod decide;
mod differ;
mod field;
mod propose;
mod queries;
pub mod sheet;
mod stage;

pub use decide::{Decision, decide, withdraw};
pub(crate) use differ::{of_lists, withdraw_of_batch};
pub use field::{FIELDS, WrongField};
pub use propose::{propose, unsent};
pub use stage::{State, Step, WrongState};

/// Fields with their texts.
pub type Texts = BTreeMap<String, String>;

/// A proposal.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Which.
    pub id: ProposalId,
    /// Of which service.
    pub service: ServiceId,
    /// What the service is called.
    pub service_name: String,
    /// What is to be said.
    pub fields: Texts,
    /// What was said when it was proposed.
    pub before: Texts,
    /// Why.
    pub note: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Who proposed it.
    pub account: Option<AccountId>,
    /// What they are called.
    pub account_name: Option<String>,
    /// Who put down the address to which the link went by which it was made.
    pub vouched_by: Option<AccountId>,
    /// For which organization.
    pub organization: Option<OrganizationId>,
    /// Its name.
    pub organization_name: Option<String>,
    /// The list that says something else than the office, where it proposed this by itself.
    pub list: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What they said to it.
    pub decision_note: Option<String>,
    /// The batch by which it counts.
    pub batch: Option<i64>,
    /// When that was taken back.
    pub undone_at: Option<DateTime<Utc>>,
    object: Object,
}

/// Why a proposal was not made or decided.
#[derive(Debug, thiserror::Error)]
pub enum ProposalError {
    /// No such service or proposal, or not within reach.
    #[error("その申し出はありません。")]
    NotThere,
    /// Nothing differs.
    #[error("いまの内容と同じです。変えるところを書き直してください。")]
    Nothing,
    /// Values that cannot be.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(""))]
    Fields(Vec<WrongField>),
    /// Declined without a word.
    #[error("見送るときは、理由を書いてください。申し出た人が読みます。")]
    NoReason,
    /// Somebody else decides.
    #[error("ご自分の申し出と、ご自分が登録した宛先からの申し出は、ほかの人が承認します。")]
    Own,
    /// What is said of the service changed since it was looked at.
    #[error("見ているあいだに内容が変わりました。いまの内容との違いを、もう一度見てください。")]
    Changed,
    /// It was decided, or taken back.
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

impl Proposal {
    /// The service as the policy asks after it.
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// Whether `by` may see it: who may approve it, and the office that made it.
    fn is_seen_by(&self, by: &By) -> bool {
        let is_own = self.organization.is_some() && self.organization == by.organization;
        by.may(Deed::Approve, &self.object).is_some() || (is_own && by.ever_may(Deed::Propose))
    }

    /// Whether `by` must leave the decision to somebody else: they made it, or put down the address from which it came.
    #[must_use]
    pub fn is_of(&self, by: &By) -> bool {
        by.account.is_some() && [self.account, self.vouched_by].contains(&by.account)
    }

    fn of(row: queries::Row) -> Result<Self, DbErr> {
        let wrong = || DbErr::Custom(format!("proposal {} cannot be read", row.id));
        let texts = |json: &str| serde_json::from_str(json).map_err(|_| wrong());
        let at = |text: &str| text.parse().map_err(|_| wrong());
        Ok(Self {
            id: row.id.into(),
            service: row.service_id.into(),
            fields: texts(&row.fields)?,
            before: texts(&row.before_fields)?,
            state: State::of(&row.state).ok_or_else(wrong)?,
            created_at: at(&row.created_at)?,
            decided_at: row.decided_at.as_deref().map(at).transpose()?,
            undone_at: row.undone_at.as_deref().map(at).transpose()?,
            batch: row.approved_batch,
            object: Object {
                organization: row.owner_id.map(OrganizationId::new),
                municipality: row.municipality_code,
                ..Object::new("service", row.service_id)
            },
            service_name: row.service_name,
            note: row.note,
            account: row.account_id.map(AccountId::new),
            account_name: row.account_name,
            vouched_by: row.vouched_by.map(AccountId::new),
            organization: row.organization_id.map(OrganizationId::new),
            organization_name: row.organization_name,
            list: row.list,
            decided_by: row.decider_name,
            decision_note: row.decision_note,
        })
    }
}

/// What is said of a service now, field by field; what is not known is not there.
pub async fn current(db: &impl ConnectionTrait, service: ServiceId) -> Result<Texts, DbErr> {
    queries::current(db, service.get()).await
}

/// What the office says once it has confirmed all that is said of a service. A number that is the service's own at a site
/// with another stays the lists': at the office's word it would become the whole site's.
pub(crate) async fn confirmed(
    db: &impl ConnectionTrait,
    service: ServiceId,
    said: &Said,
) -> Result<Said, DbErr> {
    let mut texts = current(db, service).await?;
    for own in queries::own_numbers(db, service.get()).await? {
        texts.remove(own);
    }
    let mut confirmed = said.clone();
    field::put(&mut confirmed, &texts);
    Ok(confirmed)
}

/// What a decision rests on: it is void where this is another by then.
#[must_use]
pub fn seen(current: &Texts) -> String {
    digest::of_text(&serde_json::to_string(current).unwrap_or_default())
}

/// Which proposals of those within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    /// Those that wait, or those that are over.
    pub is_open: bool,
    /// Those with a lower number.
    pub before: i64,
}

impl Filter {
    /// Those that wait, from the newest on.
    pub const OPEN: Self = Self {
        is_open: true,
        before: i64::MAX,
    };
}

/// Which rows `by` may see: what they may approve, and what their own office has proposed.
fn seen_by(by: &By) -> String {
    let may_approve = policy::condition_of_service(&by.reach(Deed::Approve), "p.service_id");
    match by.organization.filter(|_| by.ever_may(Deed::Propose)) {
        Some(own) => format!("({may_approve} or p.organization_id = {own})"),
        None => may_approve,
    }
}

/// The newest `most` proposals of a filter that `by` may see.
pub async fn list(
    db: &impl ConnectionTrait,
    by: &By,
    filter: Filter,
    most: u64,
) -> Result<Vec<Proposal>, DbErr> {
    let rows = queries::newest(db, &seen_by(by), filter, most).await?;
    rows.into_iter().map(Proposal::of).collect()
}

/// How many wait of those that `by` may see.
pub async fn n_open(db: &impl ConnectionTrait, by: &By) -> Result<u64, DbErr> {
    queries::n_open(db, &seen_by(by), None).await
}

/// How many wait for `by` to decide.
pub async fn n_waiting(db: &impl ConnectionTrait, by: &By) -> Result<u64, DbErr> {
    let reach = by.reach(Deed::Approve);
    let theirs = policy::condition_of_service(&reach, "p.service_id");
    queries::n_open(db, &theirs, by.account.map(i64::from)).await
}

/// How many wait of a service that `by` may see.
pub async fn n_open_of_service(
    db: &impl ConnectionTrait,
    by: &By,
    service: ServiceId,
) -> Result<u64, DbErr> {
    queries::n_open_of_service(db, &seen_by(by), service.get()).await
}

/// How many that `by` made were decided since.
pub async fn n_decided(
    db: &impl ConnectionTrait,
    by: &By,
    since: DateTime<Utc>,
) -> Result<u64, DbErr> {
    match by.account {
        Some(account) => queries::n_decided(db, account.get(), &instant(since)).await,
        None => Ok(0),
    }
}

/// A proposal; to who may not see it there is none.
pub async fn find(
    db: &impl ConnectionTrait,
    by: &By,
    id: ProposalId,
) -> Result<Proposal, ProposalError> {
    let row = queries::by_id(db, id.get()).await?;
    let proposal = row.map(Proposal::of).transpose()?;
    let proposal = proposal.ok_or(ProposalError::NotThere)?;
    match proposal.is_seen_by(by) {
        true => Ok(proposal),
        false => Err(by
            .authorize(Deed::Approve, &proposal.object)
            .err()
            .map_or(ProposalError::NotThere, ProposalError::Refused)),
    }
}

/// The service of a proposal, for who may propose something of it.
async fn to_be_proposed(
    db: &impl ConnectionTrait,
    by: &By,
    service: ServiceId,
) -> Result<Object, ProposalError> {
    let object = internal::object(db, service).await?;
    let object = object.ok_or(ProposalError::NotThere)?;
    by.authorize(Deed::Propose, &object)?;
    Ok(object)
}
