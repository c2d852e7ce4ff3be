//! Proposes that something else is said of a service.

use chrono::{DateTime, Utc};
use keniki_base::id::{ProposalId, ServiceId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::{FIELDS, ProposalError, Texts, current, field, queries, to_be_proposed};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database::{self, Lock, instant};
use crate::draft;

/// Proposes the texts that differ from what is said now, once. `typed` may have any of the fields; others are left alone.
pub async fn propose(
    tx: &DatabaseTransaction,
    by: &By,
    service: ServiceId,
    (typed, note): (&Texts, &str),
    now: DateTime<Utc>,
) -> Result<ProposalId, ProposalError> {
    to_be_proposed(tx, by, service).await?;
    let before = current(tx, service).await?;
    let (mut fields, mut wrong) = (Texts::new(), Vec::new());
    for (name, text) in rewritten(&before, typed) {
        match field::tidy(name, text) {
            Ok(text) if before.get(name).map_or("", |text| text.trim()) == text => {}
            Ok(text) => {
                fields.insert(name.to_owned(), text);
            }
            Err(one) => wrong.push(one),
        }
    }
    if !wrong.is_empty() {
        return Err(ProposalError::Fields(wrong));
    }
    if fields.is_empty() {
        return Err(ProposalError::Nothing);
    }
    let before: Texts = before
        .into_iter()
        .filter(|(name, _)| fields.contains_key(name))
        .collect();
    let note: String = note.trim().chars().take(500).collect();
    let new = queries::New {
        service: service.get(),
        fields: &fields,
        before: &before,
        note: Some(note.as_str()).filter(|note| !note.is_empty()),
        account: by.account.map(i64::from),
        organization: by.organization.map(i64::from),
        vouched_by: by.vouched_by.map(i64::from),
        list: None,
        now: &instant(now),
    };
    database::lock(tx, Lock::Proposal).await?;
    if by.role.is_some() {
        // Who comes by a link has typed in another form.
        draft::discard(tx, by, (Deed::Propose, service.get())).await?;
    }
    if let Some(same) = queries::same_open(tx, &new).await? {
        // The button was pressed twice, or the table came twice.
        return Ok(same.into());
    }
    let id = queries::insert(tx, &new).await?;
    let event = Event::done(Deed::Propose.code(), "service", service.get());
    audit::record(tx, by, event, now).await?;
    Ok(id.into())
}

/// What is to be saved of a form that is not sent yet: only what is typed otherwise, so that the rest is shown as it is by then.
pub async fn unsent(
    db: &impl ConnectionTrait,
    service: ServiceId,
    typed: &Texts,
) -> Result<Texts, DbErr> {
    let before = current(db, service).await?;
    let fields = rewritten(&before, typed);
    Ok(fields
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect())
}

/// The fields that are typed otherwise than `before` has them. What was left as it is stays as it is, however a list wrote it.
fn rewritten<'a>(
    before: &'a Texts,
    typed: &'a Texts,
) -> impl Iterator<Item = (&'static str, &'a str)> {
    let typed = FIELDS
        .into_iter()
        .filter_map(|name| Some((name, typed.get(name)?.as_str())));
    typed.filter(|(name, text)| before.get(*name).map_or("", |it| it.trim()) != text.trim())
}
