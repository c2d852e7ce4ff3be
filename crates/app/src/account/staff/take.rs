//! Takes a staff change, or tries it: the same is done, and taken back.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use keniki_base::id::OrganizationId;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::super::policy::Deed;
use super::super::sign_in::House;
use super::super::{By, Refused, membership};
use super::change::{Rest, change, lasts};
use super::line::{Line, RowError};
use super::{Row, Staff, Taken, newcomer};
use crate::audit::{self, Event};
use crate::database::{self, Lock};
use crate::definition::Definitions;
use crate::digest;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The table would do something else than what was seen, or has been written.
    #[error(
        "確かめたあとで内容が変わったか、もう書き込まれています。何も変えていません。下の、いまの内容を確かめてください。"
    )]
    Changed,
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// Says what a table would do: does it and takes it back. What the policy refused is written to the audit log.
pub async fn try_out(
    db: &DatabaseConnection,
    house: House<'_>,
    definitions: &Definitions,
    by: &By,
    (organization, rows): (OrganizationId, &[Row]),
    now: DateTime<Utc>,
) -> Result<Taken, StaffError> {
    let tx = database::begin_write(db).await?;
    let taken = work(&tx, (house, definitions), by, (organization, rows), now).await;
    tx.rollback().await?;
    let taken = taken?;
    for refused in &taken.refused {
        audit::refuse(db, refused, now).await?;
    }
    Ok(taken)
}

/// Does what a table says, where that is what was `seen`.
pub async fn take(
    tx: &DatabaseTransaction,
    house: House<'_>,
    definitions: &Definitions,
    by: &By,
    (organization, rows, seen): (OrganizationId, &[Row], &str),
    now: DateTime<Utc>,
) -> Result<Taken, StaffError> {
    let taken = work(tx, (house, definitions), by, (organization, rows), now).await?;
    if taken.seen != seen {
        return Err(StaffError::Changed);
    }
    for refused in &taken.refused {
        audit::record(tx, by, Event::refused(refused), now).await?;
    }
    Ok(taken)
}

async fn work(
    tx: &DatabaseTransaction,
    (house, definitions): (House<'_>, &Definitions),
    by: &By,
    (organization, rows): (OrganizationId, &[Row]),
    now: DateTime<Utc>,
) -> Result<Taken, StaffError> {
    // One table sent twice at the same moment is written once.
    database::lock(tx, Lock::Staff).await?;
    let object = membership::object(tx, organization).await?;
    by.authorize(Deed::InviteAccount, &object)?;
    let staff = Staff::load(tx, definitions, by, organization, now).await?;
    let (mut lines, mut sent, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    let (mut newcomers, mut invited) = (Vec::new(), HashSet::new());
    let (new, known): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.id.is_empty());
    for row in new {
        let what = (row, &mut invited);
        let done = newcomer::invite(tx, (house, by), &staff, what, now).await;
        let done = done.map(|(newcomer, link, steps)| {
            sent.extend(link.map(|link| (newcomer.name.clone(), link)));
            newcomers.push(newcomer);
            steps
        });
        lines.push(Line::of(row, told(done, &mut refused)?));
    }
    let (lasts, mut met) = (lasts(&staff, rows), HashSet::new());
    for row in known {
        let rest = Rest {
            newcomers: &mut newcomers,
            lasts: &lasts,
        };
        let done = match met.insert(row.id.as_str()) {
            true => change(tx, by, &staff, row, rest, now).await,
            false => Err(RowError::Twice),
        };
        lines.push(Line::of(row, told(done, &mut refused)?));
    }
    lines.sort_by_key(|line| line.number);
    let after = Staff::load(tx, definitions, by, organization, now).await?;
    Ok(Taken {
        is_without_manager: staff.has_manager() && !after.has_manager(),
        seen: digest::of_text(&format!("{organization} {lines:?}")),
        lines,
        sent,
        refused,
    })
}

/// The sentence of what went wrong with a row; what went wrong with the database ends all.
fn told<T>(
    done: Result<T, RowError>,
    refused: &mut Vec<Refused>,
) -> Result<Result<T, String>, DbErr> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(RowError::Database(error)) => Err(error),
        Err(error) => {
            let sentence = error.to_string();
            if let RowError::Refused(one) | RowError::Foreign(one) = error {
                refused.push(*one);
            }
            Ok(Err(sentence))
        }
    }
}
