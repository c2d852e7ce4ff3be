//! Taking a batch back: the directory is as if the file had never come, but for what others wrote since.

use keniki_app::import::batches;
use keniki_app::import::undo::UndoError;
use keniki_tests::{TestDatabase, on_both};

use super::fixture::{World, assert_same_tables};
use super::rows::{Care, Filed, bed_file, care_file, filings_file};

fn office(n: usize, phone: &str) -> Care {
    let address = format!("みほん県ためし市本町{n}-1");
    Care::of(
        &format!("517150001{n}"),
        &format!("いちご{n}号"),
        "訪問入浴介護",
        &address,
        phone,
    )
}

fn first() -> String {
    care_file(&[office(1, "0859-00-0001"), office(2, "0859-00-0002")])
}

#[tokio::test]
async fn the_first_import_taken_back_leaves_nothing() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let empty = world.tables().await;
        let mut row = office(1, "0859-00-0001");
        row.days = "平日";
        let text = care_file(&[row]).replace(
            ",5171500011,\"平日\"",
            "社会福祉法人いちご会,5171500011,\"平日\"",
        );
        let batch = world.take("a.csv", text).await.batch.unwrap();
        let undone = world.undo(batch).await.unwrap();
        assert_eq!(
            (
                undone.removed_records,
                undone.removed_services,
                undone.removed_sites
            ),
            (1, 1, 1)
        );
        assert_same_tables(&world.tables().await, &empty);
    })
    .await;
}

#[tokio::test]
async fn a_changed_edition_taken_back_gives_the_former_one() {
    on_both(async |database| {
        let world = World::invented(database).await;
        world.take("a.csv", first()).await;
        let before = world.tables().await;
        let mut moved = office(1, "0859-00-0009");
        moved.days = "平日,土曜日";
        let next = care_file(&[moved, office(3, "0859-00-0003")]);
        let batch = world.take("b.csv", next).await.batch.unwrap();
        assert_ne!(world.tables().await, before);
        let undone = world.undo(batch).await.unwrap();
        assert_eq!((undone.restored_records, undone.removed_records), (1, 1));
        assert_eq!(undone.kept, []);
        assert_same_tables(&world.tables().await, &before);
        world.assert_indexed().await;
    })
    .await;
}

#[tokio::test]
async fn a_batch_that_met_everything_again_is_taken_back_without_a_trace() {
    on_both(async |database| {
        let world = World::invented(database).await;
        world.take("a.csv", first()).await;
        // The second office was gone for an edition.
        world
            .take("b.csv", care_file(&[office(1, "0859-00-0001")]))
            .await;
        world
            .take("c.csv", care_file(&[office(1, "0859-00-0001")]))
            .await;
        let before = world.tables().await;
        let batch = world.take("a.csv", first()).await.batch.unwrap();
        world.undo(batch).await.unwrap();
        assert_same_tables(&world.tables().await, &before);
    })
    .await;
}

#[tokio::test]
async fn what_a_later_batch_confirmed_stays_and_is_listed() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let batch = world.take("a.csv", first()).await.batch.unwrap();
        world
            .take("b.csv", care_file(&[office(1, "0859-00-0001")]))
            .await;
        world
            .take("c.csv", care_file(&[office(1, "0859-00-0001")]))
            .await;
        world.undo(3).await.unwrap();
        let undone = world.undo(batch).await.unwrap();
        assert_eq!((undone.removed_records, undone.removed_sites), (1, 1));
        assert_eq!(undone.kept.len(), 1);
        assert_eq!(
            (undone.kept[0].name.as_str(), undone.kept[0].by_batch),
            ("いちご1号", 2)
        );
        assert_eq!(undone.kept[0].field, None);
        assert_eq!(undone.in_the_way(), [2]);
        let batches = batches::list(&world.db).await.unwrap();
        let told: Vec<_> = batches
            .iter()
            .map(|batch| {
                (
                    batch.id,
                    batch.file_name.as_str(),
                    batch.undone_at.is_some(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [(3, "c.csv", true), (2, "b.csv", false), (1, "a.csv", true)]
        );
        assert_eq!(world.texts("select name from site").await, ["いちご1号"]);
        // With the last that knew it, it goes.
        world.undo(2).await.unwrap();
        assert_eq!(
            (
                world.count("source_record").await,
                world.count("site").await,
                world.count("service").await
            ),
            (0, 0, 0)
        );
        world.assert_indexed().await;
    })
    .await;
}

