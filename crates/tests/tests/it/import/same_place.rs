//! Which records are one place: the rules of issue 2, part 3, on invented rows.

use std::collections::BTreeSet;

use keniki_app::account::By;
use keniki_app::import::review::{Decision, ReviewError, decide, n_open_in, open_reviews};
use keniki_tests::{TestDatabase, on_both};

use super::fixture::{World, now};
use super::rows::{Care, Filed, bed_file, care_file, filings_file, medical_net_file};

async fn sites_of(world: &World) -> Vec<BTreeSet<String>> {
    world.sites().await.into_iter().collect()
}

fn names(records: &[&str]) -> BTreeSet<String> {
    records.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_hospital_and_the_pharmacy_in_its_front_stay_two() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let rows = [
            Filed::of(
                "医科",
                "0100011",
                "みほん病院",
                "ためし市本町1-1",
                "0859-00-0001",
            ),
            Filed::of(
                "薬局",
                "0140012",
                "みほん薬局",
                "ためし市本町1-1",
                "0859-00-0001",
            ),
            // Even the very same name makes no hospital of a pharmacy.
            Filed::of(
                "薬局",
                "0140020",
                "みほん病院",
                "ためし市本町1-1",
                "0859-00-0001",
            ),
        ];
        world.take("a.csv", filings_file(&rows)).await;
        assert_eq!(world.count("site").await, 3);
        assert_eq!(open_reviews(&world.db).await.unwrap().len(), 0);
        world.assert_indexed().await;
    })
    .await;
}

#[tokio::test]
async fn a_list_without_codes_finds_the_hospital_and_not_the_pharmacy() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let rows = [
        Filed::of(
            "薬局",
            "0140012",
            "みほん",
            "ためし市本町1-1",
            "0859-00-0001",
        ),
        Filed::of(
            "医科",
            "0100011",
            "医療法人甲会 みほん病院",
            "ためし市本町1-1",
            "0859-00-0001",
        ),
    ];
    world.take("a.csv", filings_file(&rows)).await;
    world
        .take(
            "b.csv",
            bed_file(&[["5101", "みほん病院", "ためし市", "", "", "", "120"]]),
        )
        .await;
    assert_eq!(
        sites_of(&world).await,
        [
            names(&[
                "bed_report/51 5101 みほん病院 ためし市",
                "filings/51/医科 5110100011"
            ]),
            names(&["filings/51/薬局 5140140012"]),
        ]
    );
}

/// 渡辺病院 of the filings is 社会医療法人明和会医療福祉センター渡辺病院 of the others: the same house by its address.
#[tokio::test]
async fn a_name_that_ends_with_the_other_s_at_its_address_is_the_same_site() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let filed = |number: &'static str, name: &'static str, address: &'static str| {
        Filed::of("医科", number, name, address, "0859-00-0001")
    };
    let filings = filings_file(&[
        filed("0100011", "みほん病院", "ためし市本町1-1"),
        filed("0100012", "ためし病院", "ためし市本町2-1"),
    ]);
    world.take("a.csv", filings).await;
    let hospital = |id, name, address| [id, "1", name, "51201", address, "", ""];
    let net = medical_net_file(&[
        hospital(
            "1",
            "社会医療法人甲乙会医療福祉センターみほん病院",
            "みほん県ためし市本町1-1",
        ),
        hospital(
            "2",
            "社会医療法人甲乙会医療福祉センターためし病院",
            "みほん県ためし市本町9-9",
        ),
    ]);
    let report = world.take("b.csv", net).await;
    assert_eq!(report.rejected, 0, "{report:?}");
    assert_eq!(world.count("site").await, 3, "the second stands elsewhere");
}

