//! A file comes back as it was brought, and as nothing else.

use std::path::Path;

use chrono::{DateTime, Utc};
use keniki_base::chance::SeededChance;
use sea_orm::ConnectionTrait;

use super::key::{KeyFile, Keys};
use super::*;
use crate::account::By;
use crate::database::{self, Connection, statement};
use crate::definition::Definitions;
use crate::definition::attachment::AttachmentRule;

struct World {
    db: Connection,
    file: KeyFile,
    chance: SeededChance,
    rule: AttachmentRule,
    folder: tempfile::TempDir,
}

fn now() -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse().unwrap()
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keniki.db.attachment-key");
        let world = Self {
            db: database::open("sqlite::memory:", true).await.unwrap(),
            file: KeyFile::of(Some(&path), "postgres://elsewhere/"),
            chance: SeededChance::of(7),
            rule: Definitions::load(None).unwrap().attachments().clone(),
            folder,
        };
        world.rotate().await;
        world
    }

    async fn rotate(&self) -> String {
        let with = (&self.file, &self.chance as _);
        key::rotate(&self.db, &By::command_line(), with, now())
            .await
            .unwrap()
    }

    fn keys(&self) -> Keys {
        self.file.keys().unwrap_or_else(|error| panic!("{error}"))
    }

    fn path(&self) -> &Path {
        self.file.path().unwrap()
    }

    async fn put(&self, name: &str, content: &[u8]) -> Result<AttachmentId, AttachmentError> {
        let new = NewAttachment {
            name: name.to_owned(),
            content: content.to_vec(),
        };
        let with = Sealing {
            rule: &self.rule,
            keys: &self.file,
            chance: &self.chance,
        };
        database::write(&self.db, async |tx| {
            put(tx, &By::command_line(), (new, with), now()).await
        })
        .await
    }

    async fn open(&self, id: AttachmentId) -> Result<Opened, AttachmentError> {
        open(&self.db, id, &self.file).await
    }

    async fn run(&self, sql: &str) {
        let done = self.db.execute_unprepared(sql).await;
        assert!(done.unwrap().rows_affected() > 0, "{sql}");
    }

    async fn sealed(&self, id: AttachmentId) -> Vec<u8> {
        let sql = "select content from attachment where id = $1";
        let row = statement(&self.db, sql, [id.get().into()]);
        let row = self.db.query_one_raw(row).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    async fn put_sealed(&self, id: AttachmentId, sealed: Vec<u8>) {
        database::write(&self.db, async |tx| {
            queries::put_content(tx, id.get(), sealed).await
        })
        .await
        .unwrap();
    }
}

fn refused<T>(result: Result<T, AttachmentError>) -> String {
    result.err().expect("refused").to_string()
}

const PDF: &[u8] = b"%PDF-1.7\n\xe5\x90\x8c\xe6\x84\x8f\xe6\x9b\xb8 Taro";

#[tokio::test]
async fn a_file_comes_back_as_it_was_and_lies_there_unreadable() {
    let world = World::new().await;
    let id = world.put("同意書.pdf", PDF).await.unwrap();
    let again = world.put("同意書.pdf", PDF).await.unwrap();
    let opened = world.open(id).await.ok().unwrap();
    assert_eq!(
        (&*opened.name, &*opened.media_type, &*opened.content),
        ("同意書.pdf", "application/pdf", PDF)
    );
    let sealed = world.sealed(id).await;
    assert_eq!(sealed.len(), PDF.len() + 16 + 12);
    assert!(!sealed.windows(4).any(|part| part == b"Taro"));
    assert_ne!(sealed, world.sealed(again).await, "not even twice the same");
    assert_eq!(
        refused(world.open(99.into()).await),
        "添付ファイル 99 番がありません。"
    );
}

#[tokio::test]
async fn twenty_megabytes_come_back_and_one_byte_more_does_not_go_in() {
    let world = World::new().await;
    let mut scan = b"\xff\xd8\xff\xe0".to_vec();
    scan.resize(20 << 20, 0x5a);
    let id = world.put("scan.jpg", &scan).await.unwrap();
    assert!(world.open(id).await.ok().unwrap().content == scan);
    scan.push(0);
    assert!(refused(world.put("scan.jpg", &scan).await).contains("大きすぎます（20 MBまで）"));
    assert_eq!(check::newest(&world.db).await.unwrap(), Some(id));
}

