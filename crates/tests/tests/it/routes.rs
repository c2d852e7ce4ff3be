//! Every route is called as nobody and as a stranger: none is forgotten, and none lets in whoever it should not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::http::{Method, StatusCode};
use chrono::Duration;
use keniki_app::audit;
use keniki_base::clock::Clock;
use keniki_tests::{TestDatabase, workspace};

use crate::desk::Demo;

/// Whom a route lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Everybody.
    All,
    /// Whoever is signed in, about their own.
    SignedIn,
    /// Whose role may; to all others there is nothing.
    Some,
}

/// Method, route, what it is asked with, whom it lets in.
const ROUTES: &[(&str, &str, &str, &str, For)] = &[
    ("get", "/", "/", "", For::All),
    ("get", "/about", "/about", "", For::All),
    ("get", "/account", "/account", "", For::SignedIn),
    (
        "get",
        "/account/factors/new",
        "/account/factors/new",
        "",
        For::SignedIn,
    ),
    (
        "get",
        "/api/openapi.json",
        "/api/openapi.json",
        "",
        For::All,
    ),
    (
        "get",
        "/api/v1/areas/{code}",
        "/api/v1/areas/5001",
        "",
        For::All,
    ),
    ("get", "/api/v1/services", "/api/v1/services", "", For::All),
    (
        "get",
        "/api/v1/services/{id}",
        "/api/v1/services/1",
        "",
        For::All,
    ),
    ("get", "/areas", "/areas", "", For::All),
    ("get", "/areas/{code}", "/areas/5001", "", For::All),
    (
        "get",
        "/areas/{code}/coverage",
        "/areas/5001/coverage",
        "",
        For::All,
    ),
    (
        "get",
        "/areas/{code}/figures/{file}",
        "/areas/5001/figures/pyramid.svg",
        "",
        For::All,
    ),
    ("get", "/assets/{file}", "/assets/none", "", For::All),
    ("get", "/confirm", "/confirm", "", For::SignedIn),
    ("get", "/demo/mail", "/demo/mail", "", For::All),
    ("get", "/guide", "/guide", "", For::All),
    ("get", "/healthz", "/healthz", "", For::All),
    (
        "get",
        "/invitations/{token}",
        "/invitations/0f",
        "",
        For::All,
    ),
    ("get", "/offices", "/offices", "", For::Some),
    ("get", "/offices/{id}", "/offices/1", "", For::Some),
    (
        "get",
        "/outlines.geojson",
        "/outlines.geojson",
        "",
        For::All,
    ),
    ("get", "/services", "/services", "", For::All),
    (
        "get",
        "/services.csv",
        "/services.csv?category=hospital",
        "",
        For::All,
    ),
    (
        "get",
        "/services.geojson",
        "/services.geojson?category=hospital",
        "",
        For::All,
    ),
    (
        "get",
        "/services.xlsx",
        "/services.xlsx?category=hospital",
        "",
        For::All,
    ),
    ("get", "/services/{id}", "/services/1", "", For::All),
    ("get", "/sign-in", "/sign-in", "", For::All),
    (
        "get",
        "/sign-in/factor",
        "/sign-in/factor",
        "",
        For::SignedIn,
    ),
    ("get", "/sign-in/forgot", "/sign-in/forgot", "", For::All),
    ("get", "/sites/{id}", "/sites/1", "", For::All),
    (
        "post",
        "/account/desk",
        "/account/desk",
        "membership=1",
        For::SignedIn,
    ),
    (
        "post",
        "/account/factors/app",
        "/account/factors/app",
        "code=000000",
        For::SignedIn,
    ),
    (
        "post",
        "/account/factors/app/remove",
        "/account/factors/app/remove",
        "",
        For::SignedIn,
    ),
    (
        "post",
        "/account/factors/codes",
        "/account/factors/codes",
        "",
        For::SignedIn,
    ),
    (
        "post",
        "/account/factors/key",
        "/account/factors/key",
        "answer=x&name=x",
        For::SignedIn,
    ),
    (
        "post",
        "/account/factors/key/question",
        "/account/factors/key/question",
        "",
        For::SignedIn,
    ),
    (
        "post",
        "/account/factors/keys/{id}/remove",
        "/account/factors/keys/1/remove",
        "",
        For::SignedIn,
    ),
    (
        "post",
        "/account/password",
        "/account/password",
        "old=a&new=b",
        For::SignedIn,
    ),
    (
        "post",
        "/account/sessions/{id}/end",
        "/account/sessions/999/end",
        "",
        For::SignedIn,
    ),
    (
        "post",
        "/accounts/{id}/link",
        "/accounts/1/link",
        "office=1&purpose=factor",
        For::Some,
    ),
    (
        "post",
        "/accounts/{id}/status",
        "/accounts/1/status",
        "office=1&status=suspended",
        For::Some,
    ),
    (
        "post",
        "/batches/{id}/undo",
        "/batches/1/undo",
        "",
        For::Some,
    ),
    ("post", "/confirm", "/confirm", "", For::SignedIn),
    (
        "post",
        "/invitations/{token}",
        "/invitations/0f",
        "password=umi-tanuki-8-kissaten",
        For::All,
    ),
    (
        "post",
        "/memberships/{id}/end",
        "/memberships/1/end",
        "office=1",
        For::Some,
    ),
    (
        "post",
        "/offices/{id}/invitations",
        "/offices/1/invitations",
        "login=a@example.jp&name=a&role=clinic",
        For::Some,
    ),
    (
        "post",
        "/offices/{id}/invitations/{invitation}/revoke",
        "/offices/1/invitations/{invitation}/revoke",
        "",
        For::Some,
    ),
    (
        "post",
        "/offices/{id}/mailboxes/{purpose}",
        "/offices/1/mailboxes/clinic",
        "account=1",
        For::Some,
    ),
    (
        "post",
        "/sign-in",
        "/sign-in",
        "login=a&password=b",
        For::All,
    ),
    (
        "post",
        "/sign-in/factor",
        "/sign-in/factor",
        "code=000000",
        For::SignedIn,
    ),
    (
        "post",
        "/sign-in/factor/key",
        "/sign-in/factor/key",
        "",
        For::All,
    ),
    (
        "post",
        "/sign-in/forgot",
        "/sign-in/forgot",
        "login=a",
        For::All,
    ),
    (
        "post",
        "/sign-in/persona",
        "/sign-in/persona",
        "account=0",
        For::All,
    ),
    ("post", "/sign-out", "/sign-out", "", For::All),
    ("get", "/imports", "/imports", "", For::Some),
    ("get", "/imports/{job}", "/imports/1", "", For::Some),
    (
        "get",
        "/imports/{job}/book.xlsx",
        "/imports/1/book.xlsx",
        "",
        For::Some,
    ),
    (
        "get",
        "/imports/{job}/problems.csv",
        "/imports/1/problems.csv",
        "",
        For::Some,
    ),
    (
        "post",
        "/batches/{id}/undo",
        "/batches/1/undo",
        "",
        For::Some,
    ),
    ("post", "/imports", "/imports", "", For::Some),
    (
        "post",
        "/imports/{job}/confirm",
        "/imports/1/confirm",
        "rows=all",
        For::Some,
    ),
    ("get", "/audit", "/audit", "", For::Some),
    ("get", "/audit.csv", "/audit.csv", "", For::Some),
    (
        "post",
        "/audit/marks",
        "/audit/marks",
        "entry=1&note=a",
        For::Some,
    ),
    (
        "post",
        "/audit/reviews",
        "/audit/reviews",
        "from=2026-11-01&to=2026-11-02&finding=a",
        For::Some,
    ),
    (
        "get",
        "/services/{id}/readers",
        "/services/1/readers",
        "",
        For::SignedIn,
    ),
    ("get", "/proposals", "/proposals", "", For::Some),
    ("get", "/proposals/{id}", "/proposals/1", "", For::Some),
    (
        "post",
        "/proposals/{id}/decide",
        "/proposals/1/decide",
        "decision=yes",
        For::Some,
    ),
    (
        "post",
        "/proposals/{id}/withdraw",
        "/proposals/1/withdraw",
        "",
        For::Some,
    ),
    (
        "get",
        "/services/{id}/propose",
        "/services/1/propose",
        "",
        For::Some,
    ),
    (
        "post",
        "/services/{id}/propose",
        "/services/1/propose",
        "phone=0990-00-0000",
        For::Some,
    ),
    (
        "get",
        "/services/{id}/history",
        "/services/1/history",
        "",
        For::Some,
    ),
];

