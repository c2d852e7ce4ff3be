//! Opens a case: of a patient within reach, or of one that was looked up just now, under the version that holds today.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, OrganizationId, PatientId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::engine::{Content, Event, code};
use super::load::load;
use super::queries::{self, NewCase};
use super::save::save;
use super::tell::{self, Telling, Way};
use super::{CaseError, House, who};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event as AuditEvent};
use crate::database::instant;
use crate::definition::program::{KnownFrom, Program};
use crate::definition::{Definitions, ProgramFile};
use crate::patient::birth::Born;
use crate::patient::level::{self, Level};
use crate::patient::record::Record;
use crate::patient::team::{self, Member, Part};
use crate::patient::{self, PatientError, find};

/// A case to be opened.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Code of the program.
    pub program: String,
    /// Code of the program's role that the opening organization has.
    pub role: String,
    /// Who there, in words.
    pub staff: String,
    /// Others who are in it from the beginning.
    pub seats: Vec<Seat>,
    /// What happened, with which it begins.
    pub event: Option<Telling>,
    /// The form's own number: sent twice, one case begins.
    pub form_key: Option<String>,
}

/// A part that an organization takes in a case.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Code of the program's role.
    pub role: String,
    /// Who.
    pub organization: OrganizationId,
    /// Who there, in words.
    pub staff: String,
}

/// For how long whoever looked somebody up may open a case for them.
const LOOKED_UP: Duration = Duration::hours(1);

/// Opens a case; where one is open under the program, says which.
///
/// # Errors
/// [`CaseError`]; nothing is written then.
pub async fn open(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (patient, opening): (PatientId, &Opening),
    now: DateTime<Utc>,
) -> Result<CaseId, CaseError> {
    authorize(tx, by, patient, now).await?;
    queries::lock_patient(tx, patient.get()).await?;
    if let Some(key) = &opening.form_key
        && let Some(known) = queries::begun_by_form(tx, patient.get(), key).await?
    {
        return Ok(known.into());
    }
    let today = jst_day(now);
    let file = house.definitions.program_on(&opening.program, today);
    let file = file.ok_or(CaseError::NoProgram)?;
    let open = queries::open_of(tx, patient.get()).await?;
    if let Some(known) = open.iter().find(|it| it.program == opening.program) {
        return Err(CaseError::AlreadyOpen(known.id.into()));
    }
    may_open(house.definitions, &file.program, by, &opening.role)?;
    let listed = find::listed(tx, &[patient.get()]).await?.pop();
    let record = listed.ok_or(PatientError::NotThere)?.record;
    if record.died_on.is_some() {
        return Err(CaseError::Misfit(
            "亡くなった人のケースは始められません。亡くなった日が誤りなら、先に訂正してください。",
        ));
    }
    let case = insert(tx, by, patient, file, now).await?;
    let standing: Vec<Member> = team::of_patient(tx, patient).await?;
    let seats = seats(by, &file.program, opening, &standing);
    for seat in &seats {
        sit(
            tx,
            house.definitions,
            by,
            (patient, case),
            &file.program,
            seat,
            now,
        )
        .await?;
    }
    let facts = facts(tx, file, &record, &standing, &seats, today).await?;
    begin(tx, house, by, (case, opening), facts, now).await?;
    Ok(case)
}

/// In reach, or looked up a moment ago: whoever holds a card or lies in the bed is known well enough.
async fn authorize(
    tx: &DatabaseTransaction,
    by: &By,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let mut object = patient::object(tx, patient, now).await?;
    if let (Some(account), Some(organization)) = (by.account, by.organization) {
        let (deed, since) = (Deed::LookUpPatient.code(), instant(now - LOOKED_UP));
        let pair = (account.get(), patient.get());
        if queries::was_found(tx, pair, deed, &since).await? {
            object.care_team.insert(organization);
        }
    }
    Ok(by.authorize(Deed::OpenCase, &object)?)
}

/// The role opens cases, and the account's role works in it.
fn may_open(
    definitions: &Definitions,
    program: &Program,
    by: &By,
    role: &str,
) -> Result<(), CaseError> {
    let rule = program.role(role).ok_or(CaseError::Unknown("役割"))?;
    let works = match &by.role {
        None => true,
        Some(own) => definitions.works_in(own, &rule.team_role),
    };
    match rule.opens && works {
        true => Ok(()),
        false => Err(CaseError::WrongRole(program.name.clone())),
    }
}

async fn insert(
    tx: &DatabaseTransaction,
    by: &By,
    patient: PatientId,
    file: &ProgramFile,
    now: DateTime<Utc>,
) -> Result<CaseId, CaseError> {
    let program = &file.program;
    let (id, at) = ((&*program.code, &*program.version), instant(now));
    queries::keep_program_text(tx, id, &file.text, &at).await?;
    let new = NewCase {
        patient: patient.get(),
        program: id,
        access: program.access.code(),
        stage: program.stages.first().map_or("", |it| &it.code),
        who: who(by),
        now: &at,
    };
    let case = queries::insert_case(tx, &new).await?;
    let event = AuditEvent {
        note: Some(&program.code),
        ..AuditEvent::done(Deed::OpenCase.code(), "care_case", case)
    };
    audit::record(tx, by, event, now).await?;
    Ok(case.into())
}

