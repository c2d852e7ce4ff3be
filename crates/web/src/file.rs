//! Files that come with a form, and files that go out.

use std::path::Path;

use axum::extract::DefaultBodyLimit;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use keniki_app::sheet::form::{self, Filled, FormError, HandOutError};
use keniki_app::upload::{self, LARGEST_BYTES};
use tokio::sync::Semaphore;

use crate::error::Problem;
use crate::page::encode;

/// So many are read at a time; whoever sends another waits.
static READING: Semaphore = Semaphore::const_new(2);

/// How large a form with a file may be: a file beside the words.
pub(crate) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST_BYTES + 64 * 1024)
}

/// A form with files as it came: each field with its name. It has no `Debug`, for people are in it.
#[derive(Default)]
pub struct Filed {
    words: Vec<(String, String)>,
    files: Vec<(String, File)>,
}

/// A file that came with a form.
#[derive(Debug)]
pub struct File {
    /// As its sender calls it.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

impl Filed {
    /// All of the form, or why it cannot be read. Where no file was chosen, there is none.
    pub async fn of(
        form: Result<Multipart, MultipartRejection>,
    ) -> Result<Self, (StatusCode, String)> {
        let mut filed = Self::default();
        let mut form = form.map_err(|_| wrong(UNREADABLE))?;
        while let Some(field) = form.next_field().await.map_err(refused)? {
            let field_name = field.name().unwrap_or_default().to_owned();
            let name = field.file_name().map(str::to_owned);
            let content = field.bytes().await.map_err(refused)?.to_vec();
            match name {
                _ if content.len() > LARGEST_BYTES => return Err(too_large()),
                Some(_) if content.is_empty() => {}
                Some(name) => filed.files.push((field_name, File { name, content })),
                None => {
                    let word = String::from_utf8(content).map_err(|_| wrong(UNREADABLE))?;
                    filed.words.push((field_name, word));
                }
            }
        }
        Ok(filed)
    }

    /// What was typed or chosen in a field; empty where there is none.
    #[must_use]
    pub fn word(&self, field: &str) -> &str {
        let found = self.words.iter().find(|(name, _)| name == field);
        found.map_or("", |(_, word)| word)
    }

    /// The files of a field.
    pub fn into_files(self, field: &str) -> impl Iterator<Item = File> {
        let of_field = move |(name, file): (String, File)| (name == field).then_some(file);
        self.files.into_iter().filter_map(of_field)
    }
}

impl File {
    /// The file of the form, or why there is none.
    pub(crate) async fn of(
        form: Result<Multipart, MultipartRejection>,
    ) -> Result<Self, (StatusCode, String)> {
        let file = Filed::of(form).await?.into_files("file").next();
        file.ok_or_else(|| wrong("ファイルを選んでください。"))
    }

    /// The rows of a table that went out to be filled in; or why it cannot be read.
    pub(crate) async fn rows(
        self,
        heads: Vec<&'static str>,
    ) -> Result<Vec<Filled>, (StatusCode, String)> {
        self.read(move |path| form::rows(path, &heads)).await
    }

    /// What `read` makes of it where it lies; or why it cannot be read.
    pub(crate) async fn read<T: Send + 'static>(
        self,
        read: impl FnOnce(&Path) -> Result<T, FormError> + Send + 'static,
    ) -> Result<T, (StatusCode, String)> {
        let read = move || {
            let lying = upload::lay(&self.name, &self.content);
            let lying = lying.map_err(|error| FormError::Sheet(error.into()))?;
            read(&lying.path)
        };
        let _turn = READING.acquire().await;
        let read = tokio::task::spawn_blocking(read).await;
        let wrong = |sentence: String| (StatusCode::UNPROCESSABLE_ENTITY, sentence);
        let read = read.map_err(|_| wrong(UNREADABLE.to_owned()))?;
        read.map_err(|error| wrong(error.to_string()))
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

/// A file to be saved: whatever is in it, a browser never shows it as a page of this site (with `nosniff`, which every
/// answer has). A name that is not ASCII goes as RFC 6266 has it.
#[must_use]
pub fn answer(content: Vec<u8>, media_type: &str, name: &str) -> Response {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || " -._".contains(*c);
    let plain = |c: char| Some(c).filter(is_plain).unwrap_or('_');
    let mut disposition = format!(
        "attachment; filename=\"{}\"",
        name.chars().map(plain).collect::<String>()
    );
    if !name.chars().all(|c| is_plain(&c)) {
        disposition.push_str("; filename*=UTF-8''");
        encode(name, &mut disposition);
    }
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, content).into_response()
}

const UNREADABLE: &str = "送られたものを読み取れません。もう一度ファイルを選んでください。";

fn wrong(sentence: &str) -> (StatusCode, String) {
    (StatusCode::UNPROCESSABLE_ENTITY, sentence.to_owned())
}

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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::FromRequest;
    use axum::http::Request;

    use super::*;

    async fn filed(body: &[u8]) -> Result<Filed, (StatusCode, String)> {
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(body.to_vec()))
            .unwrap();
        Filed::of(Multipart::from_request(request, &()).await).await
    }

    #[tokio::test]
    async fn a_form_has_words_and_files_and_what_was_not_chosen_is_not_there() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"giver\"\r\n\r\n長女\r\n\
            --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n\
            --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"同意書.pdf\"\r\n\r\n%PDF-\r\n\
            --b\r\nContent-Disposition: form-data; name=\"other\"; filename=\"b\"\r\n\r\nb\r\n--b--\r\n";
        let filed_form = filed(body.as_bytes()).await.ok().unwrap();
        assert_eq!(
            (filed_form.word("giver"), filed_form.word("none")),
            ("長女", "")
        );
        let files: Vec<File> = filed_form.into_files("file").collect();
        assert_eq!(files.len(), 1);
        assert_eq!(
            (&*files[0].name, &*files[0].content),
            ("同意書.pdf", &b"%PDF-"[..])
        );
        let cut = filed(&body.as_bytes()[..body.len() - 8]).await;
        assert_eq!(cut.err().unwrap().0, StatusCode::UNPROCESSABLE_ENTITY);
        let bytes =
            b"--b\r\nContent-Disposition: form-data; name=\"giver\"\r\n\r\n\xff\r\n--b--\r\n";
        assert_eq!(filed(bytes).await.err().unwrap().1, UNREADABLE);
    }

    #[test]
    fn a_file_is_saved_under_its_name_and_never_shown() {
        let disposition = |name: &str| {
            let answer = answer(b"x".to_vec(), "application/pdf", name);
            let headers = answer.headers();
            assert_eq!(headers[header::CONTENT_TYPE], "application/pdf");
            headers[header::CONTENT_DISPOSITION]
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            disposition("book.xlsx"),
            "attachment; filename=\"book.xlsx\""
        );
        assert_eq!(
            disposition("同意\";x.pdf"),
            "attachment; filename=\"____x.pdf\"; filename*=UTF-8''%E5%90%8C%E6%84%8F%22%3Bx.pdf"
        );
    }
}
