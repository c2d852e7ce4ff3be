//! 受入れ照会（匿名）: many are asked at once whether they could take somebody; who it is only the chosen one learns.
//!
//! What the asked see is a copy without a name ([`Profile`]), made when the inquiry is sent. Choosing one takes it from the others in the
//! same transaction, and puts the chosen one into the case's care team.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::id::{InquiryId, OrganizationId};
use keniki_base::text::read_phone;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

pub use answer::{Reply, answer, answer_for};
pub use candidates::{Asked, Candidate, Candidates, candidates, candidates_to_forward, kinds};
pub use choose::{Agreement, Choice, agreement_of_case, choose};
pub use close::{close, close_all};
pub use forward::forward;
pub use list::{Incoming, MOST, Outgoing, Received, Sent, of_case, received, sent};
pub use read::{Notice, notice, read};
pub use send::{NewInquiry, preview, send};
pub use show::{Shown, Target, show};
pub use stage::{Answer, State, Step, TargetState, TargetStep, Why, WrongState};
pub use unmet::{Unmet, unmet};

use super::load::Loaded;
use super::{CaseError, House, object, text};
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused, mailbox};
use crate::definition::program::InquiryRule;
use crate::patient::level::Level;
use crate::patient::record::Sex;
use queries::{InquiryRow, TargetRow};

mod answer;
mod candidates;
mod choose;
mod close;
mod forward;
mod list;
pub mod plain;
mod queries;
mod read;
mod send;
mod show;
pub mod stage;
mod unmet;

/// What the asked see of the person, of what is needed, and of whom to call back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What is asked: 転院の受入れ照会（匿名）.
    pub title: String,
    /// 80代.
    pub age_band: String,
    /// Where the sender tells it.
    pub sex: Option<Sex>,
    /// 要介護度 of the day; none: none is known.
    pub level: Option<Level>,
    /// Five digits.
    pub municipality: Option<String>,
    /// Where the sender tells it.
    pub town: Option<String>,
    /// Codes of capabilities.
    pub needs: Vec<String>,
    /// From when.
    pub from_on: Option<NaiveDate>,
    /// Until when.
    pub until_on: Option<NaiveDate>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Who asks: the office.
    pub office: String,
    /// Where it is called back.
    pub phone: String,
}

/// Why nothing of an inquiry was written or shown.
#[derive(Debug, thiserror::Error)]
pub enum InquiryError {
    /// No such inquiry, or none for this reader.
    #[error("その照会はありません。")]
    NotThere,
    /// It has ended.
    #[error("この照会は終わっています（{0}）。")]
    Over(&'static str),
    /// The case has ended, or the person has died.
    #[error("{0}ため、照会できません。")]
    NoLonger(&'static str),
    /// The words tell who it is.
    #[error(
        "「{field}」に、この人の{what}が含まれています。照会は匿名で送ります。{what}を消して書き直してください。"
    )]
    GivesAway {
        /// Where.
        field: &'static str,
        /// What.
        what: &'static str,
    },
    /// Nobody is asked.
    #[error("照会先を一つ以上選んでください。")]
    NobodyAsked,
    /// More than anybody compares.
    #[error("照会先は一度に{0}か所までです。絞り込んでください。")]
    TooMany(usize),
    /// A service that has closed or rests, is one's own, was asked already, or does not belong to this kind of inquiry.
    #[error("「{name}」は選べません（{why}）。照会先を選び直してください。")]
    NotToBeAsked {
        /// Its name.
        name: String,
        /// Why.
        why: &'static str,
    },
    /// The area has an office that finds one.
    #[error("この照会は「{0}」を通して行います。照会先を選ばずに送ってください。窓口が探します。")]
    Through(String),
    /// A day before today, or an end before the beginning.
    #[error(
        "「{0}」の日付が、今日より前か、1年より先か、始まりより前になっています。日付を確かめてください。"
    )]
    WrongDay(&'static str),
    /// No telephone number.
    #[error("電話番号「{0}」を読めません。市外局番から、数字とハイフンで書いてください。")]
    Phone(String),
    /// Somebody else answered, or changed the answer, meanwhile.
    #[error(
        "ほかの人が先に答えています（{answer}・{who}）。いまの返事を確かめて、変えるときはもう一度送ってください。"
    )]
    Stale {
        /// What.
        answer: &'static str,
        /// Who.
        who: String,
    },
    /// Nobody is chosen who did not say that they can.
    #[error(
        "「受け入れられる」か「待てば受け入れられる」と答えた所だけを選べます。電話で聞いたときは、先に返事を記録してください。"
    )]
    NotAnswered,
    /// The user has not agreed, or no longer.
    #[error(
        "本人の同意（{0}）がいまは記録されていないため、照会先を決められません。照会先に氏名などを渡すことへの同意を得て、同意の記録に書いてから決めてください。照会は続いています。"
    )]
    NoConsent(String),
    /// Something of the case.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// An inquiry as the policy asks after it: the care team of its case.
async fn object_of(
    db: &impl ConnectionTrait,
    row: &InquiryRow,
    now: DateTime<Utc>,
) -> Result<Object, DbErr> {
    object(db, row.case_id.into(), now).await
}

