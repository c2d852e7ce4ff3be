//! Imports one file: a reading thread, one write transaction, one batch; a trial run is the same and
//! rolled back.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use keniki_base::id::JobId;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use tokio::sync::mpsc;

use super::chunk::{Importer, Tally};
use super::queries::last_id;
use super::read_file::{self, Message, Unreadable};
use super::report::{FileReport, Records, grouped};
use super::write::Ids;
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::audit::{self, Event};
use crate::bundle::{self, IsMirror};
use crate::database::{self, Writer};
use crate::digest;
use crate::directory::proposal;
use crate::directory::search::index::Indexer;
use crate::directory::source::{Finding, Format, Reference, Sink};

mod queries;

use queries::NewBatch;

/// How a file is to be taken.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Try only: everything is done and rolled back.
    pub dry_run: bool,
    /// Write the good rows even where others are rejected; otherwise nothing of such a file.
    pub valid_rows_only: bool,
    /// The job that asks for it: its batch says so, and a second one is refused.
    pub job: Option<JobId>,
    /// The newest batch when the file was tried: where another one has come since, nothing is written.
    pub edition: Option<i64>,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Rows read and written so far.
    pub rows: u64,
}

/// Why an import could not go on; a file with problems is no error but a [`FileReport`].
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The engine's refusal; nothing of the file was written.
    #[error("データベースに書き込めません（{0}）。このファイルからは何も書き込んでいません。")]
    Database(#[from] DbErr),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Another batch was written since the file was tried.
    #[error(
        "確認のあとで、ほかの取込みが書き込まれました。変わるところが違っているかもしれないので、もう一度ファイルを選んで確かめてください。何も書き込んでいません。"
    )]
    Changed,
    /// Only bundles write the directory here.
    #[error(transparent)]
    Mirror(#[from] IsMirror),
    /// The reading thread broke off.
    #[error("ファイルの読取りが異常終了しました。このファイルからは何も書き込んでいません。")]
    Reader,
}

/// The order in which files given together are imported, whatever the order they were given in: first the
/// lists that have the most to know a place by. Files of one list keep their order, since a later edition
/// follows an earlier one.
pub fn in_turn(paths: &[PathBuf]) -> Vec<usize> {
    let turn = |path: &PathBuf| read_file::format_of(path).map_or(u8::MAX, Format::turn);
    let turns: Vec<u8> = paths.iter().map(turn).collect();
    let mut order: Vec<usize> = (0..paths.len()).collect();
    order.sort_by_key(|at| turns[*at]);
    order
}

