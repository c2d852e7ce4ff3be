//! Those who stand in the own organization's care: who of them is in hospital, where, since when, and what is owed to each.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::OrganizationId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::engine::{Event, admission};
use super::load;
use crate::account::By;
use crate::account::policy::{self, Deed};
use crate::audit;
use crate::definition::Definitions;
use crate::definition::program::Program;
use crate::patient::find::{self, Page};

mod queries;

pub use queries::{Line, Owed};

/// A client in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Who, and where they are.
    pub line: Line,
    /// The ward, as far as it was told with the admission.
    pub ward: Option<String>,
    /// What the own organization owes next: of what waits the earliest, or else what was missed.
    pub next: Option<Owed>,
    /// How much it owes in all.
    pub n_owed: usize,
    /// How much of it is too late.
    pub n_missed: usize,
}

/// How many clients there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub n: u64,
    /// In hospital, by a case that the reader may see.
    pub n_in_hospital: u64,
}

/// Whom `by` may see of the own organization's clients, of those only whom `text` asks for (a name, a number, a birth), who is in hospital first, the newest admission first: how many, and a
/// page of them.
///
/// # Errors
/// The engine's.
pub async fn list(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    by: &By,
    (text, page): (&str, Page),
    now: DateTime<Utc>,
) -> Result<(Counts, Vec<Client>), DbErr> {
    let Some(seen) = Seen::of(by, (Deed::ReadPatient, Deed::ReadCase), text, now) else {
        return Ok((Counts::default(), Vec::new()));
    };
    let counts = queries::counts(db, &seen).await?;
    let clients = match counts.n > page.first {
        true => clients(db, definitions, &seen, page).await?,
        false => Vec::new(),
    };
    Ok((counts, clients))
}

/// The same for a file: all of them, or none where there are more than `most`. One row of the log says that a file went out, one
/// for each client and each case that they were in it.
///
/// # Errors
/// The engine's.
pub async fn export(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    by: &By,
    (text, most): (&str, u64),
    now: DateTime<Utc>,
) -> Result<Option<Vec<Client>>, DbErr> {
    let Some(seen) = Seen::of(by, (Deed::ExportPatients, Deed::ExportCases), text, now) else {
        return Ok(Some(Vec::new()));
    };
    if queries::counts(tx, &seen).await?.n > most {
        return Ok(None);
    }
    let clients = clients(tx, definitions, &seen, Page { first: 0, most }).await?;
    let n = clients.len().to_string();
    note(tx, by, (Deed::ExportPatients, "patient", 0, &n), now).await?;
    for client in &clients {
        let patient = (
            Deed::ExportPatients,
            "patient",
            client.line.patient_id,
            "listed",
        );
        note(tx, by, patient, now).await?;
        if let Some(case) = client.line.case_id {
            note(
                tx,
                by,
                (Deed::ExportCases, "care_case", case, "listed"),
                now,
            )
            .await?;
        }
    }
    Ok(Some(clients))
}

async fn note(
    tx: &DatabaseTransaction,
    by: &By,
    (deed, kind, id, words): (Deed, &'static str, i64, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let event = audit::Event {
        note: Some(words),
        ..audit::Event::done(deed.code(), kind, id)
    };
    audit::record(tx, by, event, now).await
}

/// Whose clients, and the conditions of what may be seen of them.
struct Seen {
    organization: OrganizationId,
    today: String,
    /// Over `p`.
    patient: String,
    /// Over `c`.
    case: String,
    /// What is asked for over `p`, and its values.
    asked: (String, Vec<sea_orm::Value>),
}

impl Seen {
    /// None: nobody acts for an organization.
    fn of(
        by: &By,
        (of_patient, of_case): (Deed, Deed),
        text: &str,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let (organization, today) = (by.organization?, jst_day(now));
        let patient = by.reach(of_patient);
        Some(Self {
            organization,
            today: today.to_string(),
            patient: policy::condition_of_patient(&patient, "p.id", today, now),
            case: policy::condition_of_case(&by.reach(of_case), "c.id", now),
            asked: match text.trim() {
                "" => (String::new(), Vec::new()),
                text => find::condition(text, 1),
            },
        })
    }
}

async fn clients(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    seen: &Seen,
    page: Page,
) -> Result<Vec<Client>, DbErr> {
    let lines = queries::lines(db, seen, page).await?;
    let mut wards = wards(db, definitions, &lines).await?;
    let patients: Vec<i64> = lines.iter().map(|it| it.patient_id).collect();
    let mut owed: BTreeMap<i64, Vec<Owed>> = BTreeMap::new();
    for one in queries::owed(db, seen, &patients).await? {
        owed.entry(one.patient_id).or_default().push(one);
    }
    let client = |line: Line| {
        let owed = owed.remove(&line.patient_id).unwrap_or_default();
        Client {
            ward: line.case_id.and_then(|case| wards.remove(&case)),
            n_owed: owed.len(),
            n_missed: owed.iter().filter(|it| it.state == "missed").count(),
            next: owed.into_iter().next(),
            line,
        }
    };
    Ok(lines.into_iter().map(client).collect())
}

/// The wards that were told with the admissions of these cases.
async fn wards(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    lines: &[Line],
) -> Result<BTreeMap<i64, String>, DbErr> {
    let mut wards = BTreeMap::new();
    let cases: Vec<i64> = lines.iter().filter_map(|it| it.case_id).collect();
    let mut events: BTreeMap<i64, Vec<Event>> = BTreeMap::new();
    for (case, row) in super::queries::events_of(db, &cases).await? {
        events.entry(case).or_default().push(row.event()?);
    }
    let mut programs: BTreeMap<(&str, &str), _> = BTreeMap::new();
    for line in lines {
        let (Some(case), Some(code), Some(version)) =
            (line.case_id, &line.program, &line.program_version)
        else {
            continue;
        };
        let program = match programs.entry((code.as_str(), version.as_str())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                place.insert(load::program(db, definitions, code, version).await?)
            }
        };
        let told = events.get(&case).and_then(|it| ward(program, it));
        wards.extend(told.map(|ward| (case, ward)));
    }
    Ok(wards)
}

/// What was written of the ward, or else its kind.
fn ward(program: &Program, events: &[Event]) -> Option<String> {
    let told = admission(program, events)?;
    let kind = || {
        let choice = told.facts.get("ward")?;
        let choices = program.fact("ward")?.choices.iter();
        let choice = choices.clone().find(|it| it.code == *choice)?;
        Some(choice.name.clone())
    };
    told.note.clone().or_else(kind)
}
