//! Every data check finds nothing in good data and exactly the bad rows in bad data, on both engines.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use keniki_app::check::installation::installation;
use keniki_app::check::{self, Outcome};
use keniki_app::definition::Definitions;
use keniki_tests::on_both;
use sea_orm::{ConnectionTrait, DatabaseConnection};

/// What a check must find after some statements broke the good data: the first cells of its rows.
struct Case {
    check: &'static str,
    breaks: &'static [&'static str],
    finds: &'static [&'static str],
}

/// Two municipalities with a town and people, a hospital and a pharmacy in the first, a clinic in the second.
const GOOD: &[&str] = &[
    "insert into source_file (id, kind, title, publisher, file_name, sha256, loaded_at)
     values (1, 'test', '試し', '試し', 'a.csv', 'a', '2026-01-01T00:00:00.000000Z')",
    "insert into area_set (code, kind, name) values ('municipality', 'municipality', '市町村'), ('medical_area', 'medical_area', '構想区域')",
    "insert into area (area_set, code, kind, name, prefecture_code) values
     ('municipality', '90201', 'municipality', '朝霧市', '90'), ('municipality', '90202', 'municipality', '夕凪市', '90'),
     ('medical_area', '9001', 'medical_area', '朝霧', '90')",
    "insert into area_member (area_set, area_code, municipality_code)
     values ('medical_area', '9001', '90201'), ('medical_area', '9001', '90202')",
    "insert into town (municipality_code, name, town_key, lat, lng) values
     ('90201', '本町', '本町', 35.40, 133.30), ('90201', '山手', '山手', 35.45, 133.35), ('90202', '浜', '浜', 35.60, 133.50)",
    "insert into observation (indicator, area_set, area_code, period, value, source_id) values
     ('population', 'municipality', '90201', '2026-01-01', 50000, 1), ('population', 'municipality', '90202', '2026-01-01', 9000, 1)",
    "insert into organization (id, name, name_key) values (1, '医療法人朝霧会', '医療法人朝霧会')",
    "insert into site (id, organization_id, name, name_key, address, municipality_code, lat, lng, location_precision, phone, phone_key, fax, url)
     values
     (1, 1, '朝霧病院', '朝霧病院', '朝霧市本町1-1', '90201', 35.41, 133.31, 'exact', '0859-00-0001', '0859000001', '0859-00-0009', 'https://a.example'),
     (2, null, '本町薬局', '本町薬局', '朝霧市本町1-2', '90201', 35.41, 133.31, 'exact', '0859-00-0002', '0859000002', null, null),
     (3, null, '浜医院', '浜医院', '夕凪市浜3', '90202', 35.61, 133.51, 'exact', '0859-00-0003', '0859000003', null, 'HTTP://b.example')",
    "insert into site_code (system, code, site_id) values ('place', '9010000001', 1), ('place', '9040000002', 2), ('place', '9010000003', 3)",
    "insert into service (id, site_id, category, capacity, last_assured_on) values
     (11, 1, 'hospital', 120, '2026-01-01'), (12, 1, 'day_rehabilitation', 20, '2026-01-01'),
     (21, 2, 'pharmacy', null, '2026-01-01'), (31, 3, 'clinic', null, '2026-01-01')",
    "insert into service (id, site_id, category, status, closed_on, last_assured_on)
     values (32, 3, 'clinic', 'closed', '2025-03-31', '2025-03-31')",
    "insert into service_hours (service_id, weekday, slot, is_open, opens, closes) values
     (31, 1, 1, true, '09:00', '12:00'), (31, 1, 2, true, '14:00', '18:00'), (31, 7, 1, false, null, null), (21, 1, 1, true, '20:00', '26:00')",
    "insert into service_capability (service_id, capability, since) values (11, 'home_care_24h', '2024-06-01')",
    "insert into contact_point (id, site_id, audience, purpose, phone) values (1, 1, 'public', '入院の相談', '0859-00-0001')",
    "insert into import_batch (id, format, scope, file_name, sha256, as_of, imported_at, imported_by, source_rows, report)
     values (1, 'filings', 'filings/90', 'old.xlsx', 'x', '2023-10-01', '2023-11-01T00:00:00.000000Z', 'test', 3, '{}'),
            (2, 'filings', 'filings/90', 'new.xlsx', 'y', '2025-10-01', '2025-11-01T00:00:00.000000Z', 'test', 3, '{}')",
    "insert into match_review (id, site_id, candidate_site_id, confidence, reasons, status) values (1, 1, 2, 0.5, '[]', 'different')",
];

