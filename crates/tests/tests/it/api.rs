//! The public API over HTTP: what it says, what it refuses in which words, and what never leaves it.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use keniki_app::definition::Definitions;
use keniki_base::chance::SeededChance;
use keniki_base::clock::FixedClock;
use keniki_base::geo::Point;
use keniki_tests::on_both;
use keniki_web::State;
use keniki_web::state::Site;
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::search::world::{self, Place, World};

/// A client without an account.
pub struct Anon {
    app: axum::Router,
}

impl Anon {
    pub fn of(db: &DatabaseConnection) -> Self {
        let clock = FixedClock::at("2026-11-24T01:00:00Z".parse().unwrap());
        let definitions = Definitions::load(None).unwrap();
        let state = State::new(
            db.clone(),
            Arc::new(definitions),
            Box::new(clock),
            Box::new(SeededChance::of(1)),
            Site::at("http://localhost:8080"),
        );
        Self {
            app: keniki_web::app(Arc::new(state)),
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        assert_eq!(
            response.headers()[header::X_CONTENT_TYPE_OPTIONS],
            "nosniff"
        );
        assert!(response.headers().contains_key("x-request-id"));
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    pub async fn ok(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }
}

async fn filled(db: &DatabaseConnection) {
    let clinic = Place {
        name: "渚クリニック".into(),
        address: Some("汐見市港町1".into()),
        capabilities: vec!["home_care_24h".into()],
        hours: vec![world::open(2, "09:00", "12:00")],
        ..Place::new("clinic", "99201")
    };
    let far = Place {
        point: Some(Point {
            lat: 35.6,
            lng: 133.3,
        }),
        ..Place {
            name: "丘医院".into(),
            ..clinic.clone()
        }
    };
    World {
        places: vec![clinic, far],
    }
    .fill(db)
    .await;
    for sql in [
        "insert into area_set (code, kind, name) values ('municipality', 'municipality', '市区町村')",
        "insert into area (area_set, code, kind, name, prefecture_code) values ('municipality', '99201', 'municipality', '汐見市', '99')",
        "insert into import_batch (id, format, scope, file_name, sha256, as_of, imported_at, imported_by, source_rows, report)
         values (1, 'filings', 'filings/99/医科', 'list.xlsx', '', '2025-10-01', '2026-04-01T00:00:00.000000Z', 'test', 1, '')",
        "insert into import_batch_scope (batch_id, scope, source_rows) values (1, 'filings/99/医科', 1)",
        "insert into source_record (id, scope, record_key, content, source_rows, site_id, service_id, created_batch_id, batch_id, seen_batch_id)
         values (1, 'filings/99/医科', 'a', '{\"name\":\"渚クリニック\",\"category\":\"clinic\",\"address\":\"別の住所\"}', 1, 1, 1, 1, 1, 1)",
        "insert into contact_point (id, site_id, service_id, audience, purpose, phone) values (1, 1, 1, 'public', '相談', '0859-00-0001')",
        "insert into contact_point (id, site_id, service_id, audience, purpose, phone) values (2, 1, 1, 'professional', '病棟直通', '0859-99-9999')",
    ] {
        world::run(db, sql).await;
    }
}

#[tokio::test]
async fn a_search_answers_a_page_of_services() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let anon = Anon::of(&db);
        let page = anon.ok("/api/v1/services?q=%E3%82%AF%E3%83%AA%E3%83%8B%E3%83%83%E3%82%AF&near=35.4,133.3&page_size=1").await;
        assert_eq!((&page["total"], &page["page"], &page["page_size"]), (&json!(2), &json!(1), &json!(1)));
        let service = &page["services"][0];
        assert_eq!(
            (&service["id"], &service["name"], &service["view"], &service["categories"], &service["capabilities"]),
            (&json!(1), &json!("渚クリニック"), &json!("medical"), &json!(["clinic"]), &json!(["home_care_24h"]))
        );
        assert_eq!(service["location"], json!({"lat": 35.4, "lng": 133.3, "precision": "none"}));
        assert_eq!(service["distance_km"], json!(0.0));
        assert_eq!(service["sources"][0]["imported_at"], json!("2026-04-01T09:00:00+09:00"));
        assert_eq!(service["organization"], Value::Null, "what is not known is null");
        let open = anon.ok("/api/v1/services?open_at=now&within_km=16&near=35.4,133.3").await;
        assert_eq!((&open["total"], &open["open_unknown"], &open["location_unknown"]), (&json!(1), &json!(0), &json!(0)));
        let area = anon.ok("/api/v1/services?area=99201&capability=home_care_24h&view=medical&prefecture=99").await;
        assert_eq!(area["total"], json!(2));
    })
    .await;
}

