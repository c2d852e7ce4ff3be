//! What a list of patients says of each besides the record, and the same as a file.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::find::{self, Listed, Page, Search};
use super::level::{self, Certified};
use super::team;
use crate::account::By;
use crate::account::policy::{self, Deed};
use crate::audit::{self, Event};
use crate::definition::patient::PatientRule;

mod queries;

/// A patient in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Who, and what is said of them.
    pub listed: Listed,
    /// The level that holds today, or else the one that ended last.
    pub level: Option<Certified>,
    /// Name of the municipality where they live.
    pub town: Option<String>,
    /// Who answers for them: name and telephone.
    pub answers: Option<(String, Option<String>)>,
    /// In which hospital they are, by a case that the reader may see.
    pub hospital: Option<String>,
}

/// Whom `by` may see and a search finds, with what a list says of each: how many, and a page of them.
///
/// # Errors
/// The engine's.
pub async fn lines(
    db: &impl ConnectionTrait,
    rule: &PatientRule,
    by: &By,
    what: (&Search, Page),
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Line>), DbErr> {
    let (n, listed) = find::list(db, rule, (by, Deed::ReadPatient), what, now).await?;
    Ok((n, of(db, rule, by, listed, now).await?))
}

/// The same for a file: those of the care team alone, for who opened a record in an emergency takes nothing away. One row of
/// the log says that a file went out, one for each patient that they were in it.
///
/// # Errors
/// The engine's.
pub async fn export(
    tx: &DatabaseTransaction,
    rule: &PatientRule,
    by: &By,
    what: (&Search, Page),
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Line>), DbErr> {
    let (n, listed) = find::list(tx, rule, (by, Deed::ExportPatients), what, now).await?;
    let counted = listed.len().to_string();
    let event = Event {
        note: Some(&counted),
        ..Event::done(Deed::ExportPatients.code(), "patient", 0)
    };
    audit::record(tx, by, event, now).await?;
    for one in &listed {
        let event = Event {
            note: Some("listed"),
            ..Event::done(Deed::ExportPatients.code(), "patient", one.id.get())
        };
        audit::record(tx, by, event, now).await?;
    }
    Ok((n, of(tx, rule, by, listed, now).await?))
}

/// What a list says of each of these. Whether they may be seen is asked by whoever calls this.
///
/// # Errors
/// The engine's.
pub async fn of(
    db: &impl ConnectionTrait,
    rule: &PatientRule,
    by: &By,
    listed: Vec<Listed>,
    now: DateTime<Utc>,
) -> Result<Vec<Line>, DbErr> {
    let today = jst_day(now);
    let ids: Vec<i64> = listed.iter().map(|one| one.id.get()).collect();
    let mut answering = team::answering_each(db, rule, &ids, &today.to_string()).await?;
    let seen = policy::condition_of_case(&by.reach(Deed::ReadPatient), "c.id", now);
    let mut hospitals: BTreeMap<i64, String> = queries::hospitals(db, &ids, &seen).await?;
    let towns = queries::towns(db).await?;
    let lines = listed.into_iter().map(|listed| {
        let (id, levels) = (listed.id.get(), &listed.record.levels);
        let code = listed.record.home.municipality_code.as_deref();
        Line {
            level: level::on(levels, today)
                .or(levels.iter().max_by_key(|it| it.valid_to))
                .cloned(),
            town: code.and_then(|code| towns.get(code)).cloned(),
            answers: answering.remove(&id).map(|part| (part.name, part.phone)),
            hospital: hospitals.remove(&id),
            listed,
        }
    });
    Ok(lines.collect())
}
