//! What a mirror shows, and what becomes of it with the next bundle.

use std::sync::Arc;

use keniki_app::account::office;
use keniki_app::bundle::{BundleError, trust};
use keniki_app::database;
use keniki_app::definition::Definitions;
use keniki_app::directory::export::{self, Form};
use keniki_app::directory::proposal::{Decision, ProposalError, decide};
use keniki_app::directory::search::{Query, Thesaurus, find};
use keniki_app::directory::source::Reference;
use keniki_app::directory::source::locate::Places;
use keniki_app::import::undo::{UndoError, undo};
use keniki_app::import::{self, ImportError, Options};
use keniki_tests::on_both;
use sea_orm::DatabaseConnection;
use serde_json::Value;

use super::{Sides, bare_area, by, everything, noted, now, sample_area, texts, twin};
use crate::api::Anon;
use crate::search::world::{World, run};

async fn csv(db: &DatabaseConnection, form: Form) -> String {
    let definitions = Definitions::load(None).unwrap();
    let ids = export::all_ids(db).await.unwrap();
    let mut out = Vec::new();
    export::csv(db, &definitions, form, &ids, &mut out)
        .await
        .unwrap();
    String::from_utf8(out).unwrap()
}

/// The API's pages of all services, and single ones in full but whom the public may call.
async fn api(db: &DatabaseConnection) -> Vec<Value> {
    let anon = Anon::of(db);
    let mut all = Vec::new();
    for page in 1.. {
        let found = anon
            .ok(&format!("/api/v1/services?page_size=200&page={page}"))
            .await;
        let is_last = found["services"]
            .as_array()
            .is_none_or(|rows| rows.len() < 200);
        all.push(found);
        if is_last {
            break;
        }
    }
    for id in (1..400).step_by(37) {
        let mut detail = anon.ok(&format!("/api/v1/services/{id}")).await;
        detail.as_object_mut().unwrap().remove("contacts");
        all.push(detail);
    }
    all
}

#[tokio::test]
async fn a_mirror_shows_the_public_what_the_original_shows() {
    on_both(async |database| {
        let outside = sample_area(&database).await;
        let mut sides = Sides::of(database, outside).await;
        let inside_at = twin(&sides.databases[0]).await;
        sides.inside = bare_area(&inside_at).await;
        // An office that has accounts inside, under a number that the original gives another organization.
        let office = database::write(&sides.inside, async |tx| {
            office::found(tx, "汐見保健所", &[]).await
        });
        assert_eq!(office.await.unwrap().get(), 1);
        sides.trust("one").await;

        let made = sides.export("1.zip").await;
        let taken = sides.take("1.zip").await.unwrap();
        assert_eq!((made.serial, taken.serial, taken.n_closed), (1, 1, 0));
        assert_eq!(taken.n_new, taken.n_services);
        assert!(taken.n_services > 800, "{taken:?}");
        for form in [Form::Medical, Form::Care, Form::Rest, Form::Everything] {
            assert_eq!(
                csv(&sides.inside, form).await,
                csv(&sides.outside, form).await
            );
        }
        assert_eq!(api(&sides.inside).await, api(&sides.outside).await);
        let thesaurus = Thesaurus::of(&Definitions::load(None).unwrap());
        let query = Query {
            text: "訪問看護".to_owned(),
            ..Query::default()
        };
        let found = async |db| find(db, &thesaurus, &query).await.unwrap().service_ids;
        assert_eq!(found(&sides.inside).await, found(&sides.outside).await);
        assert!(!found(&sides.inside).await.is_empty());
        assert_eq!(
            texts(&sides.inside, "name", "from organization where id = 1").await,
            ["汐見保健所"]
        );
        assert_eq!(noted(&sides.outside, "bundle.export").await, ["done|1|-"]);
        assert_eq!(noted(&sides.inside, "bundle.import").await, ["done|1|-"]);

        // Taken again under another number, it changes nothing.
        let before = everything(&sides.inside).await;
        sides.export("2.zip").await;
        let taken = sides.take("2.zip").await.unwrap();
        assert_eq!((taken.n_new, taken.n_closed), (0, 0));
        let is_bundle = |row: &String| row.starts_with("bundle ");
        let mut after = everything(&sides.inside).await;
        after.retain(|row| !is_bundle(row));
        assert!(after.iter().eq(before.iter().filter(|row| !is_bundle(row))));
    })
    .await;
}