/// Imports `path` on behalf of `by`, an action of its own: one transaction, one batch.
pub async fn import_file(
    db: &DatabaseConnection,
    reference: &Arc<Reference>,
    path: &Path,
    by: &By,
    options: Options,
    now: DateTime<Utc>,
    mut progress: impl FnMut(Progress),
) -> Result<FileReport, ImportError> {
    by.authorize(Deed::Import, &Object::new("import_batch", 0))?;
    let file = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    let (to, mut from) = mpsc::channel(1);
    let reading = {
        let (path, reference) = (path.to_owned(), Arc::clone(reference));
        tokio::task::spawn_blocking(move || read_file::read(&path, &reference, &to))
    };
    let Some(Message::Format(format, header_row)) = from.recv().await else {
        drop(from);
        return match reading.await.map_err(|_| ImportError::Reader)? {
            Err(unreadable) => Ok(refused(file, &unreadable)),
            Ok(_) => Err(ImportError::Reader),
        };
    };
    let sha256 = sha256_of(path).await;
    let tx = database::begin_write(db).await?;
    database::lock(&tx, database::Lock::Directory).await?;
    bundle::is_kept_here(&tx).await??;
    let newest = last_id(&tx, "import_batch").await?;
    if options.edition.is_some_and(|edition| edition != newest) {
        return Err(ImportError::Changed);
    }
    let batch = newest + 1;
    queries::insert_batch(
        &tx,
        &NewBatch {
            id: batch,
            format,
            file_name: &file,
            sha256: &sha256,
            imported_at: &database::instant(now),
            imported_by: &by.label(),
            job: options.job.map(i64::from),
        },
    )
    .await?;
    let last_site = last_id(&tx, "site").await?;
    let mut importer = Importer {
        ids: Ids::load(&tx).await?,
        indexer: Indexer::load(&tx).await?,
        writer: Writer::new(tx),
        places: &reference.places,
        batch,
        last_site,
        had_their_row: HashSet::new(),
        scopes: BTreeMap::new(),
        tally: Tally::default(),
    };
    let mut all = Sink::default();
    while let Some(message) = from.recv().await {
        let Message::Chunk(told, chunk) = message else {
            continue;
        };
        all.n_rows += chunk.n_rows;
        all.n_rejected += chunk.n_rejected;
        all.as_of = all.as_of.or(chunk.as_of);
        all.findings.extend(chunk.findings);
        all.findings.extend(importer.take(told).await?);
        progress(Progress { rows: all.n_rows });
    }
    let (tx, tally, scopes) = importer.end().await?;
    let sheets = match reading.await.map_err(|_| ImportError::Reader)? {
        Ok(sheets) => sheets,
        Err(unreadable) => {
            tx.rollback().await?;
            return Ok(refused(file, &unreadable));
        }
    };
    let outside_rows = tally.outside_rows;
    let mut report = report(file, format, options, tally, &all, &sheets);
    if let Some(home) = &reference.places.home {
        report.put_outside(&home.name, outside_rows);
    }
    report.header_row = Some(header_row);
    if all.n_rejected == 0 {
        let lists = gone(&tx, batch, &scopes).await?;
        report.put_gone(lists);
        let left_out = queries::lists_left_out(&tx, batch, &scopes).await?;
        report.put_left_out(&left_out);
    }
    report.proposed = proposal::of_lists(&tx, batch, now).await?;
    finish(&tx, batch, &scopes, &mut report, options).await?;
    if report.written {
        let event = Event::done(Deed::Import.code(), "import_batch", batch);
        audit::record(&tx, by, event, now).await?;
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(report)
}

/// Records of each list in this file that the file no longer has, beside the rows that it has.
async fn gone(
    tx: &DatabaseTransaction,
    batch: i64,
    scopes: &BTreeMap<String, u64>,
) -> Result<Vec<(Vec<String>, u64)>, DbErr> {
    let mut out = Vec::new();
    for (scope, rows) in scopes {
        out.push((queries::mark_gone(tx, batch, scope).await?, *rows));
    }
    Ok(out)
}

async fn finish(
    tx: &DatabaseTransaction,
    batch: i64,
    scopes: &BTreeMap<String, u64>,
    report: &mut FileReport,
    options: Options,
) -> Result<(), DbErr> {
    report.written = !options.dry_run && !report.is_refused(options.valid_rows_only);
    report.batch = report.written.then_some(batch);
    let json = serde_json::to_string(&report).unwrap_or_default();
    let as_of = report.as_of.as_deref();
    queries::finish_batch(tx, batch, scopes, as_of, report.rows, &json).await
}

fn report(
    file: String,
    format: Format,
    options: Options,
    tally: Tally,
    all: &Sink,
    sheets: &[String],
) -> FileReport {
    let findings: &[Finding] = &all.findings;
    let (warnings, errors) = grouped(findings, sheets);
    FileReport {
        file,
        format: Some(format.code().to_owned()),
        format_name: Some(format.name().to_owned()),
        as_of: all.as_of.map(|day| day.to_string()),
        dry_run: options.dry_run,
        rows: all.n_rows,
        new: tally.new_rows,
        changed: tally.changed_rows,
        unchanged: tally.unchanged_rows,
        rejected: all.n_rejected + tally.repeated_rows,
        records: Records {
            total: tally.records,
            new: tally.n_new,
            changed: tally.n_changed,
            matched: tally.matched,
            in_file: tally.in_file,
            new_sites: tally.new_sites,
            new_services: tally.new_services,
            to_review: tally.to_review,
        },
        new_records: tally.new_records,
        taken: tally.taken,
        changes: tally.changes,
        warnings,
        errors,
        ..FileReport::default()
    }
}

fn refused(file: String, unreadable: &Unreadable) -> FileReport {
    let cause = match unreadable {
        Unreadable::Header(_) => "unknown_header",
        Unreadable::Sheet(_) => "unreadable_file",
    };
    FileReport::refused(file, cause, unreadable.to_string())
}

/// SHA-256 of the file, read on a thread of its own; empty where it went away meanwhile.
async fn sha256_of(path: &Path) -> String {
    let path = path.to_owned();
    let digest = tokio::task::spawn_blocking(move || digest::of_file(&path));
    digest.await.ok().and_then(Result::ok).unwrap_or_default()
}
