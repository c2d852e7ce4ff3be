//! Sends an inquiry without a name to many at once.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, InquiryId, ServiceId};
use keniki_base::text::squeeze;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::candidates::{self, through};
use super::queries::{self, New, NewTarget};
use super::{InquiryError, News, Profile, letter, may_ask, phone_of, plain, team_role, text};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::case::load::{Loaded, load};
use crate::case::{CaseError, House, object, who};
use crate::database::instant;
use crate::definition::program::InquiryRule;
use crate::patient::find;
use crate::patient::level;
use crate::patient::record::Record;

/// What is asked of whom.
#[derive(Debug, Clone, Default)]
pub struct NewInquiry {
    /// Code of the program's inquiry.
    pub kind: String,
    /// Codes of capabilities.
    pub needs: Vec<String>,
    /// Whether the sex is told.
    pub shows_sex: bool,
    /// The town, where the sender tells it.
    pub town: String,
    /// From when.
    pub from_on: Option<NaiveDate>,
    /// Until when.
    pub until_on: Option<NaiveDate>,
    /// What else there is to say; of nobody.
    pub note: String,
    /// Where the office is called back.
    pub phone: String,
    /// Who is asked.
    pub services: Vec<ServiceId>,
    /// The form's own number: sent twice, it is one inquiry.
    pub form_key: Option<String>,
}

/// So many are compared on one page.
const TARGETS_MOST: usize = 50;

/// What those asked will see, exactly.
///
/// # Errors
/// [`InquiryError`], as [`send`] would answer of what is said.
pub async fn preview(
    db: &impl ConnectionTrait,
    house: House<'_>,
    by: &By,
    (case, new): (CaseId, &NewInquiry),
    now: DateTime<Utc>,
) -> Result<Profile, InquiryError> {
    by.authorize(Deed::SendInquiry, &object(db, case, now).await?)?;
    let loaded = load(db, house.definitions, case).await?;
    let rule = may_ask(&loaded, by, &new.kind)?;
    let record = record(db, &loaded).await?;
    profile(db, house, by, (rule, new, &record), now).await
}

/// Sends it.
///
/// # Errors
/// [`InquiryError`]; nothing is written then.
pub async fn send(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (case, new): (CaseId, &NewInquiry),
    now: DateTime<Utc>,
) -> Result<InquiryId, InquiryError> {
    by.authorize(Deed::SendInquiry, &object(tx, case, now).await?)?;
    crate::case::queries::lock_case(tx, case.get()).await?;
    if let Some(key) = &new.form_key
        && let Some(known) = queries::by_form(tx, case.get(), key).await?
    {
        return Ok(known.into());
    }
    let loaded = load(tx, house.definitions, case).await?;
    let record = record(tx, &loaded).await?;
    if record.died_on.is_some() {
        return Err(InquiryError::NoLonger("亡くなった日が記録されている"));
    }
    if loaded.state(house.definitions, now).closed.is_some() {
        return Err(InquiryError::NoLonger("ケースが終わっている"));
    }
    let rule = may_ask(&loaded, by, &new.kind)?;
    let profile = profile(tx, house, by, (rule, new, &record), now).await?;
    let targets = targets(tx, by, (rule, new, &profile), now).await?;
    let row = New {
        case: case.get(),
        kind: &rule.code,
        profile: &profile,
        form_key: new.form_key.as_deref(),
        who: who(by),
        now: &instant(now),
    };
    let id = queries::insert(tx, &row).await?;
    let part = match &rule.through {
        Some(purpose) if targets.iter().all(|it| it.service.is_none()) => purpose,
        _ => team_role(&loaded, &rule.code),
    };
    ask(tx, house, by, (id, part), &targets, now).await?;
    let event = Event {
        note: Some(&rule.code),
        ..Event::done(Deed::SendInquiry.code(), "inquiry", id)
    };
    audit::record(tx, by, event, now).await?;
    Ok(id.into())
}

/// Writes who is asked, and tells them by a letter; `part`: of a care team, or a mailbox.
pub(super) async fn ask(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (inquiry, part): (i64, &str),
    targets: &[NewTarget],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for new in targets {
        let who = by.account.map(i64::from);
        let id = queries::insert_target(tx, inquiry, new, (who, &instant(now))).await?;
        let Some(organization) = new.organization.filter(|_| new.is_reached) else {
            continue;
        };
        let news = News {
            subject: "受入れ照会（匿名）が届いています",
            what: "受入れ照会（匿名）が届いています。受け入れられるかどうかを答えてください。",
            path: format!("/inquiries/received/{id}"),
        };
        letter(tx, house, (organization.into(), part), news, now).await?;
    }
    Ok(())
}

