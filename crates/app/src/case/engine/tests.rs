//! Golden cases of the rules as they are shipped, and what holds whatever the order in which events are learned.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Duration, Utc};
use keniki_base::id::CaseEventId;
use proptest::prelude::*;

use super::{Content, Event, Known, Problem, Standing, State, Why, code, is_told, state};
use crate::definition::Definitions;
use crate::definition::program::Kind;

static DEFINITIONS: LazyLock<Definitions> = LazyLock::new(|| Definitions::load(None).unwrap());

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+09:00").parse().unwrap()
}

/// A case that is told event by event.
struct Told {
    program: &'static str,
    known: Known,
    events: Vec<Event>,
}

fn told(program: &'static str, facts: &[(&str, &str)]) -> Told {
    let facts = facts
        .iter()
        .map(|(fact, is)| ((*fact).to_owned(), (*is).to_owned()));
    Told {
        program,
        known: Known {
            facts: facts.collect(),
            offices: BTreeMap::new(),
        },
        events: Vec::new(),
    }
}

/// 入退院支援 of somebody of 80 with a care manager, 要介護, in a hospital that files 加算１.
fn branch_a() -> Told {
    told(
        "discharge_support",
        &[
            ("care_manager", "yes"),
            ("certification", "care"),
            ("age_group", "from_65"),
            ("filing", "support_1"),
        ],
    )
}

impl Told {
    fn event(&mut self, kind: &str, when: &str) -> &mut Event {
        let id = CaseEventId::new(self.events.len() as i64 + 1);
        self.events.push(Event {
            id,
            kind: kind.to_owned(),
            step: None,
            about: None,
            happened_at: at(when),
            content: Content::default(),
        });
        self.events.last_mut().unwrap()
    }

    fn done(&mut self, step: &str, when: &str) {
        self.event(code::DONE, when).step = Some(step.to_owned());
    }

    fn planned(&mut self, day: &str, when: &str) {
        self.event("discharge_planned", when).content.day = Some(day.parse().unwrap());
    }

    fn state(&self, now: &str) -> State {
        self.state_of(&self.events, at(now))
    }

    fn state_of(&self, events: &[Event], now: DateTime<Utc>) -> State {
        let versions = DEFINITIONS.programs().iter();
        let mut versions = versions.filter(|it| it.program.code == self.program);
        let program = &versions.next().unwrap().program;
        state(program, DEFINITIONS.fees(), &self.known, events, now)
    }

    /// How the step stands, and the last minute in time.
    fn step(&self, step: &str, now: &str) -> (Standing, Option<String>) {
        let state = self.state(now);
        let them: Vec<_> = state
            .obligations
            .iter()
            .filter(|it| it.step == step)
            .collect();
        assert_eq!(them.len(), 1, "{step}: {them:?}");
        let jst = |at: DateTime<Utc>| at.with_timezone(&keniki_base::clock::JST);
        let due = them[0]
            .due_at
            .map(|at| jst(at).format("%Y-%m-%d %H:%M").to_string());
        (them[0].standing, due)
    }
}

