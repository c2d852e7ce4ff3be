//! The list page of the real server under 50 readers, a page each per 5 s; its cold start and its memory.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use keniki_app::directory::search::Query;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Line;
use super::process::{keniki, peak_of};
use super::search::line;

pub const N_READERS: usize = 50;
pub const PAUSE: Duration = Duration::from_secs(5);
/// Pages each reader opens.
pub const N_PAGES: usize = 6;

/// Addresses of the list page.
#[derive(Default)]
pub struct Pages {
    paths: Vec<String>,
}

impl Pages {
    /// The page that shows this search.
    pub fn add(&mut self, query: &Query) {
        let mut path = String::from("/services?q=");
        for byte in query.text.bytes() {
            write!(path, "%{byte:02X}").expect("writing to a string cannot fail");
        }
        for (name, value) in [
            ("view", query.view.as_deref()),
            ("category", query.categories.first().map(String::as_str)),
            (
                "municipality",
                query
                    .municipalities
                    .iter()
                    .flatten()
                    .next()
                    .map(String::as_str),
            ),
        ] {
            if let Some(value) = value {
                write!(path, "&{name}={value}").expect("writing to a string cannot fail");
            }
        }
        self.paths.push(path);
    }
}

pub async fn measure(url: &str, pages: Pages) -> Vec<Line> {
    let (server, start) = Server::start(url);
    let first = get(&server.address, "/services", "").await;
    let cold = start + first;
    let paths = Arc::new(pages.paths);
    let readers: Vec<_> = (0..N_READERS)
        .map(|reader| tokio::spawn(read(server.address.clone(), paths.clone(), reader)))
        .collect();
    let mut milliseconds = Vec::new();
    for reader in readers {
        milliseconds.extend(reader.await.expect("a reader reads to the end"));
    }
    vec![
        line(
            "list page end to end, 50 readers, a page each per 5 s",
            &milliseconds,
            "p95 ≤ 150 ms",
        ),
        Line {
            what: "cold start on the filled database, to the address".to_owned(),
            figure: format!("{start:.0} ms; with the first page {cold:.0} ms"),
            reach: "≤ 1,000 ms",
        },
        Line {
            what: "resident memory of the server after that, at its largest".to_owned(),
            figure: format!("{:.0} MiB", peak_of(server.child.id())),
            reach: "≤ 300 MiB",
        },
    ]
}

/// Opens pages like a person: one, a pause, the next. Readers begin spread over the pause.
async fn read(address: String, paths: Arc<Vec<String>>, reader: usize) -> Vec<f64> {
    tokio::time::sleep(PAUSE * reader as u32 / N_READERS as u32).await;
    let mut milliseconds = Vec::new();
    for page in 0..N_PAGES {
        let path = &paths[(reader * N_PAGES + page) % paths.len()];
        milliseconds.push(get(&address, path, "").await);
        tokio::time::sleep(PAUSE).await;
    }
    milliseconds
}

/// Milliseconds until the last byte of an answer that must be 200.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the wall clock"
)]
pub async fn get(address: &str, path: &str, cookie: &str) -> f64 {
    let begin = Instant::now();
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the server reads");
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .await
        .expect("the server answers");
    let milliseconds = begin.elapsed().as_secs_f64() * 1_000.0;
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{path}: {}",
        String::from_utf8_lossy(&answer[..60.min(answer.len())])
    );
    milliseconds
}

/// The real server, ended with this value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: String,
}

impl Server {
    /// Starts it and waits for its address: milliseconds until then.
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark measures the wall clock"
    )]
    pub fn start(url: &str) -> (Self, f64) {
        let begin = Instant::now();
        let mut child = Command::new(keniki())
            .args(["--database", url, "serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let out = child.stdout.take().expect("its output is a pipe");
        let mut line = String::new();
        BufReader::new(out)
            .read_line(&mut line)
            .expect("it says where it listens");
        let milliseconds = begin.elapsed().as_secs_f64() * 1_000.0;
        let port = line
            .trim()
            .rsplit(':')
            .next()
            .expect("an address has a port");
        let address = format!("127.0.0.1:{port}");
        (Self { child, address }, milliseconds)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
