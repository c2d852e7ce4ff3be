//! Takes a file: its kind by its content, its size, its name; and seals it.

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use keniki_base::id::AttachmentId;
use sea_orm::{DatabaseTransaction, DbErr};

use super::AttachmentError;
use super::key::KeyFile;
use super::kind::{self, Kind};
use super::queries::{self, Row};
use crate::account::By;
use crate::database::instant;
use crate::definition::attachment::AttachmentRule;
use crate::upload::plain_name;

/// A file that comes.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// As its sender calls it.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// What taking a file rests on.
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    /// What the area takes.
    pub rule: &'a AttachmentRule,
    /// Where the keys lie: the newest seals.
    pub keys: &'a KeyFile,
    /// Where the number comes from that is used once.
    pub chance: &'a dyn Chance,
}

/// A paper that may come with an action, which hangs it on what it writes.
pub type Paper<'a> = Option<(NewAttachment, Sealing<'a>)>;

/// Keeps the paper, where one came, as [`put`] does.
pub(crate) async fn put_paper(
    tx: &DatabaseTransaction,
    by: &By,
    paper: Paper<'_>,
    now: DateTime<Utc>,
) -> Result<Option<AttachmentId>, AttachmentError> {
    match paper {
        None => Ok(None),
        Some(brought) => Ok(Some(put(tx, by, brought, now).await?)),
    }
}

/// The name under which a file will be given out, or why it is not taken.
pub(crate) fn named(new: &NewAttachment, rule: &AttachmentRule) -> Result<String, AttachmentError> {
    let (kind, _) = taken(new, rule)?;
    Ok(name_of(kind, &new.name))
}

/// Keeps a file, in the transaction of the action that hangs it on something and that has asked whether `by` may.
pub async fn put(
    tx: &DatabaseTransaction,
    by: &By,
    (new, with): (NewAttachment, Sealing<'_>),
    now: DateTime<Utc>,
) -> Result<AttachmentId, AttachmentError> {
    let (kind, media_type) = taken(&new, with.rule)?;
    let keys = with.keys.keys()?;
    let mut row = Row {
        id: 0,
        name: name_of(kind, &new.name),
        media_type: media_type.to_owned(),
        size: i64::try_from(new.content.len()).unwrap_or(i64::MAX),
        key_id: keys.newest().to_owned(),
        content: Vec::new(),
    };
    let of = (by.account.map(i64::from), by.organization.map(i64::from));
    row.id = queries::insert(tx, &row, of, &instant(now)).await?;
    let sealed = keys.seal(new.content, &row.bound(), with.chance);
    let sealed = sealed.ok_or_else(|| DbErr::Custom("not sealed".to_owned()))?;
    queries::put_content(tx, row.id, sealed).await?;
    Ok(row.id.into())
}

fn taken(
    new: &NewAttachment,
    rule: &AttachmentRule,
) -> Result<(Kind, &'static str), AttachmentError> {
    let name = || plain_name(&new.name, NAMELESS);
    if new.content.is_empty() {
        return Err(AttachmentError::Empty(name()));
    }
    if new.content.len() > rule.largest_bytes() {
        return Err(AttachmentError::TooLarge {
            name: name(),
            most_mib: rule.largest_mib,
        });
    }
    let known = kind::of(&new.content).filter(|(kind, _)| rule.kinds.contains(kind));
    known.ok_or_else(|| AttachmentError::WrongKind {
        name: name(),
        allowed: rule.words(),
    })
}

const NAMELESS: &str = "attachment";

/// The name under which it is given out: whatever it was called, it ends as its kind does, so that no machine runs it.
fn name_of(kind: Kind, name: &str) -> String {
    let plain = plain_name(name, NAMELESS);
    let [usual, other] = kind.endings();
    let ending = plain
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    match ending {
        Some(end) if end == usual || end == other => plain,
        _ => format!("{plain}.{usual}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_as_its_kind_and_leads_and_turns_nowhere() {
        for (kind, name, given_out) in [
            (Kind::Pdf, "同意書.pdf", "同意書.pdf"),
            (Kind::Pdf, "同意書.PDF", "同意書.PDF"),
            (Kind::Pdf, "同意書.pdf.exe", "同意書.pdf.exe.pdf"),
            (Kind::Pdf, "同意書", "同意書.pdf"),
            (Kind::Pdf, "../../etc/cron.d/x", "x.pdf"),
            (Kind::Jpeg, "C:\\scan\\a.jpeg", "a.jpeg"),
            (Kind::Text, "run.bat", "run.bat.txt"),
            (Kind::Text, "計画.csv", "計画.csv"),
            (Kind::Text, "a.txt\r\nX-Evil: 1", "a.txtX-Evil 1.txt"),
            // Shown from right to left it would read 書fdp.exe.
            (Kind::Pdf, "書\u{202e}exe.pdf", "書exe.pdf"),
            (Kind::Pdf, "a\u{200b}\u{feff}\u{2066}.pdf", "a.pdf"),
            (Kind::Pdf, "a.pdf. . ", "a.pdf"),
            (Kind::Png, "", "attachment.png"),
            (Kind::Png, "..", "attachment.png"),
            (Kind::Png, "\u{202e}\u{0}", "attachment.png"),
        ] {
            assert_eq!(name_of(kind, name), given_out, "{name:?}");
        }
        let long = name_of(Kind::Pdf, &format!("{}.pdf", "長".repeat(5000)));
        assert_eq!(long.chars().count(), 104);
        assert!(long.ends_with("長.pdf"));
    }
}
