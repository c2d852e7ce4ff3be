//! Who mends what was told: the organization that recorded it; what belongs to a hospital's stay, that hospital, too; a receipt, both
//! sides of its step.

use keniki_base::id::{CaseEventId, OrganizationId};

use crate::case::engine::{Stay, code};
use crate::case::load::roles_ever_of;
use crate::case::queries::EventRow;
use crate::case::{CaseError, receipt, tell};
use crate::definition::program::{Kind, Program};
use crate::patient::team::Member;

/// A case as far as it decides who mends.
pub(in crate::case) struct Told<'a> {
    pub program: &'a Program,
    pub team: &'a [Member],
    pub rows: &'a [EventRow],
    pub stays: &'a [Stay],
}

/// Whether an organization mends an event, or the sentence of who does.
pub(in crate::case) fn may_mend(
    told: &Told<'_>,
    own: OrganizationId,
    event: CaseEventId,
) -> Result<(), CaseError> {
    let row = told.rows.iter().find(|it| it.id == event.get());
    let row = row.ok_or(CaseError::NotToBeMended)?;
    let mut roles = roles_ever_of(told.team, own);
    if [code::DONE, code::WAIVED].contains(&row.kind.as_str()) {
        let step = row.step.as_deref().unwrap_or_default();
        return receipt::is_side(told.program, roles, (&row.kind, step));
    }
    let rule = told.program.event(&row.kind);
    let rule = rule.ok_or(CaseError::NotToBeMended)?;
    if row.organization_id == Some(own.get()) {
        return Ok(());
    }
    // What nobody's organization recorded is mended by whoever tells it.
    if row.organization_id.is_none() {
        return tell::is_told_by(rule, roles);
    }
    let is_hospital = |code: &str| {
        let role = told.program.role(code);
        role.is_some_and(|it| it.team_role == "hospital")
    };
    let is_of_stay = rule.kind != Kind::Other || rule.day.is_some();
    match is_of_stay && roles.any(is_hospital) && hospital(told, row) == Some(own.get()) {
        true => Ok(()),
        false => Err(CaseError::OthersRecord(rule.name.clone())),
    }
}

/// Where the stay is in to which an event belongs: the one that it begins or ends, or that goes on then.
fn hospital(told: &Told<'_>, row: &EventRow) -> Option<i64> {
    let event = row.event().ok()?;
    if told.program.event(&row.kind).map(|it| it.kind) == Some(Kind::Admitted) {
        return event.content.organization;
    }
    let ends = |it: &&Stay| it.ended.is_some_and(|(id, _, _)| id == event.id);
    let goes_on = |it: &&Stay| {
        let is_over = it.ended.is_some_and(|(_, at, _)| at < event.happened_at);
        it.from <= event.happened_at && !is_over
    };
    let stays = told.stays;
    let stay = stays.iter().find(ends);
    stay.or_else(|| stays.iter().rev().find(goes_on))?
        .organization
}
