//! The SQL that finds what the database holds of somebody.

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use super::Part;
use crate::database::statement;

/// Tables that say something of an account, and which of their rows. $1: its number, $2: its address, $3: its name,
/// $4 to $6: hashes of failed attempts, $7: its number as a text.
pub(super) const OF_PERSON: &[(&str, &str)] = &[
    ("account", "id = $1"),
    ("membership", "account_id = $1"),
    ("mailbox_member", "account_id = $1"),
    ("session", "account_id = $1"),
    ("passkey", "account_id = $1"),
    ("recovery_code", "account_id = $1"),
    ("invitation", "account_id = $1 or login = $2 or created_by = $1"),
    ("provider_link", "account_id = $1"),
    (
        "provider_visit",
        "session_id in (select s.id from session s where s.account_id = $1)",
    ),
    ("mail", "recipient = $2"),
    ("confirmation_link", "recipient = $2 or vouched_by = $1"),
    ("confirmation_address", "account_id = $1 or mail = $2"),
    ("filing", "account_id = $1 or ended_by = $1"),
    ("sign_in_failure", "who_hash in ($4, $5, $6)"),
    ("draft", "account_id = $1"),
    ("proposal", "account_id = $1 or decided_by = $1 or vouched_by = $1"),
    ("import_batch", "imported_by = 'account ' || $7"),
    ("match_review", "decided_by = 'account ' || $7"),
    ("upload", "account_id = $1"),
    ("attachment", "account_id = $1"),
    ("message", "account_id = $1"),
    ("message_read", "account_id = $1"),
    ("handover", "sent_by = $1 or read_by = $1 or decided_by = $1"),
    ("handover_link", "made_by = $1"),
    ("job", "account_id = $1"),
    // What they did, what was done with their account, and who looked at the people of their organizations.
    (
        "audit_entry",
        "account_id = $1 or (object_kind = 'account' and object_id = $7) or (deed = 'account.read' and object_kind = 'organization'
            and object_id in (select cast(m.organization_id as text) from membership m where m.account_id = $1))",
    ),
    ("audit_mark", "account_id = $1"),
    ("audit_review", "account_id = $1"),
    ("contact_point", "name = $3 or lower(email) = $2"),
];

/// Whose rows.
pub(super) struct Who<'a> {
    pub account: i64,
    pub login: &'a str,
    pub name: &'a str,
    pub attempts: &'a [String; 3],
}

/// Some rows of a part as texts.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    part: &Part,
    who: &Who<'_>,
    (behind, most): (u64, u64),
) -> Result<Vec<Vec<Option<String>>>, DbErr> {
    let condition = OF_PERSON.iter().find(|(table, _)| *table == part.table);
    let Some((table, condition)) = condition else {
        return Ok(Vec::new());
    };
    let columns = part.columns.iter();
    let columns: Vec<String> = columns.map(|it| as_text(it)).collect();
    let (condition, values) = numbered(condition, who);
    let sql = format!(
        "select {} from (select * from {table} where {condition}) t order by 1, 2 limit {most} offset {behind}",
        columns.join(", ")
    );
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    let texts = |row: &QueryResult| {
        let texts = (0..columns.len()).map(|at| row.try_get_by_index(at));
        texts.collect::<Result<Vec<_>, DbErr>>()
    };
    rows.iter().map(texts).collect()
}

/// The condition with its values numbered in the order in which they stand: PostgreSQL wants no gaps, and one type each.
fn numbered(condition: &str, who: &Who<'_>) -> (String, Vec<Value>) {
    let (mut sql, mut values) = (String::new(), Vec::new());
    let mut rest = condition;
    while let Some(at) = rest.find('$') {
        let value: Value = match rest.as_bytes().get(at + 1) {
            Some(b'1') => who.account.into(),
            Some(b'2') => who.login.into(),
            Some(b'3') => who.name.into(),
            Some(number @ b'4'..=b'6') => who.attempts[usize::from(number - b'4')].clone().into(),
            _ => who.account.to_string().into(),
        };
        values.push(value);
        sql.push_str(&rest[..at]);
        sql.push_str(&format!("${}", values.len()));
        rest = &rest[at + 2..];
    }
    sql.push_str(rest);
    (sql, values)
}

/// A column as a text; an organization with its name.
fn as_text(column: &str) -> String {
    match column {
        "organization_id" => "(select o.name || '（' || cast(o.id as text) || '）' from organization o where o.id = t.organization_id)".to_owned(),
        _ => format!("cast(t.{column} as text)"),
    }
}
