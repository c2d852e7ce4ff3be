//! The table that goes out: a row a role of a person, and the roles that may be given on a second sheet.

use chrono::{DateTime, Utc};
use keniki_base::id::OrganizationId;
use sea_orm::ConnectionTrait;

use super::super::By;
use super::{MAILBOXES, ROLE, Staff, heads, names};
use crate::definition::Definitions;
use crate::definition::account::MailboxKind;
use crate::sheet::form::HandOutError;
use crate::sheet::write::{Book, Cell, Table};

/// The people of an organization whose roles are not over.
pub async fn book(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    by: &By,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Book, HandOutError> {
    let staff = Staff::load(db, definitions, by, organization, now).await?;
    let mut book = Book::new();
    let sheet = book.add("人と役割", &heads())?;
    book.hide(sheet, &[0, 1])?;
    for member in staff.members.iter().filter(|it| !staff.is_over(it)) {
        let cells: Vec<Cell> = vec![
            member.membership_id.to_string().into(),
            staff.version(member).into(),
            member.name.as_str().into(),
            member.login.as_str().into(),
            staff.role_name(&member.role).into(),
            member.valid_from.as_str().into(),
            member.valid_to.as_deref().into(),
            names(&staff.mailboxes_of(member)).into(),
            Cell::Empty,
        ];
        book.sheet(sheet)?.row(&cells)?;
    }
    let sheet = book.add("与えられる役割", &[ROLE, MAILBOXES])?;
    for role in &staff.to_give {
        let kinds = staff.kinds.iter();
        let kinds: Vec<&MailboxKind> = kinds.filter(|it| it.roles.contains(&role.code)).collect();
        let cells = [role.name.as_str().into(), names(&kinds).into()];
        book.sheet(sheet)?.row(&cells)?;
    }
    Ok(book)
}
