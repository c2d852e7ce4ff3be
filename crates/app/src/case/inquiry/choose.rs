//! Chooses one of those who can: the others lose the inquiry, the chosen one sits in the care team, all in one transaction.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, InquiryTargetId, OrganizationId, PatientId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::answer::stale;
use super::queries::{self, InquiryRow, TargetRow};
use super::stage::{Answer, State, Step, TargetState, TargetStep};
use super::{
    InquiryError, News, letter, may_ask, object, over, state_of, state_of_target, team_role, text,
    to_be_changed,
};
use crate::account::policy::Deed;
use crate::account::{By, office};
use crate::audit::{self, Event};
use crate::case::load::{Loaded, load};
use crate::case::open::{Seat, sit};
use crate::case::save::save;
use crate::case::{CaseError, House};
use crate::database::instant;
use crate::patient::consent::{self, GivenBy};
use crate::patient::find;

/// Who is chosen, and how the user chose.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// How the user chose, in words; the rule says whether it must be told.
    pub users_choice: String,
    /// The version of the answer that was seen.
    pub seen: i64,
}

/// Chooses one; chosen twice it stays chosen.
///
/// # Errors
/// [`InquiryError`]; nothing is written then.
pub async fn choose(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (target, choice): (InquiryTargetId, &Choice),
    now: DateTime<Utc>,
) -> Result<(), InquiryError> {
    let row = queries::target(tx, target.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    let inquiry = to_be_changed(tx, by, row.inquiry_id.into(), now).await?;
    let loaded = load(tx, house.definitions, inquiry.case_id.into()).await?;
    let rule = may_ask(&loaded, by, &inquiry.kind)?.clone();
    let row = queries::target(tx, target.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    if state_of_target(&row)? == TargetState::Chosen {
        return Ok(());
    }
    let state = state_of(&inquiry)?.after(Step::Choose);
    let state = state.map_err(|_| over(&inquiry))?;
    may_be_chosen(&row, choice)?;
    has_agreed(tx, house, &loaded, now).await?;
    let users_choice = text("利用者の選択", &choice.users_choice, 500)?;
    if rule.users_choice && users_choice.is_none() {
        return Err(CaseError::Missing("利用者の選択（選んだ経緯）").into());
    }
    let organization = organization(tx, &row).await?;
    let end = (state.code(), None, users_choice.as_deref());
    queries::put_end(tx, inquiry.id, end, &instant(now)).await?;
    let seat = Seat {
        role: rule.role.clone(),
        organization,
        staff: String::new(),
    };
    let of = (loaded.patient, loaded.id);
    sit(tx, house.definitions, by, of, &loaded.program, &seat, now).await?;
    let event = Event {
        note: Some("chosen"),
        ..Event::done(Deed::SendInquiry.code(), "inquiry_target", row.id)
    };
    audit::record(tx, by, event, now).await?;
    tell(tx, house, (&loaded, &inquiry), (&row, organization), now).await?;
    // Whoever came may owe something from now on.
    let loaded = load(tx, house.definitions, inquiry.case_id.into()).await?;
    save(tx, house, by, &loaded, now).await?;
    Ok(())
}

fn may_be_chosen(row: &TargetRow, choice: &Choice) -> Result<(), InquiryError> {
    let answer = row.answer.as_deref().and_then(Answer::of);
    let is_ready = state_of_target(row)?.after(TargetStep::Choose).is_ok();
    if !is_ready || !answer.is_some_and(Answer::can_be_chosen) {
        return Err(InquiryError::NotAnswered);
    }
    if row.version != choice.seen {
        return Err(stale(row));
    }
    if row
        .status
        .as_deref()
        .is_some_and(|status| status != "active")
    {
        return Err(InquiryError::NotToBeAsked {
            name: row.name.clone(),
            why: "いまは休止中か廃止です",
        });
    }
    Ok(())
}

/// The user has agreed, and lives.
async fn has_agreed(
    tx: &DatabaseTransaction,
    house: House<'_>,
    loaded: &Loaded<'_>,
    now: DateTime<Utc>,
) -> Result<(), InquiryError> {
    let listed = find::listed(tx, &[loaded.patient.get()]).await?.pop();
    if listed.is_none_or(|it| it.record.died_on.is_some()) {
        return Err(InquiryError::NoLonger("亡くなった日が記録されている"));
    }
    let consent = agreement(tx, house, loaded.patient, now).await?;
    match consent.holds {
        true => Ok(()),
        false => Err(InquiryError::NoConsent(consent.scope)),
    }
}

/// The user's consent without which nobody is chosen: then the chosen one learns who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Number of whom it is about.
    pub patient: i64,
    /// What it is about, in words.
    pub scope: String,
    /// It holds today.
    pub holds: bool,
}

pub(super) async fn agreement(
    db: &impl ConnectionTrait,
    house: House<'_>,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<Agreement, DbErr> {
    let scope = &house.definitions.inquiries().consent_scope;
    let of = (GivenBy::User, scope.as_str());
    let basis = consent::holds(db, patient, of, jst_day(now)).await?;
    let name = house.definitions.patients().consent_scope(scope);
    Ok(Agreement {
        patient: patient.get(),
        scope: name.map_or(scope, |it| &it.name).clone(),
        holds: basis.is_some(),
    })
}

/// The same for whoever asks in a case, before anything is sent.
///
/// # Errors
/// [`InquiryError`].
pub async fn agreement_of_case(
    db: &impl ConnectionTrait,
    house: House<'_>,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Agreement, InquiryError> {
    by.authorize(Deed::SendInquiry, &object(db, case, now).await?)?;
    let row = crate::case::queries::by_id(db, case.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    Ok(agreement(db, house, row.patient_id.into(), now).await?)
}

/// Who runs what was chosen; a practice that no list names as an organization becomes its own.
async fn organization(
    tx: &DatabaseTransaction,
    row: &TargetRow,
) -> Result<OrganizationId, InquiryError> {
    if let Some(known) = row.organization_id {
        return Ok(known.into());
    }
    let service = row.service_id.ok_or(InquiryError::NotThere)?;
    let made = office::of_service(tx, service.into()).await?;
    let made = made.ok_or(InquiryError::NotThere)?;
    queries::put_organization(tx, row.id, made.get()).await?;
    Ok(made)
}

/// Everybody who was asked learns what became of it.
async fn tell(
    tx: &DatabaseTransaction,
    house: House<'_>,
    (loaded, inquiry): (&Loaded<'_>, &InquiryRow),
    (chosen, organization): (&TargetRow, OrganizationId),
    now: DateTime<Utc>,
) -> Result<(), InquiryError> {
    let part = team_role(loaded, &inquiry.kind);
    for row in queries::targets(tx, &[inquiry.id]).await? {
        if row.id == chosen.id {
            let after = state_of_target(&row)?.after(TargetStep::Choose);
            let after = after.map_err(|_| InquiryError::NotAnswered)?;
            queries::put_state(tx, row.id, after.code()).await?;
            let news = News {
                subject: "受入れ照会で、受け入れ先に決まりました",
                what: "受入れ照会で、あなたの組織に決まりました。だれのことかは、支援チームの一員として見られるようになりました。",
                path: format!("/inquiries/received/{}", row.id),
            };
            letter(tx, house, (organization, part), news, now).await?;
            continue;
        }
        if let Ok(after) = state_of_target(&row)?.after(TargetStep::Cancel) {
            queries::put_state(tx, row.id, after.code()).await?;
            tell_end(tx, house, (&row, part), State::Chosen.code(), now).await?;
        }
    }
    Ok(())
}

/// A letter that an inquiry is over, to one of those asked; why stands on the page.
pub(super) async fn tell_end(
    tx: &DatabaseTransaction,
    house: House<'_>,
    (row, part): (&TargetRow, &str),
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), InquiryError> {
    let Some(organization) = row.organization_id.filter(|_| row.is_reached) else {
        return Ok(());
    };
    let what = match why == State::Chosen.code() {
        true => "届いていた受入れ照会は、ほかに決まりました。返事は要りません。",
        false => "届いていた受入れ照会は終わりました。返事は要りません。",
    };
    let news = News {
        subject: "受入れ照会は終わりました",
        what,
        path: "/inquiries".to_owned(),
    };
    Ok(letter(tx, house, (organization.into(), part), news, now).await?)
}
