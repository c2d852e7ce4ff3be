//! A file that comes with a form.

use axum::extract::DefaultBodyLimit;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use keniki_app::sheet::form::{self, Filled, FormError, HandOutError};
use keniki_app::upload::{self, LARGEST_BYTES};
use tokio::sync::Semaphore;

use crate::error::Problem;

/// So many are read at a time; whoever sends another waits.
static READING: Semaphore = Semaphore::const_new(2);

/// How large a form with a file may be: a file beside the words.
pub(crate) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST_BYTES + 64 * 1024)
}

/// A file that came with a form.
#[derive(Debug)]
pub(crate) struct File {
    /// As its sender calls it.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

impl File {
    /// The file of the form, or why there is none.
    pub(crate) async fn of(
        form: Result<Multipart, MultipartRejection>,
    ) -> Result<Self, (StatusCode, String)> {
        let wrong = |sentence: &str| (StatusCode::UNPROCESSABLE_ENTITY, sentence.to_owned());
        let mut form = form.map_err(|_| wrong(UNREADABLE))?;
        while let Some(field) = form.next_field().await.map_err(refused)? {
            if field.name() != Some("file") {
                continue;
            }
            let name = field.file_name().unwrap_or_default().to_owned();
            let content = field.bytes().await.map_err(refused)?.to_vec();
            return match content.len() {
                0 => Err(wrong("ファイルを選んでください。")),
                1..=LARGEST_BYTES => Ok(Self { name, content }),
                _ => Err(too_large()),
            };
        }
        Err(wrong("ファイルを選んでください。"))
    }

    /// The rows of a table that went out to be filled in; or why it cannot be read.
    pub(crate) async fn rows(
        self,
        heads: Vec<&'static str>,
    ) -> Result<Vec<Filled>, (StatusCode, String)> {
        let read = move || {
            let lying = upload::lay(&self.name, &self.content);
            let lying = lying.map_err(|error| FormError::Sheet(error.into()))?;
            form::rows(&lying.path, &heads)
        };
        let _turn = READING.acquire().await;
        let rows = tokio::task::spawn_blocking(read).await;
        let wrong = |sentence: String| (StatusCode::UNPROCESSABLE_ENTITY, sentence);
        let rows = rows.map_err(|_| wrong(UNREADABLE.to_owned()))?;
        rows.map_err(|error| wrong(error.to_string()))
    }
}

impl From<HandOutError> for Problem {
    fn from(error: HandOutError) -> Self {
        match error {
            HandOutError::Database(error) => error.into(),
            HandOutError::Write(error) => {
                tracing::error!(%error, "a table could not be handed out");
                Self::Failed
            }
        }
    }
}

const UNREADABLE: &str = "送られたものを読み取れません。もう一度ファイルを選んでください。";

fn refused(error: MultipartError) -> (StatusCode, String) {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, UNREADABLE.to_owned()),
    }
}

fn too_large() -> (StatusCode, String) {
    let sentence = format!(
        "ファイルが大きすぎます（{}MBまで）。それより大きい名簿は、運用者がコマンド（keniki directory import）で取り込めます。",
        LARGEST_BYTES / 1024 / 1024
    );
    (StatusCode::PAYLOAD_TOO_LARGE, sentence)
}