#[tokio::test]
async fn a_site_leads_to_its_first_service() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let app = Anon::of(&db).app;
        for (path, status, leads_to) in [
            ("/sites/2", StatusCode::SEE_OTHER, Some("/services/2")),
            ("/sites/77", StatusCode::NOT_FOUND, None),
            ("/sites/x", StatusCode::NOT_FOUND, None),
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            let location = response.headers().get(header::LOCATION);
            assert_eq!(
                (response.status(), location.map(|it| it.to_str().unwrap())),
                (status, leads_to)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_total_says_what_of_the_question_no_list_covers() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let anon = Anon::of(&db);
        let unlisted = async |query: &str| {
            let page = anon.ok(&format!("/api/v1/services?{query}")).await;
            let codes = page["unlisted"].as_array().unwrap().iter();
            codes
                .map(|it| (it["code"].clone(), it["places"].clone()))
                .collect::<Vec<_>>()
        };
        let nursing = || vec![(json!("visiting_nursing"), json!(["99201"]))];
        assert_eq!(
            unlisted("area=99201&category=visiting_nursing").await,
            nursing()
        );
        assert_eq!(
            unlisted("municipality=99201&q=%E8%A8%AA%E5%95%8F%E7%9C%8B%E8%AD%B7").await[..1],
            nursing()
        );
        assert_eq!(unlisted("area=99201&category=clinic").await, []);
        assert_eq!(unlisted("").await, []);
        let (status, _) = anon.get("/api/v1/services?municipality=99999").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_service_says_where_each_field_is_from_and_keeps_professional_contacts_to_itself() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let detail = Anon::of(&db).ok("/api/v1/services/1").await;
        assert_eq!(detail["contacts"].as_array().unwrap().len(), 1);
        assert!(!detail.to_string().contains("0859-99-9999"));
        assert_eq!(
            detail["hours"],
            json!([{"weekday": 2, "is_open": true, "opens": "09:00", "closes": "12:00"}])
        );
        assert_eq!(detail["near"][0]["name"], json!("丘医院"));
        let of = |field: &str| {
            let all = detail["provenance"].as_array().unwrap();
            all.iter()
                .find(|one| one["field"] == field)
                .unwrap_or_else(|| panic!("{field}"))["source"]
                .clone()
        };
        assert_eq!(of("site")["as_of"], json!("2025-10-01"));
        assert_eq!(of("address"), Value::Null, "the list says another address");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_400_and_what_is_not_there_404_in_japanese() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let anon = Anon::of(&db);
        for (path, status, words) in [
            (
                "/api/v1/services?page=0",
                StatusCode::BAD_REQUEST,
                "「page」",
            ),
            (
                "/api/v1/services?within_km=3",
                StatusCode::BAD_REQUEST,
                "「within_km」",
            ),
            (
                "/api/v1/services?catgory=clinic",
                StatusCode::BAD_REQUEST,
                "「catgory」",
            ),
            (
                "/api/v1/services?area=3199",
                StatusCode::NOT_FOUND,
                "「3199」",
            ),
            ("/api/v1/services/99", StatusCode::NOT_FOUND, "「99」"),
            ("/api/v1/services/abc", StatusCode::NOT_FOUND, "「abc」"),
            ("/api/v1/areas/9", StatusCode::BAD_REQUEST, "「code」"),
            ("/api/v1/areas/99202", StatusCode::NOT_FOUND, "「99202」"),
        ] {
            let (found, body) = anon.get(path).await;
            assert_eq!(found, status, "{path}");
            let sentence = body["error"].as_str().unwrap();
            assert!(
                sentence.contains(words) && sentence.ends_with('。'),
                "{path}: {sentence}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_area_counts_what_is_covered_and_leaves_the_rest_null() {
    on_both(async |database| {
        let db = database.open().await;
        filled(&db).await;
        let anon = Anon::of(&db);
        let area = anon.ok("/api/v1/areas/99201").await;
        assert_eq!(
            (&area["code"], &area["name"], &area["kind"]),
            (&json!("99201"), &json!("汐見市"), &json!("municipality"))
        );
        assert_eq!(
            area["municipalities"],
            json!([{"code": "99201", "name": "汐見市"}])
        );
        assert_eq!(area["services"]["by_category"]["clinic"], json!(2));
        assert_eq!(
            area["services"]["by_category"]["hospital"],
            json!(0),
            "covered, and there is none"
        );
        assert_eq!(
            area["services"]["by_category"]["visiting_nursing"],
            Value::Null,
            "未収載"
        );
        assert_eq!(area["population"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn the_api_describes_itself_and_says_that_it_is_well() {
    on_both(async |database| {
        let db = database.open().await;
        let anon = Anon::of(&db);
        assert_eq!(anon.ok("/healthz").await, json!({"status": "ok"}));
        let description = anon.ok("/api/openapi.json").await;
        assert_eq!(description["openapi"], json!("3.1.0"));
        for path in [
            "/api/v1/services",
            "/api/v1/services/{id}",
            "/api/v1/areas/{code}",
            "/healthz",
        ] {
            assert!(description["paths"][path]["get"].is_object(), "{path}");
        }
    })
    .await;
}
