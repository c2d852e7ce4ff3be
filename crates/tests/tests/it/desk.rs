//! A browser without a screen at the sample area's site: keeps its cookie, and signs in as one of the invented people.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use keniki_app::account::By;
use keniki_app::attachment::key::KeyFile;
use keniki_app::definition::Definitions;
use keniki_app::sample::care::work;
use keniki_app::sample::{self, Plan, persona};
use keniki_base::chance::SeededChance;
use keniki_base::clock::{Clock, FixedClock};
use keniki_tests::TestDatabase;
use keniki_web::State;
use keniki_web::state::Site;
use sea_orm::DatabaseConnection;
use tower::ServiceExt;

/// The sample area, served as a demo.
pub struct Demo {
    pub db: DatabaseConnection,
    pub clock: Arc<FixedClock>,
    pub state: Arc<State>,
    app: axum::Router,
    /// Statements that the database was asked so far.
    n_asked: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
    _database: TestDatabase,
}

/// A key for attachments, of which no row of the log speaks.
fn keys() -> (tempfile::TempDir, KeyFile) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let line = format!("keniki-attachment-key 1 0000000a {}\n", "0f".repeat(32));
    std::fs::write(&path, line).unwrap();
    let keys = KeyFile::of(Some(&path), "");
    (folder, keys)
}

impl Demo {
    /// Made in an empty database, without patients.
    pub async fn of(database: TestDatabase) -> Self {
        Self::with(database, 0).await
    }

    /// The same with work that waits for the invented persons.
    pub async fn with_work(database: TestDatabase, episodes: u32) -> Self {
        let demo = Self::with(database, episodes).await;
        let now = demo.clock.now();
        work::make(&demo.db, &demo.state.definitions, 1, now)
            .await
            .unwrap();
        demo
    }

    /// Made in an empty database, with patients of about so many stays.
    pub async fn with(database: TestDatabase, episodes: u32) -> Self {
        let mut db = database.open().await;
        let n_asked = Arc::new(AtomicUsize::new(0));
        let counter = n_asked.clone();
        db.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let clock = Arc::new(FixedClock::at("2026-11-24T01:00:00Z".parse().unwrap()));
        let definitions = Arc::new(Definitions::load(None).unwrap());
        let (plan, by) = (
            Plan {
                seed: 1,
                scale: 1,
                episodes,
            },
            By::command_line(),
        );
        sample::make(&db, definitions.clone(), plan, &by, clock.now(), |_| ())
            .await
            .unwrap();
        persona::make(&db, definitions.roles(), &by, clock.now())
            .await
            .unwrap();
        let site = Site {
            is_demo: true,
            ..Site::at("http://localhost:8080")
        };
        let (hands, chance) = (Box::new(clock.clone()), Box::new(SeededChance::of(1)));
        let (folder, keys) = keys();
        let state = State::new(db.clone(), definitions, hands, chance, site).with_key_file(keys);
        let state = Arc::new(state);
        Self {
            db,
            clock,
            app: keniki_web::app(state.clone()),
            state,
            n_asked,
            _folder: folder,
            _database: database,
        }
    }

    /// How many statements the database was asked since this was called last.
    pub fn n_asked(&self) -> usize {
        self.n_asked.swap(0, Ordering::Relaxed)
    }

    /// Somebody who has not signed in.
    pub fn nobody(&self) -> Desk {
        Desk::at(self.app.clone())
    }

    /// Somebody signed in as the invented person of a role.
    pub async fn sign_in(&self, role: &str) -> Desk {
        let roles = self.state.definitions.roles();
        let all = persona::all(&self.db, roles).await.unwrap();
        let persona = all.iter().find(|persona| persona.role == role);
        let account = persona
            .unwrap_or_else(|| panic!("nobody is {role}"))
            .account_id;
        let mut desk = self.nobody();
        let form = format!("account={account}");
        let answer = desk.post("/sign-in/persona", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{role}");
        desk
    }
}

/// A browser.
#[derive(Clone)]
pub struct Desk {
    app: axum::Router,
    pub cookie: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Desk {
    /// Somebody at a site who has not signed in.
    pub fn at(app: axum::Router) -> Self {
        Self { app, cookie: None }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, ("", Vec::new())).await
    }

    pub async fn post(&mut self, path: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        self.ask(Method::POST, path, (kind, form.as_bytes().to_vec()))
            .await
    }

    /// A form with words and files: field, name, content.
    pub async fn send(
        &mut self,
        path: &str,
        words: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let mut body = Vec::new();
        for (field, word) in words {
            let part = format!(
                "--x\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{word}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        for (field, name, content) in files {
            let head = format!(
                "--x\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n"
            );
            body.extend_from_slice(&[head.as_bytes(), content, b"\r\n"].concat());
        }
        body.extend_from_slice(b"--x--\r\n");
        let kind = "multipart/form-data; boundary=x";
        self.ask(Method::POST, path, (kind, body)).await
    }

    /// A form with a file.
    pub async fn send_file(&mut self, path: &str, name: &str, content: &[u8]) -> Answer {
        let head = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        let body = [head.as_bytes(), content, b"\r\n--x--\r\n"].concat();
        let kind = "multipart/form-data; boundary=x";
        self.ask(Method::POST, path, (kind, body)).await
    }

    /// Keeps a cookie, or forgets it where it is empty.
    fn keep(&mut self, pair: &str) {
        let name = pair.split('=').next().unwrap();
        let all = self.cookie.take().unwrap_or_default();
        let others = all
            .split("; ")
            .filter(|it| it.split('=').next() != Some(name));
        let mut all: Vec<&str> = others.filter(|it| !it.is_empty()).collect();
        if !pair.ends_with('=') {
            all.push(pair);
        }
        self.cookie = Some(all.join("; ")).filter(|all| !all.is_empty());
    }

    pub async fn ask(
        &mut self,
        method: Method,
        path: &str,
        (kind, body): (&str, Vec<u8>),
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        for set in head.headers.get_all(header::SET_COOKIE) {
            self.keep(set.to_str().unwrap().split(';').next().unwrap());
        }
        let location = head.headers.get(header::LOCATION);
        Answer {
            status: head.status,
            location: location.map_or("", |it| it.to_str().unwrap()).to_owned(),
            bytes: axum::body::to_bytes(body, usize::MAX)
                .await
                .unwrap()
                .to_vec(),
        }
    }
}
