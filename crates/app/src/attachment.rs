//! Files that somebody brought: told by their content, sealed with a key that lies outside the database, opened one at a time.
//!
//! Who may put or open one is asked by the action on what it hangs on (a consent, an event, a message), which also
//! leaves the row in the audit log. What is sealed is bound to its row: content that was moved to another one, or a
//! row whose name or kind was changed, does not open.

use keniki_base::id::AttachmentId;
use sea_orm::DbErr;

pub mod check;
pub mod key;
pub mod kind;
mod open;
mod put;
mod queries;

pub use open::{Opened, open};
pub use put::{NewAttachment, Paper, Sealing, put};
pub(crate) use put::{named, put_paper};

use key::KeyError;

/// Why a file was not taken, or cannot be given out. `Display` is a Japanese sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// Nothing in it.
    #[error("「{0}」は空のファイルです。中身のあるファイルを選んでください。")]
    Empty(String),
    /// More than the area takes.
    #[error(
        "「{name}」は大きすぎます（{most_mib} MBまで）。分けるか、読み取りの細かさを下げて、選び直してください。"
    )]
    TooLarge {
        /// As it was sent, cleaned.
        name: String,
        /// The bound.
        most_mib: u32,
    },
    /// Of no kind that the area takes, whatever its name says.
    #[error(
        "「{name}」は添付できない種類のファイルです（名前ではなく、中身で見分けています）。添付できるのは、{allowed}です。"
    )]
    WrongKind {
        /// As it was sent, cleaned.
        name: String,
        /// For people.
        allowed: String,
    },
    /// There is no such row.
    #[error("添付ファイル {0} 番がありません。")]
    Unknown(AttachmentId),
    /// The keys cannot be read; which and why is for the operator.
    #[error(
        "いまは添付ファイルを扱えません。「添付ファイルの鍵が読めない」と、システムの運用者に知らせてください。"
    )]
    Key(#[from] KeyError),
    /// Sealed with a key that is not there.
    #[error(
        "添付ファイル {id} 番を開けません。これを開く鍵「{key_id}」が、鍵のファイルにありません。鍵の控えを戻すよう、システムの運用者に知らせてください。"
    )]
    KeyLost {
        /// Which.
        id: AttachmentId,
        /// The key that would open it.
        key_id: String,
    },
    /// The key does not open it.
    #[error(
        "添付ファイル {id} 番を、鍵「{key_id}」で開けません。壊れたか、書き換えられています。データベースの控えから戻せるか、システムの運用者に知らせてください。"
    )]
    Damaged {
        /// Which.
        id: AttachmentId,
        /// The key by which it should open.
        key_id: String,
    },
    /// The engine's refusal.
    #[error("データベースを使えません（{0}）。もう一度試してください。")]
    Database(#[from] DbErr),
}

#[cfg(test)]
mod tests;
