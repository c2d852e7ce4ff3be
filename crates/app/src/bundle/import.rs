//! Takes a bundle: proves it, then makes the directory here what the bundle says, all of it in one transaction or nothing.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, Utc};
use keniki_base::text::{address_key, fold, name_key, phone_key};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, Value};

use super::file::{self, Proved};
use super::key::PublicKey;
use super::manifest::Manifest;
use super::queries::{self, NewBundle, TAKEN};
use super::row::{self, Cells};
use super::table::{Kind, TABLES, Table};
use super::{BundleError, trust};
use crate::account::By;
use crate::account::policy::{Deed, Object};
use crate::audit::{self, Event, Outcome};
use crate::database::{self, Lock, instant};
use crate::directory::search::index;
use crate::import::queries::last_id;
use crate::sheet::read::refusal;

/// What came of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its number.
    pub serial: i64,
    /// ISO instant at which it was made.
    pub made_at: String,
    /// Services in it.
    pub n_services: u64,
    /// Of them, met for the first time.
    pub n_new: u64,
    /// Services that it no longer has, closed now.
    pub n_closed: u64,
}

/// Takes the file at `path`, an action of its own; a file that is refused is put on record too.
pub async fn take(
    db: &DatabaseConnection,
    by: &By,
    path: &Path,
    now: DateTime<Utc>,
) -> Result<Taken, BundleError> {
    by.authorize(Deed::ImportBundle, &Object::new("bundle", 0))?;
    let taken = try_to_take(db, by, path, now).await;
    if let Err(error) = &taken
        && let Some(code) = error.code()
    {
        let event = Event {
            outcome: Outcome::Refused,
            note: Some(code),
            ..Event::done(Deed::ImportBundle.code(), "bundle", 0)
        };
        database::write(db, async |tx| audit::record(tx, by, event, now).await).await?;
    }
    taken
}

async fn try_to_take(
    db: &DatabaseConnection,
    by: &By,
    path: &Path,
    now: DateTime<Utc>,
) -> Result<Taken, BundleError> {
    let bytes = read(path)?;
    database::write(db, async |tx| {
        database::lock(tx, Lock::Directory).await?;
        let keys = trust::keys(tx).await?.into_iter();
        let trusted = keys.filter(|key| key.distrusted_at.is_none());
        let trusted: Vec<PublicKey> = trusted
            .filter_map(|key| PublicKey::of_digits(&key.public_key))
            .collect();
        let Proved { manifest, contents } = file::unpack(&bytes, &trusted)?;
        follows(tx, &manifest).await?;
        let taken = mirror(tx, &manifest, &contents, now).await?;
        record(tx, by, &manifest, now).await?;
        Ok(taken)
    })
    .await
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    let not_read = |cause: std::io::Error| BundleError::NotRead {
        path: path.to_owned(),
        cause: refusal(&cause),
    };
    let file = std::fs::File::open(path).map_err(not_read)?;
    let mut bytes = Vec::new();
    file.take(file::FILE_MOST + 1)
        .read_to_end(&mut bytes)
        .map_err(not_read)?;
    match bytes.len() as u64 > file::FILE_MOST {
        true => Err(file::too_large(file::FILE_MOST)),
        false => Ok(bytes),
    }
}

/// Newer than all before, from the same house, and into a directory that only bundles write.
async fn follows(tx: &DatabaseTransaction, manifest: &Manifest) -> Result<(), BundleError> {
    let serial = manifest.serial;
    if let Some(last) = queries::last_number_taken(tx).await?
        && serial <= last
    {
        return Err(BundleError::Replayed { serial, last });
    }
    let house = queries::mirrored_house(tx).await?;
    if house.is_some_and(|house| house != manifest.house) {
        return Err(BundleError::OtherHouse);
    }
    match queries::own_list(tx).await? {
        Some(batch) => Err(BundleError::OwnLists(batch)),
        None => Ok(()),
    }
}

async fn record(
    tx: &DatabaseTransaction,
    by: &By,
    manifest: &Manifest,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let bundle = NewBundle {
        direction: TAKEN,
        public_key: &manifest.public_key,
        serial: manifest.serial,
        house: &manifest.house,
        made_at: &manifest.made_at,
        taken_at: Some(&instant(now)),
    };
    queries::insert_bundle(tx, &bundle).await?;
    let event = Event::done(Deed::ImportBundle.code(), "bundle", manifest.serial);
    audit::record(tx, by, event, now).await
}

/// Our numbers of the rows of one table of theirs.
struct Numbers {
    /// All that were ever met, and whether this bundle has them.
    own: HashMap<i64, (i64, bool)>,
    last: i64,
    fresh: Vec<(i64, i64)>,
}

impl Numbers {
    /// The number of a row that this bundle has, given out where it is new; none: it was there before in this bundle.
    fn meet(&mut self, their: i64) -> Option<i64> {
        if let Some((own, is_here)) = self.own.get_mut(&their) {
            return (!std::mem::replace(is_here, true)).then_some(*own);
        }
        self.last += 1;
        self.own.insert(their, (self.last, true));
        self.fresh.push((their, self.last));
        Some(self.last)
    }

    /// The number of a row that stands before in this bundle.
    fn of(&self, their: i64) -> Option<i64> {
        let (own, is_here) = self.own.get(&their)?;
        is_here.then_some(*own)
    }

