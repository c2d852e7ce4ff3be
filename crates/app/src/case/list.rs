//! Lists of cases and of what is due, for whoever is in their care teams: the count, the list and the board ask the same.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use keniki_base::clock::{jst_day, jst_instant};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use crate::account::By;
use crate::account::policy::{self, Deed};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::message;
use crate::patient::find::Page;

mod queries;

pub use queries::{Due, Line, Ward};

/// Which cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Ended ones; else open ones.
    pub is_closed: bool,
    /// Code of the program; none: all.
    pub program: Option<String>,
    /// Code of the stage.
    pub stage: Option<String>,
    /// Name, kana, number, telephone or birth of the patient.
    pub text: String,
    /// Only those who are in hospital.
    pub is_in_hospital: bool,
    /// Only those who are to leave hospital within three days.
    pub is_leaving: bool,
    /// Only those with a deadline that has passed and nothing done.
    pub is_overdue: bool,
    /// Only those of which the own organization owes something.
    pub owes: bool,
    /// Only those of which the patient stands in the own organization's care always.
    pub is_own_client: bool,
    /// Only those with messages that the reader has not read, ended ones too.
    pub is_unread: bool,
    /// Only those who are, or were last, in the own organization as their hospital.
    pub is_own_ward: bool,
}

/// The cases of a filter that `by` may see: how many, and a page of them, what is due next first.
///
/// # Errors
/// The engine's.
pub async fn list(
    db: &impl ConnectionTrait,
    by: &By,
    filter: &Filter,
    page: Page,
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Line>), DbErr> {
    let within = within((by, Deed::ReadCase), filter, now);
    let n = queries::count(db, &within, filter).await?;
    let lines = match n > page.first {
        true => queries::lines(db, &within, filter, page).await?,
        false => Vec::new(),
    };
    Ok((n, lines))
}

/// How many cases of a filter `by` may see.
///
/// # Errors
/// The engine's.
pub async fn count(
    db: &impl ConnectionTrait,
    by: &By,
    filter: &Filter,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    queries::count(db, &within((by, Deed::ReadCase), filter, now), filter).await
}

/// How many cases of a filter stand in each stage of each program.
///
/// # Errors
/// The engine's.
pub async fn stages(
    db: &impl ConnectionTrait,
    by: &By,
    filter: &Filter,
    now: DateTime<Utc>,
) -> Result<Vec<((String, String), u64)>, DbErr> {
    queries::stages(db, &within((by, Deed::ReadCase), filter, now), filter).await
}

/// The same for a file: all of them, or none where there are more than `most`. One row of the log says that a file went out, one
/// for each case that it was in it.
///
/// # Errors
/// The engine's.
pub async fn export(
    tx: &DatabaseTransaction,
    by: &By,
    (filter, most): (&Filter, u64),
    now: DateTime<Utc>,
) -> Result<Option<Vec<Line>>, DbErr> {
    let within = within((by, Deed::ExportCases), filter, now);
    if queries::count(tx, &within, filter).await? > most {
        return Ok(None);
    }
    let lines = queries::lines(tx, &within, filter, Page { first: 0, most }).await?;
    let deed = Deed::ExportCases.code();
    let counted = lines.len().to_string();
    let file = Event {
        note: Some(&counted),
        ..Event::done(deed, "care_case", 0)
    };
    audit::record(tx, by, file, now).await?;
    for line in &lines {
        let listed = Event {
            note: Some("listed"),
            ..Event::done(deed, "care_case", line.id)
        };
        audit::record(tx, by, listed, now).await?;
    }
    Ok(Some(lines))
}

/// The condition over `c` of that with which `by` may do `deed` and for which the filter asks.
fn within((by, deed): (&By, Deed), filter: &Filter, now: DateTime<Utc>) -> String {
    let reach = by.reach(deed);
    let mut all = vec![policy::condition_of_case(&reach, "c.id", now)];
    all.push(match (filter.is_unread, filter.is_closed) {
        (true, _) => message::condition_of_unread_case(by, now),
        (false, true) => "c.closed_at is not null".to_owned(),
        (false, false) => "c.closed_at is null".to_owned(),
    });
    if filter.is_in_hospital {
        all.push("c.stay in ('in', 'leave')".to_owned());
    }
    if filter.is_leaving {
        all.push(leaving(jst_day(now)));
    }
    if filter.is_overdue {
        all.push("c.n_overdue > 0".to_owned());
    }
    let own = by.organization.map_or(0, i64::from);
    if filter.owes {
        all.push(format!(
            "exists (select 1 from obligation b where b.case_id = c.id and b.organization_id = {own}
                and b.state in ('waiting', 'missed'))"
        ));
    }
    if filter.is_own_client {
        all.push(format!(
            "exists (select 1 from care_team u where u.patient_id = c.patient_id and u.case_id is null
                and u.organization_id = {own} and u.valid_to is null)"
        ));
    }
    if filter.is_own_ward {
        all.push(format!("c.hospital_id = {own}"));
    }
    all.join(" and ")
}

