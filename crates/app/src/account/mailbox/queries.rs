//! The SQL of mailboxes.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::one::inserted;
use crate::database::{insert_rows, statement};

/// Somebody who answers a mailbox.
#[derive(Debug, FromQueryResult)]
pub(super) struct Answering {
    pub purpose: String,
    pub account_id: i64,
}

pub(super) async fn answering(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Vec<Answering>, DbErr> {
    let sql = "select b.purpose, m.account_id from mailbox b
        join mailbox_member m on m.mailbox_id = b.id where b.organization_id = $1";
    Answering::find_by_statement(statement(db, sql, [organization.into()]))
        .all(db)
        .await
}

/// The mailbox's number; it is made where there is none.
pub(super) async fn put(
    tx: &impl ConnectionTrait,
    organization: i64,
    purpose: &str,
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into mailbox (organization_id, purpose, created_at) values ($1, $2, $3)
        on conflict (organization_id, purpose) do update set purpose = excluded.purpose returning id";
    let values = [organization.into(), purpose.into(), now.into()];
    inserted(tx, sql, values).await
}

pub(super) async fn join(
    tx: &impl ConnectionTrait,
    mailbox: i64,
    account: i64,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "insert into mailbox_member (mailbox_id, account_id, since) values ($1, $2, $3)
        on conflict do nothing";
    let values = [mailbox.into(), account.into(), now.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

pub(super) async fn put_people(
    tx: &impl ConnectionTrait,
    mailbox: i64,
    people: &[i64],
    now: &str,
) -> Result<(), DbErr> {
    let sql = "delete from mailbox_member where mailbox_id = $1";
    tx.execute_raw(statement(tx, sql, [mailbox.into()])).await?;
    let head = "insert into mailbox_member (mailbox_id, account_id, since) values";
    let values = people
        .iter()
        .flat_map(|account| [mailbox.into(), (*account).into(), now.into()]);
    insert_rows(tx, head, 3, values.collect(), "").await
}
