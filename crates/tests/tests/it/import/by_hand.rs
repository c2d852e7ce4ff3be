//! Lists that somebody keeps by hand, without numbers: the same place twice is refused or asked about, never written twice in silence.

use keniki_app::import::review::open_reviews;
use keniki_app::import::{FileReport, Options, problem_book, template};
use keniki_tests::{TestDatabase, on_both};

use super::fixture::World;
use super::rows::{Care, care_file};

const HEAD: &str = "都道府県コード又は市区町村コード,事業所名,実施サービス,住所,電話番号";

fn own_list(rows: &[&str]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

fn causes(report: &FileReport) -> Vec<(&str, u32)> {
    let groups = report.errors.iter().chain(&report.warnings);
    groups
        .flat_map(|group| group.rows.iter().map(|row| (group.cause.as_str(), row.row)))
        .collect()
}

const SALON: &str = "512010,ひだまりサロン,通いの場,ためし市鴎渡町１２−３,";
const AGAIN: &str = "512010,ひだまり サロン,通いの場,みほん県ためし市鴎渡町12-3,0859-00-0001";

#[tokio::test]
async fn the_same_salon_twice_is_refused_however_its_address_is_written() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let path = world.file("a.csv", own_list(&[SALON, AGAIN]));
        let report = world.import(&path).await;
        assert_eq!(causes(&report), [("same_row", 3)]);
        assert!(!report.written);
        let valid = Options {
            valid_rows_only: true,
            ..Options::default()
        };
        let report = world.import_with(&path, valid).await;
        assert_eq!((report.new, report.rejected, report.written), (1, 1, true));
        assert_eq!(
            world.texts("select address from site").await,
            ["ためし市鴎渡町12-3"]
        );
        assert_eq!(world.count("service").await, 1);
        world.assert_indexed().await;
    })
    .await;
}

#[tokio::test]
async fn another_telephone_number_at_the_same_address_is_asked_about() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let other = AGAIN
            .replace("0859-00-0001", "0859-00-0002")
            .replace("12-3", "12番3号");
        let report = world.take("a.csv", own_list(&[AGAIN, &other])).await;
        assert_eq!(causes(&report), [("similar_row", 3)]);
        assert_eq!((report.records.to_review, report.records.new_sites), (1, 2));
        let [review] = &open_reviews(&world.db).await.unwrap()[..] else {
            panic!("one is asked about");
        };
        assert!(review.reasons.contains("電話番号は違う"), "{review:?}");
        // The other one in the next edition is asked about as well.
        world.clear().await;
        world.take("a.csv", own_list(&[AGAIN])).await;
        let report = world.take("a.csv", own_list(&[&other])).await;
        assert_eq!((report.records.to_review, report.gone), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_the_next_edition_writes_otherwise_makes_no_second_service() {
    on_both(async |database| {
        let world = World::invented(database).await;
        world.take("a.csv", own_list(&[AGAIN])).await;
        let moved = AGAIN.replace("12-3", "12番3号");
        let report = world.take("a.csv", own_list(&[&moved])).await;
        assert_eq!((report.new, report.gone, report.rejected), (1, 1, 0));
        assert_eq!(
            (world.count("site").await, world.count("service").await),
            (1, 1)
        );
    })
    .await;
}

/// Two groups of one house with names of their own stay two services.
#[tokio::test]
async fn two_groups_at_one_address_stay_two() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let second = AGAIN.replace("ひだまり サロン", "ひだまり第二サロン");
    let report = world.take("a.csv", own_list(&[AGAIN, &second])).await;
    assert_eq!((report.rejected, world.count("service").await), (0, 2));
}

#[tokio::test]
async fn a_station_of_a_public_list_is_met_again_and_where_the_town_is_unknown_a_person_is_asked() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let station = Care::of(
            "5171500011",
            "いちご訪問看護",
            "訪問看護",
            "みほん県ためし市本町12-3",
            "0859-00-0001",
        );
        world.take("a.csv", care_file(&[station])).await;
        let own = "512010,いちご訪問看護,訪問看護;居宅介護支援,ためし市本町１２ー３,0859-00-0009";
        let report = world.take("b.csv", own_list(&[own])).await;
        assert_eq!((report.records.matched, report.records.in_file), (2, 0));
        assert_eq!(
            (world.count("site").await, world.count("service").await),
            (1, 2)
        );
        world.undo(report.batch.unwrap()).await.unwrap();

        let head = HEAD.split_once(',').unwrap().1;
        let lost = "いちご訪問看護,訪問看護,本町12-3,0859-00-0009";
        let report = world.take("c.csv", format!("{head}\n{lost}\n")).await;
        assert_eq!((report.records.matched, report.records.to_review), (0, 1));
        let [review] = &open_reviews(&world.db).await.unwrap()[..] else {
            panic!("one is asked about");
        };
        assert!(
            review.reasons.contains("市区町村が分からない"),
            "{review:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn what_one_row_brings_first_is_no_place_that_was_there_before() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let row = "512010,いちごセンター,訪問看護;居宅介護支援,ためし市本町3-3,0859-00-0005";
    let report = world.take("a.csv", own_list(&[row])).await;
    let records = &report.records;
    assert_eq!(
        (records.matched, records.in_file, records.new_sites),
        (0, 1, 1)
    );
}

