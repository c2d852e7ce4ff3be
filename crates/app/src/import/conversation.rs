//! An import as a conversation through pages: a file is tried, what would change is looked at, it is confirmed and written,
//! and can be taken back. Each step is a job; what is confirmed twice is written once.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use keniki_base::clock::Clock;
use keniki_base::id::{BatchId, JobId, MembershipId, UploadId};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::queries::last_id;
use super::undo::{UndoError, undo};
use super::{FileReport, ImportError, Options, import_file};
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::definition::Definitions;
use crate::directory::source::Reference;
use crate::directory::source::locate::Places;
use crate::job::{self, Failure, Handler, Job, Order, Outcome, Reporter, State};
use crate::upload::{self, Lying};

mod queries;

/// Tries a file and says what would change.
pub const TRY: &str = "import.try";
/// Writes a file that was tried.
pub const WRITE: &str = "import.write";
/// Takes a batch back.
pub const TAKE_BACK: &str = "import.take_back";

/// What a step works on.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Input {
    upload: UploadId,
    valid_rows_only: bool,
    /// The newest batch when the file was tried.
    edition: Option<i64>,
}

/// What came of a step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tried {
    /// What was found in the file, and what was or would be written.
    pub report: FileReport,
    /// The newest batch when it was tried: a later one may change what is new and what is not.
    pub edition: i64,
}

/// Why the conversation does not go on.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    /// No such trial.
    #[error("その取込みはありません。はじめからファイルを選び直してください。")]
    NotThere,
    /// It has not ended, or not well.
    #[error("ファイルの確認がまだ終わっていません。")]
    NotTried,
    /// Nothing of it can be written.
    #[error("このファイルには書き込めるものがありません。直してから、もう一度選んでください。")]
    NothingToWrite,
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// Keeps a file and asks for it to be tried.
pub async fn begin(
    tx: &DatabaseTransaction,
    by: &By,
    membership: Option<MembershipId>,
    (file_name, content): (&str, Vec<u8>),
    now: DateTime<Utc>,
) -> Result<JobId, ConversationError> {
    by.authorize(Deed::Import, &Object::new("import_batch", 0))?;
    let input = Input {
        upload: upload::keep(tx, by, file_name, content, now).await?,
        valid_rows_only: false,
        edition: None,
    };
    let order = Order {
        kind: TRY,
        input: &input,
        membership,
        after: None,
    };
    Ok(job::enqueue(tx, by, order, now).await?)
}

/// Asks for a file that was tried to be written: all of it, or the rows that are right.
pub async fn confirm(
    tx: &DatabaseTransaction,
    by: &By,
    membership: Option<MembershipId>,
    (trial, valid_rows_only): (JobId, bool),
    now: DateTime<Utc>,
) -> Result<JobId, ConversationError> {
    by.authorize(Deed::Import, &Object::new("import_batch", 0))?;
    let (trial, tried) = tried(tx, by, trial).await?;
    if trial.kind != TRY {
        return Err(ConversationError::NotThere);
    }
    if tried.report.is_refused(valid_rows_only) || tried.report.is_empty() {
        return Err(ConversationError::NothingToWrite);
    }
    let input: Input =
        serde_json::from_value(trial.input).map_err(|_| ConversationError::NotThere)?;
    let input = Input {
        valid_rows_only,
        edition: Some(tried.edition),
        ..input
    };
    let order = Order {
        kind: WRITE,
        input: &input,
        membership,
        after: Some(trial.id),
    };
    Ok(job::enqueue(tx, by, order, now).await?)
}

/// A trial that ended well, with what it found. It belongs to whoever asked for it: to others there is none.
pub async fn tried(
    db: &impl sea_orm::ConnectionTrait,
    by: &By,
    id: JobId,
) -> Result<(Job, Tried), ConversationError> {
    let job = job::find(db, id)
        .await?
        .ok_or(ConversationError::NotThere)?;
    by.authorize(Deed::ReadJob, &job.object())?;
    if job.kind != TRY && job.kind != WRITE {
        return Err(ConversationError::NotThere);
    }
    if job.state != State::Done {
        return Err(ConversationError::NotTried);
    }
    let result = job.result.clone().unwrap_or_default();
    let tried = serde_json::from_value(result).map_err(|_| ConversationError::NotTried)?;
    Ok((job, tried))
}

/// The file of a step, laid down for what reads files; none where its time is over.
pub async fn file(
    db: &impl sea_orm::ConnectionTrait,
    job: &Job,
) -> Result<Option<Lying>, ConversationError> {
    let input: Input =
        serde_json::from_value(job.input.clone()).map_err(|_| ConversationError::NotThere)?;
    let upload = upload::find(db, input.upload).await?;
    let upload = upload.ok_or(ConversationError::NotThere)?;
    let laid = tokio::task::spawn_blocking(move || upload.lay()).await;
    let laid = laid.map_err(|_| ConversationError::NotThere)?;
    laid.map_err(|error| DbErr::Custom(error.to_string()).into())
}

