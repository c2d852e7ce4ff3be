//! Search over 400,000 invented services: in process, and the list page under 50 readers; cold start and memory.

use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, Utc};
use keniki_app::definition::Definitions;
use keniki_app::directory::listing::{self, Listed};
use keniki_app::directory::search::{self, Query, Sort, Thesaurus};
use sea_orm::DatabaseConnection;

use super::process::run;
use super::serve::{self, Pages};
use super::{Line, database, median, percentile};

/// Areas of about 800 services each.
const SCALE: &str = "500";
/// Questions of the mix.
const N_QUESTIONS: usize = 1_000;

/// On `filled`, or on a sample made for it.
pub fn measure(folder: &Path, filled: Option<String>) -> Vec<Line> {
    let url = filled.unwrap_or_else(|| {
        let url = database(folder, "search.db");
        run(&["--database", &url, "sample", "--scale", SCALE]);
        url
    });
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let indexed = runtime.block_on(index(&url));
    let (figures, pages) = runtime.block_on(in_process(&url));
    let all: Vec<f64> = figures.iter().map(|figure| figure.milliseconds).collect();
    let mut lines = vec![
        indexed,
        line("search in process, the whole mix", &all, "p95 ≤ 50 ms"),
    ];
    for kind in KINDS {
        let of_kind: Vec<f64> = figures
            .iter()
            .filter(|figure| figure.kind == kind)
            .map(|figure| figure.milliseconds)
            .collect();
        lines.push(line(&format!("… {kind}"), &of_kind, "–"));
    }
    lines.extend(runtime.block_on(serve::measure(&url, pages)));
    lines
}

pub fn line(what: &str, milliseconds: &[f64], reach: &'static str) -> Line {
    Line {
        what: what.to_owned(),
        figure: format!(
            "median {:.1} ms, p95 {:.1} ms, longest {:.1} ms (n = {})",
            median(milliseconds.to_vec()),
            percentile(milliseconds, 95),
            percentile(milliseconds, 100),
            milliseconds.len()
        ),
        reach,
    }
}

const KINDS: [&str; 3] = ["common words and none", "words of one service", "two words"];

struct Figure {
    kind: &'static str,
    milliseconds: f64,
}

/// The whole index built anew.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the wall clock"
)]
async fn index(url: &str) -> Line {
    let db = keniki_app::database::open(url, false)
        .await
        .expect("the sample is there");
    let begin = Instant::now();
    let n = search::index::rebuild(&db)
        .await
        .expect("the index is written");
    let seconds = begin.elapsed().as_secs_f64();
    db.close().await.expect("an idle connection closes");
    Line {
        what: format!("index of {n} services, built anew"),
        figure: format!("{:.0} services/s ({seconds:.1} s)", n as f64 / seconds),
        reach: "≥ 30,000 services/s",
    }
}

async fn in_process(url: &str) -> (Vec<Figure>, Pages) {
    let db = keniki_app::database::open(url, false)
        .await
        .expect("the sample is there");
    let thesaurus = Thesaurus::of(&Definitions::load(None).expect("the built-in definitions"));
    let all = search::find(&db, &thesaurus, &Query::default())
        .await
        .expect("a search")
        .total;
    let mut dice = Dice(20_260_401);
    let known = some_services(&db, all, &mut dice).await;
    let now = "2026-11-24T01:30:00Z".parse().expect("an instant");
    let mut figures = Vec::new();
    let mut pages = Pages::default();
    for _ in 0..N_QUESTIONS {
        let (kind, query) = question(&known, now, &mut dice);
        pages.add(&query);
        figures.push(Figure {
            kind,
            milliseconds: ask(&db, &thesaurus, &query).await,
        });
    }
    db.close().await.expect("an idle connection closes");
    (figures, pages)
}

/// A page of the list: found, counted and read.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the wall clock"
)]
async fn ask(db: &DatabaseConnection, thesaurus: &Thesaurus, query: &Query) -> f64 {
    let begin = Instant::now();
    let found = search::find(db, thesaurus, query).await.expect("a search");
    let page = listing::of(db, &found.service_ids).await.expect("a page");
    let milliseconds = begin.elapsed().as_secs_f64() * 1_000.0;
    assert!(
        page.len() as u64 <= found.total,
        "a page is part of the whole"
    );
    milliseconds
}

async fn some_services(db: &DatabaseConnection, all: u64, dice: &mut Dice) -> Vec<Listed> {
    let ids: Vec<i64> = (0..300).map(|_| dice.below(all) as i64 + 1).collect();
    let mut services = listing::of(db, &ids).await.expect("services of the sample");
    services.retain(|service| service.point.is_some());
    services
}

/// A third common words (and none), a third words of one service, a third two words; each with filters by chance.
fn question(known: &[Listed], now: DateTime<Utc>, dice: &mut Dice) -> (&'static str, Query) {
    let service = dice.pick(known).clone();
    let near = dice.pick(known).point;
    let part: String = service.site.chars().take(4).collect();
    let common = *dice.pick(&["病院", "訪問", "薬局", "介護", "クリニック", "在宅", ""]);
    let (kind, text) = match dice.below(3) {
        0 => (KINDS[0], common.to_owned()),
        1 => (KINDS[1], part),
        _ => {
            let town: String = service
                .address
                .iter()
                .flat_map(|text| text.chars().take(6))
                .collect();
            (KINDS[2], format!("{town} {common}"))
        }
    };
    let near = near.filter(|_| dice.below(2) == 0);
    let query = Query {
        text,
        view: (dice.below(4) == 0).then(|| "medical".to_owned()),
        categories: (dice.below(4) == 0)
            .then(|| service.category.clone())
            .into_iter()
            .collect(),
        capabilities: (dice.below(6) == 0)
            .then(|| "home_care_24h".to_owned())
            .into_iter()
            .collect(),
        municipalities: service
            .municipality_code
            .filter(|_| dice.below(5) == 0)
            .map(|code| vec![code]),
        within_km: near.filter(|_| dice.below(3) > 0).map(|_| 16.0),
        near,
        open_at: (dice.below(10) == 0).then_some(now),
        sort: if near.is_some() {
            Sort::Distance
        } else {
            Sort::Relevance
        },
        page: if dice.below(10) == 0 {
            1 + dice.below(20)
        } else {
            1
        },
        ..Query::default()
    };
    (kind, query)
}

/// Seeded chance (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}
