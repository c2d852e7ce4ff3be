//! Files that come with a form, and files that go out.

use std::path::Path;

use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Form, FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use keniki_app::attachment::{AttachmentError, NewAttachment, Opened, Paper};
use keniki_app::sheet::form::{self, Filled, FormError, HandOutError};
use keniki_app::upload::{self, LARGEST_BYTES};
use tokio::sync::Semaphore;

use crate::error::Problem;
use crate::page::encode;
use crate::sent::Sent;
use crate::state::State;

/// So many are read at a time; whoever sends another waits.
static READING: Semaphore = Semaphore::const_new(2);

/// So much may be typed in a form: full of 漢字 it comes with nine bytes for each.
pub(crate) const WORDS_BYTES: usize = 4 * 1024 * 1024;

/// So much of a form with files is read, though not kept: then what was typed behind a file that is too large is not lost.
const READ_BYTES: usize = 4 * LARGEST_BYTES;

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
        let form = form.map_err(|_| wrong(UNREADABLE))?;
        filed.take(form).await.map_err(|unread| match unread {
            Unread::TooLarge => too_large(),
            Unread::Broken => wrong(UNREADABLE),
        })?;
        filed.files.retain(|(_, file)| !file.content.is_empty());
        Ok(filed)
    }

    /// Takes what of the form can be read: behind a file that is too large it goes on with the words.
    async fn take(&mut self, mut form: Multipart) -> Result<(), Unread> {
        let (mut n_words, mut n_files, mut is_over) = (0, 0, false);
        while let Some(mut field) = form.next_field().await? {
            let field_name = field.name().unwrap_or_default().to_owned();
            let name = field.file_name().map(str::to_owned);
            let (n, most) = match name {
                Some(_) => (&mut n_files, LARGEST_BYTES),
                None => (&mut n_words, WORDS_BYTES),
            };
            let mut content = Vec::new();
            while let Some(chunk) = field.chunk().await? {
                *n += chunk.len();
                match *n > most {
                    true => is_over = true,
                    false => content.extend_from_slice(&chunk),
                }
            }
            match name {
                _ if *n > most => {}
                // No file was chosen.
                Some(name) if name.is_empty() && content.is_empty() => {}
                Some(name) => self.files.push((field_name, File { name, content })),
                None => {
                    let word = String::from_utf8(content).map_err(|_| Unread::Broken)?;
                    self.words.push((field_name, word));
                }
            }
        }
        match is_over {
            true => Err(Unread::TooLarge),
            false => Ok(()),
        }
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

/// Why a form was not read to its end.
enum Unread {
    TooLarge,
    Broken,
}

impl From<MultipartError> for Unread {
    fn from(error: MultipartError) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            _ => Self::Broken,
        }
    }
}

/// A form that may come with files, as far as it could be read: what was typed is not lost with a file.
pub(crate) struct Posted {
    /// What was typed and chosen.
    pub(crate) sent: Sent,
    /// Each with the name of its field.
    pub(crate) files: Vec<(String, NewAttachment)>,
    /// Why not all of it was taken.
    pub(crate) refused: Option<(StatusCode, String)>,
}

impl Posted {
    /// The form of a request, with files or without. Whoever calls this has asked whether the visitor may send it.
    pub(crate) async fn of(mut request: Request) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/") {
            DefaultBodyLimit::max(WORDS_BYTES).apply(&mut request);
            let Form(sent) = Form::<Sent>::from_request(request, &()).await?;
            return Ok(Self {
                sent,
                files: Vec::new(),
                refused: None,
            });
        }
        DefaultBodyLimit::max(READ_BYTES).apply(&mut request);
        let mut filed = Filed::default();
        let read = match Multipart::from_request(request, &()).await {
            Ok(form) => filed.take(form).await,
            Err(_) => Err(Unread::Broken),
        };
        let files = filed.files.into_iter();
        Ok(Self {
            sent: Sent(filed.words),
            files: files.map(|(field, file)| (field, file.into())).collect(),
            refused: read.err().map(|unread| match unread {
                Unread::TooLarge => {
                    let most = LARGEST_BYTES / 1024 / 1024;
                    let sentence = format!(
                        "ファイルが大きすぎます（あわせて{most}MBまで）。分けるか、読み取りの細かさを下げて、選び直してください。"
                    );
                    (StatusCode::PAYLOAD_TOO_LARGE, sentence)
                }
                Unread::Broken => wrong(UNREADABLE),
            }),
        })
    }

    /// The file of a field that takes one, and how it is kept; none: none was chosen.
    pub(crate) fn paper<'a>(&self, state: &'a State, field: &str) -> Paper<'a> {
        let found = self.files.iter().find(|(name, _)| name == field);
        found.map(|(_, file)| (file.clone(), state.sealing()))
    }

    /// All files of a field.
    pub(crate) fn into_files(self, field: &str) -> Vec<NewAttachment> {
        let of_field = |(name, file): (String, NewAttachment)| (name == field).then_some(file);
        self.files.into_iter().filter_map(of_field).collect()
    }
}

impl From<File> for NewAttachment {
    fn from(file: File) -> Self {
        Self {
            name: file.name,
            content: file.content,
        }
    }
}

/// The sentence for whoever sent a file that is not taken; what the operator must mend is logged.
pub(crate) fn not_taken(error: AttachmentError) -> Result<String, Problem> {
    match Problem::from(error) {
        Problem::NotNow(sentence) => Ok(sentence),
        other => Err(other),
    }
}

/// What may be attached here, in words.
pub(crate) fn may_be_attached(state: &State) -> String {
    let rule = state.definitions.attachments();
    format!("{}。1つ{}MBまで。", rule.words(), rule.largest_mib)
}

/// A file that was opened, to be saved.
pub(crate) fn hand_out(opened: Opened) -> Response {
    answer(opened.content, &opened.media_type, &opened.name)
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

    #[tokio::test]
    async fn what_stands_behind_a_file_that_is_too_large_is_not_lost() {
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
        let end =
            "\r\n--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n長女\r\n--b--\r\n";
        let large = vec![0; LARGEST_BYTES + 1];
        let body = [head.as_bytes(), &large, end.as_bytes()].concat();
        let request = |kind: &str, body: Vec<u8>| {
            let request = Request::post("/").header(header::CONTENT_TYPE, kind);
            request.body(Body::from(body)).unwrap()
        };
        let kind = "multipart/form-data; boundary=b";
        let posted = Posted::of(request(kind, body)).await.ok().unwrap();
        assert_eq!((posted.sent.word("note"), posted.files.len()), ("長女", 0));
        assert_eq!(posted.refused.unwrap().0, StatusCode::PAYLOAD_TOO_LARGE);
        let empty = [head, end].concat().into_bytes();
        let posted = Posted::of(request(kind, empty)).await.ok().unwrap();
        assert_eq!(
            posted.into_files("file").len(),
            1,
            "empty, and refused later by its name"
        );
        let words = request("application/x-www-form-urlencoded", b"note=a".to_vec());
        let posted = Posted::of(words).await.ok().unwrap();
        assert!(posted.sent.word("note") == "a" && posted.refused.is_none());
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
