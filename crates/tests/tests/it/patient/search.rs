//! Finding somebody by anything that is known of them, and what it costs with many.

use keniki_app::account::policy::Deed;
use std::time::Instant;

use chrono::Duration;
use keniki_app::database::{self, insert_rows};
use keniki_app::patient::PatientError;
use keniki_app::patient::change::change;
use keniki_app::patient::find::{self, Page, Search};
use keniki_app::patient::level::{Certified, Level};
use keniki_app::patient::same;
use keniki_tests::on_both;
use sea_orm::Value;

use super::*;

#[tokio::test]
async fn somebody_is_found_by_any_name_number_telephone_and_birth() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let hanako = world
            .register(&nurse, "hospital", known_hanako())
            .await
            .get();
        let mut other = super::hanako();
        other.names = vec![name(
            Use::Official,
            ("高梁", "太郎"),
            ("タカハシ", "タロウ"),
        )];
        other.birth = Birth::parse("昭和15年ころ", day(TODAY)).unwrap();
        let taro = world.register(&nurse, "hospital", other).await.get();
        for text in [
            "高橋 花子",
            "髙橋花子",
            "花子",
            "山崎",
            "ヤマザキ",
            "ﾔﾏｻﾞｷ",
            "やまざき　はなこ",
            "0000000012",
            "456",
            "000456",
            "0859-34-0001",
            "０８５９３４０００１",
            "昭和15年3月4日",
            "S15.3.4",
            "1940-03-04",
            "高橋 S15.3.4",
            "花子 1940/3/4",
        ] {
            assert_eq!(world.listed(&nurse, text).await, [hanako], "{text}");
        }
        assert_eq!(
            world.listed(&nurse, "たかはし").await,
            [taro, hanako],
            "タロウ stands before ハナコ? by kana"
        );
        assert_eq!(world.listed(&nurse, "").await.len(), 2);
        for text in ["高橋 S15.3.5", "%", "_", "' or 1=1 --", "1", "田中"] {
            assert_eq!(world.listed(&nurse, text).await, [0_i64; 0], "{text}");
        }
        assert!(world.listed(&world.care_manager(), "花子").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_was_changed_meanwhile_is_not_written_over_and_what_stays_keeps_its_row() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let id = world.register(&nurse, "hospital", known_hanako()).await;
        let rows = "select cast(id as text) from patient_name order by id";
        let before = world.texts(rows).await;
        let mut record = known_hanako();
        record.levels = vec![Certified {
            level: Level::Care2,
            valid_from: day("2026-04-01"),
            valid_to: None,
        }];
        record.identifiers.remove(0);
        let put = async |version, record: Record| {
            database::write(&world.db, async |tx| {
                change(tx, &nurse, (id, version), record.clone(), world.now).await
            })
            .await
        };
        put(1, record.clone()).await.unwrap();
        assert_eq!(world.texts(rows).await, before);
        let stale = put(1, record.clone()).await;
        assert!(matches!(stale, Err(PatientError::Stale)));
        let (_, found) = find::list(&world.db, world.definitions.patients(), (&nurse, Deed::ReadPatient), (&Search::default(), ALL), world.now).await.unwrap();
        assert_eq!((found[0].version, found[0].record.levels.len()), (2, 1));
        assert_eq!(found[0].record.identifiers.len(), 1);
        assert_eq!(world.number("select count(*) from audit_entry where deed = 'patient.write' and object_kind = 'patient'").await, 2);
    })
    .await;
}

