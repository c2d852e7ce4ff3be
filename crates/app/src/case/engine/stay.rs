//! Stays in hospital as the events tell them, what does not fit together in them, and how a case ends.

use chrono::{DateTime, Days, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::CaseEventId;

use super::{Closed, Event, chain, code, due};
use crate::definition::program::{Kind, Program};

/// A time in hospital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// With which event it began; none: nobody told.
    pub admitted: Option<CaseEventId>,
    /// When; where nobody told, when the first was heard of it.
    pub from: DateTime<Utc>,
    /// In which organization.
    pub organization: Option<i64>,
    /// Times away: from, to.
    pub leaves: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// How it ended: event, when, as what.
    pub ended: Option<(CaseEventId, DateTime<Utc>, Kind)>,
}

impl Stay {
    /// Whether the patient is away for some days.
    #[must_use]
    pub fn is_on_leave(&self) -> bool {
        self.leaves.last().is_some_and(|(_, back)| back.is_none())
    }
}

/// Something that does not fit together, and the event that does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// A second admission without a discharge before it.
    AdmittedTwice(CaseEventId),
    /// A discharge, leave or return with no admission before it.
    NotAdmitted(CaseEventId),
    /// A return without a leave.
    NotOnLeave(CaseEventId),
    /// Something of the stay after death.
    AfterDeath(CaseEventId),
    /// It corrects or annuls what is not there.
    AboutNothing(CaseEventId),
    /// The program has no such event.
    UnknownKind(CaseEventId),
}

impl Problem {
    /// The event that does not fit.
    #[must_use]
    pub fn event(self) -> CaseEventId {
        match self {
            Self::AdmittedTwice(id)
            | Self::NotAdmitted(id)
            | Self::NotOnLeave(id)
            | Self::AfterDeath(id)
            | Self::AboutNothing(id)
            | Self::UnknownKind(id) => id,
        }
    }

    /// For people: what does not fit, and what to do.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AdmittedTwice(_) => {
                "退院の記録がないまま、次の入院が記録されています。退院を記録するか、重なった入院を取り消してください。"
            }
            Self::NotAdmitted(_) => {
                "この日時より前に入院の記録がありません。日時を確かめ、入院を記録するか、この記録を訂正してください。"
            }
            Self::NotOnLeave(_) => {
                "外泊の記録がないまま、帰院が記録されています。外泊を記録するか、この記録を取り消してください。"
            }
            Self::AfterDeath(_) => {
                "死亡の後の日時です。日時を訂正するか、死亡の記録を確かめてください。"
            }
            Self::AboutNothing(_) => "訂正・取消しの元の記録が見つかりません。",
            Self::UnknownKind(_) => "このケースが従う申し合わせの版に、この出来事はありません。",
        }
    }
}

/// Whether an admission, or an end of a stay of this kind, is in these stays already: on the same day, and nothing between the
/// two that makes it another one.
#[must_use]
pub fn is_told(stays: &[Stay], kind: Kind, at: DateTime<Utc>) -> bool {
    let on_day = |other: DateTime<Utc>| jst_day(other) == jst_day(at);
    let between = |one: DateTime<Utc>, moments: &[DateTime<Utc>]| {
        let (first, last) = (one.min(at), one.max(at));
        moments.iter().any(|it| first < *it && *it < last)
    };
    let ends = stays.iter().filter_map(|stay| stay.ended);
    match kind {
        Kind::Admitted => {
            let ends: Vec<_> = ends.map(|(_, at, _)| at).collect();
            let told = stays.iter().filter(|stay| stay.admitted.is_some());
            told.map(|stay| stay.from)
                .any(|from| on_day(from) && !between(from, &ends))
        }
        Kind::DischargedHome | Kind::Moved => {
            let begins: Vec<_> = stays.iter().map(|stay| stay.from).collect();
            ends.filter(|(_, _, ended)| *ended == kind)
                .any(|(_, ended, _)| on_day(ended) && !between(ended, &begins))
        }
        Kind::OnLeave | Kind::Returned | Kind::Died | Kind::Other => false,
    }
}

