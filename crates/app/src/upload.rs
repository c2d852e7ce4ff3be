//! Files that came through a page: kept whole until the work on them is done and their time is over.

use std::collections::HashMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use keniki_base::id::UploadId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use tempfile::TempDir;

use crate::account::By;
use crate::database::instant;
use crate::digest;

mod queries;

pub use queries::Upload;

/// No list that an area imports through a page is larger; the command line takes any.
pub const LARGEST_BYTES: usize = 32 * 1024 * 1024;

/// Keeps a file.
pub async fn keep(
    tx: &DatabaseTransaction,
    by: &By,
    file_name: &str,
    content: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<UploadId, DbErr> {
    let new = queries::New {
        file_name: &plain_name(file_name, NAMELESS),
        sha256: &digest::of_bytes(&content),
        account: by.account.map(i64::from),
        organization: by.organization.map(i64::from),
        now: &instant(now),
    };
    Ok(queries::insert(tx, &new, content).await?.into())
}

/// A file by its number.
pub async fn find(db: &impl ConnectionTrait, id: UploadId) -> Result<Option<Upload>, DbErr> {
    queries::by_id(db, id.into()).await
}

/// Names of files by their numbers.
pub async fn names(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, String>, DbErr> {
    match ids {
        [] => Ok(HashMap::new()),
        ids => queries::names(db, ids).await,
    }
}

/// A file as it lies in a folder of its own, which goes when this goes.
pub struct Lying {
    /// Where, under its own name.
    pub path: PathBuf,
    _folder: TempDir,
}

impl Upload {
    /// Puts the content into a file, for what reads files; none where its time is over. Blocks.
    pub fn lay(&self) -> std::io::Result<Option<Lying>> {
        let Some(content) = &self.content else {
            return Ok(None);
        };
        lay(&self.file_name, content).map(Some)
    }
}

/// Puts a file that is not kept where what reads files finds it. Blocks.
pub fn lay(file_name: &str, content: &[u8]) -> std::io::Result<Lying> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(plain_name(file_name, NAMELESS));
    std::fs::write(&path, content)?;
    Ok(Lying {
        path,
        _folder: folder,
    })
}

const NAMELESS: &str = "list";

/// The last part of a name, without what no file name may hold or what shows it other than it is; `otherwise` where
/// nothing is left.
pub(crate) fn plain_name(name: &str, otherwise: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_unseen(*c) && !"<>:\"|?*".contains(*c))
        .take(100)
        .collect();
    let plain = plain.trim_start_matches(|c: char| c.is_whitespace() || c == '.');
    let plain = plain.trim_end_matches(|c: char| c.is_whitespace() || c == '.');
    match plain {
        "" => otherwise.to_owned(),
        plain => plain.to_owned(),
    }
}

/// What has no width, or turns the direction of the text (Unicode TR 36, 2.5): `exe.` can be made to stand last but four.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_but_to_its_own_folder() {
        for (name, plain) in [
            ("名簿.xlsx", "名簿.xlsx"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\a\\名簿.csv", "名簿.csv"),
            ("..", "list"),
            ("", "list"),
            (".hidden", "hidden"),
            ("a\r\nb\".csv", "ab.csv"),
            ("名簿\u{202e}vsc.exe", "名簿vsc.exe"),
        ] {
            assert_eq!(plain_name(name, NAMELESS), plain);
        }
        assert_eq!(plain_name(&"長".repeat(500), NAMELESS).chars().count(), 100);
    }
}
