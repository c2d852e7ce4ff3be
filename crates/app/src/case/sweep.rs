//! What the clock does to cases: deadlines pass, cases end by themselves, whoever owes something is reminded.

use chrono::{DateTime, Duration, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, OrganizationId};
use sea_orm::{DatabaseConnection, DbErr};

use super::engine::Office;
use super::load::{self, load};
use super::save::{House, save};
use super::{CaseError, queries as cases};
use crate::account::policy::Deed;
use crate::account::{By, mailbox};
use crate::audit::{self, Event};
use crate::database::{self, instant};

mod queries;

/// What one sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Deadlines that passed with nothing done.
    pub n_missed: u64,
    /// Cases that ended by themselves.
    pub n_closed: u64,
    /// Letters that remind.
    pub n_letters: u64,
}

/// So many cases end in one go at most; the rest with the next.
const CLOSED_AT_ONCE: u64 = 500;

/// Does what the time has come for. What is owed and not done is missed in one statement, whatever their number.
///
/// # Errors
/// The engine's.
pub async fn sweep(
    db: &DatabaseConnection,
    house: House<'_>,
    now: DateTime<Utc>,
) -> Result<Swept, DbErr> {
    let (by, at) = (By::program("clock"), instant(now));
    let n_missed = database::write(db, async |tx| {
        let n = queries::miss(tx, &at).await?;
        if n > 0 {
            queries::recount(tx, &at).await?;
            let note = n.to_string();
            let event = Event {
                note: Some(&note),
                ..Event::done(Deed::TellCase.code(), "obligation", 0)
            };
            audit::record(tx, &by, event, now).await?;
        }
        Ok::<_, DbErr>(n)
    })
    .await?;
    let ending = queries::to_close(db, &at, CLOSED_AT_ONCE).await?;
    for case in &ending {
        close(db, house, &by, (*case).into(), now).await?;
    }
    Ok(Swept {
        n_missed,
        n_closed: ending.len() as u64,
        n_letters: remind(db, house, now).await?,
    })
}

/// The case ends as its rule has it.
async fn close(
    db: &DatabaseConnection,
    house: House<'_>,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let done = database::write(db, async |tx| {
        cases::lock_case(tx, case.get()).await?;
        let loaded = load(tx, house.definitions, case).await?;
        save(tx, house, by, &loaded, now).await?;
        let event = Event {
            note: Some("by_itself"),
            ..Event::done(Deed::EndCase.code(), "care_case", case.get())
        };
        Ok::<_, CaseError>(audit::record(tx, by, event, now).await?)
    })
    .await;
    match done {
        Ok(()) => Ok(()),
        Err(CaseError::Database(error)) => Err(error),
        Err(other) => Err(DbErr::Custom(other.to_string())),
    }
}

/// Tells each office once a day, while it works, how much of what it owes is due until tomorrow; of whom it does not say.
async fn remind(
    db: &DatabaseConnection,
    house: House<'_>,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let until = instant(now + Duration::hours(36));
    let today = jst_day(now);
    // What was told today is not told again today.
    let since = instant(now - Duration::hours(20));
    let mut n_letters = 0;
    for group in queries::to_remind(db, &until, &since).await? {
        let program = load::program(db, house.definitions, &group.program, &group.version).await?;
        if !Office::by(&program.office).is_open_at(now) {
            continue;
        }
        let mailbox = house.mailbox(&program, &group.role);
        let body = format!(
            "期限の近い対応事項が{}件あります（{today} 現在）。\nだれの、何をいつまでにかは、サインインして次のページで確かめてください。\n\n{}/\n\n\
             電話・FAX・面談など、ほかの方法で済んでいるときは、その日時を記録してください。\n",
            group.n, house.public_url
        );
        let to = (OrganizationId::new(group.organization_id), mailbox);
        let letter = ("期限の近い対応事項があります", &*body);
        n_letters += database::write(db, async |tx| {
            // Another server on the same database may have been faster.
            if !queries::mark_reminded(tx, &group, &until, &instant(now)).await? {
                return Ok::<_, DbErr>(0);
            }
            mailbox::letter(tx, house.definitions, to, letter, now).await?;
            Ok(1)
        })
        .await?;
    }
    Ok(n_letters)
}
