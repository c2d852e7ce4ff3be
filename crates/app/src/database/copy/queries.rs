//! The SQL of copying a SQLite database.

use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

use crate::database::statement;

/// Writes what the database holds at this moment to a new file, without its free pages.
pub(super) async fn copy_into(db: &DatabaseConnection, to: &Path) -> Result<(), DbErr> {
    let to = to.display().to_string();
    db.execute_raw(statement(db, "vacuum into $1", [to.into()]))
        .await?;
    Ok(())
}

/// What is wrong with the file in the engine's words; none: it is sound.
pub(super) async fn fault(db: &DatabaseConnection) -> Result<Option<String>, DbErr> {
    let row = db
        .query_one_raw(statement(db, "pragma integrity_check(1)", []))
        .await?;
    let word: String = row.map_or(Ok(String::new()), |row| row.try_get_by_index(0))?;
    Ok((word != "ok").then_some(word))
}
