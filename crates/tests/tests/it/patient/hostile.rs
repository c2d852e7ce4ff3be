//! What cannot be of anybody is refused with a sentence; hostile texts are kept as texts, or refused.

use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::patient::PatientError;
use keniki_app::patient::level::{Certified, Level};
use keniki_tests::on_both;

use super::*;

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_is_written() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let level = |from: &str, to: &str| Certified {
            level: Level::Care1,
            valid_from: day(from),
            valid_to: Some(day(to)),
        };
        let home = |address: &str| Home {
            address: Some(address.to_owned()),
            ..Home::default()
        };
        let wrong = [
            Record {
                died_on: Some(day("1940-03-03")),
                ..hanako()
            },
            Record {
                died_on: Some(day("2026-11-25")),
                ..hanako()
            },
            Record {
                levels: vec![level("2026-04-01", "2026-03-31")],
                ..hanako()
            },
            Record {
                names: Vec::new(),
                ..hanako()
            },
            Record {
                names: [
                    hanako().names,
                    vec![name(Use::Official, ("乙", ""), ("オツ", ""))],
                ]
                .concat(),
                ..hanako()
            },
            Record {
                home: home(&"長".repeat(201)),
                ..hanako()
            },
            Record {
                home: home("a\u{0}b"),
                ..hanako()
            },
        ];
        for record in wrong {
            let new = NewPatient {
                record,
                role: "hospital".to_owned(),
                staff: String::new(),
            };
            let rule = world.definitions.patients();
            let done = database::write(&world.db, async |tx| {
                register(tx, rule, &nurse, new.clone(), world.now).await
            });
            let refused = done.await.unwrap_err();
            assert!(!matches!(refused, PatientError::Database(_)), "{refused}");
            assert!(refused.to_string().ends_with('。'), "{refused}");
        }
        assert_eq!(world.number("select count(*) from patient").await, 0);
        let number = Identifier::care_insurance("312020", "0000000012");
        let other = Identifier::care_insurance("312021", "0000000012");
        assert!(
            [number, other]
                .iter()
                .any(|it| matches!(it, Err(PatientError::Code(_))))
        );
    })
    .await;
}

#[tokio::test]
async fn hostile_texts_are_texts() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let mut record = known_hanako();
        record.home.address =
            Some("'); drop table patient; -- <script>alert(1)</script> {{7*7}}".to_owned());
        record
            .names
            .push(name(Use::Variant, ("' or '1'='1", "%_\\"), ("", "")));
        let id = world.register(&nurse, "hospital", record).await;
        for text in [
            "' or '1'='1",
            "'; drop table patient; --",
            "\\",
            "\u{202e}",
            "\u{0}",
            "((((",
            "$1",
            "?",
            &"9".repeat(5_000),
            &"山".repeat(5_000),
        ] {
            let found = world.listed(&nurse, text).await;
            assert!(found.is_empty() || found == [id.get()], "{text}");
        }
        assert_eq!(world.listed(&nurse, "花子").await, [id.get()]);
        let (_, found) = find::list(
            &world.db,
            world.definitions.patients(),
            (&nurse, Deed::ReadPatient),
            (&Search::default(), ALL),
            world.now,
        )
        .await
        .unwrap();
        let address = found[0].record.home.address.as_deref();
        assert!(address.unwrap().contains("<script>"), "as it was typed");
        let names =
            "select count(*) from audit_entry where note like '%花子%' or object_id like '%花%'";
        assert_eq!(world.number(names).await, 0);
    })
    .await;
}
