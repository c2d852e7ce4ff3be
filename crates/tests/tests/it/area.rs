//! Areas from the published files: who lives where, which area holds which municipality, what lies outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use keniki_app::account::By;
use keniki_app::area::load::{Scope, load};
use keniki_app::area::municipality::Matcher;
use keniki_app::area::outline::Outlines;
use keniki_app::area::show::{self, Area, people};
use keniki_app::area::{set, town};
use keniki_app::sheet::read::rows;
use keniki_base::code::{MunicipalityCode, PrefectureCode};
use keniki_base::geo::Point;
use keniki_tests::{on_both, shared_data};
use sea_orm::DatabaseConnection;

use crate::published_lists::care_rows;

async fn loaded(db: &DatabaseConnection, data: &Path, scope: Scope) -> u64 {
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    load(db, data, scope, &By::command_line(), now, |_| {})
        .await
        .unwrap_or_else(|error| panic!("{error}"))
        .changed
}

async fn area(db: &DatabaseConnection, code: &str) -> Area {
    show::find(db, code.parse().unwrap())
        .await
        .unwrap()
        .unwrap_or_else(|| panic!("no {code}"))
}

/// People today and of 75 and older, and people in 2040.
async fn figures(db: &DatabaseConnection, area: &Area) -> (Option<i64>, Option<i64>, Option<i64>) {
    let codes = area.member_codes();
    let today = people::population(db, &codes).await.unwrap();
    let later = people::projection(db, &codes).await.unwrap();
    let in_2040 = later
        .and_then(|it| it.years.into_iter().find(|year| year.year == 2040))
        .and_then(|it| it.total);
    (
        today.as_ref().and_then(|it| it.total),
        today.as_ref().and_then(|it| it.age_75_plus),
        in_2040,
    )
}

/// One load of the nation, since it is what takes the time; each fact has a function of its own below.
#[tokio::test(flavor = "multi_thread")]
async fn the_nation_loads_as_published_and_again_without_a_change() {
    let Some(data) = shared_data() else { return };
    on_both(async |database| {
        let db = database.open().await;
        assert!(loaded(&db, &data, Scope::Nation).await > 200_000);
        all_339_areas_together_have_124_330_690_people(&db).await;
        the_areas_have_the_people_of_the_published_tables(&db).await;
        tottori_west_has_nine_municipalities_and_loses_people(&db).await;
        every_length_of_code_finds_its_area(&db).await;
        kawasaki_lies_in_two_medical_areas(&db).await;
        hamamatsu_is_counted_by_its_new_wards_and_projected_by_the_old(&db).await;
        soso_and_iwaki_have_no_projection_of_their_own(&db).await;
        akita_has_three_areas_among_330_and_mie_four(&db).await;
        an_insurers_union_has_the_members_that_are_listed(&db).await;
        the_nation_has_the_people_of_its_own_row(&db).await;
        nambu_is_found_in_its_prefecture(&db).await;
        exactly_14_care_rows_lie_outside_their_municipality(&db, &data).await;
        // One prefecture again, which reads every file but compares fewer rows.
        let again = Scope::Prefecture(PrefectureCode::parse("31").unwrap());
        assert_eq!(loaded(&db, &data, again).await, 0);
    })
    .await;
}

/// 総務省 住民基本台帳 2025-01-01, 合計; needs the succession of 浜松市 (areas/municipality_succession.csv).
async fn all_339_areas_together_have_124_330_690_people(db: &DatabaseConnection) {
    let areas = show::medical_areas(db).await.unwrap();
    let totals = people::totals(db, &areas).await.unwrap();
    assert_eq!(areas.len(), 339);
    assert_eq!(totals.into_iter().sum::<Option<i64>>(), Some(124_330_690));
}