async fn record(db: &impl ConnectionTrait, loaded: &Loaded<'_>) -> Result<Record, InquiryError> {
    let listed = find::listed(db, &[loaded.patient.get()]).await?.pop();
    Ok(listed.ok_or(CaseError::NotThere)?.record)
}

async fn profile(
    db: &impl ConnectionTrait,
    house: House<'_>,
    by: &By,
    (rule, new, record): (&InquiryRule, &NewInquiry, &Record),
    now: DateTime<Utc>,
) -> Result<Profile, InquiryError> {
    let (definitions, today) = (house.definitions, jst_day(now));
    let inquiries = definitions.inquiries();
    days(new, today)?;
    let needs: BTreeSet<&String> = new.needs.iter().collect();
    if needs
        .iter()
        .any(|code| definitions.capability(code).is_none())
    {
        return Err(CaseError::Unknown("必要なこと").into());
    }
    let words = |field: &'static str, typed: &str, most| {
        let text = text(field, typed, most)?;
        let what = text.as_deref().and_then(|it| plain::gives_away(it, record));
        match what {
            Some(what) => Err(InquiryError::GivesAway { field, what }),
            None => Ok(text),
        }
    };
    let phone = phone_of(&new.phone)?.ok_or(CaseError::Missing("折り返しの電話番号"))?;
    if record.home.phone.as_ref() == Some(&phone) {
        let (field, what) = ("折り返しの電話番号", "電話番号");
        return Err(InquiryError::GivesAway { field, what });
    }
    let age = today.years_since(record.birth.born.first()).unwrap_or(0);
    Ok(Profile {
        title: rule.name.clone(),
        age_band: inquiries.age.words(age),
        sex: new.shows_sex.then_some(record.sex),
        level: level::on(&record.levels, today).map(|it| it.level),
        municipality: record.home.municipality_code.clone(),
        town: words("町・地区", &squeeze(&new.town), 20)?,
        needs: needs.into_iter().cloned().collect(),
        from_on: new.from_on,
        until_on: new.until_on,
        note: words("補足", &new.note, inquiries.longest)?,
        office: match by.organization {
            Some(own) => queries::name(db, own.get()).await?.unwrap_or_default(),
            None => String::new(),
        },
        phone,
    })
}

fn days(new: &NewInquiry, today: NaiveDate) -> Result<(), InquiryError> {
    let last = today + Days::new(366);
    let first = new.from_on.unwrap_or(today);
    if first < today || first > last {
        return Err(InquiryError::WrongDay("いつから"));
    }
    match new.until_on {
        Some(until) if until < first || until > last + Days::new(366) => {
            Err(InquiryError::WrongDay("いつまで"))
        }
        _ => Ok(()),
    }
}

async fn targets(
    tx: &DatabaseTransaction,
    by: &By,
    (rule, new, profile): (&InquiryRule, &NewInquiry, &Profile),
    now: DateTime<Utc>,
) -> Result<Vec<NewTarget>, InquiryError> {
    if let Some((office, name)) = through(tx, rule, by, profile.municipality.as_deref()).await? {
        if !new.services.is_empty() {
            return Err(InquiryError::Through(name));
        }
        return Ok(vec![NewTarget {
            organization: Some(office.get()),
            service: None,
            is_reached: true,
        }]);
    }
    places(tx, by, (rule, &new.services), now).await
}

/// The services that are asked, where every one of them may be.
pub(super) async fn places(
    tx: &DatabaseTransaction,
    by: &By,
    (rule, services): (&InquiryRule, &[ServiceId]),
    now: DateTime<Utc>,
) -> Result<Vec<NewTarget>, InquiryError> {
    let ids: BTreeSet<i64> = services.iter().map(|id| id.get()).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    match ids.len() {
        0 => return Err(InquiryError::NobodyAsked),
        TARGETS_MOST.. if ids.len() > TARGETS_MOST => {
            return Err(InquiryError::TooMany(TARGETS_MOST));
        }
        _ => {}
    }
    let places = candidates::queries::places(tx, &ids, jst_day(now)).await?;
    if places.len() != ids.len() {
        return Err(CaseError::Unknown("照会先").into());
    }
    let own = by.organization.map(i64::from);
    let mut targets = Vec::new();
    for place in places {
        let is_of_kind = rule.categories.is_empty() || rule.categories.contains(&place.category);
        let why = if place.status != "active" {
            Some("休止中か廃止です")
        } else if !is_of_kind {
            Some("この照会の対象の種類ではありません")
        } else if own.is_some() && place.organization_id == own {
            Some("自分の組織です")
        } else {
            None
        };
        if let Some(why) = why {
            let name = place.name;
            return Err(InquiryError::NotToBeAsked { name, why });
        }
        targets.push(NewTarget {
            organization: place.organization_id,
            service: Some(place.service_id),
            is_reached: place.organization_id.is_some() && place.n_people > 0,
        });
    }
    Ok(targets)
}
