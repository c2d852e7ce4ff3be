//! The directory in a signed file: from the network where it is kept to a database in another that only reads it.
//!
//! What may enter is a list of columns ([`table`]), all of them of the class `open`; whoever takes a file trusts its key
//! and takes each number once, in order. The directory there is a mirror: only bundles write it (docs/decisions/0013).

use std::path::PathBuf;

use sea_orm::{ConnectionTrait, DbErr};

use crate::account::Refused;

pub mod export;
mod file;
pub mod import;
pub mod key;
mod manifest;
mod queries;
mod row;
pub mod table;
pub mod trust;

/// Why no bundle was made or taken. `Display` is a Japanese sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Nothing is written over.
    #[error("{} はすでにあります。上書きはしません。別の名前にするか、先に移してください。", .0.display())]
    Exists(PathBuf),
    /// No such file, no permission.
    #[error("{} を読めません（{cause}）。場所と権限を確かめてください。", path.display())]
    NotRead {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        cause: String,
    },
    /// No room, no permission.
    #[error("{} に書き込めません（{cause}）。場所と権限、ディスクの空きを確かめてください。", path.display())]
    NotWritten {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        cause: String,
    },
    /// Another file than a key.
    #[error("{} は束の鍵のファイルではありません。keniki bundle key で作ったファイルを指定してください。", .0.display())]
    NotAKey(PathBuf),
    /// No such number.
    #[error("信用している鍵に {0} 番はありません。番号は keniki bundle keys で見られます。")]
    NoSuchKey(i64),
    /// What was read is no bundle, or is cut short.
    #[error(
        "束のファイルではないか、壊れています（{0}）。もう一度運んでください。何も取り込んでいません。"
    )]
    Broken(String),
    /// More than a bundle ever holds.
    #[error("束として大きすぎます（{0}）。束を作る側に確かめてください。何も変えていません。")]
    TooLarge(String),
    /// Signed by nobody who is trusted here.
    #[error(
        "この束は、ここで信用していない鍵で署名されています（{0}）。作った側に鍵を確かめ、正しければ keniki bundle trust で登録してください。何も取り込んでいません。"
    )]
    UnknownKey(String),
    /// Not what was signed.
    #[error(
        "署名と合いません（{0}）。作られたあとで書き換えられたか、壊れています。何も取り込んでいません。"
    )]
    Changed(String),
    /// Made by a program of another time.
    #[error(
        "この束の形（第{0}版）は、この keniki では読めません（読めるのは第{version}版）。両側のプログラムを同じ版にしてください。何も取り込んでいません。",
        version = manifest::VERSION
    )]
    WrongVersion(u32),
    /// A row that no bundle of ours holds.
    #[error(
        "束の {member} の {line} 行めを読めません（{cause}）。両側のプログラムを同じ版にしてください。何も取り込んでいません。"
    )]
    WrongRow {
        /// Which part.
        member: String,
        /// From 1.
        line: usize,
        /// What is wrong.
        cause: String,
    },
    /// Taken before, or older than what was taken.
    #[error(
        "この束は {serial} 番です。もう {last} 番まで取り込んであるので、それより後の束を運んでください（作る側を控えから戻したときは、keniki bundle export に --after {last} を付けて作り直します）。何も取り込んでいません。"
    )]
    Replayed {
        /// The file's number.
        serial: i64,
        /// The last one taken.
        last: i64,
    },
    /// Its rows have other numbers.
    #[error(
        "この束は、前に取り込んだ束とは別のデータベースから作られています。番号が合わないので重ねられません。元のデータベースから作り直すか、新しいデータベースに取り込んでください。何も取り込んでいません。"
    )]
    OtherHouse,
    /// A mirror holds nothing else.
    #[error(
        "ここで取り込んだ名簿（取込み番号 {0}）があります。束は、ほかの名簿のないデータベースに取り込みます。keniki directory undo {0} で取り消すか、新しいデータベースに取り込んでください。何も取り込んでいません。"
    )]
    OwnLists(i64),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal; nothing was changed.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

impl BundleError {
    /// What the audit log keeps of a file that was refused; none: no file was judged.
    fn code(&self) -> Option<&'static str> {
        match self {
            Self::Broken(_) => Some("broken"),
            Self::TooLarge(_) => Some("too_large"),
            Self::UnknownKey(_) => Some("unknown_key"),
            Self::Changed(_) => Some("changed"),
            Self::WrongVersion(_) => Some("wrong_version"),
            Self::WrongRow { .. } => Some("wrong_row"),
            Self::Replayed { .. } => Some("replayed"),
            Self::OtherHouse => Some("other_house"),
            Self::OwnLists(_) => Some("own_lists"),
            Self::Exists(_)
            | Self::NotRead { .. }
            | Self::NotWritten { .. }
            | Self::NotAKey(_)
            | Self::NoSuchKey(_)
            | Self::Refused(_)
            | Self::Database(_) => None,
        }
    }
}

/// The directory here comes in bundles: nothing else writes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "ここの名簿は、もう一方の網から束で受け取っています（いまは {serial} 番）。名簿の取込みと取消し、変更の承認は、束を作る側で行ってください。何も変えていません。"
)]
pub struct IsMirror {
    /// Number of the last one taken.
    pub serial: i64,
    /// ISO instant at which it was made.
    pub made_at: String,
}

/// The last bundle taken; none: the directory is kept here.
///
/// # Errors
/// The database's own.
pub async fn mirror(db: &impl ConnectionTrait) -> Result<Option<IsMirror>, DbErr> {
    queries::last_taken(db).await
}

/// Whether the directory may be written here: `?` twice.
///
/// # Errors
/// The database's own.
pub async fn is_kept_here(db: &impl ConnectionTrait) -> Result<Result<(), IsMirror>, DbErr> {
    Ok(mirror(db).await?.map_or(Ok(()), Err))
}
