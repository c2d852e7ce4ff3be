//! The regular look at the log (定期的な確認): filtered, marked, signed off. The looking itself is written down, too.
//!
//! (医療情報システムの安全管理に関するガイドライン 6.0, システム運用編 17 ①.)

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use keniki_base::clock::{jst_day, jst_instant};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::{Event, record};
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::database::instant;

mod queries;

pub use queries::{Line, SignOff};

/// Which rows. Empty texts and 0 mean any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// First day, in Japan.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Code of the deed.
    pub deed: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Whose.
    pub account: i64,
    /// For which organization.
    pub organization: i64,
    /// Only those that were marked.
    pub is_marked: bool,
    /// What was done to one thing: kind and id.
    pub object: Option<(&'static str, i64)>,
    /// With [`Self::object`], a patient: what was done to their cases, forms, handovers and messages, too.
    pub is_whole: bool,
}

impl Filter {
    /// All of these days.
    #[must_use]
    pub fn days(from: NaiveDate, to: NaiveDate) -> Self {
        Self {
            from,
            to,
            deed: String::new(),
            outcome: String::new(),
            account: 0,
            organization: 0,
            is_marked: false,
            object: None,
            is_whole: false,
        }
    }
}

/// How many rows a filter finds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct Counts {
    /// All.
    pub n_entries: i64,
    /// Those that the policy refused, and failed sign-ins.
    pub n_refused: i64,
    /// Those that were marked.
    pub n_marked: i64,
}

/// Why something was not marked or signed off.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// No such row within reach.
    #[error("その記録はありません。")]
    NotThere,
    /// No words.
    #[error(
        "気づいたことを1文字から500文字までで書いてください。何もなければ「異常なし」と書いてください。"
    )]
    NoWords,
    /// The days are the wrong way round, or not over yet.
    #[error("確認した期間は、始まりから昨日までの日にしてください。")]
    WrongDays,
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// The start of a day in Japan.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    jst_instant(day, NaiveTime::MIN)
}

/// The instants between which the days of a filter lie.
#[must_use]
pub fn instants(from: NaiveDate, to: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    (midnight(from), midnight(to + Days::new(1)))
}

/// Whose rows `by` may see: 0 for all.
fn reach(by: &By) -> Result<i64, Refused> {
    let reach = by.reach(Deed::ReadAudit);
    match (reach.any, reach.organization) {
        (true, _) => Ok(0),
        (false, Some(organization)) => Ok(organization.get()),
        (false, None) => {
            by.authorize(Deed::ReadAudit, &Object::new("audit_entry", 0))?;
            Ok(0)
        }
    }
}

/// The rows of a filter that `by` may see, newest first.
pub async fn lines(
    db: &impl ConnectionTrait,
    by: &By,
    filter: &Filter,
    (first, most): (u64, u64),
) -> Result<Vec<Line>, ReviewError> {
    Ok(queries::lines(db, reach(by)?, filter, first, most).await?)
}

/// How many there are.
pub async fn count(
    db: &impl ConnectionTrait,
    by: &By,
    filter: &Filter,
) -> Result<Counts, ReviewError> {
    Ok(queries::count(db, reach(by)?, filter).await?)
}

fn words(text: &str) -> Result<&str, ReviewError> {
    let text = text.trim();
    match text.chars().count() {
        1..=500 => Ok(text),
        _ => Err(ReviewError::NoWords),
    }
}

/// Marks a row that is to be looked into; marking it again changes the words.
pub async fn mark(
    tx: &DatabaseTransaction,
    by: &By,
    (entry, note): (i64, &str),
    now: DateTime<Utc>,
) -> Result<(), ReviewError> {
    by.authorize(Deed::SignOffAudit, &Object::new("audit_entry", entry))?;
    let note = words(note)?;
    if !queries::is_there(tx, reach(by)?, entry).await? {
        return Err(ReviewError::NotThere);
    }
    let account = by.account.map(i64::from);
    queries::put_mark(tx, entry, note, account, &instant(now)).await?;
    let event = Event {
        note: Some("mark"),
        ..Event::done(Deed::SignOffAudit.code(), "audit_entry", entry)
    };
    Ok(record(tx, by, event, now).await?)
}

/// Takes down that the rows of these days were looked at, and what was found.
pub async fn sign_off(
    tx: &DatabaseTransaction,
    by: &By,
    (from, to): (NaiveDate, NaiveDate),
    finding: &str,
    now: DateTime<Utc>,
) -> Result<(), ReviewError> {
    by.authorize(Deed::SignOffAudit, &Object::new("audit_review", 0))?;
    let finding = words(finding)?;
    if from > to || to >= jst_day(now) {
        return Err(ReviewError::WrongDays);
    }
    let filter = Filter::days(from, to);
    let counts = queries::count(tx, reach(by)?, &filter).await?;
    let who = (by.account.map(i64::from), by.organization.map(i64::from));
    let id = queries::insert_review(tx, &filter, counts, finding, who, &instant(now)).await?;
    let event = Event::done(Deed::SignOffAudit.code(), "audit_review", id);
    Ok(record(tx, by, event, now).await?)
}

/// Who looked at which days, the last first; nothing for who may not sign off.
pub async fn signed(db: &impl ConnectionTrait, by: &By) -> Result<Vec<SignOff>, ReviewError> {
    match by.ever_may(Deed::SignOffAudit) {
        true => Ok(queries::signed(db).await?),
        false => Ok(Vec::new()),
    }
}

/// How many rows within reach, up to yesterday, lie after the last day that anybody signed off; none for who may not.
pub async fn n_unsigned(
    db: &impl ConnectionTrait,
    by: &By,
    now: DateTime<Utc>,
) -> Result<i64, ReviewError> {
    if !by.ever_may(Deed::SignOffAudit) {
        return Ok(0);
    }
    let signed = queries::signed(db).await?.into_iter();
    let last = signed
        .filter_map(|it| it.to_day.parse::<NaiveDate>().ok())
        .max();
    let from = last.map_or(NaiveDate::default(), |day| day + Days::new(1));
    let filter = Filter::days(from, jst_day(now) - Days::new(1));
    Ok(queries::count(db, reach(by)?, &filter).await?.n_entries)
}
