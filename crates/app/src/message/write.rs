//! Writes a message, with its files, or a correction of an earlier one.

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseId, MessageId};
use keniki_base::text::read_phone;
use sea_orm::{DatabaseTransaction, DbErr};

use super::{MessageError, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::attachment::{self, NewAttachment, Sealing};
use crate::audit::{self, Event};
use crate::case;
use crate::database::instant;
use crate::definition::topic::Topics;

/// What somebody wants to tell the others.
#[derive(Clone, Default)]
pub struct NewMessage {
    /// Code of the topic.
    pub topic: String,
    /// Plain text.
    pub text: String,
    /// Where to call back; may be empty.
    pub phone: String,
    /// The message that this one corrects.
    pub former: Option<MessageId>,
    /// Files that go with it.
    pub files: Vec<NewAttachment>,
    /// The form's own number: sent twice, it is one message.
    pub form_key: Option<String>,
}

/// What writing rests on.
#[derive(Clone, Copy)]
pub struct House<'a> {
    /// What messages are about.
    pub topics: &'a Topics,
    /// How files are kept.
    pub sealing: Sealing<'a>,
}

/// Writes a message on a case; whoever wrote it has read it.
pub async fn write(
    tx: &DatabaseTransaction,
    by: &By,
    (case, new, house): (CaseId, NewMessage, House<'_>),
    now: DateTime<Utc>,
) -> Result<MessageId, MessageError> {
    by.authorize(Deed::WriteMessage, &case::object(tx, case, now).await?)?;
    let key = new.form_key.as_deref();
    if let Some(known) = sent_before(tx, case, key).await? {
        return Ok(known);
    }
    let text = text_of(&new.text, house.topics.longest)?;
    let topic = house.topics.topic(&new.topic);
    let phone = phone_of(&new.phone)?;
    if let Some(former) = new.former {
        let of = by.organization.map(i64::from);
        if !queries::is_to_correct(tx, (case.get(), former.get()), of).await? {
            return Err(MessageError::NotToCorrect(former));
        }
    }
    let row = queries::New {
        case: case.get(),
        topic: &topic.ok_or(MessageError::NoTopic(new.topic))?.code,
        text: &text,
        role: by.role.as_deref(),
        phone: phone.as_deref(),
        former: new.former.map(i64::from),
        account: by.account.map(i64::from),
        organization: by.organization.map(i64::from),
        form_key: key,
        now: &instant(now),
    };
    let Some(id) = queries::insert(tx, &row).await? else {
        // By the same form, at the same moment.
        let known = sent_before(tx, case, key).await?;
        return known.ok_or_else(|| DbErr::Custom("a message is lost".to_owned()).into());
    };
    for file in new.files {
        let attachment = attachment::put(tx, by, (file, house.sealing), now).await?;
        queries::attach(tx, id, attachment.get()).await?;
    }
    let event = Event::done(Deed::WriteMessage.code(), "message", id);
    audit::record(tx, by, event, now).await?;
    Ok(id.into())
}

/// The message that this form made before.
async fn sent_before(
    tx: &DatabaseTransaction,
    case: CaseId,
    key: Option<&str>,
) -> Result<Option<MessageId>, DbErr> {
    match key {
        None => Ok(None),
        Some(key) => Ok(queries::by_form(tx, case.get(), key).await?.map(Into::into)),
    }
}

/// Plain text, whatever was pasted: lines and tabs stay, other control characters go.
fn text_of(typed: &str, most: usize) -> Result<String, MessageError> {
    let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = lines
        .chars()
        .filter(|c| !c.is_control() || "\n\t".contains(*c))
        .collect();
    let text = text.trim().to_owned();
    match text.chars().count() {
        0 => Err(MessageError::Empty),
        is if is > most => Err(MessageError::TooLong { is, most }),
        _ => Ok(text),
    }
}

fn phone_of(typed: &str) -> Result<Option<String>, MessageError> {
    read_phone(typed).map_err(|_| MessageError::Phone(typed.trim().chars().take(40).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_plain_and_bounded() {
        let text = |typed: &str| text_of(typed, 5).ok();
        assert_eq!(text(" a\r\nb\rc ").as_deref(), Some("a\nb\nc"));
        assert_eq!(text("\u{1b}[1\0").as_deref(), Some("[1"));
        assert_eq!(text("五文字です").as_deref(), Some("五文字です"));
        assert!(matches!(
            text_of("六文字ですよ", 5),
            Err(MessageError::TooLong { is: 6, most: 5 })
        ));
        assert!(matches!(text_of(" \n\0", 5), Err(MessageError::Empty)));
    }

    #[test]
    fn a_telephone_number_may_be_missing_and_must_be_one() {
        let phone = |typed: &str| phone_of(typed).ok();
        assert_eq!(phone(" "), Some(None));
        assert_eq!(
            phone("０９９０-11-0001"),
            Some(Some("0990-11-0001".to_owned()))
        );
        assert_eq!(phone("内線3"), None);
    }
}
