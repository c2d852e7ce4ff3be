//! Nothing that people type or that lets somebody in stands in the log, however much is logged.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use keniki_tests::{TestDatabase, binary};

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

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(database: &TestDatabase) -> Self {
        let mut child = Command::new(binary())
            .args([
                "demo",
                "--listen",
                "127.0.0.1:0",
                "--database",
                &database.url,
            ])
            .env("KENIKI_LOG", "debug")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let address = line.trim().replace("http://localhost", "127.0.0.1");
        Self { child, address }
    }

    /// The whole answer.
    fn ask(&self, method: &str, path: &str, cookie: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {cookie}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Ends the server as an operator would; what it logged.
    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(kill.success());
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        self.child.wait().unwrap();
        log
    }
}

fn cookie(answer: &str) -> String {
    let set = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "));
    set.unwrap().split(';').next().unwrap().to_owned()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn nothing_that_people_type_and_no_token_is_logged() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database);
    let (login, password) = (encoded("himitsu@example.com"), "umi-tanuki-8-kissaten");
    let wrong = format!("login={login}&password={password}");
    assert!(
        server
            .ask("POST", "/sign-in", "", &wrong)
            .starts_with("HTTP/1.1 422")
    );
    server.ask("POST", "/sign-in/forgot", "", &format!("login={login}"));
    server.ask("GET", "/invitations/0f0f0f0f0f0f", "", "");
    server.ask(
        "POST",
        "/invitations/0f0f0f0f0f0f",
        "",
        &format!("password={password}"),
    );
    let words = encoded("認知症の母");
    server.ask("GET", &format!("/services?q={words}"), "", "");
    server.ask(
        "GET",
        &format!("/api/v1/services?q={words}&limit=x"),
        "",
        "",
    );

    let page = server.ask("GET", "/sign-in", "", "");
    let operator = page.split("name=\"account\" value=\"").last().unwrap();
    let operator = operator.split('"').next().unwrap();
    let signed_in = server.ask(
        "POST",
        "/sign-in/persona",
        "",
        &format!("account={operator}"),
    );
    let cookie = cookie(&signed_in);
    let name = encoded("架空 花子");
    let offices = server.ask("GET", "/offices", &cookie, "");
    let office = offices.split("href=\"/offices/").nth(1).unwrap();
    let office = office.split('"').next().unwrap();
    let form = format!("login={login}&name={name}&role=manager");
    let invited = server.ask(
        "POST",
        &format!("/offices/{office}/invitations"),
        &cookie,
        &form,
    );
    assert!(invited.starts_with("HTTP/1.1 303"), "{invited}");
    server.ask("POST", "/sign-in/factor", &cookie, "code=123456");
    let phone = "phone=0990-77-4321";
    server.ask("POST", "/services/1/propose", &cookie, phone);
    server.ask("GET", &format!("/offices/{office}"), &cookie, "");

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
