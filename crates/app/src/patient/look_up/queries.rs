//! The SQL of looking somebody up in the whole area.

use sea_orm::{ConnectionTrait, DbErr};

use super::super::queries::IS_CLOSED;
use crate::database::one::counted;
use crate::database::statement;

/// What is known of somebody.
pub(super) enum Known {
    Number(String),
    Name(String, String),
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    known: &Known,
    most: u64,
) -> Result<Vec<i64>, DbErr> {
    let (is_it, values) = match known {
        Known::Number(number) => (
            "p.id in (select patient_id from patient_identifier
                where kind = 'care_insurance' and ltrim(number, '0') = ltrim($1, '0') and number = $2)",
            vec![number.as_str().into(), number.as_str().into()],
        ),
        Known::Name(key, born_on) => (
            "p.id in (select patient_id from patient_name where key = $1
                union select patient_id from patient_name where kana_key = $2) and p.born_on = $3",
            vec![key.as_str().into(), key.as_str().into(), born_on.as_str().into()],
        ),
    };
    let sql = format!(
        "select p.id from patient p where p.merged_into is null and {is_it} and not {IS_CLOSED} order by p.id limit {most}"
    );
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// How often an account has looked somebody up since an instant.
pub(super) async fn n_asked(
    db: &impl ConnectionTrait,
    deed: &str,
    account: i64,
    since: &str,
) -> Result<u64, DbErr> {
    let sql = "select count(*) from audit_entry
        where account_id = $1 and at > $2 and deed = $3 and object_id = '0'";
    counted(db, sql, [account.into(), since.into(), deed.into()]).await
}

/// How many rows of an organization's tables were looked up since an instant.
pub(super) async fn n_rows_asked(
    db: &impl ConnectionTrait,
    deed: &str,
    organization: i64,
    since: &str,
) -> Result<u64, DbErr> {
    let sql = "select count(*) from audit_entry
        where object_kind = 'organization' and object_id = $1 and at > $2 and deed = $3";
    let values = [organization.to_string().into(), since.into(), deed.into()];
    counted(db, sql, values).await
}

/// Whether an account has found somebody since an instant who may still be found.
pub(super) async fn has_found(
    db: &impl ConnectionTrait,
    deed: &str,
    (account, patient): (i64, i64),
    since: &str,
) -> Result<bool, DbErr> {
    let sql = format!(
        "select count(*) from patient p where p.id = $1 and p.merged_into is null and not {IS_CLOSED}
            and exists (select 1 from audit_entry a where a.account_id = $2 and a.at > $3 and a.deed = $4
                and a.object_kind = 'patient' and a.object_id = $5 and a.outcome = 'done')"
    );
    let values = [
        patient.into(),
        account.into(),
        since.into(),
        deed.into(),
        patient.to_string().into(),
    ];
    Ok(counted(db, &sql, values).await? > 0)
}
