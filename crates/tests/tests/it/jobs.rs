//! Work behind the pages, on both engines: done once whoever ends in the middle, and imports from the choice of a file to undo.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::StatusCode;
use chrono::Duration;
use keniki_app::account::By;
use keniki_app::database;
use keniki_app::definition::Definitions;
use keniki_app::import::conversation::{self, Shop};
use keniki_app::job::{self, Bench, Failure, Handler, Handlers, Order, State, run_next};
use keniki_base::clock::{Clock, FixedClock};
use keniki_base::id::JobId;
use keniki_tests::on_both;
use sea_orm::DatabaseConnection;
use serde_json::json;

use crate::desk::{Answer, Demo, Desk};

/// A database, a clock, and handlers that count how often they are called.
struct Yard {
    db: DatabaseConnection,
    definitions: Definitions,
    clock: FixedClock,
    handlers: Handlers,
    calls: Arc<AtomicU32>,
}

/// Answers as the job's input says: `done`, `passing`, `lasting`, or never.
fn echo(calls: Arc<AtomicU32>) -> Handler {
    Box::new(move |job, _, _| {
        let calls = calls.clone();
        Box::pin(async move {
            calls.fetch_add(1, Ordering::Relaxed);
            match job.input.as_str().unwrap_or_default() {
                "passing" => Err(Failure::passing("いまは混んでいます。")),
                "lasting" => Err(Failure::lasting("できません。")),
                "never" => std::future::pending().await,
                "fault" => panic!("as asked"),
                other => Ok(json!(other)),
            }
        })
    })
}

impl Yard {
    fn of(db: DatabaseConnection) -> Self {
        let calls = Arc::new(AtomicU32::new(0));
        Self {
            db,
            definitions: Definitions::load(None).unwrap(),
            clock: FixedClock::at("2026-11-24T01:00:00Z".parse().unwrap()),
            handlers: HashMap::from([("test", echo(calls.clone()))]),
            calls,
        }
    }

    async fn ask(&self, input: &str, after: Option<JobId>) -> JobId {
        let order = Order {
            kind: "test",
            input: &input,
            membership: None,
            after,
        };
        let by = By::program("test");
        let asked = database::write(&self.db, async |tx| {
            job::enqueue(tx, &by, order, self.clock.now()).await
        });
        asked.await.unwrap()
    }

    async fn work(&self, worker: &str) -> bool {
        let bench = Bench {
            policy: self.definitions.policy(),
            handlers: &self.handlers,
            clock: &self.clock,
            worker,
        };
        run_next(&self.db, bench).await.unwrap()
    }

    async fn job(&self, id: JobId) -> job::Job {
        job::find(&self.db, id).await.unwrap().unwrap()
    }

