//! Three years of somebody invented: their stays in hospital, who looks after them, and what came of it.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use keniki_base::clock::{jst_day, jst_instant};

use super::office::{Office, Offices, pick};
use super::person;
use super::stay::{End, Known, Stay, Telling};
use super::truth::Truth;
use crate::case::bulk::Story;
use crate::case::open::{self, Seat};
use crate::definition::{Definitions, ProgramFile};
use crate::patient::bulk::{NewRecord, PastPart};
use crate::patient::identifier::Identifier;
use crate::patient::record::Record;
use crate::patient::team::Part;
use crate::sample::dice::Dice;
use crate::sample::region::Region;

/// So far back the first of them went to hospital.
const DAYS: i64 = 3 * 365;
/// After so many days nothing comes any more: a case has ended by then.
const SETTLED: u64 = 60;

/// Everything of somebody, to be written.
pub(super) struct Life<'a> {
    pub person: NewRecord,
    /// The standing care team.
    pub standing: Vec<PastPart>,
    pub stories: Vec<Story<'a>>,
    pub truth: Truth,
}

/// Whoever looks after somebody.
struct Around<'a> {
    hospital: &'a Office,
    care_manager: &'a Office,
    support_center: &'a Office,
    /// Role in the program, role in the team, and who.
    others: Vec<(&'static str, &'a Office)>,
    /// What is known of a care manager when the first case begins.
    known: Known,
}

/// Draws somebody; `at`: their number in the area.
pub(super) fn draw<'a>(
    dice: &mut Dice,
    (region, offices): (&Region, &'a Offices),
    (definitions, file): (&Definitions, &'a ProgramFile),
    (at, now): (u64, DateTime<Utc>),
) -> Life<'a> {
    let today = jst_day(now);
    let first = today - Days::new(dice.whole(0, DAYS).unsigned_abs());
    let mut record = person::draw(dice, region, (at, first));
    let around = around(dice, offices, &record);
    let mut life = Life {
        standing: standing(dice, definitions, file, &around, first),
        stories: Vec::new(),
        truth: Truth::default(),
        person: NewRecord {
            organization: match around.known {
                Known::Yes => around.care_manager.organization,
                Known::Unknown { .. } | Known::No => around.hospital.organization,
            },
            registered_at: jst_instant(first - Days::new(1), NaiveTime::MIN),
            record: record.clone(),
        },
    };
    let number = Identifier::MedicalRecord {
        organization: around.hospital.organization,
        number: format!("{:06}", 100_000 + at),
    };
    record.identifiers.push(number);
    let last = live(
        dice,
        &mut life,
        (definitions, file, &around, &record),
        first,
        now,
    );
    if let Some(stay) = last.filter(|it| it.end == End::Died && it.last <= today) {
        record.died_on = Some(stay.last);
    }
    life.person.record = record;
    life
}

fn around<'a>(dice: &mut Dice, offices: &'a Offices, record: &Record) -> Around<'a> {
    let mut one = |offices: &'a [Office]| pick(dice, offices);
    let hospital = one(&offices.hospitals).expect("there is a hospital");
    let care_manager = one(&offices.care_managers).expect("there is a care manager");
    let support_center = one(&offices.support_centers).expect("there is a support center");
    let others = [
        ("home_physician", &offices.clinics, 0.5),
        ("visiting_nursing", &offices.nursing, 0.35),
        ("pharmacy", &offices.pharmacies, 0.3),
    ];
    let known = known(dice, !record.levels.is_empty());
    let others = others.into_iter().filter_map(|(role, offices, share)| {
        let one = pick(dice, offices)?;
        (known == Known::Yes && dice.chance(share)).then_some((role, one))
    });
    Around {
        others: others.collect(),
        hospital,
        care_manager,
        support_center,
        known,
    }
}

/// Of a certified patient the care manager is known as a rule; who has no certification has none.
fn known(dice: &mut Dice, is_certified: bool) -> Known {
    let weights = match is_certified {
        true => [0.76, 0.12, 0.12, 0.0],
        false => [0.0, 0.0, 0.7, 0.3],
    };
    match dice.weighted(&weights) {
        0 => Known::Yes,
        1 => Known::Unknown { is_there: true },
        2 => Known::Unknown { is_there: false },
        _ => Known::No,
    }
}

/// The parts of the standing team, begun before the first stay; the patient's number comes when there is one.
fn standing(
    dice: &mut Dice,
    definitions: &Definitions,
    file: &ProgramFile,
    around: &Around<'_>,
    first: NaiveDate,
) -> Vec<PastPart> {
    let mut parts = around.others.clone();
    if around.known == Known::Yes {
        parts.push(("care_manager", around.care_manager));
    }
    let mut from = || first - Days::new(dice.whole(1, 700).unsigned_abs());
    let parts = parts
        .into_iter()
        .filter_map(|it| part(definitions, file, it, from()));
    parts.collect()
}

