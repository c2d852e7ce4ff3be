//! Applies `migrations/*.sql` in the order of their numbers, once each, on either engine.
//!
//! `NNNN_name.sql` serves both engines; where they must differ the pair `NNNN_name.sqlite.sql` and
//! `NNNN_name.postgres.sql` stands in its place. `{id}` is the type of a 64-bit primary key, `{identity}` of one that
//! the engine counts up itself and never gives out twice; `{clustered}` keeps a table in the order of its key where the
//! engine can. `{bytes}` holds a file.

use include_dir::{Dir, include_dir};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr};

use super::DatabaseError;
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");

/// Applies what is pending.
pub async fn up(db: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(db, None).await
}

/// How many migrations the database lacks; one that has more than this program knows is refused.
pub async fn pending(db: &DatabaseConnection) -> Result<usize, DatabaseError> {
    let known = names();
    let applied = Migrator::get_migration_models(db).await?;
    if let Some(newer) = applied.iter().find(|it| !known.contains(&it.version)) {
        return Err(DatabaseError::Newer(newer.version.clone()));
    }
    Ok(known.len() - applied.len())
}

/// The newest migration that the database has; none: it is empty.
pub async fn newest(db: &DatabaseConnection) -> Result<Option<String>, DbErr> {
    let applied = Migrator::get_migration_models(db).await?;
    Ok(applied.into_iter().map(|it| it.version).max())
}

/// Applies only the first `steps` pending ones, so that a test can fill a database between two versions.
pub async fn up_by(db: &DatabaseConnection, steps: u32) -> Result<(), DbErr> {
    Migrator::up(db, Some(steps)).await
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        names()
            .into_iter()
            .map(|name| Box::new(SqlFile { name }) as Box<dyn MigrationTrait>)
            .collect()
    }
}

struct SqlFile {
    name: String,
}

impl MigrationName for SqlFile {
    fn name(&self) -> &str {
        &self.name
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for SqlFile {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let sql = text(&self.name, connection.get_database_backend())?;
        connection.execute_unprepared(&sql).await?;
        Ok(())
    }
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = FILES
        .files()
        .filter_map(|file| file.path().file_name()?.to_str())
        .filter_map(|file| file.split('.').next().map(str::to_owned))
        .collect();
    names.sort();
    names.dedup();
    names
}

fn text(name: &str, engine: DatabaseBackend) -> Result<String, DbErr> {
    let (suffix, id, identity, clustered, bytes) = match engine {
        DatabaseBackend::Sqlite => (
            "sqlite",
            "integer primary key",
            "integer primary key autoincrement",
            "without rowid",
            "blob",
        ),
        _ => (
            "postgres",
            "bigint primary key",
            "bigint generated always as identity primary key",
            "",
            "bytea",
        ),
    };
    [format!("{name}.sql"), format!("{name}.{suffix}.sql")]
        .iter()
        .find_map(|file| FILES.get_file(file)?.contents_utf8())
        .map(|sql| {
            sql.replace("{id}", id)
                .replace("{identity}", identity)
                .replace("{clustered}", clustered)
                .replace("{bytes}", bytes)
        })
        .ok_or_else(|| DbErr::Custom(format!("migration {name} has no text for {suffix}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_has_a_text_for_both_engines() {
        for name in names() {
            for engine in [DatabaseBackend::Sqlite, DatabaseBackend::Postgres] {
                assert!(text(&name, engine).is_ok(), "{name} for {engine:?}");
            }
        }
    }
}
