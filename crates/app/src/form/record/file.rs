//! The files of a form: those that came with its page, those that go on from the form before, and one to be opened.

use chrono::{DateTime, Utc};
use keniki_base::id::{AttachmentId, FormRecordId};
use keniki_base::text::squeeze;
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::{Attached, KIND, RecordError, find, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::attachment::key::KeyFile;
use crate::attachment::{self, AttachmentError, NewAttachment, Opened, Sealing};
use crate::audit::{self, Event};
use crate::definition::form::{Form, Item, Kind};
use crate::form::raw::Raw;
use crate::form::read::{FieldFault, Reading, Trouble};
use crate::form::value::Value;

/// Files that came with a page, by the codes of their items.
#[derive(Clone, Copy)]
pub struct Brought<'a> {
    /// Code of the item, and what was chosen for it.
    pub files: &'a [(String, NewAttachment)],
    /// How they are kept.
    pub sealing: Sealing<'a>,
}

/// A field of this name, with something in it, takes the file of the item away.
#[must_use]
pub fn drop_field(item: &str) -> String {
    format!("{item}.drop")
}

/// What hangs on an item of a form that is written.
pub(super) enum Hanging<'a> {
    New(&'a NewAttachment),
    Former(AttachmentId),
}

fn items(form: &Form) -> impl Iterator<Item = &Item> {
    let items = form.items();
    items.filter(|item| item.kind == Kind::Attachment)
}

impl<'a> Brought<'a> {
    fn of(self, item: &Item) -> Option<&'a NewAttachment> {
        let found = self.files.iter().find(|(code, _)| *code == item.code);
        found.map(|(_, file)| file)
    }

    /// What was typed, with the name of each file that is taken; and why others are not.
    pub(super) fn named(self, form: &Form, raw: &Raw) -> (Raw, Vec<FieldFault>) {
        let (mut raw, mut faults) = (raw.clone(), Vec::new());
        for item in items(form) {
            if !raw.text(&drop_field(&item.code)).is_empty() {
                raw.put(&item.code, None);
            }
            match self
                .of(item)
                .map(|new| attachment::named(new, self.sealing.rule))
            {
                None => {}
                Some(Ok(name)) => raw.put(&item.code, Some(name)),
                Some(Err(error)) => faults.push(fault(item, error.to_string())),
            }
        }
        (raw, faults)
    }

    /// What hangs on each item that names a file: what came with the page, or what hung on the form that it began from. A
    /// name without a file is a fault.
    pub(super) async fn hanging(
        self,
        db: &impl ConnectionTrait,
        (form, reading): (&Form, &mut Reading),
        former: Option<FormRecordId>,
    ) -> Result<Vec<(String, Hanging<'a>)>, RecordError> {
        let before = match former {
            Some(former) => queries::files(db, former.get()).await?,
            None => Vec::new(),
        };
        let mut hanging = Vec::new();
        for item in items(form) {
            let Some(Value::Attachment(name)) = reading.values.get(&item.code) else {
                continue;
            };
            let is_it = |it: &&Attached| it.item == item.code && squeeze(&it.name) == *name;
            let carried = before.iter().find(is_it);
            match (self.of(item), carried) {
                (Some(new), _) => hanging.push((item.code.clone(), Hanging::New(new))),
                (None, Some(it)) => {
                    hanging.push((item.code.clone(), Hanging::Former(it.id.into())));
                }
                (None, None) => {
                    let sentence = format!(
                        "「{}」のファイル「{name}」がありません。ファイルを選ぶか、「添付しない」に印を付けてください。",
                        item.label
                    );
                    reading.faults.push(fault(item, sentence));
                }
            }
        }
        reading.in_order_of(form);
        Ok(hanging)
    }
}

fn fault(item: &Item, sentence: String) -> FieldFault {
    FieldFault {
        field: item.code.clone(),
        item: item.code.clone(),
        trouble: Trouble::Wrong,
        sentence,
    }
}

/// Hangs a file on an item of a record that has just been written.
pub(super) async fn hang(
    tx: &DatabaseTransaction,
    by: &By,
    (record, item, hanging): (i64, &str, Hanging<'_>),
    sealing: Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<(), RecordError> {
    let id = match hanging {
        Hanging::New(new) => attachment::put(tx, by, (new.clone(), sealing), now).await?,
        Hanging::Former(id) => id,
    };
    Ok(queries::attach(tx, (record, item), id.get()).await?)
}

/// Opens a file of a record for whoever reads the record, and writes down that it was opened; one that hangs elsewhere is
/// not there.
///
/// # Errors
/// [`RecordError`].
pub async fn file(
    tx: &DatabaseTransaction,
    by: &By,
    (record, file, keys): (FormRecordId, AttachmentId, &KeyFile),
    now: DateTime<Utc>,
) -> Result<Opened, RecordError> {
    find(tx, (by, Deed::ReadForm), record, now).await?;
    let hanging = queries::files(tx, record.get()).await?;
    if !hanging.iter().any(|it| it.id == file.get()) {
        return Err(AttachmentError::Unknown(file).into());
    }
    let event = Event {
        note: Some("file"),
        ..Event::done(Deed::ReadForm.code(), KIND, record.get())
    };
    audit::record(tx, by, event, now).await?;
    Ok(attachment::open(tx, file, keys).await?)
}
