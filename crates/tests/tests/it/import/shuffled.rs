//! Whatever the order of rows, and whatever subset of files: the same directory, and back again.

use keniki_tests::TestDatabase;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::fixture::{World, assert_same_tables};
use super::rows::{CARE_HEAD, Care, Filed, bed_file, care_file, filings_file, medical_net_file};

/// Eight offices, some of two services, at five addresses.
fn care_rows() -> Vec<Care> {
    let services = [
        "訪問リハビリテーション",
        "通所リハビリテーション",
        "訪問看護",
    ];
    (0..12)
        .map(|n| {
            let office = n % 8;
            let address = format!("みほん県ためし市本町{}-1", office % 5 + 1);
            let phone = format!("0859-00-00{office:02}");
            Care::of(
                &format!("51715000{office:02}"),
                &format!("事業所{}", "甲乙丙丁戊己庚辛".chars().nth(office).unwrap()),
                services[n / 8 + office % 2],
                &address,
                &phone,
            )
        })
        .collect()
}

#[tokio::test]
async fn any_order_of_rows_gives_the_same_directory() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let mut rows = care_rows();
    let mut expected = None;
    for seed in 0..12 {
        rows.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        world.clear().await;
        world.take("a.csv", care_file(&rows)).await;
        let found = (world.sites().await, world.content().await);
        assert_eq!(*expected.get_or_insert(found.clone()), found, "seed {seed}");
    }
}

fn files() -> [String; 5] {
    let filed = [
        Filed::of(
            "医科",
            "0100011",
            "みほん病院",
            "ためし市本町1-1",
            "0859-00-0001",
        ),
        Filed::of(
            "歯科",
            "0300017",
            "ためし歯科",
            "ためし市本町2-1",
            "0859-00-0002",
        ),
        Filed::of(
            "薬局",
            "0140012",
            "本町薬局",
            "ためし市本町1-2",
            "0859-00-0003",
        ),
    ];
    let mut later = care_rows();
    later.truncate(9);
    later[0].phone = "0859-99-9999".to_owned();
    [
        filings_file(&filed),
        care_file(&care_rows()),
        bed_file(&[
            [
                "5101",
                "みほん病院",
                "ためし市",
                "35.05",
                "133.05",
                "0511",
                "120",
            ],
            ["5101", "よその病院", "となり市", "", "", "", "60"],
        ]),
        medical_net_file(&[[
            "0511",
            "1",
            "医療法人甲会みほん病院",
            "201",
            "みほん県ためし市本町1-1",
            "35.05",
            "133.05",
        ]]),
        care_file(&later),
    ]
}

#[tokio::test]
async fn what_is_imported_and_taken_back_in_any_order_leaves_what_was_there() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let files = files();
    for seed in 0..20 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        world.clear().await;
        let mut order: Vec<usize> = (0..files.len()).collect();
        order.shuffle(&mut random);
        let n_before = random.random_range(0..files.len());
        for file in &order[..n_before] {
            world.take("a.csv", &files[*file]).await;
        }
        let before = world.tables().await;
        let mut batches = Vec::new();
        for file in &order[n_before..] {
            batches.push(world.take("b.csv", &files[*file]).await.batch.unwrap());
        }
        for batch in batches.into_iter().rev() {
            world.undo(batch).await.unwrap();
            world.assert_indexed().await;
        }
        eprintln!("seed {seed}: {order:?} from {n_before}");
        assert_same_tables(&world.tables().await, &before);
    }
}

#[tokio::test]
async fn no_bytes_make_the_import_panic() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let whole = care_file(&care_rows()).into_bytes();
    for seed in 0..60 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut bytes = whole.clone();
        for _ in 0..random.random_range(1..40) {
            // Below the header, so that the parsers are reached.
            let at = random.random_range(CARE_HEAD.len() + 5..bytes.len());
            match random.random_range(0..3) {
                0 => bytes[at] = random.random(),
                1 => bytes.truncate(at.max(CARE_HEAD.len() + 200)),
                _ => bytes.insert(at, b"\",\n0-\r"[random.random_range(0..6)]),
            }
        }
        let path = world.file("fuzzed.csv", &bytes);
        let options = keniki_app::import::Options {
            dry_run: true,
            valid_rows_only: true,
            ..keniki_app::import::Options::default()
        };
        // `import_with` holds the sum of the counts.
        world.import_with(&path, options).await;
    }
}
