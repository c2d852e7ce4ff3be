//! A row without a number: somebody is invited, and answers mailboxes once they came.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::date::parse_day;
use keniki_base::id::InvitationId;
use sea_orm::DatabaseTransaction;

use super::super::By;
use super::super::invitation::{self, Guest, InvitationError, Sent};
use super::super::membership::Term;
use super::super::person;
use super::super::sign_in::House;
use super::line::{RowError, Step};
use super::{FROM, Row, Staff, TO, last_of, names};
use crate::definition::account::MailboxKind;

/// Somebody whom a row invites, or who was invited by the same row before.
pub(super) struct Newcomer {
    pub id: InvitationId,
    pub login: String,
    pub name: String,
    pub role: String,
    pub to: Option<NaiveDate>,
    pub mailboxes: Vec<String>,
}

/// Invites the person of a row; who waits for the same already is not sent another link.
pub(super) async fn invite(
    tx: &DatabaseTransaction,
    (house, by): (House<'_>, &By),
    staff: &Staff<'_>,
    (row, met): (&Row, &mut HashSet<(String, String)>),
    now: DateTime<Utc>,
) -> Result<(Newcomer, Option<Sent>, Vec<Step>), RowError> {
    if !row.successor.is_empty() {
        return Err(RowError::NewcomerHandsOver);
    }
    let guest = guest(staff, row)?;
    let (login, term) = (person::login(&guest.login), guest.term.clone());
    let kinds = answered(staff, row, &term.role)?;
    let has = |it: &&person::Member| it.login == login && it.role == term.role;
    let mut same = staff.members.iter().filter(has);
    if same.any(|it| last_of(it).is_none_or(|last| last >= term.from)) {
        return Err(InvitationError::HasRole.into());
    }
    if !met.insert((login.clone(), term.role.clone())) {
        return Err(RowError::InvitedTwice);
    }
    let mut waiting = staff.waiting.iter();
    let waiting = waiting.find(|it| it.login == login && it.term.as_ref() == Some(&term));
    let mut newcomer = Newcomer {
        id: waiting.map_or(InvitationId::new(0), |it| it.id),
        name: guest.name.trim().to_owned(),
        role: term.role.clone(),
        to: term.to,
        mailboxes: waiting.map_or(Vec::new(), |it| it.mailboxes.clone()),
        login,
    };
    let (mut sent, mut steps) = (None, Vec::new());
    if waiting.is_none() {
        let link = invitation::invite(tx, house, staff.roles, by, &guest, now).await?;
        newcomer.id = link.id;
        sent = Some(link);
        let role = staff.role_name(&term.role).to_owned();
        let login = newcomer.login.clone();
        steps.push(Step::Invite(login, role, term.from, term.to));
    }
    if newcomer.promise(tx, by, &kinds, now).await? {
        steps.push(Step::Answer(names(&kinds)));
    }
    Ok((newcomer, sent, steps))
}

impl Newcomer {
    /// They answer these mailboxes, too, once they came; false where that was said before.
    pub(super) async fn promise(
        &mut self,
        tx: &DatabaseTransaction,
        by: &By,
        kinds: &[&MailboxKind],
        now: DateTime<Utc>,
    ) -> Result<bool, RowError> {
        let before = self.mailboxes.len();
        for kind in kinds {
            if !self.mailboxes.contains(&kind.code) {
                self.mailboxes.push(kind.code.clone());
            }
        }
        if self.mailboxes.len() == before {
            return Ok(false);
        }
        invitation::put_mailboxes(tx, by, (self.id, &self.mailboxes), now).await?;
        Ok(true)
    }
}

fn guest(staff: &Staff<'_>, row: &Row) -> Result<Guest, RowError> {
    let role = staff.roles.iter().find(|role| role.name == row.role);
    let role = role.ok_or_else(|| RowError::NoRole(row.role.clone()))?;
    let from = day(staff, &row.from, FROM)?;
    Ok(Guest {
        login: row.login.clone(),
        name: row.name.clone(),
        term: Term {
            organization: staff.organization,
            role: role.code.clone(),
            from: from.unwrap_or(staff.today),
            to: day(staff, &row.to, TO)?,
        },
    })
}

/// A day of a row; empty is none.
pub(super) fn day(
    staff: &Staff<'_>,
    text: &str,
    head: &'static str,
) -> Result<Option<NaiveDate>, RowError> {
    match text {
        "" => Ok(None),
        text => match parse_day(text, Some(staff.today)) {
            Ok(day) => Ok(Some(day)),
            Err(_) => Err(RowError::WrongDay(head)),
        },
    }
}

/// The mailboxes of a row that a role answers.
fn answered<'a>(
    staff: &Staff<'a>,
    row: &Row,
    role: &str,
) -> Result<Vec<&'a MailboxKind>, RowError> {
    let names = row.mailboxes.split(['、', ',', '，']).map(str::trim);
    let named = names.filter(|name| !name.is_empty()).map(|name| {
        let mut kinds = staff.kinds.iter();
        let kind = kinds.find(|it| it.name == name && it.roles.iter().any(|it| it == role));
        kind.ok_or_else(|| RowError::NoMailbox(name.to_owned()))
    });
    named.collect()
}
