//! Whom to ask: services of the directory by kind, place and size, with what is known of the needs. Unknown is not no.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::geo;
use keniki_base::id::{CaseId, InquiryTargetId, OrganizationId};
use sea_orm::{ConnectionTrait, DbErr};

use super::queries as inquiries;
use super::{InquiryError, may_ask, object_of_target};
use crate::account::By;
use crate::account::policy::Deed;
use crate::case::load::{self, load};
use crate::case::{CaseError, House, object};
use crate::definition::program::InquiryRule;
use crate::directory::listing::{self, Listed};
use crate::directory::search::{self, Query, Status, Thesaurus};
use crate::patient::find;

pub(super) mod queries;

use queries::Place;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Code of the program's inquiry.
    pub kind: String,
    /// Codes of capabilities; whoever has more of them comes first.
    pub needs: Vec<String>,
    /// Any of these categories, of those of the inquiry; empty: all of them.
    pub categories: Vec<String>,
    /// Any of these municipalities; empty: anywhere.
    pub municipalities: Vec<String>,
    /// At least so many beds or places; where nobody says how many, it stays.
    pub least: Option<i64>,
    /// Words of the name or the address.
    pub words: String,
}

/// Who may be asked.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// The office that finds one; then nobody else is asked.
    pub through: Option<(OrganizationId, String)>,
    /// Whoever is asked here before all others; of them whoever has most of what is needed first, then the nearest.
    pub found: Vec<Candidate>,
    /// How many more there are than were looked at.
    pub n_more: u64,
}

/// One who may be asked.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// As the directory has it.
    pub service: Listed,
    /// Whether somebody there has an account; the others are asked by telephone.
    pub is_reached: bool,
    /// Of the needs, those that lists tell.
    pub known: Vec<String>,
    /// Of the needs, those of which nothing is known.
    pub unknown: Vec<String>,
    /// From the middle of the municipality in which the person lives.
    pub km: Option<f64>,
}

/// So many are looked at.
const MOST: u64 = 200;

/// What the organization may ask in a case.
///
/// # Errors
/// [`InquiryError`].
pub async fn kinds(
    db: &impl ConnectionTrait,
    house: House<'_>,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Vec<InquiryRule>, InquiryError> {
    by.authorize(Deed::SendInquiry, &object(db, case, now).await?)?;
    let loaded = load(db, house.definitions, case).await?;
    let rules = loaded.program.inquiries.iter();
    let own = rules.filter(|rule| may_ask(&loaded, by, &rule.code).is_ok());
    Ok(own.cloned().collect())
}

