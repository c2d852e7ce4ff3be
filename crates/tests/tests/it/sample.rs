//! The invented area on both engines: as many rows as promised, the same every time, and nothing real in it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::area::outline::Outlines;
use keniki_app::database::{Connection, statement};
use keniki_app::definition::Definitions;
use keniki_app::sample::care::Counted;
use keniki_app::sample::{self, Made, Plan, SampleError};
use keniki_base::code::MunicipalityCode;
use keniki_base::geo::Point;
use keniki_tests::{TestDatabase, on_both, shared_data};
use sea_orm::ConnectionTrait;

fn noon() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

async fn make(
    db: &Connection,
    seed: u64,
    scale: u32,
    now: DateTime<Utc>,
) -> Result<Made, SampleError> {
    let definitions = Arc::new(Definitions::load(None).unwrap());
    sample::make(
        db,
        definitions,
        Plan {
            seed,
            scale,
            episodes: 0,
        },
        &By::command_line(),
        now,
        |_| {},
    )
    .await
}

async fn number(db: &Connection, sql: &str) -> i64 {
    let row = db.query_one_raw(statement(db, sql, [])).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

async fn texts(db: &Connection, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(statement(db, sql, [])).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

#[tokio::test]
async fn an_area_holds_what_issue_2_promises() {
    on_both(async |database| {
        let db = database.open().await;
        let made = make(&db, 1, 1, noon()).await.unwrap();
        assert_eq!((made.n_areas, made.n_people), (1, 220_000));
        assert_eq!(number(&db, "select count(*) from service").await as u64, made.n_services);
        let definitions = Definitions::load(None).unwrap();
        let institution = |kind| definitions.category_of_institution("filings", kind);
        for (category, n) in [
            (institution("医科/診療所"), 200),
            (institution("歯科/診療所"), 100),
            (institution("薬局/薬局"), 120),
            (definitions.category_of_care_service("訪問看護"), 45),
            (definitions.category_of_care_service("居宅介護支援"), 90),
            (definitions.category("community_support_center"), 10),
        ] {
            let category = &category.unwrap().code;
            let sql = format!("select count(*) from service where category = '{category}'");
            assert_eq!(number(&db, &sql).await, n, "{category}");
        }
        let beds = "select count(*) from service where category in ('hospital', 'clinic') and capacity > 0";
        assert_eq!(number(&db, beds).await, 30);
        let home_care = "select count(*) from service s join service_capability c on c.service_id = s.id
            where s.category = 'clinic' and c.capability = 'home_care_24h'";
        assert_eq!(number(&db, home_care).await, 43);
        assert_eq!(number(&db, "select count(*) from area where kind = 'municipality' and outline is not null").await, 5);
        let people = "select cast(sum(value) as bigint) from observation
            where indicator = 'population' and sex = 'all' and age_from = 0 and age_to = 999";
        assert_eq!(number(&db, people).await, 220_000);
        let by_age = "select cast(sum(value) as bigint) from observation
            where indicator = 'population' and sex <> 'all' and not (age_from = 0 and age_to = 999)";
        assert_eq!(number(&db, by_age).await, 220_000);
        let last_year = "select count(*) from observation where indicator = 'projected_population' and period = '2050'";
        assert_eq!(number(&db, last_year).await, 5);
        let home = texts(&db, "select value from setting where name = 'home_area'").await;
        assert_eq!(home, texts(&db, "select code from area where kind = 'medical_area'").await);
        let searchable = "select count(*) from service_text";
        let open = "select count(*) from service s join site t on t.id = s.site_id
            where s.status <> 'closed' and t.status <> 'closed'";
        assert_eq!(number(&db, searchable).await, number(&db, open).await);
    })
    .await;
}

/// What the engine found of a step in cases that are long over: done, and missed.
async fn found(db: &Connection, step: &str) -> (u64, u64) {
    let count = async |states: &str| {
        let sql = format!(
            "select count(*) from obligation b join care_case c on c.id = b.case_id
             where b.step = '{step}' and b.state in ({states})
                and coalesce(c.discharged_on, substr(c.closed_at, 1, 10)) < '2026-09-23'"
        );
        number(db, &sql).await.unsigned_abs()
    };
    (count("'met', 'late'").await, count("'missed'").await)
}

#[tokio::test]
async fn the_engine_finds_what_the_sample_left_out_and_nothing_else() {
    on_both(async |database| {
        let db = database.open().await;
        let definitions = Arc::new(Definitions::load(None).unwrap());
        let plan = Plan {
            seed: 3,
            scale: 1,
            episodes: 800,
        };
        let by = By::command_line();
        let made = sample::make(&db, definitions, plan, &by, noon(), |_| {})
            .await
            .unwrap();
        let truth = &made.cared.truth.0;
        assert_eq!(truth.len(), 13, "{truth:?}");
        let mut engine = std::collections::BTreeMap::new();
        for step in truth.keys() {
            let (n_done, n_omitted) = found(&db, step).await;
            engine.insert(*step, Counted { n_done, n_omitted });
        }
        assert_eq!(&engine, truth);
        assert!(truth.values().all(|it| it.n_done > 20), "{truth:?}");
        let rate = |step| {
            let it = truth[step];
            it.n_omitted as f64 / (it.n_omitted + it.n_done) as f64
        };
        assert!((0.05..0.3).contains(&rate("admission_notice")), "{truth:?}");
        assert!((0.2..0.5).contains(&rate("feedback")), "{truth:?}");
        assert_eq!(
            number(&db, "select count(*) from patient")
                .await
                .unsigned_abs(),
            made.cared.n_patients
        );
        assert_eq!(
            number(&db, "select count(*) from care_case")
                .await
                .unsigned_abs(),
            made.cared.n_cases
        );
        let open = "select count(*) from care_case where closed_at is null and stay = 'in'";
        assert!(number(&db, open).await > 5);
        let batches = "select count(*) from audit_entry where deed = 'sample.make'";
        assert_eq!(
            number(&db, batches).await,
            3,
            "one for the area, one for each 500 people"
        );
    })
    .await;
}

#[tokio::test]
async fn a_sample_stands_alone() {
    on_both(async |database| {
        let db = database.open().await;
        make(&db, 1, 1, noon()).await.unwrap();
        assert!(sample::is_made(&db).await.unwrap());
        let refused = make(&db, 1, 1, noon()).await.unwrap_err();
        assert!(matches!(refused, SampleError::NotEmpty { .. }));
        assert!(
            refused
                .to_string()
                .contains("見本は空のデータベースにだけ作れます")
        );
        assert_eq!(
            number(&db, "select count(*) from area where kind = 'medical_area'").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn no_areas_and_too_many_are_refused() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    for scale in [0, sample::MAX_SCALE + 1] {
        assert!(
            matches!(make(&db, 1, scale, noon()).await, Err(SampleError::Scale(wrong)) if wrong == scale)
        );
    }
    assert!(!sample::is_made(&db).await.unwrap());
}

/// Every row of every table as text, without the instants at which it was written.
async fn contents(db: &Connection) -> String {
    let mut all = String::new();
    for (table, columns) in [
        ("area", "area_set, code, name, outline, label_lat, label_lng"),
        ("area_member", "area_set, area_code, municipality_code"),
        ("area_neighbor", "area_set, area_code, neighbor_code"),
        ("town", "municipality_code, name, town_key, lat, lng"),
        ("observation", "indicator, area_code, period, sex, age_from, age_to, value"),
        ("organization", "id, name, name_key, corporate_number"),
        ("site", "id, organization_id, name, kana, postal_code, address, address_key, lat, lng, location_precision,
                  phone, fax, url, status, closed_on, last_assured_on, last_assured_by"),
        ("site_code", "code, site_id"),
        ("service", "id, site_id, category, name, capacity, eligibility, area_served, hours_note, detail, status,
                     closed_on, last_assured_on, last_assured_by"),
        ("service_hours", "service_id, weekday, slot, is_open, opens, closes"),
        ("service_capability", "service_id, capability, since, filing, note"),
        ("contact_point", "id, site_id, service_id, audience, purpose, name, phone, fax, hours_note, last_assured_on"),
        ("source_record", "id, scope, record_key, content"),
        ("setting", "name, value"),
    ] {
        let text = columns
            .split(',')
            .map(|column| format!("coalesce(cast({column} as text), '-')"))
            .collect::<Vec<_>>()
            .join(" || '|' || ");
        let mut rows = texts(db, &format!("select {text} from {table}")).await;
        rows.sort();
        all.push_str(&rows.join("\n"));
    }
    all
}

#[tokio::test]
async fn the_same_seed_on_the_same_day_makes_the_same_rows() {
    let filled = async |seed, now| {
        let database = TestDatabase::sqlite();
        let db = database.open().await;
        make(&db, seed, 2, now).await.unwrap();
        contents(&db).await
    };
    let first = filled(3, noon()).await;
    assert!(first.len() > 1_000_000);
    assert!(
        first == filled(3, noon() + chrono::Duration::hours(9)).await,
        "later that day"
    );
    assert!(first != filled(4, noon()).await, "another seed");
    assert!(
        first != filled(3, noon() + chrono::Duration::days(40)).await,
        "another day"
    );
}

#[tokio::test]
async fn every_site_and_town_lies_in_its_municipality() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    make(&db, 6, 3, noon()).await.unwrap();
    let outlines = Outlines::load(&db).await.unwrap();
    for table in ["site", "town"] {
        let sql = format!("select municipality_code, lat, lng from {table} where lat is not null");
        let rows = db.query_all_raw(statement(&db, sql, [])).await.unwrap();
        assert!(rows.len() > 800);
        for row in rows {
            let code: String = row.try_get_by_index(0).unwrap();
            let point = Point::japan(
                row.try_get_by_index(1).unwrap(),
                row.try_get_by_index(2).unwrap(),
            )
            .unwrap();
            let code = MunicipalityCode::parse(&code).unwrap();
            assert_eq!(
                outlines.contains_within(code, point, 2.0),
                Some(true),
                "{table} {code} {point:?}"
            );
        }
    }
}

#[tokio::test]
async fn areas_side_by_side_are_neighbours_and_a_prefecture_has_sixteen() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    make(&db, 1, 17, noon()).await.unwrap();
    assert_eq!(
        number(&db, "select count(*) from area where kind = 'medical_area'").await,
        17
    );
    assert_eq!(
        number(
            &db,
            "select count(*) from area_member where area_set = 'prefecture' and area_code = '50'"
        )
        .await,
        80
    );
    assert_eq!(
        number(
            &db,
            "select count(*) from area_member where area_set = 'prefecture' and area_code = '51'"
        )
        .await,
        5
    );
    let of_first =
        "select count(*) from area_neighbor where area_set = 'medical_area' and area_code = '5001'";
    assert_eq!(number(&db, of_first).await, 2);
    assert_eq!(
        number(
            &db,
            "select count(*) from (select distinct code from site_code) c"
        )
        .await,
        number(&db, "select count(*) from site_code").await
    );
}

/// Every text in the published files: the cells of the CSV, the strings of the JSON.
fn published_texts(data: &Path) -> HashSet<String> {
    let mut texts = HashSet::new();
    let mut folders: Vec<PathBuf> = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|end| end == "csv" || end == "json")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                texts.extend(text.split([',', '"', '\n', '\r']).map(str::to_owned));
            }
        }
    }
    texts
}

#[test]
fn no_invented_stem_is_a_real_municipality_or_town() {
    let Some(data) = shared_data() else { return };
    let real = published_texts(&data);
    assert!(real.contains("米子市") && real.contains("鳥取市") && real.len() > 50_000);
    let stems: HashSet<String> = sample::every_stem().collect();
    for text in &real {
        let ward = text
            .rsplit(['市', '郡'])
            .find(|part| !part.is_empty())
            .unwrap_or(text);
        for name in [text.as_str(), ward] {
            let plain = name
                .strip_suffix(['県', '市', '町', '村', '区'])
                .unwrap_or(name);
            assert!(!stems.contains(name) && !stems.contains(plain), "{text}");
        }
    }
}

#[tokio::test]
async fn no_invented_area_operator_or_site_bears_a_real_name() {
    let Some(data) = shared_data() else { return };
    let real = published_texts(&data);
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    make(&db, 1, 8, noon()).await.unwrap();
    for table in ["area", "site", "organization", "town"] {
        let names = texts(&db, &format!("select name from {table}")).await;
        assert!(names.len() > 40);
        for name in names {
            assert!(!real.contains(&name), "{name}");
        }
    }
    let codes = texts(&db, "select code from area where kind = 'municipality'").await;
    assert!(codes.iter().all(|code| {
        MunicipalityCode::parse(code)
            .unwrap()
            .prefecture()
            .is_invented()
    }));
}
