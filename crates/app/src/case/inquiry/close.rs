//! Ends inquiries without a choice: whoever asked takes one back, or what it was asked for is no longer so.

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseId, InquiryId, OrganizationId};
use sea_orm::{DatabaseTransaction, DbErr};

use super::choose::tell_end;
use super::queries::{self, InquiryRow};
use super::stage::{Step, TargetStep, Why};
use super::{InquiryError, may_ask, over, state_of, state_of_target, team_role, to_be_changed};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::case::House;
use crate::case::load::{Loaded, load};
use crate::database::instant;

/// Takes an inquiry back.
///
/// # Errors
/// [`InquiryError`].
pub async fn close(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    inquiry: InquiryId,
    now: DateTime<Utc>,
) -> Result<(), InquiryError> {
    let row = to_be_changed(tx, by, inquiry, now).await?;
    let loaded = load(tx, house.definitions, row.case_id.into()).await?;
    may_ask(&loaded, by, &row.kind)?;
    end(tx, house, by, (&loaded, &row), Why::Withdrawn, now).await
}

/// Ends every open inquiry of a case, but those that `sender` sent: who is admitted there is not elsewhere. Whoever calls this has
/// asked the policy of what happened.
///
/// # Errors
/// The engine's.
pub async fn close_all(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (case, why, sender): (CaseId, Why, Option<OrganizationId>),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let open = format!("q.case_id = {case} and q.state = 'open'");
    let mut rows = queries::inquiries(tx, &open, (false, i64::MAX.unsigned_abs())).await?;
    rows.retain(|row| sender.is_none() || row.organization_id != sender.map(i64::from));
    if rows.is_empty() {
        return Ok(());
    }
    let failed = |error: InquiryError| match error {
        InquiryError::Database(error) => error,
        other => DbErr::Custom(other.to_string()),
    };
    let version = load(tx, house.definitions, case).await;
    let loaded = version.map_err(|error| failed(error.into()))?;
    for row in rows {
        let ended = end(tx, house, by, (&loaded, &row), why, now).await;
        ended.map_err(failed)?;
    }
    Ok(())
}

async fn end(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (loaded, row): (&Loaded<'_>, &InquiryRow),
    why: Why,
    now: DateTime<Utc>,
) -> Result<(), InquiryError> {
    let state = state_of(row)?.after(Step::Close).map_err(|_| over(row))?;
    let end = (state.code(), Some(why.code()), None);
    queries::put_end(tx, row.id, end, &instant(now)).await?;
    let part = team_role(loaded, &row.kind);
    for target in queries::targets(tx, &[row.id]).await? {
        if let Ok(after) = state_of_target(&target)?.after(TargetStep::Close) {
            queries::put_state(tx, target.id, after.code()).await?;
            tell_end(tx, house, (&target, part), why.code(), now).await?;
        }
    }
    let event = Event {
        note: Some(why.code()),
        ..Event::done(Deed::SendInquiry.code(), "inquiry", row.id)
    };
    Ok(audit::record(tx, by, event, now).await?)
}
