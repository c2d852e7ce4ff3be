//! What `doctor` sees of attachments: their key is there, is its owner's alone, and opens the newest.

use std::path::Path;

use keniki_app::attachment::key::{KeyError, KeyFile};
use keniki_app::attachment::{check, open};
use keniki_app::database::Connection;
use keniki_app::definition::check::Severity;

use super::Part;

const PART: (&str, &str) = ("attachment_key", "添付ファイルの鍵");

pub(super) async fn look(db: &Connection, file: &KeyFile) -> Part {
    let ill = |severity, message: String| Part::ill(PART.0, PART.1, severity, message);
    let newest = match check::newest(db).await {
        Ok(newest) => newest,
        Err(error) => return ill(Severity::Error, format!("調べられません（{error}）。")),
    };
    let keys = match (file.keys(), newest) {
        (Ok(keys), _) => keys,
        (Err(KeyError::Missing(_)), None) => {
            let message = "まだありません。keniki serve を初めて動かしたときに作ります。";
            return Part::well(PART.0, PART.1, message);
        }
        (Err(error @ KeyError::NoPlace), None) => return ill(Severity::Info, error.to_string()),
        (Err(error), _) => return ill(Severity::Error, error.to_string()),
    };
    if let Some(newest) = newest
        && let Err(error) = open(db, newest, file).await
    {
        return ill(Severity::Error, error.to_string());
    }
    if let Some(mode) = file.path().and_then(open_to_others) {
        let message =
            format!("ほかの利用者も読み書きできます（{mode:o}）。chmod 600 にしてください。");
        return ill(Severity::Warning, message);
    }
    let tried = match newest {
        Some(newest) => format!("最も新しい添付ファイル（{newest} 番）を開けました。"),
        None => "添付ファイルはまだありません。".to_owned(),
    };
    let n = keys.n();
    Part::well(PART.0, PART.1, format!("鍵 {n} 本。{tried}"))
}

/// The mode of a file that not only its owner may read or write.
fn open_to_others(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & 0o077 != 0).then_some(mode)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}
