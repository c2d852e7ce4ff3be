//! Counts what was answered: where nobody has a place is what an area lacks.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use sea_orm::{ConnectionTrait, DbErr};

use super::list::{mine, theirs};
use super::stage::Answer;
use crate::account::By;

mod queries;

/// How often was answered so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmet {
    /// `2026-11`, by the answer, in Japanese time.
    pub month: String,
    /// Code of the inquiry.
    pub kind: String,
    /// Code of the category of those who answered; none: an office.
    pub category: Option<String>,
    /// Where the person lives.
    pub municipality: Option<String>,
    /// What.
    pub answer: Answer,
    /// Code of the reason.
    pub reason: Option<String>,
}

/// Counts of the answers to inquiries of one's own cases, and of one's own answers; of no others.
///
/// # Errors
/// The engine's.
pub async fn unmet(
    db: &impl ConnectionTrait,
    by: &By,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Unmet, u64>, DbErr> {
    let within = format!("({} or {})", mine(by, now), theirs(by));
    let mut counts = BTreeMap::new();
    for row in queries::answers(db, &within).await? {
        let (Some(answer), Ok(at)) = (
            Answer::of(&row.answer),
            row.answered_at.parse::<DateTime<Utc>>(),
        ) else {
            continue;
        };
        let it = Unmet {
            month: jst_day(at).format("%Y-%m").to_string(),
            kind: row.kind,
            category: row.category,
            municipality: row.municipality_code,
            answer,
            reason: row.reason,
        };
        *counts.entry(it).or_default() += 1;
    }
    Ok(counts)
}
