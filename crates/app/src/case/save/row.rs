//! What lists and letters need of a case's state, as columns.

use keniki_base::clock::jst_day;
use keniki_base::id::OrganizationId;

use crate::case::engine::{Obligation, Standing, State};
use crate::database::instant;

/// What the lists have of a state.
pub(in crate::case) struct Saved<'a> {
    pub stage: &'a str,
    pub branch: Option<&'a str>,
    pub stay: Option<&'a str>,
    pub hospital: Option<i64>,
    pub admitted_on: Option<String>,
    pub discharge_planned_on: Option<String>,
    pub discharged_on: Option<String>,
    pub next_due_at: Option<String>,
    pub closes_at: Option<String>,
    pub n_overdue: i64,
    pub closed_at: Option<String>,
    pub closing_reason: Option<&'a str>,
}

impl<'a> Saved<'a> {
    /// Of a case with this hospital, where no stay says another.
    pub fn of(state: &'a State, hospital: Option<OrganizationId>) -> Self {
        let stay = state.stays.last();
        let ended = stay.and_then(|stay| stay.ended);
        let standing = |of: Standing| {
            let obligations = state.obligations.iter();
            obligations.filter(move |it| it.standing == of)
        };
        let dues = standing(Standing::Waiting).filter_map(|it| it.due_at);
        let next = dues.min().filter(|_| state.closed.is_none());
        let n_missed = standing(Standing::Missed).count();
        Self {
            stage: &state.stage,
            branch: state.branch.as_deref(),
            stay: match (stay, ended) {
                _ if state.died_at.is_some() => Some("died"),
                (None, _) => None,
                (Some(_), Some(_)) => Some("out"),
                (Some(stay), None) if stay.is_on_leave() => Some("leave"),
                (Some(_), None) => Some("in"),
            },
            hospital: stay
                .and_then(|stay| stay.organization)
                .or_else(|| hospital.map(i64::from)),
            admitted_on: stay.map(|stay| jst_day(stay.from).to_string()),
            discharge_planned_on: state.planned_on.map(|day| day.to_string()),
            discharged_on: ended.map(|(_, at, _)| jst_day(at).to_string()),
            next_due_at: next.map(instant),
            closes_at: state.closes_at.map(instant),
            n_overdue: n_missed.try_into().unwrap_or(i64::MAX),
            closed_at: state.closed.as_ref().map(|it| instant(it.at)),
            closing_reason: state.closed.as_ref().map(|it| it.reason.as_str()),
        }
    }
}

/// An obligation as the engine has it.
pub(in crate::case) struct NewObligation<'a> {
    pub step: &'a str,
    pub event: i64,
    pub roles: (&'a str, Option<&'a str>),
    pub organization: Option<i64>,
    pub begins_at: String,
    pub due_at: Option<String>,
    pub state: &'a str,
    pub met_at: Option<String>,
    pub met_event: Option<i64>,
}

impl<'a> NewObligation<'a> {
    /// Owed by this organization.
    pub fn of(it: &'a Obligation, organization: Option<OrganizationId>) -> Self {
        Self {
            step: &it.step,
            event: it.cause.get(),
            roles: (&it.from, it.to.as_deref()),
            organization: organization.map(i64::from),
            begins_at: instant(it.begins_at),
            due_at: it.due_at.map(instant),
            state: it.standing.code(),
            met_at: it.met.map(|(_, at)| instant(at)),
            met_event: it.met.map(|(event, _)| event.get()),
        }
    }
}
