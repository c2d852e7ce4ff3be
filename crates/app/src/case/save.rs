//! Saves what lists and letters need of a case's state, and what follows from it: who loses sight of it, who is told.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::OrganizationId;
use sea_orm::{DatabaseTransaction, DbErr};

use super::engine::{Obligation, Standing, State};
use super::handover;
use super::inquiry::{self, Why};
use super::load::Loaded;
use crate::account::policy::Deed;
use crate::account::{By, mailbox};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::Definitions;
use crate::definition::program::Program;
use crate::patient::team;

mod queries;
mod row;

use queries::ObligationRow;
pub(super) use row::{NewObligation, Saved};

/// What everybody needs who changes a case.
#[derive(Clone, Copy)]
pub struct House<'a> {
    /// The rules.
    pub definitions: &'a Definitions,
    /// Where the pages are, for letters.
    pub public_url: &'a str,
}

impl<'a> House<'a> {
    /// The mailbox to which the work of a program's role is addressed; empty where there is no such role.
    pub(super) fn mailbox(self, program: &Program, role: &str) -> &'a str {
        let team_role = program.role(role).map_or("", |it| it.team_role.as_str());
        self.definitions.patients().mailbox(team_role)
    }
}

/// Saves the state that the case's events make, and answers it. Who owes something new is told that something waits.
pub(super) async fn save(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    loaded: &Loaded<'_>,
    now: DateTime<Utc>,
) -> Result<State, DbErr> {
    let state = loaded.state(house.definitions, now);
    let owing = save_obligations(tx, by, loaded, &state, now).await?;
    let saved = Saved::of(&state, loaded.organization_of("hospital"));
    queries::put_case(tx, loaded.id.get(), &saved, &instant(now)).await?;
    handover::close_all(tx, house, by, (loaded, &state), now).await?;
    end_or_go_on(tx, house, loaded, &state).await?;
    let over = match (state.died_at, &state.closed) {
        (Some(_), _) => Some(Why::Died),
        (None, Some(_)) => Some(Why::CaseEnded),
        (None, None) => None,
    };
    if let Some(why) = over {
        inquiry::close_all(tx, house, by, (loaded.id, why, None), now).await?;
    }
    for (organization, role) in owing {
        if by.organization != Some(organization) {
            tell_waiting(tx, house, loaded, (organization, &role), now).await?;
        }
    }
    Ok(state)
}

/// Writes what differs, and each of it into the log; answers who owes something that was not there before: organization
/// and role in the case.
async fn save_obligations(
    tx: &DatabaseTransaction,
    by: &By,
    loaded: &Loaded<'_>,
    state: &State,
    now: DateTime<Utc>,
) -> Result<BTreeSet<(OrganizationId, String)>, DbErr> {
    let known = queries::obligations(tx, loaded.id.get()).await?;
    let mut owing = BTreeSet::new();
    for it in &state.obligations {
        let new = NewObligation::of(it, loaded.organization_of(&it.from));
        let before = known.iter().find(|row| is_of(row, it));
        if before.is_some_and(|row| is_same(row, &new)) {
            continue;
        }
        let id = queries::put_obligation(tx, loaded.id.get(), &new).await?;
        log(tx, by, (id, new.step, new.state), now).await?;
        let is_new = before.is_none_or(|row| row.organization_id.is_none());
        if let (true, Standing::Waiting, Some(organization)) =
            (is_new, it.standing, new.organization)
        {
            owing.insert((organization.into(), it.from.clone()));
        }
    }
    let is_gone = |row: &&ObligationRow| {
        row.state != "gone" && !state.obligations.iter().any(|it| is_of(row, it))
    };
    for row in known.iter().filter(is_gone) {
        queries::put_gone(tx, row.id).await?;
        log(tx, by, (row.id, &row.step, "gone"), now).await?;
    }
    Ok(owing)
}

/// That something is owed, done or owed no longer: which step it is; of whom it does not say.
async fn log(
    tx: &DatabaseTransaction,
    by: &By,
    (obligation, step, state): (i64, &str, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let note = format!("{step} {state}");
    let event = Event {
        note: Some(&note),
        ..Event::done(Deed::TellCase.code(), "obligation", obligation)
    };
    audit::record(tx, by, event, now).await
}

fn is_of(row: &ObligationRow, it: &Obligation) -> bool {
    row.step == it.step && row.event_id == it.cause.get()
}

fn is_same(row: &ObligationRow, new: &NewObligation<'_>) -> bool {
    row.organization_id == new.organization
        && row.begins_at == new.begins_at
        && row.due_at == new.due_at
        && row.state == new.state
        && row.met_at == new.met_at
        && row.met_event_id == new.met_event
}

/// The care team loses sight of a case that has ended, after the days of each one's setting, and has it again where it goes on.
async fn end_or_go_on(
    tx: &DatabaseTransaction,
    house: House<'_>,
    loaded: &Loaded<'_>,
    state: &State,
) -> Result<(), DbErr> {
    let before: Option<DateTime<Utc>> =
        loaded.row.closed_at.as_ref().and_then(|at| at.parse().ok());
    let after = state.closed.as_ref().map(|it| it.at);
    if before == after {
        return Ok(());
    }
    if let Some(at) = before {
        team::reopen_case(tx, loaded.id, jst_day(at)).await?;
    }
    if let Some(at) = after {
        team::end_of_case(tx, house.definitions.patients(), loaded.id, jst_day(at)).await?;
    }
    Ok(())
}

/// A letter that something is to be done.
async fn tell_waiting(
    tx: &DatabaseTransaction,
    house: House<'_>,
    loaded: &Loaded<'_>,
    to: (OrganizationId, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let what = "あなたの組織に、新しい対応事項が届いています。\nだれのことか、何をいつまでにか";
    letter(
        tx,
        house,
        loaded,
        to,
        ("新しい対応事項が届いています", what),
        now,
    )
    .await
}

/// A letter that something was told.
pub(super) async fn tell_news(
    tx: &DatabaseTransaction,
    house: House<'_>,
    loaded: &Loaded<'_>,
    to: (OrganizationId, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let what = "支援チームで関わっている方について、新しい知らせがあります。\nだれの、何の知らせか";
    letter(tx, house, loaded, to, ("新しい知らせがあります", what), now).await
}

/// To the mailbox of a role in the case; of whom it tells it does not say.
pub(super) async fn letter(
    tx: &DatabaseTransaction,
    house: House<'_>,
    loaded: &Loaded<'_>,
    (organization, role): (OrganizationId, &str),
    (subject, what): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mailbox = house.mailbox(&loaded.program, role);
    let body = format!(
        "{what}は、サインインして次のページで確かめてください。\n\n{}/\n",
        house.public_url
    );
    mailbox::letter(
        tx,
        house.definitions,
        (organization, mailbox),
        (subject, &body),
        now,
    )
    .await
}