/// The stays, the first first, and what does not fit together.
pub(super) fn stays(program: &Program, events: &[Event]) -> (Vec<Stay>, Vec<Problem>) {
    let mut stays: Vec<Stay> = Vec::new();
    let mut problems = Vec::new();
    let mut is_dead = false;
    for event in events {
        let Some(rule) = program.event(&event.kind) else {
            continue;
        };
        let (id, at) = (event.id, event.happened_at);
        if is_dead && rule.kind != Kind::Other {
            problems.push(Problem::AfterDeath(id));
            continue;
        }
        let open = stays.last_mut().filter(|stay| stay.ended.is_none());
        match (rule.kind, open) {
            (Kind::Other, _) => {}
            (Kind::Admitted, Some(_)) => problems.push(Problem::AdmittedTwice(id)),
            (Kind::Admitted, None) => stays.push(begun(event, Some(id))),
            (Kind::OnLeave, Some(stay)) => stay.leaves.push((at, None)),
            (Kind::Returned, Some(stay)) => match stay.leaves.last_mut() {
                Some((_, back @ None)) => *back = Some(at),
                _ => problems.push(Problem::NotOnLeave(id)),
            },
            (kind @ (Kind::DischargedHome | Kind::Moved), Some(stay)) => {
                stay.ended = Some((id, at, kind));
            }
            (Kind::Died, open) => {
                is_dead = true;
                if let Some(stay) = open {
                    stay.ended = Some((id, at, Kind::Died));
                }
            }
            (
                kind @ (Kind::OnLeave | Kind::Returned | Kind::DischargedHome | Kind::Moved),
                None,
            ) => {
                problems.push(Problem::NotAdmitted(id));
                if kind.ends_stay() {
                    stays.push(Stay {
                        ended: Some((id, at, kind)),
                        ..begun(event, None)
                    });
                }
            }
        }
    }
    (stays, problems)
}

fn begun(event: &Event, admitted: Option<CaseEventId>) -> Stay {
    Stay {
        admitted,
        from: event.happened_at,
        organization: event.content.organization,
        leaves: Vec::new(),
        ended: None,
    }
}

/// The day that the last event of a stay tells which takes the place of the one before.
pub(super) fn planned_on(
    program: &Program,
    events: &[Event],
    stay: Option<&Stay>,
) -> Option<NaiveDate> {
    let from = stay?.from;
    let tells = |event: &&Event| {
        let rule = program.event(&event.kind);
        event.happened_at >= from && rule.is_some_and(|rule| rule.replaces && rule.day.is_some())
    };
    events.iter().rev().find(tells)?.content.day
}

/// When the patient died.
pub(super) fn died_at(program: &Program, events: &[Event]) -> Option<DateTime<Utc>> {
    let is_death = |event: &&Event| {
        program
            .event(&event.kind)
            .is_some_and(|it| it.kind == Kind::Died)
    };
    events.iter().find(is_death).map(|event| event.happened_at)
}

/// How the case ends: somebody said so, or something happened with which it ends by itself.
pub(super) fn ends(program: &Program, events: &[Event]) -> Option<Closed> {
    let mut closed: Option<Closed> = None;
    for event in events {
        // What would have ended it by itself some days later ends it, unless it goes on before.
        let goes_on = begins_stay(program, event) || event.kind == code::REOPENED;
        if goes_on
            && closed
                .as_ref()
                .is_some_and(|it| it.event.is_none() && it.at > event.happened_at)
        {
            closed = None;
        }
        let ends = match event.kind.as_str() {
            code::REOPENED => {
                closed = None;
                None
            }
            code::CLOSED => Some(Closed {
                at: event.happened_at,
                reason: event.content.reason.clone().unwrap_or_default(),
                event: Some(event.id),
            }),
            _ => by_itself(program, event),
        };
        // What ends it first counts.
        let is_first = |it: &Closed| closed.as_ref().is_none_or(|known| it.at < known.at);
        if let Some(ends) = ends.filter(is_first) {
            closed = Some(ends);
        }
    }
    closed
}

fn begins_stay(program: &Program, event: &Event) -> bool {
    let kind = program.event(&event.kind).map(|it| it.kind);
    matches!(kind, Some(Kind::Admitted | Kind::Returned))
}

fn by_itself(program: &Program, event: &Event) -> Option<Closed> {
    let ends = program.closings.iter();
    let closing = ends.clone().find(|it| chain::begins(&it.after, event))?;
    let at = match closing.days {
        0 => event.happened_at,
        days => due::end_of(jst_day(event.happened_at) + Days::new(days.into())),
    };
    Some(Closed {
        at,
        reason: closing.code.clone(),
        event: None,
    })
}