#[tokio::test]
async fn an_address_without_its_prefecture_is_read_in_the_home_area() {
    let world = World::invented(TestDatabase::sqlite())
        .await
        .at_home("51201")
        .await;
    let head = HEAD.split_once(',').unwrap().1;
    let list = format!("{head}\nひだまりサロン,通いの場,ためし市鴎渡町12-3,\n");
    let report = world.take("a.csv", list).await;
    assert_eq!(causes(&report), []);
    assert_eq!(
        world.texts("select municipality_code from site").await,
        ["51201"]
    );
}

#[tokio::test]
async fn rows_outside_the_home_area_are_counted_before_anything_is_written() {
    on_both(async |database| {
        let world = World::invented(database).await.at_home("51201").await;
        let list = own_list(&[
            SALON,
            "512028,みなとサロン,通いの場,となり市本町1-1,",
            "520004,やまサロン,通いの場,知らない町1-1,",
        ]);
        let trial = Options {
            dry_run: true,
            ..Options::default()
        };
        let report = world.import_with(&world.file("a.csv", list), trial).await;
        let outside = report
            .warnings
            .iter()
            .find(|group| group.cause == "outside_area");
        let outside = outside.expect("it is said");
        assert_eq!(outside.count, 2);
        assert!(
            outside
                .message
                .starts_with("2 行は圏域（ためし市）の外です。"),
            "{}",
            outside.message
        );
        assert!(
            !report
                .warnings
                .iter()
                .any(|group| group.message.contains("keniki "))
        );
        let inside = world.take("b.csv", own_list(&[SALON])).await;
        assert!(inside.warnings.is_empty(), "{:?}", inside.warnings);
    })
    .await;
}

/// `care_insurance/jigyosho/jigyosho_120.csv`: 25 rows of 鳥取, 島根 and 山梨.
#[tokio::test]
async fn a_published_list_of_other_prefectures_is_all_outside() {
    let Some(data) = keniki_tests::shared_data() else {
        return;
    };
    let world = World::invented(TestDatabase::sqlite())
        .await
        .at_home("51201")
        .await;
    let report = world
        .import(&data.join("care_insurance/jigyosho/jigyosho_120.csv"))
        .await;
    let outside = report
        .warnings
        .iter()
        .find(|group| group.cause == "outside_area");
    assert_eq!(outside.map(|group| group.count as u64), Some(report.rows));
}

/// The table comes back with what became of each row.
#[tokio::test]
async fn the_table_that_comes_back_says_which_rows_change_nothing() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let row =
        |n: u32, phone: &str| format!("512010,サロン{n}号,通いの場,ためし市鴎渡町{n}-1,{phone}");
    let phone = "0859-00-0001";
    let first: Vec<String> = (1..=4).map(|n| row(n, phone)).collect();
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    let report = world.take("a.csv", own_list(&first)).await;
    let names: Vec<&str> = report
        .new_records
        .iter()
        .map(|new| new.name.as_str())
        .collect();
    assert_eq!(names, ["サロン1号", "サロン2号", "サロン3号", "サロン4号"]);
    let second = [
        row(1, phone),
        row(2, phone),
        row(3, "0859-00-0002"),
        row(5, phone),
        row(4, phone),
    ];
    let second: Vec<&str> = second.iter().map(String::as_str).collect();
    let path = world.file("b.csv", own_list(&second));
    let report = world.import(&path).await;
    assert_eq!((report.records.new, report.records.changed), (1, 1));
    let book = world.file(
        "book.xlsx",
        problem_book::xlsx_bytes(&path, &report).unwrap(),
    );
    let mut results = Vec::new();
    keniki_app::sheet::read::rows(&book, |row| {
        results.extend(row.cells.last().cloned());
        true
    })
    .unwrap();
    assert_eq!(
        results,
        [
            "取込みの結果",
            "変更なし",
            "変更なし",
            "変更あり",
            "新しい",
            "変更なし"
        ]
    );
}

#[tokio::test]
async fn heads_of_nobody_s_list_are_told_those_of_one_s_own_and_the_form_for_it_is_read() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let other = "サロンの一覧\n施設名,施設種別,所在市町,番地,TEL\nひだまりサロン,通いの場,ためし市,本町1,\n";
    let report = world.import(&world.file("a.csv", other)).await;
    let message = &report.errors[0].message;
    for part in [
        "見つかった列: 施設名、施設種別、所在市町、番地、TEL。",
        "いちばん近い形式: 推奨データセット 介護サービス事業所一覧。",
        "「市区町村名、事業所名、実施サービス、住所、電話番号」",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let definitions = keniki_app::definition::Definitions::load(None).unwrap();
    let form = world.file("form.xlsx", template::book(&definitions).unwrap());
    let report = world.import(&form).await;
    assert_eq!((report.new, report.rejected), (1, 0), "{report:?}");
    assert_eq!(report.format.as_deref(), Some("standard_care"));
    let hours = "select distinct weekday from service_hours where is_open order by 1";
    assert_eq!(world.texts(hours).await.len(), 5);
}
