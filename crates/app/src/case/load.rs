//! A case as it was told: its rule in the version under which it began, its events, its care team.

use std::borrow::Cow;
use std::collections::BTreeMap;

use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, OrganizationId, PatientId};
use sea_orm::{ConnectionTrait, DbErr};

use super::engine::{Event, Known, Office, State, code, state};
use super::{CaseError, queries};
use crate::definition::Definitions;
use crate::definition::program::Program;
use crate::patient::team::{self, Member};

/// A case with everything that its state is made of.
pub(super) struct Loaded<'a> {
    pub id: CaseId,
    pub patient: PatientId,
    pub program: Cow<'a, Program>,
    pub known: Known,
    /// In the order in which they were learned.
    pub events: Vec<Event>,
    pub team: Vec<Member>,
    /// As the lists have it.
    pub row: queries::Case,
}

/// Loads a case.
pub(super) async fn load<'a>(
    db: &impl ConnectionTrait,
    definitions: &'a Definitions,
    case: CaseId,
) -> Result<Loaded<'a>, CaseError> {
    let row = queries::by_id(db, case.get()).await?;
    let row = row.ok_or(CaseError::NotThere)?;
    let program = program(db, definitions, &row.program, &row.program_version).await?;
    let rows = queries::events(db, case.get()).await?;
    let mut events = rows
        .iter()
        .map(queries::EventRow::event)
        .collect::<Result<Vec<_>, _>>()?;
    // What was known when it began is known before anything happens.
    let mut known = Known::default();
    events.retain(|event| {
        let is_opening = event.kind == code::OPENED;
        if is_opening {
            known.facts.extend(event.content.facts.clone());
        }
        !is_opening
    });
    let team = team::of_case(db, case).await?;
    known.offices = offices(db, definitions, &program, &team, &row).await?;
    Ok(Loaded {
        id: case,
        patient: row.patient_id.into(),
        program,
        known,
        events,
        team,
        row,
    })
}

/// Hours of the windows that have their own, by role: those that held on the day on which the case began.
async fn offices(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    program: &Program,
    team: &[Member],
    row: &queries::Case,
) -> Result<BTreeMap<String, Office>, DbErr> {
    let mut offices = BTreeMap::new();
    let day = row.opened_at.parse().map(jst_day).ok();
    let Some(day) = day.filter(|_| !definitions.offices().offices.is_empty()) else {
        return Ok(offices);
    };
    for member in team {
        let role = member.case_role.as_deref();
        let Some(role) = role.and_then(|role| program.role(role)) else {
            continue;
        };
        let codes = queries::codes_of(db, member.organization_id).await?;
        if let Some(own) = definitions.offices().on(&role.team_role, &codes, day) {
            offices.insert(role.code.clone(), Office::own(own));
        }
    }
    Ok(offices)
}

/// The version of a program: from its file, or as it was kept when its first case began.
pub(super) async fn program<'a>(
    db: &impl ConnectionTrait,
    definitions: &'a Definitions,
    code: &str,
    version: &str,
) -> Result<Cow<'a, Program>, DbErr> {
    let kept = queries::program_text(db, code, version).await?;
    let file = definitions.program_version(code, version);
    match (kept, file) {
        (Some(text), Some(file)) if text == file.text => Ok(Cow::Borrowed(&file.program)),
        (Some(text), _) => {
            let wrong =
                |_| DbErr::Custom(format!("the kept text of {code} {version} cannot be read"));
            Ok(Cow::Owned(Program::parse(code, &text).map_err(wrong)?))
        }
        (None, Some(file)) => Ok(Cow::Borrowed(&file.program)),
        (None, None) => Err(DbErr::Custom(format!(
            "there is no text of {code} {version}"
        ))),
    }
}

impl Loaded<'_> {
    /// Where it stands.
    pub fn state(&self, definitions: &Definitions, now: chrono::DateTime<chrono::Utc>) -> State {
        state(
            &self.program,
            definitions.fees(),
            &self.known,
            &self.events,
            now,
        )
    }

    /// Codes of the roles that an organization has in the case.
    pub fn roles_of(&self, organization: OrganizationId) -> impl Iterator<Item = &str> {
        roles_of(&self.team, organization)
    }

    /// The same with those that it had before it left, or before the case ended.
    pub fn roles_ever_of(&self, organization: OrganizationId) -> impl Iterator<Item = &str> {
        roles_ever_of(&self.team, organization)
    }

    /// Who has a role in the case now.
    pub fn sitting(&self, role: &str) -> Option<OrganizationId> {
        let has = |it: &&Member| it.case_role.as_deref() == Some(role) && it.valid_to.is_none();
        let it = self.team.iter().find(has)?;
        Some(it.organization_id.into())
    }

    /// Who has a role in the case: who came last of those who have not left, or of those who have.
    pub fn organization_of(&self, role: &str) -> Option<OrganizationId> {
        let has = |it: &&Member| it.case_role.as_deref() == Some(role) && !it.is_void();
        let them = || self.team.iter().filter(has);
        let here = them()
            .filter(|it| it.valid_to.is_none())
            .max_by_key(|it| it.id);
        let it = here.or_else(|| them().max_by_key(|it| it.id))?;
        Some(it.organization_id.into())
    }
}

/// Codes of the roles that an organization has in a case's team and has not left.
pub(super) fn roles_of(
    team: &[Member],
    organization: OrganizationId,
) -> impl Iterator<Item = &str> {
    let is_there =
        move |it: &&Member| it.organization_id == organization.get() && it.valid_to.is_none();
    let there = team.iter().filter(is_there);
    there.filter_map(|it| it.case_role.as_deref())
}

/// The same with those that it had before.
pub(super) fn roles_ever_of(
    team: &[Member],
    organization: OrganizationId,
) -> impl Iterator<Item = &str> {
    let is_there = move |it: &&Member| it.organization_id == organization.get() && !it.is_void();
    let there = team.iter().filter(is_there);
    there.filter_map(|it| it.case_role.as_deref())
}
