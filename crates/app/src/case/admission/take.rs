//! Takes a table of admissions row by row, each in a transaction of its own, or tries it: the same is done, and taken back.

use chrono::{DateTime, Utc};
use keniki_base::id::CaseId;
use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};

use super::act::{Desk, OTHERS, RowError, act};
use super::read::{Admission, read_all};
use super::{Agreed, Row};
use crate::account::By;
use crate::audit;
use crate::case::House;
use crate::database::{self, Lock};
use crate::patient::recognize::{Known, recognize};

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody knew them: they are registered, and a case begins.
    Registered,
    /// Their case begins; where others look after them, who answers for them.
    Opened(Option<String>),
    /// Their case goes on: the admission is told in it.
    Told,
    /// It stands there already.
    Already,
    /// It is not taken, and why.
    Wrong(Vec<String>),
}

/// A row and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The row; of a trial with whom it recognized.
    pub row: Row,
    /// What becomes of it.
    pub outcome: Outcome,
    /// The case, where it is there.
    pub case: Option<CaseId>,
}

impl Line {
    /// What the patient is called in the row.
    #[must_use]
    pub fn name(&self) -> &str {
        self.row.cell(super::NAME)
    }

    /// The day and the ward of the row, as they are written there.
    #[must_use]
    pub fn place(&self) -> String {
        let place = [super::DAY, super::TIME, super::WARD].map(|head| self.row.cell(head));
        place.join(" ").trim().to_owned()
    }

    /// Whether it writes something.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        match self.outcome {
            Outcome::Registered | Outcome::Opened(_) | Outcome::Told => true,
            Outcome::Already | Outcome::Wrong(_) => false,
        }
    }
}

/// What came, or would come, of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Row by row.
    pub lines: Vec<Line>,
}

/// Says what a table would do: does it and takes it back. Whom it looked up stays in the log.
///
/// # Errors
/// The engine's.
pub async fn try_out(
    db: &DatabaseConnection,
    house: House<'_>,
    by: &By,
    (agreed, rows): (&Agreed<'_>, &[Row]),
    now: DateTime<Utc>,
) -> Result<Taken, DbErr> {
    work(db, (house, by), (agreed, rows, true), now).await
}

/// Does what a table says: every row where that is what was seen, in a transaction of its own.
///
/// # Errors
/// The engine's; what was written before stays, and the same table again writes the rest.
pub async fn take(
    db: &DatabaseConnection,
    house: House<'_>,
    by: &By,
    (agreed, rows): (&Agreed<'_>, &[Row]),
    now: DateTime<Utc>,
) -> Result<Taken, DbErr> {
    work(db, (house, by), (agreed, rows, false), now).await
}

async fn work(
    db: &DatabaseConnection,
    (house, by): (House<'_>, &By),
    (agreed, rows, is_trial): (&Agreed<'_>, &[Row], bool),
    now: DateTime<Utc>,
) -> Result<Taken, DbErr> {
    let Some(own) = by.organization else {
        return Ok(Taken::default());
    };
    let desk = Desk {
        house,
        by,
        agreed,
        own,
        is_trial,
        now,
    };
    let mut lines = Vec::new();
    for (row, read) in rows.iter().zip(read_all(rows, own, now)) {
        lines.push(match read {
            Ok(admission) => one(db, desk, row, &admission).await?,
            Err(faults) => Line {
                row: row.clone(),
                outcome: Outcome::Wrong(faults),
                case: None,
            },
        });
    }
    Ok(Taken { lines })
}

/// A row: whom it looked up is written down, whatever becomes of it.
async fn one(
    db: &DatabaseConnection,
    desk: Desk<'_>,
    row: &Row,
    admission: &Admission,
) -> Result<Line, DbErr> {
    let tx = database::begin_write_alone(db, Lock::Admission).await?;
    let definitions = desk.house.definitions;
    let known = recognize(&tx, definitions, desk.by, &admission.record, desk.now).await;
    let (seen, done) = match known {
        Ok(known) => {
            let seen = seen(&known);
            let inner = tx.begin().await?;
            let done = act(&inner, desk, admission, known).await;
            let done = done.and_then(|done| as_seen(desk, (row, &seen), done));
            match done.is_ok() && !desk.is_trial {
                true => inner.commit().await?,
                false => inner.rollback().await?,
            }
            (seen, done)
        }
        Err(error) => (String::new(), Err(error.into())),
    };
    let done = match done {
        Err(RowError::Database(error)) => return Err(error),
        Err(RowError::Refused(refused)) => {
            audit::record(&tx, desk.by, audit::Event::refused(&refused), desk.now).await?;
            Err(OTHERS.to_owned())
        }
        Err(RowError::Told(sentences)) => Err(sentences.join(" ")),
        Ok(done) => Ok(done),
    };
    tx.commit().await?;
    let (outcome, case) = match done {
        Ok((outcome, case)) => (outcome, case),
        Err(sentence) => (Outcome::Wrong(vec![sentence]), None),
    };
    Ok(Line {
        row: Row {
            seen,
            ..row.clone()
        },
        // A case that a trial began is not there.
        case: case.filter(|_| !desk.is_trial || outcome == Outcome::Already),
        outcome,
    })
}

const CHANGED: &str = "確かめたあとで内容が変わりました。この行は書き込んでいません。もう一度、表を送って確かめてください。";

/// Whom a row recognized, as the page carries it.
fn seen(known: &Known) -> String {
    match known {
        Known::Own(listed) => format!("own {}", listed.id),
        Known::Elsewhere(hit) => format!("area {}", hit.patient),
        Known::Nobody => "new".to_owned(),
        Known::Unsure(_) => String::new(),
    }
}

/// What is written was seen before; what stands there already is no matter.
fn as_seen(
    desk: Desk<'_>,
    (row, seen): (&Row, &str),
    done: (Outcome, Option<CaseId>),
) -> Result<(Outcome, Option<CaseId>), RowError> {
    match desk.is_trial || done.0 == Outcome::Already || row.seen == seen {
        true => Ok(done),
        false => Err(RowError::Told(vec![CHANGED.to_owned()])),
    }
}
