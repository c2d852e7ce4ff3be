//! A row with a number: the role's last day is another one, and somebody else answers the mailboxes.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use keniki_base::id::AccountId;
use sea_orm::DatabaseTransaction;

use super::super::By;
use super::super::invitation::InvitationError;
use super::super::person::Member;
use super::super::{mailbox, membership};
use super::line::{RowError, Step, login};
use super::newcomer::{Newcomer, day};
use super::{FROM, LOGIN, MAILBOXES, NAME, ROLE, Row, Staff, TO, last_of, names};
use crate::definition::account::MailboxKind;

/// What a row with a number needs besides: who comes, and which last days the table wants.
pub(super) struct Rest<'a> {
    pub newcomers: &'a mut Vec<Newcomer>,
    pub lasts: &'a HashMap<i64, Option<NaiveDate>>,
}

/// The last days that a table wants, by the number of the role; what cannot be read is left out.
pub(super) fn lasts(staff: &Staff<'_>, rows: &[Row]) -> HashMap<i64, Option<NaiveDate>> {
    let last = |row: &Row| Some((row.id.parse().ok()?, day(staff, &row.to, TO).ok()?));
    rows.iter().filter_map(last).collect()
}

/// Does what a row says; all of it, or nothing.
pub(super) async fn change(
    tx: &DatabaseTransaction,
    by: &By,
    staff: &Staff<'_>,
    row: &Row,
    rest: Rest<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Step>, RowError> {
    let member = known(tx, by, staff, row).await?;
    let (last, before) = (day(staff, &row.to, TO)?, last_of(member));
    let is_handed_over = !row.successor.is_empty();
    if last == before && !is_handed_over {
        return Ok(Vec::new());
    }
    if by.account == Some(AccountId::new(member.account_id)) {
        return Err(RowError::Own);
    }
    let kinds = staff.mailboxes_of(member);
    let successor = match (is_handed_over, last) {
        (false, _) => None,
        (true, None) => return Err(RowError::NoLastDay),
        (true, Some(_)) if kinds.is_empty() => return Err(RowError::NothingToHandOver),
        (true, Some(last)) => Some(successor(staff, row, &rest, (last, &kinds))?),
    };
    let mut steps = Vec::new();
    if last != before {
        check(staff, member, last)?;
        let what = (member.membership_id.into(), last);
        membership::put_last(tx, by, staff.roles, what, now).await?;
        steps.push(match (before, last) {
            (_, None) => Step::Open,
            (None, Some(last)) => Step::End(last),
            (Some(_), Some(last)) => Step::Move(last),
        });
    }
    if let Some(successor) = successor {
        steps.extend(hand_over(tx, by, staff, (successor, &kinds), rest.newcomers, now).await?);
    }
    Ok(steps)
}

/// The role that a row names, where it says what it said when it went out.
async fn known<'a>(
    tx: &DatabaseTransaction,
    by: &By,
    staff: &'a Staff<'_>,
    row: &Row,
) -> Result<&'a Member, RowError> {
    let id: i64 = row.id.parse().map_err(|_| RowError::Unknown)?;
    let member = staff.members.iter().find(|it| it.membership_id == id);
    let Some(member) = member else {
        // To whoever sent it, another organization's is nothing; the audit log knows.
        return Err(
            match membership::refusal(tx, by, staff.roles, id.into()).await? {
                Some(refused) => RowError::Foreign(Box::new(refused)),
                None => RowError::Unknown,
            },
        );
    };
    if staff.is_over(member) {
        return Err(RowError::Over);
    }
    if staff.version(member) != row.version {
        return Err(RowError::Changed);
    }
    let from = day(staff, &row.from, FROM)?.map(|day| day.to_string());
    let mailboxes = names(&staff.mailboxes_of(member));
    let is_same = [
        (NAME, row.name == member.name.trim()),
        (LOGIN, login(&row.login) == member.login),
        (ROLE, row.role == staff.role_name(&member.role)),
        (FROM, from.as_ref() == Some(&member.valid_from)),
        (MAILBOXES, row.mailboxes == mailboxes),
    ];
    match is_same.into_iter().find(|(_, is_same)| !is_same) {
        Some((head, _)) => Err(RowError::Fixed(head)),
        None => Ok(member),
    }
}

