//! Nothing that people type or that lets somebody in stands in the log, however much is logged.

use keniki_tests::TestDatabase;
use keniki_tests::server::{Answer, Sent, Server, encoded};

/// What may stand in no line: mail addresses, passwords, names, numbers, words of a search, tokens.
const SECRETS: [&str; 8] = [
    "himitsu@example.com",
    "umi-tanuki-8-kissaten",
    "架空 花子",
    "0990-77-4321",
    "認知症の母",
    "123456",
    "0f0f0f0f",
    "見本 ",
];

#[test]
fn nothing_that_people_type_and_no_token_is_logged() {
    let database = TestDatabase::sqlite();
    let server = Server::demo(&database.url, "debug");
    let get = |path: &str, cookie: &str| -> Answer {
        server.ask("GET", path, &Sent::form(cookie, "")).unwrap()
    };
    let post = |path: &str, cookie: &str, form: &str| -> Answer {
        server.ask("POST", path, &Sent::form(cookie, form)).unwrap()
    };
    let (login, password) = (encoded("himitsu@example.com"), "umi-tanuki-8-kissaten");
    let wrong = format!("login={login}&password={password}");
    assert_eq!(post("/sign-in", "", &wrong).status, 422);
    post("/sign-in/forgot", "", &format!("login={login}"));
    get("/invitations/0f0f0f0f0f0f", "");
    let form = format!("password={password}");
    post("/invitations/0f0f0f0f0f0f", "", &form);
    let words = encoded("認知症の母");
    get(&format!("/services?q={words}"), "");
    get(&format!("/api/v1/services?q={words}&limit=x"), "");

    let cookie = server.sign_in("システムの運用者", "").unwrap();
    let offices = get("/offices", &cookie).text;
    let office = offices.split("href=\"/offices/").nth(1).unwrap();
    let office = office.split('"').next().unwrap();
    let name = encoded("架空 花子");
    let form = format!("login={login}&name={name}&role=manager");
    let invited = post(&format!("/offices/{office}/invitations"), &cookie, &form);
    assert_eq!(invited.status, 303, "{}", invited.text);
    post("/sign-in/factor", &cookie, "code=123456");
    post("/services/1/propose", &cookie, "phone=0990-77-4321");
    get(&format!("/offices/{office}"), &cookie);

    let log = server.stop();
    assert!(
        log.matches("answered").count() >= 10,
        "the log is there: {log}"
    );
    let token = cookie.split('=').next_back().unwrap();
    for secret in SECRETS.iter().copied().chain([token]) {
        for line in log.lines() {
            assert!(!line.contains(secret), "{secret} stands in the log: {line}");
            let coded = encoded(secret);
            assert!(!line.contains(&coded), "{secret} stands in the log: {line}");
        }
    }
}
