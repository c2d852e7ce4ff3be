//! The SQL of messages on a case.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::id::{CaseId, MessageId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, QueryResult, Value};

use super::list::Attached;
use crate::account::policy::{Reach, condition_of_case};
use crate::database::one::{counted, value};
use crate::database::statement;

/// A message that comes.
pub(super) struct New<'a> {
    pub case: i64,
    pub topic: &'a str,
    pub text: &'a str,
    pub role: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub former: Option<i64>,
    pub account: Option<i64>,
    pub organization: Option<i64>,
    pub form_key: Option<&'a str>,
    pub now: &'a str,
}

/// None where this form made one before.
pub(super) async fn insert(tx: &DatabaseTransaction, new: &New<'_>) -> Result<Option<i64>, DbErr> {
    let sql = "insert into message (case_id, topic, text, role, phone, former_id, account_id, organization_id, form_key, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (case_id, form_key) do nothing returning id";
    let values: [Value; 10] = [
        new.case.into(),
        new.topic.into(),
        new.text.into(),
        new.role.into(),
        new.phone.into(),
        new.former.into(),
        new.account.into(),
        new.organization.into(),
        new.form_key.into(),
        new.now.into(),
    ];
    value(tx, sql, values).await
}

/// The message that this form made before.
pub(super) async fn by_form(
    tx: &DatabaseTransaction,
    case: i64,
    form_key: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "select id from message where case_id = $1 and form_key = $2";
    value(tx, sql, [case.into(), form_key.into()]).await
}

pub(super) async fn attach(
    tx: &DatabaseTransaction,
    message: i64,
    attachment: i64,
) -> Result<(), DbErr> {
    let sql = "insert into message_attachment (message_id, attachment_id) values ($1, $2)";
    let values = [message.into(), attachment.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// Whether a message is of this case and organization and nothing corrects it yet.
pub(super) async fn is_to_correct(
    tx: &DatabaseTransaction,
    (case, message): (i64, i64),
    organization: Option<i64>,
) -> Result<bool, DbErr> {
    let sql = "select count(*) from message m where m.case_id = $1 and m.id = $2 and m.organization_id = $3
        and not exists (select 1 from message n where n.former_id = m.id)";
    let values = [case.into(), message.into(), organization.into()];
    Ok(counted(tx, sql, values).await? > 0)
}

/// A message with what its writer is called.
#[derive(FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    pub topic: String,
    pub text: String,
    pub role: Option<String>,
    pub phone: Option<String>,
    pub former_id: Option<i64>,
    pub corrected_by: Option<i64>,
    pub account_id: Option<i64>,
    pub account_name: Option<String>,
    pub organization_id: Option<i64>,
    pub organization_name: Option<String>,
    pub n_read: i64,
    pub created_at: String,
}

pub(super) async fn of_case(
    db: &impl ConnectionTrait,
    case: i64,
    reader: Option<i64>,
) -> Result<Vec<Row>, DbErr> {
    let sql = "select m.id, m.topic, m.text, m.role, m.phone, m.former_id, m.account_id, m.organization_id, m.created_at,
            a.name as account_name, o.name as organization_name,
            (select max(n.id) from message n where n.former_id = m.id) as corrected_by,
            case when m.account_id = $1 then 1
                else (select count(*) from message_read r where r.message_id = m.id and r.account_id = $1) end as n_read
        from message m
        left join account a on a.id = m.account_id
        left join organization o on o.id = m.organization_id
        where m.case_id = $2 order by m.id";
    let values = [reader.into(), case.into()];
    Row::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

/// The condition over a case `c` that something of it is unread.
pub(super) fn condition_of_case_with_unread(
    reach: &Reach,
    account: i64,
    now: DateTime<Utc>,
) -> String {
    let within = condition_of_case(reach, "c.id", now);
    let is_unread = condition_of_unread(account);
    format!(
        "({within} and exists (select 1 from message m where m.case_id = c.id and {is_unread}))"
    )
}

/// The files of a case's messages, in the order in which they were put there.
pub(super) async fn files_of_case(
    db: &impl ConnectionTrait,
    case: i64,
) -> Result<Vec<(MessageId, Attached)>, DbErr> {
    let sql = "select h.message_id, f.id, f.name, f.media_type, f.size from message m
        join message_attachment h on h.message_id = m.id
        join attachment f on f.id = h.attachment_id
        where m.case_id = $1 order by h.message_id, f.id";
    let rows = db.query_all_raw(statement(db, sql, [case.into()])).await?;
    let file = |row: &QueryResult| {
        let attached = Attached {
            id: row.try_get_by_index::<i64>(1)?.into(),
            name: row.try_get_by_index(2)?,
            media_type: row.try_get_by_index(3)?,
            size: row.try_get_by_index(4)?,
        };
        Ok((row.try_get_by_index::<i64>(0)?.into(), attached))
    };
    rows.iter().map(file).collect()
}

/// Whether an attachment hangs on a message of this case.
pub(super) async fn hangs_on(
    db: &impl ConnectionTrait,
    case: i64,
    attachment: i64,
) -> Result<bool, DbErr> {
    let sql = "select count(*) from message_attachment h join message m on m.id = h.message_id
        where m.case_id = $1 and h.attachment_id = $2";
    Ok(counted(db, sql, [case.into(), attachment.into()]).await? > 0)
}

pub(super) async fn mark_read(
    tx: &DatabaseTransaction,
    (case, account): (i64, i64),
    now: &str,
) -> Result<u64, DbErr> {
    let sql = "insert into message_read (message_id, account_id, read_at)
        select m.id, a.id, $1 from message m join account a on a.id = $2
        where m.case_id = $3 and (m.account_id is null or m.account_id <> a.id)
        on conflict (message_id, account_id) do nothing";
    let values = [now.into(), account.into(), case.into()];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected())
}

/// Whether an account has not read a message `m` that holds: what [`unread`] counts, for lists of cases.
pub(super) fn condition_of_unread(account: i64) -> String {
    format!(
        "(m.account_id is null or m.account_id <> {account})
            and not exists (select 1 from message_read r where r.message_id = m.id and r.account_id = {account})
            and not exists (select 1 from message n where n.former_id = m.id)"
    )
}

/// Counts of the cases within `reach`, of what this account has not read and nothing corrects.
pub(super) async fn unread(
    db: &impl ConnectionTrait,
    (reach, account): (&Reach, i64),
    now: DateTime<Utc>,
) -> Result<BTreeMap<CaseId, u64>, DbErr> {
    let within = condition_of_case(reach, "m.case_id", now);
    let is_unread = condition_of_unread(account);
    let sql = format!(
        "select m.case_id, count(*) from message m where {within} and {is_unread} group by m.case_id"
    );
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    let count = |row: &QueryResult| {
        let n: i64 = row.try_get_by_index(1)?;
        Ok((CaseId::new(row.try_get_by_index(0)?), n.unsigned_abs()))
    };
    rows.iter().map(count).collect()
}
