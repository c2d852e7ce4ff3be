//! The SQL that erases what is over its time.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Value};

use crate::database::one::counted;
use crate::database::{statement, within};
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
        Kept::CareCase => Some("from care_case where closed_at < $1"),
        // A record that was merged goes before the one that goes on. A day begins at 15:00 of the day before, in the world's time.
        Kept::Patient => Some(
            "from patient where changed_at < $1
                and not exists (select 1 from patient g where g.merged_into = patient.id)
                and not exists (select 1 from care_case c where c.patient_id = patient.id)
                and not exists (select 1 from care_team t where t.patient_id = patient.id
                    and (t.access_until is null or t.access_until > substr($1, 1, 10)))",
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
        Kept::CareCase => return erase_whole(tx, (name, &those), &OF_A_CASE, before).await,
        Kept::Patient => return erase_whole(tx, (name, &those), &OF_A_PATIENT, before).await,
        _ => {}
    }
    let sql = match table {
        Kept::Upload => format!("update upload set content = null where id in {those}"),
        _ => format!("delete from {name} where id in {those}"),
    };
    run(tx, &sql, [before.into()]).await
}

/// The case of a row that names an inquiry.
const CASE_OF_INQUIRY: &str = "(select q.case_id from inquiry q where q.id = inquiry_id)";

/// The case of a row that names a message.
const CASE_OF_MESSAGE: &str = "(select m.case_id from message m where m.id = message_id)";

/// What goes with a case, in an order in which nothing refers to what is gone: table, and the column (or the SQL) that names the case.
const OF_A_CASE: [(&str, &str); 14] = [
    ("form_attachment", CASE_OF_FORM),
    ("form_record", "case_id"),
    ("message_attachment", CASE_OF_MESSAGE),
    ("message_read", CASE_OF_MESSAGE),
    ("message", "case_id"),
    ("inquiry_need", CASE_OF_INQUIRY),
    ("inquiry_target", CASE_OF_INQUIRY),
    ("inquiry", "case_id"),
    ("handover_link", CASE_OF_HANDOVER),
    ("handover_attachment", CASE_OF_HANDOVER),
    ("handover", "case_id"),
    ("obligation", "case_id"),
    ("case_event", "case_id"),
    ("care_team", "case_id"),
];

/// The case of a row that names a filled form.
const CASE_OF_FORM: &str = "(select r.case_id from form_record r where r.id = form_record_id)";

/// The patient of such a row.
const PATIENT_OF_FORM: &str =
    "(select r.patient_id from form_record r where r.id = form_record_id)";

const CASE_OF_HANDOVER: &str = "(select h.case_id from handover h where h.id = handover_id)";

/// What goes with a patient.
const OF_A_PATIENT: [(&str, &str); 10] = [
    ("form_attachment", PATIENT_OF_FORM),
    ("form_record", "patient_id"),
    ("patient_name", "patient_id"),
    ("patient_identifier", "patient_id"),
    ("care_level", "patient_id"),
    ("consent", "patient_id"),
    ("care_team", "patient_id"),
    ("emergency_access", "patient_id"),
    ("patient_merge", "kept_id"),
    ("patient_merge", "gone_id"),
];

/// The tables of which rows name a file.
const WITH_A_FILE: [&str; 5] = [
    "case_event",
    "consent",
    "form_attachment",
    "handover_attachment",
    "message_attachment",
];

/// Deletes rows of a table with all that hangs on them, and the files to which nothing refers then; answers how many rows.
async fn erase_whole(
    tx: &DatabaseTransaction,
    (name, those): (&str, &str),
    hanging: &[(&str, &str)],
    before: &str,
) -> Result<u64, DbErr> {
    // Found once: what hangs on them decides whether they are over their time.
    let found = format!("select id from {name} where id in {those}");
    let rows = tx
        .query_all_raw(statement(tx, found, [before.into()]))
        .await?;
    let ids: Result<Vec<i64>, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
    let ids = ids?;
    if ids.is_empty() {
        return Ok(0);
    }
    let places = within(tx, ids.len());
    let of = |sql: String| statement(tx, sql, ids.iter().map(|id| (*id).into()));
    let mut files = Vec::new();
    for (table, column) in hanging {
        // A form that goes on begins from none then.
        if *table == "form_record" {
            let sql = format!(
                "update form_record set former_id = null
                where former_id in (select r.id from form_record r where r.{column} in {places})"
            );
            tx.execute_raw(of(sql)).await?;
        }
        if WITH_A_FILE.contains(table) {
            let sql = format!(
                "select attachment_id from {table} where {column} in {places} and attachment_id is not null"
            );
            for row in tx.query_all_raw(of(sql)).await? {
                files.push(row.try_get_by_index::<i64>(0)?);
            }
        }
        tx.execute_raw(of(format!(
            "delete from {table} where {column} in {places}"
        )))
        .await?;
    }
    let done = tx
        .execute_raw(of(format!("delete from {name} where id in {places}")))
        .await?;
    for file in files {
        let hangs = WITH_A_FILE.map(|table| {
            format!(
                "and not exists (select 1 from {table} h where h.attachment_id = attachment.id)"
            )
        });
        let sql = format!("delete from attachment where id = $1 {}", hangs.join(" "));
        run(tx, &sql, [file.into()]).await?;
    }
    Ok(done.rows_affected())
}

async fn run(
    tx: &DatabaseTransaction,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected())
}
