//! Writes the directory into a signed file, under the next number.

use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::key::PrivateKey;
use super::manifest::{Manifest, VERSION};
use super::queries::{self, MADE, NewBundle};
use super::table::TABLES;
use super::{BundleError, file, row};
use crate::account::By;
use crate::account::policy::{Deed, Object};
use crate::audit::{self, Event};
use crate::database::{self, Lock, instant, migration};
use crate::digest::hex_of;
use crate::sheet::read::refusal;

/// Where a bundle goes, and who signs it.
pub struct Order<'a> {
    /// A file that is not there yet.
    pub to: &'a Path,
    /// What signs.
    pub key: &'a PrivateKey,
    /// The number goes beyond this one, where the database was put back to an older copy.
    pub after: i64,
    /// Names the database, the first time.
    pub chance: &'a dyn Chance,
}

/// A bundle that lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its number.
    pub serial: i64,
    /// Bytes of the file.
    pub n_bytes: u64,
    /// Rows of each table.
    pub n_rows: Vec<(&'static str, u64)>,
}

/// Makes the next bundle; the file has its name only once it is whole and on record.
pub async fn export(
    db: &DatabaseConnection,
    by: &By,
    order: &Order<'_>,
    now: DateTime<Utc>,
) -> Result<Made, BundleError> {
    by.authorize(Deed::ExportBundle, &Object::new("bundle", 0))?;
    if order.to.exists() {
        return Err(BundleError::Exists(order.to.to_owned()));
    }
    let schema = migration::newest(db).await?;
    let partial = partial(order.to);
    let made = database::write(db, async |tx| {
        database::lock(tx, Lock::Directory).await?;
        let (manifest, contents) = content(tx, order, schema, now).await?;
        file::fits(&manifest)?;
        record(tx, by, &manifest, now).await?;
        let packed = file::pack(&manifest, order.key, &contents);
        let bytes = packed.map_err(|error| not_written(order.to, error.to_string()))?;
        if bytes.len() as u64 > file::FILE_MOST {
            return Err(file::too_large(file::FILE_MOST));
        }
        write(&partial, &bytes).map_err(|cause| not_written(order.to, refusal(&cause)))?;
        Ok(Made {
            serial: manifest.serial,
            n_bytes: bytes.len() as u64,
            n_rows: n_rows(&manifest),
        })
    })
    .await;
    let named = made.and_then(|made| {
        let named = std::fs::rename(&partial, order.to);
        named.map_err(|cause| not_written(order.to, refusal(&cause)))?;
        Ok(made)
    });
    if named.is_err() {
        // What is not there need not go.
        let _ = std::fs::remove_file(&partial);
    }
    named
}

async fn content(
    tx: &DatabaseTransaction,
    order: &Order<'_>,
    schema: Option<String>,
    now: DateTime<Utc>,
) -> Result<(Manifest, Vec<Vec<u8>>), BundleError> {
    let (mut members, mut contents) = (Vec::new(), Vec::new());
    for table in &TABLES {
        let rows = queries::rows(tx, table).await?;
        let lines: Vec<String> = rows
            .iter()
            .map(|row| row::line(table, row))
            .collect::<Result<_, _>>()?;
        let (member, bytes) = file::member(table.name, &lines);
        members.push(member);
        contents.push(bytes);
    }
    let last = queries::last_made(tx).await?;
    let manifest = Manifest {
        version: VERSION,
        serial: last.unwrap_or(0).max(order.after).saturating_add(1),
        made_at: instant(now),
        house: house(tx, order.chance).await?,
        area: queries::setting(tx, "home_area").await?,
        schema,
        public_key: order.key.public().digits().to_owned(),
        members,
    };
    Ok((manifest, contents))
}

/// What the numbers of the rows are numbers of: a database made anew from the same lists gives others.
async fn house(tx: &DatabaseTransaction, chance: &dyn Chance) -> Result<String, DbErr> {
    if let Some(house) = queries::setting(tx, "house").await? {
        return Ok(house);
    }
    let mut bytes = [0; 16];
    chance.fill(&mut bytes);
    let house = hex_of(&bytes);
    queries::put_house(tx, &house).await?;
    Ok(house)
}

async fn record(
    tx: &DatabaseTransaction,
    by: &By,
    manifest: &Manifest,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let bundle = NewBundle {
        direction: MADE,
        public_key: &manifest.public_key,
        serial: manifest.serial,
        house: &manifest.house,
        made_at: &manifest.made_at,
        taken_at: None,
    };
    queries::insert_bundle(tx, &bundle).await?;
    let event = Event::done(Deed::ExportBundle.code(), "bundle", manifest.serial);
    audit::record(tx, by, event, now).await
}

fn n_rows(manifest: &Manifest) -> Vec<(&'static str, u64)> {
    let members = TABLES.iter().zip(&manifest.members);
    members
        .map(|(table, member)| (table.name, member.n_rows))
        .collect()
}

fn partial(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn not_written(path: &Path, cause: String) -> BundleError {
    BundleError::NotWritten {
        path: path.to_owned(),
        cause,
    }
}
