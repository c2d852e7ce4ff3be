//! The published lists of 鳥取, 島根 and 山梨: the counts of issue 2 ("Done when"), each from the file named there.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use keniki_app::account::By;
use keniki_app::area::load::{Scope, load};
use keniki_app::import::{FileReport, in_turn};
use keniki_tests::{TestDatabase, shared_data};

use super::fixture::{World, now};

/// The bed-function reports of 鳥取県西部 (`facility_R7_wide.csv`, area 3103) with the number that each has in the
/// list of filings (`31_鳥取_届出受理医療機関名簿.xlsx`), paired by hand by name, town and beds.
/// 医療法人社団脇田ウィメンズヘルスケアセンター脇田産婦人科医院 filed as 脇田産婦人科医院 (3110212762): too unlike to be
/// joined without a person, so the pair waits in the review.
const BEDS_AND_FILINGS: [(&str, &str); 32] = [
    ("3110210022", "医療法人養和会養和病院"),
    ("3110210261", "医療法人育生会高島病院"),
    ("3110210444", "鳥取県立総合療育センター"),
    ("3110210451", "独立行政法人労働者健康安全機構山陰労災病院"),
    ("3110211079", "社会医療法人同愛会博愛病院"),
    ("3110211384", "神鳥眼科医院"),
    ("3110211392", "皆生温泉病院"),
    ("3110211624", "母と子の長田産科婦人科クリニック"),
    ("3110211947", "医療法人中曽産科婦人科医院"),
    ("3110212267", "ミオ・ファティリティ・クリニック"),
    ("3110212333", "消化器クリニック米川医院"),
    ("3110212903", "鎌沢マタニティークリニック"),
    ("3110213182", "錦海リハビリテーション病院"),
    ("3110213299", "社会医療法人仁厚会米子東病院"),
    ("3110213406", "新田外科胃腸科病院"),
    ("3110213422", "彦名レディスライフクリニック"),
    ("3110213943", "博愛こども発達・在宅支援クリニック"),
    ("3110213968", "医療法人社団みずとり 米子西クリニック"),
    ("3110410135", "鳥取県済生会境港総合病院"),
    ("3110410275", "医療法人元町病院"),
    ("3110410770", "医療法人社団小森眼科クリニック"),
    ("3111510016", "南部町国民健康保険西伯病院"),
    ("3111510453", "医療法人佐々木医院"),
    ("3111510479", "キマチ・リハビリテーション医院"),
    ("3111510511", "大山リハビリテーション病院"),
    ("3111510537", "小谷医院"),
    ("3111510743", "伯耆中央病院"),
    ("3111510875", "ひがみ耳鼻いんこう科・いびき睡眠クリニック"),
    ("3111610162", "日南町国民健康保険日南病院"),
    ("3111610360", "日野病院"),
    ("3118010028", "鳥取大学医学部附属病院"),
    ("3118010036", "独立行政法人国立病院機構米子医療センター"),
];

/// The 16 hospitals of 鳥取県西部 in 医療情報ネット (`01-1_hospital_facility_info_20250601.csv`), likewise.
const NET_AND_FILINGS: [(&str, &str); 16] = [
    ("3110210022", "医療法人 養和会 養和病院"),
    ("3110210261", "医療法人育生会高島病院"),
    ("3110210444", "鳥取県立総合療育センター"),
    ("3110210766", "医療法人勤誠会米子病院"),
    ("3110211079", "社会医療法人同愛会 博愛病院"),
    ("3110211392", "医療法人友紘会皆生温泉病院"),
    ("3110213182", "錦海リハビリテーション病院"),
    ("3110213299", "米子東病院"),
    ("3110213406", "新田外科胃腸科病院"),
    ("3110410135", "鳥取県済生会境港総合病院"),
    ("3110410275", "医療法人 元町病院"),
    ("3111510511", "大山リハビリテーション病院"),
    ("3111610162", "日南町国民健康保険 日南病院"),
    ("3111610360", "日野病院組合日野病院"),
    ("3118010028", "鳥取大学医学部附属病院"),
    ("3118010036", "独立行政法人国立病院機構米子医療センター"),
];

const BOOKS: [&str; 3] = [
    "facilities/19届出受理医療機関名簿（医科）山梨r0710.xlsx",
    "facilities/31_鳥取_届出受理医療機関名簿.xlsx",
    "facilities/32_島根_届出受理医療機関名簿.xlsx",
];
const NET: &str = "facilities/01-1_hospital_facility_info_20250601.csv";
const BEDS: &str = "facilities/facility_R7_wide.csv";
const BED_BOOK: &str = "facilities/mhlw_R7_001723127_area_facilities.xlsx";

/// A database with the municipalities of the nation, and outlines and towns of the three prefectures.
async fn world(data: &Path) -> World {
    let folder = tempfile::tempdir().unwrap();
    for path in [
        "areas/municipality_to_iryoken2.csv",
        "areas/municipality_succession.csv",
        "population/juki_age5_muni_20250101.csv",
        "boundaries/N03-21_19_s0010.geojson",
        "boundaries/N03-21_31_s0010.geojson",
        "boundaries/N03-21_32_s0010.geojson",
        "addresses",
    ] {
        let link = folder.path().join(path);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(data.canonicalize().unwrap().join(path), link).unwrap();
    }
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    load(
        &db,
        folder.path(),
        Scope::Nation,
        &By::command_line(),
        now(),
        |_| {},
    )
    .await
    .unwrap();
    World::on(database, db).await
}