/// Who is in the case from the beginning: who opens it, who was named, and who looks after the patient always.
fn seats(by: &By, program: &Program, opening: &Opening, standing: &[Member]) -> Vec<Seat> {
    let opener = by.organization.map(|organization| Seat {
        role: opening.role.clone(),
        organization,
        staff: opening.staff.clone(),
    });
    let mut seats: Vec<Seat> = opener
        .into_iter()
        .chain(opening.seats.iter().cloned())
        .collect();
    for rule in program.roles.iter().filter(|it| it.standing) {
        let has = |it: &&Member| {
            it.case_id.is_none() && it.valid_to.is_none() && it.role == rule.team_role
        };
        for member in standing.iter().filter(has) {
            let is_taken = seats.iter().any(|it| it.role == rule.code);
            if !is_taken || rule.several {
                seats.push(Seat {
                    role: rule.code.clone(),
                    organization: member.organization_id.into(),
                    staff: member.staff.clone().unwrap_or_default(),
                });
            }
        }
    }
    seats
}

/// An organization takes its part in a case.
pub(super) async fn sit(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    by: &By,
    (patient, case): (PatientId, CaseId),
    program: &Program,
    seat: &Seat,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let rule = program.role(&seat.role).ok_or(CaseError::Unknown("役割"))?;
    let part = Part {
        patient,
        case: Some(case),
        organization: seat.organization,
        role: rule.team_role.clone(),
        case_role: Some(rule.code.clone()),
        staff: seat.staff.clone(),
        valid_from: jst_day(now),
    };
    team::put(tx, definitions.patients(), by, &part, now).await?;
    Ok(())
}

/// What the program knows by itself when the case begins.
async fn facts(
    tx: &DatabaseTransaction,
    file: &ProgramFile,
    record: &Record,
    standing: &[Member],
    seats: &[Seat],
    today: NaiveDate,
) -> Result<BTreeMap<String, String>, CaseError> {
    let mut facts = BTreeMap::new();
    for fact in &file.program.facts {
        let known = match fact.known_from {
            None => None,
            Some(KnownFrom::CareManager) => {
                has_care_manager(&file.program, standing, seats).then_some("yes")
            }
            Some(KnownFrom::Certification) => certification(record, today),
            Some(KnownFrom::AgeGroup) => Some(age_group(record.birth.born, today)),
            Some(KnownFrom::DischargeFiling) => match seats.iter().find(|it| it.role == "hospital")
            {
                None => None,
                Some(seat) => discharge_filing(tx, seat.organization).await?,
            },
        };
        let is_choice = |it: &&str| fact.choices.iter().any(|choice| choice.code == *it);
        if let Some(known) = known.filter(is_choice) {
            facts.insert(fact.code.clone(), known.to_owned());
        }
    }
    Ok(facts)
}

fn has_care_manager(program: &Program, standing: &[Member], seats: &[Seat]) -> bool {
    let is_one = |team_role: &str| ["care_management", "support_center"].contains(&team_role);
    let stands = standing
        .iter()
        .any(|it| it.case_id.is_none() && it.valid_to.is_none() && is_one(&it.role));
    let sits = |seat: &Seat| {
        program
            .role(&seat.role)
            .is_some_and(|it| is_one(&it.team_role))
    };
    stands || seats.iter().any(sits)
}

/// The certification of a day, as the fact of programs has it; none where nobody has written down any, not even that there is none.
pub(crate) fn certification(record: &Record, today: NaiveDate) -> Option<&'static str> {
    if record.levels.is_empty() {
        return None;
    }
    Some(match level::on(&record.levels, today).map(|it| it.level) {
        None | Some(Level::None) => "none",
        Some(Level::Applied) => "applied",
        Some(Level::Support1 | Level::Support2) => "support",
        Some(Level::Care1 | Level::Care2 | Level::Care3 | Level::Care4 | Level::Care5) => "care",
    })
}

/// The age on a day, as the fact of programs has it.
pub(crate) fn age_group(born: Born, today: NaiveDate) -> &'static str {
    match today.years_since(born.first()) {
        None | Some(..18) => "child",
        Some(18..40) => "under_40",
        Some(40..65) => "from_40",
        Some(65..) => "from_65",
    }
}

/// What a hospital filed of 入退院支援加算, as the fact of programs has it.
pub(crate) async fn discharge_filing(
    db: &impl ConnectionTrait,
    hospital: OrganizationId,
) -> Result<Option<&'static str>, DbErr> {
    let note = queries::discharge_filing(db, hospital.get()).await?;
    Ok(Some(match note.as_deref() {
        None => "none",
        Some(note) if note.contains("加算１") || note.contains("加算1") => "support_1",
        Some(note) if note.contains("加算２") || note.contains("加算2") => "support_2",
        Some(note) if note.contains("加算３") || note.contains("加算3") => "support_3",
        Some(_) => "unknown",
    }))
}

/// Writes what is known and what happened first.
async fn begin(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (case, opening): (CaseId, &Opening),
    facts: BTreeMap<String, String>,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let mut loaded = load(tx, house.definitions, case).await?;
    let opened = Event {
        id: 0.into(),
        kind: code::OPENED.to_owned(),
        step: None,
        about: None,
        happened_at: now,
        content: Content {
            facts,
            ..Content::default()
        },
    };
    let way = Way::here(opening.form_key.as_deref());
    tell::insert(tx, by, &mut loaded, opened, way, now).await?;
    match &opening.event {
        Some(telling) => {
            tell::tell(tx, house, by, case, (telling, None), now).await?;
        }
        None => {
            let loaded = load(tx, house.definitions, case).await?;
            save(tx, house, by, &loaded, now).await?;
        }
    }
    Ok(())
}
