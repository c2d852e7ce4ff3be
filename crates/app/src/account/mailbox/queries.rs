//! The SQL of mailboxes.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::one::inserted;
use crate::database::{insert_rows, places, statement};

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

const WORKS_THERE: &str =
    "select distinct a.login from account a join membership m on m.account_id = a.id
    where a.status = 'active' and m.organization_id = $1 and m.valid_from <= $2
        and (m.valid_to is null or m.valid_to >= $3)";

async fn logins(
    db: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Mail addresses of who works in an organization on a day and answers its mailbox.
pub(super) async fn addresses(
    db: &impl ConnectionTrait,
    (organization, mailbox): (i64, &str),
    day: &str,
) -> Result<Vec<String>, DbErr> {
    let sql = format!(
        "{WORKS_THERE} and a.id in (select b.account_id from mailbox_member b
            join mailbox x on x.id = b.mailbox_id where x.organization_id = m.organization_id and x.purpose = $4)"
    );
    let values = vec![organization.into(), day.into(), day.into(), mailbox.into()];
    logins(db, &sql, values).await
}

/// Mail addresses of who works there in one of these roles.
pub(super) async fn addresses_of_roles(
    db: &impl ConnectionTrait,
    organization: i64,
    roles: &[&str],
    day: &str,
) -> Result<Vec<String>, DbErr> {
    let after = places(1, roles.len() + 3).replace("($1,$2,$3,", "(");
    let sql = format!("{WORKS_THERE} and m.role in {after}");
    let mut values = vec![organization.into(), day.into(), day.into()];
    values.extend(roles.iter().map(|role| Value::from(*role)));
    logins(db, &sql, values).await
}
