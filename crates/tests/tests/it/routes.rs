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

/// Whom it lets in, method, route; then as which address it is called, and with which form.
const ROUTES: &str = "
all       get  /
all       get  /about
signed_in get  /account
signed_in post /account/desk with membership=1
signed_in post /account/factors/app with code=000000
signed_in post /account/factors/app/remove
signed_in post /account/factors/codes
signed_in post /account/factors/key with answer=x&name=x
signed_in post /account/factors/key/question
signed_in post /account/factors/keys/{id}/remove as /account/factors/keys/1/remove
signed_in get  /account/factors/new
signed_in post /account/password with old=a&new=b
signed_in post /account/providers/{id}/link as /account/providers/1/link
signed_in post /account/providers/{id}/unlink as /account/providers/1/unlink
signed_in post /account/sessions/{id}/end as /account/sessions/999/end
some      post /accounts/{id}/link as /accounts/1/link with office=1&purpose=factor
some      post /accounts/{id}/status as /accounts/1/status with office=1&status=suspended
all       get  /api/openapi.json
all       get  /api/v1/areas/{code} as /api/v1/areas/5001
all       get  /api/v1/services
all       get  /api/v1/services/{id} as /api/v1/services/1
all       get  /areas
all       get  /areas/{code} as /areas/5001
all       get  /areas/{code}/coverage as /areas/5001/coverage
all       get  /areas/{code}/freshness as /areas/5001/freshness
all       get  /areas/{code}/figures/{file} as /areas/5001/figures/pyramid.svg
all       get  /assets/{file} as /assets/none
some      get  /audit
some      get  /audit.csv
some      post /audit/marks with entry=1&note=a
some      post /audit/reviews with from=2026-11-01&to=2026-11-02&finding=a
some      get  /batches/{id}/undo as /batches/1/undo
some      post /batches/{id}/undo as /batches/1/undo
signed_in get  /confirm
signed_in post /confirm
some      get  /confirmations
some      post /confirmations/organizations/{id}/address as /confirmations/organizations/1/address with mail=a@example.jp
some      post /confirmations/organizations/{id}/ask as /confirmations/organizations/1/ask
some      post /confirmations/services/{id}/address as /confirmations/services/1/address with mail=a@example.jp
all       get  /confirmations/{token} as /confirmations/0f
all       post /confirmations/{token} as /confirmations/0f with service=1
all       get  /confirmations/{token}/services/{id} as /confirmations/0f/services/1
all       post /confirmations/{token}/services/{id} as /confirmations/0f/services/1 with phone=0990-00-0000
signed_in post /confirm/provider/{id} as /confirm/provider/1
all       get  /demo/mail
some      get  /filings
some      post /filings/{id}/follow as /filings/1/follow
some      post /filings/{id}/take-back as /filings/1/take-back
signed_in get  /forms.csv as /forms.csv?form=admission_info
some      get  /forms/{id} as /forms/1
some      get  /forms/{id}/files/{file} as /forms/1/files/1
some      post /forms/{id}/annul as /forms/1/annul with reason=a
some      get  /forms/{id}/form.xlsx as /forms/1/form.xlsx
some      get  /forms/{id}/print.pdf as /forms/1/print.pdf
all       get  /guide
signed_in get  /handovers
some      get  /cases/{case}/handovers/new as /cases/1/handovers/new
some      post /cases/{case}/handovers as /cases/1/handovers
some      get  /handovers/{id} as /handovers/1
some      post /handovers/{id}/{act} as /handovers/1/accept
some      get  /handovers/{id}/fax.pdf as /handovers/1/fax.pdf
some      get  /handovers/{id}/files/{file} as /handovers/1/files/1
all       get  /handovers/link/{token} as /handovers/link/0f
all       post /handovers/link/{token} as /handovers/link/0f with code=1&name=a
all       post /handovers/link/{token}/files/{file} as /handovers/link/0f/files/1 with code=1
all       get  /healthz
some      get  /imports
some      post /imports
some      get  /imports/{job} as /imports/1
some      get  /imports/{job}/book.xlsx as /imports/1/book.xlsx
some      post /imports/{job}/confirm as /imports/1/confirm with rows=all
some      get  /imports/{job}/problems.csv as /imports/1/problems.csv
some      get  /imports/template.xlsx
some      get  /cases/{case}/inquiries/new as /cases/1/inquiries/new
some      post /cases/{case}/inquiries/new as /cases/1/inquiries/new with kind=transfer&step=send
some      get  /inquiries
some      get  /inquiries/{id} as /inquiries/1
some      post /inquiries/{id}/close as /inquiries/1/close
some      get  /inquiries/received/{target} as /inquiries/received/1
some      post /inquiries/received/{target} as /inquiries/received/1 with answer=can&seen=1
some      post /inquiries/received/{target}/forward as /inquiries/received/1/forward with service=1
some      post /inquiries/targets/{target}/choose as /inquiries/targets/1/choose with seen=1
some      post /inquiries/targets/{target}/hear as /inquiries/targets/1/hear with answer=can&seen=1
all       get  /invitations/{token} as /invitations/0f
all       post /invitations/{token} as /invitations/0f with password=umi-tanuki-8-kissaten
all       post /invitations/{token}/provider/{id} as /invitations/0f/provider/1
signed_in get  /jobs
some      post /jobs/{id}/cancel as /jobs/1/cancel
some      post /memberships/{id}/end as /memberships/1/end with office=1
some      get  /offices
some      get  /offices/{id} as /offices/1
some      post /offices/{id}/invitations as /offices/1/invitations with login=a@example.jp&name=a&role=clinic
some      post /offices/{id}/invitations/{invitation}/revoke as /offices/1/invitations/{invitation}/revoke
some      post /offices/{id}/mailboxes/{purpose} as /offices/1/mailboxes/clinic with account=1
some      get  /offices/{id}/people as /offices/1/people
some      post /offices/{id}/people as /offices/1/people
some      get  /offices/{id}/people.xlsx as /offices/1/people.xlsx
some      post /offices/{id}/people/write as /offices/1/people/write with rows=[]&seen=0
all       get  /outlines.geojson
signed_in get  /cases
signed_in get  /due
signed_in post /cases with text=a
some      get  /cases.csv
some      get  /cases.xlsx
signed_in get  /clients
signed_in post /clients with text=a
some      get  /clients.csv
some      get  /clients.xlsx
signed_in get  /ward
signed_in get  /ward/upload
signed_in post /ward/upload
signed_in get  /ward/upload/template.xlsx
signed_in post /ward/upload/write with program=a&rows=[]
signed_in post /ward/upload/faults.xlsx with faults=[]
some      get  /patients/{id}/cases/new as /patients/1/cases/new
some      post /patients/{id}/cases/new as /patients/1/cases/new with choice=a
some      get  /cases/{id} as /cases/1
some      get  /cases/{id}/print.pdf as /cases/1/print.pdf
some      get  /cases/{id}/messages as /cases/1/messages
some      post /cases/{id}/messages as /cases/1/messages with topic=other&text=a
some      get  /cases/{id}/messages/files/{file} as /cases/1/messages/files/1
some      get  /cases/{id}/events/{event}/file as /cases/1/events/1/file
some      get  /cases/{id}/tell as /cases/1/tell
some      post /cases/{id}/tell as /cases/1/tell with kind=admitted&day=2026-11-24&time=10:00
some      get  /cases/{id}/done as /cases/1/done?step=a
some      post /cases/{id}/done as /cases/1/done with step=a&day=2026-11-24&time=10:00
some      post /cases/{id}/waive as /cases/1/waive with step=a&reason=b
some      get  /cases/{id}/events/{event} as /cases/1/events/1
some      post /cases/{id}/events/{event} as /cases/1/events/1 with day=2026-11-24&time=10:00&reason=a
some      post /cases/{id}/events/{event}/annul as /cases/1/events/1/annul with reason=a
some      get  /cases/{id}/team as /cases/1/team
some      post /cases/{id}/team as /cases/1/team with organization=1&role=hospital
some      post /cases/{id}/close as /cases/1/close with reason=a
some      post /cases/{id}/reopen as /cases/1/reopen with reason=a
signed_in get  /programs
signed_in get  /programs/compare as /programs/compare?one=discharge_support%202026-04-01&other=home_care%202026-04-01
signed_in get  /programs/{code}/{version} as /programs/discharge_support/2026-04-01
signed_in get  /programs/{code}/{version}/print.pdf as /programs/discharge_support/2026-04-01/print.pdf
signed_in get  /emergencies
some      post /emergencies/{id} as /emergencies/1 with outcome=a
signed_in get  /patients
signed_in post /patients with text=a
some      get  /patients.csv
some      get  /patients.xlsx
signed_in get  /patients/new
signed_in post /patients/new with family=a
signed_in post /patients/new/draft with family=a
signed_in post /patients/new/draft/discard
signed_in get  /patients/look_up
signed_in post /patients/look_up with number=1
some      get  /patients/duplicates
some      get  /patients/{id} as /patients/1
some      get  /patients/{id}/edit as /patients/1/edit
some      post /patients/{id}/edit as /patients/1/edit with family=a
some      post /patients/{id}/edit/draft as /patients/1/edit/draft with family=a
signed_in post /patients/{id}/edit/draft/discard as /patients/1/edit/draft/discard
some      post /patients/{id}/join as /patients/1/join with role=hospital&reason=a
some      get  /patients/{id}/consents as /patients/1/consents
some      post /patients/{id}/consents as /patients/1/consents with scope=care
some      get  /patients/{id}/consents/{consent}/file as /patients/1/consents/1/file
some      post /patients/{id}/consents/{consent}/withdraw as /patients/1/consents/1/withdraw with on=2026-11-24
some      get  /patients/{id}/team as /patients/1/team
some      post /patients/{id}/team as /patients/1/team with name=a
some      post /patients/{id}/team/join as /patients/1/team/join with organization=1
some      post /patients/{id}/team/{member}/leave as /patients/1/team/1/leave with last=2026-11-24
some      get  /patients/{id}/emergency as /patients/1/emergency
some      post /patients/{id}/emergency as /patients/1/emergency with reason=a
some      get  /patients/{id}/readers as /patients/1/readers
some      get  /patients/{id}/merge/{other} as /patients/1/merge/2
some      post /patients/{id}/merge/{other} as /patients/1/merge/2 with reason=a
some      post /patients/{id}/unmerge/{merge} as /patients/1/unmerge/1
some      get  /patients/{id}/forms as /patients/1/forms
some      get  /patients/{id}/forms/{code}/new as /patients/1/forms/admission_info/new
some      post /patients/{id}/forms/{code}/new as /patients/1/forms/admission_info/new with _version=1
some      post /patients/{id}/forms/{code}/new/draft as /patients/1/forms/admission_info/new/draft with _version=1
some      post /patients/{id}/forms/{code}/new/draft/discard as /patients/1/forms/admission_info/new/draft/discard with _version=1
some      get  /patients/{id}/forms/{code}/new.xlsx as /patients/1/forms/admission_info/new.xlsx
some      post /patients/{id}/forms/{code}/new.xlsx as /patients/1/forms/admission_info/new.xlsx with _version=1
some      post /patients/{id}/forms/{code}/sheet as /patients/1/forms/admission_info/sheet
some      get  /proposals
some      post /proposals/sheet
some      get  /proposals/{id} as /proposals/1
some      post /proposals/{id}/decide as /proposals/1/decide with decision=yes
some      post /proposals/{id}/withdraw as /proposals/1/withdraw
all       get  /services
all       get  /services.csv as /services.csv?category=hospital
all       get  /services.geojson as /services.geojson?category=hospital
all       get  /services.xlsx as /services.xlsx?category=hospital
some      get  /offices/{id}/readers as /offices/1/readers
some      get  /reviews
some      get  /reviews/{id} as /reviews/1
some      post /reviews/{id} as /reviews/1 with decision=different
some      get  /services/edit.xlsx
all       get  /services/{id} as /services/1
some      post /services/{id}/confirm as /services/1/confirm
some      get  /services/{id}/filings as /services/1/filings
some      post /services/{id}/filings as /services/1/filings with kind=change&day=2026-11-20
some      post /services/{id}/office as /services/1/office
some      get  /services/{id}/history as /services/1/history
some      post /services/{id}/filings/draft as /services/1/filings/draft with kind=change
signed_in post /services/{id}/filings/draft/discard as /services/1/filings/draft/discard
all       get  /services/{id}/print.pdf as /services/1/print.pdf
some      get  /services/{id}/propose as /services/1/propose
some      post /services/{id}/propose as /services/1/propose with phone=0990-00-0000
some      post /services/{id}/propose/draft as /services/1/propose/draft with phone=0990-00-0000
signed_in post /services/{id}/propose/draft/discard as /services/1/propose/draft/discard
signed_in get  /services/{id}/readers as /services/1/readers
all       get  /sign-in
all       post /sign-in with login=a&password=b
signed_in get  /sign-in/factor
signed_in post /sign-in/factor with code=000000
all       post /sign-in/factor/key
all       get  /sign-in/forgot
all       post /sign-in/forgot with login=a
all       post /sign-in/persona with account=0
all       post /sign-in/provider/{id} as /sign-in/provider/1
all       get  /sign-in/provider/{id}/callback as /sign-in/provider/1/callback?code=a&state=b
all       post /sign-out
all       get  /sites/{id} as /sites/1
signed_in get  /windows
signed_in get  /windows.csv
signed_in get  /windows/print.pdf
";