/// The routes that the program's text declares.
fn declared() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    read(&workspace().join("crates/web/src"), &mut found);
    found
}

fn read(folder: &Path, found: &mut BTreeSet<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for part in text.split(".route(").skip(1) {
                let part = part.trim_start();
                let Some(path) = part.strip_prefix('"').and_then(|it| it.split('"').next()) else {
                    continue;
                };
                let end = part.find(" .route(").unwrap_or(part.len());
                let own = part[..end].split(" .").next().unwrap_or_default();
                for method in ["get", "post"] {
                    let calls = [format!(" {method}("), format!(").{method}(")];
                    if calls.iter().any(|call| own.contains(call.as_str())) {
                        found.insert((method.to_owned(), path.to_owned()));
                    }
                }
            }
            for part in text
                .split("#[utoipa::path( ")
                .chain(text.split("#[utoipa::path("))
                .skip(1)
            {
                let Some(rest) = part.strip_prefix("get, path = \"") else {
                    continue;
                };
                let path = rest.split('"').next().unwrap();
                found.insert(("get".to_owned(), path.to_owned()));
            }
        }
    }
}

#[test]
fn every_route_is_in_the_table() {
    let table: BTreeSet<(String, String)> = ROUTES
        .iter()
        .map(|(method, route, ..)| ((*method).to_owned(), (*route).to_owned()))
        .collect();
    let declared = declared();
    let missing: Vec<_> = declared.difference(&table).collect();
    let gone: Vec<_> = table.difference(&declared).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not in the table: {missing:#?}\nin the table only: {gone:#?}"
    );
}