#[test]
fn a_whole_episode_with_a_care_manager_is_met_step_by_step() {
    let mut told = branch_a();
    // 2026-11-20 is a Friday, 11-23 a holiday (勤労感謝の日).
    told.event("admitted", "2026-11-20T14:00");
    let now = "2026-11-20T15:00";
    assert_eq!(
        told.step("admission_notice", now).1.unwrap(),
        "2026-11-24 23:59"
    );
    assert_eq!(
        told.step("admission_information", now).1.unwrap(),
        "2026-11-25 23:59"
    );
    assert_eq!(told.step("screening", now).1.unwrap(), "2026-11-22 23:59");
    assert_eq!(told.state(now).stage, "admitted");
    assert_eq!(told.state(now).branch.as_deref(), Some("a"));
    told.done("admission_notice", "2026-11-20T16:00");
    told.done("admission_information", "2026-11-24T09:00");
    told.event("screened", "2026-11-21T10:00")
        .content
        .criteria
        .insert("meals".to_owned());
    let now = "2026-11-24T10:00";
    assert_eq!(told.step("admission_notice", now).0, Standing::Met);
    assert_eq!(told.step("screening", now).0, Standing::Met);
    assert_eq!(told.state(now).facts["need"], "must");
    assert_eq!(
        told.step("first_contact", now).1.unwrap(),
        "2026-11-26 23:59",
        "seven days from the admission"
    );
    told.done("first_contact", "2026-11-25T10:00");
    told.done("conference", "2026-12-01T10:00");
    told.planned("2026-12-10", "2026-12-02T09:00");
    assert_eq!(
        told.step("discharge_notice", "2026-12-02T10:00").1.unwrap(),
        "2026-12-07 23:59"
    );
    told.done("discharge_notice", "2026-12-02T11:00");
    told.done("hospital_interview", "2026-12-08T11:00");
    told.done("discharge_summary", "2026-12-10T09:00");
    told.event("discharged_home", "2026-12-10T11:00");
    told.event("service_started", "2026-12-11T10:00");
    told.done("feedback", "2026-12-20T10:00");
    let state = told.state("2026-12-21T09:00");
    let open: Vec<_> = state
        .obligations
        .iter()
        .filter(|it| it.standing != Standing::Met)
        .collect();
    assert!(open.is_empty(), "{open:?}");
    assert_eq!(
        state.closed, None,
        "whoever is told has some days to read it"
    );
    assert_eq!(
        told.state("2026-12-28T09:00").closed.unwrap().reason,
        "finished"
    );
    assert_eq!(state.problems, []);
}

#[test]
fn the_fee_has_its_own_deadline_and_the_old_one_before_the_revision() {
    let fees = |admitted: &str, given: &str| {
        let mut told = branch_a();
        told.event("admitted", admitted);
        told.done("admission_information", given);
        let state = told.state("2026-12-31T09:00");
        let it = state
            .obligations
            .iter()
            .find(|it| it.step == "admission_information");
        let fees = it.unwrap().fees.iter();
        fees.map(|it| (it.points, it.is_met.unwrap()))
            .collect::<Vec<_>>()
    };
    // On the day; after hours the next day counts; on the third day the second tier.
    assert_eq!(
        fees("2026-11-18T10:00", "2026-11-18T19:00"),
        [(250, true), (200, true)]
    );
    assert_eq!(
        fees("2026-11-18T10:00", "2026-11-19T09:00"),
        [(250, false), (200, true)]
    );
    assert_eq!(
        fees("2026-11-18T20:00", "2026-11-19T09:00"),
        [(250, true), (200, true)]
    );
    assert_eq!(
        fees("2026-11-18T10:00", "2026-11-21T09:00"),
        [(250, false), (200, false)]
    );
    // After hours on a Thursday: the third day is a Saturday, so Sunday counts too.
    assert_eq!(
        fees("2026-11-19T20:00", "2026-11-22T09:00"),
        [(250, false), (200, true)]
    );
    // Before 2024-04: three days, seven days.
    assert_eq!(
        fees("2024-03-18T10:00", "2024-03-20T09:00"),
        [(200, true), (100, true)]
    );
    assert_eq!(
        fees("2024-03-18T10:00", "2024-03-21T09:00"),
        [(200, false), (100, true)]
    );
}

#[test]
fn somebody_of_support_level_has_the_rules_deadline_and_no_fee() {
    let mut told = branch_a();
    told.known
        .facts
        .insert("certification".to_owned(), "support".to_owned());
    told.event("admitted", "2026-11-18T10:00");
    let state = told.state("2026-11-18T11:00");
    let it = state
        .obligations
        .iter()
        .find(|it| it.step == "admission_information")
        .unwrap();
    assert!(it.due_at.is_some() && it.fees.is_empty());
}