#[tokio::test]
async fn the_next_bundle_brings_what_changed_what_is_new_and_closes_what_vanished() {
    on_both(async |database| {
        let outside = database.open().await;
        World::of(20).fill(&outside).await;
        let sides = Sides::of(database, outside).await;
        sides.export("1.zip").await;
        sides.take("1.zip").await.unwrap();
        for sql in [
            "delete from source_record where site_id = 3",
            "delete from service_hours where service_id = 3",
            "delete from service_capability where service_id = 3",
            "delete from service where id = 3",
            "delete from site_code where site_id = 3",
            "delete from site where id = 3",
            "update site set name = 'みなと医院', name_key = 'x', phone = '0859-00-0077' where id = 5",
            "update service set status = 'suspended' where id = 6",
            "delete from service_hours where service_id = 7",
            "insert into site (id, name, name_key, created_batch_id) values (90, 'あたらしい薬局', 'k', 1)",
            "insert into service (id, site_id, category, created_batch_id) values (90, 90, 'pharmacy', 1)",
        ] {
            run(&sides.outside, sql).await;
        }
        sides.export("2.zip").await;
        let taken = sides.take("2.zip").await.unwrap();
        assert_eq!((taken.n_services, taken.n_new, taken.n_closed), (20, 1, 1));
        let state = async |rest: &str| texts(&sides.inside, "status", rest).await;
        assert_eq!(state("from site where id = 3").await, ["closed"]);
        assert_eq!(state("from service where id = 3").await, ["closed"]);
        assert_eq!(state("from service where id = 6").await, ["suspended"]);
        assert_eq!(
            texts(&sides.inside, "name phone phone_key", "from site where id = 5").await,
            ["みなと医院|0859-00-0077|0859000077"]
        );
        let hours = texts(&sides.inside, "weekday", "from service_hours where service_id = 7");
        assert!(hours.await.is_empty());
        let thesaurus = Thesaurus::of(&Definitions::load(None).unwrap());
        for (text, id) in [("みなと医院", 5), ("あたらしい薬局", 21)] {
            let query = Query {
                text: text.to_owned(),
                ..Query::default()
            };
            let found = find(&sides.inside, &thesaurus, &query).await.unwrap();
            assert_eq!(found.service_ids, [id], "{text}");
        }
        let everybody = find(&sides.inside, &thesaurus, &Query::default()).await;
        assert!(!everybody.unwrap().service_ids.contains(&3));

        // What comes back is the same row again.
        run(&sides.outside, "insert into site (id, name, name_key) values (3, '丘医院', 'k')").await;
        run(&sides.outside, "insert into service (id, site_id, category) values (3, 3, 'clinic')").await;
        sides.export("3.zip").await;
        sides.take("3.zip").await.unwrap();
        assert_eq!(state("from service where id = 3").await, ["active"]);
    })
    .await;
}

#[tokio::test]
async fn each_bundle_is_taken_once_and_in_order() {
    on_both(async |database| {
        let outside = database.open().await;
        World::of(5).fill(&outside).await;
        let sides = Sides::of(database, outside).await;
        for name in ["1.zip", "2.zip"] {
            sides.export(name).await;
        }
        sides.take("2.zip").await.unwrap();
        let before = everything(&sides.inside).await;
        let again = sides.take("2.zip").await.unwrap_err();
        assert!(matches!(
            again,
            BundleError::Replayed { serial: 2, last: 2 }
        ));
        let older = sides.take("1.zip").await.unwrap_err();
        assert!(matches!(
            older,
            BundleError::Replayed { serial: 1, last: 2 }
        ));
        let words = older.to_string();
        assert!(words.contains("1 番") && words.contains("2 番"), "{words}");

        // Another key goes on with the numbers, and only once it is trusted.
        sides.key("two", 2).await;
        let made = sides.export_with("two", "3.zip", 0).await.unwrap();
        assert_eq!(made.serial, 3);
        let stranger = sides.take("3.zip").await.unwrap_err();
        assert!(matches!(stranger, BundleError::UnknownKey(_)), "{stranger}");
        assert_eq!(everything(&sides.inside).await, before);
        let number = sides.trust("two").await;
        sides.take("3.zip").await.unwrap();
        database::write(&sides.inside, async |tx| {
            trust::distrust(tx, &by(), number, now()).await
        })
        .await
        .unwrap();
        sides.export_with("two", "4.zip", 0).await.unwrap();
        let distrusted = sides.take("4.zip").await.unwrap_err();
        assert!(matches!(distrusted, BundleError::UnknownKey(_)));
        let no_such = database::write(&sides.inside, async |tx| {
            trust::distrust(tx, &by(), number, now()).await
        });
        assert!(matches!(no_such.await, Err(BundleError::NoSuchKey(_))));
        assert_eq!(
            noted(&sides.inside, "bundle.import").await,
            [
                "done|2|-",
                "refused|0|replayed",
                "refused|0|replayed",
                "refused|0|unknown_key",
                "done|3|-",
                "refused|0|unknown_key"
            ]
        );
        assert_eq!(
            noted(&sides.inside, "bundle.trust").await,
            ["done|1|trusted", "done|2|trusted", "done|2|distrusted"]
        );

        // A house put back to an older copy counts on from where the other side is.
        run(&sides.outside, "delete from bundle").await;
        sides.export("5.zip").await;
        assert!(matches!(
            sides.take("5.zip").await,
            Err(BundleError::Replayed { serial: 1, last: 2 })
        ));
        let made = sides.export_with("one", "6.zip", 3).await.unwrap();
        assert_eq!(made.serial, 4);
        sides.take("6.zip").await.unwrap();
        // One made anew has other numbers for its rows.
        run(
            &sides.outside,
            "update setting set value = 'another' where name = 'house'",
        )
        .await;
        sides.export("7.zip").await;
        assert!(matches!(
            sides.take("7.zip").await,
            Err(BundleError::OtherHouse)
        ));
    })
    .await;
}