#[tokio::test]
async fn nobody_gets_no_further_than_the_sign_in() {
    let demo = Demo::of(TestDatabase::sqlite()).await;
    for (method, _, path, form, who) in ROUTES {
        let mut nobody = demo.nobody();
        let answer = match *method {
            "get" => nobody.get(path).await,
            _ => nobody.post(path, form).await,
        };
        let is_sent_away = answer.status == StatusCode::SEE_OTHER
            && answer.location.starts_with("/sign-in")
            && *path != "/sign-out";
        assert_eq!(
            is_sent_away,
            *who != For::All,
            "{method} {path}: {answer:?}"
        );
        assert!(!answer.status.is_server_error(), "{method} {path}");
    }
}

#[tokio::test]
async fn to_a_stranger_there_is_nothing_and_it_is_written_down() {
    let demo = Demo::of(TestDatabase::sqlite()).await;
    let mut operator = demo.sign_in("operator").await;
    operator
        .post(
            "/offices/1/invitations",
            "login=a@example.jp&name=a&role=clinic",
        )
        .await;
    let invitation = demo.number("select max(id) from invitation").await;
    let mut n_refused = demo.n_refused().await;
    for (method, route, path, form, who) in ROUTES {
        if *who == For::All || *path == "/sign-in/factor" {
            continue;
        }
        let mut stranger = demo.sign_in("hospital_ward").await;
        let path = path.replace("{invitation}", &invitation.to_string());
        let answer = match *method {
            "get" => stranger.get(&path).await,
            _ => stranger.post(&path, form).await,
        };
        assert!(
            !answer.status.is_server_error(),
            "{method} {route}: {answer:?}"
        );
        if *who == For::Some {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {route}");
            let now = demo.n_refused().await;
            assert!(now > n_refused, "{method} {route} is not in the audit log");
            n_refused = now;
        }
    }
}

impl Demo {
    async fn n_refused(&self) -> usize {
        let (day, now) = (Duration::days(1), self.clock.now());
        let rows = audit::entries(&self.db, now - day, now + day, 0, 10_000);
        let rows = rows.await.unwrap();
        rows.iter().filter(|row| row.outcome == "refused").count()
    }

    pub async fn number(&self, sql: &str) -> i64 {
        use sea_orm::ConnectionTrait;
        let statement = keniki_app::database::statement(&self.db, sql, []);
        let row = self.db.query_one_raw(statement).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    }
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    let demo = Demo::of(TestDatabase::sqlite()).await;
    let desk = demo.sign_in("operator").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/sign-out")
            .header("cookie", desk.cookie.as_deref().unwrap())
            .header("host", "localhost:8080")
            .header(name, value);
        let request = request.body(Body::empty()).unwrap();
        let app = keniki_web::app(demo.state.clone());
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert_eq!(
        desk.clone().get("/account").await.status,
        StatusCode::OK,
        "still signed in"
    );
}
