//! The messages of a case, oldest first.

use chrono::{DateTime, Utc};
use keniki_base::id::{AccountId, AttachmentId, CaseId, MessageId, OrganizationId};
use sea_orm::ConnectionTrait;

use super::{MessageError, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::case;

/// A message as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// Code of the topic; of one that no file knows any more, too.
    pub topic: String,
    /// Plain text.
    pub text: String,
    /// Who wrote it.
    pub writer: Writer,
    /// The message that it corrects.
    pub former: Option<MessageId>,
    /// The message that corrects it: this one holds no longer.
    pub corrected_by: Option<MessageId>,
    /// Whether who asks has read it, or wrote it.
    pub is_read: bool,
    /// Its files.
    pub files: Vec<Attached>,
    /// ISO instant.
    pub created_at: String,
}

/// How a message is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// Who; none: the machine's operator.
    pub account: Option<AccountId>,
    /// What they are called.
    pub name: Option<String>,
    /// For which organization.
    pub organization: Option<OrganizationId>,
    /// What it is called.
    pub organization_name: Option<String>,
    /// Code of the role in which it was written.
    pub role: Option<String>,
    /// Where to call back.
    pub phone: Option<String>,
}

/// A file of a message, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Which.
    pub id: AttachmentId,
    /// Its name, harmless.
    pub name: String,
    /// Its kind.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

/// What was written on a case. Who shows it notes that it was read ([`super::mark_read`]).
pub async fn list(
    db: &impl ConnectionTrait,
    by: &By,
    case: CaseId,
    now: DateTime<Utc>,
) -> Result<Vec<Message>, MessageError> {
    by.authorize(Deed::ReadMessage, &case::object(db, case, now).await?)?;
    let rows = queries::of_case(db, case.get(), by.account.map(i64::from)).await?;
    let mut messages: Vec<Message> = rows.into_iter().map(Message::from).collect();
    for (message, file) in queries::files_of_case(db, case.get()).await? {
        if let Some(message) = messages.iter_mut().find(|it| it.id == message) {
            message.files.push(file);
        }
    }
    Ok(messages)
}

impl From<queries::Row> for Message {
    fn from(row: queries::Row) -> Self {
        Self {
            id: row.id.into(),
            topic: row.topic,
            text: row.text,
            writer: Writer {
                account: row.account_id.map(Into::into),
                name: row.account_name,
                organization: row.organization_id.map(Into::into),
                organization_name: row.organization_name,
                role: row.role,
                phone: row.phone,
            },
            former: row.former_id.map(Into::into),
            corrected_by: row.corrected_by.map(Into::into),
            is_read: row.n_read > 0,
            files: Vec::new(),
            created_at: row.created_at,
        }
    }
}