/// Asks for a batch to be taken back.
pub async fn take_back(
    tx: &DatabaseTransaction,
    by: &By,
    membership: Option<MembershipId>,
    batch: BatchId,
    now: DateTime<Utc>,
) -> Result<JobId, ConversationError> {
    by.authorize(Deed::Undo, &Object::new("import_batch", batch))?;
    let order = Order {
        kind: TAKE_BACK,
        input: &batch,
        membership,
        after: None,
    };
    Ok(job::enqueue(tx, by, order, now).await?)
}

/// What the handlers work with.
#[derive(Clone)]
pub struct Shop {
    /// Where the directory stands.
    pub db: DatabaseConnection,
    /// What lists are made of.
    pub definitions: Arc<Definitions>,
    /// Says what time it is.
    pub clock: Arc<dyn Clock>,
}

/// The handlers of this conversation.
#[must_use]
pub fn handlers(shop: &Shop) -> Vec<(&'static str, Handler)> {
    let file = |is_trial: bool| -> Handler {
        let shop = shop.clone();
        Box::new(move |job, by, reporter| {
            Box::pin(take_file(shop.clone(), job, by, reporter, is_trial))
        })
    };
    let own = shop.clone();
    let back: Handler =
        Box::new(move |job, by, reporter| Box::pin(take_it_back(own.clone(), job, by, reporter)));
    vec![(TRY, file(true)), (WRITE, file(false)), (TAKE_BACK, back)]
}

async fn take_file(shop: Shop, job: Job, by: By, reporter: Reporter, is_trial: bool) -> Outcome {
    let input: Input = serde_json::from_value(job.input.clone()).map_err(Failure::lasting)?;
    if !is_trial && let Some(report) = queries::report_of_job(&shop.db, job.id.into()).await? {
        // It was written, and the program ended before it could say so.
        return Ok(json!({ "report": report, "edition": input.edition }));
    }
    let edition = last_id(&shop.db, "import_batch").await?;
    let gone = || Failure::lasting("ファイルの保存期間が過ぎました。もう一度選んでください。");
    let laid = file(&shop.db, &job).await;
    let laid = laid.map_err(Failure::lasting)?.ok_or_else(gone)?;
    reporter.stage(match is_trial {
        true => "ファイルを読み、いまの名簿と比べています",
        false => "書き込んでいます",
    });
    let options = Options {
        dry_run: is_trial,
        valid_rows_only: input.valid_rows_only,
        job: (!is_trial).then_some(job.id),
        edition: input.edition,
    };
    let report = import(&shop, &laid.path, &by, options, &reporter).await?;
    if !is_trial && !report.written {
        return Err(Failure::lasting(
            "確認のときと違って、書き込めない行がありました。もう一度ファイルを選んで確かめてください。何も書き込んでいません。",
        ));
    }
    serde_json::to_value(Tried { report, edition }).map_err(Failure::lasting)
}

async fn import(
    shop: &Shop,
    path: &Path,
    by: &By,
    options: Options,
    reporter: &Reporter,
) -> Result<FileReport, Failure> {
    let reference = Arc::new(Reference {
        definitions: shop.definitions.clone(),
        places: Places::load(&shop.db).await?,
    });
    let now = shop.clock.now();
    let progress = |progress: super::Progress| reporter.at(progress.rows);
    let done = import_file(&shop.db, &reference, path, by, options, now, progress).await;
    done.map_err(|error| match error {
        ImportError::Database(error) => error.into(),
        ImportError::Refused(_)
        | ImportError::Changed
        | ImportError::Mirror(_)
        | ImportError::Reader => Failure::lasting(error),
    })
}

async fn take_it_back(shop: Shop, job: Job, by: By, reporter: Reporter) -> Outcome {
    let batch: i64 = serde_json::from_value(job.input.clone()).map_err(Failure::lasting)?;
    reporter.stage("取り消しています");
    let places = Places::load(&shop.db).await?;
    match undo(&shop.db, &places, batch, &by, shop.clock.now()).await {
        Ok(undone) => serde_json::to_value(undone).map_err(Failure::lasting),
        // It was taken back, and the program ended before it could say so.
        Err(UndoError::AlreadyUndone(_)) if job.attempts > 1 => Ok(Value::Null),
        Err(UndoError::Database(error)) => Err(error.into()),
        Err(lasting) => Err(Failure::lasting(lasting)),
    }
}