#[tokio::test]
async fn a_shared_code_at_another_address_is_a_second_site() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let mut branch = Care::of(
            "5171500011",
            "いちご通所リハ",
            "通所リハビリテーション",
            "みほん県となり市浜3-3",
            "0859-00-0009",
        );
        branch.municipality = "512028";
        branch.lng = "133.35".to_owned();
        let rows = [
            Care::of(
                "5171500011",
                "いちご訪問リハ",
                "訪問リハビリテーション",
                "みほん県ためし市本町1-1",
                "0859-00-0001",
            ),
            branch,
        ];
        world.take("a.csv", care_file(&rows)).await;
        assert_eq!(world.count("site").await, 2);
        assert_eq!(
            world
                .texts("select site_id from site_code where code = '5171500011'")
                .await
                .len(),
            2
        );
    })
    .await;
}

#[tokio::test]
async fn medical_and_dental_numbers_that_are_joined_are_one_site_with_both_codes() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let mut medical = Filed::of(
            "医科",
            "0100011",
            "みほん病院",
            "ためし市本町1-1",
            "0859-00-0001",
        );
        medical.joined = "0300017";
        let mut dental = Filed::of(
            "歯科",
            "0300017",
            "みほん病院",
            "ためし市本町1-1",
            "0859-00-0002",
        );
        dental.joined = "0100011";
        for rows in [[medical.clone(), dental.clone()], [dental, medical]] {
            world.clear().await;
            world.take("a.csv", filings_file(&rows)).await;
            assert_eq!(world.count("site").await, 1);
            assert_eq!(
                world.texts("select category from service order by 1").await,
                ["clinic", "dental"]
            );
            assert_eq!(
                world.texts("select code from site_code order by 1").await,
                ["5110100011", "5130300017"]
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_care_office_with_the_hospital_s_ten_digits_is_the_hospital_s() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let hospital = filings_file(&[Filed::of(
            "医科",
            "0100011",
            "みほん病院",
            "ためし市本町1-1",
            "0859-00-0001",
        )]);
        let office = care_file(&[Care::of(
            "5110100011",
            "みほん病院訪問リハビリテーション",
            "訪問リハビリテーション",
            "みほん県ためし市本町一丁目1番",
            "0859-00-0007",
        )]);
        let mut contents = Vec::new();
        for turn in [
            [("a.csv", &hospital), ("b.csv", &office)],
            [("b.csv", &office), ("a.csv", &hospital)],
        ] {
            world.clear().await;
            for (name, content) in turn {
                world.take(name, content).await;
            }
            assert_eq!(world.count("site").await, 1);
            contents.push(world.content().await);
        }
        assert_eq!(contents[0], contents[1]);
    })
    .await;
}

#[tokio::test]
async fn an_office_number_may_hold_letters() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let row = Care::of(
        "51B0100011",
        "みほん介護医療院",
        "介護医療院",
        "みほん県ためし市本町1-1",
        "0859-00-0001",
    );
    world.take("a.csv", care_file(&[row])).await;
    assert_eq!(
        world.texts("select code from site_code").await,
        ["51B0100011"]
    );
}

#[tokio::test]
async fn the_same_name_in_two_municipalities_is_two_sites() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let mut there = Filed::of("医科", "0100011", "南部病院", "南部町寺内5", "0558-00-0001");
        there.prefecture = "52";
        let here = Filed::of("医科", "0100011", "南部病院", "南部町寺内5", "0859-00-0001");
        world.take("a.csv", filings_file(&[here, there])).await;
        world
            .take(
                "b.csv",
                bed_file(&[
                    ["5101", "南部病院", "南部町", "", "", "", "60"],
                    ["5201", "南部病院", "南部町", "", "", "", "50"],
                ]),
            )
            .await;
        assert_eq!(
            sites_of(&world).await,
            [
                names(&[
                    "bed_report/51 5101 南部病院 南部町",
                    "filings/51/医科 5110100011"
                ]),
                names(&[
                    "bed_report/52 5201 南部病院 南部町",
                    "filings/52/医科 5210100011"
                ]),
            ]
        );
    })
    .await;
}