    /// The rows that this bundle has, or has no longer.
    fn ids(&self, is_here: bool) -> Vec<i64> {
        let some = self.own.values().filter(|(_, here)| *here == is_here);
        let mut ids: Vec<i64> = some.map(|(own, _)| *own).collect();
        ids.sort_unstable();
        ids
    }
}

type AllNumbers = HashMap<&'static str, Numbers>;

async fn mirror(
    tx: &DatabaseTransaction,
    manifest: &Manifest,
    contents: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<Taken, BundleError> {
    let mut numbers = AllNumbers::new();
    for table in &TABLES {
        match table.is_numbered() {
            true => drop(numbers.insert(table.name, load(tx, table.name).await?)),
            false => queries::delete_all(tx, table).await?,
        }
    }
    for (table, content) in TABLES.iter().zip(contents) {
        let values = values(table, content, &mut numbers)?;
        queries::put_rows(tx, table, values).await?;
    }
    let mut n_closed = 0;
    for table in &TABLES {
        let Some(numbers) = numbers.get(table.name) else {
            continue;
        };
        queries::insert_known_rows(tx, table.name, &numbers.fresh).await?;
        let ended = queries::end_rows(tx, table, &numbers.ids(false), &instant(now)).await?;
        if table.name == "service" {
            n_closed = ended;
        }
    }
    let services = &numbers["service"];
    index::put(tx, &services.ids(true)).await?;
    index::remove(tx, &services.ids(false)).await?;
    Ok(Taken {
        serial: manifest.serial,
        made_at: manifest.made_at.clone(),
        n_services: services.ids(true).len() as u64,
        n_new: services.fresh.len() as u64,
        n_closed,
    })
}

async fn load(tx: &DatabaseTransaction, table: &'static str) -> Result<Numbers, DbErr> {
    let known = queries::known_rows(tx, table).await?.into_iter();
    Ok(Numbers {
        own: known.map(|(their, own)| (their, (own, false))).collect(),
        last: last_id(tx, table).await?,
        fresh: Vec::new(),
    })
}

/// The rows of a member, one after the other, as [`queries::put_rows`] takes them.
fn values(
    table: &'static Table,
    content: &[u8],
    numbers: &mut AllNumbers,
) -> Result<Vec<Value>, BundleError> {
    let wrong = |line: usize, cause: String| BundleError::WrongRow {
        member: file::member_name(table.name),
        line,
        cause,
    };
    let text =
        std::str::from_utf8(content).map_err(|_| wrong(1, "UTF-8ではありません".to_owned()))?;
    let mut values = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let row = row::cells(table, line).and_then(|cells| {
            let mut row = told(table, &cells, numbers)?;
            row.extend(derived(table, &cells, numbers, number)?);
            Ok(row)
        });
        values.extend(row.map_err(|cause| wrong(number, cause))?);
    }
    Ok(values)
}

fn told(
    table: &'static Table,
    cells: &Cells,
    numbers: &mut AllNumbers,
) -> Result<Vec<Value>, String> {
    let mut out = Vec::with_capacity(table.columns.len() + table.derived.len());
    for column in table.columns {
        out.push(match column.kind {
            Kind::Own => meet(table, cells, numbers)?.into(),
            Kind::Of(other) => number_of(cells, column.name, &numbers[other])?.into(),
            Kind::Text | Kind::Integer | Kind::Decimal | Kind::Flag | Kind::Said => {
                row::value(cells, column)?
            }
        });
    }
    Ok(out)
}

fn meet(table: &Table, cells: &Cells, numbers: &mut AllNumbers) -> Result<Option<i64>, String> {
    let (Some(their), Some(numbers)) = (row::integer(cells, "id")?, numbers.get_mut(table.name))
    else {
        return Ok(None);
    };
    let own = numbers.meet(their);
    own.map(Some)
        .ok_or_else(|| format!("id {their} が二度あります"))
}

fn number_of(cells: &Cells, column: &str, numbers: &Numbers) -> Result<Option<i64>, String> {
    let Some(their) = row::integer(cells, column)? else {
        return Ok(None);
    };
    let own = numbers.of(their);
    own.map(Some)
        .ok_or_else(|| format!("{column} {their} の行がありません"))
}

/// What the table has beside the bundle's columns, in the order of [`Table::derived`].
fn derived(
    table: &Table,
    cells: &Cells,
    numbers: &AllNumbers,
    number: usize,
) -> Result<Vec<Value>, String> {
    let text = |name| row::text(cells, name);
    let name = text("name")?.unwrap_or_default();
    Ok(match table.name {
        "import_batch" => {
            let unknown: Option<String> = None;
            vec![
                "".into(),
                "keniki bundle".into(),
                0_i64.into(),
                "{}".into(),
                unknown.into(),
            ]
        }
        "import_batch_scope" => vec![0_i64.into()],
        "organization" => vec![fold(name).into()],
        "site" => vec![
            name_key(name).into(),
            text("address")?
                .map(|address| address_key(address).key())
                .into(),
            text("phone")?.and_then(phone_key).into(),
        ],
        "source_record" => {
            let seen = number_of(cells, "seen_batch_id", &numbers["import_batch"])?;
            vec![
                (number as i64).into(),
                1_i64.into(),
                seen.into(),
                seen.into(),
            ]
        }
        _ => Vec::new(),
    })
}
