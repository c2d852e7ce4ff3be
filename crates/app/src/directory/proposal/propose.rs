//! Proposes that something else is said of a service.

use chrono::{DateTime, Utc};
use keniki_base::id::{ProposalId, ServiceId};
use sea_orm::DatabaseTransaction;

use super::{FIELDS, ProposalError, Texts, current, field, queries, to_be_proposed};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database::instant;

/// Proposes the texts that differ from what is said now. `typed` may have any of the fields; others are left alone.
pub async fn propose(
    tx: &DatabaseTransaction,
    by: &By,
    service: ServiceId,
    (typed, note): (&Texts, &str),
    now: DateTime<Utc>,
) -> Result<ProposalId, ProposalError> {
    to_be_proposed(tx, by, service).await?;
    let before = current(tx, service).await?;
    let mut fields = Texts::new();
    for name in FIELDS {
        let Some(text) = typed.get(name) else {
            continue;
        };
        let before = before.get(name).map_or("", |text| text.trim());
        // What was left as it is stays as it is, however a list wrote it.
        if before == text.trim() {
            continue;
        }
        let text = field::tidy(name, text)?;
        if before != text {
            fields.insert(name.to_owned(), text);
        }
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
        list: None,
        now: &instant(now),
    };
    let id = queries::insert(tx, &new).await?;
    let event = Event::done(Deed::Propose.code(), "service", service.get());
    audit::record(tx, by, event, now).await?;
    Ok(id.into())
}