/// Who is to leave hospital today or in the three days that follow.
fn leaving(today: NaiveDate) -> String {
    let last = today + Duration::days(3);
    format!("c.stay in ('in', 'leave') and c.discharge_planned_on between '{today}' and '{last}'")
}

/// Which part of what is owed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Owed {
    /// All of it.
    #[default]
    All,
    /// Its deadline has passed, and nothing was done.
    Missed,
    /// Until the end of tomorrow.
    Soon,
    /// Later, or without a deadline.
    Later,
}

impl Owed {
    /// The condition over `b`, what is owed.
    fn condition(self, now: DateTime<Utc>) -> String {
        let end = jst_instant(jst_day(now) + Duration::days(2), NaiveTime::MIN);
        let end = instant(end);
        match self {
            Self::All => "1 = 1".to_owned(),
            Self::Missed => "b.state = 'missed'".to_owned(),
            Self::Soon => format!("b.state = 'waiting' and b.due_at < '{end}'"),
            Self::Later => {
                format!("b.state = 'waiting' and (b.due_at is null or b.due_at >= '{end}')")
            }
        }
    }
}

/// What the own organization owes in open cases, the earliest deadline first, what was missed last: how many, and a page of it.
///
/// # Errors
/// The engine's.
pub async fn due(
    db: &impl ConnectionTrait,
    by: &By,
    (which, page): (Owed, Page),
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Due>), DbErr> {
    let Some(own) = by.organization else {
        return Ok((0, Vec::new()));
    };
    let within = within((by, Deed::ReadCase), &Filter::default(), now);
    let within = format!("{within} and {}", which.condition(now));
    let n = queries::n_due(db, own.get(), &within).await?;
    let due = match n {
        0 => Vec::new(),
        _ => queries::due(db, own.get(), &within, page).await?,
    };
    Ok((n, due))
}

/// What waits on the page of today's work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Owed, and its deadline has passed.
    pub n_missed: u64,
    /// Owed until the end of tomorrow.
    pub n_soon: u64,
    /// Owed later, or without a deadline.
    pub n_later: u64,
    /// Cases of people who are to leave hospital within three days.
    pub n_leaving: u64,
    /// Cases of people in hospital.
    pub n_in_hospital: u64,
    /// Open cases.
    pub n_open: u64,
}

/// Counts what waits for the own organization: one statement for what is owed, one for the cases.
///
/// # Errors
/// The engine's.
pub async fn waiting(
    db: &impl ConnectionTrait,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Waiting, DbErr> {
    let within = within((by, Deed::ReadCase), &Filter::default(), now);
    let leaving = leaving(jst_day(now));
    let mut waiting = queries::cases_waiting(db, &within, &leaving).await?;
    if let Some(own) = by.organization {
        let of = |which: Owed| format!("{within} and {}", which.condition(now));
        let all = [Owed::Missed, Owed::Soon, Owed::Later].map(of);
        [waiting.n_missed, waiting.n_soon, waiting.n_later] =
            queries::owed(db, own.get(), all).await?;
    }
    Ok(waiting)
}

/// Who is in the own hospital, who has a care manager, who was told: the ward's list, the newest admission first.
///
/// # Errors
/// The engine's.
pub async fn ward(
    db: &impl ConnectionTrait,
    by: &By,
    page: Page,
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Ward>), DbErr> {
    let filter = Filter {
        is_in_hospital: true,
        is_own_ward: true,
        ..Filter::default()
    };
    let within = within((by, Deed::ReadCase), &filter, now);
    let n = queries::count(db, &within, &filter).await?;
    Ok((n, queries::ward(db, &within, page).await?))
}
