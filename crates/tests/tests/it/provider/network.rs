//! The whole way with the real program over the network: registered at the command line, invited, signed in, nothing in the log.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use keniki_base::clock::FixedClock;
use keniki_tests::server::{Sent, Server};
use keniki_tests::{TestDatabase, binary};

use super::issuer::{CLIENT, Issuer, SECRET};
use super::onward;

/// Runs the program to its end; what it said.
fn keniki(database: &TestDatabase, words: &[&str]) -> (bool, String) {
    let done = Command::new(binary())
        .args(["--database", &database.url])
        .args(words)
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_asks_a_provider_over_the_network() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program itself runs by the system's clock"
    )]
    let now = chrono::Utc::now();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let issuer = Issuer::at(&address, Arc::new(FixedClock::at(now)));
    let router = issuer.router();
    tokio::spawn(async move { axum::serve(listener, router).await });

    let database = TestDatabase::sqlite();
    let who = [
        "--organization",
        "みほん市役所",
        "--mail",
        "himitsu@example.jp",
        "--name",
        "架空 花子",
    ];
    let (_, said) = keniki(&database, &[&["operator", "create"][..], &who].concat());
    let invitation = said
        .lines()
        .find_map(|line| line.split_once("/invitations/"));
    let invitation = format!("/invitations/{}", invitation.expect(&said).1.trim());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, format!("{SECRET}\n")).unwrap();
    let file = file.to_str().unwrap();
    let add = |issuer: &str| {
        let words = [
            "provider",
            "add",
            "--label",
            "みほん市職員",
            "--issuer",
            issuer,
            "--client-id",
            CLIENT,
        ];
        let more = [
            "--client-secret-file",
            file,
            "--organization",
            "1",
            "--mfa",
            "amr=mfa",
        ];
        keniki(&database, &[&words[..], &more].concat())
    };
    let (is_done, said) = add("http://127.0.0.1:1");
    assert!(!is_done && said.contains("サーバーが答えません"), "{said}");
    let (is_done, said) = add(&address);
    assert!(
        is_done && said.contains("/sign-in/provider/1/callback"),
        "{said}"
    );
    let (_, said) = keniki(&database, &["provider", "list"]);
    assert!(said.contains(&address) && !said.contains(SECRET), "{said}");

    let server = Server::start(&["serve"], &database.url, "debug");
    let leave = server
        .ask(
            "POST",
            &format!("{invitation}/provider/1"),
            &Sent::default(),
        )
        .unwrap();
    assert_eq!(leave.status, 200, "{}", leave.text);
    let back = issuer.visit(&onward(&leave.text)).await;
    let path = format!("{}?{}", back.path(), back.query().unwrap());
    let arrived = server
        .ask("GET", &path, &Sent::form(&leave.cookie(), ""))
        .unwrap();
    assert_eq!(
        (arrived.status, arrived.header("location")),
        (303, "/"),
        "{}",
        arrived.text
    );
    let account = server
        .ask("GET", "/account", &Sent::form(&arrived.cookie(), ""))
        .unwrap();
    assert!(account.text.contains("架空 花子") && account.text.contains("みほん市職員"));

    let log = server.stop();
    assert!(log.contains("answered"), "the log is there: {log}");
    let cookie = arrived.cookie();
    let state = back
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let secrets = [
        "himitsu@example.jp",
        "架空 花子",
        "staff-0042",
        SECRET,
        "code-1",
        "aikotoba",
    ];
    let tokens = [cookie.split('=').next_back().unwrap(), &state];
    for secret in secrets.iter().chain(&tokens) {
        assert!(!log.contains(secret), "{secret} stands in the log: {log}");
    }
}