#[tokio::test]
async fn only_bundles_write_a_mirror_and_nothing_else_becomes_one() {
    on_both(async |database| {
        let outside = database.open().await;
        World::of(5).fill(&outside).await;
        let sides = Sides::of(database, outside).await;
        sides.export("1.zip").await;
        let own = "insert into import_batch (id, format, scope, file_name, sha256, imported_at, imported_by, source_rows,
            report) values (1, 'filings', 'filings/31', 'a.csv', '', '2026-04-01T00:00:00Z', 'test', 1, '')";
        run(&sides.inside, own).await;
        let refused = sides.take("1.zip").await.unwrap_err();
        assert!(matches!(refused, BundleError::OwnLists(1)), "{refused}");
        run(&sides.inside, "update import_batch set undone_at = '2026-04-02T00:00:00Z'").await;
        sides.take("1.zip").await.unwrap();

        let before = everything(&sides.inside).await;
        let places = Places::load(&sides.inside).await.unwrap();
        let undone = undo(&sides.inside, &places, 2, &by(), now()).await;
        assert!(matches!(undone, Err(UndoError::Mirror(_))), "{undone:?}");
        run(&sides.inside, "insert into proposal (service_id, fields, before_fields, created_at)
            values (1, '{\"phone\":\"0859-00-0001\"}', '{}', '2026-11-24T00:00:00Z')").await;
        let decision = Decision {
            is_yes: true,
            note: "",
            seen: "",
        };
        let approved = decide(&sides.inside, None, &by(), (1.into(), decision), now()).await;
        assert!(matches!(approved, Err(ProposalError::Mirror(_))), "{approved:?}");
        let list = sides.path("list.csv");
        std::fs::write(&list, csv(&sides.outside, Form::Medical).await).unwrap();
        let reference = Arc::new(Reference {
            definitions: Arc::new(Definitions::load(None).unwrap()),
            places,
        });
        let imported = import::import_file(
            &sides.inside,
            &reference,
            &list,
            &by(),
            Options::default(),
            now(),
            |_| (),
        )
        .await;
        let refused = imported.unwrap_err();
        assert!(matches!(refused, ImportError::Mirror(_)), "{refused}");
        assert!(refused.to_string().contains("いまは 1 番"));
        assert_eq!(everything(&sides.inside).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_same_rows_number_and_time_make_the_same_bytes() {
    on_both(async |database| {
        let outside = database.open().await;
        World::of(9).fill(&outside).await;
        let sides = Sides::of(database, outside).await;
        sides.export("1.zip").await;
        run(&sides.outside, "delete from bundle").await;
        sides.export("again.zip").await;
        let bytes = |name: &str| std::fs::read(sides.path(name)).unwrap();
        assert_eq!(bytes("1.zip"), bytes("again.zip"));
        let there = sides.export_with("one", "1.zip", 0).await.unwrap_err();
        assert!(matches!(there, BundleError::Exists(_)));
        let nowhere = sides.export_with("one", "none/1.zip", 0).await.unwrap_err();
        assert!(
            matches!(nowhere, BundleError::NotWritten { .. }),
            "{nowhere}"
        );
        assert_eq!(
            sides.export("2.zip").await.serial,
            2,
            "a failed one uses no number"
        );
    })
    .await;
}