/// 住民基本台帳 2025-01-01 and IPSS 2023, as the table of the project's notes on the field has them.
async fn the_areas_have_the_people_of_the_published_tables(db: &DatabaseConnection) {
    let expected = [
        ("3101", 5, 214_272, "17.8", 183_067),
        ("3102", 5, 95_581, "20.4", 77_147),
        ("3103", 9, 224_150, "19.1", 194_283),
        ("3201", 2, 229_425, "18.7", 208_525),
        ("3202", 3, 49_858, "25.4", 35_167),
        ("3203", 1, 172_327, "17.4", 159_477),
        ("3204", 4, 47_958, "26.0", 35_772),
        ("3205", 2, 69_778, "23.2", 57_962),
        ("3206", 3, 54_930, "24.4", 42_581),
        ("3207", 4, 18_314, "24.5", 13_601),
        ("1901", 7, 457_108, "16.9", 410_682),
    ];
    for (code, n_members, total, share_75, in_2040) in expected {
        let area = area(db, code).await;
        let (today, age_75_plus, later) = figures(db, &area).await;
        let share = age_75_plus.unwrap() as f64 / today.unwrap() as f64 * 100.0;
        assert_eq!(area.members.len(), n_members, "{code}");
        assert_eq!((today, later), (Some(total), Some(in_2040)), "{code}");
        assert_eq!(format!("{share:.1}"), share_75, "{code}");
    }
}

async fn tottori_west_has_nine_municipalities_and_loses_people(db: &DatabaseConnection) {
    let west = area(db, "3103").await;
    let names: Vec<&str> = west
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "米子市",
            "境港市",
            "日吉津村",
            "大山町",
            "南部町",
            "伯耆町",
            "日南町",
            "日野町",
            "江府町"
        ]
    );
    let neighbors = show::neighbors(db, &west).await.unwrap();
    let codes: Vec<&str> = neighbors.iter().map(|area| area.code.as_str()).collect();
    // areas/adjacency_iryoken2.csv
    assert_eq!(codes, ["3102", "3201", "3202", "3303", "3304", "3407"]);
    let outlines = show::outlines(db, &west.member_codes()).await.unwrap();
    assert_eq!(outlines.len(), 9);
}

/// 2, 4, 5 and 6 digits; a prefecture has a code of 6 too.
async fn every_length_of_code_finds_its_area(db: &DatabaseConnection) {
    for (code, name) in [
        ("31", "鳥取県"),
        ("310000", "鳥取県"),
        ("3103", "西部"),
        ("101", "南渡島"),
        ("31202", "米子市"),
        ("312029", "米子市"),
    ] {
        assert_eq!(area(db, code).await.name, name);
    }
}

/// 神奈川県: 川崎北部 (1404) has four wards, 川崎南部 (1405) three.
async fn kawasaki_lies_in_two_medical_areas(db: &DatabaseConnection) {
    let city = area(db, "14130").await;
    assert_eq!(
        (city.kind.as_str(), city.members.len()),
        ("designated_city", 7)
    );
    let mut areas = BTreeMap::new();
    for ward in city.member_codes() {
        let parents = show::holding(db, &ward).await.unwrap();
        let medical = parents
            .into_iter()
            .find(|area| area.set == set::MEDICAL_AREA)
            .unwrap();
        *areas.entry(medical.code).or_insert(0) += 1;
    }
    assert_eq!(
        areas,
        BTreeMap::from([("1404".to_owned(), 4), ("1405".to_owned(), 3)])
    );
}

/// 2025-01-01: 783,924 (juki, 浜松市); 2020-10-01: 790,718 (IPSS 結果表1, 浜松市).
async fn hamamatsu_is_counted_by_its_new_wards_and_projected_by_the_old(db: &DatabaseConnection) {
    let city = area(db, "22130").await;
    let names: Vec<&str> = city
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    assert_eq!(names, ["浜松市中央区", "浜松市浜名区", "浜松市天竜区"]);
    let codes = city.member_codes();
    let today = people::population(db, &codes).await.unwrap().unwrap();
    assert_eq!(today.total, Some(783_924));
    let later = people::projection(db, &codes).await.unwrap().unwrap();
    assert_eq!(
        (later.years[0].year, later.years[0].total),
        (2020, Some(790_718))
    );
    // The boundaries of 2021 have the seven wards of then.
    let outlines = show::outlines(db, &codes).await.unwrap();
    assert_eq!(outlines.len(), 7);
    // One new ward alone has no projection: the old ones were divided otherwise.
    let alone = people::projection(db, &codes[..1]).await.unwrap();
    assert_eq!(alone, None);
}