    fn n_calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_job_is_done_once_by_whoever_takes_it_first() {
    on_both(async |database| {
        let yard = Yard::of(database.open().await);
        let id = yard.ask("fine", None).await;
        let took = tokio::join!(yard.work("a"), yard.work("b"), yard.work("c"));
        let n = [took.0, took.1, took.2]
            .into_iter()
            .filter(|it| *it)
            .count();
        assert_eq!((n, yard.n_calls()), (1, 1));
        let job = yard.job(id).await;
        assert_eq!((job.state, job.result), (State::Done, Some(json!("fine"))));
        assert!(!yard.work("a").await, "nothing is left");
    })
    .await;
}

#[tokio::test]
async fn what_goes_on_from_a_job_is_asked_for_once() {
    on_both(async |database| {
        let yard = Yard::of(database.open().await);
        let first = yard.ask("fine", None).await;
        let next = yard.ask("next", Some(first)).await;
        assert_eq!(
            yard.ask("next", Some(first)).await,
            next,
            "a form sent twice"
        );
    })
    .await;
}

#[tokio::test]
async fn what_fails_for_a_while_is_tried_five_times_ever_later() {
    on_both(async |database| {
        let yard = Yard::of(database.open().await);
        let id = yard.ask("passing", None).await;
        for seconds in [10, 20, 40, 80] {
            assert!(yard.work("a").await);
            assert_eq!(yard.job(id).await.state, State::Queued);
            yard.clock.advance(Duration::seconds(seconds - 1));
            assert!(!yard.work("a").await, "not before {seconds} s");
            yard.clock.advance(Duration::seconds(1));
        }
        assert!(yard.work("a").await);
        let job = yard.job(id).await;
        assert_eq!((job.state, yard.n_calls()), (State::Failed, 5));
        assert_eq!(job.reason.as_deref(), Some("いまは混んでいます。"));

        let id = yard.ask("lasting", None).await;
        assert!(yard.work("a").await);
        assert_eq!(yard.job(id).await.state, State::Failed);
        assert_eq!(yard.n_calls(), 6, "another try would not help");
    })
    .await;
}

#[tokio::test]
async fn a_fault_ends_the_job_and_nothing_else() {
    on_both(async |database| {
        let yard = Yard::of(database.open().await);
        let (bad, good) = (yard.ask("fault", None).await, yard.ask("done", None).await);
        assert!(yard.work("one").await && yard.work("one").await);
        assert_eq!(yard.n_calls(), 2);
        let bad = yard.job(bad).await;
        assert_eq!(bad.state, State::Failed);
        assert!(bad.reason.unwrap().contains("異常で止まりました"));
        assert_eq!(yard.job(good).await.state, State::Done);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_is_not_heard_of_loses_its_job_to_the_next() {
    on_both(async |database| {
        let yard = Yard::of(database.open().await);
        let id = yard.ask("never", None).await;
        let begun = tokio::time::timeout(std::time::Duration::from_millis(300), yard.work("a"));
        assert!(begun.await.is_err(), "it was ended in the middle");
        assert_eq!(yard.job(id).await.state, State::Running);
        yard.clock.advance(Duration::seconds(59));
        assert!(!yard.work("b").await, "it may still be at work");
        for _ in 0..5 {
            yard.clock.advance(Duration::seconds(62));
            let again = tokio::time::timeout(std::time::Duration::from_millis(300), yard.work("b"));
            drop(again.await);
        }
        let job = yard.job(id).await;
        assert_eq!(
            job.state,
            State::Failed,
            "what ends every worker is given up"
        );
        assert_eq!(yard.n_calls(), 5);
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_called_off_by_its_own_office_alone() {
    on_both(async |database| {
        let yard = Yard::of(database.open().await);
        let id = yard.ask("fine", None).await;
        let cancel = async |by: By| {
            database::write(&yard.db, async |tx| {
                job::cancel(tx, &by, id, yard.clock.now()).await
            })
            .await
        };
        assert!(cancel(By::nobody("192.0.2.1", None)).await.is_err());
        cancel(By::command_line()).await.unwrap();
        assert_eq!(yard.job(id).await.state, State::Cancelled);
        assert!(!yard.work("a").await);
        assert!(cancel(By::command_line()).await.is_err(), "once");
    })
    .await;
}

impl Demo {
    /// Works on what is due, as `keniki worker` does.
    pub async fn work(&self) {
        let shop = Shop {
            db: self.db.clone(),
            definitions: self.state.definitions.clone(),
            clock: self.clock.clone(),
        };
        let handlers: Handlers = HashMap::from_iter(conversation::handlers(&shop));
        let bench = Bench {
            policy: self.state.definitions.policy(),
            handlers: &handlers,
            clock: &self.clock,
            worker: "test",
        };
        while run_next(&self.db, bench).await.unwrap() {}
    }

    async fn n_services(&self, name: &str) -> i64 {
        let sql = format!("select count(*) from v_service where site_name = '{name}'");
        self.number(&sql).await
    }
}

impl Desk {
    async fn upload(&mut self, name: &str, content: &[u8]) -> Answer {
        self.send_file("/imports", name, content).await
    }
}

/// A list of one municipality, in the form that docs/data.md tells.
fn own_list(rows: &[&str]) -> Vec<u8> {
    let head = "都道府県コード又は市区町村コード,市区町村名,事業所名,実施サービス,住所,電話番号";
    format!("{head}\n{}\n", rows.join("\n")).into_bytes()
}

const ROW: &str = "502014,,はまかぜ通いの場,通いの場,本町1-1,0990-00-0001";

#[tokio::test]
async fn a_list_comes_in_through_the_browser_and_goes_again() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let step = planner.upload("通いの場.csv", &own_list(&[ROW])).await;
        assert_eq!(step.status, StatusCode::SEE_OTHER, "{}", step.text());
        let steps = planner.get("/imports").await.text();
        assert!(steps.contains(">通いの場.csv</a>"), "{steps}");
        let waiting = planner.get(&step.location).await.text();
        assert!(waiting.contains("順番を待っています"));
        demo.work().await;
        assert_eq!(demo.n_services("はまかぜ通いの場").await, 0, "only tried");
        let tried = planner.get(&step.location).await.text();
        assert!(tried.contains("この内容で書き込む"), "{tried}");

        let confirm = format!("{}/confirm", step.location);
        let written = planner.post(&confirm, "rows=all").await;
        let twice = planner.post(&confirm, "rows=all").await;
        assert_eq!(written.location, twice.location, "a form sent twice");
        demo.work().await;
        let page = planner.get(&written.location).await.text();
        assert!(page.contains("書き込みました"), "{page}");
        let again = planner
            .post(&format!("{}/confirm", written.location), "rows=all")
            .await;
        assert_eq!(
            again.status,
            StatusCode::CONFLICT,
            "what was written is no trial"
        );
        assert_eq!(demo.n_services("はまかぜ通いの場").await, 1);

        // The same place with another number: the difference is shown field by field.
        let changed = ROW.replace("0990-00-0001", "0990-00-0002");
        let step = planner.upload("通いの場.csv", &own_list(&[&changed])).await;
        demo.work().await;
        let tried = planner.get(&step.location).await.text();
        assert!(
            tried.contains("0990-00-0001") && tried.contains("0990-00-0002"),
            "{tried}"
        );

        let batch = demo.number("select max(id) from import_batch").await;
        let asked = planner.get(&format!("/batches/{batch}/undo")).await.text();
        assert!(
            asked.contains("通いの場.csv") && asked.contains("1 件"),
            "{asked}"
        );
        assert_eq!(demo.n_services("はまかぜ通いの場").await, 1, "only asked");
        let undo = planner.post(&format!("/batches/{batch}/undo"), "").await;
        demo.work().await;
        let again = planner.get(&format!("/batches/{batch}/undo")).await.text();
        assert!(again.contains("すでに取り消してあります"), "{again}");
        let page = planner.get(&undo.location).await.text();
        assert!(page.contains("取り消しました"), "{page}");
        assert_eq!(demo.n_services("はまかぜ通いの場").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sites_that_may_be_one_are_decided_by_who_may_and_once() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let other = ROW
            .replace("0990-00-0001", "0990-00-0002")
            .replace("1-1", "1番1号");
        for list in [&[ROW][..], &[ROW, &other]] {
            let step = planner.upload("a.csv", &own_list(list)).await;
            demo.work().await;
            let confirm = format!("{}/confirm", step.location);
            planner.post(&confirm, "rows=all").await;
            demo.work().await;
        }
        assert_eq!(demo.n_services("はまかぜ通いの場").await, 2);
        assert!(
            planner
                .get("/imports")
                .await
                .text()
                .contains("確認を待っているものが 1 組")
        );
        let list = planner.get("/reviews").await.text();
        let (_, rest) = list.split_once("href=\"/reviews/").unwrap();
        let pair = format!("/reviews/{}", rest.split('"').next().unwrap());
        let page = planner.get(&pair).await.text();
        assert!(
            page.contains("0990-00-0002") && page.contains("違う"),
            "{page}"
        );
        let mut town = demo.sign_in("municipality").await;
        for path in ["/reviews", &pair] {
            assert_eq!(town.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let refused = town.post(&pair, "decision=same").await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert_eq!(
            planner.post(&pair, "decision=x").await.status,
            StatusCode::NOT_FOUND
        );
        // What the authority and the office have said of the later one goes on with the one that stays.
        let later = demo
            .number("select max(s.id) from service s join site t on t.id = s.site_id where t.name = 'はまかぜ通いの場'")
            .await;
        let mut officer = demo.sign_in("health_center_medical_affairs").await;
        let filed = format!("/services/{later}/filings");
        let form = "kind=suspension&day=2026-11-24";
        assert_eq!(officer.post(&filed, form).await.status, StatusCode::SEE_OTHER);
        let address = format!("/confirmations/services/{later}/address");
        assert_eq!(planner.post(&address, "mail=").await.status, StatusCode::CONFLICT);
        let sent = planner.post(&address, "mail=a%40example.jp").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert_eq!(
            planner.post(&pair, "decision=same").await.location,
            "/reviews"
        );
        let kept = "select count(*) from site t join service s on s.site_id = t.id join filing f on f.service_id = s.id
            join source_record r on r.service_id = s.id and r.scope = 'authority' and r.record_key = cast(s.id as text)
            join confirmation_address a on a.organization_id = t.organization_id
            where t.name = 'はまかぜ通いの場' and s.status = 'suspended'";
        assert_eq!(demo.number(kept).await, 1);
        assert_eq!(demo.n_services("はまかぜ通いの場").await, 1);
        let again = planner.post(&pair, "decision=different").await;
        assert_eq!(again.status, StatusCode::CONFLICT, "decided once");
        assert_eq!(planner.get(&pair).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_another_import_changed_meanwhile_is_looked_at_again() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let one = planner.upload("a.csv", &own_list(&[ROW])).await;
        let other = ROW.replace("はまかぜ", "しおかぜ");
        let other = planner.upload("b.csv", &own_list(&[&other])).await;
        demo.work().await;
        planner
            .post(&format!("{}/confirm", one.location), "rows=all")
            .await;
        let late = planner
            .post(&format!("{}/confirm", other.location), "rows=all")
            .await;
        demo.work().await;
        let page = planner.get(&late.location).await.text();
        assert!(page.contains("ほかの取込みが書き込まれました"), "{page}");
        assert_eq!(demo.n_services("はまかぜ通いの場").await, 1);
        assert_eq!(demo.n_services("しおかぜ通いの場").await, 0);
    })
    .await;
}

#[tokio::test]
async fn rows_with_faults_come_back_in_the_reader_s_own_table() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let wrong = "502014,,=cmd|' /C calc'!A0,ありえない種類,本町1-2,";
        let step = planner.upload("直す.csv", &own_list(&[ROW, wrong])).await;
        demo.work().await;
        let page = planner.get(&step.location).await.text();
        assert!(page.contains("正しい 1 行だけ書き込む"), "{page}");
        let csv = planner
            .get(&format!("{}/problems.csv", step.location))
            .await;
        assert!(csv.text().contains("ありえない種類"), "{}", csv.text());
        assert!(!csv.text().contains(",=cmd"), "no formula comes back");
        let book = planner.get(&format!("{}/book.xlsx", step.location)).await;
        assert!(book.bytes.starts_with(b"PK"));
        let confirm = format!("{}/confirm", step.location);
        let all = planner.post(&confirm, "rows=all").await;
        assert_eq!(all.status, StatusCode::CONFLICT);
        planner.post(&confirm, "rows=valid").await;
        demo.work().await;
        assert_eq!(demo.n_services("はまかぜ通いの場").await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_import_is_its_office_s_own_and_large_or_empty_files_are_refused() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let step = planner.upload("a.csv", &own_list(&[ROW])).await;
        demo.work().await;
        let mut other = demo.sign_in("municipality").await;
        for path in ["", "/problems.csv", "/book.xlsx"] {
            let answer = other.get(&format!("{}{path}", step.location)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        let answer = other
            .post(&format!("{}/confirm", step.location), "rows=all")
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);

        let large = vec![b'a'; 33 * 1024 * 1024];
        let answer = planner.upload("large.csv", &large).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.text().contains("ファイルが大きすぎます"));
        for (name, content) in [("", &b""[..]), ("empty.csv", b"")] {
            let answer = planner.upload(name, content).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        }
        let step = planner.upload("photo.png", b"\x89PNG\r\n\x1a\n....").await;
        demo.work().await;
        let page = planner.get(&step.location).await.text();
        assert!(page.contains("見分けられませんでした"), "{page}");
        assert!(!page.contains("書き込む</button>"));
    })
    .await;
}

#[tokio::test]
async fn a_job_ends_with_the_role_of_whoever_asked() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        use sea_orm::ConnectionTrait;
        for (role, end) in [
            ("health_center_planning", "update membership set valid_to = '2026-11-23' where role = 'health_center_planning'"),
            ("municipality", "update account set status = 'suspended' where id in (select account_id from membership where role = 'municipality')"),
        ] {
        let mut asker = demo.sign_in(role).await;
        let step = asker.upload("a.csv", &own_list(&[ROW])).await;
        demo.db.execute_unprepared(end).await.unwrap();
        demo.work().await;
        let mut operator = demo.sign_in("operator").await;
        let page = operator.get(&step.location).await.text();
        assert!(page.contains("頼んだ人の役割が終わったか"), "{role}: {page}");
        }
    })
    .await;
}