/// Who may be asked for the person of a case.
///
/// # Errors
/// [`InquiryError`].
pub async fn candidates(
    db: &impl ConnectionTrait,
    (house, thesaurus): (House<'_>, &Thesaurus),
    by: &By,
    (case, asked): (CaseId, &Asked),
    now: DateTime<Utc>,
) -> Result<Candidates, InquiryError> {
    by.authorize(Deed::SendInquiry, &object(db, case, now).await?)?;
    let loaded = load(db, house.definitions, case).await?;
    let rule = may_ask(&loaded, by, &asked.kind)?;
    let listed = find::listed(db, &[loaded.patient.get()]).await?.pop();
    let home = listed.and_then(|it| it.record.home.municipality_code);
    if let Some(through) = through(db, rule, by, home.as_deref()).await? {
        return Ok(Candidates {
            through: Some(through),
            ..Candidates::default()
        });
    }
    Ok(search(db, thesaurus, (rule, asked), (by, home), now).await?)
}

/// Whom the coordination office may ask in turn.
///
/// # Errors
/// [`InquiryError`].
pub async fn candidates_to_forward(
    db: &impl ConnectionTrait,
    (house, thesaurus): (House<'_>, &Thesaurus),
    by: &By,
    (target, asked): (InquiryTargetId, &Asked),
    now: DateTime<Utc>,
) -> Result<Candidates, InquiryError> {
    let row = inquiries::target(db, target.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    by.authorize(Deed::AnswerInquiry, &object_of_target(&row))?;
    let inquiry = inquiries::by_id(db, row.inquiry_id).await?;
    let inquiry = inquiry
        .filter(|_| row.service_id.is_none())
        .ok_or(InquiryError::NotThere)?;
    let rule = rule_of(db, house, (inquiry.case_id.into(), &inquiry.kind)).await?;
    let place = (by, inquiry.municipality_code);
    Ok(search(db, thesaurus, (&rule, asked), place, now).await?)
}

/// The rule of an inquiry that was sent; of the case nothing else is looked at.
pub(super) async fn rule_of(
    db: &impl ConnectionTrait,
    house: House<'_>,
    (case, kind): (CaseId, &str),
) -> Result<InquiryRule, InquiryError> {
    let row = crate::case::queries::by_id(db, case.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    let version = (&*row.program, &*row.program_version);
    let program = load::program(db, house.definitions, version.0, version.1).await?;
    let rule = program.inquiries.iter().find(|it| it.code == kind);
    Ok(rule.cloned().ok_or(CaseError::Unknown("照会の種類"))?)
}

/// The office through which this is asked, where the area has one that is not one's own.
pub(super) async fn through(
    db: &impl ConnectionTrait,
    rule: &InquiryRule,
    by: &By,
    municipality: Option<&str>,
) -> Result<Option<(OrganizationId, String)>, DbErr> {
    let (Some(purpose), Some(municipality)) = (&rule.through, municipality) else {
        return Ok(None);
    };
    let offices = queries::offices(db, purpose, municipality).await?;
    let is_own = |id: i64| by.organization == Some(id.into());
    if offices.iter().any(|(id, _)| is_own(*id)) {
        return Ok(None);
    }
    let first = offices.into_iter().next();
    Ok(first.map(|(id, name)| (id.into(), name)))
}

async fn search(
    db: &impl ConnectionTrait,
    thesaurus: &Thesaurus,
    (rule, asked): (&InquiryRule, &Asked),
    (by, home): (&By, Option<String>),
    now: DateTime<Utc>,
) -> Result<Candidates, DbErr> {
    let is_theirs = |code: &&String| rule.categories.is_empty() || rule.categories.contains(code);
    let wanted: Vec<String> = asked.categories.iter().filter(is_theirs).cloned().collect();
    let near = match &home {
        Some(home) => queries::middle(db, home).await?,
        None => None,
    };
    let query = Query {
        text: asked.words.clone(),
        categories: match wanted.is_empty() {
            true => rule.categories.clone(),
            false => wanted,
        },
        municipalities: Some(asked.municipalities.clone()).filter(|them| !them.is_empty()),
        status: Some(Status::Active),
        near,
        sort: search::Sort::Distance,
        ..Query::default()
    };
    let found = search::find_first(db, thesaurus, &query, MOST).await?;
    let places = queries::places(db, &found.service_ids, jst_day(now)).await?;
    let services = listing::of(db, &found.service_ids).await?;
    let is_large = |it: &Listed| match (asked.least, it.capacity) {
        (Some(least), Some(capacity)) => capacity >= least,
        (None, _) | (_, None) => true,
    };
    let mut candidates: Vec<Candidate> = services
        .into_iter()
        .filter(is_large)
        .filter_map(|service| {
            let place = places.iter().find(|it| it.service_id == service.id)?;
            let own = by.organization.map(i64::from);
            let is_own = own.is_some() && place.organization_id == own;
            (!is_own).then(|| candidate(service, place, &asked.needs, near))
        })
        .collect();
    candidates.sort_by(|a, b| {
        let key = |it: &Candidate| (!it.is_reached, Reverse(it.known.len()));
        let km = |it: &Candidate| it.km.unwrap_or(f64::INFINITY);
        key(a).cmp(&key(b)).then(km(a).total_cmp(&km(b)))
    });
    Ok(Candidates {
        through: None,
        found: candidates,
        n_more: found.total.saturating_sub(MOST),
    })
}

fn candidate(
    service: Listed,
    place: &Place,
    needs: &[String],
    near: Option<geo::Point>,
) -> Candidate {
    let is_known = |code: &&String| service.capabilities.contains(code);
    let (known, unknown) = needs.iter().partition::<Vec<&String>, _>(is_known);
    Candidate {
        known: known.into_iter().cloned().collect(),
        unknown: unknown.into_iter().cloned().collect(),
        km: near
            .zip(service.point)
            .map(|(here, there)| geo::km(here, there)),
        is_reached: place.organization_id.is_some() && place.n_people > 0,
        service,
    }
}
