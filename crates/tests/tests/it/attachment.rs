//! Attachments on both engines, and what the operator is told of their keys: by the real binary.

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::attachment::key::{KeyFile, rotate};
use keniki_app::attachment::{NewAttachment, Sealing, check, open, put};
use keniki_app::database;
use keniki_app::definition::Definitions;
use keniki_base::chance::SeededChance;
use keniki_base::id::AttachmentId;
use keniki_tests::{TestDatabase, binary, on_both};
use sea_orm::DatabaseConnection;

use crate::search::world::run;

fn now() -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse().unwrap()
}

async fn brought(
    db: &DatabaseConnection,
    (keys, seed): (&KeyFile, u64),
    content: &[u8],
) -> AttachmentId {
    let definitions = Definitions::load(None).unwrap();
    let new = NewAttachment {
        name: "同意書.pdf".to_owned(),
        content: content.to_vec(),
    };
    let with = Sealing {
        rule: definitions.attachments(),
        keys,
        chance: &SeededChance::of(seed),
    };
    let by = By::command_line();
    let put = database::write(db, async |tx| put(tx, &by, (new, with), now()).await);
    put.await.unwrap()
}

#[tokio::test]
async fn a_large_scan_comes_back_and_not_from_another_row() {
    on_both(async |database| {
        let (db, folder) = (database.open().await, tempfile::tempdir().unwrap());
        let keys = KeyFile::of(Some(&folder.path().join("key")), &database.url);
        let (by, chance) = (By::command_line(), SeededChance::of(1));
        rotate(&db, &by, (&keys, &chance), now()).await.unwrap();
        let mut scan = b"%PDF-1.7\n".to_vec();
        scan.resize(20 << 20, 7);
        let one = brought(&db, (&keys, 2), &scan).await;
        let other = brought(&db, (&keys, 3), b"%PDF-1.7\nshort").await;
        let opened = open(&db, one, &keys).await.ok().unwrap();
        assert!(opened.content == scan && opened.name == "同意書.pdf");
        run(
            &db,
            "update attachment set content = (select a.content from attachment a where a.id = 1) where id = 2",
        )
        .await;
        assert!(open(&db, other, &keys).await.is_err());
        let checked = check::every(&db, &keys.keys().ok().unwrap()).await.unwrap();
        assert_eq!((checked.n_opened, checked.closed.len()), (1, 1));
    })
    .await;
}

fn said(database: &TestDatabase, words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(binary());
    command.args(["--database", &database.url]).args(words);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

fn key_file(database: &TestDatabase) -> PathBuf {
    let file = KeyFile::of(None, &database.url);
    file.path().unwrap().to_owned()
}

/// The line of `doctor` about the key.
fn examined(database: &TestDatabase) -> String {
    let (_, said) = said(database, &["doctor"]);
    let at = said.find("添付ファイルの鍵").expect("a line of the key");
    said[at..].lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn the_operator_adds_keys_tries_them_and_is_told_where_they_lie() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    let path = key_file(&database);
    assert!(examined(&database).contains("まだありません"));
    let (code, text) = said(&database, &["attachment-key", "rotate"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains(path.to_str().unwrap()), "{text}");
    assert!(text.contains("控えとは別の場所に"), "{text}");
    let secret = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(secret.trim().rsplit_once(' ').unwrap().1));

    let keys = KeyFile::of(None, &database.url);
    brought(&db, (&keys, 2), b"%PDF-1.7\none").await;
    let (code, _) = said(&database, &["attachment-key", "rotate"]);
    assert_eq!(code, Some(0));
    brought(&db, (&keys, 3), b"%PDF-1.7\ntwo").await;
    assert!(examined(&database).contains("鍵 2 本。最も新しい添付ファイル（2 番）を開けました"));
    let (code, text) = said(&database, &["attachment-key", "check"]);
    assert_eq!(
        (code, text.trim()),
        (Some(0), "開けたもの 2、開けないもの 0。")
    );

    // The copy of the first day.
    std::fs::write(&path, &secret).unwrap();
    let (code, text) = said(&database, &["attachment-key", "check"]);
    assert_eq!(code, Some(1));
    assert!(
        text.contains("添付ファイル 2 番を開けません。これを開く鍵"),
        "{text}"
    );
    assert!(examined(&database).contains("添付ファイル 2 番を開けません"));
    open_to_all(&path);
    run(&db, "delete from attachment where id = 2").await;
    #[cfg(unix)]
    assert!(examined(&database).contains("ほかの利用者も読み書きできます（644）"));

    let copy = path.with_extension("copy");
    let (code, text) = said(&database, &["backup", copy.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains(&format!("添付ファイルの鍵は {} にあり", path.display())),
        "{text}"
    );
    std::fs::remove_file(&path).unwrap();
    assert!(examined(&database).contains("がありません。鍵の控えを、そこに戻してください"));
}

fn open_to_all(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o644)).unwrap();
    }
}
