//! An inquiry as whoever sent it sees it: what was told, who was asked, the answers side by side.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::id::{CaseId, InquiryId, InquiryTargetId, ServiceId};
use sea_orm::ConnectionTrait;

use super::choose::{Agreement, agreement};
use super::queries::{self, InquiryRow, TargetRow};
use super::stage::{Answer, State, TargetState, Why};
use super::{
    InquiryError, Profile, day, may_ask, moment, object_of, profile, state_of, state_of_target,
};
use crate::account::By;
use crate::account::policy::Deed;
use crate::case::House;
use crate::case::load::load;
use crate::patient::find;

/// An inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Number.
    pub id: InquiryId,
    /// Of which case.
    pub case: CaseId,
    /// Whom it is about; the asked are not told.
    pub whose: String,
    /// What the asked see.
    pub profile: Profile,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: State,
    /// Why it ended without a choice.
    pub why: Option<Why>,
    /// When it ended.
    pub closed_at: Option<DateTime<Utc>>,
    /// How the user chose.
    pub users_choice: Option<String>,
    /// Whether that is asked for.
    pub asks_choice: bool,
    /// The consent without which nobody is chosen.
    pub agreement: Agreement,
    /// Whether the reader may choose, write answers down and take it back.
    pub may_change: bool,
    /// Who was asked: the chosen one first, then whoever can.
    pub targets: Vec<Target>,
}

/// One of those asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Number.
    pub id: InquiryTargetId,
    /// Its service; none: the coordination office.
    pub service: Option<ServiceId>,
    /// Its name.
    pub name: String,
    /// Code of the category.
    pub category: Option<String>,
    /// Where it lies.
    pub municipality: Option<String>,
    /// Its telephone in the directory.
    pub own_phone: Option<String>,
    /// Whether it is asked here; the others by telephone.
    pub is_reached: bool,
    /// Whether it still works.
    pub is_active: bool,
    /// Where it stands.
    pub state: TargetState,
    /// What it answered.
    pub answer: Option<Answer>,
    /// Code of the reason.
    pub reason: Option<String>,
    /// What else it answered.
    pub words: Option<String>,
    /// From when it has a place.
    pub free_from: Option<NaiveDate>,
    /// Whom to call back there.
    pub phone: Option<String>,
    /// Code of the way by which it was answered.
    pub channel: Option<String>,
    /// When.
    pub answered_at: Option<DateTime<Utc>>,
    /// The version of the answer.
    pub version: i64,
}

/// An inquiry with its answers.
///
/// # Errors
/// [`InquiryError`].
pub async fn show(
    db: &impl ConnectionTrait,
    house: House<'_>,
    by: &By,
    inquiry: InquiryId,
    now: DateTime<Utc>,
) -> Result<Shown, InquiryError> {
    let row = queries::by_id(db, inquiry.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    let object = object_of(db, &row, now).await?;
    by.authorize(Deed::ReadInquiry, &object)?;
    let loaded = load(db, house.definitions, row.case_id.into()).await?;
    let asks = may_ask(&loaded, by, &row.kind).is_ok();
    let asked = queries::targets(db, &[row.id]).await?;
    if is_hidden(by, &row, &asked) {
        return Err(InquiryError::NotThere);
    }
    let may_change = asks && !is_asked(by, &asked) && by.may(Deed::SendInquiry, &object).is_some();
    let rules = &loaded.program.inquiries;
    let rule = rules.iter().find(|it| it.code == row.kind);
    let listed = find::listed(db, &[loaded.patient.get()]).await?.pop();
    let name = listed.as_ref().and_then(|it| it.record.name());
    Ok(Shown {
        whose: name.map_or_else(String::new, |it| format!("{} {}", it.family, it.given)),
        asks_choice: rule.is_some_and(|it| it.users_choice),
        may_change: may_change && state_of(&row)? == State::Open,
        agreement: agreement(db, house, loaded.patient, now).await?,
        profile: profile(db, &row).await?,
        targets: targets(seen_by(by, asked))?,
        ..of(&row)?
    })
}

fn of(row: &InquiryRow) -> Result<Shown, InquiryError> {
    Ok(Shown {
        id: row.id.into(),
        case: row.case_id.into(),
        whose: String::new(),
        profile: Profile {
            title: String::new(),
            age_band: String::new(),
            sex: None,
            level: None,
            municipality: None,
            town: None,
            needs: Vec::new(),
            from_on: None,
            until_on: None,
            note: None,
            office: String::new(),
            phone: String::new(),
        },
        sent_at: moment(Some(&row.sent_at)),
        state: state_of(row)?,
        why: row.closed_why.as_deref().and_then(Why::of),
        closed_at: moment(row.closed_at.as_ref()),
        users_choice: row.users_choice.clone(),
        asks_choice: false,
        agreement: Agreement::default(),
        may_change: false,
        targets: Vec::new(),
    })
}

/// Whether the own organization is one of those whose services are asked. The coordination office has none: it asks on.
fn is_asked(by: &By, asked: &[TargetRow]) -> bool {
    asked.iter().any(|it| is_own(by, it))
}

fn is_own(by: &By, target: &TargetRow) -> bool {
    let own = by.organization.map(i64::from);
    own.is_some() && target.service_id.is_some() && target.organization_id == own
}

/// Whether an inquiry is anonymous for `by`, though they see its case: another sent it, they are asked in it and are not chosen.
pub(super) fn is_hidden(by: &By, inquiry: &InquiryRow, asked: &[TargetRow]) -> bool {
    let is_theirs = inquiry.organization_id == by.organization.map(i64::from);
    let is_chosen = |it: &TargetRow| it.state == TargetState::Chosen.code();
    let mut own = asked.iter().filter(|it| is_own(by, it)).peekable();
    !is_theirs && own.peek().is_some() && !own.any(is_chosen)
}

/// What `by`, who sees the inquiry, sees of those asked: whoever is asked learns of no other answer, chosen or not.
pub(super) fn seen_by(by: &By, asked: Vec<TargetRow>) -> Vec<TargetRow> {
    match is_asked(by, &asked) {
        true => asked.into_iter().filter(|it| is_own(by, it)).collect(),
        false => asked,
    }
}

/// The chosen one first, then whoever can, who is asked back, who waits for an answer, who cannot.
pub(super) fn targets(rows: Vec<TargetRow>) -> Result<Vec<Target>, InquiryError> {
    let mut targets = Vec::new();
    for row in rows {
        let state = state_of_target(&row)?;
        targets.push(Target {
            id: row.id.into(),
            service: row.service_id.map(Into::into),
            name: row.name,
            category: row.category,
            municipality: row.place,
            own_phone: row.own_phone,
            is_reached: row.is_reached,
            is_active: row.status.is_none_or(|status| status == "active"),
            state,
            answer: row.answer.as_deref().and_then(Answer::of),
            reason: row.reason,
            words: row.words,
            free_from: day(row.free_from.as_ref()),
            phone: row.phone,
            channel: row.channel,
            answered_at: moment(row.answered_at.as_ref()),
            version: row.version,
        });
    }
    targets.sort_by_key(|it| {
        let rank = match it.answer {
            Some(Answer::Can) => 0,
            Some(Answer::Waiting) => 1,
            Some(Answer::More) => 2,
            Some(Answer::Forwarded) | None => 3,
            Some(Answer::Cannot) => 4,
        };
        (it.state != TargetState::Chosen, rank, it.free_from, it.id)
    });
    Ok(targets)
}
