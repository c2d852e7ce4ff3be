//! Two records made one, and two again: every row as it was, or a sentence that says why not.

use keniki_app::database;
use keniki_app::patient::change::change;
use keniki_app::patient::emergency;
use keniki_app::patient::merge::{MergeError, merge};
use keniki_app::patient::show::{View, show};
use keniki_app::patient::unmerge::unmerge;
use keniki_app::patient::{PatientError, find, same};
use keniki_tests::on_both;

use super::*;

impl World {
    async fn merge(&self, by: &By, kept: PatientId, gone: PatientId) -> Result<i64, MergeError> {
        database::write(&self.db, async |tx| {
            merge(tx, by, (kept, gone), "同じ人", self.now).await
        })
        .await
    }

    async fn unmerge(&self, by: &By, id: i64) -> Result<(), MergeError> {
        database::write(&self.db, async |tx| unmerge(tx, by, id, self.now).await).await
    }

    /// Every row of what hangs on patients, but for what counts the changes themselves.
    async fn everything(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (table, columns) in [
            ("patient", "id, sex, born_on, merged_into, phone"),
            ("patient_name", "id, patient_id, use, family, key"),
            ("patient_identifier", "id, patient_id, kind, number"),
            ("care_level", "id, patient_id, level"),
            ("consent", "id, patient_id, scope"),
            ("care_case", "id, patient_id, access"),
            (
                "care_team",
                "id, patient_id, case_id, organization_id, role, valid_from",
            ),
            ("emergency_access", "id, patient_id, account_id, reason"),
        ] {
            let cells: Vec<String> = columns
                .split(", ")
                .map(|it| format!("coalesce(cast({it} as text), '-')"))
                .collect();
            let sql = format!(
                "select {} from {table} order by id",
                cells.join(" || ' ' || ")
            );
            all.extend(
                self.texts(&sql)
                    .await
                    .into_iter()
                    .map(|row| format!("{table}: {row}")),
            );
        }
        all
    }
}

async fn twice(world: &World) -> (PatientId, PatientId) {
    let nurse = world.nurse();
    let kept = world.register(&nurse, "hospital", hanako()).await;
    let gone = world.register(&nurse, "hospital", known_hanako()).await;
    (kept, gone)
}

#[tokio::test]
async fn what_is_merged_and_taken_back_is_as_it_was() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let (kept, gone) = twice(&world).await;
        world.case(gone, "open").await;
        world.case(kept, "open").await;
        world.run(&format!("insert into care_level (patient_id, level, valid_from, created_at) values ({gone}, 'care_2', '2026-04-01', 'x')")).await;
        world.run(&format!("insert into consent (patient_id, given_by, scope, purpose, basis, valid_from, created_at) values ({gone}, 'user', 'care', 'p', 'consent', '2026-04-01', 'x')")).await;
        let (n, pairs) = same::pairs(&world.db, &nurse, ALL, world.now).await.unwrap();
        assert_eq!((n, pairs[0].records.0.id, pairs[0].records.1.id), (1, kept, gone));

        let before = world.everything().await;
        // Both ways round, and again after it was undone.
        for (one, other) in [(kept, gone), (gone, kept), (kept, gone)] {
            let id = world.merge(&nurse, one, other).await.unwrap();
            assert_eq!(world.listed(&nurse, "0000000012").await, [one.get()]);
            assert_eq!(find::going_on(&world.db, other).await.unwrap(), Some(one));
            let view = database::write(&world.db, async |tx| show(tx, &nurse, other, world.now).await);
            assert_eq!(view.await.unwrap(), View::GoesOn(one));
            let view = database::write(&world.db, async |tx| show(tx, &nurse, one, world.now).await);
            let View::Here(shown) = view.await.unwrap() else {
                panic!("it goes on")
            };
            assert_eq!((shown.merges.len(), shown.consents.len()), (1, 1));
            let official = shown.listed.record.names.iter().filter(|it| it.used_as == Use::Official);
            assert_eq!(official.count(), 1);
            let (n, _) = same::pairs(&world.db, &nurse, ALL, world.now).await.unwrap();
            assert_eq!(n, 0);
            assert!(world.everything().await != before);
            world.unmerge(&nurse, id).await.unwrap();
            assert_eq!(world.everything().await, before);
            assert!(matches!(world.unmerge(&nurse, id).await, Err(MergeError::NotThere)));
        }
        let told = "select count(*) from audit_entry where deed = 'patient.merge'";
        assert_eq!(world.number(told).await, 12, "both records, both directions");
    })
    .await;
}

#[tokio::test]
async fn what_changed_since_keeps_a_merge_as_it_is() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let (kept, gone) = twice(&world).await;
        assert!(matches!(
            world.merge(&nurse, kept, kept).await,
            Err(MergeError::Itself)
        ));
        let stranger = world.merge(&world.care_manager(), kept, gone).await;
        assert!(matches!(
            stranger,
            Err(MergeError::Patient(PatientError::Refused(_)))
        ));
        let id = world.merge(&nurse, kept, gone).await.unwrap();
        let again = world.merge(&nurse, kept, gone).await;
        assert!(matches!(
            again,
            Err(MergeError::Patient(PatientError::NotThere))
        ));

        // Into a third one, and back.
        let third = world.register(&nurse, "hospital", hanako()).await;
        let further = world.merge(&nurse, third, kept).await.unwrap();
        assert_eq!(find::going_on(&world.db, gone).await.unwrap(), Some(third));
        let refused = world.unmerge(&nurse, id).await.unwrap_err();
        assert!(
            refused.to_string().contains("さらに別の記録に統合された"),
            "{refused}"
        );
        world.unmerge(&nurse, further).await.unwrap();

        // Whoever had read the record before the merge does not write over it.
        let stale = database::write(&world.db, async |tx| {
            change(tx, &nurse, (kept, 1), hanako(), world.now).await
        });
        assert!(matches!(stale.await, Err(PatientError::Stale)));
        let version = world
            .number(&format!("select version from patient where id = {kept}"))
            .await;
        database::write(&world.db, async |tx| {
            change(tx, &nurse, (kept, version), hanako(), world.now).await
        })
        .await
        .unwrap();
        let before = world.everything().await;
        let refused = world.unmerge(&nurse, id).await.unwrap_err();
        assert!(refused.to_string().contains("書き直された"), "{refused}");
        assert_eq!(world.everything().await, before, "nothing half");
        let opened = database::write(&world.db, async |tx| {
            let site = (&world.definitions, "https://example.jp");
            emergency::open(
                tx,
                site,
                &world.care_manager(),
                (gone, "意識がなく、薬を確かめたい"),
                world.now,
            )
            .await
        });
        assert!(
            opened.await.is_err(),
            "a record that leads elsewhere is not opened"
        );
    })
    .await;
}