fn part(
    definitions: &Definitions,
    file: &ProgramFile,
    (role, office): (&str, &Office),
    valid_from: NaiveDate,
) -> Option<PastPart> {
    let team_role = &file.program.role(role)?.team_role;
    definitions.patients().team_role(team_role)?;
    let part = Part {
        patient: 0.into(),
        case: None,
        organization: office.organization,
        role: team_role.clone(),
        case_role: None,
        staff: office.staff.clone(),
        valid_from,
    };
    Some(PastPart { part, ended: None })
}

/// One stay after the other until today, or death; answers the last one.
fn live<'a>(
    dice: &mut Dice,
    life: &mut Life<'a>,
    (definitions, file, around, record): (&Definitions, &'a ProgramFile, &Around<'_>, &Record),
    first: NaiveDate,
    now: DateTime<Utc>,
) -> Option<Stay> {
    let today = jst_day(now);
    let (mut next, mut known) = (Some(first), around.known);
    let mut last: Option<Stay> = None;
    while let Some(from) = next.filter(|day| *day <= today) {
        let (mut telling, mut story) = begin(file, around, record, known, (from, now));
        let mut begins = from;
        loop {
            let stay = Stay::draw(dice, begins);
            telling.tell(dice, &stay);
            let gap = gap(dice, &stay, telling.is_fed_back);
            next = gap.map(|days| stay.last + Days::new(days));
            last = Some(stay);
            // Whoever comes back while the case is open goes on in it.
            match next {
                Some(day) if gap.is_some_and(|days| days <= 45) && day <= today => begins = day,
                Some(_) | None => break,
            }
        }
        if let Some(day) = telling.found_on.filter(|day| *day <= today) {
            let new = ("care_manager", around.care_manager);
            life.standing.extend(part(definitions, file, new, day));
        }
        known = match telling.known {
            Known::Yes => Known::Yes,
            Known::Unknown { .. } | Known::No => around.known,
        };
        let is_settled = last
            .as_ref()
            .is_some_and(|it| it.last + Days::new(SETTLED) < today);
        let truth = telling.end(&mut story);
        if is_settled {
            life.truth.add(&truth);
        }
        life.stories.push(story);
    }
    last
}

/// After how many days somebody is in hospital again; none: not any more.
fn gap(dice: &mut Dice, stay: &Stay, is_fed_back: bool) -> Option<u64> {
    let comes_back = match stay.end {
        End::Home => dice.chance(0.3),
        End::Moved => dice.chance(0.15),
        End::Died => false,
    };
    let soonest = match (stay.end, is_fed_back) {
        // The times of what is due after a discharge have passed by then, New Year's holidays included.
        (End::Home, false) => 24,
        (End::Home, true) => 46,
        (End::Moved | End::Died, _) => 70,
    };
    let days = dice.whole(soonest, soonest + 400).unsigned_abs();
    // What ended by itself must have ended.
    let days = if days > 45 { days.max(70) } else { days };
    comes_back.then_some(days)
}

/// A case as it begins: who takes part, what is known.
fn begin<'a, 'o>(
    file: &'a ProgramFile,
    around: &Around<'o>,
    record: &Record,
    known: Known,
    (from, now): (NaiveDate, DateTime<Utc>),
) -> (Telling<'o>, Story<'a>) {
    let age_group = open::age_group(record.birth.born, from);
    let telling = Telling {
        hospital: around.hospital,
        care_manager: around.care_manager,
        support_center: around.support_center,
        nursing: around
            .others
            .iter()
            .find(|(role, _)| *role == "visiting_nursing")
            .map(|it| it.1),
        known,
        need: None,
        is_insurable: matches!(age_group, "from_40" | "from_65"),
        now,
        told: Vec::new(),
        truth: Truth::default(),
        is_fed_back: false,
        found_on: None,
    };
    let mut facts = vec![
        (
            "certification",
            open::certification(record, from).unwrap_or("none"),
        ),
        ("age_group", age_group),
    ];
    facts.extend(around.hospital.filing.map(|it| ("filing", it)));
    facts.extend((known == Known::Yes).then_some(("care_manager", "yes")));
    let is_known = |(fact, choice): &(&str, &str)| {
        let fact = file.program.fact(fact);
        fact.is_some_and(|it| it.choices.iter().any(|known| known.code == *choice))
    };
    let facts = facts.into_iter().filter(is_known);
    let seat = |role: &str, office: &Office| Seat {
        role: role.to_owned(),
        organization: office.organization,
        staff: office.staff.clone(),
    };
    let mut seats = vec![(seat("hospital", around.hospital), from)];
    if known == Known::Yes {
        seats.push((seat("care_manager", around.care_manager), from));
    }
    seats.extend(
        around
            .others
            .iter()
            .map(|(role, office)| (seat(role, office), from)),
    );
    let story = Story {
        patient: 0.into(),
        file,
        opened_at: now,
        opened_by: around.hospital.organization,
        facts: facts
            .map(|(fact, choice)| (fact.to_owned(), choice.to_owned()))
            .collect(),
        seats,
        told: Vec::new(),
    };
    (telling, story)
}
