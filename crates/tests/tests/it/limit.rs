//! Who asks for too much waits, and nobody else with them.

use std::net::{IpAddr, SocketAddr};

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use chrono::Duration;
use keniki_tests::TestDatabase;
use tower::ServiceExt;

use crate::desk::Demo;

/// Asks from an address; the status, how long to wait, and the body.
async fn ask(demo: &Demo, from: &str, path: &str, cookie: &str) -> (StatusCode, String, String) {
    let from: IpAddr = from.parse().unwrap();
    let request = Request::get(path)
        .extension(ConnectInfo(SocketAddr::from((from, 50_000))))
        .header(header::COOKIE, cookie)
        .body(Body::empty());
    let app = keniki_web::app(demo.state.clone());
    let answer = app.oneshot(request.unwrap()).await.unwrap();
    let wait = answer.headers().get(header::RETRY_AFTER);
    let wait = wait.map_or("", |it| it.to_str().unwrap()).to_owned();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, wait, String::from_utf8_lossy(&body).into_owned())
}

/// How many of `n` requests are answered.
async fn answered(demo: &Demo, from: &str, path: &str, cookie: &str, n: usize) -> usize {
    let mut answered = 0;
    for _ in 0..n {
        let (status, ..) = ask(demo, from, path, cookie).await;
        answered += usize::from(status != StatusCode::TOO_MANY_REQUESTS);
    }
    answered
}

/// A page that costs little: there is none.
const PAGE: &str = "/none";

#[tokio::test]
async fn who_asks_for_too_much_waits_and_no_one_else() {
    let demo = Demo::of(TestDatabase::sqlite()).await;
    assert_eq!(answered(&demo, "192.0.2.1", PAGE, "", 601).await, 600);
    let (status, wait, page) = ask(&demo, "192.0.2.1", "/services", "").await;
    assert_eq!((status.as_u16(), wait.as_str()), (429, "1"));
    assert!(page.contains("1秒ほど待ってから"), "{page}");
    assert!(page.contains("お問い合わせ番号："));

    // Others, what is counted apart, and what is never counted.
    let other = |from, path| ask(&demo, from, path, "");
    assert_eq!(other("192.0.2.2", PAGE).await.0, StatusCode::NOT_FOUND);
    assert_eq!(other("192.0.2.1", "/healthz").await.0, StatusCode::OK);
    let asset = other("192.0.2.1", "/assets/none").await.0;
    assert_eq!(asset, StatusCode::NOT_FOUND);
    assert_eq!(answered(&demo, "127.0.0.1", PAGE, "", 700).await, 700);

    demo.clock.advance(Duration::seconds(60));
    assert_eq!(answered(&demo, "192.0.2.1", PAGE, "", 400).await, 300);
}

#[tokio::test]
async fn an_office_behind_one_address_is_counted_by_who_is_signed_in() {
    let demo = Demo::of(TestDatabase::sqlite()).await;
    let one = demo.sign_in("operator").await.cookie.unwrap();
    let another = demo.sign_in("auditor").await.cookie.unwrap();
    assert_eq!(answered(&demo, "192.0.2.1", PAGE, "", 601).await, 600);
    // A cookie that nobody has is no session.
    assert_eq!(answered(&demo, "192.0.2.1", PAGE, "keniki=x", 1).await, 0);
    assert_eq!(answered(&demo, "192.0.2.1", PAGE, &one, 601).await, 600);
    assert_eq!(answered(&demo, "192.0.2.1", PAGE, &another, 1).await, 1);
    // Going elsewhere does not help.
    assert_eq!(answered(&demo, "192.0.2.9", PAGE, &one, 1).await, 0);
}

#[tokio::test]
async fn tables_and_the_api_have_narrower_limits() {
    let demo = Demo::of(TestDatabase::sqlite()).await;
    let of_none = "/imports/none/problems.csv";
    assert_eq!(answered(&demo, "2001:db8::1", of_none, "", 61).await, 60);
    assert_eq!(answered(&demo, "2001:db8::2", of_none, "", 1).await, 0);
    assert_eq!(answered(&demo, "2001:db8::1", PAGE, "", 1).await, 1);

    let api = "/api/v1/services/none";
    assert_eq!(answered(&demo, "::ffff:192.0.2.1", api, "", 241).await, 240);
    let (status, wait, body) = ask(&demo, "192.0.2.1", api, "").await;
    assert_eq!((status.as_u16(), wait.as_str()), (429, "1"));
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let sentence = body["error"].as_str().unwrap();
    assert!(sentence.contains("1秒ほど待ってから"), "{sentence}");
}
