//! Cases: what happens to a patient under a program of the area, and what is therefore due from whom until when.
//!
//! What happened is kept as events and never changed; every action adds one and makes the state anew ([`engine`]). What lists
//! and letters need of the state is saved beside (`save.rs`). Whoever sees a case is in its own care team.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::CaseId;
use sea_orm::{ConnectionTrait, DbErr};

pub use save::House;

use crate::account::policy::Object;
use crate::account::{By, Refused};
use crate::attachment::AttachmentError;
use crate::patient::{self, NotPlain, PatientError, tidy};

pub mod admission;
pub mod bulk;
pub mod channel;
pub mod clients;
pub mod end;
pub mod engine;
pub mod file;
mod fit;
pub mod form;
pub mod handover;
pub mod inquiry;
pub mod list;
mod load;
pub mod mend;
pub mod open;
mod queries;
pub mod receipt;
mod save;
pub mod seat;
pub mod show;
pub mod sweep;
pub mod tell;

/// Why nothing of a case was written or shown.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// No such case, or none for this reader.
    #[error("そのケースはありません。")]
    NotThere,
    /// The program has no version in which a case begins today.
    #[error("いま始められる申し合わせがありません。ページを開きなおして、選び直してください。")]
    NoProgram,
    /// The role does not tell this, or opens no case.
    #[error(
        "「{0}」は、いまの役割では記録できません。記録できるのは、申し合わせで決めた役割の組織です。"
    )]
    WrongRole(String),
    /// A code that the program does not have.
    #[error("「{0}」を選び直してください。")]
    Unknown(&'static str),
    /// Something is missing.
    #[error("「{0}」を書いてください。")]
    Missing(&'static str),
    /// Too long, or with signs that cannot be shown.
    #[error("「{0}」は{1}文字までで、改行のほかの制御文字を除いて書いてください。")]
    WrongText(&'static str, usize),
    /// It has not happened yet.
    #[error(
        "日時がいまより後になっています。起きたことを、起きた日時で書いてください。退院の予定は「退院日の見込み・決定」で知らせます。"
    )]
    InFuture,
    /// Before the patient was born, or so long ago that it is no case.
    #[error("日時が古すぎます（生まれた日より前か、10年より前）。日付を確かめてください。")]
    TooOld,
    /// The day that it tells is before it was told, or too far away.
    #[error("「{0}」が、この出来事より前か、1年より先になっています。日付を確かめてください。")]
    WrongDay(String),
    /// The same was told of the same moment.
    #[error("同じことが、同じ日時ですでに記録されています。下の経過を確かめてください。")]
    Twice,
    /// The same was told of the same day.
    #[error(
        "「{0}」は、同じ日にすでに記録されています。日時がちがうときは、経過のその記録を訂正してください。"
    )]
    TwiceADay(String),
    /// It cannot have been before another thing.
    #[error("「{event}」の日時が「{after}」より前です。日時を確かめてください。")]
    TooEarly {
        /// What was told.
        event: String,
        /// What comes before it.
        after: String,
    },
    /// It says that somebody has a role, and not who.
    #[error(
        "「{0}」の事業所を選んでください。さがしても見つからないときや、まだ聞けていないときは、「事業所はまだわからない」を選んでください。"
    )]
    NoOffice(String),
    /// It does not fit what is known.
    #[error("{0}")]
    Misfit(&'static str),
    /// The case is over.
    #[error("終わったケースです。続けるときは、先にケースを再開してください。")]
    Over,
    /// The case goes on.
    #[error("このケースは終わっていません。")]
    NotOver,
    /// There is a case under this program.
    #[error("この人の同じ申し合わせのケースが、すでに開いています。そちらで続けてください。")]
    AlreadyOpen(CaseId),
    /// What is to be corrected is not there, or cannot be.
    #[error("この記録は訂正できません。出来事と、対応の記録だけを訂正できます。")]
    NotToBeMended,
    /// What another organization recorded.
    #[error(
        "「{0}」を訂正・取消しできるのは、記録した組織だけです（入院中のことは、その入院先の病院も）。記録した組織に連絡してください。"
    )]
    OthersRecord(String),
    /// The step was recorded as done, by whom and when.
    #[error(
        "「{0}」は、{1}がすでに記録しています。何も加えていません。違うときは、経過の「訂正・取消し」で直してください。"
    )]
    DoneBefore(String, String),
    /// Something of the patient.
    #[error(transparent)]
    Patient(#[from] PatientError),
    /// A paper that comes with it, or is to be opened.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// A case as the policy asks after it.
///
/// # Errors
/// The engine's.
pub async fn object(
    db: &impl ConnectionTrait,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Object, DbErr> {
    patient::object_of_case(db, case, now).await
}

/// A text that somebody typed, without blanks around it; none where it is empty.
fn text(what: &'static str, typed: &str, most: usize) -> Result<Option<String>, CaseError> {
    tidy(typed, most).map_err(|NotPlain| CaseError::WrongText(what, most))
}

/// A text that must be there.
fn needed(what: &'static str, typed: &str, most: usize) -> Result<String, CaseError> {
    text(what, typed, most)?.ok_or(CaseError::Missing(what))
}

/// A moment at which something of a case may have happened.
fn checked_moment(
    at: DateTime<Utc>,
    born: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    // Clocks of two computers differ by a little.
    if at > now + chrono::Duration::minutes(5) {
        return Err(CaseError::InFuture);
    }
    let ten_years = now - chrono::Duration::days(3_653);
    if at < ten_years || born.is_some_and(|born| jst_day(at) < born) {
        return Err(CaseError::TooOld);
    }
    Ok(())
}

/// Whose name an event carries.
fn who(by: &By) -> (Option<i64>, Option<i64>) {
    (by.account.map(i64::from), by.organization.map(i64::from))
}
