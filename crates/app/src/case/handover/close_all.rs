//! Closes by itself what nobody asks for any more: after a death, the end of the case, an admission elsewhere, an annulment.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use super::stage::{Step, Why};
use super::{Handover, Loaded, OTHER, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event as AuditEvent};
use crate::case::House;
use crate::case::engine::State;
use crate::case::save::letter;

/// Closes what the state of the case leaves without a purpose; both sides get a letter, and see why.
pub async fn close_all(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (loaded, state): (&Loaded<'_>, &State),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for handover in queries::of_case(tx, loaded.id.get()).await? {
        let Some(why) = why(state, &handover) else {
            continue;
        };
        let Ok(stage) = handover.stage.clone().after(Step::Close(now, why)) else {
            continue;
        };
        queries::put_stage(tx, handover.id.get(), &stage).await?;
        let note = format!("handover: {}", why.code());
        let event = AuditEvent {
            note: Some(&note),
            ..AuditEvent::done(Deed::SendHandover.code(), "handover", handover.id.get())
        };
        audit::record(tx, by, event, now).await?;
        let to = handover.to.zip(handover.to_role.as_deref());
        let from = (handover.from, &*handover.from_role);
        for side in [Some(from), to].into_iter().flatten() {
            let what = "引継ぎが一つ、終わりになりました。\nどの引継ぎか、なぜか";
            let said = ("引継ぎが終わりになりました", what);
            letter(tx, house, loaded, side, said, now).await?;
        }
    }
    Ok(())
}

/// Why it is not asked for any more.
fn why(state: &State, handover: &Handover) -> Option<Why> {
    if state.died_at.is_some() {
        return Some(Why::Died);
    }
    let is_begun = |cause| {
        let mut all = state.obligations.iter();
        all.any(|it| it.step == handover.purpose && it.cause == cause)
    };
    if handover.purpose != OTHER && handover.cause.is_some_and(|cause| !is_begun(cause)) {
        return Some(Why::Annulled);
    }
    if state.closed.is_some() {
        return Some(Why::CaseOver);
    }
    let stay = state.stays.last().filter(|it| it.from > handover.sent_at);
    let parties = [Some(handover.from.get()), handover.to.map(i64::from)];
    let hospital = stay.and_then(|it| it.organization);
    let is_elsewhere = hospital.is_some_and(|it| !parties.contains(&Some(it)));
    is_elsewhere.then_some(Why::Elsewhere)
}
