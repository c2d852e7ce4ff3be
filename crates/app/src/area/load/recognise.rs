//! Which of the files in a folder tell of areas, by what stands in them, and in which order they are loaded.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::file::{bytes, file_name};
use super::{LoadError, Progress};
use crate::area::source::{Columns, FORMATS, Format, N_STRUCTURE, POSITIONS, boundary, town_list};
use crate::sheet::read::{Row, rows};

/// A recognised file.
pub(super) enum Kind {
    Table(&'static Format),
    /// How early it is loaded: what comes first gives the outlines that later files of the same day have too.
    Boundary(u64),
    Towns,
}

pub(super) struct Found {
    pub path: PathBuf,
    pub name: String,
    pub kind: Kind,
}

/// A file that is not loaded.
#[derive(Default)]
struct Unknown {
    /// Whether it lacks little of a known format.
    is_near: bool,
    /// A Japanese sentence on what it has and lacks.
    why: String,
}

/// So many rows from the top are searched for a header.
pub(super) const HEAD_ROWS: usize = 12;

/// Finds the files and what they are, in the order in which they are to be loaded, and counts the others.
pub(super) fn recognise(
    folder: &Path,
    progress: &mut impl FnMut(Progress<'_>),
) -> Result<(Vec<Found>, usize), LoadError> {
    let mut paths = Vec::new();
    walk(folder, &mut paths)?;
    let (mut found, mut nearest, mut n_passed_over) = (Vec::new(), String::new(), 0);
    for path in paths {
        let name = path
            .strip_prefix(folder)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        let name = if name.is_empty() {
            file_name(&path)
        } else {
            name
        };
        match kind_of(&path).map_err(|error| with_file(error, &name))? {
            Ok(kind) => found.push(Found { path, name, kind }),
            Err(Unknown { is_near, why }) => {
                n_passed_over += 1;
                if is_near {
                    progress(Progress::PassedOver {
                        file: &name,
                        why: &why,
                    });
                }
                if is_near || nearest.is_empty() {
                    nearest = why;
                }
            }
        }
    }
    let kinds: BTreeSet<&str> = found
        .iter()
        .filter_map(|file| table_kind(&file.kind))
        .collect();
    let said_by_originals = |file: &Found| match &file.kind {
        Kind::Table(format) => {
            !format.derived_from.is_empty()
                && format.derived_from.iter().all(|kind| kinds.contains(kind))
        }
        Kind::Boundary(_) | Kind::Towns => false,
    };
    let (twice, mut found): (Vec<_>, Vec<_>) = found.into_iter().partition(said_by_originals);
    for file in twice {
        progress(Progress::PassedOver {
            file: &file.name,
            why: "同じ内容の別のファイルを読むので、読みません。",
        });
    }
    if found.is_empty() {
        return Err(LoadError::Nothing {
            path: folder.to_owned(),
            nearest,
        });
    }
    found.sort_by_cached_key(|file| (rank(&file.kind), file.name.clone()));
    Ok((found, n_passed_over))
}

fn walk(path: &Path, paths: &mut Vec<PathBuf>) -> Result<(), LoadError> {
    let open = |cause| LoadError::Open {
        path: path.to_owned(),
        cause,
    };
    if !path.is_dir() {
        std::fs::metadata(path).map_err(open)?;
        paths.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
        .and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect()
        })
        .map_err(open)?;
    entries.sort();
    entries.iter().try_for_each(|entry| walk(entry, paths))
}

/// What the file is; else a sentence on what it lacks, where it is near to something.
fn kind_of(path: &Path) -> Result<Result<Kind, Unknown>, LoadError> {
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
        .to_lowercase();
    match extension.as_str() {
        "csv" | "xlsx" => table_of(path),
        "json" | "geojson" | "topojson" => {
            let text = bytes(path)?;
            let size = text.len() as u64;
            Ok(match boundary::has_municipalities(&text) {
                // Prefectures alone are simpler; the nation's file holds what each prefecture's does.
                Some(false) => Ok(Kind::Boundary(0)),
                Some(true) => Ok(Kind::Boundary(u64::MAX - size)),
                None if town_list::is_one(&text) => Ok(Kind::Towns),
                None => Err(Unknown::default()),
            })
        }
        _ => Ok(Err(Unknown::default())),
    }
}

fn table_of(path: &Path) -> Result<Result<Kind, Unknown>, LoadError> {
    let mut head: Vec<Row> = Vec::new();
    rows(path, |row| {
        head.push(row);
        head.len() < HEAD_ROWS
    })
    .map_err(|error| LoadError::Sheet {
        file: String::new(),
        error,
    })?;
    let formats = || FORMATS.into_iter().chain([POSITIONS]);
    if let Some(format) = formats().find(|format| Columns::find(&head, format.columns).is_some()) {
        return Ok(Ok(Kind::Table(format)));
    }
    let nearest = formats()
        .flat_map(|format| Columns::candidates(&head).map(move |columns| (format, columns)))
        .map(|(format, columns)| {
            let missing: Vec<&str> = format
                .columns
                .iter()
                .copied()
                .filter(|name| !columns.index.contains_key(*name))
                .collect();
            (format, missing)
        })
        .filter(|(format, missing)| missing.len() * 4 <= format.columns.len())
        .min_by_key(|(_, missing)| missing.len());
    let is_near = nearest.is_some();
    let near = nearest.map(|(format, missing)| {
        format!(
            "「{}」に近い表ですが、列「{}」がありません。",
            format.title,
            missing.join("」「")
        )
    });
    let why = format!(
        "{}見出しは「{}」です。",
        near.unwrap_or_default(),
        headings(&head)
    );
    Ok(Err(Unknown { is_near, why }))
}

/// The headings of the row near the top that has most of them.
fn headings(head: &[Row]) -> String {
    let filled = |row: &&Row| {
        row.cells
            .iter()
            .filter(|cell| !cell.trim().is_empty())
            .count()
    };
    head.iter()
        .rev()
        .max_by_key(filled)
        .map_or_else(String::new, |row| row.cells.join("」「"))
}

fn table_kind(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Table(format) => Some(format.kind),
        Kind::Boundary(_) | Kind::Towns => None,
    }
}

/// Areas, then boundaries (which tell who touches whom), then numbers, then towns.
fn rank(kind: &Kind) -> (usize, u64) {
    match kind {
        Kind::Boundary(order) => (N_STRUCTURE, *order),
        Kind::Towns => (usize::MAX, 0),
        Kind::Table(format) => FORMATS
            .iter()
            .position(|known| known.columns == format.columns)
            .map_or((usize::MAX, 0), |at| {
                (at + usize::from(at >= N_STRUCTURE), 0)
            }),
    }
}

/// Whether a file says which areas there are, and no numbers.
pub(super) fn is_structure(file: &Found) -> bool {
    rank(&file.kind).0 < N_STRUCTURE
}

fn with_file(error: LoadError, name: &str) -> LoadError {
    match error {
        LoadError::Sheet { error, .. } => LoadError::Sheet {
            file: name.to_owned(),
            error,
        },
        other => other,
    }
}
