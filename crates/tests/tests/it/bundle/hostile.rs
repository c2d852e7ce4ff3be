//! Files that are not what was signed, and signed files that no program of ours makes: refused, with nothing changed.

use std::io::{Cursor, Read, Write};

use keniki_app::bundle::BundleError;
use keniki_app::bundle::trust::distrust;
use keniki_app::database;
use keniki_tests::{TestDatabase, on_both};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use super::{Sides, by, everything, noted, now};
use crate::search::world::{World, run};

/// What is in a bundle, in its order.
#[derive(Clone)]
struct Parts(Vec<(String, Vec<u8>)>);

impl Parts {
    fn of(bytes: &[u8]) -> Self {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut parts = Vec::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            let name = file.name().unwrap().into_owned();
            parts.push((name, bytes));
        }
        Self(parts)
    }

    fn part(&mut self, name: &str) -> &mut Vec<u8> {
        let part = self.0.iter_mut().find(|(other, _)| other == name);
        &mut part.unwrap_or_else(|| panic!("no {name}")).1
    }

    fn manifest(&mut self) -> Value {
        serde_json::from_slice(self.part("manifest.json")).unwrap()
    }

    /// Says of every member what it is, and signs that with the trusted key.
    fn sign(mut self, change: impl Fn(&mut Value)) -> Self {
        let mut manifest = self.manifest();
        for member in manifest["members"].as_array_mut().unwrap() {
            let name = member["name"].as_str().unwrap().to_owned();
            let bytes = self.part(&name);
            let hash = ring::digest::digest(&ring::digest::SHA256, bytes);
            let hex: String = hash
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            member["sha256"] = json!(hex);
            member["n_bytes"] = json!(bytes.len());
        }
        change(&mut manifest);
        let bytes = serde_json::to_vec(&manifest).unwrap();
        self.sign_bytes(bytes)
    }

    fn sign_bytes(mut self, bytes: Vec<u8>) -> Self {
        // The first 32 bytes that `SeededChance::of(1)` gives, as `Sides::of` makes the key.
        let mut seed = [0; 32];
        keniki_base::chance::Chance::fill(&keniki_base::chance::SeededChance::of(1), &mut seed);
        let key = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        assert_eq!(key.public_key().as_ref().len(), 32);
        let signature = key.sign(&bytes);
        let hex: String = signature
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        *self.part("manifest.json") = bytes;
        *self.part("manifest.sig") = hex.into_bytes();
        self
    }

    fn pack(&self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.0 {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

/// Both sides, one bundle that was not taken yet, and the inside as it is.
async fn sides(database: TestDatabase) -> (Sides, Vec<u8>, Vec<String>) {
    let outside = database.open().await;
    World::of(6).fill(&outside).await;
    let sides = Sides::of(database, outside).await;
    sides.export("1.zip").await;
    let bytes = std::fs::read(sides.path("1.zip")).unwrap();
    let before = everything(&sides.inside).await;
    (sides, bytes, before)
}

async fn refusal(sides: &Sides, bytes: &[u8], before: &[String]) -> BundleError {
    let file = sides.path("hostile.zip");
    std::fs::write(&file, bytes).unwrap();
    let n_noted = noted(&sides.inside, "bundle.import").await.len();
    let error = sides.take_file(&file).await.unwrap_err();
    assert_eq!(everything(&sides.inside).await, before, "{error}");
    let noted = noted(&sides.inside, "bundle.import").await;
    assert_eq!(noted.len(), n_noted + 1, "{error} is not on record");
    assert!(noted.last().unwrap().starts_with("refused|0|"), "{noted:?}");
    error
}

#[tokio::test]
async fn one_wrong_byte_in_any_part_is_refused() {
    on_both(async |database| {
        let (sides, bytes, before) = sides(database).await;
        let parts = Parts::of(&bytes);
        for (name, content) in &parts.0 {
            for at in [0, content.len() / 2, content.len().saturating_sub(2)] {
                if content.is_empty() {
                    continue;
                }
                let mut changed = parts.clone();
                changed.part(name)[at] ^= 1;
                let error = refusal(&sides, &changed.pack(), &before).await;
                let is_told = matches!(error, BundleError::Changed(_) | BundleError::UnknownKey(_));
                assert!(is_told, "{name} at {at}: {error}");
            }
        }
        let mut longer = parts.clone();
        longer.part("site.jsonl").push(b'\n');
        let error = refusal(&sides, &longer.pack(), &before).await;
        assert!(matches!(error, BundleError::TooLarge(_)), "{error}");
        sides.take("1.zip").await.unwrap();
    })
    .await;
}

/// Whoever stole a key can number as they like; once it is distrusted, their numbers stand in nobody's way.
#[tokio::test]
async fn what_a_stolen_key_brought_is_mended_by_the_next_bundle_of_a_new_one() {
    on_both(async |database| {
        let (sides, bytes, _) = sides(database).await;
        sides.take("1.zip").await.unwrap();
        let directory = async || {
            let mut all = everything(&sides.inside).await;
            all.retain(|row| !row.starts_with("bundle"));
            all
        };
        let before = directory().await;
        let mut forged = Parts::of(&bytes);
        forged.part("service_hours.jsonl").clear();
        forged.part("source_record.jsonl").clear();
        for member in ["service_capability.jsonl", "service.jsonl"] {
            let lines = forged.part(member);
            let at = lines.iter().position(|byte| *byte == b'\n');
            let rest = at.map_or(0, |at| at + 1);
            lines.drain(..rest);
        }
        forged.part("service_capability.jsonl").clear();
        let forged = forged.sign(|manifest| manifest["serial"] = json!(i64::MAX));
        std::fs::write(sides.path("forged.zip"), forged.pack()).unwrap();
        assert_eq!(sides.take("forged.zip").await.unwrap().n_closed, 1);
        assert_ne!(directory().await, before);

        sides.key("two", 2).await;
        sides.trust("two").await;
        sides.export_with("two", "2.zip", 0).await.unwrap();
        let blocked = sides.take("2.zip").await.unwrap_err();
        assert!(matches!(
            blocked,
            BundleError::Replayed {
                serial: 2,
                last: i64::MAX
            }
        ));
        database::write(&sides.inside, async |tx| {
            distrust(tx, &by(), 1, now()).await
        })
        .await
        .unwrap();
        sides.take("2.zip").await.unwrap();
        assert_eq!(directory().await, before);
    })
    .await;
}

/// Wherever a byte of the file itself is another, it is refused, or what is taken is what was signed.
#[tokio::test]
async fn no_byte_of_the_file_changes_what_is_taken() {
    let (sides, bytes, _) = sides(TestDatabase::sqlite()).await;
    sides.take("1.zip").await.unwrap();
    let (mut n_taken, mut n_refused) = (0, 0);
    run(&sides.inside, "delete from bundle").await;
    let whole = everything(&sides.inside).await;
    for at in (0..bytes.len()).step_by(bytes.len() / 300) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        let file = sides.path("hostile.zip");
        std::fs::write(&file, &changed).unwrap();
        match sides.take_file(&file).await {
            Err(_) => n_refused += 1,
            Ok(_) => n_taken += 1,
        }
        run(&sides.inside, "delete from bundle").await;
        assert_eq!(everything(&sides.inside).await, whole, "at {at}");
    }
    assert!(n_refused > 200 && n_taken > 0, "{n_refused} {n_taken}");
}

#[tokio::test]
async fn a_file_cut_short_swollen_or_of_another_kind_is_refused() {
    on_both(async |database| {
        let (sides, bytes, before) = sides(database).await;
        for n in [0, 1, 22, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let error = refusal(&sides, &bytes[..n], &before).await;
            assert!(matches!(error, BundleError::Broken(_)), "{n}: {error}");
        }
        for other in [&b"PK"[..], b"no bundle at all", &[0xff; 4096]] {
            let error = refusal(&sides, other, &before).await;
            assert!(matches!(error, BundleError::Broken(_)), "{error}");
        }
        // A small file that unpacks to a great one is read no further than what was signed.
        let nothing = vec![b' '; 200 << 20];
        for name in ["manifest.json", "manifest.sig", "service.jsonl"] {
            let mut bomb = Parts::of(&bytes);
            *bomb.part(name) = nothing.clone();
            let packed = bomb.pack();
            assert!(packed.len() < 1 << 20);
            let error = refusal(&sides, &packed, &before).await;
            assert!(matches!(error, BundleError::TooLarge(_)), "{name}: {error}");
        }
        let huge = Parts::of(&bytes)
            .sign(|manifest| manifest["members"][3]["n_bytes"] = json!(1_u64 << 40));
        let error = refusal(&sides, &huge.pack(), &before).await;
        assert!(matches!(error, BundleError::TooLarge(_)), "{error}");
        std::fs::File::create(sides.path("hostile.zip"))
            .unwrap()
            .set_len(65 << 20)
            .unwrap();
        let error = sides.take("hostile.zip").await.unwrap_err();
        assert!(matches!(error, BundleError::TooLarge(_)), "{error}");
        let error = sides.take("not there").await.unwrap_err();
        assert!(matches!(error, BundleError::NotRead { .. }), "{error}");
    })
    .await;
}

#[tokio::test]
async fn what_a_trusted_key_signed_holds_the_listed_tables_and_columns_and_no_other() {
    on_both(async |database| {
        let (sides, bytes, before) = sides(database).await;
        let whole = Parts::of(&bytes);
        let same = |_: &mut Value| {};

        for version in [0, 2, 99] {
            let other = whole.clone().sign(|manifest| manifest["version"] = json!(version));
            let error = refusal(&sides, &other.pack(), &before).await;
            assert!(matches!(error, BundleError::WrongVersion(it) if it == version), "{error}");
        }
        let other = whole.clone().sign(|manifest| manifest["more"] = json!(1));
        let error = refusal(&sides, &other.pack(), &before).await;
        assert!(matches!(error, BundleError::Broken(_)), "{error}");
        let no_json = whole.clone();
        let error = refusal(&sides, &no_json.sign_bytes(b"[]".to_vec()).pack(), &before).await;
        assert!(matches!(error, BundleError::UnknownKey(_)), "{error}");

        let mut more = whole.clone();
        more.0.push(("account.jsonl".to_owned(), b"{}\n".to_vec()));
        for signed in [
            more.clone(),
            more.sign(|manifest| {
                let member = json!({"name": "account.jsonl", "n_rows": 1, "n_bytes": 3, "sha256": ""});
                manifest["members"].as_array_mut().unwrap().push(member);
            }),
            whole.clone().sign(|manifest| drop(manifest["members"].as_array_mut().unwrap().pop())),
            whole.clone().sign(|manifest| manifest["members"].as_array_mut().unwrap().swap(0, 1)),
        ] {
            let error = refusal(&sides, &signed.pack(), &before).await;
            assert!(matches!(error, BundleError::Changed(_)), "{error}");
        }

        // The last row of the last member: all before it is written by then, and taken back.
        let record = r#"{"scope":"s","record_key":"k","content":"{}","site_id":1,"seen_batch_id":1}"#;
        for (member, row, cause) in [
            ("source_record.jsonl", record.replace("\"site_id\":1", "\"site_id\":1,\"batch_id\":1"), "batch_id という列"),
            ("source_record.jsonl", record.replace("\"site_id\":1", "\"site_id\":999"), "site_id 999"),
            ("source_record.jsonl", record.replace("\"site_id\":1,", ""), "site_id がありません"),
            ("source_record.jsonl", "[]".to_owned(), "JSONの行"),
            ("source_record.jsonl", String::new(), "JSONの行"),
            ("organization.jsonl", r#"{"id":77,"name":"甲","created_batch_id":1}"#.to_owned(), "created_batch_id という列"),
            ("organization.jsonl", r#"{"id":77}"#.to_owned(), "name がありません"),
            ("organization.jsonl", r#"{"id":77,"name":null}"#.to_owned(), "name の値"),
            ("organization.jsonl", r#"{"id":"77","name":"甲"}"#.to_owned(), "id の値"),
            ("site.jsonl", r#"{"id":1,"name":"甲","location_precision":"none","status":"active"}"#.to_owned(), "id 1 が二度"),
            (
                "site.jsonl",
                r#"{"id":77,"name":"甲","location_precision":"none","status":"active","lat":"inf"}"#.to_owned(),
                "lat の値",
            ),
            (
                "site.jsonl",
                r#"{"id":77,"name":"甲","location_precision":"none","status":"active","last_assured_by":"乙"}"#.to_owned(),
                "last_assured_by という列",
            ),
        ] {
            let mut wrong = whole.clone();
            let content = wrong.part(member);
            let n_lines = content.iter().filter(|byte| **byte == b'\n').count();
            content.extend_from_slice(format!("{row}\n").as_bytes());
            let error = refusal(&sides, &wrong.sign(same).pack(), &before).await;
            let BundleError::WrongRow { member: named, line, cause: told } = error else {
                panic!("{row}: {error}");
            };
            assert_eq!((named.as_str(), line), (member, n_lines + 1), "{row}");
            assert!(told.contains(cause), "{row}: {told}");
        }
        let mut twice = whole.clone();
        let content = twice.part("site_code.jsonl").clone();
        let hours = twice.part("service_hours.jsonl").clone();
        twice.part("service_hours.jsonl").extend_from_slice(&hours);
        twice.part("site_code.jsonl").extend_from_slice(&content);
        let file = sides.path("hostile.zip");
        std::fs::write(&file, twice.sign(same).pack()).unwrap();
        let error = sides.take_file(&file).await.unwrap_err();
        assert!(matches!(error, BundleError::Database(_)), "{error}");
        assert_eq!(everything(&sides.inside).await, before);

        std::fs::write(&file, whole.sign(same).pack()).unwrap();
        sides.take_file(&file).await.unwrap();
    })
    .await;
}