#[tokio::test]
async fn what_is_empty_or_of_no_kind_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    let said = refused(world.put("../同意書.pdf", b"").await);
    assert!(said.starts_with("「同意書.pdf」は空のファイルです。"));
    let said = refused(world.put("同意書.pdf", b"MZ\x90\0").await);
    assert!(
        said.starts_with("「同意書.pdf」は添付できない種類"),
        "{said}"
    );
    assert!(said.contains("添付できるのは、PDF、写真（JPEG）"), "{said}");
    let mut narrow = World::new().await;
    narrow.rule.kinds = [kind::Kind::Pdf].into();
    let said = refused(narrow.put("a.png", b"\x89PNG\r\n\x1a\n").await);
    assert!(said.ends_with("添付できるのは、PDFです。"), "{said}");
    assert_eq!(check::newest(&world.db).await.unwrap(), None);
}

#[tokio::test]
async fn whatever_is_changed_in_a_row_it_does_not_open() {
    let world = World::new().await;
    let id = world.put("a.pdf", PDF).await.unwrap();
    let honest = world.sealed(id).await;
    for at in [
        0,
        PDF.len() - 1,
        PDF.len(),
        honest.len() - 12,
        honest.len() - 1,
    ] {
        let mut sealed = honest.clone();
        sealed[at] ^= 1;
        world.put_sealed(id, sealed).await;
        let said = refused(world.open(id).await);
        assert!(
            said.contains("開けません。壊れたか、書き換え"),
            "{at}: {said}"
        );
    }
    for sealed in [
        Vec::new(),
        vec![0; 11],
        vec![0; 12],
        vec![0; 27],
        vec![0; 28],
    ] {
        world.put_sealed(id, sealed).await;
        assert!(world.open(id).await.is_err());
    }
    world.put_sealed(id, honest).await;
    assert!(world.open(id).await.is_ok());
    for (change, back) in [
        ("name = 'b.pdf'", "name = 'a.pdf'"),
        ("media_type = 'text/html'", "media_type = 'application/pdf'"),
        ("size = size + 1", "size = size - 1"),
    ] {
        world.run(&format!("update attachment set {change}")).await;
        assert!(world.open(id).await.is_err(), "{change}");
        world.run(&format!("update attachment set {back}")).await;
        assert!(world.open(id).await.is_ok(), "{back}");
    }
}

#[tokio::test]
async fn rows_that_were_swapped_do_not_open() {
    let world = World::new().await;
    let one = world.put("a.pdf", PDF).await.unwrap();
    let other = world.put("a.pdf", PDF).await.unwrap();
    let (first, second) = (world.sealed(one).await, world.sealed(other).await);
    world.put_sealed(one, second).await;
    world.put_sealed(other, first).await;
    assert!(world.open(one).await.is_err() && world.open(other).await.is_err());
    // Not even where whole rows change their numbers.
    let (first, second) = (world.sealed(other).await, world.sealed(one).await);
    world.put_sealed(one, first).await;
    world.put_sealed(other, second).await;
    assert!(world.open(one).await.is_ok() && world.open(other).await.is_ok());
    for change in ["id = 99 where id = 1", "id = 1 where id = 2"] {
        world.run(&format!("update attachment set {change}")).await;
    }
    let checked = check::every(&world.db, &world.keys()).await.unwrap();
    assert_eq!((checked.n_opened, checked.closed.len()), (0, 2));
}

#[tokio::test]
async fn a_key_that_was_added_seals_and_the_old_ones_still_open() {
    let world = World::new().await;
    let old = world.put("a.pdf", PDF).await.unwrap();
    let before = std::fs::read_to_string(world.path()).unwrap();
    // As an editor leaves it.
    std::fs::write(world.path(), before.trim_end()).unwrap();
    let id = world.rotate().await;
    let new = world.put("b.pdf", PDF).await.unwrap();
    assert_eq!((world.keys().newest(), world.keys().n()), (&*id, 2));
    assert!(world.open(old).await.is_ok() && world.open(new).await.is_ok());
    let checked = check::every(&world.db, &world.keys()).await.unwrap();
    assert_eq!((checked.n_opened, checked.closed.len()), (2, 0));
    // The copy of the key from before opens what is from before, and names the key that it lacks.
    std::fs::write(world.path(), &before).unwrap();
    assert!(world.open(old).await.is_ok());
    let said = refused(world.open(new).await);
    assert!(
        said.contains(&format!("これを開く鍵「{id}」が、鍵のファイルにありません")),
        "{said}"
    );
    let checked = check::every(&world.db, &world.keys()).await.unwrap();
    assert_eq!(checked.n_opened, 1);
    assert!(matches!(&*checked.closed, [AttachmentError::KeyLost { id, .. }] if *id == new));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(world.path())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "its owner's alone");
    }
}