#[tokio::test]
async fn fields_that_a_later_batch_wrote_stay_and_the_others_are_restored() {
    on_both(async |database| {
        let world = World::invented(database).await;
        world
            .take("a.csv", care_file(&[office(1, "0859-00-0001")]))
            .await;
        let mut second = office(1, "0859-00-0002");
        second.address = "みほん県ためし市本町1-2".to_owned();
        let batch = world
            .take("b.csv", care_file(&[second.clone()]))
            .await
            .batch
            .unwrap();
        let third = Care {
            phone: "0859-00-0003".to_owned(),
            ..second
        };
        world.take("c.csv", care_file(&[third])).await;
        let undone = world.undo(batch).await.unwrap();
        let kept: Vec<_> = undone
            .kept
            .iter()
            .map(|kept| (kept.field.as_deref(), kept.by_batch))
            .collect();
        assert_eq!(kept, [(Some("phone"), 3)]);
        let site = &world.rows("select address, phone from site").await[0];
        assert_eq!(site["address"], "みほん県ためし市本町1-1");
        assert_eq!(site["phone"], "0859-00-0003");
    })
    .await;
}

#[tokio::test]
async fn a_site_that_other_lists_share_stays_with_what_they_say() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let hospital = Filed::of(
            "医科",
            "0100011",
            "みほん病院",
            "ためし市本町1-1",
            "0859-00-0001",
        );
        let clinic = Filed::of(
            "医科",
            "0100029",
            "ためし医院",
            "ためし市浜町2-2",
            "0859-00-0002",
        );
        world.take("a.csv", filings_file(&[hospital, clinic])).await;
        let before = world.tables().await;
        let office = Care::of(
            "5110100011",
            "みほん病院訪問リハ",
            "訪問リハビリテーション",
            "みほん県ためし市本町1-1",
            "0859-00-0007",
        );
        world.take("b.csv", care_file(&[office])).await;
        let without_beds = world.tables().await;
        world
            .take(
                "c.csv",
                bed_file(&[[
                    "5101",
                    "みほん病院",
                    "ためし市",
                    "35.05",
                    "133.05",
                    "",
                    "120",
                ]]),
            )
            .await;
        assert_eq!(world.count("site").await, 2);
        world.undo(3).await.unwrap();
        assert_same_tables(&world.tables().await, &without_beds);
        world.undo(2).await.unwrap();
        assert_same_tables(&world.tables().await, &before);
        world.assert_indexed().await;
    })
    .await;
}

#[tokio::test]
async fn sources_may_be_taken_back_in_any_order() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let empty = world.tables().await;
        let hospital = Filed::of(
            "医科",
            "0100011",
            "みほん病院",
            "ためし市本町1-1",
            "0859-00-0001",
        );
        let files = [
            filings_file(&[hospital]),
            bed_file(&[[
                "5101",
                "みほん病院",
                "ためし市",
                "35.05",
                "133.05",
                "",
                "120",
            ]]),
            care_file(&[Care::of(
                "5110100011",
                "みほん病院訪問リハ",
                "訪問リハビリテーション",
                "みほん県ためし市本町1-1",
                "",
            )]),
        ];
        for order in [
            [1, 2, 3],
            [1, 3, 2],
            [2, 1, 3],
            [2, 3, 1],
            [3, 1, 2],
            [3, 2, 1],
        ] {
            world.clear().await;
            for (name, file) in ["a.csv", "b.csv", "c.csv"].iter().zip(&files) {
                world.take(name, file).await;
            }
            assert_eq!(world.count("site").await, 1);
            for batch in order {
                world.undo(batch).await.unwrap();
                world.assert_indexed().await;
            }
            assert_same_tables(&world.tables().await, &empty);
        }
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_taken_back_once() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let batch = world.take("a.csv", first()).await.batch.unwrap();
    world.undo(batch).await.unwrap();
    let again = world.undo(batch).await.unwrap_err();
    assert!(matches!(again, UndoError::AlreadyUndone(1)));
    assert_eq!(
        again.to_string(),
        "取込み番号 1 は、すでに取り消してあります。"
    );
    assert!(matches!(
        world.undo(99).await,
        Err(UndoError::NoSuchBatch(99))
    ));
}

#[tokio::test]
async fn what_was_taken_back_can_be_imported_again() {
    on_both(async |database| {
        let world = World::invented(database).await;
        world.take("a.csv", first()).await;
        let before = world.content().await;
        world.undo(1).await.unwrap();
        let report = world.take("a.csv", first()).await;
        assert_eq!((report.new, report.batch), (2, Some(2)));
        assert_eq!(world.content().await, before);
        world.assert_indexed().await;
    })
    .await;
}
