//! Proposals by a table: it goes out with what is said now, each row with a hidden number and edition, and comes back with
//! what is to be said. A row that somebody changed meanwhile is refused alone.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use keniki_base::id::{ProposalId, ServiceId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction};

use super::{FIELDS, ProposalError, Texts, current, propose, seen};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database;
use crate::directory::{internal, listing};
use crate::import::content::field_name;
use crate::sheet::form::{Filled, HandOutError, ID, VERSION};
use crate::sheet::write::{Book, Cell, Table};

/// What a service is called; for reading alone.
const NAME: &str = "名称";

/// The heads that a table has when it comes back.
#[must_use]
pub fn heads() -> Vec<&'static str> {
    let fields = FIELDS.iter().map(|field| field_name(field));
    [ID, VERSION, NAME].into_iter().chain(fields).collect()
}

/// The table of those of `services` of which `by` may propose something.
pub async fn book(
    db: &impl ConnectionTrait,
    by: &By,
    services: &[i64],
) -> Result<Book, HandOutError> {
    let mut book = Book::new();
    let sheet = book.add("変更の申し出", &heads())?;
    book.hide(sheet, &[0, 1])?;
    for some in services.chunks(500) {
        for listed in listing::of(db, some).await? {
            let id = ServiceId::new(listed.id);
            let object = internal::object(db, id).await?;
            if object.is_none_or(|object| by.may(Deed::Propose, &object).is_none()) {
                continue;
            }
            let texts = current(db, id).await?;
            let mut cells: Vec<Cell> = vec![
                id.to_string().into(),
                seen(&texts).into(),
                listed.name.into(),
            ];
            cells.extend(FIELDS.map(|field| Cell::from(texts.get(field).cloned())));
            book.sheet(sheet)?.row(&cells)?;
        }
    }
    Ok(book)
}

/// What came of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// What was proposed, with what the service is called.
    pub proposed: Vec<(ProposalId, String)>,
    /// Rows that say what is said anyway.
    pub n_unchanged: usize,
    /// Rows that were not taken: number, what the service is called there, why.
    pub refused: Vec<(u32, String, String)>,
}

/// Rows that one transaction takes: nobody else waits long.
const AT_A_TIME: usize = 200;

/// Proposes what the rows say otherwise; each stands for itself, and a table that comes twice proposes nothing twice.
pub async fn take(
    db: &DatabaseConnection,
    by: &By,
    rows: &[Filled],
    now: DateTime<Utc>,
) -> Result<Taken, ProposalError> {
    let (mut taken, mut met) = (Taken::default(), HashSet::new());
    for some in rows.chunks(AT_A_TIME) {
        database::write(db, async |tx| {
            for row in some {
                let is_first = met.insert(row.cell(ID));
                note_row(tx, by, (row, is_first), &mut taken, now).await?;
            }
            Ok::<_, ProposalError>(())
        })
        .await?;
    }
    Ok(taken)
}

async fn note_row(
    tx: &DatabaseTransaction,
    by: &By,
    (row, is_first): (&Filled, bool),
    taken: &mut Taken,
    now: DateTime<Utc>,
) -> Result<(), ProposalError> {
    let done = match is_first {
        true => take_row(tx, by, row, now).await,
        false => Err(RowError::Twice),
    };
    let name = row.cell(NAME).chars().take(100).collect();
    match done {
        Ok(id) => taken.proposed.push((id, name)),
        Err(RowError::Proposal(ProposalError::Nothing)) => taken.n_unchanged += 1,
        Err(RowError::Proposal(ProposalError::Database(error))) => return Err(error.into()),
        Err(error) => {
            if let RowError::Proposal(ProposalError::Refused(refused)) = &error {
                audit::record(tx, by, Event::refused(refused), now).await?;
            }
            taken.refused.push((row.number, name, error.to_string()));
        }
    }
    Ok(())
}

/// Why a row was not taken.
#[derive(Debug, thiserror::Error)]
enum RowError {
    /// A number that is none, or of nothing within reach: which one is not told.
    #[error("番号の列が変わっているか、申し出のできないサービスです。表を受け取り直してください。")]
    Unknown,
    #[error("同じサービスの行が、前にもあります。")]
    Twice,
    #[error("表を受け取ったあとで内容が変わりました。表を受け取り直してください。")]
    Changed,
    #[error("{}", said(.0))]
    Proposal(#[from] ProposalError),
}

fn said(error: &ProposalError) -> String {
    match error {
        ProposalError::NotThere | ProposalError::Refused(_) => RowError::Unknown.to_string(),
        other => other.to_string(),
    }
}

async fn take_row(
    tx: &DatabaseTransaction,
    by: &By,
    row: &Filled,
    now: DateTime<Utc>,
) -> Result<ProposalId, RowError> {
    let id: ServiceId = row.cell(ID).parse().map_err(|_| RowError::Unknown)?;
    super::to_be_proposed(tx, by, id).await?;
    let texts = current(tx, id).await.map_err(ProposalError::from)?;
    if seen(&texts) != row.cell(VERSION) {
        return Err(RowError::Changed);
    }
    let typed: Texts = FIELDS
        .iter()
        .map(|field| ((*field).to_owned(), row.cell(field_name(field)).to_owned()))
        .collect();
    Ok(propose(tx, by, id, (&typed, ""), now).await?)
}