/// A hundred thousand patients of one hospital: a page of a search and its count take a third of a second; three is too long.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "it measures how long a search takes"
)]
async fn a_hundred_thousand_patients_are_searched_quickly() {
    on_both(async |database| {
        let world = World::of(database).await;
        many(&world, 100_000).await;
        let nurse = world.nurse();
        let page = Page { first: 0, most: 50 };
        for text in [
            "山田3 太郎7",
            "ﾔﾏﾀﾞ",
            "0000000777",
            "S15.3.4",
            "0859-00-0777",
            "",
        ] {
            let search = Search {
                text: text.to_owned(),
                born_on: None,
                ..Search::default()
            };
            let begun = Instant::now();
            let (n, rows) = find::list(
                &world.db,
                world.definitions.patients(),
                (&nurse, Deed::ReadPatient),
                (&search, page),
                world.now,
            )
            .await
            .unwrap();
            let took = begun.elapsed();
            eprintln!("{text}: {n} in {took:?}");
            assert!(n > 0 && !rows.is_empty(), "{text}");
            assert!(took < std::time::Duration::from_secs(3), "{text}: {took:?}");
        }
        let begun = Instant::now();
        let mut asked = super::hanako();
        asked.names = vec![name(
            Use::Official,
            ("山田777", "太郎777"),
            ("ヤマダ", "タロウ"),
        )];
        let own = database::write(&world.db, async |tx| {
            keniki_app::patient::register::candidates(
                tx,
                &world.definitions,
                &nurse,
                &asked,
                world.now,
            )
            .await
        });
        let own = own.await.unwrap();
        eprintln!("candidates: {} in {:?}", own.own.len(), begun.elapsed());
        let begun = Instant::now();
        let (n, _) = same::pairs(&world.db, &nurse, page, world.now + Duration::days(1))
            .await
            .unwrap();
        eprintln!("pairs: {n} in {:?}", begun.elapsed());
    })
    .await;
}

async fn many(world: &World, n: i64) {
    let text = |text: String| Value::from(text);
    let insert = async |head: &str, columns, rows: Vec<Value>| {
        database::write(&world.db, async |tx| {
            insert_rows(tx, head, columns, rows.clone(), "").await
        })
        .await
        .unwrap();
    };
    let ids = 1..=n;
    let rows = ids.clone().flat_map(|id| {
        let born = day("1920-01-01") + Duration::days((id * 37) % 30_000);
        [
            text("female".into()),
            text(born.to_string()),
            false.into(),
            text(format!("0859-{:02}-{:04}", id / 10_000, id % 10_000)),
            text("x".into()),
            text("x".into()),
        ]
    });
    insert(
        "insert into patient (sex, born_on, is_born_about, phone, created_at, changed_at) values",
        6,
        rows.collect(),
    )
    .await;
    let rows = ids.clone().flat_map(|id| {
        let (family, given) = (format!("山田{}", id % 1_000), format!("太郎{}", id % 997));
        let key = format!("{family}{given}");
        let kana = format!("やまだたろう{}", id % 50_000);
        [
            id.into(),
            text("official".into()),
            text(family),
            text(given),
            text("ヤマダ".into()),
            text("タロウ".into()),
            text(key),
            text(kana),
        ]
    });
    insert("insert into patient_name (patient_id, use, family, given, family_kana, given_kana, key, kana_key) values", 8, rows.collect()).await;
    let insurer = match insured("0000000001") {
        Identifier::CareInsurance { insurer, .. } => insurer.as_str().to_owned(),
        Identifier::MedicalRecord { .. } => String::new(),
    };
    let rows = ids.clone().flat_map(|id| {
        [
            id.into(),
            text("care_insurance".into()),
            text(insurer.clone()),
            text(format!("{id:010}")),
        ]
    });
    insert(
        "insert into patient_identifier (patient_id, kind, insurer, number) values",
        4,
        rows.collect(),
    )
    .await;
    let rows = ids.flat_map(|id| {
        [
            id.into(),
            HOSPITAL.into(),
            text("hospital".into()),
            text("2026-01-01".into()),
            text("x".into()),
        ]
    });
    insert(
        "insert into care_team (patient_id, organization_id, role, valid_from, created_at) values",
        5,
        rows.collect(),
    )
    .await;
    world.run("analyze").await;
}