const CASES: &[Case] = &[
    Case { check: "site_without_address", breaks: &["update site set address = null where id = 1", "update site set address = ' ' where id = 2"], finds: &["1", "2"] },
    Case { check: "site_without_phone", breaks: &["update site set phone = null, phone_key = null where id = 3"], finds: &["3"] },
    Case { check: "phone_malformed", breaks: &["update site set phone = '0859-00', phone_key = null where id = 3"], finds: &["3"] },
    Case { check: "fax_same_as_phone", breaks: &["update site set fax = phone where id = 2"], finds: &["2"] },
    Case { check: "url_without_scheme", breaks: &["update site set url = 'www.c.example' where id = 2"], finds: &["2"] },
    Case { check: "site_without_point", breaks: &["update site set lat = null, lng = null, location_precision = 'none' where id = 2"], finds: &["2"] },
    Case { check: "point_of_town_only", breaks: &["update site set location_precision = 'town' where id = 2"], finds: &["2"] },
    Case { check: "point_incomplete", breaks: &["update site set lng = null where id = 1", "update site set lat = 0.0, lng = 0.0 where id = 2", "update site set lat = null, lng = null where id = 3"], finds: &["1", "2", "3"] },
    Case { check: "point_far_from_municipality", breaks: &["update site set lat = 35.80 where id = 1"], finds: &["1"] },
    Case { check: "municipality_unknown", breaks: &["update site set municipality_code = null where id = 3"], finds: &["3"] },
    Case { check: "municipality_not_loaded", breaks: &["update site set municipality_code = '90999' where id = 3"], finds: &["3"] },
    Case { check: "same_category_twice", breaks: &["insert into service (id, site_id, category, last_assured_on) values (13, 1, 'hospital', '2026-01-01')"], finds: &["13"] },
    Case { check: "same_name_twice", breaks: &["update site set name_key = '朝霧病院' where id = 2"], finds: &["2"] },
    Case { check: "site_without_service", breaks: &["insert into site (id, name, name_key, address, municipality_code) values (4, '空', '空', '朝霧市', '90201')"], finds: &["4"] },
    Case { check: "review_open", breaks: &["update match_review set status = 'open'"], finds: &["1"] },
    Case { check: "capacity_implausible", breaks: &["update service set capacity = 0 where id in (11, 12)", "update service set capacity = 20000 where id = 21"], finds: &["12", "21"] },
    Case { check: "closed_without_day", breaks: &["update service set closed_on = null where id = 32", "update site set status = 'closed' where id = 2"], finds: &["21", "32"] },
    Case { check: "closed_in_future", breaks: &["update service set closed_on = '2026-06-16' where id = 32"], finds: &["32"] },
    Case { check: "open_after_closing_day", breaks: &["update service set closed_on = '2026-06-14' where id = 21", "update service set closed_on = '2026-06-15' where id = 31"], finds: &["21"] },
    Case { check: "status_unknown", breaks: &["update service set status = 'open' where id = 31"], finds: &["31"] },
    Case {
        check: "gone_from_list",
        breaks: &[
            "insert into source_record (id, scope, record_key, content, source_rows, site_id, service_id, created_batch_id, batch_id, seen_batch_id, gone_batch_id) values
             (1, 'a', 'k', '{}', 1, 1, 11, 1, 1, 1, 2), (2, 'b', 'k', '{}', 1, 1, 11, 1, 1, 2, null), (3, 'a', 'l', '{}', 1, 2, 21, 1, 1, 1, 2)",
        ],
        finds: &["21"],
    },
    Case { check: "not_assured_for_a_year", breaks: &["update service set last_assured_on = '2025-06-14' where id = 11", "update service set last_assured_on = '2025-06-15' where id = 12"], finds: &["11"] },
    Case { check: "never_assured", breaks: &["update service set last_assured_on = null where id = 31"], finds: &["31"] },
    Case { check: "hours_reversed", breaks: &["update service_hours set closes = '02:00' where service_id = 21"], finds: &["21"] },
    Case { check: "hours_overlap", breaks: &["update service_hours set opens = '11:30' where service_id = 31 and weekday = 1 and slot = 2"], finds: &["31"] },
    Case { check: "contact_without_means", breaks: &["update contact_point set phone = null"], finds: &["1"] },
    Case { check: "day_and_night_without_phone", breaks: &["update site set phone = null, phone_key = null where id = 1"], finds: &["11"] },
    Case { check: "capability_in_future", breaks: &["update service_capability set since = '2026-06-16'"], finds: &["11"] },
    Case { check: "code_of_two_sites", breaks: &["insert into site_code (system, code, site_id) values ('place', '9010000001', 3)"], finds: &["9010000001"] },
    Case { check: "hospital_without_code", breaks: &["delete from site_code where site_id = 1"], finds: &["11"] },
    Case { check: "list_too_old", breaks: &["update import_batch set undone_at = '2025-12-01T00:00:00.000000Z' where id = 2"], finds: &["1"] },
    Case { check: "municipality_without_towns", breaks: &["delete from town where municipality_code = '90202'"], finds: &["90202"] },
    Case { check: "municipality_without_population", breaks: &["update observation set value = null where area_code = '90202'"], finds: &["90202"] },
    Case { check: "medical_area_without_members", breaks: &["delete from area_member"], finds: &["9001"] },
];

