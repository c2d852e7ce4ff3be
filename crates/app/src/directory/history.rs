//! What was said of a service, edition by edition: by which list or office, when, and who brought it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbErr};

use super::proposal::{FIELDS, Texts};
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::import::content::{Changed, ChangedField, fields, text_of};
use crate::import::fold::AUTHORITY;

mod queries;

pub use queries::Brought;

/// One edition of what one list or the office says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The record of the list or the office; 0 where it was taken back and is no more.
    pub record: i64,
    /// The batch that brought it.
    pub brought: Brought,
    /// What it said otherwise than before; nothing for the first one.
    pub changes: Vec<ChangedField>,
    /// The first thing that it said of the service.
    pub is_first: bool,
    /// The record as it stood then, as JSON.
    content: String,
}

/// Why there is no history.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースを使えません（{0}）。")]
    Database(#[from] DbErr),
}

/// Who stands for what an authority recorded.
const AUTHORITY_IN_WORDS: &str = "届出を受けた行政機関";

/// The editions of a service, the newest first.
pub async fn of(
    db: &impl ConnectionTrait,
    by: &By,
    object: &Object,
) -> Result<Vec<Edition>, HistoryError> {
    by.authorize(Deed::ReadHistory, object)?;
    let changes = queries::changes(db, object.id).await?;
    let mut of_record: BTreeMap<i64, Vec<queries::Change>> = BTreeMap::new();
    for change in changes {
        of_record.entry(change.record).or_default().push(change);
    }
    let mut editions = Vec::new();
    let mut approved = queries::approved(db, object.id).await?;
    for record in queries::records(db, object.id).await? {
        let changes = of_record.remove(&record.id).unwrap_or_default();
        let first = changes.first().map(|change| change.before_fields.clone());
        let content = first.unwrap_or(record.content);
        let batch = record.brought.batch;
        let proposal = approved.iter().find(|it| it.brought.batch == batch);
        let first_words = match (proposal, &*record.brought.format) {
            // What the office said first it said otherwise than the lists did.
            (Some(proposal), _) => proposal.changes(),
            (None, AUTHORITY) => Changed::of("{}", &content).fields,
            (None, _) => Vec::new(),
        };
        editions.push(Edition {
            record: record.id,
            brought: record.brought,
            is_first: first_words.is_empty(),
            changes: first_words,
            content,
        });
        editions.extend(changes.into_iter().map(|change| Edition {
            record: change.record,
            changes: Changed::of(&change.before_fields, &change.after_fields).fields,
            is_first: false,
            content: change.after_fields,
            brought: change.brought,
        }));
    }
    let newest = |edition: &Edition| (edition.brought.at.clone(), edition.brought.batch);
    // What was approved and taken back has left no record.
    let batches: BTreeSet<i64> = editions.iter().map(|it| it.brought.batch).collect();
    approved.retain(|it| it.brought.undone_at.is_some() && !batches.contains(&it.brought.batch));
    editions.extend(approved.into_iter().map(|it| Edition {
        record: 0,
        changes: it.changes(),
        is_first: false,
        content: String::new(),
        brought: it.brought,
    }));
    if by.may(Deed::ReadFiling, object).is_none() {
        // By whose hand an authority records is for those who may read what it found.
        let recorded = editions.iter_mut().map(|edition| &mut edition.brought);
        for brought in recorded.filter(|brought| brought.format == AUTHORITY) {
            AUTHORITY_IN_WORDS.clone_into(&mut brought.by);
        }
    }
    editions.sort_by_key(|edition| std::cmp::Reverse(newest(edition)));
    Ok(editions)
}

/// What an edition said in the fields that can be proposed: a way back to it.
pub async fn texts(
    db: &impl ConnectionTrait,
    by: &By,
    object: &Object,
    (record, batch): (i64, i64),
) -> Result<Option<Texts>, HistoryError> {
    let editions = of(db, by, object).await?;
    let found = editions
        .into_iter()
        .find(|edition| (edition.record, edition.brought.batch) == (record, batch));
    Ok(found.map(|edition| {
        let said = fields(&edition.content);
        let text = |field: &&str| Some(((*field).to_owned(), text_of(said.get(*field)?)?));
        FIELDS.iter().filter_map(text).collect()
    }))
}
