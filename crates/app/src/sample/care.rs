//! Invented people who went to hospital and came home: three years of cases, with what was forgotten on the way.
//!
//! The story of each stay is drawn here, what was due and missed the case engine makes of it. What was left out in truth is
//! counted while it is drawn ([`Truth`]), so that a test can hold the one against the other.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use sea_orm::{DatabaseConnection, DbErr};

use super::dice::Dice;
use super::region::{Region, municipality_codes};
use super::{Plan, SampleError};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::case::bulk as cases;
use crate::database;
use crate::definition::{Definitions, ProgramFile};
use crate::patient::bulk::{self as patients, NewRecord};
use life::Life;
use office::Offices;
pub use truth::{Counted, Truth};

mod life;
mod name;
mod office;
mod person;
mod queries;
mod stay;
mod truth;
pub mod work;

/// So many people are written in one transaction.
const AT_ONCE: u64 = 500;
/// Of so many stays the average patient has had in three years; what [`life`] draws.
const STAYS_A_PERSON: f64 = 1.35;

/// What was made of an area.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cared {
    /// Patients.
    pub n_patients: u64,
    /// Cases.
    pub n_cases: u64,
    /// What was left out.
    pub truth: Truth,
}

impl Cared {
    /// With what was made of another area.
    pub(super) fn add(&mut self, other: &Self) {
        self.n_patients += other.n_patients;
        self.n_cases += other.n_cases;
        self.truth.add(&other.truth);
    }
}

/// Makes the patients of area number `number`, who have had about `plan.episodes` stays; each batch in a transaction of its own.
pub(super) async fn make(
    db: &DatabaseConnection,
    definitions: &Definitions,
    (plan, number): (Plan, u32),
    by: &By,
    now: DateTime<Utc>,
) -> Result<Cared, SampleError> {
    let mut made = Cared::default();
    let Some(file) = rule(definitions, now).filter(|_| plan.episodes > 0) else {
        return Ok(made);
    };
    let region = Region::draw(plan.seed, number);
    let offices = Offices::of(db, plan.seed, &municipality_codes(number)).await?;
    let Some(offices) = offices else {
        return Ok(made);
    };
    let n_people = (f64::from(plan.episodes) / STAYS_A_PERSON).ceil() as u64;
    for first in (0..n_people).step_by(AT_ONCE as usize) {
        let batch = first..(first + AT_ONCE).min(n_people);
        let lives = batch.map(|at| {
            let index = u64::from(number) << 32 | at;
            let mut dice = Dice::new(plan.seed, "life", index);
            life::draw(
                &mut dice,
                (&region, &offices),
                (definitions, file),
                (at, now),
            )
        });
        let lives: Vec<Life<'_>> = lives.collect();
        made.n_patients += lives.len() as u64;
        made.n_cases += write(db, definitions, lives, &mut made.truth, by, now).await?;
    }
    Ok(made)
}

/// The rule under which the cases stand: the one that holds today, or the first one to come.
fn rule(definitions: &Definitions, now: DateTime<Utc>) -> Option<&ProgramFile> {
    let today = definitions.program_on(stay::PROGRAM, jst_day(now));
    let mut all = definitions.programs().iter();
    today.or_else(|| all.find(|it| it.program.code == stay::PROGRAM && !it.program.is_example))
}

async fn write(
    db: &DatabaseConnection,
    definitions: &Definitions,
    lives: Vec<Life<'_>>,
    truth: &mut Truth,
    by: &By,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let tx = database::begin_write(db).await?;
    let people: Vec<NewRecord> = lives.iter().map(|it| it.person.clone()).collect();
    let ids = patients::write(&tx, &people).await?;
    let (mut team, mut stories) = (Vec::new(), Vec::new());
    for (id, mut life) in ids.into_iter().zip(lives) {
        truth.add(&life.truth);
        for part in &mut life.standing {
            part.part.patient = id;
        }
        for story in &mut life.stories {
            story.patient = id;
        }
        team.append(&mut life.standing);
        stories.append(&mut life.stories);
    }
    patients::write_team(&tx, &team).await?;
    let made = cases::write(&tx, definitions, &stories, now).await?;
    let note = made.len().to_string();
    let event = Event {
        note: Some(&note),
        ..Event::done(
            Deed::MakeSample.code(),
            "care_case",
            made.first().map_or(0, |it| it.get()),
        )
    };
    audit::record(&tx, by, event, now).await?;
    tx.commit().await?;
    Ok(made.len() as u64)
}
