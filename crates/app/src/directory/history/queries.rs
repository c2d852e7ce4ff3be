//! The SQL of editions.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::statement;

/// A record of a list or the office, with the batch that made it.
#[derive(Debug, FromQueryResult)]
pub(super) struct Record {
    pub id: i64,
    pub content: String,
    pub batch: i64,
    pub format: String,
    pub title: String,
    pub at: String,
    pub by: String,
    pub undone_at: Option<String>,
}

pub(super) async fn records(db: &impl ConnectionTrait, service: i64) -> Result<Vec<Record>, DbErr> {
    let sql = "select r.id, r.content, b.id as batch, b.format, b.file_name as title, b.imported_at as at,
            b.imported_by as \"by\", b.undone_at
        from source_record r join import_batch b on b.id = r.created_batch_id where r.service_id = $1 order by r.id";
    Record::find_by_statement(statement(db, sql, [service.into()]))
        .all(db)
        .await
}

/// A later edition of a record.
#[derive(Debug, FromQueryResult)]
pub(super) struct Change {
    pub record: i64,
    pub before_fields: String,
    pub after_fields: String,
    pub batch: i64,
    pub format: String,
    pub title: String,
    pub at: String,
    pub by: String,
    pub undone_at: Option<String>,
}

pub(super) async fn changes(db: &impl ConnectionTrait, service: i64) -> Result<Vec<Change>, DbErr> {
    let sql = "select r.id as record, c.before_fields, c.after_fields, b.id as batch, b.format, b.file_name as title,
            b.imported_at as at, b.imported_by as \"by\", b.undone_at
        from source_record r join batch_change c on c.entity = 'source_record' and c.entity_id = r.id
        join import_batch b on b.id = c.batch_id where r.service_id = $1 order by c.id";
    Change::find_by_statement(statement(db, sql, [service.into()]))
        .all(db)
        .await
}

/// What people with accounts are called.
pub(super) async fn names(db: &impl ConnectionTrait) -> Result<HashMap<i64, String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Name {
        id: i64,
        name: String,
    }
    let sql = "select id, name from account";
    let rows = Name::find_by_statement(statement(db, sql, []))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
