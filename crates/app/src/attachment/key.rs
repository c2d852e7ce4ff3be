//! The keys of attachments (AES-256-GCM): a file outside the database, a key a line, of which the last seals and every one opens.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sea_orm::{DatabaseConnection, DbErr};

use super::queries;
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::audit::{self, Event};
use crate::database;
use crate::digest::{bytes_of, hex_of};
use crate::sheet::read::refusal;

const LINE: &str = "keniki-attachment-key 1 ";

/// Where the keys lie; none: nobody has said. It is read anew each time, so that a key that was added counts at once.
#[derive(Debug, Clone, Default)]
pub struct KeyFile(Option<PathBuf>);

/// What seals and opens. It has no `Debug`, so that it never stands in a log.
pub struct Keys {
    newest: Key,
    older: Vec<Key>,
}

/// One of them.
struct Key {
    id: String,
    secret: LessSafeKey,
}

/// Why there are no keys. `Display` is a Japanese sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A database without a file of its own, and no place given.
    #[error(
        "添付ファイルの鍵を置く場所が決まっていません。--attachment-key ファイル名（または KENIKI_ATTACHMENT_KEY）で、データベースの外の場所を指定してください。"
    )]
    NoPlace,
    /// It was there, or should be.
    #[error("添付ファイルの鍵のファイル {} がありません。鍵の控えを、そこに戻してください。鍵をなくしたときは、「keniki attachment-key rotate」で新しい鍵を作れますが、前の添付ファイルは開けないままです。", .0.display())]
    Missing(PathBuf),
    /// The operating system's refusal.
    #[error("添付ファイルの鍵のファイル {} を読めません（{cause}）。場所と権限を確かめてください。", path.display())]
    NotRead {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        cause: String,
    },
    /// No room, no permission.
    #[error("添付ファイルの鍵のファイル {} に書き込めません（{cause}）。フォルダーがあるか、権限とディスクの空きを確かめてください。", path.display())]
    NotWritten {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        cause: String,
    },
    /// Something else stands there.
    #[error("添付ファイルの鍵のファイル {} の {line} 行目が、鍵として読めません。鍵の控えと見比べて、直してください。", path.display())]
    NotAKey {
        /// Which.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// The policy's.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースを使えません（{0}）。")]
    Database(#[from] DbErr),
}

impl KeyFile {
    /// The file that was named, or one beside the SQLite file of `url`.
    #[must_use]
    pub fn of(named: Option<&Path>, url: &str) -> Self {
        let beside = || {
            let mut name = database::sqlite_file(url)?.into_os_string();
            name.push(".attachment-key");
            Some(PathBuf::from(name))
        };
        Self(named.map(Path::to_owned).or_else(beside))
    }

    /// Where it lies, for people.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// The keys as they are now.
    pub fn keys(&self) -> Result<Keys, KeyError> {
        let path = self.place()?;
        let read = std::fs::read(path);
        let bytes = read.map_err(|cause| match cause.kind() {
            ErrorKind::NotFound => KeyError::Missing(path.to_owned()),
            _ => KeyError::NotRead {
                path: path.to_owned(),
                cause: refusal(&cause),
            },
        })?;
        let wrong = |line| KeyError::NotAKey {
            path: path.to_owned(),
            line,
        };
        let text = String::from_utf8(bytes).map_err(|_| wrong(1))?;
        let lines = text.lines().enumerate();
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        let keys = lines.map(|(at, line)| Key::of(line).ok_or_else(|| wrong(at + 1)));
        let mut older = keys.collect::<Result<Vec<_>, _>>()?;
        let newest = older.pop().ok_or_else(|| wrong(1))?;
        Ok(Keys { newest, older })
    }

    fn place(&self) -> Result<&Path, KeyError> {
        self.path().ok_or(KeyError::NoPlace)
    }
}

impl Key {
    fn of(line: &str) -> Option<Self> {
        let (id, digits) = line.trim().strip_prefix(LINE)?.split_once(' ')?;
        let is_id = |id: &str| bytes_of::<4>(id).is_some();
        let secret = UnboundKey::new(&AES_256_GCM, &bytes_of::<32>(digits)?).ok()?;
        is_id(id).then(|| Self {
            id: id.to_owned(),
            secret: LessSafeKey::new(secret),
        })
    }
}

impl Keys {
    /// Of the key that seals.
    #[must_use]
    pub fn newest(&self) -> &str {
        &self.newest.id
    }

    /// How many there are.
    #[must_use]
    pub fn n(&self) -> usize {
        1 + self.older.len()
    }

    /// Seals with the newest, under a number that is used once: text, mark, number. None: more than the cipher takes.
    pub(super) fn seal(
        &self,
        mut content: Vec<u8>,
        bound_to: &[u8],
        chance: &dyn Chance,
    ) -> Option<Vec<u8>> {
        // 96 random bits: two of 2³² files under one key are the same with a chance below 2⁻³² (NIST SP 800-38D, 8.3).
        let mut once = [0; NONCE_LEN];
        chance.fill(&mut once);
        content.reserve_exact(AES_256_GCM.tag_len() + NONCE_LEN);
        let nonce = Nonce::assume_unique_for_key(once);
        let secret = &self.newest.secret;
        secret
            .seal_in_place_append_tag(nonce, Aad::from(bound_to), &mut content)
            .ok()?;
        content.extend_from_slice(&once);
        Some(content)
    }

    /// Opens with the key of this id; none: there is no such key; an inner none: it does not open.
    pub(super) fn open(
        &self,
        key_id: &str,
        mut sealed: Vec<u8>,
        bound_to: &[u8],
    ) -> Option<Option<Vec<u8>>> {
        let mut all = self.older.iter().chain([&self.newest]);
        let key = all.find(|key| key.id == key_id)?;
        let Some(at) = sealed.len().checked_sub(NONCE_LEN) else {
            return Some(None);
        };
        let Ok(nonce) = Nonce::try_assume_unique_for_key(&sealed[at..]) else {
            return Some(None);
        };
        sealed.truncate(at);
        let opened = key
            .secret
            .open_in_place(nonce, Aad::from(bound_to), &mut sealed);
        let Ok(n) = opened.map(|content| content.len()) else {
            return Some(None);
        };
        sealed.truncate(n);
        Some(Some(sealed))
    }
}

/// Makes the first key where there is none and nothing is sealed yet; answers whether. A lost key is not replaced
/// unasked: nobody would notice.
pub async fn make_first(
    db: &DatabaseConnection,
    by: &By,
    (file, chance): (&KeyFile, &dyn Chance),
    now: DateTime<Utc>,
) -> Result<bool, KeyError> {
    match file.keys() {
        Err(KeyError::Missing(_)) if queries::newest(db).await?.is_none() => {
            rotate(db, by, (file, chance), now).await.map(|_| true)
        }
        other => other.map(|_| false),
    }
}

/// Adds a key to the file, which it makes where there is none: from now on it seals. Answers its id.
pub async fn rotate(
    db: &DatabaseConnection,
    by: &By,
    (file, chance): (&KeyFile, &dyn Chance),
    now: DateTime<Utc>,
) -> Result<String, KeyError> {
    by.authorize(Deed::MakeAttachmentKey, &Object::new("attachment_key", 0))?;
    let path = file.place()?;
    if !matches!(file.keys(), Err(KeyError::Missing(_))) {
        // A file that is not one of keys is left as it is.
        file.keys()?;
    }
    let (mut id, mut secret) = ([0; 4], [0; 32]);
    chance.fill(&mut id);
    chance.fill(&mut secret);
    let id = hex_of(&id);
    database::write(db, async |tx| {
        let event = Event {
            note: Some(&id),
            ..Event::done(Deed::MakeAttachmentKey.code(), "attachment_key", 0)
        };
        audit::record(tx, by, event, now).await?;
        append(path, &format!("{LINE}{id} {}\n", hex_of(&secret))).map_err(|cause| {
            KeyError::NotWritten {
                path: path.to_owned(),
                cause: refusal(&cause),
            }
        })
    })
    .await?;
    Ok(id)
}

/// Adds a line; a new file is its owner's alone, an old one stays whose it was.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let before = if ends_in_a_line(&mut file)? { "" } else { "\n" };
    file.write_all(format!("{before}{line}").as_bytes())?;
    file.sync_all()
}

fn ends_in_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