/// Two clinics of one name and one municipality, and a list that says no more than that.
#[tokio::test]
async fn between_two_equally_likely_sites_a_person_decides() {
    on_both(async |database| {
        let world = World::invented(database).await;
        for decision in [Decision::Same, Decision::Different] {
            world.clear().await;
            undecided(&world).await;
            let waiting =
                async |code: &str| n_open_in(&world.db, &[code.to_owned()]).await.unwrap();
            assert_eq!((waiting("51201").await, waiting("51389").await), (1, 0));
            let reviews = open_reviews(&world.db).await.unwrap();
            assert_eq!((world.count("site").await, reviews.len()), (3, 1));
            let (review, by) = (reviews[0].id, By::command_line());
            let decided = || decide(&world.db, world.places(), review, decision, &by, now());
            decided().await.unwrap();
            let left = if decision == Decision::Same { 2 } else { 3 };
            assert_eq!(world.count("site").await, left);
            assert!(open_reviews(&world.db).await.unwrap().is_empty());
            world.assert_indexed().await;
            let again = decided().await;
            assert!(matches!(again, Err(ReviewError::NotOpen(_))));
            // The decision holds when the list comes again.
            let report = world
                .take(
                    "b.csv",
                    bed_file(&[["5101", "みほん医院", "ためし市", "", "", "", "12"]]),
                )
                .await;
            assert_eq!((report.unchanged, world.count("site").await), (1, left));
            assert_eq!(waiting("51201").await, 0);
        }
    })
    .await;
}

async fn undecided(world: &World) {
    world
        .take(
            "a.csv",
            filings_file(&[
                Filed::of(
                    "医科",
                    "0100011",
                    "みほん医院",
                    "ためし市本町1-1",
                    "0859-00-0001",
                ),
                Filed::of(
                    "医科",
                    "0100029",
                    "みほん医院",
                    "ためし市浜町8-1",
                    "0859-00-0002",
                ),
            ]),
        )
        .await;
    world
        .take(
            "b.csv",
            bed_file(&[["5101", "みほん医院", "ためし市", "", "", "", "12"]]),
        )
        .await;
}

#[tokio::test]
async fn sites_that_were_joined_by_a_person_are_one_until_the_batch_is_taken_back() {
    on_both(async |database| {
        let world = World::invented(database).await;
        undecided(&world).await;
        let review = open_reviews(&world.db).await.unwrap().remove(0);
        decide(
            &world.db,
            world.places(),
            review.id,
            Decision::Same,
            &By::command_line(),
            now(),
        )
        .await
        .unwrap();
        assert_eq!(
            (world.count("site").await, world.count("service").await),
            (2, 2)
        );
        world.undo(2).await.unwrap();
        assert_eq!(
            (world.count("site").await, world.count("service").await),
            (2, 2)
        );
        assert_eq!(world.count("source_record").await, 2);
        assert_eq!(
            world
                .texts("select capacity from service where capacity is not null")
                .await,
            Vec::<String>::new()
        );
        world.assert_indexed().await;
    })
    .await;
}

#[tokio::test]
async fn the_information_net_s_id_joins_where_the_municipality_agrees() {
    let world = World::invented(TestDatabase::sqlite()).await;
    world
        .take(
            "a.csv",
            medical_net_file(&[
                [
                    "0511010000001",
                    "1",
                    "社会医療法人乙会 みほん中央病院",
                    "201",
                    "みほん県ためし市本町1-1",
                    "35.05",
                    "133.05",
                ],
                [
                    "0511010000002",
                    "1",
                    "みほん第二病院",
                    "201",
                    "みほん県ためし市本町9-1",
                    "35.06",
                    "133.06",
                ],
            ]),
        )
        .await;
    world
        .take(
            "b.csv",
            bed_file(&[
                [
                    "5101",
                    "中央病院",
                    "ためし市",
                    "",
                    "",
                    "0511010000001",
                    "120",
                ],
                [
                    "5101",
                    "みほん第三病院",
                    "となり市",
                    "",
                    "",
                    "0511010000002",
                    "60",
                ],
            ]),
        )
        .await;
    assert_eq!(
        sites_of(&world).await,
        [
            names(&["bed_report/51 5101 みほん第三病院 となり市"]),
            names(&[
                "bed_report/51 5101 中央病院 ためし市",
                "medical_net/51/病院 0511010000001"
            ]),
            names(&["medical_net/51/病院 0511010000002"]),
        ]
    );
}