/// One of those asked as the policy asks after it: its own organization's, as long as it was not cancelled or closed.
fn object_of_target(row: &TargetRow) -> Object {
    let object = Object::new("inquiry_target", row.id);
    let is_seen = row.is_reached && TargetState::of(&row.state).is_some_and(TargetState::is_seen);
    match row.organization_id.filter(|_| is_seen) {
        Some(organization) => object.of(organization.into()),
        None => object,
    }
}

/// An inquiry for whoever sends such: in the case's care team, in a role that the program lets ask.
async fn to_be_changed(
    tx: &DatabaseTransaction,
    by: &By,
    inquiry: InquiryId,
    now: DateTime<Utc>,
) -> Result<InquiryRow, InquiryError> {
    let row = queries::by_id(tx, inquiry.get()).await?;
    let row = row.ok_or(InquiryError::NotThere)?;
    by.authorize(Deed::SendInquiry, &object_of(tx, &row, now).await?)?;
    super::queries::lock_case(tx, row.case_id).await?;
    // As it is now that nobody else changes it.
    let row = queries::by_id(tx, inquiry.get()).await?;
    row.ok_or(InquiryError::NotThere)
}

/// The rule, where the organization has a role in the case that asks so.
fn may_ask<'a>(loaded: &'a Loaded<'_>, by: &By, kind: &str) -> Result<&'a InquiryRule, CaseError> {
    let mut rules = loaded.program.inquiries.iter();
    let rule = rules.find(|it| it.code == kind);
    let rule = rule.ok_or(CaseError::Unknown("照会の種類"))?;
    // Whoever may everything acts for nobody.
    let Some(organization) = by.organization else {
        return Ok(rule);
    };
    let asks = |role: &str| rule.from.iter().any(|it| it == role);
    match loaded.roles_of(organization).any(asks) {
        true => Ok(rule),
        false => Err(CaseError::WrongRole(rule.name.clone())),
    }
}

fn state_of(row: &InquiryRow) -> Result<State, InquiryError> {
    let broken = || DbErr::Custom(format!("inquiry {}: its state cannot be read", row.id));
    Ok(State::of(&row.state).ok_or_else(broken)?)
}

fn state_of_target(row: &TargetRow) -> Result<TargetState, InquiryError> {
    let broken = || {
        DbErr::Custom(format!(
            "inquiry target {}: its state cannot be read",
            row.id
        ))
    };
    Ok(TargetState::of(&row.state).ok_or_else(broken)?)
}

/// Why it goes no further.
fn over(row: &InquiryRow) -> InquiryError {
    let why = row.closed_why.as_deref().and_then(Why::of);
    InquiryError::Over(why.map_or(State::Chosen.words(), Why::words))
}

fn phone_of(typed: &str) -> Result<Option<String>, InquiryError> {
    read_phone(typed).map_err(|_| InquiryError::Phone(typed.trim().chars().take(40).collect()))
}

/// What is asked, and the page on which it stands.
struct News<'a> {
    subject: &'a str,
    what: &'a str,
    path: String,
}

/// A letter to the mailbox of a part of a care team; of whom it tells it does not say.
async fn letter(
    tx: &DatabaseTransaction,
    house: House<'_>,
    (organization, team_role): (OrganizationId, &str),
    news: News<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rule = house.definitions.patients().team_role(team_role);
    let mailbox = rule.map_or(team_role, |it| &it.mailbox);
    let body = format!(
        "{}\nサインインして次のページで確かめてください。\n\n{}{}\n",
        news.what, house.public_url, news.path
    );
    let to = (organization, mailbox);
    mailbox::letter(tx, house.definitions, to, (news.subject, &body), now).await
}

/// The part of a care team that the chosen one takes: to its mailbox go letters to those asked.
fn team_role<'a>(loaded: &'a Loaded<'_>, kind: &str) -> &'a str {
    let mut rules = loaded.program.inquiries.iter();
    let rule = rules.find(|it| it.code == kind);
    let role = rule.and_then(|it| loaded.program.role(&it.role));
    role.map_or("", |it| it.team_role.as_str())
}

fn day(text: Option<&String>) -> Option<NaiveDate> {
    text.and_then(|it| it.parse().ok())
}

fn moment(text: Option<&String>) -> Option<DateTime<Utc>> {
    text.and_then(|it| it.parse().ok())
}

/// What the asked see, as it is kept.
async fn profile(db: &impl ConnectionTrait, row: &InquiryRow) -> Result<Profile, DbErr> {
    Ok(profile_with(row, queries::needs(db, row.id).await?))
}

/// The same where what is needed is known.
fn profile_with(row: &InquiryRow, needs: Vec<String>) -> Profile {
    Profile {
        title: row.title.clone(),
        age_band: row.age_band.clone(),
        sex: row.sex.as_deref().and_then(Sex::of),
        level: row.care_level.as_deref().and_then(Level::of),
        municipality: row.municipality_code.clone(),
        town: row.town.clone(),
        needs,
        from_on: day(row.from_on.as_ref()),
        until_on: day(row.until_on.as_ref()),
        note: row.note.clone(),
        office: row.office.clone().unwrap_or_default(),
        phone: row.phone.clone(),
    }
}
