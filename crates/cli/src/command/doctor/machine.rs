//! What `doctor` sees of the program and the machine: the pages' files, the font of prints and the room on the disk.

use std::path::Path;
use std::process::Command;

use chrono::{DateTime, Utc};
use keniki_app::definition::check::Severity;
use keniki_base::clock::jst_day;
use keniki_web::print::font::{self, FontError, Origin};
use keniki_web::tls::certificate::ends_at;

use super::Part;

/// Room below which imports and their journal may fail.
const LITTLE_ROOM_MIB: u64 = 1024;

/// Whether the pages carry their style and scripts.
pub(super) fn pages() -> Part {
    const PART: (&str, &str) = ("pages", "公開ページの部品");
    if keniki_web::asset::BUNDLED {
        return Part::well(PART.0, PART.1, "地図と見た目の部品が入っています。");
    }
    let message = "地図の動きと見た目の部品が入っていません。Node.jsのある環境で作り直してください（ページは部品なしでも読めます）。";
    Part::ill(PART.0, PART.1, Severity::Warning, message)
}

/// Which font prints are written with.
pub(super) fn fonts(folder: Option<&Path>) -> Part {
    const PART: (&str, &str) = ("fonts", "印刷の書体");
    match font::open(folder) {
        Ok((press, origin)) => {
            let origin = match origin {
                Origin::Embedded => "組込み".to_owned(),
                Origin::Folder(folder) => folder.display().to_string(),
                Origin::System(file) => file.display().to_string(),
            };
            Part::well(PART.0, PART.1, format!("{}（{origin}）", press.family()))
        }
        Err(FontError::None) => {
            let message = "日本語の書体がないため、PDFを作れません。書体（Debianなら fonts-ipaexfont）を入れるか、書体のフォルダーを --fonts（KENIKI_FONTS）で指定してください。";
            Part::ill(PART.0, PART.1, Severity::Warning, message)
        }
        Err(error @ FontError::Folder { .. }) => {
            let message =
                format!("{error}。--fonts（KENIKI_FONTS）を直してください。PDFを作れません。");
            Part::ill(PART.0, PART.1, Severity::Error, message)
        }
    }
}

/// Whether the machine keeps its clock to the standard time, as the audit log needs (医療情報システムの安全管理に関する
/// ガイドライン 6.0, システム運用編 17), where systemd can tell.
pub(super) fn synchronized() -> Part {
    let asked = Command::new("timedatectl")
        .args(["show", "--property=NTPSynchronized", "--value"])
        .output();
    let answer = asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    synchronized_by(&answer.unwrap_or_default())
}

fn synchronized_by(answer: &str) -> Part {
    const PART: (&str, &str) = ("clock_sync", "時刻合わせ");
    match answer {
        "yes" => Part::well(PART.0, PART.1, "標準時と合わせています。"),
        "no" => {
            let message = "標準時と合わせていません。監査記録の時刻が信用できなくなります。NTPで時刻を合わせてください。";
            Part::ill(PART.0, PART.1, Severity::Warning, message)
        }
        _ => {
            let message =
                "この機械では調べられません。NTPなどで標準時と合わせているか、確かめてください。";
            Part::ill(PART.0, PART.1, Severity::Info, message)
        }
    }
}

/// A certificate that ends within so many days is to be renewed.
const SOON_DAYS: i64 = 30;

/// How long the certificate still holds that `serve` shows.
pub(super) fn certificate(file: &Path, now: DateTime<Utc>) -> Part {
    const PART: (&str, &str) = ("certificate", "証明書");
    let ends_at = match ends_at(file, now) {
        Ok(ends_at) => ends_at,
        Err(error) => {
            return Part::ill(PART.0, PART.1, Severity::Error, format!("{error}。"));
        }
    };
    let days = (ends_at - now).num_days();
    let message = format!("{} まで有効です（あと{days}日）。", jst_day(ends_at));
    if days >= SOON_DAYS {
        return Part::well(PART.0, PART.1, message);
    }
    let message =
        format!("{message}新しい証明書に入れ替えてください。動かしたままで入れ替えられます。");
    Part::ill(PART.0, PART.1, Severity::Warning, message)
}

/// Room on the disk of a SQLite file, where `df` can tell.
pub(super) fn disk(url: &str) -> Option<Part> {
    const PART: (&str, &str) = ("disk", "ディスクの空き");
    let file = keniki_app::database::sqlite_file(url)?;
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let output = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let free_mib = free_kib(&String::from_utf8_lossy(&output.stdout))? / 1024;
    Some(if free_mib < LITTLE_ROOM_MIB {
        let message = format!("残り {free_mib} MiBです。1,024 MiB以上を空けてください。");
        Part::ill(PART.0, PART.1, Severity::Warning, message)
    } else {
        Part::well(PART.0, PART.1, format!("残り {} GiB", free_mib / 1024))
    })
}

/// The column of free room in the answer of `df -Pk` (POSIX: second line, fourth word).
fn free_kib(answer: &str) -> Option<u64> {
    answer
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_runs_by_itself_is_a_warning() {
        let trouble = |answer| synchronized_by(answer).trouble;
        assert_eq!(trouble("yes"), None);
        assert_eq!(trouble("no"), Some(Severity::Warning));
        assert_eq!(trouble(""), Some(Severity::Info));
    }

    #[test]
    fn a_folder_of_fonts_that_is_not_there_is_an_error() {
        let part = fonts(Some(Path::new("/nowhere")));
        assert_eq!(part.trouble, Some(Severity::Error));
        assert!(part.message.contains("/nowhere"), "{}", part.message);
    }

    #[test]
    fn free_room_is_the_fourth_word_of_the_second_line() {
        let answer = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 400 600 40% /\n";
        assert_eq!(free_kib(answer), Some(600));
        assert_eq!(free_kib("df: no such file"), None);
    }
}
