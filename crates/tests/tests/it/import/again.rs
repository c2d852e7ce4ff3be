//! A newer edition of a list: new, changed and gone, and nothing deleted.

use keniki_app::directory::listing;
use keniki_app::import::Options;
use keniki_tests::{TestDatabase, on_both};

use super::fixture::{World, assert_same_tables};
use super::rows::{Care, care_file};

fn edition() -> Vec<Care> {
    (1..=4)
        .map(|n| {
            let address = format!("みほん県ためし市本町{n}-1");
            Care::of(
                &format!("517150001{n}"),
                &format!("いちご{n}号"),
                "訪問入浴介護",
                &address,
                &format!("0859-00-000{n}"),
            )
        })
        .collect()
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    on_both(async |database| {
        let world = World::invented(database).await;
        world.take("a.csv", care_file(&edition())).await;
        let before = world.content().await;
        let report = world.take("a.csv", care_file(&edition())).await;
        assert_eq!(
            (report.new, report.changed, report.unchanged, report.gone),
            (0, 0, 4, 0)
        );
        assert_eq!(world.content().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_newer_edition_says_what_is_new_changed_and_gone() {
    on_both(async |database| {
        let world = World::invented(database).await;
        world.take("a.csv", care_file(&edition())).await;
        let mut next = edition();
        next.remove(3);
        next[0].phone = "0859-00-9999".to_owned();
        next.push(Care::of(
            "5171500015",
            "いちご5号",
            "訪問入浴介護",
            "みほん県ためし市本町5-1",
            "0859-00-0005",
        ));
        let report = world.take("b.csv", care_file(&next)).await;
        assert_eq!(
            (report.new, report.changed, report.unchanged, report.gone),
            (1, 1, 2, 1)
        );
        assert_eq!(report.gone_records, ["いちご4号"]);
        let [changed] = report.changes.as_slice() else {
            panic!("{:?}", report.changes)
        };
        assert_eq!(changed.name, "いちご1号");
        let [phone] = changed.fields.as_slice() else {
            panic!("{changed:?}")
        };
        assert_eq!(
            (phone.field.as_str(), &phone.before, &phone.after),
            (
                "phone",
                &Some("0859-00-0001".into()),
                &Some("0859-00-9999".into())
            )
        );
        world.assert_index_is_as_rebuilt().await;
        assert_eq!(
            world
                .texts("select phone from site where name = 'いちご1号'")
                .await,
            ["0859-00-9999"]
        );
        // Nothing is deleted: the one that is gone still stands, and is told as gone once.
        assert_eq!(
            (world.count("site").await, world.count("service").await),
            (5, 5)
        );
        assert_eq!(world.take("b.csv", care_file(&next)).await.gone, 0);
        let back = world.take("a.csv", care_file(&edition())).await;
        assert_eq!(
            (back.new, back.changed, back.unchanged, back.gone),
            (0, 1, 3, 1)
        );
        assert_eq!(
            world
                .texts("select record_key from source_record where gone_batch_id is not null")
                .await,
            ["5171500015"]
        );
    })
    .await;
}

/// The clinic's day care has a desk of its own: whoever calls must reach it, whichever list came first.
#[tokio::test]
async fn each_service_of_a_site_keeps_the_number_of_its_own_list() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let bathing = edition().swap_remove(0);
        let rehabilitation = |phone: &str| Care {
            service: "訪問リハビリテーション",
            phone: phone.to_owned(),
            ..bathing.clone()
        };
        let phones = async || {
            let ids: Vec<i64> = world
                .texts("select id from service order by category")
                .await
                .iter()
                .map(|id| id.parse().unwrap())
                .collect();
            let mut listed = listing::of(&world.db, &ids).await.unwrap();
            listed.sort_by(|a, b| a.category.cmp(&b.category));
            let phone = |one: &listing::Listed| one.phone.clone().unwrap_or_default();
            listed.iter().map(phone).collect::<Vec<_>>()
        };
        let files = [
            care_file(std::slice::from_ref(&bathing)),
            care_file(&[rehabilitation("0859-00-0002")]),
        ];
        for order in [[0, 1], [1, 0]] {
            world.clear().await;
            for at in order {
                world.take("a.csv", files[at].clone()).await;
            }
            assert_eq!(world.count("site").await, 1);
            assert_eq!(phones().await, ["0859-00-0001", "0859-00-0002"]);
        }
        let newer = care_file(&[rehabilitation("0859-00-0003")]);
        let batch = world.take("b.csv", newer).await.batch.unwrap();
        assert_eq!(phones().await, ["0859-00-0001", "0859-00-0003"]);
        world.undo(batch).await.unwrap();
        assert_eq!(phones().await, ["0859-00-0001", "0859-00-0002"]);
    })
    .await;
}

#[tokio::test]
async fn a_header_without_rows_is_neither_an_error_nor_all_gone() {
    let world = World::invented(TestDatabase::sqlite()).await;
    world.take("a.csv", care_file(&edition())).await;
    let report = world.take("b.csv", care_file(&[])).await;
    assert_eq!((report.rows, report.gone, report.errors.len()), (0, 0, 0));
}

#[tokio::test]
async fn another_service_s_list_says_nothing_of_this_one() {
    let world = World::invented(TestDatabase::sqlite()).await;
    world.take("a.csv", care_file(&edition())).await;
    let mut other = edition();
    other.truncate(1);
    other[0].service = "訪問リハビリテーション";
    assert_eq!(world.take("b.csv", care_file(&other)).await.gone, 0);
}

#[tokio::test]
async fn what_stands_in_a_rejected_row_is_not_gone() {
    on_both(async |database| {
        let world = World::invented(database).await;
        world.take("a.csv", care_file(&edition())).await;
        let mut next = edition();
        next[3].number = "5".to_owned();
        let options = Options {
            dry_run: false,
            valid_rows_only: true,
            ..Options::default()
        };
        let file = world.file("b.csv", care_file(&next));
        let report = world.import_with(&file, options).await;
        assert_eq!((report.rejected, report.unchanged), (1, 3));
        assert_eq!((report.gone, report.is_gone_known), (0, false));
        let gone = "select record_key from source_record where gone_batch_id is not null";
        assert_eq!(world.texts(gone).await, Vec::<String>::new());
    })
    .await;
}

/// A file that a download cut between two rows has no bad row: only how much is missing tells.
#[tokio::test]
async fn a_file_that_lacks_a_large_share_is_taken_with_a_warning() {
    let offices: Vec<Care> = (10..60)
        .map(|n| {
            let address = format!("みほん県ためし市本町{n}-1");
            let (number, phone) = (format!("51715000{n}"), format!("0859-00-00{n}"));
            Care::of(
                &number,
                &format!("みかん{n}号"),
                "訪問入浴介護",
                &address,
                &phone,
            )
        })
        .collect();
    let world = World::invented(TestDatabase::sqlite()).await;
    world.take("a.csv", care_file(&offices)).await;
    let few = world.take("b.csv", care_file(&offices[9..])).await;
    assert_eq!((few.gone, few.warnings.len()), (9, 0));
    let cut = world.take("c.csv", care_file(&offices[9..36])).await;
    assert_eq!((cut.gone, cut.written), (14, true));
    let [warning] = cut.warnings.as_slice() else {
        panic!("{:?}", cut.warnings)
    };
    assert_eq!((warning.cause.as_str(), warning.count), ("many_gone", 14));
    // The lists of another service stood in the first file and are wholly cut off.
    let mut three = offices[..3].to_vec();
    three[1].service = "訪問リハビリテーション";
    three[2].service = "福祉用具貸与";
    let world = World::invented(TestDatabase::sqlite()).await;
    world.take("a.csv", care_file(&three[..2])).await;
    // A list that is new, before the others in their order, makes no difference.
    three.swap_remove(1);
    let cut = world.take("b.csv", care_file(&three)).await;
    let [warning] = cut.warnings.as_slice() else {
        panic!("{:?}", cut.warnings)
    };
    assert_eq!((warning.cause.as_str(), cut.gone), ("list_left_out", 0));
    assert!(
        warning
            .message
            .contains("都道府県51 訪問リハビリテーション"),
        "{}",
        warning.message
    );
}

#[tokio::test]
async fn a_trial_says_the_same_and_writes_nothing() {
    on_both(async |database| {
        let world = World::invented(database).await;
        world.take("a.csv", care_file(&edition()[..2])).await;
        let (before, batches) = (world.tables().await, world.count("import_batch").await);
        let options = Options {
            dry_run: true,
            ..Options::default()
        };
        let report = world
            .import_with(&world.file("b.csv", care_file(&edition()[1..])), options)
            .await;
        assert_eq!((report.new, report.unchanged, report.gone), (2, 1, 1));
        assert!(report.dry_run && !report.written && report.batch.is_none());
        assert_same_tables(&world.tables().await, &before);
        assert_eq!(world.count("import_batch").await, batches);
    })
    .await;
}