#[tokio::test]
async fn with_another_key_under_the_same_name_nothing_opens() {
    let world = World::new().await;
    let id = world.put("a.pdf", PDF).await.unwrap();
    let text = std::fs::read_to_string(world.path()).unwrap();
    let (name, _) = text.rsplit_once(' ').unwrap();
    std::fs::write(world.path(), format!("{name} {}\n", "0".repeat(64))).unwrap();
    assert!(
        refused(world.open(id).await)
            .contains(&format!("鍵「{}」で開けません", world.keys().newest()))
    );
}

#[tokio::test]
async fn a_lost_key_is_said_and_not_made_anew_unasked() {
    let world = World::new().await;
    let first = async || {
        let with = (&world.file, &world.chance as _);
        key::make_first(&world.db, &By::command_line(), with, now()).await
    };
    assert!(!first().await.unwrap(), "it is there");
    std::fs::remove_file(world.path()).unwrap();
    assert!(first().await.unwrap(), "nothing is sealed yet");
    let id = world.put("a.pdf", PDF).await.unwrap();
    std::fs::remove_file(world.path()).unwrap();
    let said = first().await.unwrap_err().to_string();
    assert!(
        said.contains("がありません。鍵の控えを、そこに戻してください"),
        "{said}"
    );
    assert!(!world.path().exists());
    // Who asks for it gets one: what was sealed stays closed.
    world.rotate().await;
    assert!(matches!(
        world.open(id).await,
        Err(AttachmentError::KeyLost { .. })
    ));
    assert!(world.put("b.pdf", PDF).await.is_ok());
}

#[tokio::test]
async fn a_file_that_is_none_of_keys_is_named_with_its_line_and_left_alone() {
    let world = World::new().await;
    let good = std::fs::read_to_string(world.path()).unwrap();
    for (text, line) in [
        (String::new(), 1),
        ("\n\n".to_owned(), 1),
        (format!("{good}keniki-attachment-key 1 zz 00\n"), 2),
        (format!("{good}\n{}", &good[..good.len() - 2]), 3),
        ("keniki-bundle-private-key 1 00".to_owned(), 1),
    ] {
        std::fs::write(world.path(), &text).unwrap();
        let said = world.file.keys().err().unwrap().to_string();
        assert!(said.contains(&format!("の {line} 行目が")), "{said}");
        assert!(!said.contains(&good[40..]), "no key in a sentence");
        let with = (&world.file, &world.chance as _);
        let refused = key::rotate(&world.db, &By::command_line(), with, now()).await;
        assert!(refused.is_err());
        assert_eq!(std::fs::read_to_string(world.path()).unwrap(), text);
    }
    std::fs::write(world.path(), b"\xff\xfe").unwrap();
    assert!(world.file.keys().is_err());
    let said = refused(Err::<(), _>(world.file.keys().err().unwrap().into()));
    assert!(
        !said.contains(world.folder.path().to_str().unwrap()),
        "users see no path"
    );
}

#[tokio::test]
async fn a_key_lies_beside_its_sqlite_file_or_where_somebody_says() {
    let of = |named: Option<&str>, url| {
        let file = KeyFile::of(named.map(Path::new), url);
        file.path().map(|path| path.to_str().unwrap().to_owned())
    };
    assert_eq!(
        of(None, "sqlite:///var/k.db").as_deref(),
        Some("/var/k.db.attachment-key")
    );
    assert_eq!(
        of(Some("/etc/key"), "sqlite:///var/k.db").as_deref(),
        Some("/etc/key")
    );
    assert_eq!(of(None, "postgres://host/k"), None);
    assert_eq!(of(None, "sqlite::memory:"), None);
    let said = KeyFile::default().keys().err().unwrap().to_string();
    assert!(said.contains("--attachment-key"));
    let db = database::open("sqlite::memory:", true).await.unwrap();
    let nobody = By::nobody("192.0.2.1", None);
    let (file, chance) = (KeyFile::default(), SeededChance::of(1));
    let refused = key::rotate(&db, &nobody, (&file, &chance), now()).await;
    assert!(matches!(refused, Err(key::KeyError::Refused(_))));
}