fn care_files(data: &Path) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(data.join("care_insurance/jigyosho")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 27);
    files
}

/// Imports as the command line does: the lists in their turn.
async fn import_all(world: &World, files: &[PathBuf]) -> Vec<FileReport> {
    let mut reports = Vec::new();
    for at in in_turn(files) {
        let report = world.import(&files[at]).await;
        assert!(report.written && report.errors.is_empty(), "{report:#?}");
        reports.push(report);
    }
    reports
}

const IN_SEIBU: &str = "s.municipality_code in (
    select municipality_code from area_member where area_set = 'medical_area' and area_code = '3103')";

/// Pairs of the code in the filings and the name in another list, for records put on the same site.
async fn pairs(world: &World, other: &str) -> BTreeSet<(String, String)> {
    let sql = format!(
        "select f.record_key, r.content from source_record r
         join source_record f on f.site_id = r.site_id and f.scope = 'filings/31/医科'
         join site s on s.id = r.site_id where {other} and {IN_SEIBU}"
    );
    let name = |content: &str| {
        serde_json::from_str::<serde_json::Value>(content).unwrap()["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let rows = world.rows(&sql).await;
    rows.iter()
        .map(|row| {
            (
                row["record_key"].as_str().unwrap().to_owned(),
                name(row["content"].as_str().unwrap()),
            )
        })
        .collect()
}

fn by_hand(pairs: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    pairs
        .iter()
        .map(|(code, name)| ((*code).to_owned(), (*name).to_owned()))
        .collect()
}

async fn assert_seibu(world: &World) {
    let count = async |sql: String| world.texts(&sql).await.remove(0);
    for (kind, expected) in [("医科", "201"), ("歯科", "97"), ("薬局", "122")] {
        let sql = format!(
            "select count(distinct r.record_key) from source_record r join site s on s.id = r.site_id
             where r.scope = 'filings/31/{kind}' and {IN_SEIBU}"
        );
        assert_eq!(count(sql).await, expected, "{kind}");
    }
    let care = format!(
        "from source_record r join site s on s.id = r.site_id where r.scope like 'care_services/%' and {IN_SEIBU}"
    );
    assert_eq!(count(format!("select count(*) {care}")).await, "204");
    assert_eq!(
        count(format!("select count(distinct r.record_key) {care}")).await,
        "128"
    );
    let own_number = format!(
        "select count(*) from source_record r join site s on s.id = r.site_id join service v on v.id = r.service_id
         where r.scope like 'care_services/%' and coalesce(v.place_code, '') <> r.record_key and {IN_SEIBU}"
    );
    assert_eq!(
        count(own_number).await,
        "0",
        "通所リハビリテーションかみごとう goes by its own number, not its hospital's"
    );
    let beds = "r.scope = 'bed_report/31' and r.record_key like '3103 %'";
    assert_eq!(
        count(format!("select count(*) from source_record r where {beds}")).await,
        "33"
    );
    assert_eq!(pairs(world, beds).await, by_hand(&BEDS_AND_FILINGS));
    let asked = "select count(*) from match_review r join site a on a.id = r.site_id join site b on b.id = r.candidate_site_id
                 where r.status = 'open' and a.name like '%脇田産婦人科医院' and b.name like '%脇田産婦人科医院'";
    assert_eq!(
        count(asked.to_owned()).await,
        "1",
        "the 33rd waits for a person"
    );
    let net = "r.scope like 'medical_net/%'";
    assert_eq!(pairs(world, net).await, by_hand(&NET_AND_FILINGS));
    for (category, symbol, expected) in [("clinic", "支援診", "43"), ("hospital", "支援病", "6")]
    {
        let sql = format!(
            "select count(*) from service_capability c join service v on v.id = c.service_id join site s on s.id = v.site_id
             where c.capability = 'home_care_24h' and v.category = '{category}' and c.filing like '{symbol}%' and {IN_SEIBU}"
        );
        assert_eq!(count(sql).await, expected, "{symbol}");
    }
}

/// 大山町 of the filings is 大山町 of the bed reports, whichever file came first on the command line.
#[tokio::test]
async fn seibu_is_what_the_lists_say_in_whatever_order_they_are_given() {
    let Some(data) = shared_data() else { return };
    let world = world(&data).await;
    let care = care_files(&data);
    let lists: Vec<Vec<PathBuf>> = BOOKS
        .iter()
        .chain([&NET, &BEDS])
        .map(|file| vec![data.join(file)])
        .chain([care])
        .collect();
    let mut sites = None;
    for order in [
        [0, 1, 2, 3, 4, 5],
        [5, 4, 3, 2, 1, 0],
        [3, 5, 1, 4, 0, 2],
        [4, 0, 5, 2, 3, 1],
    ] {
        world.clear().await;
        let files: Vec<PathBuf> = order.iter().flat_map(|at| lists[*at].clone()).collect();
        let reports = import_all(&world, &files).await;
        assert_eq!(
            reports.iter().filter(|report| report.rows == 0).count(),
            4,
            "four lists hold a header only"
        );
        assert_seibu(&world).await;
        let found = world.sites().await;
        assert!(*sites.get_or_insert(found.clone()) == found, "{order:?}");
    }
    world.assert_indexed().await;
    world.assert_index_is_as_rebuilt().await;
    // The same again: everything unchanged.
    for report in import_all(&world, &lists.concat()).await {
        assert_eq!(
            (report.unchanged, report.gone),
            (report.rows, 0),
            "{}",
            report.file
        );
    }
}

/// `care_insurance/jigyosho/*.csv`: 14 of the 1,364 rows have coordinates 36 km or more off, 6 of them 0.0.
#[tokio::test]
async fn exactly_the_14_impossible_points_of_the_care_lists_are_caught() {
    let Some(data) = shared_data() else { return };
    let world = world(&data).await;
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = 0;
    for report in import_all(&world, &care_files(&data)).await {
        rows += report.rows;
        for group in report
            .warnings
            .iter()
            .filter(|group| group.cause.starts_with("point_"))
        {
            *found.entry(group.cause.clone()).or_default() += group.count;
        }
    }
    let expected = [
        ("point_outside_japan", 3),
        ("point_outside_municipality", 5),
        ("point_zero", 6),
    ];
    assert_eq!(
        found,
        expected.map(|(cause, n)| (cause.to_owned(), n)).into()
    );
    assert_eq!(rows, 1_364);
}

/// `care_insurance/jigyosho/*.csv`: 13 addresses have ‐, ―, ー or ｰ between two numbers, 294 the full-width －.
#[tokio::test]
async fn no_address_of_the_care_lists_keeps_another_dash_between_two_numbers() {
    let Some(data) = shared_data() else { return };
    let world = world(&data).await;
    import_all(&world, &care_files(&data)).await;
    let addresses = world.texts("select content from source_record").await;
    assert_eq!(addresses.len(), 1_364);
    let between = |text: &str, dashes: &str| {
        let chars: Vec<char> = text.chars().collect();
        let is_met = |three: &[char]| {
            three[0].is_ascii_digit() && dashes.contains(three[1]) && three[2].is_ascii_digit()
        };
        chars.windows(3).any(is_met)
    };
    let address = |content: &String| {
        let said: serde_json::Value = serde_json::from_str(content).unwrap();
        said["address"].as_str().unwrap_or_default().to_owned()
    };
    let addresses: Vec<String> = addresses.iter().map(address).collect();
    let other = addresses
        .iter()
        .find(|address| between(address, "‐‑‒–—―−─ーｰ－"));
    assert_eq!(other, None);
    assert!(addresses.iter().any(|address| between(address, "-")));
}

/// The book of 339 sheets and the table made from it say the same of 11,760 facilities.
#[tokio::test]
async fn the_bed_book_and_the_table_of_the_nation_agree() {
    let Some(data) = shared_data() else { return };
    let world = world(&data).await;
    let mut told = Vec::new();
    for file in [BEDS, BED_BOOK] {
        let report = world.import(&data.join(file)).await;
        assert_eq!(
            (report.rows, report.new, report.rejected),
            (11_760, 11_760, 0),
            "{file}"
        );
        assert!(report.written, "{:?}", report.errors);
        let scope = report.format.unwrap();
        let rows = world
            .rows(&format!(
                "select record_key, content from source_record where scope like '{scope}/%'"
            ))
            .await;
        let facilities: BTreeMap<String, (serde_json::Value, serde_json::Value)> = rows
            .iter()
            .map(|row| {
                let said: serde_json::Value =
                    serde_json::from_str(row["content"].as_str().unwrap()).unwrap();
                let beds = ["高度急性期", "急性期", "回復期", "慢性期"]
                    .map(|name| said["figures"][name].as_f64())
                    .to_vec();
                (
                    row["record_key"].as_str().unwrap().to_owned(),
                    (said["capacity"].clone(), beds.into()),
                )
            })
            .collect();
        told.push(facilities);
    }
    assert_eq!(told[0].len(), 11_760);
    let differing: Vec<_> = told[0]
        .iter()
        .filter(|(key, said)| told[1].get(*key) != Some(said))
        .take(5)
        .collect();
    assert!(differing.is_empty(), "{differing:?}");
    // One report: the second edition makes no site of its own, not even of the 164 that reported nothing but
    // their name, whichever comes first.
    assert_one_report(&world).await;
    world.clear().await;
    for file in [BED_BOOK, BEDS] {
        assert!(world.import(&data.join(file)).await.written);
    }
    assert_one_report(&world).await;
}

async fn assert_one_report(world: &World) {
    let sites = "select count(*) from site";
    assert_eq!(world.texts(sites).await, ["11760"]);
    let asked = "select count(*) from match_review where status = 'open'";
    assert_eq!(world.texts(asked).await, ["0"]);
}