#[test]
fn without_a_care_manager_the_hospital_turns_to_the_support_center() {
    let mut told = branch_a();
    told.known
        .facts
        .insert("care_manager".to_owned(), "unknown".to_owned());
    told.event("admitted", "2026-11-18T10:00");
    assert_eq!(
        told.step("find_care_manager", "2026-11-18T11:00").0,
        Standing::Waiting
    );
    told.event("screened", "2026-11-19T10:00")
        .content
        .criteria
        .insert("alone".to_owned());
    told.event("no_care_manager", "2026-11-19T11:00");
    let state = told.state("2026-11-19T12:00");
    assert_eq!(state.branch.as_deref(), Some("b65"));
    assert_eq!(
        told.step("find_care_manager", "2026-11-19T12:00").0,
        Standing::Met
    );
    assert_eq!(
        told.step("support_request", "2026-11-19T12:00").1.unwrap(),
        "2026-11-24 23:59"
    );
    told.done("support_request", "2026-11-20T10:00");
    told.event("care_manager_found", "2026-11-25T10:00");
    let now = "2026-11-25T11:00";
    assert_eq!(told.step("assign_care_manager", now).0, Standing::Met);
    assert_eq!(
        told.step("admission_notice", now).0,
        Standing::Waiting,
        "now there is somebody to be told"
    );
    assert_eq!(told.state(now).branch.as_deref(), Some("a"));
}

#[test]
fn a_child_without_insurance_or_care_manager_has_a_course_of_its_own() {
    let mut told = told(
        "discharge_support",
        &[("age_group", "child"), ("care_manager", "no")],
    );
    told.event("admitted", "2026-11-18T10:00");
    told.event("screened", "2026-11-19T10:00")
        .content
        .criteria
        .insert("medical_care".to_owned());
    let state = told.state("2026-11-19T12:00");
    assert_eq!(state.branch.as_deref(), Some("other"));
    let steps: Vec<_> = state
        .obligations
        .iter()
        .map(|it| it.step.as_str())
        .collect();
    assert_eq!(steps, ["screening", "first_contact"]);
}

#[test]
fn a_discharge_that_nobody_announced_is_a_missed_handover() {
    let mut told = branch_a();
    told.event("admitted", "2026-11-18T10:00");
    told.event("discharged_home", "2026-11-30T10:00");
    let now = "2026-12-01T10:00";
    assert_eq!(told.step("admission_notice", now).0, Standing::Missed);
    assert_eq!(told.step("discharge_notice", now).0, Standing::Missed);
    assert_eq!(told.step("discharge_summary", now).0, Standing::Missed);
    // What is made good later is late, not missed.
    told.done("discharge_summary", "2026-12-02T10:00");
    assert_eq!(
        told.step("discharge_summary", "2026-12-03T10:00").0,
        Standing::Late
    );
}

#[test]
fn a_short_stay_ends_what_was_not_due_yet() {
    let mut told = branch_a();
    told.event("admitted", "2026-11-18T10:00");
    told.done("admission_notice", "2026-11-18T11:00");
    let discharged = told.event("discharged_home", "2026-11-19T10:00").id;
    let (standing, _) = told.step("screening", "2026-11-25T10:00");
    assert_eq!(standing, Standing::Waived(Why::Ended(discharged)));
}

#[test]
fn a_new_day_of_discharge_takes_the_place_of_the_old_one() {
    let mut told = branch_a();
    told.event("admitted", "2026-11-18T10:00");
    told.planned("2026-12-10", "2026-12-01T09:00");
    told.done("discharge_notice", "2026-12-01T10:00");
    told.planned("2026-12-15", "2026-12-02T09:00");
    let (standing, due) = told.step("discharge_notice", "2026-12-03T09:00");
    assert_eq!(
        (standing, due.unwrap().as_str()),
        (Standing::Met, "2026-12-10 23:59")
    );
}