/// 国立社会保障・人口問題研究所: 浜通りの13市町村に個別の推計値は存在しません。
async fn soso_and_iwaki_have_no_projection_of_their_own(db: &DatabaseConnection) {
    for code in ["0706", "0707"] {
        let (today, _, later) = figures(db, &area(db, code).await).await;
        assert!(today.is_some(), "{code}");
        assert_eq!(later, None, "{code}");
    }
}

/// 335 = 339 − (8 − 4) in 三重; 330 = 335 − (8 − 3) in 秋田. The joined areas have the members of their parts.
async fn akita_has_three_areas_among_330_and_mie_four(db: &DatabaseConnection) {
    let north = show::find_in(db, "medical_area_330", "0501+0502+0503")
        .await
        .unwrap()
        .unwrap();
    let mut parts = BTreeSet::new();
    for code in ["0501", "0502", "0503"] {
        parts.extend(area(db, code).await.member_codes());
    }
    assert_eq!(north.name, "県北");
    assert_eq!(
        north.member_codes().into_iter().collect::<BTreeSet<_>>(),
        parts
    );
    let hokusei = area(db, "2401").await;
    assert_eq!(
        (hokusei.set.as_str(), hokusei.members.len()),
        ("medical_area_330", 10)
    );
    assert!(
        show::find_in(db, "medical_area_330", "0501")
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        show::find_in(db, "medical_area_335", "0501")
            .await
            .unwrap()
            .is_some()
    );
    for (set, n) in [("medical_area_335", 335), ("medical_area_330", 330)] {
        assert_eq!(show::areas_of_set(db, set).await.unwrap().len(), n);
    }
}

/// care_insurance/insurer_members_31_32.csv lists five unions; others' members are not known.
async fn an_insurers_union_has_the_members_that_are_listed(db: &DatabaseConnection) {
    let union = show::find_in(db, set::INSURER, "31:南部箕蚊屋広域連合")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(union.member_codes(), ["31384", "31389", "31390"]);
    let yonago = show::find_in(db, set::INSURER, "31:米子市")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(yonago.member_codes(), ["31202"]);
    let unknown = show::find_in(db, set::INSURER, "36:みよし広域連合")
        .await
        .unwrap()
        .unwrap();
    assert!(unknown.members.is_empty());
}

/// 住民基本台帳 2025-01-01, 合計; IPSS 2023, 2040: 112,837 thousand.
async fn the_nation_has_the_people_of_its_own_row(db: &DatabaseConnection) {
    let (today, later) = people::nation(db).await.unwrap();
    let today = today.unwrap();
    assert_eq!(today.total, Some(124_330_690));
    // 7,984,004 + 6,074,933 + 3,886,449 + 2,009,703 + 614,270 + 94,723; the prefectures' rows are 116 short.
    assert_eq!(today.age_75_plus, Some(20_664_082));
    let year = later
        .unwrap()
        .years
        .into_iter()
        .find(|year| year.year == 2040)
        .unwrap();
    assert_eq!(year.total.unwrap() / 1000, 112_837);
}

async fn nambu_is_found_in_its_prefecture(db: &DatabaseConnection) {
    let matcher = Matcher::load(db).await.unwrap();
    let find = |address: &str, prefecture: &str| {
        let prefecture = PrefectureCode::parse(prefecture).unwrap();
        matcher
            .find(address, Some(prefecture), None)
            .map(|code| code.to_string())
    };
    assert_eq!(find("西伯郡南部町倭４８２", "31").as_deref(), Some("31389"));
    assert_eq!(
        find("南巨摩郡南部町南部8077", "19").as_deref(),
        Some("19366")
    );
}

/// 介護サービス情報公表: 14 of the 1,364 rows at hand have points far off, 6 of them 0.0.
async fn exactly_14_care_rows_lie_outside_their_municipality(db: &DatabaseConnection, data: &Path) {
    let outlines = Outlines::load(db).await.unwrap();
    let is_outside = |row: &Vec<String>| {
        let (lat, lng) = (
            row[9].parse::<f64>().unwrap(),
            row[10].parse::<f64>().unwrap(),
        );
        let code = MunicipalityCode::parse(&row[0]).unwrap();
        let inside = Point::japan(lat, lng).map(|point| {
            outlines
                .contains_within(code, point, 500.0)
                .expect("an outline")
        });
        inside != Ok(true)
    };
    let rows: Vec<Vec<String>> = care_rows(data)
        .into_iter()
        .filter(|row| !row[9].is_empty())
        .collect();
    assert_eq!(rows.iter().filter(|row| is_outside(row)).count(), 14);
}