fn today() -> NaiveDate {
    "2026-06-15".parse().unwrap()
}

async fn put(connection: &DatabaseConnection, statements: &[&str]) {
    for sql in statements {
        connection
            .execute_unprepared(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

/// What every check finds now: check → first cells of its rows. A count that differs from its rows panics.
async fn found(
    connection: &DatabaseConnection,
    definitions: &Definitions,
) -> Vec<(String, Vec<String>)> {
    let reports = check::run(connection, definitions, today(), 100)
        .await
        .unwrap();
    let ran = reports.into_iter().map(|report| {
        let Outcome::Ran { count, rows } = report.outcome else {
            panic!("{} timed out", report.check.code)
        };
        assert_eq!(
            rows.len() as u64,
            count,
            "{}: count and rows agree",
            report.check.code
        );
        assert!(
            rows.iter()
                .all(|row| row.len() == report.check.columns.len())
        );
        (
            report.check.code.clone(),
            rows.into_iter().map(|row| row[0].clone()).collect(),
        )
    });
    ran.collect()
}

#[tokio::test]
async fn good_data_passes_every_check_and_bad_data_fails_its_own() {
    let definitions = Definitions::load(None).unwrap();
    on_both(async |database| {
        let connection = database.open().await;
        put(&connection, GOOD).await;
        check::prepare(&connection, &definitions, today())
            .await
            .unwrap();
        for (code, rows) in found(&connection, &definitions).await {
            assert_eq!(rows, [""; 0], "{code} on good data");
        }
        for case in CASES {
            empty(&connection).await;
            put(&connection, GOOD).await;
            put(&connection, case.breaks).await;
            let found = found(&connection, &definitions).await;
            let rows = found
                .iter()
                .find(|(code, _)| code == case.check)
                .map(|(_, rows)| rows);
            let rows: Vec<&str> = rows
                .unwrap_or_else(|| panic!("no check {}", case.check))
                .iter()
                .map(String::as_str)
                .collect();
            assert_eq!(rows, case.finds, "{}", case.check);
        }
    })
    .await;
}

async fn empty(connection: &DatabaseConnection) {
    const TABLES: [&str; 17] = [
        "match_review",
        "source_record",
        "contact_point",
        "service_capability",
        "service_hours",
        "service",
        "site_code",
        "site",
        "organization",
        "import_batch",
        "observation",
        "town",
        "area_member",
        "area",
        "area_set",
        "source_file",
        "setting",
    ];
    for table in TABLES {
        connection
            .execute_unprepared(&format!("delete from {table}"))
            .await
            .unwrap();
    }
}

#[test]
fn every_check_has_a_case_that_makes_it_fail() {
    let definitions = Definitions::load(None).unwrap();
    let checks: BTreeSet<&str> = definitions
        .checks()
        .iter()
        .map(|check| check.code.as_str())
        .collect();
    let cases: BTreeSet<&str> = CASES.iter().map(|case| case.check).collect();
    assert_eq!(checks, cases);
}

/// A nation of bed reports must not drown the places one can do something about.
#[tokio::test]
async fn where_a_home_area_is_set_gaps_elsewhere_are_not_reported() {
    let definitions = Definitions::load(None).unwrap();
    on_both(async |database| {
        let connection = database.open().await;
        put(&connection, GOOD).await;
        put(
            &connection,
            &["update site set phone = null, phone_key = null where id in (1, 3)"],
        )
        .await;
        for (home, expected) in [("90201", &["1"][..]), ("9001", &["1", "3"]), ("9999", &[])] {
            put(
                &connection,
                &[
                    "delete from setting where name = 'home_area'",
                    &format!("insert into setting (name, value) values ('home_area', '{home}')"),
                ],
            )
            .await;
            let found = found(&connection, &definitions).await;
            let rows = found
                .iter()
                .find(|(code, _)| code == "site_without_phone")
                .map(|(_, rows)| rows.clone());
            assert_eq!(rows.unwrap(), expected, "{home}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_the_database_does_not_take_is_refused_by_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("checks")).unwrap();
    let text = "name = \"試し\"\nseverity = \"info\"\nadvice = \"直してください。\"\ncolumns = [\"番号\"]\ncount = \"select count(*) from v_site\"\nrows = \"select no_such_column from v_site\"\n";
    std::fs::write(folder.path().join("checks/own.toml"), text).unwrap();
    let definitions = Definitions::load(Some(folder.path())).unwrap();
    on_both(async |database| {
        let connection = database.open().await;
        let faults = check::prepare(&connection, &definitions, today())
            .await
            .unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(
            faults[0]
                .to_string()
                .starts_with("checks/own.toml の 6 行目: データベースがこの文を受け付けません"),
            "{}",
            faults[0]
        );
    })
    .await;
}

#[tokio::test]
async fn a_code_is_shown_as_its_word_and_only_the_first_rows_are_listed() {
    let definitions = Definitions::load(None).unwrap();
    on_both(async |database| {
        let connection = database.open().await;
        put(&connection, GOOD).await;
        put(&connection, &["update service set capacity = -1"]).await;
        let reports = check::run(&connection, &definitions, today(), 2)
            .await
            .unwrap();
        let report = reports
            .into_iter()
            .find(|report| report.check.code == "capacity_implausible")
            .unwrap();
        let Outcome::Ran { count, rows } = report.outcome else {
            panic!("timed out")
        };
        assert_eq!(count, 5);
        assert_eq!(
            rows,
            [
                ["11", "朝霧病院", "病院", "-1"],
                ["12", "朝霧病院", "通所リハビリテーション", "-1"]
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn the_newest_edition_of_every_list_and_the_home_area_are_told() {
    on_both(async |database| {
        let connection = database.open().await;
        put(&connection, GOOD).await;
        let before = installation(&connection).await.unwrap();
        assert_eq!(before.home, None);
        assert_eq!((before.n_sites, before.n_services), (3, 5));
        let files: Vec<&str> = before
            .loaded
            .iter()
            .map(|loaded| loaded.file_name.as_str())
            .collect();
        assert_eq!(files, ["new.xlsx", "a.csv"]);
        put(
            &connection,
            &["insert into setting (name, value) values ('home_area', '9001')"],
        )
        .await;
        let home = installation(&connection).await.unwrap().home.unwrap();
        assert_eq!(
            (home.code.as_str(), home.name.as_deref()),
            ("9001", Some("朝霧"))
        );
    })
    .await;
}
