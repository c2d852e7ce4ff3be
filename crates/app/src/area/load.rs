//! Loads areas from a folder of publishers' files: recognises each, reads it, and writes it in a transaction
//! of its own. Loading the same again changes nothing; a load cut off leaves whole files or none of a file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use keniki_base::code::{AreaRef, PrefectureCode};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

use self::file::{bytes, file_name, sha256};
use self::recognise::{Found, HEAD_ROWS, Kind, is_structure, recognise};
use super::boundary::{BoundaryError, Topology};
use super::municipality::{Leaf, Matcher};
use super::record::{self, Source};
use super::set;
use super::source::{Batch, Columns, Format, Known, Reading, WrongCell, boundary, town_list};
use crate::account::By;
use crate::account::policy::Deed;
use crate::audit::{self, Event};
use crate::database::begin_write;
use crate::sheet::read::{Row, SheetError, refusal, rows};

mod file;
mod queries;
mod recognise;

/// How much of the country to load: the names of all areas always, the numbers, outlines and towns of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Nation,
    /// One prefecture.
    Prefecture(PrefectureCode),
    /// The prefectures of an area and of those that touch it; it becomes the home area.
    Area(AreaRef),
}

/// How far loading has come, and what happens to a file.
#[derive(Debug)]
pub enum Progress<'a> {
    /// So many files will be loaded.
    Found {
        /// Number of files.
        n_files: usize,
    },
    /// It was written.
    Loaded {
        /// Its path below the folder.
        file: &'a str,
        /// The title of what it is.
        title: &'a str,
        /// Rows of the database that changed.
        changed: u64,
        /// What was passed over in it.
        notes: &'a [String],
    },
    /// It was not read.
    PassedOver {
        /// Its path below the folder.
        file: &'a str,
        /// A Japanese sentence.
        why: &'a str,
    },
}

/// What was loaded.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files written.
    pub n_files: usize,
    /// Files that are not about areas.
    pub n_passed_over: usize,
    /// Rows of the database that changed.
    pub changed: u64,
}

/// Why loading stopped. `Display` is a Japanese sentence; files before the named one are loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder or a file in it.
    #[error("{}を開けません（{}）。場所と読み取りの権限を確かめてください。", .path.display(), refusal(.cause))]
    Open {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        cause: std::io::Error,
    },
    /// No file of a known format.
    #[error(
        "{path}に圏域のデータが見つかりません。{nearest}読めるファイルは docs/data.md にあります。"
    )]
    Nothing {
        /// The folder or file.
        path: PathBuf,
        /// What the nearest file has and lacks; may be empty.
        nearest: String,
    },
    /// A table that cannot be read at all.
    #[error("{file}: {error}")]
    Sheet {
        /// Its path below the folder.
        file: String,
        /// Why.
        error: SheetError,
    },
    /// A value that cannot be.
    #[error("{file}の{error}")]
    Cell {
        /// Its path below the folder.
        file: String,
        /// Which, and what to do.
        error: Box<WrongCell>,
    },
    /// Boundaries that cannot be read.
    #[error("{file}: {error}")]
    Boundary {
        /// Its path below the folder.
        file: String,
        /// Why.
        error: BoundaryError,
    },
    /// A code of no area.
    #[error(
        "コード「{0}」の圏域はありません。都道府県（2桁）、二次医療圏（4桁）、市区町村（5桁か6桁）のコードを確かめてください。"
    )]
    NoSuchArea(AreaRef),
    /// The database's own.
    #[error("データベースに書けません: {0}")]
    Database(#[from] DbErr),
}