/// Whether a role may have this last day: to make it longer is to give it.
fn check(staff: &Staff<'_>, member: &Member, last: Option<NaiveDate>) -> Result<(), RowError> {
    let is_longer = match (last, last_of(member)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(last), Some(before)) => last > before,
    };
    if is_longer && staff.to_give.iter().all(|role| role.code != member.role) {
        return Err(InvitationError::RoleTooHigh.into());
    }
    match last {
        Some(last) if last.to_string() < member.valid_from => {
            Err(InvitationError::WrongDays.into())
        }
        Some(last) if last < staff.today - Days::new(1) => Err(RowError::Past),
        Some(_) | None => Ok(()),
    }
}

/// Who answers the mailboxes of somebody who leaves.
enum Successor {
    /// Somebody of the organization.
    Member(AccountId, String),
    /// One of those whom the table invites.
    Newcomer(usize),
}

fn successor(
    staff: &Staff<'_>,
    row: &Row,
    rest: &Rest<'_>,
    (last, kinds): (NaiveDate, &[&MailboxKind]),
) -> Result<Successor, RowError> {
    let login = login(&row.successor);
    let answers = |role: &String| kinds.iter().all(|kind| kind.roles.contains(role));
    let stays = |to: Option<NaiveDate>| to.is_none_or(|to| to > last);
    let mut found = Err(RowError::NoSuccessor);
    for member in staff.members.iter().filter(|it| it.login == login) {
        let to = rest.lasts.get(&member.membership_id).copied();
        let to = to.unwrap_or_else(|| last_of(member));
        match (stays(to), answers(&member.role)) {
            (true, true) => {
                let account = member.account_id.into();
                return Ok(Successor::Member(account, member.name.clone()));
            }
            (false, _) => found = Err(RowError::SuccessorLeaves),
            (true, false) => found = Err(RowError::SuccessorRole),
        }
    }
    for (at, newcomer) in rest.newcomers.iter().enumerate() {
        match (newcomer.login == login, stays(newcomer.to)) {
            (true, true) if answers(&newcomer.role) => return Ok(Successor::Newcomer(at)),
            (true, true) => found = Err(RowError::SuccessorRole),
            (true, false) => found = Err(RowError::SuccessorLeaves),
            (false, _) => {}
        }
    }
    found
}

/// Somebody else answers the mailboxes from now on; whoever leaves does so until the end of their last day.
async fn hand_over(
    tx: &DatabaseTransaction,
    by: &By,
    staff: &Staff<'_>,
    (successor, kinds): (Successor, &[&MailboxKind]),
    newcomers: &mut [Newcomer],
    now: DateTime<Utc>,
) -> Result<Option<Step>, RowError> {
    let (name, is_new) = match successor {
        Successor::Member(account, name) => {
            let answers = |kind: &&&MailboxKind| {
                let mut answered = staff.answered.iter();
                answered.any(|(code, it)| *code == kind.code && *it == account)
            };
            let fresh: Vec<_> = kinds.iter().filter(|it| !answers(it)).collect();
            for kind in &fresh {
                let which = (staff.organization, kind.code.as_str());
                mailbox::join(tx, by, which, account, now).await?;
            }
            (name, !fresh.is_empty())
        }
        Successor::Newcomer(at) => match newcomers.get_mut(at) {
            Some(newcomer) => {
                let is_new = newcomer.promise(tx, by, kinds, now).await?;
                (newcomer.name.clone(), is_new)
            }
            None => return Err(RowError::NoSuccessor),
        },
    };
    Ok(is_new.then(|| Step::HandOver(names(kinds), name)))
}