#[test]
fn death_ends_everything_and_what_follows_is_pointed_at() {
    let mut told = branch_a();
    told.event("admitted", "2026-11-18T10:00");
    told.event("died", "2026-11-18T22:00");
    let after = told.event("discharged_home", "2026-11-20T10:00").id;
    let state = told.state("2026-12-20T10:00");
    assert_eq!(state.problems, [Problem::AfterDeath(after)]);
    assert_eq!(state.closed.as_ref().unwrap().reason, "died");
    let open =
        |it: &&super::Obligation| matches!(it.standing, Standing::Waiting | Standing::Missed);
    let open: Vec<_> = state
        .obligations
        .iter()
        .filter(open)
        .map(|it| &it.step)
        .collect();
    assert_eq!(
        open,
        ["discharge_notice", "discharge_summary", "feedback"]
            .iter()
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_discharge_before_its_admission_is_pointed_at() {
    let mut told = branch_a();
    let discharged = told.event("discharged_home", "2026-11-17T10:00").id;
    told.event("admitted", "2026-11-18T10:00");
    assert_eq!(
        told.state("2026-11-19T10:00").problems,
        [Problem::NotAdmitted(discharged)]
    );
}

#[test]
fn a_second_admission_a_return_without_leave_and_an_unknown_kind_are_pointed_at() {
    let mut told = branch_a();
    told.event("admitted", "2026-11-18T10:00");
    let twice = told.event("admitted", "2026-11-19T10:00").id;
    let back = told.event("returned", "2026-11-20T10:00").id;
    let unknown = told.event("beamed_up", "2026-11-20T11:00").id;
    let problems = told.state("2026-11-21T10:00").problems;
    assert_eq!(
        problems,
        [
            Problem::UnknownKind(unknown),
            Problem::AdmittedTwice(twice),
            Problem::NotOnLeave(back)
        ]
    );
}

#[test]
fn a_correction_moves_the_deadline_and_an_annulment_takes_it_away_and_back() {
    let mut told = branch_a();
    let first = told.event("admitted", "2026-11-18T10:00").id;
    let due = |told: &Told| told.step("screening", "2026-11-30T10:00").1.unwrap();
    assert_eq!(due(&told), "2026-11-20 23:59");
    told.event(code::CORRECTED, "2026-11-17T10:00").about = Some(first);
    assert_eq!(due(&told), "2026-11-19 23:59");
    let correction = CaseEventId::new(2);
    told.event(code::CORRECTED, "2026-11-16T10:00").about = Some(correction);
    assert_eq!(
        due(&told),
        "2026-11-18 23:59",
        "a correction of a correction"
    );
    let annulled = {
        let event = told.event(code::ANNULLED, "2026-11-18T11:00");
        event.about = Some(first);
        event.id
    };
    let state = told.state("2026-11-30T10:00");
    assert!(state.obligations.is_empty() && state.stays.is_empty() && state.problems.is_empty());
    told.event(code::ANNULLED, "2026-11-18T12:00").about = Some(annulled);
    assert_eq!(due(&told), "2026-11-18 23:59");
}

#[test]
fn leave_and_return_stay_within_the_stay_and_a_move_ends_it() {
    let mut told = branch_a();
    told.event("admitted", "2026-11-18T10:00");
    told.event("on_leave", "2026-11-21T10:00");
    assert!(told.state("2026-11-21T11:00").stays[0].is_on_leave());
    told.event("returned", "2026-11-22T10:00");
    assert!(!told.state("2026-11-22T11:00").stays[0].is_on_leave());
    told.event("moved", "2026-11-25T10:00");
    let state = told.state("2026-12-20T11:00");
    assert_eq!(state.stays.len(), 1);
    assert_eq!(state.closed.unwrap().reason, "moved");
}

#[test]
fn somebody_who_comes_back_before_the_case_is_over_goes_on_in_it() {
    let mut told = branch_a();
    told.event("admitted", "2026-10-01T10:00");
    told.event("discharged_home", "2026-10-10T10:00");
    told.event("admitted", "2026-11-18T10:00");
    let state = told.state("2026-12-01T10:00");
    assert_eq!(state.closed, None);
    let notices = state
        .obligations
        .iter()
        .filter(|it| it.step == "admission_notice");
    assert_eq!(notices.count(), 2, "one for each stay");
}

#[test]
fn what_is_told_within_the_minute_of_the_admission_belongs_to_the_stay() {
    let mut told = told("discharge_support", &[("age_group", "from_65")]);
    // Recorded by a click, to the second; then told by the clock on the wall, to the minute.
    told.event("admitted", "2026-11-20T14:00").happened_at += Duration::seconds(44);
    told.event("care_manager_found", "2026-11-20T14:00");
    let now = "2026-11-20T15:00";
    assert_eq!(told.step("admission_notice", now).0, Standing::Waiting);
    assert_eq!(told.step("admission_information", now).0, Standing::Waiting);
}

#[test]
fn a_care_manager_found_before_the_admission_asks_nothing_until_then() {
    let mut told = told("discharge_support", &[("age_group", "from_65")]);
    told.event("care_manager_found", "2026-11-16T14:00");
    assert_eq!(told.state("2026-11-17T09:00").obligations, []);
    told.event("admitted", "2026-11-20T14:00");
    let (standing, due) = told.step("admission_notice", "2026-11-20T15:00");
    assert_eq!(
        (standing, due.unwrap().as_str()),
        (Standing::Waiting, "2026-11-24 23:59")
    );
}

#[test]
fn a_stay_begins_and_ends_once_a_day_but_for_what_lies_between() {
    let mut told = branch_a();
    told.event("admitted", "2026-11-20T09:00");
    told.event("discharged_home", "2026-11-24T10:00");
    let stays = told.state("2026-11-25T09:00").stays;
    let is_told = |kind, when| is_told(&stays, kind, at(when));
    assert!(is_told(Kind::DischargedHome, "2026-11-24T09:58"));
    assert!(is_told(Kind::DischargedHome, "2026-11-24T17:00"));
    assert!(!is_told(Kind::DischargedHome, "2026-11-23T10:00"));
    assert!(is_told(Kind::Admitted, "2026-11-20T11:00"));
    assert!(
        !is_told(Kind::Admitted, "2026-11-24T15:00"),
        "back the same day"
    );
    told.event("admitted", "2026-11-24T15:00");
    let stays = told.state("2026-11-25T09:00").stays;
    assert!(!super::is_told(
        &stays,
        Kind::DischargedHome,
        at("2026-11-24T20:00")
    ));
}

#[test]
fn a_deadline_over_the_new_year_waits_for_the_office() {
    let mut told = branch_a();
    // 2026-12-28 is a Monday; 12-29 to 01-03 are closed, 01-04 is a Monday.
    told.event("admitted", "2026-12-28T20:00");
    let (_, due) = told.step("admission_information", "2026-12-29T10:00");
    assert_eq!(due.unwrap(), "2027-01-06 23:59");
    let mut told = branch_a();
    told.event("admitted", "2026-12-31T10:00");
    assert_eq!(
        told.step("screening", "2026-12-31T11:00").1.unwrap(),
        "2027-01-02 23:59"
    );
    assert_eq!(
        told.step("admission_notice", "2026-12-31T11:00").1.unwrap(),
        "2027-01-04 23:59"
    );
}

#[test]
fn a_stroke_passes_through_three_hospitals_and_comes_back_as_an_outcome() {
    let mut told = told("stroke_pathway", &[]);
    told.event("admitted", "2026-06-01T10:00")
        .content
        .organization = Some(1);
    told.event("applied", "2026-06-03T10:00");
    told.event("transfer_planned", "2026-06-15T10:00")
        .content
        .day = "2026-06-20".parse().ok();
    told.done("acute_summary", "2026-06-18T10:00");
    told.event("moved", "2026-06-20T10:00");
    told.event("recovery_admitted", "2026-06-20T14:00")
        .content
        .organization = Some(2);
    assert_eq!(told.state("2026-06-21T10:00").stage, "recovery");
    told.done("recovery_plan", "2026-06-25T10:00");
    told.event("moved", "2026-08-01T10:00");
    told.event("recovery_admitted", "2026-08-01T14:00")
        .content
        .organization = Some(3);
    told.done("recovery_plan", "2026-08-05T10:00");
    told.event("moved", "2026-09-30T10:00");
    told.event("facility_entered", "2026-09-30T15:00")
        .content
        .organization = Some(4);
    told.done("facility_summary", "2026-09-30T12:00");
    told.done("outcome", "2026-10-15T10:00");
    let state = told.state("2026-10-16T10:00");
    assert_eq!(state.stays.len(), 3);
    assert_eq!(state.stage, "returned");
    let of = |step: &str| {
        let them = state.obligations.iter().filter(|it| it.step == step);
        them.map(|it| it.standing).collect::<Vec<_>>()
    };
    assert_eq!(of("recovery_plan"), [Standing::Met, Standing::Met]);
    assert_eq!(of("outcome"), [Standing::Met]);
    assert_eq!(of("facility_summary"), [Standing::Met]);
    assert_eq!(
        state.closed, None,
        "the path is followed for ninety days more"
    );
    assert_eq!(
        told.state("2027-02-01T10:00").closed.unwrap().reason,
        "finished"
    );
}

#[test]
fn home_care_tells_the_deputy_before_the_physician_is_away() {
    let mut told = told("home_care", &[]);
    told.event("started", "2026-11-02T10:00")
        .content
        .facts
        .insert("narcotics".into(), "yes".into());
    told.event("physician_away", "2026-11-10T10:00").content.day = "2026-11-24".parse().ok();
    let (_, due) = told.step("deputy_cover", "2026-11-11T10:00");
    assert_eq!(
        due.unwrap(),
        "2026-11-20 23:59",
        "the last day before on which the deputy works"
    );
    assert_eq!(
        told.step("narcotics_informed", "2026-11-04T10:00").0,
        Standing::Missed
    );
}

#[test]
fn two_hundred_events_are_one_state() {
    let mut told = branch_a();
    for stay in 0..50 {
        let day = |n: i64| at("2020-01-06T10:00") + chrono::Duration::days(stay * 60 + n);
        for (kind, n) in [
            ("admitted", 0),
            ("screened", 1),
            ("discharge_planned", 5),
            ("discharged_home", 9),
        ] {
            told.event(kind, "2020-01-06T10:00").happened_at = day(n);
        }
    }
    let state = told.state("2029-01-01T10:00");
    assert_eq!(state.stays.len(), 50);
    assert_eq!(state.problems, []);
}

/// Anything that can be told of a case of 入退院支援, at some hour of two months.
fn any_event() -> impl Strategy<Value = (usize, i64, usize)> {
    (0..KINDS.len(), 0i64..1_440, 0usize..8)
}

const KINDS: [&str; 14] = [
    "admitted",
    "emergency_admitted",
    "on_leave",
    "returned",
    "care_manager_found",
    "no_care_manager",
    "screened",
    "discharge_planned",
    "discharged_home",
    "moved",
    "died",
    "service_started",
    code::DONE,
    code::WAIVED,
];

const STEPS: [&str; 8] = [
    "admission_notice",
    "admission_information",
    "screening",
    "first_contact",
    "conference",
    "discharge_notice",
    "discharge_summary",
    "feedback",
];

fn events_of(drawn: &[(usize, i64, usize)]) -> Vec<Event> {
    let event = |(n, (kind, hour, step)): (usize, &(usize, i64, usize))| {
        let kind = KINDS[*kind];
        // No two at one instant: which of two comes first at one instant is said by who told it first.
        let happened_at = at("2026-11-01T09:00") + chrono::Duration::minutes(hour * 60 + n as i64);
        let is_of_step = [code::DONE, code::WAIVED].contains(&kind);
        Event {
            id: CaseEventId::new(n as i64 + 1),
            kind: kind.to_owned(),
            step: is_of_step.then(|| STEPS[*step].to_owned()),
            about: None,
            happened_at,
            content: Content {
                day: (kind == "discharge_planned")
                    .then(|| keniki_base::clock::jst_day(happened_at)),
                ..Content::default()
            },
        }
    };
    drawn.iter().enumerate().map(event).collect()
}

/// What a state says, without the numbers under which events were learned.
fn said(state: &State) -> String {
    let obligations = state.obligations.iter().map(|it| {
        let at = it.met.map(|(_, at)| at);
        format!(
            "{} {:?} {:?} {} {at:?}\n",
            it.step,
            it.begins_at,
            it.due_at,
            it.standing.code()
        )
    });
    let mut obligations: Vec<String> = obligations.collect();
    obligations.sort();
    let stays = state
        .stays
        .iter()
        .map(|it| (it.from, it.ended.map(|(_, at, kind)| (at, kind))));
    format!(
        "{} {:?} {:?} {:?} {:?}\n{}",
        state.stage,
        state.branch,
        state.facts,
        stays.collect::<Vec<_>>(),
        state.closed.as_ref().map(|it| (it.at, &it.reason)),
        obligations.concat()
    )
}

proptest! {
    #[test]
    fn whatever_the_order_of_learning_the_state_is_the_same(
        drawn in proptest::collection::vec(any_event(), 0..30),
        order in any::<prop::sample::Index>(),
        later in 0i64..2_000,
    ) {
        let told = branch_a();
        let events = events_of(&drawn);
        let now = at("2026-11-01T09:00") + chrono::Duration::hours(later);
        let mut shuffled = events.clone();
        if !shuffled.is_empty() {
            let turn = order.index(shuffled.len());
            shuffled.rotate_left(turn);
            shuffled.reverse();
        }
        for (n, event) in shuffled.iter_mut().enumerate() {
            event.id = CaseEventId::new(n as i64 + 1);
        }
        let (one, other) = (told.state_of(&events, now), told.state_of(&shuffled, now));
        prop_assert_eq!(said(&one), said(&other));
    }

    #[test]
    fn what_is_annulled_never_was(
        drawn in proptest::collection::vec(any_event(), 1..20),
        which in any::<prop::sample::Index>(),
    ) {
        let told = branch_a();
        let events = events_of(&drawn);
        let now = at("2027-02-01T09:00");
        let gone = which.index(events.len());
        let mut annulled = events.clone();
        annulled.push(Event {
            id: CaseEventId::new(1_000),
            kind: code::ANNULLED.to_owned(),
            step: None,
            about: Some(events[gone].id),
            happened_at: now,
            content: Content::default(),
        });
        let mut without = events;
        without.remove(gone);
        prop_assert_eq!(said(&told.state_of(&annulled, now)), said(&told.state_of(&without, now)));
    }

    #[test]
    fn time_alone_makes_of_waiting_only_missed_or_ended(
        drawn in proptest::collection::vec(any_event(), 0..20),
        hours in 0i64..5_000,
    ) {
        let told = branch_a();
        let events = events_of(&drawn);
        let now = at("2027-01-01T09:00");
        let (before, after) = (told.state_of(&events, now), told.state_of(&events, now + chrono::Duration::hours(hours)));
        prop_assert_eq!(before.obligations.len(), after.obligations.len());
        for (one, other) in before.obligations.iter().zip(&after.obligations) {
            prop_assert!(one.standing == other.standing
                || one.standing == Standing::Waiting && !matches!(other.standing, Standing::Met | Standing::Late));
        }
    }
}
