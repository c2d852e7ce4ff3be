//! Looks somebody up in the whole area: only who knows them well enough finds them, and learns only who answers for them.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use keniki_base::id::{OrganizationId, PatientId};
use keniki_base::text::fold;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::identifier::{self, WrongNumber};
use super::team;
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::Definitions;
use crate::definition::patient::PatientRule;

mod queries;

/// What is known of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookUp {
    /// 被保険者番号.
    InsuredNumber(String),
    /// The whole name in kanji or kana, and the day of birth.
    Name(String, NaiveDate),
}

/// Why nobody was looked up.
#[derive(Debug, thiserror::Error)]
pub enum LookUpError {
    /// No number.
    #[error(transparent)]
    Number(#[from] WrongNumber),
    /// No name.
    #[error("姓名（漢字かカナ）と生年月日の両方、または被保険者番号を書いてください。")]
    TooLittle,
    /// Too many in an hour.
    #[error("一人が1時間に探せるのは{0}回までです。しばらくしてから、もう一度お試しください。")]
    TooMany(u64),
    /// Too many in a day, by tables.
    #[error(
        "一つの組織が表で探せるのは1日{0}人までです。あすまで待つか、一人ずつ登録してください。"
    )]
    TooManyRows(u64),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。")]
    Database(#[from] DbErr),
}

/// By what somebody was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// 被保険者番号.
    InsuredNumber,
    /// Name and day of birth.
    NameAndBirth,
}

impl Why {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::InsuredNumber => "被保険者番号が同じ",
            Self::NameAndBirth => "名前と生年月日が同じ",
        }
    }
}

/// That there is a record; nothing of what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Which.
    pub patient: PatientId,
    /// By what it was found.
    pub why: Why,
    /// Who answers for the person; none: nobody does.
    pub answers: Option<Answering>,
}

/// The organization that answers for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answering {
    /// Which.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// Code of its part.
    pub role: String,
    /// Where it is reached.
    pub phone: Option<String>,
}

/// Looks somebody up, and writes it down. People who are in closed programs alone are never found.
///
/// # Errors
/// [`LookUpError`]; where it was too often, nothing was asked.
pub async fn look_up(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    by: &By,
    asked: &LookUp,
    now: DateTime<Utc>,
) -> Result<Vec<Hit>, LookUpError> {
    by.authorize(Deed::LookUpPatient, &Object::new("patient", 0))?;
    let rule = definitions.patients();
    let asked = known(asked)?;
    if let Some(account) = by.account {
        let since = instant(now - Duration::hours(1));
        let deed = Deed::LookUpPatient.code();
        if queries::n_asked(tx, deed, account.get(), &since).await? >= rule.look_up.an_hour {
            return Err(LookUpError::TooMany(rule.look_up.an_hour));
        }
    }
    hits(tx, rule, by, (asked, ("patient", 0)), now).await
}

/// The same for a row of an organization's own table of admissions: of a whole organization so many a day.
///
/// # Errors
/// [`LookUpError`]; where it was too often, nothing was asked.
pub async fn look_up_row(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    by: &By,
    asked: &LookUp,
    now: DateTime<Utc>,
) -> Result<Vec<Hit>, LookUpError> {
    by.authorize(Deed::LookUpPatient, &Object::new("patient", 0))?;
    let rule = definitions.patients();
    let asked = known(asked)?;
    let own = by.organization.map_or(0, i64::from);
    let since = instant(now - Duration::days(1));
    let most = rule.look_up.a_day_by_table;
    if queries::n_rows_asked(tx, Deed::LookUpPatient.code(), own, &since).await? >= most {
        return Err(LookUpError::TooManyRows(most));
    }
    hits(tx, rule, by, (asked, ("organization", own)), now).await
}

/// By what somebody is found, where it is enough.
fn known(asked: &LookUp) -> Result<(Why, queries::Known), LookUpError> {
    match asked {
        LookUp::InsuredNumber(number) => {
            let number = identifier::insured_number(number)?;
            Ok((Why::InsuredNumber, queries::Known::Number(number)))
        }
        LookUp::Name(name, born_on) => {
            let key = fold(name);
            if key.chars().count() < 2 {
                return Err(LookUpError::TooLittle);
            }
            Ok((
                Why::NameAndBirth,
                queries::Known::Name(key, born_on.to_string()),
            ))
        }
    }
}

/// Looks, and writes it down as a row of `object`.
async fn hits(
    tx: &DatabaseTransaction,
    rule: &PatientRule,
    by: &By,
    ((why, found), object): ((Why, queries::Known), (&'static str, i64)),
    now: DateTime<Utc>,
) -> Result<Vec<Hit>, LookUpError> {
    let ids = queries::find(tx, &found, rule.look_up.answers).await?;
    tell(tx, by, (object, &ids), now).await?;
    let day = keniki_base::clock::jst_day(now).to_string();
    let mut hits = Vec::new();
    for id in ids {
        hits.push(Hit {
            patient: id.into(),
            why,
            answers: team::answering(tx, rule, id.into(), &day)
                .await?
                .map(|part| Answering {
                    organization: part.organization_id.into(),
                    name: part.name,
                    role: part.role,
                    phone: part.phone,
                }),
        });
    }
    Ok(hits)
}

/// Whether this account has looked somebody up and found them within the hour: who may then join their care team, or open their
/// record in an emergency.
///
/// # Errors
/// The engine's.
pub async fn has_found(
    db: &impl ConnectionTrait,
    by: &By,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let Some(account) = by.account else {
        return Ok(false);
    };
    let since = instant(now - Duration::hours(1));
    let whom = (account.get(), patient.get());
    queries::has_found(db, Deed::LookUpPatient.code(), whom, &since).await
}

/// One row for the looking, one for each record of which it told.
async fn tell(
    tx: &DatabaseTransaction,
    by: &By,
    ((kind, object), ids): ((&'static str, i64), &[i64]),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let n = ids.len().to_string();
    let looked = Event {
        note: Some(&n),
        ..Event::done(Deed::LookUpPatient.code(), kind, object)
    };
    audit::record(tx, by, looked, now).await?;
    for id in ids {
        let found = Event {
            note: Some("found"),
            ..Event::done(Deed::LookUpPatient.code(), "patient", *id)
        };
        audit::record(tx, by, found, now).await?;
    }
    Ok(())
}
