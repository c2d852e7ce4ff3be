//! The SQL that lists the imports.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::Batch;
use crate::database::statement;

pub(super) async fn list(db: &impl ConnectionTrait) -> Result<Vec<Batch>, DbErr> {
    let sql = "select id, format, file_name, as_of, imported_at, source_rows, undone_at
               from import_batch order by id desc";
    Batch::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}
