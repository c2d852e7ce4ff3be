//! The SQL of files that came through a page.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::one::inserted;
use crate::database::statement;

/// A file.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Upload {
    /// Which.
    pub id: i64,
    /// Its name, without folders.
    pub file_name: String,
    /// Bytes.
    pub size: i64,
    /// Itself; none: its time is over.
    pub content: Option<Vec<u8>>,
    /// Whose it is.
    pub organization_id: Option<i64>,
}

/// A file that comes.
pub(super) struct New<'a> {
    pub file_name: &'a str,
    pub sha256: &'a str,
    pub account: Option<i64>,
    pub organization: Option<i64>,
    pub now: &'a str,
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    new: &New<'_>,
    content: Vec<u8>,
) -> Result<i64, DbErr> {
    let sql = "insert into upload (file_name, sha256, size, content, account_id, organization_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7) returning id";
    let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
    let values: [Value; 7] = [
        new.file_name.into(),
        new.sha256.into(),
        size.into(),
        content.into(),
        new.account.into(),
        new.organization.into(),
        new.now.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Upload>, DbErr> {
    let sql = "select id, file_name, size, content, organization_id from upload where id = $1";
    Upload::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn names(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<HashMap<i64, String>, DbErr> {
    let places: Vec<String> = (1..=ids.len()).map(|at| format!("${at}")).collect();
    let sql = format!(
        "select id, file_name from upload where id in ({})",
        places.join(", ")
    );
    let values = ids.iter().map(|id| Value::from(*id));
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}