/// The one area needs its own prefecture and those it touches; the nation's and the prefectures' rows are for
/// comparison. 厚生局 2025-10-01: of 920 institutions of 鳥取 918 have a town of the list, and all a municipality.
#[tokio::test(flavor = "multi_thread")]
async fn one_area_loads_its_surroundings_and_becomes_home() {
    let Some(data) = shared_data() else { return };
    let database = keniki_tests::TestDatabase::sqlite();
    let db = database.open().await;
    loaded(&db, &data, Scope::Area("3103".parse().unwrap())).await;
    assert_eq!(show::home(&db).await.unwrap().unwrap().code, "3103");
    let (west, tokyo) = (area(&db, "3103").await, area(&db, "1301").await);
    assert_eq!(
        figures(&db, &west).await,
        (Some(224_150), Some(42_783), Some(194_283))
    );
    assert_eq!(figures(&db, &tokyo).await, (None, None, None));
    let (nation, _) = people::nation(&db).await.unwrap();
    assert_eq!(nation.and_then(|it| it.total), Some(124_330_690));

    let (matcher, finder) = (
        Matcher::load(&db).await.unwrap(),
        town::Finder::load(&db).await.unwrap(),
    );
    let tottori = PrefectureCode::parse("31").unwrap();
    let addresses =
        addresses_of_filings(&data.join("facilities/31_鳥取_届出受理医療機関名簿.xlsx"));
    let found: Vec<Option<MunicipalityCode>> = addresses
        .iter()
        .map(|address| matcher.find(address, Some(tottori), None))
        .collect();
    assert_eq!(
        (addresses.len(), found.iter().flatten().count()),
        (920, 920)
    );
    let n_towns = addresses
        .iter()
        .zip(&found)
        .filter(|(address, code)| finder.find(code.unwrap(), address).is_some())
        .count();
    assert!(n_towns >= 918, "{n_towns}");
}

/// The publishers' workbooks (総務省, 社人研) and the CSV made of them.
#[tokio::test(flavor = "multi_thread")]
async fn workbooks_and_the_csv_made_of_them_say_the_same() {
    let Some(data) = shared_data() else { return };
    let scope = Scope::Prefecture(PrefectureCode::parse("31").unwrap());
    let mut said = Vec::new();
    for files in [
        vec![
            "juki_age_muni_2025.xlsx",
            "kekkahyo1.xlsx",
            "kekkahyo3_3.xlsx",
            "kekkahyo3_4.xlsx",
        ],
        vec![
            "juki_age5_muni_20250101.csv",
            "ipss2023_muni_total_65_75.csv",
        ],
    ] {
        let database = keniki_tests::TestDatabase::sqlite();
        let db = database.open().await;
        for name in [
            "municipality_to_iryoken2.csv",
            "municipality_succession.csv",
        ] {
            loaded(&db, &data.join("areas").join(name), scope).await;
        }
        for name in files {
            loaded(&db, &data.join("population").join(name), scope).await;
        }
        let codes = area(&db, "31").await.member_codes();
        let population = people::population(&db, &codes).await.unwrap().unwrap();
        let projection = people::projection(&db, &codes).await.unwrap().unwrap();
        said.push((population.total, population.groups, projection.years));
    }
    // 鳥取県 on 2025-01-01.
    assert_eq!(said[0].0, Some(534_003));
    assert_eq!(said[0], said[1]);
}

/// Addresses of institutions, each counted once by 区分 and number.
fn addresses_of_filings(book: &Path) -> Vec<String> {
    let mut addresses = BTreeMap::new();
    rows(book, |row| {
        if row.number > 4 && !row.cell(9).is_empty() {
            addresses.insert(
                (row.cell(3).to_owned(), row.cell(4).to_owned()),
                row.cell(9).to_owned(),
            );
        }
        true
    })
    .unwrap();
    addresses.into_values().collect()
}