/// Loads every recognised file below `folder` (or the one file it is).
///
/// # Errors
/// [`LoadError`]; what was loaded before the file it names stays.
pub async fn load(
    db: &DatabaseConnection,
    folder: &Path,
    scope: Scope,
    by: &By,
    now: DateTime<Utc>,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Summary, LoadError> {
    let (found, n_passed_over) = recognise(folder, &mut progress)?;
    progress(Progress::Found {
        n_files: found.len(),
    });
    let mut summary = Summary {
        n_passed_over,
        ..Summary::default()
    };
    let mut known = queries::known(db).await?;
    let mut checked = false;
    for file in &found {
        if !checked && !is_structure(file) {
            check_scope(scope, &known)?;
            checked = true;
        }
        let Some((source, batch)) = read(file, &known, &mut progress)? else {
            continue;
        };
        let tx = begin_write(db).await?;
        let (id, changed) = write(&tx, &source, &batch, scope, &known, now).await?;
        if changed > 0 {
            let event = Event::done(Deed::LoadArea.code(), "source_file", id);
            audit::record(&tx, by, event, now).await?;
        }
        tx.commit().await?;
        summary.n_files += 1;
        summary.changed += changed;
        let progress_line = Progress::Loaded {
            file: &file.name,
            title: &source.title,
            changed,
            notes: &batch.notes,
        };
        progress(progress_line);
        // Lists of towns, of which there are many, change nothing that another file needs to know.
        if batch.towns.is_empty() {
            known = queries::known(db).await?;
        }
    }
    check_scope(scope, &known)?;
    if let Scope::Area(area) = scope {
        let tx = begin_write(db).await?;
        summary.changed += record::set_home(&tx, &area.to_string()).await?;
        tx.commit().await?;
    }
    Ok(summary)
}

fn check_scope(scope: Scope, known: &Known) -> Result<(), LoadError> {
    let exists = match scope {
        Scope::Nation | Scope::Prefecture(_) => true,
        Scope::Area(AreaRef::Municipality(code)) => known.names.contains_key(&code),
        Scope::Area(AreaRef::Prefecture(code)) => known.prefectures.contains_key(code.as_str()),
        Scope::Area(AreaRef::MedicalArea(code)) => known
            .members
            .get(set::MEDICAL_AREA)
            .is_some_and(|areas| areas.contains_key(code.as_str())),
    };
    match scope {
        Scope::Area(area) if !exists => Err(LoadError::NoSuchArea(area)),
        _ => Ok(()),
    }
}

/// Reads a file; `None` for one that turns out to be about nothing known.
fn read(
    file: &Found,
    known: &Known,
    progress: &mut impl FnMut(Progress<'_>),
) -> Result<Option<(Source, Batch)>, LoadError> {
    let name = file_name(&file.path);
    let (kind, title, publisher, mut batch) = match &file.kind {
        Kind::Table(format) => {
            let batch = read_table(file, &name, format, known)?;
            (format.kind, format.title, format.publisher, batch)
        }
        Kind::Boundary(_) => {
            let topology =
                Topology::read(&bytes(&file.path)?).map_err(|error| LoadError::Boundary {
                    file: file.name.clone(),
                    error,
                })?;
            let batch = boundary::read(&topology, boundary::day_in(&name), known);
            (boundary::KIND, boundary::TITLE, boundary::PUBLISHER, batch)
        }
        Kind::Towns => {
            let Some(municipality) = town_list::municipality(&file.path, &matcher(known)) else {
                progress(Progress::PassedOver {
                    file: &file.name,
                    why: "どの市区町村の町字か分かりません。「都道府県名/市区町村名.json」に置いてください。",
                });
                return Ok(None);
            };
            let batch = town_list::read(&bytes(&file.path)?, municipality).map_err(|error| {
                LoadError::Boundary {
                    file: file.name.clone(),
                    error: error.into(),
                }
            })?;
            (
                town_list::KIND,
                town_list::TITLE,
                town_list::PUBLISHER,
                batch,
            )
        }
    };
    let source = Source {
        kind: kind.to_owned(),
        title: title.to_owned(),
        publisher: publisher.to_owned(),
        file_name: name,
        sha256: sha256(&file.path)?,
        as_of: batch.as_of.take(),
    };
    Ok(Some((source, batch)))
}

fn read_table(
    file: &Found,
    file_name: &str,
    format: &Format,
    known: &Known,
) -> Result<Batch, LoadError> {
    let mut all: Vec<Row> = Vec::new();
    let sheets = rows(&file.path, |row| {
        all.push(row);
        true
    })
    .map_err(|error| LoadError::Sheet {
        file: file.name.clone(),
        error,
    })?;
    let head = &all[..all.len().min(HEAD_ROWS)];
    let columns = Columns::find(head, format.columns).ok_or_else(|| LoadError::Nothing {
        path: file.path.clone(),
        nearest: String::new(),
    })?;
    let reading = Reading {
        file_name,
        sheets: &sheets,
        rows: &all,
        columns,
        known,
    };
    (format.read)(&reading).map_err(|error| LoadError::Cell {
        file: file.name.clone(),
        error: Box::new(error),
    })
}

fn matcher(known: &Known) -> Matcher {
    let leaves = known.names.iter().map(|(code, name)| Leaf {
        code: *code,
        name: name.clone(),
        is_current: !known
            .successions
            .iter()
            .any(|group| group.old.contains(code)),
    });
    Matcher::new([], leaves)
}

/// Writes what one file brought; answers the file's number and how many rows changed.
async fn write<C: ConnectionTrait>(
    tx: &C,
    source: &Source,
    batch: &Batch,
    scope: Scope,
    known: &Known,
    now: DateTime<Utc>,
) -> Result<(i64, u64), LoadError> {
    let source_id = record::put_source(tx, source, now).await?;
    let mut changed = record::put_successions(tx, &batch.successions).await?;
    changed += record::put_sets(tx, &batch.sets).await?;
    changed += record::put_areas(tx, &batch.areas).await?;
    changed += record::add_areas(tx, &batch.new_areas).await?;
    for (set, pairs) in &batch.neighbors {
        changed += record::put_neighbors(tx, set, pairs).await?;
    }
    let wanted = wanted_prefectures(tx, scope).await?;
    let is_wanted = |set: &str, code: &str| match (&wanted, boundary::prefecture_of(code)) {
        (Some(wanted), Some(prefecture)) if set != set::PREFECTURE && set != set::NATION => {
            wanted.contains(&prefecture)
        }
        _ => true,
    };
    let outlines: Vec<_> = batch
        .outlines
        .iter()
        .filter(|drawn| is_wanted(&drawn.set, &drawn.code))
        .filter(|drawn| {
            boundary::is_newer(known, (&drawn.set, &drawn.code), source.as_of, source_id)
        })
        .cloned()
        .collect();
    changed += record::put_outlines(tx, source_id, &outlines).await?;
    let towns: Vec<_> = batch
        .towns
        .iter()
        .filter(|town| is_wanted(set::MUNICIPALITY, town.municipality.as_str()))
        .cloned()
        .collect();
    changed += record::put_towns(tx, source_id, &towns).await?;
    let observations: Vec<_> = batch
        .observations
        .iter()
        .filter(|seen| is_wanted(&seen.set, &seen.code))
        .cloned()
        .collect();
    changed += record::put_observations(tx, source_id, &observations).await?;
    Ok((source_id, changed))
}

/// The prefectures whose numbers are loaded; `None`: all.
async fn wanted_prefectures<C: ConnectionTrait>(
    tx: &C,
    scope: Scope,
) -> Result<Option<BTreeSet<PrefectureCode>>, DbErr> {
    let area = match scope {
        Scope::Nation => return Ok(None),
        Scope::Prefecture(prefecture) => return Ok(Some(BTreeSet::from([prefecture]))),
        Scope::Area(area) => area,
    };
    let set = match area {
        AreaRef::Prefecture(_) => set::PREFECTURE,
        AreaRef::MedicalArea(_) => set::MEDICAL_AREA,
        AreaRef::Municipality(_) => set::MUNICIPALITY,
    };
    let neighbors = queries::neighbors(tx, set, &area.to_string()).await?;
    let mut wanted: BTreeSet<PrefectureCode> = neighbors
        .iter()
        .filter_map(|code| boundary::prefecture_of(code))
        .collect();
    wanted.insert(area.prefecture());
    Ok(Some(wanted))
}

#[cfg(test)]
mod tests;
