//! Work that waits for the invented persons of [`persona`]: people whom they look after together, with handovers, inquiries,
//! messages and forms in every state, under all three programs. All of it is done by the verbs that people use.

use chrono::{DateTime, Duration, NaiveTime, Utc};
use keniki_base::clock::{jst_day, jst_instant};
use keniki_base::id::{CaseId, OrganizationId, PatientId};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::person;
use crate::account::{By, membership};
use crate::case::handover::HandoverError;
use crate::case::inquiry::InquiryError;
use crate::case::open::{Opening, Seat, open};
use crate::case::tell::Telling;
use crate::case::{CaseError, House};
use crate::database;
use crate::definition::Definitions;
use crate::form::record::RecordError;
use crate::message::MessageError;
use crate::patient::PatientError;
use crate::patient::consent::ConsentError;
use crate::patient::register::{NewPatient, register};
use crate::sample::dice::Dice;
use crate::sample::persona;
use crate::sample::region::Region;

mod form;
mod handover;
mod inquiry;

/// Where the demo leads nowhere: no letter, and no page beside this one.
const PUBLIC_URL: &str = "http://localhost";

/// Numbers of these people, behind all others of an area.
const FIRST: u64 = 900_000;

/// How many have a case of each program; the first program is the one with handovers and inquiries.
const CASES: [(Kind, usize); 3] = [(Kind::Discharge, 8), (Kind::Stroke, 2), (Kind::Home, 2)];

/// Why no such work was made.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// A record.
    #[error(transparent)]
    Patient(#[from] PatientError),
    /// A case.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A handover.
    #[error(transparent)]
    Handover(#[from] HandoverError),
    /// An inquiry.
    #[error(transparent)]
    Inquiry(#[from] InquiryError),
    /// A message.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A form.
    #[error(transparent)]
    Form(#[from] RecordError),
    /// A consent.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。")]
    Database(#[from] DbErr),
}

/// Under which program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Discharge,
    Stroke,
    Home,
}

/// Who works together.
struct People {
    hospital: By,
    care_manager: By,
    nursing: By,
    clinic: By,
}

impl People {
    async fn of(
        db: &DatabaseConnection,
        definitions: &Definitions,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, DbErr> {
        let all = persona::all(db, definitions.roles()).await?;
        let mut found = Vec::new();
        for role in [
            "hospital_discharge",
            "care_manager",
            "visiting_nursing",
            "clinic",
        ] {
            let Some(one) = all.iter().find(|it| it.role == role) else {
                return Ok(None);
            };
            let desks = membership::desks(db, one.account_id.into(), now).await?;
            let desk = desks.into_iter().find(|it| it.actor.role == role);
            found.extend(desk.map(|it| By::actor(&it.actor, definitions.policy(), "localhost")));
        }
        let four: Result<[By; 4], _> = found.try_into();
        Ok(four
            .ok()
            .map(|[hospital, care_manager, nursing, clinic]| Self {
                hospital,
                care_manager,
                nursing,
                clinic,
            }))
    }
}

/// Somebody whom they look after together.
#[derive(Debug, Clone, Copy)]
struct Shared {
    case: CaseId,
    patient: PatientId,
}

/// What the work is made with.
struct Desk<'a> {
    people: People,
    definitions: &'a Definitions,
    /// When it began.
    begun: DateTime<Utc>,
    now: DateTime<Utc>,
}

impl Desk<'_> {
    fn house(&self) -> House<'_> {
        House {
            definitions: self.definitions,
            public_url: PUBLIC_URL,
        }
    }

    /// Some moment between the beginning and now: accounts of today did nothing yesterday.
    fn at(&self, percent: i32) -> DateTime<Utc> {
        self.begun + (self.now - self.begun) * percent / 100
    }
}

fn organization(by: &By) -> OrganizationId {
    by.organization.unwrap_or_else(|| OrganizationId::new(0))
}

/// Makes it, where the persons are there who share it; in one transaction.
///
/// # Errors
/// [`WorkError`]; nothing is written then.
pub async fn make(
    db: &DatabaseConnection,
    definitions: &Definitions,
    seed: u64,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let Some(people) = People::of(db, definitions, now).await? else {
        return Ok(());
    };
    let morning = jst_instant(jst_day(now), NaiveTime::MIN);
    let desk = Desk {
        people,
        definitions,
        begun: morning.max(now - Duration::hours(3)),
        now,
    };
    let tx = database::begin_write(db).await?;
    let region = Region::draw(seed, 0);
    let mut shared = Vec::new();
    let mut at = 0;
    for (kind, n) in CASES {
        for number in 0..n {
            let mut dice = Dice::new(seed, "work", at);
            let case = desk
                .case(&tx, &region, &mut dice, (kind, number, at))
                .await?;
            if kind == Kind::Discharge {
                shared.push(case);
            }
            at += 1;
        }
    }
    desk.hand_over(&tx, &shared).await?;
    desk.fill_forms(&tx, &shared).await?;
    desk.inquire(&tx, &shared).await?;
    tx.commit().await?;
    Ok(())
}

impl Desk<'_> {
    /// Somebody new, and their case.
    async fn case(
        &self,
        tx: &DatabaseTransaction,
        region: &Region,
        dice: &mut Dice,
        (kind, number, at): (Kind, usize, u64),
    ) -> Result<Shared, WorkError> {
        let (by, part) = match kind {
            Kind::Discharge | Kind::Stroke => (&self.people.hospital, "hospital"),
            Kind::Home => (&self.people.clinic, "clinic"),
        };
        let new = NewPatient {
            record: person::draw(dice, region, (FIRST + at, jst_day(self.now))),
            role: part.to_owned(),
            staff: String::new(),
        };
        let rule = self.definitions.patients();
        let patient = register(tx, rule, by, new, self.at(0)).await?;
        let opening = self.opening(kind, number);
        let case = open(tx, self.house(), by, (patient, &opening), self.at(5)).await?;
        Ok(Shared { case, patient })
    }

    fn opening(&self, kind: Kind, number: usize) -> Opening {
        let (program, role, event) = match kind {
            Kind::Discharge => ("discharge_support", "hospital", "admitted"),
            Kind::Stroke => ("stroke_pathway", "acute_hospital", "admitted"),
            Kind::Home => ("home_care", "physician", "started"),
        };
        let seat = |role: &str, by: &By| Seat {
            role: role.to_owned(),
            organization: organization(by),
            staff: String::new(),
        };
        let mut seats = vec![seat("care_manager", &self.people.care_manager)];
        // Nobody asks a station that is there already whether it could come.
        if kind == Kind::Home || (kind == Kind::Discharge && !inquiry::asks_nursing(number)) {
            seats.push(seat("visiting_nursing", &self.people.nursing));
        }
        Opening {
            program: program.to_owned(),
            role: role.to_owned(),
            seats,
            event: Some(Telling {
                kind: event.to_owned(),
                happened_at: self.now - Duration::hours(20),
                ..Telling::default()
            }),
            ..Opening::default()
        }
    }
}