/// A line of the table.
struct Route {
    who: For,
    method: &'static str,
    route: &'static str,
    path: &'static str,
    form: &'static str,
}

fn table() -> Vec<Route> {
    let line = |line: &'static str| {
        let (line, form) = line.split_once(" with ").unwrap_or((line, ""));
        let (line, path) = line.split_once(" as ").unwrap_or((line, ""));
        let mut words = line.split_whitespace();
        let (who, method, route) = (words.next(), words.next(), words.next());
        let route = route.unwrap_or_else(|| panic!("{line}"));
        Route {
            who: match who {
                Some("all") => For::All,
                Some("signed_in") => For::SignedIn,
                _ => For::Some,
            },
            method: method.unwrap_or_default(),
            route,
            path: if path.is_empty() { route } else { path },
            form,
        }
    };
    ROUTES.trim().lines().map(line).collect()
}

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
    let table: BTreeSet<(String, String)> = table()
        .iter()
        .map(|it| (it.method.to_owned(), it.route.to_owned()))
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
    for Route {
        who,
        method,
        path,
        form,
        ..
    } in table()
    {
        let mut nobody = demo.nobody();
        let answer = match method {
            "get" => nobody.get(path).await,
            _ => nobody.post(path, form).await,
        };
        let is_sent_away = answer.status == StatusCode::SEE_OTHER
            && answer.location.starts_with("/sign-in")
            && path != "/sign-out";
        assert_eq!(is_sent_away, who != For::All, "{method} {path}: {answer:?}");
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
    for Route {
        who,
        method,
        route,
        path,
        form,
    } in table()
    {
        if who == For::All || path == "/sign-in/factor" {
            continue;
        }
        let mut stranger = demo.sign_in("hospital_ward").await;
        let path = path.replace("{invitation}", &invitation.to_string());
        let answer = match method {
            "get" => stranger.get(&path).await,
            _ => stranger.post(&path, form).await,
        };
        assert!(
            !answer.status.is_server_error(),
            "{method} {route}: {answer:?}"
        );
        if who == For::Some {
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
