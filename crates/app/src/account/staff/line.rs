//! What a row of a staff change comes to: its steps in words, or why it is not taken.

use chrono::NaiveDate;
use keniki_base::date::wareki;
use sea_orm::DbErr;

use super::super::invitation::InvitationError;
use super::super::membership::EndError;
use super::super::{Refused, person};
use super::Row;

/// What a row does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A link goes out: address, name of the role, first and last day.
    Invite(String, String, NaiveDate, Option<NaiveDate>),
    /// Whoever takes the link answers these mailboxes.
    Answer(String),
    /// The role gets a last day.
    End(NaiveDate),
    /// The role gets another last day.
    Move(NaiveDate),
    /// The role has no last day any more.
    Open,
    /// Somebody else answers these mailboxes from now on, too.
    HandOver(String, String),
}

impl Step {
    /// For people.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Invite(login, role, from, None) => {
                format!("招待する（{login}、{role}、{}から）", wareki(*from))
            }
            Self::Invite(login, role, from, Some(to)) => {
                let (from, to) = (wareki(*from), wareki(*to));
                format!("招待する（{login}、{role}、{from}から{to}まで）")
            }
            Self::Answer(mailboxes) => format!("招待を受けたら、窓口に応じる（{mailboxes}）"),
            Self::End(last) => format!("所属を終える（最終日 {}）", wareki(*last)),
            Self::Move(last) => format!("終わりの日を変える（最終日 {}）", wareki(*last)),
            Self::Open => "終わりの日を変える（終わりなし）".to_owned(),
            Self::HandOver(mailboxes, name) => {
                format!("窓口を引き継ぐ（{mailboxes}を{name}さんへ）")
            }
        }
    }
}

/// A row and what comes of it; without a step and a reason, nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As a spreadsheet counts.
    pub number: u32,
    /// What the person is called there.
    pub name: String,
    /// What is done.
    pub steps: Vec<Step>,
    /// Why it is not taken.
    pub wrong: Option<String>,
}

impl Line {
    pub(super) fn of(row: &Row, done: Result<Vec<Step>, String>) -> Self {
        let (steps, wrong) = match done {
            Ok(steps) => (steps, None),
            Err(wrong) => (Vec::new(), Some(wrong)),
        };
        Self {
            number: row.number,
            name: row.name.chars().take(100).collect(),
            steps,
            wrong,
        }
    }
}

/// Why a row is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum RowError {
    /// A number that is none, or of nothing within reach: which one is not told.
    #[error("番号の列が変わっているか、この組織の所属ではありません。表を受け取り直してください。")]
    Unknown,
    /// Another organization's, which is not told either.
    #[error("{}", RowError::Unknown)]
    Foreign(Box<Refused>),
    #[error(
        "同じ所属の行が、前にもあります。行を写したときは、隠れている番号と版を消してください。"
    )]
    Twice,
    #[error("この人を同じ役割で招待する行が、前にもあります。")]
    InvitedTwice,
    #[error("表を受け取ったあとで内容が変わりました。表を受け取り直してください。")]
    Changed,
    #[error("この所属は、もう終わっています。また来る人は、新しい行に書いてください。")]
    Over,
    #[error(
        "「{0}」は、この表では変えられません。元に戻してください。役割を変えるときは、最終日を書き、新しい行を足してください。"
    )]
    Fixed(&'static str),
    #[error("「{0}」を読み取れません。令和9年4月1日、2027/4/1 のように書いてください。")]
    WrongDay(&'static str),
    #[error("最終日が、きのうより前です。すぐに終わらせるときは、きのうの日付を書いてください。")]
    Past,
    #[error("ご自分の所属は変えられません。ほかの管理者に頼んでください。")]
    Own,
    #[error("「{0}」という役割はありません。二枚目のシートから選んでください。")]
    NoRole(String),
    #[error(
        "「{0}」という窓口はないか、この役割では応じられません。二枚目のシートから選んでください。"
    )]
    NoMailbox(String),
    #[error("引き継ぐ人を書くときは、最終日も書いてください。")]
    NoLastDay,
    #[error("この人が応じている窓口がないので、引き継ぐ人は要りません。")]
    NothingToHandOver,
    #[error("引き継ぐ人は、去る人の行に書いてください。")]
    NewcomerHandsOver,
    #[error(
        "引き継ぐ人が見つかりません。この組織にいる人か、この表で招待する人のメールアドレスを書いてください。"
    )]
    NoSuccessor,
    #[error("引き継ぐ人が、同じ日か、それより前に去ります。")]
    SuccessorLeaves,
    #[error("引き継ぐ人の役割では、この窓口に応じられません。")]
    SuccessorRole,
    #[error(transparent)]
    Invitation(InvitationError),
    #[error("この所属を変えられるのは、システムの運用者だけです。")]
    Refused(Box<Refused>),
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<EndError> for RowError {
    fn from(error: EndError) -> Self {
        match error {
            EndError::NotThere => Self::Unknown,
            EndError::Ended => Self::Over,
            EndError::Refused(refused) => Self::Refused(Box::new(refused)),
            EndError::Database(error) => Self::Database(error),
        }
    }
}

impl From<InvitationError> for RowError {
    fn from(error: InvitationError) -> Self {
        match error {
            InvitationError::Refused(refused) => Self::Refused(Box::new(refused)),
            InvitationError::Database(error) => Self::Database(error),
            other => Self::Invitation(other),
        }
    }
}

/// A person's address as accounts know it.
pub(super) fn login(typed: &str) -> String {
    person::login(typed)
}
