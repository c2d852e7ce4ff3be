//! Every public page of the sample area, asked for as a browser would.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use keniki_app::account::By;
use keniki_app::database;
use keniki_app::definition::Definitions;
use keniki_app::sample::{self, Plan};
use keniki_base::chance::SeededChance;
use keniki_base::clock::{Clock, FixedClock};
use tower::ServiceExt;

use crate::page::check::assert_sound;
use crate::state::{Site, State};

async fn sample_area() -> Arc<State> {
    let clock = FixedClock::at("2026-11-24T01:00:00Z".parse().unwrap());
    let db = database::open("sqlite::memory:", true).await.unwrap();
    let definitions = || Definitions::load(None).unwrap();
    let plan = Plan {
        seed: 1,
        scale: 1,
        episodes: 0,
    };
    sample::make(
        &db,
        Arc::new(definitions()),
        plan,
        &By::command_line(),
        clock.now(),
        |_| (),
    )
    .await
    .unwrap();
    Arc::new(State::new(
        db,
        Arc::new(definitions()),
        Box::new(clock),
        Box::new(SeededChance::of(1)),
        Site::at("http://localhost"),
    ))
}

async fn ask(state: &Arc<State>, path: &str) -> (StatusCode, String, Vec<u8>) {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let response = crate::app(state.clone()).oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let kind = head
        .headers
        .get(header::CONTENT_TYPE)
        .map_or("", |kind| kind.to_str().unwrap());
    (
        head.status,
        kind.to_owned(),
        axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap()
            .to_vec(),
    )
}

#[tokio::test]
async fn every_page_of_the_sample_is_sound_and_every_file_opens() {
    let state = sample_area().await;
    for path in [
        "/",
        "/services",
        "/services?q=%E8%A8%AA%E5%95%8F%E7%9C%8B%E8%AD%B7&open=now&hours=24h&page=2",
        "/services?category=clinic&near=%E8%8F%AB%E6%A3%AE%E5%B8%82",
        "/services?category=maternity",
        "/services?area=all&view=care",
        "/services/1",
        "/areas",
        "/areas/5001",
        "/areas/5001?show=hospital",
        "/areas/50",
        "/areas/50201",
        "/areas/5001/coverage",
        "/areas/5001/coverage?capability=visiting_nursing&closed=1",
        "/guide",
        "/about",
    ] {
        let (status, _, body) = ask(&state, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_sound(&String::from_utf8(body).unwrap());
    }
    for (path, kind, beginning) in [
        (
            "/services.csv?category=clinic",
            "text/csv",
            "\u{feff}".as_bytes(),
        ),
        ("/services.xlsx?category=clinic", "application/vnd", b"PK"),
        (
            "/services.geojson?category=clinic",
            "application/geo+json",
            b"{",
        ),
        ("/outlines.geojson", "application/geo+json", b"{"),
        ("/areas/5001/figures/pyramid.svg", "image/svg+xml", b"<svg"),
        (
            "/areas/5001/figures/map-clinic.csv",
            "text/csv",
            "\u{feff}".as_bytes(),
        ),
        (
            "/areas/5001/figures/shares.svg?capability=home_care_24h",
            "image/svg+xml",
            b"<svg",
        ),
    ] {
        let (status, is, body) = ask(&state, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(
            is.starts_with(kind) && body.starts_with(beginning),
            "{path}: {is}"
        );
    }
}

#[tokio::test]
async fn a_page_behind_the_last_is_the_last() {
    let state = sample_area().await;
    let (status, _, body) = ask(&state, "/services?category=hospital&page=999").await;
    assert_eq!(status, StatusCode::OK);
    let last = String::from_utf8(body).unwrap();
    assert!(last.contains("/services/"), "rows are listed");
    assert!(!last.contains("page=999"), "and no link leads there");
}

#[tokio::test]
async fn what_cannot_be_shown_says_whose_side_it_is_on() {
    let state = sample_area().await;
    for (path, status, sentence) in [
        ("/nothing", StatusCode::NOT_FOUND, "ページが見つかりません"),
        (
            "/services/0",
            StatusCode::NOT_FOUND,
            "ページが見つかりません",
        ),
        (
            "/services/none",
            StatusCode::NOT_FOUND,
            "ページが見つかりません",
        ),
        (
            "/areas/4799",
            StatusCode::NOT_FOUND,
            "ページが見つかりません",
        ),
        (
            "/areas/5001/figures/pyramid.exe",
            StatusCode::NOT_FOUND,
            "ページが見つかりません",
        ),
        (
            "/services?q=a&q=b",
            StatusCode::BAD_REQUEST,
            "アドレスを読み取れません",
        ),
    ] {
        let (is, _, body) = ask(&state, path).await;
        let html = String::from_utf8(body).unwrap();
        assert_eq!(is, status, "{path}");
        assert!(
            html.contains(sentence) && html.contains("お問い合わせ番号"),
            "{path}"
        );
        assert_sound(&html);
    }
}
