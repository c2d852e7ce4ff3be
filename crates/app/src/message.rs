//! Messages on a case (連絡) between those who look after somebody: about a topic, signed with role and telephone, read when there is time.
//!
//! No chat: a message is not changed or taken back, only corrected by another, and nobody waits at the other end.

use keniki_base::id::MessageId;
use sea_orm::DbErr;

use crate::account::Refused;
use crate::attachment::AttachmentError;

mod file;
mod list;
mod queries;
mod read;
mod unread;
mod write;

pub use file::file;
pub use list::{Attached, Message, Writer, list};
pub use read::mark_read;
pub(crate) use unread::condition_of_unread_case;
pub use unread::unread;
pub use write::{House, NewMessage, write};

/// Why a message was not written or cannot be read. `Display` is a Japanese sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// The policy's.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nothing was written.
    #[error("連絡の内容を書いてください。")]
    Empty,
    /// More than anybody reads.
    #[error("連絡の内容は{most}字までです（いま{is}字）。短くするか、ファイルを添えてください。")]
    TooLong {
        /// Characters.
        is: usize,
        /// The bound.
        most: usize,
    },
    /// A topic that no file knows.
    #[error("用件「{0}」は選べません。一覧から選んでください。")]
    NoTopic(String),
    /// No telephone number.
    #[error(
        "折り返しの電話番号「{0}」を読めません。市外局番から、数字とハイフンで書いてください。"
    )]
    Phone(String),
    /// Of another case, of another organization, or corrected already.
    #[error(
        "連絡 {0} 番は訂正できません。訂正できるのは、同じケースに自分の組織が書いた、まだ訂正されていない連絡です。"
    )]
    NotToCorrect(MessageId),
    /// A file that was sent with it, or is to be opened.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// The engine's refusal.
    #[error("データベースを使えません（{0}）。もう一度試してください。")]
    Database(#[from] DbErr),
}
