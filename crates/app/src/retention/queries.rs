//! The SQL that erases what is over its time.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Value};

use crate::database::one::counted;
use crate::database::statement;
use crate::definition::retention::Kept;

/// What is over its time before `$1`, an instant or a day: the table, and the condition. None: other actions erase it.
fn over(table: Kept) -> Option<&'static str> {
    match table {
        Kept::ProviderVisit => Some("from provider_visit where created_at < $1"),
        Kept::ConfirmationLink => Some("from confirmation_link where expires_at < $1"),
        Kept::Session => Some("from session where coalesce(ended_at, seen_at) < $1"),
        Kept::SignInFailure => Some("from sign_in_failure where at < $1"),
        Kept::Invitation => {
            Some("from invitation where coalesce(used_at, revoked_at, expires_at) < $1")
        }
        Kept::Mail => Some("from mail where coalesce(sent_at, next_at) < $1"),
        Kept::Upload => Some("from upload where content is not null and created_at < $1"),
        Kept::Job => Some("from job where ended_at < $1"),
        Kept::AuditMark => Some("from audit_mark where created_at < $1"),
        Kept::AuditReview => Some("from audit_review where created_at < $1"),
        Kept::Draft => Some("from draft where saved_at < $1"),
        Kept::Proposal => Some("from proposal where decided_at < $1"),
        Kept::BatchChange => Some(
            "from batch_change where batch_id in (select id from import_batch where imported_at < $1)",
        ),
        // Whoever has lost the name keeps the days until nothing refers to them.
        Kept::Membership => Some(
            "from membership where valid_to < $1
                and not exists (select 1 from session s where s.membership_id = membership.id)
                and not exists (select 1 from job j where j.membership_id = membership.id)",
        ),
        Kept::Account | Kept::AuditEntry => None,
    }
}

pub(super) async fn n_over(
    db: &impl ConnectionTrait,
    table: Kept,
    before: &str,
) -> Result<u64, DbErr> {
    match over(table) {
        Some(over) => counted(db, &format!("select count(*) {over}"), [before.into()]).await,
        None => Ok(0),
    }
}

/// Erases the oldest of what is over its time; answers how many.
pub(super) async fn erase_some(
    tx: &DatabaseTransaction,
    table: Kept,
    before: &str,
    (most, now): (u64, &str),
) -> Result<u64, DbErr> {
    let Some(over) = over(table) else {
        return Ok(0);
    };
    let name = table.table();
    let those = format!("(select id {over} order by id limit {most})");
    match table {
        // What goes on from a job that is gone stands by itself.
        Kept::Job => {
            let sql = format!("update job set after_id = null where after_id in {those}");
            run(tx, &sql, [before.into()]).await?;
        }
        // Before the first change goes, so that nobody takes half of a batch back.
        Kept::BatchChange => {
            let sql = "update import_batch set changes_erased_at = $1
                where imported_at < $2 and changes_erased_at is null";
            run(tx, sql, [now.into(), before.into()]).await?;
        }
        _ => {}
    }
    let sql = match table {
        Kept::Upload => format!("update upload set content = null where id in {those}"),
        _ => format!("delete from {name} where id in {those}"),
    };
    run(tx, &sql, [before.into()]).await
}

async fn run(
    tx: &DatabaseTransaction,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected())
}
