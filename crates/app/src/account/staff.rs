//! The people of an organization as a table that goes out and comes back: a staff change (異動) is written in it, tried, and done.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{AccountId, OrganizationId};
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};

use super::invitation::{self, Invitation, Sent};
use super::person::{self, Member};
use super::policy::{Deed, Role};
use super::{By, Refused, erase, mailbox};
use crate::definition::Definitions;
use crate::definition::account::MailboxKind;
use crate::digest;
use crate::sheet::form::{Filled, ID, VERSION};

mod book;
mod change;
mod line;
mod newcomer;
mod take;

pub use book::book;
pub use line::{Line, Step};
pub use take::{StaffError, take, try_out};

const NAME: &str = "氏名";
const LOGIN: &str = "メールアドレス";
const ROLE: &str = "役割";
const FROM: &str = "初日";
const TO: &str = "最終日";
const MAILBOXES: &str = "窓口";
const SUCCESSOR: &str = "引き継ぐ人";

/// So many rows of one table are looked at.
pub const MOST_ROWS: usize = 1_000;

/// The heads that a table has when it comes back.
#[must_use]
pub fn heads() -> Vec<&'static str> {
    vec![
        ID, VERSION, NAME, LOGIN, ROLE, FROM, TO, MAILBOXES, SUCCESSOR,
    ]
}

/// A row as it came back; a page carries it from the trial to the writing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    number: u32,
    id: String,
    version: String,
    name: String,
    login: String,
    role: String,
    from: String,
    to: String,
    mailboxes: String,
    successor: String,
}

impl Row {
    /// Of a table's row; nothing that belongs there is longer than what is kept of a cell.
    #[must_use]
    pub fn of(row: &Filled) -> Self {
        let cell = |head| row.cell(head).chars().take(300).collect();
        Self {
            number: row.number,
            id: cell(ID),
            version: cell(VERSION),
            name: cell(NAME),
            login: cell(LOGIN),
            role: cell(ROLE),
            from: cell(FROM),
            to: cell(TO),
            mailboxes: cell(MAILBOXES),
            successor: cell(SUCCESSOR),
        }
    }
}

/// What came, or would come, of a table.
#[derive(Debug)]
pub struct Taken {
    /// Row by row.
    pub lines: Vec<Line>,
    /// Links that were made: what the person is called, and the link.
    pub sent: Vec<(String, Sent)>,
    /// What the policy said no to, to be written to the audit log.
    pub refused: Vec<Refused>,
    /// Nobody without a last day could look after the accounts any more, and somebody can now.
    pub is_without_manager: bool,
    /// What was seen: the same rows on the same data come to the same.
    pub seen: String,
}

impl Taken {
    /// How many rows change something.
    #[must_use]
    pub fn n_changes(&self) -> usize {
        let lines = self.lines.iter();
        lines.filter(|line| !line.steps.is_empty()).count()
    }
}

/// The people of an organization and what they answer, on a day.
struct Staff<'a> {
    organization: OrganizationId,
    today: NaiveDate,
    roles: &'a [Role],
    kinds: &'a [MailboxKind],
    to_give: Vec<&'a Role>,
    members: Vec<Member>,
    answered: Vec<(String, AccountId)>,
    waiting: Vec<Invitation>,
}

impl<'a> Staff<'a> {
    async fn load(
        db: &impl ConnectionTrait,
        definitions: &'a Definitions,
        by: &By,
        organization: OrganizationId,
        now: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        let roles = definitions.roles();
        let mut members = person::members(db, organization).await?;
        members.retain(|member| member.status != erase::STATUS);
        Ok(Self {
            organization,
            today: jst_day(now),
            roles,
            kinds: definitions.mailboxes(),
            to_give: invitation::roles_to_give(db, roles, by, organization).await?,
            members,
            answered: mailbox::answered(db, organization).await?,
            waiting: invitation::waiting(db, organization, now).await?,
        })
    }

    fn role_name<'b>(&'b self, code: &'b str) -> &'b str {
        let role = self.roles.iter().find(|role| role.code == code);
        role.map_or(code, |role| &role.name)
    }

    /// The mailboxes that somebody answers in one of their roles, in the order of the definitions.
    fn mailboxes_of(&self, member: &Member) -> Vec<&'a MailboxKind> {
        let answers = |kind: &&MailboxKind| {
            let pair = (&kind.code, AccountId::new(member.account_id));
            kind.roles.contains(&member.role)
                && self.answered.iter().any(|(code, it)| (code, *it) == pair)
        };
        self.kinds.iter().filter(answers).collect()
    }

    /// What tells one edition of a row from another.
    fn version(&self, member: &Member) -> String {
        let codes = self.mailboxes_of(member).into_iter();
        let codes: Vec<&str> = codes.map(|kind| &*kind.code).collect();
        let to = member.valid_to.as_deref().unwrap_or_default();
        let said = (&member.name, &member.login, &member.role);
        let said = (said, &member.valid_from, to, codes);
        digest::of_text(&serde_json::to_string(&said).unwrap_or_default())
    }

    fn is_over(&self, member: &Member) -> bool {
        last_of(member).is_some_and(|last| last < self.today)
    }

    /// Whether somebody who looks after the accounts has no last day.
    fn has_manager(&self) -> bool {
        let manages = |member: &&Member| {
            let role = self.roles.iter().find(|role| role.code == member.role);
            role.is_some_and(|role| role.may.contains_key(&Deed::InviteAccount))
        };
        let mut managers = self.members.iter().filter(manages);
        managers.any(|it| it.status == "active" && it.valid_to.is_none())
    }
}

fn last_of(member: &Member) -> Option<NaiveDate> {
    member.valid_to.as_deref().and_then(|day| day.parse().ok())
}

fn names(kinds: &[&MailboxKind]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| &*kind.name).collect();
    names.join("、")
}
